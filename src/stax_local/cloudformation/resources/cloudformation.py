"""Wait conditions: resources that are made when enough signals have come to their handle's URL."""

import json

from stax_local.cloudformation.shapes import WHOLE, ResourceType, updates
from stax_local.cloudformation.work import Change, Live, Properties, ResourceFailure, Work

LONGEST_TIMEOUT_S = 43_200


def _create_handle(work: Work, _properties: Properties) -> str:
    work.made(work.handle_url)
    return work.handle_url


def _read_handle(_work: Work, url: str, _properties: Properties) -> Live:
    return Live({}, {"Id": url})


HANDLE = ResourceType(
    "AWS::CloudFormation::WaitConditionHandle", {}, _create_handle, _read_handle, attributes=frozenset({"Id"})
)


def _handle_id(properties: Properties) -> str:
    return str(properties["Handle"]).rpartition("/")[2]


def _create_condition(work: Work, properties: Properties) -> str:
    physical_id = f"{work.stack_id}/{work.logical_id}"
    work.made(physical_id)
    wanted = int(properties.get("Count", 1))
    timeout_s = min(int(properties.get("Timeout", LONGEST_TIMEOUT_S)), LONGEST_TIMEOUT_S)

    def enough() -> bool:
        signals = work.signals(_handle_id(properties))
        for unique_id, each in signals.items():
            if each.status != "SUCCESS":
                raise ResourceFailure(
                    f"WaitCondition received failed message: '{each.reason}' for uniqueId: {unique_id}"
                )
        return len(signals) >= wanted

    received = f"WaitCondition timed out. Received {{}} conditions when expecting {wanted}"
    try:
        work.wait_until(enough, patience_s=timeout_s, what="signals")
    except ResourceFailure as failure:
        if "Exceeded attempts" not in str(failure):
            raise
        raise ResourceFailure(received.format(len(work.signals(_handle_id(properties))))) from None
    return physical_id


def _refuse_update(_work: Work, _change: Change) -> None:
    raise ResourceFailure("Update to resource type AWS::CloudFormation::WaitCondition is not supported.")


def _read_condition(work: Work, _physical_id: str, properties: Properties) -> Live:
    signals = work.signals(_handle_id(properties))
    answered = json.dumps({unique_id: each.data for unique_id, each in signals.items()}, separators=(",", ":"))
    return Live(properties, {"Data": answered})


CONDITION = ResourceType(
    "AWS::CloudFormation::WaitCondition",
    {
        "Count": updates(WHOLE),
        "Handle": updates(required=True),
        "Timeout": updates(required=True),
    },
    _create_condition,
    _read_condition,
    update=_refuse_update,
    attributes=frozenset({"Data"}),
)

TYPES = (HANDLE, CONDITION)
