"""Everything the command line accepts, as one table.

A command's module is imported only when the command runs.
"""

from stax.cli.cluster_commands import CLUSTER_COMMANDS
from stax.cli.grammar import Argument, Command, Group, Option
from stax.cli.service_commands import SERVICE_COMMANDS, SERVICE_GROUPS
from stax.cli.shared_words import NAME, PRIVATE_KEY, WHICH
from stax.cli.supply_commands import SUPPLY_COMMANDS, SUPPLY_GROUPS

SHARED_OPTIONS = (
    Option(("-c", "--config"), "configuration file (config/config.json)", metavar="FILE"),
    Option(("--region",), "AWS region, or the name of a local one such as local", metavar="NAME"),
    Option(("--profile",), "profile of the AWS credentials", metavar="NAME"),
    Option(("-o", "--output"), "how the answer is written (table)", choices=("table", "json"), default="table"),
    Option(("-y", "--yes"), "ask no question"),
    Option(("-q", "--quiet"), "only the answer, questions and errors"),
    Option(("-d", "--debug"), "times on every line, and what lies behind an error"),
    Option(("--no-logo",), "no logo"),
    Option(("-v", "--version"), "print name and version"),
    Option(("-h", "--help"), "print the help of stax or of the command"),
)
"""Accepted by every command, before it or after it."""

_NAMED = Argument("name", "the stax", required=True)
_TEMPLATE = Option(
    ("-t", "--template"), "a CloudFormation template instead of the one that comes with stax", metavar="FILE"
)
_BOX = Argument("box", "nat1 or nat2", required=True)
_DETACH = Option(("--detach",), "return as soon as AWS is at work; `stax watch` shows the rest")
_ALLOWANCES = (
    Option(("--allow-wide-ssh",), "let AllowSSHFrom be wider than a /24"),
    Option(("--allow-public-range",), "let VpcCidr be other than private addresses"),
)
_IMAGE = Option(
    ("--image",), "the machines' image and configuration (keep)", choices=("keep", "latest"), default="keep"
)

