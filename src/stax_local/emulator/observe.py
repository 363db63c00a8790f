"""The one place that reads moto's internals into the frozen world of `stax_local.desired`.

About forty attributes of moto's models are named here, each held by a contract test.  Reading
costs some microseconds an entity, so it can be done after every call that may have changed
something; comparing states instead of calls also sees what changed indirectly.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Any, TypeVar

from stax_local.desired import (
    ElasticIp,
    Instance,
    InternetGateway,
    MetadataOptions,
    NetworkInterface,
    PrivateAddress,
    Route,
    RouteTable,
    Rule,
    SecurityGroup,
    Subnet,
    TargetKind,
    Volume,
    Vpc,
    World,
)
from stax_local.emulator.backends import every

Entity = TypeVar("Entity", bound=Any)


def snapshot() -> World:
    """Return everything that exists now; nothing may change the account meanwhile."""
    backends = list(every("ec2"))
    return World(
        vpcs=_by_id(_vpc(vpc) for ec2 in backends for vpc in ec2.vpcs.values()),
        subnets=_by_id(subnet for ec2 in backends for subnet in _subnets(ec2)),
        route_tables=_by_id(_route_table(table) for ec2 in backends for table in ec2.route_tables.values()),
        internet_gateways=_by_id(_gateway(gateway) for ec2 in backends for gateway in ec2.internet_gateways.values()),
        security_groups=_by_id(
            _security_group(group) for ec2 in backends for groups in ec2.groups.values() for group in groups.values()
        ),
        network_interfaces=_by_id(interface for ec2 in backends for interface in _network_interfaces(ec2)),
        instances=_by_id(instance for ec2 in backends for instance in _instances(ec2)),
        elastic_ips={address.allocation_id: _elastic_ip(address) for ec2 in backends for address in ec2.addresses},
    )


def _by_id(entities: Iterable[Entity]) -> dict[str, Entity]:
    return {entity.id: entity for entity in entities}


def _vpc(vpc: Any) -> Vpc:
    return Vpc(
        id=vpc.id,
        account_id=vpc.ec2_backend.account_id,
        region=vpc.ec2_backend.region_name,
        cidr_blocks=tuple(block["cidr_block"] for block in vpc.get_cidr_block_association_set()),
        is_default=vpc.is_default,
        dns_support=_truth(vpc.enable_dns_support),
        dns_hostnames=_truth(vpc.enable_dns_hostnames),
    )


def _truth(value: Any) -> bool:
    # moto stores some flags as the request spelt them.
    return str(value).lower() == "true"


def _subnets(ec2: Any) -> Iterator[Subnet]:
    own = {subnet_id: table.id for table in ec2.route_tables.values() for subnet_id in table._associations.values()}
    main = {table.vpc_id: table.id for table in ec2.route_tables.values() if table.main_association_id}
    for zone in ec2.subnets.values():
        for subnet in zone.values():
            yield Subnet(
                id=subnet.id,
                vpc_id=subnet.vpc_id,
                cidr_block=subnet.cidr_block,
                availability_zone=subnet.availability_zone,
                route_table_id=own.get(subnet.id) or main.get(subnet.vpc_id, ""),
                maps_public_ip_on_launch=_truth(subnet.map_public_ip_on_launch),
            )


def _route_table(table: Any) -> RouteTable:
    return RouteTable(
        id=table.id,
        vpc_id=table.vpc_id,
        is_main=table.main_association_id is not None,
        routes=tuple(sorted((_route(route) for route in table.routes), key=lambda route: route.destination)),
        associations=tuple(sorted(table._associations.items())),
    )


def _route(route: Any) -> Route:
    kind, target = _target(route)
    destination = route.destination_cidr_block or route.destination_ipv6_cidr_block or route.destination_prefix_list_id
    return Route(destination or "", kind, target, route.state)


def _target(route: Any) -> tuple[TargetKind, str]:
    if route.local:
        return "local", ""
    if route.network_interface_id:
        return "network-interface", route.network_interface_id
    if route.gateway_id:
        return ("internet-gateway" if route.gateway_id.startswith("igw-") else "other"), route.gateway_id
    other = (
        route.nat_gateway_id
        or route.transit_gateway_id
        or route.vpc_peering_connection_id
        or route.egress_only_internet_gateway_id
        or route.carrier_gateway_id
    )
    return ("other", other) if other else ("none", route.instance_id or "")


def _security_group(group: Any) -> SecurityGroup:
    return SecurityGroup(
        id=group.id,
        name=group.name,
        vpc_id=group.vpc_id,
        ingress=_rules(group.ingress_rules),
        egress=_rules(group.egress_rules),
    )


def _rules(rules: list[Any]) -> tuple[Rule, ...]:
    return tuple(sorted((_rule(rule) for rule in rules), key=repr))


def _rule(rule: Any) -> Rule:
    # DescribeSecurityGroupRules writes -1 into the ports of moto's own rules for all protocols.
    has_ports = str(rule.ip_protocol) != "-1"
    return Rule(
        protocol=str(rule.ip_protocol),
        from_port=rule.from_port if has_ports else None,
        to_port=rule.to_port if has_ports else None,
        cidr_block=rule.cidr_ipv4 or rule.cidr_ipv6 or "",
        group_id=rule.source_group.get("GroupId", ""),
        prefix_list_id=rule.prefix_list_id or "",
    )


def _network_interfaces(ec2: Any) -> Iterator[NetworkInterface]:
    public = {
        (address.eni.id, address.private_ip_address): address for address in ec2.addresses if address.eni is not None
    }
    for interface in ec2.enis.values():
        yield NetworkInterface(
            id=interface.id,
            vpc_id=interface.subnet.vpc_id,
            subnet_id=interface.subnet.id,
            mac_address=interface.mac_address,
            addresses=tuple(_private_address(interface, item, public) for item in interface.private_ip_addresses),
            group_ids=tuple(sorted({group.id for group in interface.group_set})),
            source_dest_check=_truth(interface.source_dest_check),
            instance_id=interface.instance.id if interface.instance else "",
            device_index=interface.device_index or 0,
        )


def _private_address(interface: Any, item: dict[str, Any], public: dict[tuple[str, str], Any]) -> PrivateAddress:
    private_ip = item["PrivateIpAddress"]
    is_primary = private_ip == interface.private_ip_address
    elastic = public.get((interface.id, private_ip))
    if elastic is not None:
        return PrivateAddress(private_ip, is_primary, elastic.public_ip, elastic.allocation_id or "")
    lent = interface.public_ip if is_primary and interface.public_ip_auto_assign else None
    return PrivateAddress(private_ip, is_primary, lent or "")


def _gateway(gateway: Any) -> InternetGateway:
    return InternetGateway(gateway.id, gateway.vpc.id if gateway.vpc else "")


def _elastic_ip(address: Any) -> ElasticIp:
    return ElasticIp(
        allocation_id=address.allocation_id,
        public_ip=address.public_ip,
        association_id=address.association_id or "",
        network_interface_id=address.eni.id if address.eni else "",
        private_ip=address.private_ip_address or "",
    )


def _instances(ec2: Any) -> Iterator[Instance]:
    for reservation in ec2.reservations.values():
        for instance in reservation.instances:
            yield _instance(ec2, instance)


def _instance(ec2: Any, instance: Any) -> Instance:
    arn, role_name = _profile(ec2, instance)
    key_pair = ec2.key_pairs.get(instance.key_name)
    return Instance(
        id=instance.id,
        account_id=ec2.account_id,
        region=ec2.region_name,
        state=instance.state,
        impaired=getattr(instance, "reachable", True) is False,
        image_id=instance.image_id,
        instance_type=instance.instance_type,
        architecture=instance.architecture,
        user_data=_text(instance.user_data),
        key_name=instance.key_name or "",
        public_key=_text(key_pair.material_public) if key_pair else "",
        instance_profile_arn=arn,
        role_name=role_name,
        metadata_options=_metadata_options(instance.metadata_options),
        tags=dict(ec2.tags.get(instance.id, {})),
        launch_time=instance.launch_time.replace(tzinfo=UTC),
        availability_zone=instance.placement.zone or "",
        vpc_id=instance.nics[0].subnet.vpc_id if instance.nics else "",
        subnet_id=instance.nics[0].subnet.id if instance.nics else "",
        network_interface_ids=tuple(interface.id for _, interface in sorted(instance.nics.items())),
        volumes=tuple(_volumes(ec2, instance)),
        boot=getattr(instance, "boot", 1),
    )


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value or "")


def _profile(ec2: Any, instance: Any) -> tuple[str, str]:
    association = ec2.iam_instance_profile_associations.get(instance.id)
    if association is None:
        return "", ""
    profile = association.iam_instance_profile
    return profile.arn, profile.roles[0].name if profile.roles else ""


def _metadata_options(options: Any) -> MetadataOptions:
    return MetadataOptions(
        endpoint_enabled=options.http_endpoint != "disabled",
        tokens_required=options.http_tokens == "required",
        hop_limit=int(options.http_put_response_hop_limit or 1),
        tags_enabled=options.instance_metadata_tags == "enabled",
    )


def _volumes(ec2: Any, instance: Any) -> Iterator[Volume]:
    for device_name, block in instance.get_block_device_mapping:
        volume = ec2.volumes.get(block.volume_id)
        if volume is not None:
            yield Volume(
                id=volume.id,
                device_name=device_name,
                size_gib=int(volume.size or 0),
                volume_type=volume.volume_type,
                encrypted=_truth(volume.encrypted),
                delete_on_termination=_truth(block.delete_on_termination),
            )
