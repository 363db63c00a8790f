"""What stax itself needs of a template, however it is changed: parameters it fills in, outputs it reads."""

from collections.abc import Iterator

from stax.synth.problems import TemplateProblem
from stax.synth.template import Template

FILLED_IN = (
    *("ImageId", "Bucket", "JumpIgnitionKey", "JumpIgnitionHash", "NATIgnitionKey", "NATIgnitionHash"),
    *("DockerIgnitionKey", "DockerIgnitionHash"),
)
READ = (
    *("VpcId", "JumpboxPublicIp", "Nat1PublicIp", "Nat2PublicIp", "Nat1InterfaceId", "Nat2InterfaceId"),
    *("PrivateRouteTable1Id", "PrivateRouteTable2Id", "DockerGroupName", "BucketName"),
)


def contract(template: Template) -> Iterator[TemplateProblem]:
    """Yield the parameters and outputs that stax relies on and the template has not."""
    for section, names, why in (("Parameters", FILLED_IN, "fills it in"), ("Outputs", READ, "reads it")):
        for name in names:
            if name not in template.section(section):
                yield TemplateProblem("contract", f"is missing; stax {why}", (section, name))
