"""What moto 5.2.5 answers differently from AWS, where stax would notice: one file a subject.

Each file says what moto does, what AWS does and where that is documented.  Each has a contract
test that fails without it, so that a moto that no longer needs it tells us.
"""

from stax_local.emulator.patches import (
    attachments,
    attributes,
    bucket_names,
    bucket_owners,
    bucket_policies,
    bucket_tags,
    default_groups,
    dry_run,
    elastic_ips,
    filters,
    identities,
    images,
    in_use,
    instance_profiles,
    key_pairs,
    launch_templates,
    malformed_ids,
    metrics,
    networks,
    networks_apart,
    parameters,
    primary_interface,
    private_addresses,
    routes,
    run_instances,
    security_groups,
    states,
    tags,
    unknown_filters,
)
from stax_local.emulator.patches.patch import Patch

ALL: tuple[Patch, ...] = (
    bucket_names.PATCH,
    bucket_owners.PATCH,
    bucket_policies.PATCH,
    bucket_tags.PATCH,
    identities.PATCH,
    instance_profiles.PATCH,
    key_pairs.PATCH,
    images.PATCH,
    networks.PATCH,
    parameters.PATCH,
    states.PATCH,
    attachments.PATCH,
    attributes.PATCH,
    launch_templates.PATCH,
    run_instances.PATCH,
    primary_interface.PATCH,
    private_addresses.PATCH,
    elastic_ips.PATCH,
    routes.PATCH,
    security_groups.PATCH,
    in_use.PATCH,
    filters.PATCH,
    dry_run.PATCH,
    metrics.PATCH,
    default_groups.PATCH,
    tags.PATCH,
    malformed_ids.PATCH,
    networks_apart.PATCH,
    unknown_filters.PATCH,
)
"""In the order they are put on: where two wrap the same method, the later one looks first."""


def apply_all() -> None:
    """Mend moto; safe to call again."""
    for patch in ALL:
        patch.apply()


def apply_all_but(left_out: Patch) -> None:
    """Mend moto but for one patch: how its contract tests show that it is still needed."""
    unapply_all()
    for patch in ALL:
        if patch is not left_out:
            patch.apply()


def unapply_all() -> None:
    """Take every patch off, last one first: some wrap what others have wrapped."""
    for patch in reversed(ALL):
        patch.unapply()
