"""The arithmetic of the legal project's chapter."""

from __future__ import annotations

from handbook.estimate import assumed

USERS = assumed(500e6, "users", "a large network")


def rows() -> list[list[str]]:
    """Returns the load as a table."""
    return [["Load"], ["1"]]
