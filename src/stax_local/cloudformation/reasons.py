"""Why a resource failed, in the words its event carries."""

from botocore.exceptions import BotoCoreError, ClientError

from stax_local.cloudformation.problems import TemplateError
from stax_local.cloudformation.work import THROTTLES, Cancelled, ResourceFailure, code_of, is_absent

_ACCESS = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthFailure")
_EXISTS = ("EntityAlreadyExists", "ParameterAlreadyExists", "BucketAlreadyExists", "BucketAlreadyOwnedByYou")

_SERVICES = {
    "autoscaling": "AutoScaling", "cloudwatch": "CloudWatch", "ec2": "Ec2", "iam": "Iam", "s3": "S3", "ssm": "Ssm",
}  # fmt: skip
"""botocore's name of a service → the name in CloudFormation's sentences."""


def reason_of(error: Exception, verb: str) -> str:
    """Return the reason of a failed event; `verb` is what was being done: creation, update, deletion."""
    if isinstance(error, Cancelled):
        return f"Resource {verb} cancelled"
    if isinstance(error, ClientError):
        return _refusal(error)
    if isinstance(error, ResourceFailure):
        return str(error)
    if isinstance(error, TemplateError):
        return error.message
    if isinstance(error, BotoCoreError):
        return f'Resource handler returned message: "{error}" (HandlerErrorCode: GeneralServiceException)'
    # A defect of ours: say which, so that it can be found.
    return f"Internal Failure: {type(error).__name__}: {error}"


def _refusal(error: ClientError) -> str:
    metadata = error.response.get("ResponseMetadata", {})
    message = error.response.get("Error", {}).get("Message", "")
    status, request = metadata.get("HTTPStatusCode", 400), metadata.get("RequestId", "")
    service = _SERVICES.get(str(error.response.get("Service")), error.operation_name)
    return (
        f'Resource handler returned message: "{message} (Service: {service}, Status Code: {status},'
        f' Error Code: {code_of(error)}, Request ID: {request})" (HandlerErrorCode: {_handler_code(error)})'
    )


def _handler_code(error: ClientError) -> str:
    code = code_of(error)
    if is_absent(error):
        return "NotFound"
    if code in _ACCESS:
        return "AccessDenied"
    if code in _EXISTS or code.endswith((".Duplicate", "AlreadyExists")):
        return "AlreadyExists"
    if code in THROTTLES:
        return "Throttling"
    if code.endswith("LimitExceeded"):
        return "ServiceLimitExceeded"
    return "InvalidRequest"
