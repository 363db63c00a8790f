"""Reading network namespaces: what `ip` and `nft` say, as the facts of `stax_local.observed`."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from stax_local.kernel import namespaces
from stax_local.kernel.process import KernelError, run
from stax_local.observed import Address, Delay, End, Namespace, Neighbour, Observed, PolicyRule, Route

_QUESTIONS = ("link show", "addr show", "neigh show nud permanent", "route show table all", "rule show")
_TABLE_NUMBERS = {"main": 254, "default": 253, "local": 255}
_DELAY = re.compile(r"d(\d+)j(\d+)")
"""The name of a delay's device."""
_LOCAL_RULE = 0
"""The rule that every namespace has and nobody touches."""


def observe(routers: Iterable[str], hosts: Iterable[str]) -> Observed:
    """Look at these namespaces; those that do not exist are left out."""
    ends: set[End] = set()
    seen: dict[str, Namespace] = {}
    for name in routers:
        if namespaces.exists(name):
            links, *rest = _ask(name, _QUESTIONS)
            ends |= _ends(name, links)
            seen[name] = replace(_namespace(name, rest), delays=frozenset(_delays(links)))
    for name in hosts:
        if namespaces.exists(name):
            ends |= _ends(name, _ask(name, ("link show",))[0])
            seen[name] = Namespace(name)
    return Observed(namespaces=seen, ends=frozenset(ends))


def _ask(name: str, questions: tuple[str, ...]) -> list[list[dict[str, Any]]]:
    """One process for all questions: it answers each with one JSON list, empty ones too."""
    text = run(("ip", "-n", name, "-4", "-j", "-d", "-batch", "-"), given="\n".join(questions) + "\n")
    answers: list[list[dict[str, Any]]] = []
    decoder, position = json.JSONDecoder(), text.find("[")
    while position >= 0:
        answer, end = decoder.raw_decode(text, position)
        answers.append(answer)
        position = text.find("[", end)
    if len(answers) != len(questions):
        raise KernelError(f"ip gave {len(answers)} answers to {len(questions)} questions about {name}")
    return answers


def _ends(name: str, links: list[dict[str, Any]]) -> set[End]:
    return {
        End(name, link["ifname"], link["address"])
        for link in links
        if link.get("linkinfo", {}).get("info_kind") == "veth"
    }


def _delays(links: list[dict[str, Any]]) -> Iterator[Delay]:
    for link in links:
        if link.get("linkinfo", {}).get("info_kind") == "tun" and (named := _DELAY.fullmatch(link["ifname"])):
            yield Delay(int(named[1]), int(named[2]))


def _namespace(name: str, answers: list[list[dict[str, Any]]]) -> Namespace:
    addresses, neighbours, routes, rules = answers
    tables = _tables(name)
    return Namespace(
        name=name,
        addresses=frozenset(
            Address(link["ifname"], f"{each['local']}/{each['prefixlen']}")
            for link in addresses
            for each in link.get("addr_info", ())
            if each["local"] != "127.0.0.1"
        ),
        neighbours=frozenset(Neighbour(each["dev"], each["dst"], each["lladdr"]) for each in neighbours),
        routes=frozenset(_route(each) for each in routes if each.get("protocol") != "kernel"),
        rules=frozenset(_rule(each) for each in rules if each["priority"] != _LOCAL_RULE),
        filters=tables["ip"],
        egress_filters=tables["netdev"],
    )


def _route(said: Mapping[str, Any]) -> Route:
    destination = "0.0.0.0/0" if said["dst"] == "default" else said["dst"]
    return Route(
        table=_table(said.get("table", "main")),
        destination=destination if "/" in destination else f"{destination}/32",
        kind="blackhole" if said.get("type") == "blackhole" else "unicast",
        device=said.get("dev", ""),
        via=said.get("gateway", ""),
    )


def _rule(said: Mapping[str, Any]) -> PolicyRule:
    table = 0 if said.get("action") == "blackhole" else _table(said["table"])
    return PolicyRule(preference=said["priority"], table=table, in_device=said.get("iif", ""))


def _table(name: str) -> int:
    return _TABLE_NUMBERS.get(name) or int(name)


def _tables(name: str) -> Mapping[str, Mapping[str, str]]:
    """The nft tables that stand, by family and name."""
    text = run(("nsenter", f"--net={namespaces.FOLDER / name}", "nft", "-j", "list", "tables"))
    tables = [each["table"] for each in json.loads(text)["nftables"] if "table" in each]
    return {kind: {each["name"]: "" for each in tables if each["family"] == kind} for kind in ("ip", "netdev")}
