"""The commands about what services are made of and reached by: images, secrets, ports."""

from stax.cli.grammar import Argument, Command, Group, Option
from stax.cli.shared_words import PRIVATE_KEY, WHICH

_SECRET = Argument("secret", "its name, such as gitlab_root-password", required=True)
_SOURCES = (
    Option(("--file",), "what it holds is the content of this file (standard input)", metavar="FILE"),
    Option(("--ssm",), "what it holds is this parameter of SSM", metavar="PARAMETER"),
)

SUPPLY_COMMANDS = (
    Command(
        name="services import",
        summary="Turn fleet units into services of your own",
        about="Write a folder with compose.yaml and service.toml for each fleet unit that runs a container, and list, "
        "line by line, what could not be carried over. Secrets are left out. Nothing is started, and AWS is not asked.",
        module="stax.cli.verbs.services_import",
        arguments=(Argument("unit", "a .service file", many=True),),
        options=(Option(("--services",), "where the folders go (services/ beside the configuration)", metavar="DIR"),),
        examples=(("stax services import units/jenkins.service", "services/jenkins, to be looked at and started"),),
    ),
    Command(
        name="push",
        summary="Bring an image to every docker host",
        about="Load an image of this machine's Docker, or a file that docker save wrote, on every docker host, over "
        "ssh; those that have it are passed over. Docker hosts that come later have not got it.",
        module="stax.cli.verbs.push",
        tells_events=True,
        arguments=(Argument("image", "such as web:1.4, or web.tar", required=True),),
        options=(WHICH, PRIVATE_KEY),
        examples=(
            ("stax push web:1.4", "from this machine's Docker"),
            ("stax push web.tar --name shop", "a file, to the docker hosts of shop"),
        ),
    ),
    Command(
        name="registry login",
        summary="Log the docker hosts in at a registry",
        about="Log every docker host in, so that services can be of images that not everybody may pull. The password "
        "is read from standard input, or typed; ECR's is made by AWS and holds for twelve hours. A registry with an "
        "authority of its own is trusted with --ca.",
        module="stax.cli.verbs.registry_login",
        tells_events=True,
        arguments=(Argument("registry", "a name and a port, such as registry.example.org:5000", required=True),),
        options=(
            Option(("-u", "--user"), "who logs in", metavar="NAME"),
            Option(("--ca",), "the certificate of the registry's authority, in PEM", metavar="FILE"),
            WHICH,
            PRIVATE_KEY,
        ),
        examples=(
            ("stax registry login registry.example.org --user ci", "its password typed or piped in"),
            ("stax registry login 123456789012.dkr.ecr.eu-west-1.amazonaws.com", "by AWS's password"),
        ),
    ),
    Command(
        name="secret set",
        summary="Put a secret into the Swarm",
        about="Put what standard input, a file or SSM holds into the Swarm, as a new version. Services that use an "
        "older one go on with it until they are started anew, or the secret is rotated.",
        module="stax.cli.verbs.secret_set",
        arguments=(_SECRET,),
        options=(*_SOURCES, WHICH, PRIVATE_KEY),
        examples=(
            ("stax secret set registry_key --file key.pem", "a file as it is"),
            ("stax secret set shop_token", "typed, or piped in, without the end of the last line"),
            ("stax secret set shop_token --ssm /shop/token", "what SSM holds there"),
        ),
    ),
    Command(
        name="secret list",
        summary="Show the secrets, not what they hold",
        about="Show the secrets of the Swarm that stax keeps, their newest versions, and which services use them.",
        module="stax.cli.verbs.secret_list",
        options=(WHICH, PRIVATE_KEY),
        examples=(("stax secret list", "what there is, and who uses it"),),
    ),
    Command(
        name="secret rotate",
        summary="Give a secret a new value, and roll who uses it",
        about="Put a new version into the Swarm, roll the services that use it, each next task when the one before "
        "is healthy, and remove the older versions. When a service does not become healthy with it, everything is "
        "what it was before.",
        module="stax.cli.verbs.secret_rotate",
        tells_events=True,
        arguments=(_SECRET,),
        options=(
            *_SOURCES,
            Option(("--random",), "so many random hexadecimal digits", metavar="N"),
            Option(("--newest",), "no new value: who uses an older version is rolled to the newest"),
            WHICH,
            PRIVATE_KEY,
        ),
        examples=(
            ("stax secret rotate shop_token --file token", "a new value from a file"),
            ("stax secret rotate shop_token --random 32", "a new one that nobody has to know"),
        ),
    ),
    Command(
        name="forward",
        summary="Lead a port of this machine to a service",
        about="Open a port on this machine's loopback that leads, through the jumpbox, to a task of a service, until "
        "Ctrl-C. PORT is one that the service publishes, or any on which its container listens.",
        module="stax.cli.verbs.forward",
        arguments=(
            Argument("service", "such as kibana, or web.2 for one of its tasks", required=True),
            Argument("port", "[LOCAL:]PORT", required=True),
        ),
        options=(WHICH, PRIVATE_KEY),
        examples=(
            ("stax forward kibana 5601", "http://localhost:5601 is Kibana"),
            ("stax forward elasticsearch 19200:9200", "a port that is not published"),
        ),
    ),
)
"""In the order in which they are listed."""

SUPPLY_GROUPS = (
    Group("registry", "Where images come from: login", "Registries of images, as the docker hosts use them."),
    Group("services", "Services, and what runs of them; import", "The services that there are, and those of fleet."),
    Group("secret", "What services keep to themselves: set, list, rotate", "Secrets of the Swarm, by version."),
)
"""The first words of those of two words."""
