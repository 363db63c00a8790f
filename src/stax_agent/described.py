"""The docker hosts of a stax as EC2 describes them, page by page."""

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element

from stax_agent.aws import Aws


def described_docker_hosts(aws: Aws, stax_name: str, states: Sequence[str]) -> Iterator[Element]:
    """Yield the instance of each that is in one of these states."""
    asked = {
        "Filter.1.Name": "tag:stax:name",
        "Filter.1.Value.1": stax_name,
        "Filter.2.Name": "tag:stax:role",
        "Filter.2.Value.1": "docker",
        "Filter.3.Name": "instance-state-name",
        **{f"Filter.3.Value.{number}": state for number, state in enumerate(states, 1)},
        "MaxResults": "100",
    }
    token = ""
    while True:
        answer = aws.ec2("DescribeInstances", {**asked, **({"NextToken": token} if token else {})})
        yield from answer.iterfind("reservationSet/item/instancesSet/item")
        token = answer.findtext("nextToken", "")
        if not token:
            return
