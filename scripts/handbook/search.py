"""The search index, read by Pagefind in the browser."""

from __future__ import annotations

from pathlib import Path

from handbook.project import Project
from handbook.report import Problem


def write_search(project: Project, folder: Path) -> list[Problem]:  # noqa: ARG001
    """Writes the search index.

    Args:
        project: The checkout.
        folder: The built site.

    Returns:
        What was found on the way.
    """
    return []
