"""The figure of the legal project's chapter."""

from __future__ import annotations

from handbook.drawing import Client, Service


def serving() -> None:
    """A request is answered.

    An app asks a ranker.
    """
    Client("App") >> Service("Ranker")
