"""What practice costs a reader: all its scripts together, as they are served."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from handbook.assets import without_comments
from handbook.project import Project

REPOSITORY = Path(__file__).resolve().parents[1]
NAMES = ("practice", "progress", "quiz", "review", "mock", "calc")
# kB are 1,000 bytes here, as in the budget.
MOST_BYTES = 12_000


def packed(script: str) -> int:
    return len(gzip.compress(script.encode(), 9))


def test_all_scripts_of_practice_together_are_at_most_twelve_kilobytes() -> None:
    sources = {name: REPOSITORY / "docs/assets" / f"{name}.js" for name in NAMES}
    sizes = {
        name: packed(without_comments(path.read_text(encoding="utf-8")))
        for name, path in sources.items()
    }
    assert sum(sizes.values()) <= MOST_BYTES, sizes


@pytest.mark.build
def test_what_is_served_has_no_comments(built: Project) -> None:
    for name in NAMES[1:]:
        served = (built.site / "assets" / f"{name}.js").read_text(encoding="utf-8")
        source = (built.docs / "assets" / f"{name}.js").read_text(encoding="utf-8")
        assert served == without_comments(source)
        assert packed(served) < packed(source)
