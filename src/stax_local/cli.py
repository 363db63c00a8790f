"""The command line of the local region, reached as `stax local …`."""

import argparse
import gc
import json
import os
import re
import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from stax_local import chaos_cli, leftovers, life
from stax_local.folder import NAME, Folder, Settings, read_json
from stax_local.machines.directory import find
from stax_local.machines.entering import enter, first_process
from stax_local.machines.preparing import PLANES, prepared
from stax_local.problem import SAYS, TELLS, TRIES, Problem
from stax_local.process import Process, forget_the_callers_aws, read_process, this_process

_DESCRIPTION = "An AWS region on this machine, for stax and for anybody's AWS tools."
_EXAMPLES = """examples:
  stax local up                        start it (twice is fine)
  eval "$(stax local env)"             let the aws CLI, boto3 and others use it
  aws ec2 describe-vpcs
  stax local status
  stax local down                      stop it, and leave nothing of it
  stax local down --keep               stop it; the next `up` has everything as it was
  stax local up --name second          another region beside it
"""
_EXAMPLES_OF = {
    "up": """examples:
  stax local up
  stax local up --name tight --quota elastic-ips=5 --quota vpcs=5   as strict as a new AWS account
  stax local up --aws-region eu-west-1 --port 5000
  stax local up --metric-period 5                                   scale on what happens, twelve times as fast
  sudo stax local up --data-plane network                           packets go where the account says
  sudo stax local up --no-uplink                                    machines reach nothing but the region's internet
""",
    "down": """examples:
  stax local down                  nothing of the region is left
  stax local down --keep           the next `up` has the same port, keys, stacks and machines
""",
    "status": """examples:
  stax local status
  stax local status --output json | jq .instances

exit code: 0 it runs, 1 it does not, 4 there is none
""",
    "env": """examples:
  eval "$(stax local env)"         then: aws ec2 describe-vpcs
  eval "$(stax local env --unset)"
  stax local env --output json
""",
    "exec": """examples:
  stax local exec nat1                           a shell, as root
  stax local exec nat1 -- nft list ruleset       the exit code is the command's
  stax local exec docker2 -- systemctl poweroff  as if somebody had done it there
""",
    "chaos": """examples:
  stax local chaos cut nat1                          nothing to or from it; the metadata service answers still
  stax local chaos cut nat1 nat2 --one-way           what nat1 sends to nat2 is lost
  stax local chaos impair us-east-1a any --loss 20
  stax local chaos power-off nat2                    as if its plug were pulled
  stax local chaos freeze docker1                    it hangs; the API says impaired
  stax local chaos imds-down nat1
  stax local chaos api-latency 300 --operation ReplaceRoute
  stax local chaos status
  stax local chaos clear
""",
    "dial": """examples:
  printf 'GET /ip HTTP/1.0\\r\\n\\r\\n' | stax local dial 203.0.113.10 80
  ssh -o ProxyCommand='stax local dial %h %p' core@198.51.100.1
""",
    "serve": """examples:
  stax local up; stax local down --keep; stax local serve      watch it at work; Ctrl-C ends it
""",
}
_AWS_REGION = re.compile(r"(af|ap|ca|eu|il|me|mx|sa|us)-(central|north|south|east|west|northeast|southeast|northwest|"
                         r"southwest)-\d")  # fmt: skip
