"""An engine over moto in this process, for contract tests: it can be cut off, refused, and watched."""

import time
from collections.abc import Callable
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError

from stax_local.autoscaling import AutoScaling
from stax_local.cloudformation import CloudFormation, Settings
from stax_local.cloudformation.clock import Clock
from stax_local.cloudformation.journal import Closed
from stax_local.emulator import observe, transition
from stax_local.service import Caller, Service, ServiceError

CALLER = Caller("123456789012", "us-east-1", "AKIA", "arn:aws:iam::123456789012:user/test")
ASKING = ("describe_", "get_", "list_", "head_")
PATIENCE_S = 20.0
IAM = ["CAPABILITY_NAMED_IAM"]
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


class Living:
    """An account whose machines obey and whose groups are kept, one step each time the engine waits."""

    def __init__(self, account: Any) -> None:
        self._account = account
        self.ec2 = account.ec2
        self.watch: Callable[[], None] = lambda: None
        """Called after each step."""
        self.groups = AutoScaling(self.client, on_change=lambda: None)
        self.step()
        self.clock = Clock(pause=lambda _cancelled, _seconds: self.step())

    def client(self, service: str, region: str = "us-east-1") -> Any:
        return Served(self.groups) if service == "autoscaling" else self._account.client(service, region)

    def step(self) -> None:
        """Let every machine come to where it was going, and the groups look at them."""
        for reservation in self.ec2.describe_instances()["Reservations"]:
            for each in reservation["Instances"]:
                arrive = ARRIVALS.get(each["State"]["Name"])
                if arrive:
                    arrive(each["InstanceId"])
        self.groups.world_changed(observe.snapshot())
        self.groups.look()
        self.watch()

    def instances(self, *states: str) -> dict[str, dict[str, Any]]:
        """The instances in these states, by id."""
        wanted = [{"Name": "instance-state-name", "Values": list(states)}]
        found = self.ec2.describe_instances(Filters=wanted)["Reservations"]
        return {each["InstanceId"]: each for reservation in found for each in reservation["Instances"]}


ARRIVALS = {
    "pending": transition.running,
    "stopping": transition.stopped,
    "shutting-down": transition.terminated,
}


class Served:
    """A service of the region's own, called as a client calls it."""

    def __init__(self, service: Service) -> None:
        self._operations = {xform_name(name): (name, each) for name, each in service.operations().items()}

    def __getattr__(self, operation: str) -> Any:
        name, serve = self._operations[operation]

        def call(**arguments: Any) -> Any:
            try:
                return serve(CALLER, arguments)
            except ServiceError as error:
                raise ClientError({"Error": {"Code": error.code, "Message": error.message}}, name) from error

        return call


class Region:
    """An engine that can be cut off: after so many calls that change something, nothing more happens."""

    def __init__(
        self,
        account: Any,
        state: bytes | None = None,
        clock: Clock | None = None,
        refused: dict[str, list[str]] | None = None,
    ) -> None:
        self._account = account
        self._left = -1
        self.cut_state: bytes | None = None
        self.refused = dict(refused or {})
        settings = Settings(workers=1, clock=clock or Clock())
        self.service = CloudFormation(self._client, on_change=lambda: None, settings=settings)
        if state is not None:
            self.service.restore(state)

    def _client(self, service: str, region: str) -> Any:
        return Watched(self._account.client(service, region), self._before_call, self._after_call)

    def cut_off_after(self, calls: int) -> None:
        self._left = calls

    def refuse(self, operation: str, *codes: str) -> None:
        """Answer the next calls of an operation with these errors, '' for none."""
        self.refused[operation] = list(codes)

    def _before_call(self, operation: str) -> None:
        if self._left == 0:
            raise Closed
        codes = self.refused.get(operation)
        if codes and (code := codes.pop(0)):
            raise ClientError({"Error": {"Code": code, "Message": "refused"}}, operation)

    def _after_call(self) -> None:
        self._left -= 1
        if self._left == 0:
            self.cut_state = self.service.state()

    def call(self, operation: str, **request: Any) -> Any:
        return self.service.operations()[operation](CALLER, request)

    def create(self, body: str, name: str = "made", **more: Any) -> str:
        """Ask for a stack and wait until it rests; return its id."""
        asked = {"StackName": name, "TemplateBody": body, "Capabilities": IAM, **more}
        stack_id = str(self.call("CreateStack", **asked)["StackId"])
        self.settled(stack_id)
        return stack_id

    def update(self, stack_id: str, body: str, **more: Any) -> str:
        """Update a stack and wait until it rests; return its status."""
        self.call("UpdateStack", StackName=stack_id, TemplateBody=body, Capabilities=IAM, **more)
        return self.settled(stack_id)

    def delete(self, stack_id: str) -> str:
        """Delete a stack and wait until it rests; return its status."""
        self.call("DeleteStack", StackName=stack_id)
        return self.settled(stack_id)

    def physical_id(self, stack_id: str, logical_id: str) -> str:
        described = self.call("DescribeStackResource", StackName=stack_id, LogicalResourceId=logical_id)
        return str(described["StackResourceDetail"]["PhysicalResourceId"])

    def failures(self, stack_id: str) -> list[str]:
        """Why resources of the stack failed, latest first."""
        events = self.call("DescribeStackEvents", StackName=stack_id)["StackEvents"]
        return [each["ResourceStatusReason"] for each in events if each["ResourceStatus"].endswith("_FAILED")]

    def status(self, stack_id: str) -> str:
        return str(self.call("DescribeStacks", StackName=stack_id)["Stacks"][0]["StackStatus"])

    def settled(self, stack_id: str) -> str:
        """The status in which the stack rests; '' when the engine was cut off before."""
        deadline = time.monotonic() + PATIENCE_S
        while (status := self.status(stack_id)).endswith("_IN_PROGRESS") and self.cut_state is None:
            assert time.monotonic() < deadline, status
            time.sleep(0.002)
        return status if self.cut_state is None else ""


class Watched:
    """A client that tells of each call that changes something, once it is done."""

    def __init__(self, client: Any, before_call: Callable[[str], None], after_call: Callable[[], None]) -> None:
        self._client, self._before_call, self._after_call = client, before_call, after_call

    def __getattr__(self, operation: str) -> Any:
        call = getattr(self._client, operation)
        if operation.startswith(ASKING):
            return call

        def watched(**arguments: Any) -> Any:
            self._before_call(operation)
            answer = call(**arguments)
            self._after_call()
            return answer

        return watched
