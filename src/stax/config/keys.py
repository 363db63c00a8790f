"""Every key of the configuration, declared once.

The checks, the nearest-name suggestions, the JSON Schema, the table in docs/configuration.md and the
parameters and tags that CloudFormation gets all come from here; a test holds the template to it.
"""

from dataclasses import dataclass

from stax.config.kinds import Choice, CidrBlock, InstanceType, KeyPairName, Kind, ServiceNames, TagText, WholeNumber

OWNER = "@OWNER@"
KEY_NAME = "@KEY_NAME@"
SSH_FROM = "@SSH_FROM@"
HTTP_FROM = "@HTTP_FROM@"
DISCOVERY_URL = "@DISCOVERY_URL@"


@dataclass(frozen=True, kw_only=True)
class Key:
    """One key: its name, the attribute of `Configuration` it becomes, its kind, default and meaning."""

    name: str
    attribute: str
    kind: Kind
    default: str | None
    """None when the user must give a value."""
    doc: str
    placeholder: str = ""
    """What may stand for the value, to be filled in when the file is read."""
    is_parameter: bool = True
    """Whether it is a parameter of the template as well; else it is stax's alone."""


_TAG = TagText()
_INSTANCE_TYPE = InstanceType()
# Flatcar's image fills 8 GiB; 16 TiB is what any gp3 volume may hold.
_VOLUME = WholeNumber(8, 16384, "GiB")
_SMALL_VOLUME = WholeNumber(8, 1024, "GiB")
# AWS allows /28 to /16 for a subnet (Amazon VPC User Guide, "Subnet CIDR blocks").
_SUBNET = CidrBlock(16, 28, "10.183.1.0/24")