QUOTA_NAMES = ("elastic-ips", "vpcs", "vcpus")
QUOTA_LIMIT = 100_000
UNDONE = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is stax's: 0 done, 1 failed, 2 usage, 4 not there."""
    arguments = _parser().parse_args(argv)
    try:
        command: Callable[[argparse.Namespace], int] = arguments.command
        code = command(arguments)
        sys.stdout.flush()
        return code
    except Problem as problem:
        print(f"{SAYS}{problem.message}", file=sys.stderr)
        if problem.hint:
            print(f"{TRIES}{problem.hint}", file=sys.stderr)
        return problem.exit_code
    except BrokenPipeError:
        return _nobody_listens()
    except OSError as error:
        print(f"{SAYS}{error.strerror or error}: {error.filename or 'input or output'}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return UNDONE


def _nobody_listens() -> int:
    """Return the exit code of `stax local status | head`: whoever read the answer has had enough of it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())  # the interpreter flushes once more when it ends, and would complain
    os.close(nowhere)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "stax local",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    up = _command(commands, "up", _up, "start the region, or find that it runs")
    up.add_argument("--port", type=_port, help=f"where to listen on loopback (default: {life.PREFERRED_PORT} if free)")
    up.add_argument("--aws-region", type=_aws_region, metavar="REGION", help="which AWS region to be (us-east-1)")
    up.add_argument("--quota", type=_quota, action="append", default=[], metavar="NAME=N",
                    help=f"a service quota: {', '.join(QUOTA_NAMES)}")  # fmt: skip
    up.add_argument("--metric-period", type=_period, metavar="SECONDS",
                    help="how often CloudWatch hears of each machine, 1 to 60; AWS: 60, and so here")  # fmt: skip
    up.add_argument("--data-plane", choices=PLANES,
                    help="what is real in the kernel (default: as much as this machine can)")  # fmt: skip
    up.add_argument("--uplink", action=argparse.BooleanOptionalAction,
                    help="let the machines out into the world (default: yes)")  # fmt: skip
    down = _command(commands, "down", _down, "stop the region and remove everything of it")
    down.add_argument("--keep", action="store_true", help="keep the account for the next `up`")
    down.add_argument("--wipe", action="store_true", help="keep nothing (the default, said aloud)")
    _command(commands, "status", _status, "say how the region is")
    env = _command(commands, "env", _env, "print the environment with which AWS tools use the region")
    env.add_argument("--unset", action="store_true", help="print how to undo it")
    execute = _command(commands, "exec", _exec, "run a command inside a machine, as root, past its network")
    execute.add_argument("machine", help="jumpbox, nat1, nat2, docker1 …, an instance id or a host name")
    execute.add_argument("argv", nargs=argparse.REMAINDER, metavar="-- COMMAND", help="what to run (a shell)")
    dial = _command(commands, "dial", _dial, "connect to a public address of the region (ssh's ProxyCommand)")
    dial.add_argument("address", help="an Elastic IP, or an address of the region's internet")
    dial.add_argument("port")
    chaos_cli.add(_command(commands, "chaos", _chaos, "break things on purpose, and mend them"))
    serve = _command(commands, "serve", _serve, "be the region, in the foreground (what `up` starts)")
    serve.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    serve.add_argument("--leash", type=read_process, help=argparse.SUPPRESS)
    return parser


def _command(
    commands: Any, name: str, command: Callable[[argparse.Namespace], int], summary: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog=_EXAMPLES_OF[name],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--name", type=_name, default="local", help="which region, when there are several (local)")
    parser.add_argument("--state", type=Path, metavar="DIR", help="its folder (default: $STAX_HOME/local/NAME)")
    parser.add_argument(
        "-o", "--output", choices=("table", "json"), default="table", help="for people, or for programs"
    )
    parser.set_defaults(command=command)
    return parser


def _folder(arguments: argparse.Namespace) -> Folder:
    home = getattr(arguments, "home", None) or Path(os.environ.get("STAX_HOME") or Path.home() / ".stax")
    home = home.absolute()
    state: Path = arguments.state or home / "local" / arguments.name
    return Folder(state.absolute(), home, arguments.name)


def _up(arguments: argparse.Namespace) -> int:
    folder = _folder(arguments)
    folder.make()
    plane = prepared(folder, arguments.data_plane or _usual_data_plane(), _tell)
    # What is not said stays as it was; a new region has a way out.
    uplink = True if arguments.uplink is None and folder.settings() is None else arguments.uplink
    wanted = {"port": arguments.port or None, "region": arguments.aws_region, "quotas": dict(arguments.quota) or None,
              "data_plane": plane, "metric_period_s": arguments.metric_period, "uplink": uplink}  # fmt: skip
    said = {name: value for name, value in wanted.items() if value is not None}
    settings, ran_already = life.up(folder, said, leash=_leash())
    endpoint = f"http://127.0.0.1:{settings.port}"
    if arguments.output == "json":
        print(json.dumps({"name": settings.name, "endpoint": endpoint, "region": settings.region,
                          "ran_already": ran_already}))  # fmt: skip
        return 0
    print(f"Region {settings.name} {'runs already' if ran_already else 'is up'} at {endpoint}, as {settings.region}.")
    create, env = f"stax create --region {settings.name}", f'eval "$({folder.command("env")})"'
    width = max(len(create), len(env))
    print(f"  {create:<{width}}  make a stax in it")
    print(f"  {env:<{width}}  let any AWS tool use it")
    return 0


def _usual_data_plane() -> str | None:
    usual = os.environ.get("STAX_LOCAL_DATA_PLANE")
    if usual and usual not in PLANES:
        raise Problem(f"STAX_LOCAL_DATA_PLANE is {usual!r}", f"one of {', '.join(PLANES)}", exit_code=2)
    return usual


def _leash() -> Process | None:
    """Who holds the region, of whoever has it brought up by another process: tests, above all."""
    text = os.environ.get("STAX_LOCAL_LEASH")
    try:
        return read_process(text) if text else None
    except ValueError:
        raise Problem(f"STAX_LOCAL_LEASH is {text!r}", "PID:START_TICKS, or nothing", exit_code=2) from None


def _tell(text: str) -> None:
    print(f"{TELLS}{text}", file=sys.stderr, flush=True)


def _down(arguments: argparse.Namespace) -> int:
    if arguments.keep and arguments.wipe:
        raise Problem("--keep and --wipe contradict one another", exit_code=2)
    folder = _folder(arguments)
    was = read_json(folder.path / "region.json") or {}
    existed = life.down(folder, keep=arguments.keep)
    if {"account_id", "region"} <= was.keys() and not arguments.keep:
        leftovers.forget(folder, str(was["account_id"]), str(was["region"]))
    if arguments.output == "json":
        print(json.dumps({"name": folder.name, "existed": existed, "kept": existed and arguments.keep}))
    elif not existed:
        print(f"There is no region {folder.name}; nothing to do.")
    else:
        print(f"Region {folder.name} is down; {'its account is kept' if arguments.keep else 'nothing of it is left'}.")
    return 0


def _status(arguments: argparse.Namespace) -> int:
    folder = _folder(arguments)
    facts = life.status(folder)
    if arguments.output == "json":
        print(json.dumps(facts))
    else:
        width = max(map(len, facts))
        for name, value in facts.items():
            print(f"{name.replace('_', ' '):<{width}}  {_for_people(value)}")
    if facts["state"] == "running":
        return 0
    if arguments.output == "table":
        print(f"{TRIES}{folder.command('up')}", file=sys.stderr)
    return 4 if facts["state"] == "none" else 1


def _for_people(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "not yet"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _exec(arguments: argparse.Namespace) -> int:
    folder = _folder(arguments)
    argv = arguments.argv[1:] if arguments.argv[:1] == ["--"] else arguments.argv
    machine = find(folder.path / "machines", arguments.machine)
    pid = first_process(machine)
    if pid is None:
        raise Problem(f"{arguments.machine} is not running", f"{folder.command('status')}, or its console: "
                      f"aws ec2 get-console-output --instance-id {machine.instance_id}")  # fmt: skip
    sys.stdout.flush()
    enter(pid, argv or ["/bin/bash", "--login"])


def _chaos(arguments: argparse.Namespace) -> int:
    return chaos_cli.run(_folder(arguments), arguments)


def _dial(arguments: argparse.Namespace) -> int:
    from stax_local.internet.dialing import DialError, dial  # noqa: PLC0415 - no other command needs it

    try:
        dial(_folder(arguments).dial, arguments.address, arguments.port)
    except DialError as error:
        raise Problem(str(error), _folder(arguments).command("status")) from error
    return 0


def _env(arguments: argparse.Namespace) -> int:
    folder = _folder(arguments)
    settings = folder.settings()
    if settings is None and not arguments.unset:
        raise Problem(f"there is no region {folder.name}", folder.command("up"), exit_code=4)
    variables = environment(settings) if settings else dict.fromkeys(_VARIABLES, "")
    if arguments.unset:
        lines = [f"unset {name}" for name in variables]
    else:
        lines = [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    print(json.dumps(variables) if arguments.output == "json" else "\n".join(lines))
    return 0


_VARIABLES = ("AWS_ENDPOINT_URL", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
              "STAX_CHECKIP_URL")  # fmt: skip


def environment(settings: Settings) -> dict[str, str]:
    """The environment with which any AWS tool speaks to the region."""
    endpoint = f"http://127.0.0.1:{settings.port}"
    values = (endpoint, settings.region, settings.region, settings.access_key_id, settings.secret_access_key,
              f"{endpoint}/checkip")  # fmt: skip
    return dict(zip(_VARIABLES, values, strict=True))


def _serve(arguments: argparse.Namespace) -> int:
    folder = _folder(arguments)
    folder.make()
    with folder.held() as mine:
        if not mine:
            raise Problem(f"region {folder.name} runs already", exit_code=life.HELD)
        settings = folder.settings()
        if settings is None:
            raise Problem(f"there is no region in {folder.path} yet", folder.command("up"), exit_code=4)
        # Before all else, so that `down` finds a region that is still on its way up.
        folder.keep_process(this_process())
        forget_the_callers_aws(os.environ)
        # What is loaded now stays for ever; looking through it for garbage would take two fifths of the start.
        gc.disable()
        from stax_local.serving import serve  # noqa: PLC0415 - seconds of imports that no other command needs

        serve(folder, settings, arguments.leash)
    return 0


def _name(text: str) -> str:
    if not NAME.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no name: a letter, then letters, digits, dashes, 31 at most")
    if _AWS_REGION.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text} is a region of AWS's own; `stax --region {text}` must mean that one")
    return text


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: 1 to 65535")
    return int(text)


def _aws_region(text: str) -> str:
    if not _AWS_REGION.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no AWS region, such as us-east-1 or eu-west-1")
    return text


def _period(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 60:
        raise argparse.ArgumentTypeError(f"{text!r} is no period, a whole number of seconds from 1 to 60 is")
    return int(text)


def _quota(text: str) -> tuple[str, int]:
    name, _, value = text.partition("=")
    if name not in QUOTA_NAMES:
        raise argparse.ArgumentTypeError(f"no quota {name!r}; there are {', '.join(QUOTA_NAMES)}")
    if not value.isdecimal() or int(value) > QUOTA_LIMIT:
        raise argparse.ArgumentTypeError(f"{name} is a number up to {QUOTA_LIMIT}, not {value!r}")
    return name, int(value)
