"""All commands and their help; each is imported only when it is called."""

from __future__ import annotations

import click

from icd11kit import __version__
from icd11kit.cli.lazy import LazyGroup

COMMANDS = {
    "lookup": "Show what a code, id or URI is, and where it stands.",
    "search": "Find codes by words.",
    "tree": "Show what stands below or above an entry.",
    "map": "Map codes between ICD-10-CM, ICD-10 and ICD-11.",
    "crosswalk": "Compute the whole crosswalk, write it out, score it.",
    "recode": "Recode columns of codes in data files of any size.",
    "impact": "Report what the move to ICD-11 does to your volumes.",
    "coverage": "Measure how much of one classification another one can say.",
    "codelist": "Define the cohort of a code list in ICD-11, and find it in data.",
    "agreement": "Compare the codes that two coders gave to the same records.",
    "cluster": "Check, show and normalize clusters of codes.",
    "serve": "Serve ICD-API, FHIR and a page for people on this machine.",
    "ontology": "Write a release as RDF, or ask it in SPARQL.",
    "diff": "Compare two installed releases.",
    "install": "Install a release from WHO, a mirror, files, or an ICD-API.",
    "releases": "List what is installed.",
    "use": "Choose the release that answers rest on.",
    "verify": "Check every installed file.",
    "remove": "Remove an installed release.",
}
_SHARED = dict.fromkeys(("releases", "use", "verify", "remove"), "releases")
"""The commands that share a module; the others have one of their own name."""


class Commands(LazyGroup):
    """The group of all commands, which knows their help without importing them."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=Commands,
    modules={name: _SHARED.get(name, name) for name in COMMANDS},
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    epilog="Example: icd11kit lookup 5A11",
)
@click.version_option(__version__, prog_name="icd11kit")
def icd11kit() -> None:
    """ICD-11 at the terminal: look up, search, map and check, offline.

    Exit codes: 0 answered, 1 no answer or bad data, 2 wrong usage.
    """
