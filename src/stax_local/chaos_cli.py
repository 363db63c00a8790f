"""`stax local chaos`: the words of the command line, made into calls to the running region."""

import argparse
import json
from typing import Any
from urllib.parse import quote

from stax_local import chaos
from stax_local.control import ask
from stax_local.folder import Folder
from stax_local.machines import power
from stax_local.problem import Problem

WEATHER, FAULTS = "/stax/weather", "/stax/faults"
_WHO = "a machine (its name, such as nat1, or instance id), a zone, `internet`, or `any`"
_EXAMPLES_OF = {
    "cut": """  stax local chaos cut nat1                        nothing to or from it
  stax local chaos cut nat1 nat2 --one-way         what nat1 sends to nat2 is lost
  stax local chaos cut us-east-1a                  a whole zone, within itself too
""",
    "heal": """  stax local chaos heal nat1                       whatever is on its ways
  stax local chaos heal nat1 nat2                  what is between these two
  stax local chaos heal any                        everything
""",
    "impair": """  stax local chaos impair nat1 nat2 --loss 5 --jitter 50
  stax local chaos impair docker1 internet --delay 80 --rate 2000
  stax local chaos impair us-east-1a us-east-1b --delay 10 --one-way
""",
}
_FAIR: dict[str, Any] = {"disturbances": [], "metadata_down": []}


def add(parser: argparse.ArgumentParser) -> None:
    """Give the parser of `chaos` its verbs."""
    verbs = parser.add_subparsers(metavar="VERB", required=True, dest="verb")
    for verb, summary in (
        ("cut", "lose every packet"),
        ("heal", "end what is on the way"),
        ("impair", "lose some, or have them late,"),
    ):
        way = _verb(verbs, verb, f"{summary} between two", _EXAMPLES_OF[verb])
        way.add_argument("who", help=_WHO)
        way.add_argument("whom", nargs="?", default="any", help="the other side (any)")
        way.add_argument("--one-way", action="store_true", help="only what WHO sends to WHOM")
        if verb == "impair":
            way.add_argument("--loss", type=float, default=0, metavar="PERCENT")
            way.add_argument("--rate", type=int, default=0, metavar="KBIT/S")
            way.add_argument("--delay", type=int, default=0, metavar="MILLISECONDS", help="each way that is meant")
            way.add_argument("--jitter", type=int, default=0, metavar="MILLISECONDS", help="at most so much later yet")
    for verb, summary in (("power-off", "cut the power of"), ("power-on", "give it back to"),
                          ("freeze", "stop every process of"), ("thaw", "let go on")):  # fmt: skip
        verbs.add_parser(verb, help=f"{summary} a machine").add_argument("who", help="a machine, or a zone")
    for verb, summary in (("imds-down", "silence the metadata service"), ("imds-up", "let it answer again")):
        verbs.add_parser(verb, help=f"{summary} for one machine").add_argument("who", help="the machine")
    for verb in ("api-latency", "api-throttle", "api-deny", "api-blackhole"):
        fault = verbs.add_parser(verb, help="hinder calls to the APIs")
        if verb == "api-latency":
            fault.add_argument("latency_ms", type=int, metavar="MILLISECONDS")
        for name in ("service", "operation", "caller"):
            fault.add_argument(f"--{name}", default="*", metavar="PATTERN")
        fault.add_argument("--share", type=float, default=1.0, help="the part of the calls that it hits (1.0)")
    verbs.add_parser("status", help="say what is in force")
    verbs.add_parser("clear", help="end all of it")


def _verb(verbs: Any, verb: str, summary: str, examples: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(
        verb,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog=f"examples:\n{examples}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return parser


def run(folder: Folder, arguments: argparse.Namespace) -> int:
    """Do what the verb says, then say what is in force."""
    if arguments.verb == "clear":
        _clear(folder)
    elif arguments.verb in power.VERBS:
        power.hurt(folder, arguments.verb, arguments.who)
    elif arguments.verb.startswith("api-"):
        _add_fault(folder, arguments)
    elif arguments.verb != "status":
        weather = ask(folder, "GET", WEATHER)
        ask(folder, "PUT", WEATHER, _changed(folder, weather, arguments))
    _tell(folder, as_json=arguments.output == "json")
    return 0


def _changed(folder: Folder, weather: dict[str, Any], arguments: argparse.Namespace) -> chaos.Said:
    """The weather that the verb asks for, machines by their ids, so that what is there is recognised."""
    who = _whom(folder, arguments.who)
    if arguments.verb.startswith("imds-"):
        return chaos.metadata(weather, who, down=arguments.verb == "imds-down")
    whom = _whom(folder, arguments.whom)
    try:
        between = chaos.ways(who, whom, one_way=arguments.one_way)
    except ValueError as error:
        raise Problem(str(error), exit_code=2) from error
    if arguments.verb == "heal":
        return chaos.healed(weather, between)
    if arguments.verb == "cut":
        return chaos.hindered(weather, between, loss_percent=100)
    how = {"loss_percent": arguments.loss, "rate_kbit_s": arguments.rate}
    how |= {"delay_ms": arguments.delay, "jitter_ms": arguments.jitter}
    if not any(how.values()):
        raise Problem("say how: --loss, --rate, --delay, --jitter, or several of them", exit_code=2)
    return chaos.hindered(weather, between, **how)


def _whom(folder: Folder, word: str) -> str:
    return str(ask(folder, "GET", f"/stax/whom/{quote(word, safe='')}")["id"])


def _add_fault(folder: Folder, arguments: argparse.Namespace) -> None:
    names = ("latency_ms", "service", "operation", "caller", "share")
    rule = {name: getattr(arguments, name) for name in names if hasattr(arguments, name)}
    rules = ask(folder, "GET", FAULTS)["rules"]
    ask(folder, "PUT", FAULTS, [{"kind": arguments.verb.removeprefix("api-"), **rule}, *rules])


def _clear(folder: Folder) -> None:
    power.mend(folder)
    ask(folder, "PUT", FAULTS, [])
    if _weather(folder) is not None:
        ask(folder, "PUT", WEATHER, _FAIR)


def _weather(folder: Folder) -> dict[str, Any] | None:
    """None where no packets move."""
    try:
        return ask(folder, "GET", WEATHER)
    except Problem as problem:
        if problem.exit_code == 4:
            raise
        return None


def _tell(folder: Folder, *, as_json: bool) -> None:
    weather, faults = _weather(folder) or _FAIR, ask(folder, "GET", FAULTS)["rules"]
    hurt = list(power.sentences(folder))
    if as_json:
        print(json.dumps({**weather, "faults": faults, "machines": hurt}))
    else:
        print("\n".join([*chaos.sentences(weather, faults), *hurt]) or "all is well")
