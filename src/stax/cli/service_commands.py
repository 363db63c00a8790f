"""The commands about services: a part of the table in commands.py."""

from stax.cli.grammar import Argument, Command, Group, Option
from stax.cli.shared_words import PRIVATE_KEY, ROLLOUT, WHICH

OWN_SERVICES = Option(
    ("--services",), "a folder of your own services (services/ beside the configuration)", metavar="DIR"
)
COMPOSE_FILE = Option(("-f", "--file"), "a Compose file instead of a service by name", metavar="FILE")
SERVICES = Argument("service", "which; stax services lists what runs", many=True)

SERVICE_COMMANDS = (
    Command(
        name="services",
        summary="Show what runs, and what could",
        about="Show the services that run, with state, replicas, image, ports and health; those that were stopped; and "
        "what the catalogue and your own folder have besides. With SERVICE: its revisions, to go back to.",
        module="stax.cli.verbs.services",
        arguments=(Argument("service", "show the revisions of this one"),),
        options=(OWN_SERVICES, WHICH, PRIVATE_KEY),
        examples=(
            ("stax services", "everything in the only stax there is"),
            ("stax services shop", "what was deployed as shop, when, by whom, how it ended"),
        ),
    ),
    Command(
        name="start",
        summary="Start services, or bring them up to date",
        about="Show what changes, service by service and old -> new, ask, and deploy: tasks are replaced a few at a "
        "time, each next one when the one before is healthy. What a service needs is started before it. Waits until "
        "all are healthy; one that is not is taken back to what it was, and the last lines of its log say why. "
        "Services are those of the catalogue and of your own folder, or a Compose file's.",
        module="stax.cli.verbs.start",
        tells_events=True,
        arguments=(Argument("service", "which; stax services lists them", many=True),),
        options=(COMPOSE_FILE, OWN_SERVICES, *ROLLOUT, WHICH, PRIVATE_KEY),
        examples=(
            ("stax start gitlab", "GitLab, and before it what it needs"),
            ("stax start -f compose.yaml", "a Compose file of yours, named after its folder"),
            ("stax start shop -f compose.yaml --yes", "as shop, asking nothing"),
            ("stax start shop -f compose.yaml --plan", "what that would change; exit code 3 if anything"),
        ),
    ),
    Command(
        name="stop",
        summary="End services; their data stays",
        about="Show what ends, ask, and wait until the last task has ended. Volumes and revisions stay: stax start "
        "brings a service back as it was.",
        module="stax.cli.verbs.stop",
        tells_events=True,
        arguments=(SERVICES,),
        options=(OWN_SERVICES, WHICH, PRIVATE_KEY),
        examples=(("stax stop shop", "its tasks end, its data stays"),),
    ),
    Command(
        name="restart",
        summary="Replace the tasks of services by new ones",
        about="Show which tasks are replaced, ask, and replace them as an update does: a few at a time, each next one "
        "when the one before is healthy.",
        module="stax.cli.verbs.restart",
        tells_events=True,
        arguments=(SERVICES,),
        options=(*ROLLOUT, WHICH, PRIVATE_KEY),
        examples=(("stax restart shop", "the same definition, all tasks anew"),),
    ),
    Command(
        name="rollback",
        summary="Go back to an earlier revision of a service",
        about="Show what changes, ask, and deploy what an earlier revision was, as a new one. Without --to: the "
        "healthy one before the one that runs. The last ten revisions are kept.",
        module="stax.cli.verbs.rollback",
        tells_events=True,
        arguments=(Argument("service", "which; stax services SERVICE lists its revisions", required=True),),
        options=(Option(("--to",), "the revision to go back to", metavar="N"), *ROLLOUT, WHICH, PRIVATE_KEY),
        examples=(
            ("stax rollback shop", "to what ran before"),
            ("stax rollback shop --to 3 --plan", "what going back to revision 3 would change"),
        ),
    ),
    Command(
        name="ps",
        summary="Show the tasks of services, and where they run",
        about="Show each task: its machine, state, since when, image, and what trouble it has. A task is a container, "
        "or the attempt at one.",
        module="stax.cli.verbs.ps",
        arguments=(SERVICES,),
        options=(Option(("-a", "--all"), "those that have ended as well"), WHICH, PRIVATE_KEY),
        examples=(
            ("stax ps", "every task there is"),
            ("stax ps shop --all", "what became of the tasks of shop"),
        ),
    ),
    Command(
        name="logs",
        summary="Show what services log",
        about="Show the newest lines of services, or of single tasks such as shop.2; with --follow go on as they come.",
        module="stax.cli.verbs.logs",
        arguments=(Argument("service", "services, or tasks such as shop.2", many=True),),
        options=(
            Option(("-f", "--follow"), "go on with what is logged, until Ctrl-C"),
            Option(("--since",), "only what is newer: 30s, 10m, 2h, 1d", metavar="TIME"),
            Option(("--grep",), "only lines that match a regular expression", metavar="REGEX"),
            Option(("--lines",), "how many of each service (100)", metavar="N"),
            WHICH,
            PRIVATE_KEY,
        ),
        examples=(
            ("stax logs shop --since 10m --grep 'error|warn'", "what went wrong lately"),
            ("stax logs shop.2 -f", "one task, as it goes"),
        ),
    ),
    Command(
        name="exec",
        summary="Run a command in a container of a service",
        about="Run a command in a running container, wherever it is; its exit code is stax's. Without a command: a "
        "shell, with a terminal. SERVICE.N is a task by its number.",
        module="stax.cli.verbs.exec",
        arguments=(Argument("target", "a service, or a task such as shop.2", required=True),),
        options=(WHICH, Option(("-t", "--tty"), "give the command a terminal"), PRIVATE_KEY),
        examples=(
            ("stax exec shop -- cat /etc/hostname", "in its first task"),
            ("stax exec shop.2", "a shell in the second"),
        ),
        runs_words=True,
    ),
    Command(
        name="config",
        summary="Print what a service is deployed as, in full",
        about="Print the Compose document that the Swarm would get: short forms written out, defaults decided. Nobody "
        "is asked, nothing is changed.",
        module="stax.cli.verbs.config",
        arguments=(SERVICES,),
        options=(COMPOSE_FILE, OWN_SERVICES),
        examples=(
            ("stax config gitlab", "a service of the catalogue"),
            ("stax config -f compose.yaml", "a file of yours, checked"),
        ),
    ),
)
"""In the order in which they are listed."""

SERVICE_GROUPS: tuple[Group, ...] = ()
"""The first words of those of two words."""
