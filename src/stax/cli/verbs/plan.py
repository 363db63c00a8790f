"""`stax plan [NAME]`."""

from argparse import Namespace

from stax.api.plan import plan
from stax.cli import plans
from stax.cli.follow import Interrupted, follow
from stax.cli.json_text import document, plain
from stax.cli.place import site_of
from stax.cli.terminal import Terminal
from stax.cli.wishes import create_request
from stax.errors import Exit
from stax.model.plan import CreatePlan


def run(values: Namespace, terminal: Terminal) -> int:
    """Show what create or update would do; the exit code says whether there is anything."""
    site = site_of(values, terminal)
    request = create_request(values, site, terminal)
    story = plan(site, request, image=values.image)
    found = follow(story, terminal, is_answer=False, interrupted=Interrupted("interrupted; nothing was changed"))
    if terminal.answers_in_json:
        terminal.answer(document({"has_changes": found.has_changes, **plain(found)}))
    else:
        lines = plans.creation(found, in_full=True) if isinstance(found, CreatePlan) else plans.update(found)
        terminal.answer("\n".join(lines))
    return Exit.CHANGES if found.has_changes else Exit.DONE
