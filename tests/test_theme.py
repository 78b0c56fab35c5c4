"""Each part of the theme that we replace is still what it was when we replaced it."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import material
import pytest

THEME = Path(material.__file__).parent / "templates"
OURS = Path(__file__).resolve().parents[1] / "overrides"
# Ours is theirs with one change.
CHANGED = {
    "partials/source.html": (' data-md-component="source"', ""),
    "partials/path.html": ("{{ lang.t('nav') }}", "Where you are"),
}
# Ours is another text: theirs must be what we read.
READ = {
    "404.html": "8a4ca458bacfd2ee",
    "partials/actions.html": "ff7b1468384684d7",
}


def body(path: Path) -> str:
    """A template without its comments and its spare blanks."""
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return " ".join(text.split())


@pytest.mark.parametrize("name", CHANGED)
def test_ours_is_theirs_but_for_one_change(name):
    old, new = CHANGED[name]
    theirs = body(THEME / name)
    assert theirs.count(old) == 1
    assert theirs.replace(old, new) == body(OURS / name)


@pytest.mark.parametrize("name", READ)
def test_theirs_is_what_we_read(name):
    digest = hashlib.sha256(body(THEME / name).encode()).hexdigest()[:16]
    assert digest == READ[name], "read the theme's template again, then note its digest here"


def test_nothing_else_is_replaced():
    found = {path.relative_to(OURS).as_posix() for path in OURS.rglob("*.html")}
    assert found == {*CHANGED, *READ}


def test_the_markup_that_our_script_mends_is_still_there():
    assert 'role="dialog"' in (THEME / "partials" / "search.html").read_text(encoding="utf-8")
    bundle = next((THEME / "assets" / "javascripts").glob("bundle.*.min.js"))
    assert "md-code__nav" in bundle.read_text(encoding="utf-8")
