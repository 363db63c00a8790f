"""Errors of AWS, translated once, by code, into words for the person at the keyboard."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import botocore.exceptions as boto

from stax.aws.endpoints import Endpoint
from stax.errors import StaxError

EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}
INVALID = {"InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure", "InvalidAccessKeyId"}
DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "UnauthorizedAccess", "403"}
THROTTLED = {"Throttling", "ThrottlingException", "RequestLimitExceeded", "SlowDown", "TooManyRequestsException"}
SKEWED = {"RequestTimeTooSkewed", "SignatureDoesNotMatch", "InvalidSignatureException"}

GO_LOCAL = "or rehearse on this machine, without an account: stax local up"
GO_ON_WITH_CREDENTIALS = f"configure them (aws configure, or AWS_PROFILE), {GO_LOCAL}"


class AwsError(StaxError):
    """AWS said no, or could not be asked.  `code` is AWS's own error code, for those who act on it."""

    def __init__(self, message: str, *, code: str, operation: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.code = code
        self.operation = operation


def from_client_error(error: boto.ClientError, *, service: str) -> AwsError:
    """Say a refusal of AWS in words; `code` is kept as AWS gave it."""
    code = error.response.get("Error", {}).get("Code", "Unknown")
    operation = error.operation_name
    message, hint = _words(code, f"{service}:{operation}", error.response)
    return AwsError(message, code=code, operation=operation, hint=hint)


def from_botocore(error: boto.BotoCoreError, *, endpoint: Endpoint, operation: str) -> AwsError:
    """Say in words why AWS could not even be asked."""
    code = type(error).__name__
    message, hint = _unasked(error, endpoint)
    return AwsError(message, code=code, operation=operation, hint=hint)


def _words(code: str, action: str, response: dict[str, Any]) -> tuple[str, str]:
    said = str(response.get("Error", {}).get("Message", "")).split(" Encoded authorization failure message")[0]
    if code in EXPIRED:
        return "the AWS credentials have expired", "log in again, then run the same command"
    if code in INVALID:
        return f"AWS does not accept these credentials ({code})", f"check the profile or the environment; {GO_LOCAL}"
    if code in SKEWED and (skew_s := _skew_s(response)) > _TOLERATED_SKEW_S:
        return f"this machine's clock is {skew_s:.0f} s off AWS's", "set the clock, then run the same command"
    if code in DENIED:
        return f"these credentials may not call {action}: {said or code}", "ask whoever hands out the permissions"
    if code in THROTTLED:
        return f"AWS keeps throttling {action}", "wait a minute, then run the same command: it goes on"
    return f"{action}: {said or 'no reason given'} ({code})", ""


# AWS refuses a signature that is more than five minutes off; the Date header has whole seconds.
_TOLERATED_SKEW_S = 240.0


def _skew_s(response: dict[str, Any]) -> float:
    date = response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", "")
    try:
        there = parsedate_to_datetime(date)
    except ValueError:
        return 0.0
    return abs((datetime.now(UTC) - there.astimezone(UTC)).total_seconds())


def _unasked(error: boto.BotoCoreError, endpoint: Endpoint) -> tuple[str, str]:
    message, hint = _short(error), ""
    match error:
        case boto.NoCredentialsError() | boto.PartialCredentialsError() | boto.CredentialRetrievalError():
            message, hint = "no AWS credentials found", GO_ON_WITH_CREDENTIALS
        case boto.UnauthorizedSSOTokenError() | boto.SSOTokenLoadError() | boto.TokenRetrievalError():
            message, hint = "the AWS login has expired", "log in again (aws sso login), then run the same command"
        case boto.NoRegionError():
            message, hint = "no region given", f"give --region, or set AWS_REGION, {GO_LOCAL}"
        case boto.HTTPClientError() | boto.ConnectionError():
            message, hint = f"{endpoint.label} does not answer: {message}", endpoint.unreachable_hint
    return message, hint


def _short(error: Exception) -> str:
    return str(error).splitlines()[0][:300] if str(error) else type(error).__name__
