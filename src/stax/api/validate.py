"""CloudFormation's own check of a template; what can be found offline is `stax.synth.lint`'s."""

from stax.aws import cloudformation
from stax.aws.cloudformation import MAXIMUM_BODY_BYTES
from stax.engine.site import Site
from stax.errors import UsageError
from stax.synth.template import Template


def ask_cloudformation(site: Site, template: Template) -> None:
    """Have CloudFormation check the template.  Raises StaxError with what it finds; changes nothing."""
    size = len(template.text.encode())
    if size > MAXIMUM_BODY_BYTES:
        message = f"{template.path} has {size:,} bytes: without a bucket CloudFormation checks {MAXIMUM_BODY_BYTES:,}"
        raise UsageError(message, hint="plan or create uploads it and has it checked there")
    cloudformation.validate_template(site.aws, template=template.text)
