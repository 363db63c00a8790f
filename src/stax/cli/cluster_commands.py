"""The commands about the docker hosts' clusters: a part of the table in commands.py."""

from stax.cli.grammar import Argument, Command, Option
from stax.cli.shared_words import NAME, PRIVATE_KEY, ROLLOUT, WHICH

CLUSTER_COMMANDS = (
    Command(
        name="fleet",
        summary="fleetctl's words: machines, units, unit files",
        about="fleetctl's words on Docker Swarm, through a manager: list-machines, list-units, list-unit-files; "
        "status, journal, cat, start, stop, unload, destroy and ssh, each of a UNIT (a service, or a task like web.1). "
        "Without a word, the three tables. What Swarm cannot do is refused by name.",
        module="stax.cli.verbs.fleet",
        arguments=(Argument("word", "one of fleetctl's words, and what it is about", many=True),),
        options=(
            WHICH,
            Option(("--no-legend",), "no headings"),
            Option(("--full",), "identifiers in full"),
            Option(("--fields",), "the columns, such as ip,machine", metavar="A,B"),
            Option(("--lines",), "of journal: how many lines (10)", metavar="N"),
            Option(("-f", "--follow"), "of journal: go on with what is logged, until Ctrl-C"),
            PRIVATE_KEY,
        ),
        examples=(
            ("stax fleet", "machines, units and unit files"),
            ("stax fleet list-machines --no-legend --full", "for scripts"),
            ("stax fleet journal web -f", "what the tasks of web log"),
            ("stax fleet ssh web.1 -- docker ps", "on the machine on which web.1 runs"),
        ),
        runs_words=True,
    ),
    Command(
        name="check",
        summary="Look at everything a stax promises",
        about="Look at network, NAT boxes, quorum of etcd, Swarm and consul, backups, drift from the template, and on "
        "every machine clock, disks, certificates, versions and failed units. Nothing is changed. The exit code is 6 "
        "when a promise is broken; each comes with what to do.",
        module="stax.cli.verbs.check",
        arguments=(NAME,),
        options=(
            Option(("--junit",), "write the findings as JUnit's XML as well", metavar="FILE"),
            Option(("--no-ssh",), "do not ask the machines themselves"),
            PRIVATE_KEY,
        ),
        examples=(
            ("stax check", "how the only stax there is stands"),
            ("stax check web --output json --junit check.xml", "for programs"),
        ),
    ),
    Command(
        name="scale",
        summary="More or fewer docker hosts, or tasks of a service",
        about="Show what comes or goes, ask, set the group's size and wait until every docker host is in etcd, Swarm "
        "and consul. On the way down hosts hand over before they end, and so few go at a time that the clusters keep "
        "their quorum. The bounds are ClusterSize and ClusterMaxSize of the configuration. SERVICE=N is about the "
        "tasks of a service: a new revision of it, waited for until all are healthy.",
        module="stax.cli.verbs.scale",
        tells_events=True,
        arguments=(Argument("number", "how many docker hosts, or SERVICE=N", required=True), NAME),
        options=(*ROLLOUT, PRIVATE_KEY),
        examples=(
            ("stax scale 7", "seven docker hosts in the only stax there is"),
            ("stax scale 3 web --yes", "back to three, asking nothing"),
            ("stax scale shop=4", "four tasks of the service shop"),
        ),
    ),
    Command(
        name="rebalance",
        summary="Spread services over the docker hosts anew",
        about="Show which services have many tasks on one docker host and few on another, as after a scale-out; ask; "
        "roll them one at a time, each task by task, so that Swarm places them anew. A service with placement "
        "constraints is left alone.",
        module="stax.cli.verbs.rebalance",
        tells_events=True,
        arguments=(NAME,),
        options=(PRIVATE_KEY,),
        examples=(("stax rebalance web", "after stax scale 7 web"),),
    ),
    Command(
        name="recover",
        summary="Bring the clusters back when their quorum is lost",
        about="When the majority of the servers is gone for good, etcd, Swarm and consul decide nothing any more; "
        "services go on. Show what is lost and which docker host survives, ask, make the clusters anew from what "
        "that host holds, and wait until the others have joined it. Refused while a majority runs.",
        module="stax.cli.verbs.recover",
        tells_events=True,
        arguments=(NAME,),
        options=(PRIVATE_KEY,),
        examples=(("stax recover web", "after two of three managers died at once"),),
    ),
    Command(
        name="backup list",
        summary="Show the copies of etcd's and the Swarm's state",
        about="Show the copies that the docker hosts put into the stax's bucket every hour, the newest first.",
        module="stax.cli.verbs.backup_list",
        arguments=(NAME,),
        examples=(("stax backup list web", "what there is to go back to"),),
    ),
    Command(
        name="backup make",
        summary="Copy etcd's and the Swarm's state now",
        about="Have a manager copy what etcd and the Swarm hold into the stax's bucket now, as the leaders do every "
        "hour, and show the copies there are.",
        module="stax.cli.verbs.backup_make",
        arguments=(NAME,),
        options=(PRIVATE_KEY,),
        examples=(("stax backup make web", "before a change that may be regretted"),),
    ),
    Command(
        name="backup fetch",
        summary="Copy the newest backup to this machine",
        about="Write the newest copies of etcd's and the Swarm's state into a folder that only you can read: they hold "
        "the services' secrets. stax create --from-backup makes a new stax that begins with them. stax destroy "
        "removes the bucket and with it the copies there.",
        module="stax.cli.verbs.backup_fetch",
        arguments=(NAME,),
        options=(Option(("--to",), "where to (backup-NAME)", metavar="FOLDER"),),
        examples=(("stax backup fetch web", "into ./backup-web"),),
    ),
)
"""In the order in which they are listed."""