KEYS: tuple[Key, ...] = (
    Key(name="App", attribute="app", kind=_TAG, default="stax", doc="what the stax is for; a tag on everything"),
    Key(name="Group", attribute="group", kind=_TAG, default="stax", doc="the team it belongs to; a tag on everything"),
    Key(
        name="Environment",
        attribute="environment",
        kind=_TAG,
        default="dev",
        doc="dev, test, production or your own word; a tag on everything",
    ),
    Key(
        name="CostCenter",
        attribute="cost_center",
        kind=_TAG,
        default=None,
        doc="who pays; a tag on everything",
    ),
    Key(
        name="Owner",
        attribute="owner",
        kind=_TAG,
        default=OWNER,
        placeholder=OWNER,
        doc="who answers for it; @OWNER@ is your login name; a tag on everything",
    ),
    Key(
        name="KeepAlive",
        attribute="keep_alive",
        kind=Choice(("true", "false")),
        default="false",
        doc="asks your account's own clean-up to leave it alone; a tag on everything",
    ),
    Key(
        name="ClusterSize",
        attribute="cluster_size",
        kind=WholeNumber(1, 100),
        default="3",
        doc="docker hosts there are at least",
    ),
    Key(
        name="ClusterMaxSize",
        attribute="cluster_max_size",
        kind=WholeNumber(1, 100),
        default="9",
        doc="docker hosts there are at most, when the scaling policy adds some",
    ),
    Key(
        name="AutoScaleCooldown",
        attribute="auto_scale_cooldown_s",
        kind=WholeNumber(0, 3600, "seconds"),
        default="300",
        doc="how long a new docker host may take before its load counts",
    ),
    Key(
        name="AutoScaleTargetCPU",
        attribute="auto_scale_target_cpu_percent",
        kind=WholeNumber(10, 90, "percent"),
        default="60",
        doc="average CPU use of the docker hosts that the scaling policy aims at",
    ),
    Key(
        name="Architecture",
        attribute="architecture",
        kind=Choice(("x86_64", "arm64")),
        default="x86_64",
        doc="processor of every machine; the default instance types follow it",
    ),
    Key(
        name="Channel",
        attribute="channel",
        kind=Choice(("stable", "beta", "alpha", "lts")),
        default="stable",
        doc="Flatcar Container Linux channel; its newest image is looked up by owner and name",
    ),
    Key(
        name="JumpInstanceType",
        attribute="jump_instance_type",
        kind=_INSTANCE_TYPE,
        default="t3.micro",
        doc="the jumpbox",
    ),
    Key(
        name="NATInstanceType",
        attribute="nat_instance_type",
        kind=_INSTANCE_TYPE,
        default="t3.small",
        doc="each of the two NAT boxes",
    ),
    Key(
        name="DockerInstanceType",
        attribute="docker_instance_type",
        kind=_INSTANCE_TYPE,
        default="t3.large",
        doc="each docker host",
    ),
    Key(
        name="JumpVolumeSize",
        attribute="jump_volume_gib",
        kind=_SMALL_VOLUME,
        default="8",
        doc="root volume of the jumpbox",
    ),
    Key(
        name="NATVolumeSize",
        attribute="nat_volume_gib",
        kind=_SMALL_VOLUME,
        default="8",
        doc="root volume of each NAT box",
    ),
    Key(
        name="DockerVolumeSize",
        attribute="docker_volume_gib",
        kind=_VOLUME,
        default="30",
        doc="root volume of each docker host; images and volumes of the services live on it",
    ),
    Key(
        name="KeyName",
        attribute="key_name",
        kind=KeyPairName(),
        default=KEY_NAME,
        placeholder=KEY_NAME,
        doc="EC2 key pair of the machines; @KEY_NAME@ is one that stax imports for this stax",
    ),
    Key(
        name="AllowSSHFrom",
        attribute="allow_ssh_from",
        kind=CidrBlock(8, 32, "198.51.100.7/32", beyond="/24 or narrower (up to /8 with --allow-wide-ssh)"),
        default=SSH_FROM,
        placeholder=SSH_FROM,
        doc="where ssh to the jumpbox may come from, /24 or narrower; @SSH_FROM@ is your own public address",
    ),
    Key(
        name="VpcCidr",
        attribute="vpc_cidr",
        kind=CidrBlock(16, 24, "10.183.0.0/16"),
        default="10.183.0.0/16",
        doc="the network of the VPC, private (RFC 1918); the subnets' defaults follow it",
    ),
    Key(
        name="PublicSubnet1",
        attribute="public_subnet1",
        kind=_SUBNET,
        default="10.183.1.0/24",
        doc="first zone: jumpbox and NAT box 1",
    ),
    Key(
        name="PrivateSubnet1",
        attribute="private_subnet1",
        kind=_SUBNET,
        default="10.183.0.0/24",
        doc="first zone: docker hosts; holds ClusterMaxSize of them, should the other zone fail",
    ),
    Key(
        name="PublicSubnet2",
        attribute="public_subnet2",
        kind=_SUBNET,
        default="10.183.3.0/24",
        doc="second zone: NAT box 2",
    ),
    Key(
        name="PrivateSubnet2",
        attribute="private_subnet2",
        kind=_SUBNET,
        default="10.183.2.0/24",
        doc="second zone: docker hosts; holds ClusterMaxSize of them, should the other zone fail",
    ),
    Key(
        name="AutoServices",
        attribute="auto_services",
        kind=ServiceNames(),
        default=ServiceNames.none,
        doc="services that create starts once the stax is healthy, each behind what it needs",
        is_parameter=False,
    ),
)

BY_NAME = {key.name: key for key in KEYS}

TAGS = ("App", "Group", "Environment", "CostCenter", "Owner", "KeepAlive")
"""The keys that become tags on everything."""

RETIRED = {
    "RouterClusterSize": "there are no router hosts any more",
    "AdvertisedIPAddress": "a machine knows its own address",
    "DiscoveryURL": "no machine asks discovery.etcd.io any more",
    "AllowHTTPFrom": "no security group lets HTTP in from outside the VPC",
    "NumberOfPings": "nothing ever read it",
    "PingTimeout": "nothing ever read it",
    "WaitBetweenPings": "nothing ever read it",
}
"""Keys of 2015: accepted, said to be without effect, and why."""

FILLED_IN = (
    "ImageId",
    "Bucket",
    "JumpIgnitionKey",
    "JumpIgnitionHash",
    "NATIgnitionKey",
    "NATIgnitionHash",
    "DockerIgnitionKey",
    "DockerIgnitionHash",
    "AbsentMachine",
)
"""Parameters of the template that only stax knows the value of."""
