"""Who may ask consul for what: everything is denied, and this is what is allowed.

The first token, which may do everything, lies in SSM; each host makes a token of its own for its agent, good for its
own node and nothing else.  Without a token there are names and addresses: what the name server on loopback tells.
"""

import json
import re
from collections.abc import Collection

from stax_agent.node.consul_api import ConsulApi
from stax_agent.node.consul_service import DATACENTER, ConsulService, node_name
from stax_agent.node.site import Site
from stax_agent.setback import Setback

PARAMETER = "consul"
ANONYMOUS = "00000000-0000-0000-0000-000000000002"
"""The token of whoever has none; consul's own number for it."""
NAMES = "stax-names"
HOST = "docker host "
"""How the description of a host's token begins; the instance id follows."""


class Access:
    """Tokens and policies, from one host."""

    def __init__(self, site: Site, service: ConsulService, api: ConsulApi) -> None:
        self._site, self._service, self._api = site, service, api
        self._management = ""
        self._has_own = self._has_policies = False

    def api(self) -> ConsulApi:
        """Return this host's agent, asked with the first token once there is one."""
        if not self._management:
            self._management = str(json.loads(self._site.store.get(PARAMETER) or "{}").get("token", ""))
        return self._api.with_token(self._management)

    @property
    def is_set_up(self) -> bool:
        """Whether the first token has been given and kept."""
        return bool(self._management)

    def start_anew(self) -> None:
        """Forget the tokens of a cluster that is gone."""
        self._management, self._has_own, self._has_policies = "", False, False
        if self._site.store.get(PARAMETER):
            self._site.store.put(PARAMETER, "{}", is_secret=True)

    def step_as_leader(self) -> str | None:
        """Give the first token, and what those without one may do."""
        if not self.is_set_up:
            return self._bootstrap()
        if self._has_policies:
            return None
        api, read = self.api(), 'node_prefix "" { policy = "read" } service_prefix "" { policy = "read" }'
        known = {one["Name"]: one["ID"] for one in api.get("acl/policies")}
        if NAMES not in known:
            api.put("acl/policy", {"Name": NAMES, "Description": "names and addresses", "Rules": read})
        api.put(f"acl/token/{ANONYMOUS}", {"Policies": [{"Name": NAMES}], "Description": "whoever has no token"})
        self._has_policies = True
        return "whoever has no token may look names up, and nothing else"

    def step_as_host(self) -> str | None:
        """Have consul know this host's own token."""
        if self._has_own or not self.is_set_up:
            return None
        own = self._service.token
        if not self._api.with_token(own).knows_token():
            name = node_name(self._site.private_ip)
            self.api().put(
                "acl/token",
                {
                    "SecretID": own,
                    "Description": HOST + self._site.instance_id,
                    "NodeIdentities": [{"NodeName": name, "Datacenter": DATACENTER}],
                },
            )
            return "this host's agent has a token"
        self._has_own = True
        return None

    def withdraw(self, there: Collection[str]) -> str | None:
        """Take back the tokens of hosts that are gone."""
        api = self.api()
        for one in api.get("acl/tokens"):
            description = str(one.get("Description", ""))
            instance_id = description.removeprefix(HOST)
            if description.startswith(HOST) and instance_id not in there:
                api.delete(f"acl/token/{one['AccessorID']}")
                return f"the token of {instance_id}, which is gone, is taken back"
        return None

    def _bootstrap(self) -> str:
        try:
            token = self._api.with_token("").bootstrap()
        except Setback as setback:
            # The first token was given, and whoever asked for it died before it was kept.
            lost = re.search(r"reset index: (\d+)", str(setback))
            if not lost:
                raise
            self._service.allow_bootstrap(lost[1])
            return "the first token was lost and will be given again"
        self._site.store.put(PARAMETER, json.dumps({"token": token}), is_secret=True)
        self._management = token
        return "access is set up: everything is denied that no token allows"
