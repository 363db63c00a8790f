"""`fleetctl WORD …` on a docker host: fleet's words, done by Swarm; what Swarm cannot do is refused by name."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from stax_agent.fleet.state import Machine, Unit, UnitFile
from stax_agent.fleet.swarm import NOT_A_MANAGER, Swarm, service_of
from stax_agent.fleet.tables import FIELDS, Look, as_objects, table, unknown_fields
from stax_agent.fleet.worker import machines_seen
from stax_agent.node.docker_api import Docker
from stax_agent.setback import Setback

FAILED, WRONG_WORDS, NOT_FOUND = 1, 2, 4
ALL = "list-all"
NO_LEADER = "does not have a leader"
"""The engine says it in words alone."""

USAGE = """\
usage: fleetctl WORD [UNIT…]

  list-machines     the docker hosts that are up
  list-units        the tasks of all services, and where they run
  list-unit-files   the services
  list-all          these three, one below the other
  status UNIT…      how each task of a service does
  journal UNIT      what it logged (--lines N, -f to follow)
  cat UNIT          its definition
  start UNIT…       run what was stopped
  stop UNIT…        end the tasks, keep the service (unload: the same)
  destroy UNIT…     end the tasks and forget the service

The tables take --no-legend, --full, --fields A,B and --json.  A machine is known by its host's instance id.
"""
REFUSED = {
    "submit": "Swarm takes no unit files: make a service with docker service create or docker stack deploy",
    "load": "Swarm has no unit that is loaded and not started: make a service with docker service create",
    "verify": "Swarm knows no signed units: docker has image digests and content trust",
    "ssh": "a docker host has no key for the others: dockconnect on the jumpbox, or stax fleet ssh on the laptop",
    "fd-forward": "Swarm forwards no sockets: ssh -L through the jumpbox does",
}


def fleetctl(words: Sequence[str]) -> int:
    """Do what the words say and return the exit code."""
    if not words or words[0] in {"-h", "--help", "help"}:
        sys.stdout.write(USAGE)
        return 0
    if words[0] in REFUSED:
        return _fail(f"no {words[0]}: {REFUSED[words[0]]}", FAILED)
    try:
        return _do(_read(words))
    except Setback as setback:
        return _fail(*_in_words(setback))


def _read(words: Sequence[str]) -> argparse.Namespace:
    parser = _Parser(prog="fleetctl", add_help=False, allow_abbrev=False)
    commands = parser.add_subparsers(dest="word", metavar="WORD", parser_class=_Parser)
    for word in (*FIELDS, ALL):
        listing = commands.add_parser(word, add_help=False)
        listing.add_argument("--no-legend", action="store_true")
        listing.add_argument("-l", "--full", action="store_true")
        listing.add_argument("--fields", default="")
        listing.add_argument("--json", action="store_true")
    journal = commands.add_parser("journal", add_help=False)
    journal.add_argument("--lines", type=int, default=10)
    journal.add_argument("-f", "--follow", action="store_true")
    journal.add_argument("units", nargs=1)
    for word in ("status", "cat", "start", "stop", "unload", "destroy"):
        commands.add_parser(word, add_help=False).add_argument("units", nargs="+")
    return parser.parse_args(list(words))


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Setback(f"{message}; see fleetctl --help", code="usage")


def _do(asked: argparse.Namespace) -> int:
    swarm = Swarm(Docker())
    match asked.word:
        case "list-machines" | "list-units" | "list-unit-files":
            sys.stdout.write(_listed(swarm, asked, asked.word))
        case "list-all":
            tables = [_listed(swarm, asked, word) for word in FIELDS]
            sys.stdout.write(f"[{','.join(tables)}]\n" if asked.json else "\n".join(tables))
        case "journal":
            _become_logs(swarm, asked)
        case "cat":
            for name in asked.units:
                print(json.dumps(swarm.unit_file(name).spec, indent=2, sort_keys=True))
        case "status":
            for name in asked.units:
                _tell_status(swarm, name)
        case word:
            for name in asked.units:
                _change(swarm, word, name)
    return 0


def _listed(swarm: Swarm, asked: argparse.Namespace, word: str) -> str:
    fields = tuple(name for name in asked.fields.split(",") if name)
    if unknown := unknown_fields(word, fields):
        raise Setback(f"{word} has no field {', '.join(unknown)}; it has {', '.join(FIELDS[word])}", code="usage")
    sources: dict[str, Callable[[Swarm], Sequence[Machine | Unit | UnitFile]]]
    sources = {"list-machines": machines_seen, "list-units": Swarm.units, "list-unit-files": Swarm.unit_files}
    nouns = sources[word](swarm)
    if asked.json:
        return json.dumps(as_objects(word, nouns)) + "\n"
    return table(word, nouns, Look(full=asked.full, legend=not asked.no_legend, fields=fields))


def _become_logs(swarm: Swarm, asked: argparse.Namespace) -> None:
    name = asked.units[0].removesuffix(".service")
    file = swarm.unit_file(name)
    tasks = [unit.task for unit in swarm.units() if unit.name == name and name != file.name]
    follow = ["--follow"] if asked.follow else []
    argv = ["docker", "service", "logs", "--tail", str(asked.lines), *follow, *(tasks[:1] or [file.id])]
    sys.stdout.flush()
    os.execvp(argv[0], argv)  # noqa: S606 - argv, no shell


def _tell_status(swarm: Swarm, name: str) -> None:
    file = swarm.unit_file(name)
    image = file.spec.get("TaskTemplate", {}).get("ContainerSpec", {}).get("Image", "").partition("@")[0]
    own = [unit for unit in swarm.units() if unit.service == file.name]
    for unit in own:
        print(f"● {unit.name} - {image}\n   Active: {_told(unit)}")
    if not own:
        print(f"● {file.name} - {image}\n   Active: inactive (dead)")


def _told(unit: Unit) -> str:
    where = f" on {unit.machine.legend(full=False)}" if unit.machine else ""
    trouble = f"\n   Reason: {unit.trouble}" if unit.trouble else ""
    return f"{unit.active} ({unit.sub}) since {unit.since[:19].replace('T', ' ')} UTC{where}{trouble}"


def _change(swarm: Swarm, word: str, name: str) -> None:
    file = swarm.unit_file(name)
    if word == "destroy":
        swarm.destroy(file)
        print(f"Destroyed {file.name}")
    elif word == "start":
        if file.desired != "launched":
            swarm.start(file)
        for unit in swarm.wait(service_of(name), running=True):
            print(f"Unit {unit.name} launched on {unit.machine.legend(full=False) if unit.machine else '-'}")
    else:
        if file.desired == "launched":
            swarm.stop(file)
        swarm.wait(service_of(name), running=False)
        print(f"Unit {file.name} stopped")


def _in_words(setback: Setback) -> tuple[str, int]:
    if setback.code == NOT_A_MANAGER:
        return f"this docker host is no manager of the Swarm, and only those know its services{_elsewhere()}", FAILED
    codes = {"usage": WRONG_WORDS, "404": NOT_FOUND}
    hint = "; it has lost its quorum: stax recover, on the laptop" if NO_LEADER in str(setback) else ""
    return f"{setback}{hint}", codes.get(setback.code, FAILED)


def _elsewhere() -> str:
    try:
        managers = Swarm(Docker()).managers()
    except Setback:
        managers = []
    return f"; managers: {', '.join(managers)} (dockconnect ADDRESS on the jumpbox)" if managers else ""


def _fail(text: str, exit_code: int) -> int:
    sys.stderr.write(f"fleetctl: {text}\n")
    return exit_code
