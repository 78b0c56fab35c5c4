"""What leaves the handbook in other shapes: `handbook export anki` makes a deck of cards."""

from __future__ import annotations

import argparse
from pathlib import Path

from handbook.project import Project
from handbook.report import HandbookError, Problem

KINDS = ("anki",)
NAME = "handbook.apkg"


def run_export(project: Project, args: argparse.Namespace) -> int:
    """Runs `handbook export`.

    Args:
        project: The checkout.
        args: What to make (`kind`), and the file (`output`).

    Returns:
        0.

    Raises:
        HandbookError: The file cannot be written, or something that goes into it is broken.
    """
    from handbook.export.anki import write_deck

    target = Path(args.output)
    if target.is_dir() or not target.parent.is_dir():
        said = "is a folder" if target.is_dir() else "its folder does not exist"
        raise HandbookError([Problem(target, 0, 0, "export-file", said, "name a file")])
    deck = write_deck(project, target)
    print(f"{target}: {deck.questions} questions and {deck.figures} figures to draw from memory")
    return 0
