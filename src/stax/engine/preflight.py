"""Before anything is made: everything that can be known to stand in the way, all of it at once."""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass

from stax.aws import images, quotas
from stax.aws.errors import AwsError
from stax.aws.images import Image
from stax.aws.keypairs import find_key_pair
from stax.aws.quotas import Quota
from stax.aws.session import Aws
from stax.config import Configuration
from stax.errors import StaxError, Unhealthy
from stax.events import Checked, Event, StepStarted

# What one stax takes: the jumpbox's and the NAT boxes' addresses, one network.
ELASTIC_IPS = 3
VPCS = 1


@dataclass(frozen=True, kw_only=True)
class Machines:
    """How many machines of each instance type a configuration asks for."""

    counts: dict[str, int]

    @classmethod
    def of(cls, configuration: Configuration) -> "Machines":
        """Count the jumpbox, two NAT boxes and the docker hosts."""
        counts: dict[str, int] = {}
        for instance_type, count in (
            (configuration.jump_instance_type, 1),
            (configuration.nat_instance_type, 2),
            (configuration.docker_instance_type, configuration.cluster_size),
        ):
            counts[instance_type] = counts.get(instance_type, 0) + count
        return cls(counts=counts)


def check_surroundings(aws: Aws, configuration: Configuration, *, is_new: bool) -> Generator[Event, None, Image]:
    """Tell one Checked event for each thing that was looked at; return the image to use.

    Quotas matter only to a stax that is new: one that is there has had its share.
    Raises Unhealthy, after the last check, when any of them found an obstacle.
    """
    yield StepStarted(step="checking what stands in the way")
    failed: list[Checked] = []
    for check in _checks(aws, configuration, is_new=is_new):
        try:
            found = check()
        except AwsError as error:
            found = [Checked(subject="AWS", ok=False, finding=error.message, hint=error.hint)]
        yield from found
        failed += [one for one in found if not one.ok]
    try:
        image = images.newest_image(aws, channel=configuration.channel, architecture=configuration.architecture)
        yield Checked(subject="image", ok=True, finding=f"{image.name} ({image.image_id})")
    except StaxError as error:
        yield (lacking := Checked(subject="image", ok=False, finding=error.message, hint=error.hint))
        raise _obstacles([*failed, lacking]) from error
    if failed:
        raise _obstacles(failed)
    return image


def _obstacles(failed: Sequence[Checked]) -> Unhealthy:
    """Name them once more: with --quiet nobody has read them above."""
    things = "one thing stands" if len(failed) == 1 else f"{len(failed)} things stand"
    named = "; ".join(f"{one.subject}: {one.finding}" for one in failed)
    hints = list(dict.fromkeys(one.hint for one in failed if one.hint))
    return Unhealthy(
        f"{things} in the way, nothing was made: {named}", hint="; ".join(hints) or "put it right, then run it again"
    )


Check = Callable[[], list[Checked]]


def _checks(aws: Aws, configuration: Configuration, *, is_new: bool) -> Iterator[Check]:
    machines = Machines.of(configuration)
    yield lambda: _credentials(aws)
    if is_new:
        yield lambda: _quota(lambda: quotas.elastic_ips(aws), needed=ELASTIC_IPS, subject="Elastic IPs")
        yield lambda: _quota(lambda: quotas.vpcs(aws), needed=VPCS, subject="VPCs")
        yield lambda: _vcpus(aws, machines)
    yield lambda: _instance_types(aws, machines)
    if configuration.key_name:
        yield lambda: _key(aws, str(configuration.key_name))


def _credentials(aws: Aws) -> list[Checked]:
    identity = aws.identity
    return [Checked(subject="credentials", ok=True, finding=f"account {identity.account_id}, {identity.arn}")]


def _quota(read: Callable[[], Quota], *, needed: int, subject: str) -> list[Checked]:
    """Compare a quota with what is needed.  One that cannot be read is no obstacle: AWS will tell."""
    try:
        quota = read()
    except AwsError as error:
        return [Checked(subject=subject, ok=True, finding=f"the quota cannot be read: {error.message}")]
    finding = f"{needed} needed, {quota.used} of {quota.limit} in use"
    if quota.left >= needed:
        return [Checked(subject=subject, ok=True, finding=finding)]
    hint = f"free {needed - quota.left} of them, or ask AWS for more (Service Quotas), or use another region"
    return [Checked(subject=subject, ok=False, finding=finding, hint=hint)]


def _vcpus(aws: Aws, machines: Machines) -> list[Checked]:
    sizes = quotas.vcpus_by_type(aws, machines.counts)
    needed = sum(sizes.get(instance_type, 0) * count for instance_type, count in machines.counts.items())
    return _quota(lambda: quotas.vcpus(aws), needed=needed, subject="vCPUs")


def _instance_types(aws: Aws, machines: Machines) -> list[Checked]:
    """The template takes the region's first two zones; both must have the machines."""
    zones = quotas.zones(aws)[:2]
    if len(zones) < 2:
        finding = f"{aws.place} has {len(zones)} zone that this account may use, two are needed"
        return [Checked(subject="zones", ok=False, finding=finding, hint="choose another region: --region")]
    found = []
    for instance_type, offered in quotas.offerings(aws, machines.counts).items():
        missing = [zone for zone in zones if zone not in offered]
        hint = f"choose another type; {instance_type} is offered in {', '.join(sorted(offered)) or 'no zone'}"
        found.append(
            Checked(
                subject=instance_type,
                ok=not missing,
                finding=f"not offered in {', '.join(missing)}" if missing else f"offered in {', '.join(zones)}",
                hint=hint if missing else "",
            )
        )
    return found


def _key(aws: Aws, name: str) -> list[Checked]:
    if find_key_pair(aws, name) is not None:
        return [Checked(subject="key pair", ok=True, finding=name)]
    hint = "write @KEY_NAME@ to have your own ed25519 key imported"
    return [Checked(subject="key pair", ok=False, finding=f"there is no key pair {name} in {aws.place}", hint=hint)]
