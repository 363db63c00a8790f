"""The services that the region answers itself: found by signing name, spoken by botocore's model."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from botocore.loaders import Loader
from botocore.model import ServiceModel

from stax_local.front.call import Call
from stax_local.front.keyring import Key
from stax_local.front.message import Response
from stax_local.front.parsing import parse
from stax_local.front.serializing import serialize
from stax_local.service import Operation, Service


@dataclass(frozen=True)
class _Spoken:
    operations: Mapping[str, Operation]
    model: ServiceModel


class OwnServices:
    """Services by the name that requests are signed for."""

    def __init__(self, services: Iterable[Service]) -> None:
        loader = Loader()
        self._spoken: dict[str, _Spoken] = {}
        for service in services:
            model = ServiceModel(loader.load_service_model(service.name, "service-2"), service.name)
            self._spoken[model.signing_name] = _Spoken(service.operations(), model)

    def names(self) -> list[str]:
        """Their signing names."""
        return sorted(self._spoken)

    def operation(self, call: Call) -> Operation | None:
        """What answers the call, or None when it is not for one of these."""
        spoken = self._spoken.get(call.service)
        return spoken.operations.get(call.operation) if spoken else None

    def answer(self, call: Call, key: Key, operation: Operation, request_id: str) -> Response:
        """Parse, call, serialise.  Raises what the operation raises."""
        model = self._spoken[call.service].model.operation_model(call.operation)
        answer = operation(key.caller(call.region), parse(call, model))
        return serialize(answer, model, call.protocol, request_id)