_ALL = (
    Command(
        name="create",
        summary="Create a stax",
        about="Check the account, show what will be made, ask, and make it. Interrupted anywhere, the same command "
        "goes on. Without NAME it gets one such as vpc-stax-40838-rectifying. "
        "When it fails, what it made is removed.",
        module="stax.cli.verbs.create",
        tells_events=True,
        arguments=(Argument("name", "lower-case letters, digits and -; the stack's name in CloudFormation"),),
        options=(
            _TEMPLATE,
            _DETACH,
            Option(("--keep-on-failure",), "leave what was made when the stack fails, to look at it"),
            Option(
                ("--from-backup",), "begin with the services and keys that `stax backup fetch` kept", metavar="FOLDER"
            ),
            Option(("--ssh-key",), "public key to log in with (~/.ssh/id_ed25519.pub, else a new one)", metavar="FILE"),
            *_ALLOWANCES,
        ),
        examples=(
            ("stax create", "a stax from config/config.json, with a name of its own"),
            ("stax create web --yes --detach", "no question, and back at once"),
            ("stax create --region local", "the same in the local region (stax local up)"),
            ("stax create web2 --from-backup backup-web", "with the services of the stax that the backup is of"),
        ),
    ),
    Command(
        name="plan",
        summary="Show what create or update would do, and do nothing",
        about="For a new NAME what would be made, for an existing one what an update would change. "
        "The exit code is 3 when there is something to do, 0 when there is nothing.",
        module="stax.cli.verbs.plan",
        arguments=(Argument("name", "a stax that exists, or a name for a new one"),),
        options=(_TEMPLATE, _IMAGE, *_ALLOWANCES),
        examples=(
            ("stax plan", "what a new stax would be made of"),
            ("stax plan web --output json", "what would change in web"),
        ),
    ),
    Command(
        name="update",
        summary="Bring a stax to what the configuration says",
        about="Show what changes, property by property, and what is replaced or interrupted; ask; do it.",
        module="stax.cli.verbs.update",
        tells_events=True,
        arguments=(_NAMED,),
        options=(
            _TEMPLATE,
            _IMAGE,
            Option(("--allow-replacement",), "let machines, their interfaces or addresses be replaced"),
            _DETACH,
            *_ALLOWANCES,
        ),
        examples=(("stax update web", "after ClusterSize was changed in config/config.json"),),
    ),
    Command(
        name="validate",
        summary="Check the configuration and a template, offline",
        about="Find everything that is wrong with the configuration and the template. Without --api, AWS is not asked.",
        module="stax.cli.verbs.validate",
        arguments=(Argument("template", "a CloudFormation template (the one that comes with stax)"),),
        options=(Option(("--api",), "have CloudFormation check the template as well"), *_ALLOWANCES),
        examples=(
            ("stax validate", "config/config.json and stax's own template"),
            ("stax validate mine.yaml --api", "a template of yours, by CloudFormation as well"),
        ),
    ),
    Command(
        name="describe",
        summary="Show a stax: network, machines, outputs, inventory",
        about="Show what AWS has of a stax: its network, machines with their states and addresses, outputs, inventory.",
        module="stax.cli.verbs.describe",
        arguments=(NAME,),
        examples=(
            ("stax describe", "the only stax there is"),
            ("stax describe web --output json", "everything about web"),
        ),
    ),
    Command(
        name="desc-auto",
        summary="Show the Auto Scaling group of a stax",
        about="Show the sizes of the Auto Scaling group, its instances with their lifecycle states, its policies and "
        "its last activities.",
        module="stax.cli.verbs.desc_auto",
        arguments=(NAME,),
        examples=(("stax desc-auto web", "the docker hosts of web and how they scale"),),
    ),
    Command(
        name="list",
        summary="List all stax, in every state",
        about="List all stax of the account in the region: failed and unfinished ones first, * if made from here.",
        module="stax.cli.verbs.list",
        examples=(
            ("stax list", "in the region of your profile"),
            ("stax list --region local --output json", "in the local region, as JSON"),
        ),
    ),
    Command(
        name="history",
        summary="Show what was done from this machine",
        about="Show who did what to which stax, when, how long it took and how it ended, as far as done from here.",
        module="stax.cli.verbs.history",
        arguments=(Argument("name", "only what was done to this stax"),),
        examples=(("stax history", "everything, the newest last"),),
    ),
    Command(
        name="repair",
        summary="Put back what is gone or broken",
        about="Look for a terminated jumpbox or NAT box, a missing route and the like; show it; ask; put it back.",
        module="stax.cli.verbs.repair",
        tells_events=True,
        arguments=(_NAMED,),
        examples=(("stax repair web", "after somebody terminated its nat1"),),
    ),
    Command(
        name="destroy",
        summary="Remove a stax, and prove that nothing is left",
        about="Ask for the name to be typed, remove everything the stax is made of, and then ask AWS, kind by kind, "
        "whether anything is left. May be repeated after any interruption, from any machine.",
        module="stax.cli.verbs.destroy",
        tells_events=True,
        arguments=(_NAMED,),
        examples=(
            ("stax destroy web", "asks for the name to be typed"),
            ("stax destroy web --yes", "asks nothing"),
        ),
    ),
    Command(
        name="watch",
        summary="Follow a stax that is being made, changed or removed",
        about="Follow what AWS is doing to a stax until it is done, for example after --detach or Ctrl-C.",
        module="stax.cli.verbs.watch",
        tells_events=True,
        arguments=(NAME,),
        examples=(("stax watch web", "until web is done"),),
    ),
    Command(
        name="connect",
        summary="Log in to a machine, or run a command there",
        about="Open ssh to a machine, through the jumpbox, once its host key is pinned. What stands behind -- is run "
        "there word for word, and its exit code is stax's. Without a target: the jumpbox; docker is any docker host.",
        module="stax.cli.verbs.connect",
        arguments=(Argument("target", "jump, nat1, nat2, docker, docker2, an instance id or an address"),),
        options=(
            WHICH,
            Option(("-t", "--tty"), "give the command a terminal, as ssh -t does"),
            PRIVATE_KEY,
        ),
        examples=(
            ("stax connect", "a shell on the jumpbox"),
            ("stax connect docker", "a shell on some docker host; it says on which"),
            ("stax connect docker2 -- docker ps --all", "a command on docker2"),
            ("stax connect nat1 -- sh -c 'ip route | wc -l'", "a command line with a pipe of its own"),
        ),
        runs_words=True,
    ),
    Command(
        name="ssh-config",
        summary="Print what ssh, scp, rsync and editors need",
        about="Print an ssh configuration with every machine of a stax (stax-jump, stax-nat1, stax-docker1 …), host "
        "keys pinned. It is also kept in the file that its first lines name, for ssh -F or an Include.",
        module="stax.cli.verbs.ssh_config",
        arguments=(NAME,),
        options=(PRIVATE_KEY,),
        examples=(("stax ssh-config web", "for the machines of web"),),
    ),
    *CLUSTER_COMMANDS,
    *SERVICE_COMMANDS,
    *SUPPLY_COMMANDS,
    Command(
        name="nat status",
        summary="Show who carries what, since when and why",
        about="Show both private subnets' ways out as AWS has them, and both NAT boxes by their own reports: health by "
        "signal, age of the report, and what is not as it should be. Asks AWS alone, so it works without ssh; --watch "
        "listens to the boxes over ssh where it can. The exit code is 6 when a private subnet has no way out, or a "
        "box is not well.",
        module="stax.cli.verbs.nat_status",
        arguments=(NAME,),
        options=(
            Option(("-w", "--watch"), "then tell every change as it happens, until Ctrl-C"),
            PRIVATE_KEY,
        ),
        examples=(
            ("stax nat status", "how the pair is"),
            ("stax nat status web --watch", "a takeover as it happens, from the boxes themselves"),
        ),
    ),
    Command(
        name="nat events",
        summary="Show what happened to the NAT boxes",
        about="Show the last moves, drains, starts and alarms of both NAT boxes. A move has its times, counted from "
        "its decision: the fault seen, EC2 done, verified; and the outage, as the docker hosts had it.",
        module="stax.cli.verbs.nat_events",
        arguments=(NAME,),
        options=(Option(("-f", "--follow"), "go on with every new one, until Ctrl-C"),),
        examples=(
            ("stax nat events", "the last events of both boxes"),
            ("stax nat events web -f -o json", "an event a line, as they come"),
        ),
    ),
    Command(
        name="nat drain",
        summary="Have the other NAT box carry everything",
        about="Move the box's private subnet to the other box, with its public address and its open connections, and "
        "wait until AWS says that it is so; no connection breaks. It stays so until `stax nat return`, or until the "
        "box is rebooted. Refused while the other box could not carry it.",
        module="stax.cli.verbs.nat_drain",
        tells_events=True,
        arguments=(_BOX,),
        options=(WHICH, PRIVATE_KEY),
        examples=(("stax nat drain nat1", "before nat1 is rebooted or replaced"),),
    ),
    Command(
        name="nat return",
        summary="Have a drained NAT box carry again",
        about="Give the box its private subnet back, with its open connections, and wait until AWS says that it is so.",
        module="stax.cli.verbs.nat_return",
        tells_events=True,
        arguments=(_BOX,),
        options=(WHICH, PRIVATE_KEY),
        examples=(("stax nat return nat1", "after stax nat drain nat1"),),
    ),
    Command(
        name="drill nat",
        summary="Break a NAT box and measure what it costs",
        about="Break a NAT box on purpose while a docker host behind it measures: connections begun every 10 ms, and "
        "open ones that exchange, receive or sit idle. Tells the outage, what became of open connections, and how the "
        "decision came about. The box is put back however it ends. It says first what it is going to do, and asks; on "
        "AWS the box's name has to be typed, whatever --yes says.",
        module="stax.cli.verbs.drill_nat",
        tells_events=True,
        arguments=(NAME,),
        options=(
            Option(("-b", "--box"), "the box to break (nat1)", choices=("nat1", "nat2"), default="nat1"),
            Option(
                ("-k", "--kind"),
                "power-cut, forwarding-off, heartbeats-cut or drain (power-cut)",
                metavar="KIND",
                choices=("power-cut", "forwarding-off", "heartbeats-cut", "drain"),
                default="power-cut",
            ),
            Option(("-r", "--return"), "wait until the box carries again, and measure that as well"),
            PRIVATE_KEY,
        ),
        examples=(
            ("stax drill nat", "cut the power of nat1"),
            ("stax drill nat web --kind drain --return", "what a drain and the return from it cost"),
            ("stax drill nat --box nat2 --kind forwarding-off", "alive, but not forwarding"),
        ),
    ),
    Command(
        name="test",
        summary="Rehearse everything on a throw-away stax",
        about="Make a stax of a name of its own, walk through all that stax promises step by step, break machines of "
        "it on purpose, and take it away again: after Ctrl-C as well, and when a test was killed the next one does. "
        "It says first what it will make, and asks. The exit code is 1 when a step fails.",
        module="stax.cli.verbs.test",
        tells_events=True,
        options=(
            Option(("--junit",), "write the steps as JUnit's XML as well", metavar="FILE"),
            Option(("--keep",), "keep the stax instead of taking it away"),
            Option(("--only",), "these steps, and those that they need", metavar="STEP,…"),
            Option(("--list",), "list the steps and do nothing"),
            _TEMPLATE,
            Option(("--ssh-key",), "public key to log in with (~/.ssh/id_ed25519.pub, else a new one)", metavar="FILE"),
            *_ALLOWANCES,
        ),
        examples=(
            ("stax test --region local", "the whole walk in the local region"),
            ("stax test --yes --junit test.xml", "in CI"),
            ("stax test --only nat-loss --keep", "one step and what it needs; keep the stax to look at it"),
        ),
    ),
    Command(
        name="local",
        summary="Run a region of AWS on this machine",
        about="The local region: up, down, status, env.",
        module="stax.cli.verbs.local",
        passes_words_on=True,
    ),
    Command(
        name="help",
        summary="Print the help of stax or of a command",
        about="Print the help of stax, or of one command.",
        module="stax.cli.verbs.help",
        arguments=(Argument("command", "a command of stax"), Argument("subcommand", "its second word, if it has one")),
        examples=(
            ("stax help create", "options and examples of create"),
            ("stax help nat drain", "those of nat drain"),
        ),
    ),
)

GROUPS = {
    group.name: group
    for group in (
        Group(
            "backup",
            "Copies of the clusters' state: list",
            "The copies that the docker hosts make of what etcd and the Swarm hold.",
        ),
        Group(
            "nat",
            "The NAT boxes: status, events, drain, return",
            "The pair of NAT boxes: how they are, what happened to them, and letting one of them rest.",
        ),
        Group("drill", "Break things on purpose, and measure", "Drills: something is broken while stax measures."),
        *SERVICE_GROUPS,
        *SUPPLY_GROUPS,
    )
}
"""The first words of commands of two words."""

COMMANDS = {command.name: command for command in _ALL}
"""Every command by its name, in the order in which they are listed."""
