"""`stax fleet [WORD…]`."""

import json
from argparse import Namespace
from pathlib import Path

from stax.api.connect import ConnectRequest, connect
from stax.api.fleet import TABLES, FleetRequest, fleet, following, place_of
from stax.cli.become import become
from stax.cli.json_text import document
from stax.cli.place import site_of
from stax.cli.story import heard
from stax.cli.suggest import nearest
from stax.cli.terminal import Terminal
from stax.engine.site import Site
from stax.errors import Exit, UsageError

ALL = "list-all"
WORDS = (*TABLES, "status", "journal", "cat", "start", "stop", "unload", "destroy", "ssh")
REFUSED = ("submit", "load", "verify", "fd-forward")
"""fleetctl's words that Swarm cannot do: the fleetctl of the docker hosts says why."""
CHANGING = ("stop", "unload", "destroy")


def run(values: Namespace, terminal: Terminal) -> int:
    """Do one of fleetctl's words, or show the three tables."""
    word, *about = values.word or [ALL]
    _refuse_unknown(word, about, values)
    site = site_of(values, terminal)
    if word == "ssh":
        return _ssh(values, site, about, terminal)
    if word in CHANGING:
        terminal.ask(f"ok to {word} {', '.join(about)}")
    request = _request(values, (word, *_options(word, values, terminal), *about))
    if word == "journal":
        argv = heard(following(site, request, person_home=Path.home()), terminal)
        return become(argv, terminal)
    answer = heard(fleet(site, request, person_home=Path.home()), terminal)
    terminal.answer(_shown(word, answer.text, terminal).rstrip("\n"))
    return Exit.DONE


def _refuse_unknown(word: str, about: list[str], values: Namespace) -> None:
    if word not in (*WORDS, *REFUSED, ALL):
        near = nearest(word, WORDS)
        raise UsageError(
            f"fleet has no word {word!r}", hint=f"did you mean {near}?" if near else "see stax fleet --help"
        )
    if not about and word not in (*TABLES, *REFUSED, ALL):
        raise UsageError(f"fleet {word}: of what?", hint=f"stax fleet {word} UNIT; stax fleet list-units has them")
    if about and word in TABLES:
        raise UsageError(f"fleet {word} has no use for {about[0]!r}", hint="a stax is named with --name")
    if values.lines is not None and not values.lines.isdigit():
        raise UsageError(f"--lines {values.lines}: not a number", hint="such as --lines 100")


def _options(word: str, values: Namespace, terminal: Terminal) -> list[str]:
    if word in (*TABLES, ALL):
        if terminal.answers_in_json:
            return ["--json"]
        flags = [flag for flag, wanted in (("--no-legend", values.no_legend), ("--full", values.full)) if wanted]
        return [*flags, *(["--fields", values.fields] if values.fields else [])]
    if word == "journal":
        return [*(["--lines", values.lines] if values.lines else []), *(["--follow"] if values.follow else [])]
    return []


def _request(values: Namespace, words: tuple[str, ...]) -> FleetRequest:
    return FleetRequest(words=words, name=values.name or "", ssh_key=Path(values.ssh_key) if values.ssh_key else None)


def _shown(word: str, text: str, terminal: Terminal) -> str:
    if not terminal.answers_in_json or word not in (*TABLES, ALL):
        return text
    said = json.loads(text)
    if word == ALL:
        said = dict(zip(("machines", "units", "unit_files"), said, strict=True))
    return document(said)


def _ssh(values: Namespace, site: Site, about: list[str], terminal: Terminal) -> int:
    request = _request(values, ())
    target = heard(place_of(site, request, about[0], person_home=Path.home()), terminal)
    wish = ConnectRequest(name=request.name, target=target, words=(*about[1:], *values.words), ssh_key=request.ssh_key)
    session = heard(connect(site, wish, person_home=Path.home()), terminal)
    return become(session.argv, terminal)
