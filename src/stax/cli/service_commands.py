"""The commands about services: a part of the table in commands.py."""

from stax.cli.grammar import Argument, Command, Group, Option
from stax.cli.shared_words import PRIVATE_KEY, WHICH

OWN_SERVICES = Option(
    ("--services",), "a folder of your own services (services/ beside the configuration)", metavar="DIR"
)
COMPOSE_FILE = Option(("-f", "--file"), "a Compose file instead of a service by name", metavar="FILE")
ROLLOUT = (
    Option(("--plan",), "only show what would change; exit code 3 when something would"),
    Option(("--wait",), "how long until it must be healthy (5m)", metavar="TIME"),
)
"""Of every command that deploys."""

SERVICE_COMMANDS = (
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
            ("stax start gitlab", "GitLab, and before it the database and the cache that it needs"),
            ("stax start -f compose.yaml", "a Compose file of yours, named after its folder"),
            ("stax start shop -f compose.yaml --yes", "as shop, asking nothing"),
            ("stax start shop -f compose.yaml --plan", "what that would change; exit code 3 if anything"),
        ),
    ),
)
"""In the order in which they are listed."""

SERVICE_GROUPS: tuple[Group, ...] = ()
"""The first words of those of two words."""
