"""What every request has in common: which stack is meant, which template, and how wrong ones are answered."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from botocore.exceptions import ClientError

from stax_local.cloudformation import parameters
from stax_local.cloudformation import template as templates
from stax_local.cloudformation.engine import Engine
from stax_local.cloudformation.problems import TemplateError
from stax_local.cloudformation.records import Account, Stack, Target
from stax_local.cloudformation.work import code_of
from stax_local.service import ServiceError

MAX_BODY_BYTES = 51_200
MAX_URL_BYTES = 1_000_000
MAX_TAGS = 50
_STACK_NAME = re.compile(r"[a-zA-Z][-a-zA-Z0-9]{0,127}")

Request = Mapping[str, Any]
T = TypeVar("T")


def invalid(message: str) -> ServiceError:
    """Return CloudFormation's answer to almost everything that is wrong with a request."""
    return ServiceError("ValidationError", message)


def check_name(name: str, *, what: str = "stackName") -> str:
    """Return a name that a stack or a change set may have; raises ServiceError for any other."""
    if not _STACK_NAME.fullmatch(name):
        raise invalid(
            f"1 validation error detected: Value '{name}' at '{what}' failed to satisfy constraint:"
            " Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*"
        )
    return name


def find(account: Account, name_or_id: str, missing: str = "Stack with id {} does not exist") -> Stack:
    """Return the stack a request names; raises ServiceError in the words of the operation."""
    stack = account.find(name_or_id)
    if stack is None:
        raise invalid(missing.format(name_or_id))
    return stack


def page(items: Sequence[Any], request: Request, size: int) -> tuple[list[Any], dict[str, str]]:
    """Return the page a NextToken names and, when more follows, the next token as the answer carries it."""
    token = request.get("NextToken") or "0"
    if not token.isdigit() or (int(token) and int(token) >= len(items)):
        raise invalid(f"Next token [{token}] is invalid")
    begin, end = int(token), int(token) + size
    return list(items[begin:end]), {"NextToken": str(end)} if end < len(items) else {}


class Requests:
    """The parts of a request that need the account: templates, parameters, tags."""

    def __init__(self, engine: Engine, account: Account) -> None:
        self._engine = engine
        self._account = account

    def template(self, request: Request, stack: Stack | None = None) -> templates.Template:
        """Return the template that a request carries, points to, or (UsePreviousTemplate) keeps."""
        if request.get("UsePreviousTemplate"):
            if stack is None or request.get("TemplateBody") or request.get("TemplateURL"):
                raise invalid("Either Template URL or Template Body must be specified, or UsePreviousTemplate alone.")
            return stack.target.template
        return self.parsed(self.template_text(request))

    def template_text(self, request: Request) -> str:
        """Return the text of TemplateBody, or what TemplateURL names."""
        body, url = request.get("TemplateBody"), request.get("TemplateURL")
        if bool(body) == bool(url):
            raise invalid("Either Template URL or Template Body must be specified.")
        if url:
            return self._fetched(url)
        if len(str(body).encode()) > MAX_BODY_BYTES:
            raise invalid(
                "1 validation error detected: Value at 'templateBody' failed to satisfy constraint:"
                f" Member must have length less than or equal to {MAX_BODY_BYTES}"
            )
        return str(body)

    def parsed(self, text: str) -> templates.Template:
        """Return a template read and checked; raises ServiceError."""
        return answered(lambda: templates.parse(text))

    def _fetched(self, url: str) -> str:
        bucket, key = bucket_and_key(url)
        try:
            found = self._engine.client_of("s3", self._account.region).get_object(Bucket=bucket, Key=key)
        except ClientError as error:
            raise invalid(f"S3 error: {error.response['Error'].get('Message', code_of(error))}") from error
        content: bytes = found["Body"].read(MAX_URL_BYTES + 1)
        if len(content) > MAX_URL_BYTES:
            raise invalid(f"Template may not exceed {MAX_URL_BYTES} bytes in size.")
        try:
            return content.decode()
        except UnicodeDecodeError as error:
            raise invalid(f"Template format error: the template at {url} is not UTF-8") from error

    def target(self, request: Request, stack: Stack | None = None) -> Target:
        """Return what a request wants a stack to be; nothing is kept of the stack but what the request says so."""
        parsed = self.template(request, stack)
        needed = parsed.capabilities()
        granted = set(request.get("Capabilities", []))
        if needed and not granted & {*needed, "CAPABILITY_NAMED_IAM"}:
            raise ServiceError("InsufficientCapabilitiesException", f"Requires capabilities : [{needed[0]}]")
        before = stack.target.parameters if stack else {}
        given = answered(lambda: parameters.given_values(request.get("Parameters", []), before))
        lookup = self._engine.lookup(self._account)
        resolved = answered(lambda: parameters.resolve(parsed.section("Parameters"), given, lookup))
        kept = stack.target if stack else None
        return Target(
            parsed,
            resolved,
            stack_tags(request["Tags"]) if "Tags" in request else dict(kept.tags if kept else {}),
            tuple(request.get("Capabilities", [])),
            tuple(request.get("NotificationARNs", kept.notification_arns if kept else ())),
        )


def answered(work: Callable[[], T]) -> T:
    """Return what the work returns; a problem of the template becomes the answer ValidationError."""
    try:
        return work()
    except TemplateError as error:
        raise invalid(error.message) from error


def stack_tags(requested: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Return a request's tags; raises ServiceError for those that a stack cannot have."""
    if len(requested) > MAX_TAGS:
        raise invalid(f"Tags: a stack may have at most {MAX_TAGS} tags")
    tags: dict[str, str] = {}
    for each in requested:
        key, value = str(each.get("Key", "")), str(each.get("Value", ""))
        if not 0 < len(key) <= 128 or len(value) > 256:
            raise invalid(f"Tags: [{key}] must have a key of 1 to 128 and a value of at most 256 characters")
        if key.lower().startswith("aws:"):
            raise invalid(f"Tags: aws: prefixed tag key names are not allowed for external use: [{key}]")
        if key in tags:
            raise invalid(f"Duplicate tag keys found: [{key}]. Please provide unique tag keys.")
        tags[key] = value
    return tags


def bucket_and_key(url: str) -> tuple[str, str]:
    """Return where a TemplateURL points: virtual-hosted, path-style, s3:// or an endpoint of one's own."""
    parts = urlsplit(url)
    host, path = parts.hostname or "", unquote(parts.path).lstrip("/")
    virtual = re.fullmatch(r"(.+?)\.s3[.-].*", host) or re.fullmatch(r"(.+)\.s3\..*", host)
    if parts.scheme == "s3":
        bucket, key = host, path
    elif parts.scheme in ("http", "https") and virtual:
        bucket, key = virtual[1], path
    elif parts.scheme in ("http", "https"):
        bucket, _, key = path.partition("/")
    else:
        bucket, key = "", ""
    if not bucket or not key:
        raise invalid("TemplateURL must be a supported URL.")
    return bucket, key
