"""Launch template versions: made from a source version, with user data that can be launched.

moto: CreateLaunchTemplateVersion ignores SourceVersion, and keeps user data in a form that makes
the launch an HTTP 500; a version that is not there is an HTTP 500 when it is negative or no number.
AWS: the new version has the source's data, overridden by what the request gives.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplateVersion.html
"""

from collections.abc import Callable
from typing import Any

from moto.ec2.exceptions import InvalidLaunchTemplateVersionNotFound
from moto.ec2.models.launch_templates import LaunchTemplate
from moto.ec2.responses.launch_templates import LaunchTemplates
from moto.ec2.utils import parse_user_data

from stax_local.emulator.patches.patch import Patch

PATCH = Patch("launch_templates")


@PATCH.wraps(LaunchTemplate, "create_version")
def _parse_user_data(original: Callable[..., Any], self: Any, data: dict[str, Any], description: str) -> Any:
    user_data = data.get("UserData")
    if isinstance(user_data, str | bytes):
        data["UserData"] = parse_user_data(user_data)
    return original(self, data, description)


@PATCH.wraps(LaunchTemplate, "get_version")
def _get_version(original: Callable[..., Any], self: Any, num: Any) -> Any:
    if str(num).lower() not in {"$latest", "$default"} and (not str(num).isdigit() or int(num) < 1):
        raise InvalidLaunchTemplateVersionNotFound(template_id=self.id, version=num)
    return original(self, num)


@PATCH.wraps(LaunchTemplates, "create_launch_template_version")
def _from_source(original: Callable[..., Any], self: Any) -> Any:
    source = self._get_param("SourceVersion")
    if source:
        name, template_id = self._get_param("LaunchTemplateName"), self._get_param("LaunchTemplateId")
        ec2 = self.ec2_backend
        template = ec2.get_launch_template_by_name(name) if name else ec2.get_launch_template(template_id)
        given = self._get_param("LaunchTemplateData", {})
        self.params["LaunchTemplateData"] = {**template.get_version(source).data, **given}
    return original(self)
