"""The sign over the door, as in 2015, with a word of our own under it."""

import random

from stax.cli.terminal import Terminal

_LOGO = r"""
     _______________
    /______________/|      _
   |_______________|/  ___| |_ __ ___  __
    /______________/| / __| __/ _` \ \/ /
   |_______________|/ \__ \ || (_| |>  <
    /______________/| |___/\__\__,_/_/\_\
   |_______________|/
"""

_SLOGANS = (
    "Soul, stacked in Memphis style.",
    "Two NATs, one groove.",
    "Hold on, I'm converging.",
    "Knock on any route.",
    "Sittin' on the rack of the bay.",
    "The backbeat of your backend.",
    "Stack it low, play it loud.",
    "In the midnight hour, your NAT has a stand-in.",
    "Cut to disk in a private network.",
    "Respect your route tables.",
    "House band of the availability zone.",
    "Flip side included: destroy leaves nothing behind.",
)


def show_logo(terminal: Terminal) -> None:
    """Write the logo and one of the slogans where a person looks at a terminal that is wide enough."""
    if terminal.shows_logo and terminal.draws_on(terminal.stderr) and not terminal.answers_in_json:
        terminal.stderr.write(f"{_LOGO}\n    {random.choice(_SLOGANS)}\n\n")  # noqa: S311 - a slogan is no secret
