"""Suggests what a mistyped name may have meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def closest(word: str, known: Iterable[str]) -> str:
    """Returns `did you mean ...?` for the known words most like `word`, or nothing."""
    near = difflib.get_close_matches(word, list(known), n=3, cutoff=0.7)
    return f"did you mean {' or '.join(near)}?" if near else ""
