"""CloudFormation's own check of a template; what can be found offline is `stax.synth.lint`'s."""

from stax.aws import cloudformation
from stax.aws.cloudformation import MAXIMUM_BODY_BYTES
from stax.engine.site import Site
from stax.errors import UsageError
from stax.synth.template import Template


def ask_cloudformation(site: Site, template: Template) -> None:
    """Have CloudFormation check the template.  Raises StaxError with what it finds; changes nothing."""
    text = template.text
    if len(text.encode()) > MAXIMUM_BODY_BYTES:
        text = _without_comments(text)
    size = len(text.encode())
    if size > MAXIMUM_BODY_BYTES:
        message = f"{template.path} has {size:,} bytes: without a bucket CloudFormation checks {MAXIMUM_BODY_BYTES:,}"
        raise UsageError(message, hint="plan or create uploads it and has it checked there")
    cloudformation.validate_template(site.aws, template=text)


def _without_comments(text: str) -> str:
    """Return a template that CloudFormation judges as it would judge the whole.

    A line that begins with # inside of user data goes too: CloudFormation looks at shape and names, not into it.
    """
    lines = (line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    return "\n".join(lines) + "\n"
