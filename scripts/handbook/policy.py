"""The Content-Security-Policy of every page: what stands in a page cannot act.

The policy allows what the site serves itself, and of the scripts written into a page only those
that a template of the theme or of ours wrote. That is decided by the templates: a script is
trusted if it is one of theirs, word for word, and never because a page holds it. A chapter's
script, were it to come past review and `handbook check --site`, is text to the browser.

A policy in a `meta` element cannot say who may frame a page; that takes a server's header. On
`file:` addresses, where the offline copy is read, `'self'` means files beside the page.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from handbook.markup import Tag, raw_elements
from handbook.project import Project
from handbook.report import Problem

DIRECTIVES = (
    ("default-src", "'none'"),
    # Search is WebAssembly; nothing else may turn text into code.
    ("script-src", "'self' 'wasm-unsafe-eval'{scripts}"),
    ("style-src", "'self'"),
    ("img-src", "'self' data:"),
    ("font-src", "'self'"),
    ("connect-src", "'self'"),
    ("worker-src", "'self'"),
    ("manifest-src", "'self'"),
    ("base-uri", "'none'"),
    ("form-action", "'none'"),
)
# No other site learns which chapter its reader comes from.
REFERRER = '<meta name="referrer" content="same-origin">'
# Types of scripts that browsers run; all others are data.
RUN = {"", "module", "text/javascript", "application/javascript", "importmap", "speculationrules"}
THEMES = ("material", "zensical")
# What a template may put into a script of its own: an address or a number, never code.
HOLE = r"[\w./:-]*"
_META = '<meta http-equiv="Content-Security-Policy" content="'
_OURS = re.compile(re.escape(_META) + r'[^"]*">' + re.escape(REFERRER))
# The encoding comes first; before the policy nothing else may.
_PLACE = re.compile(
    r"(?:\s*<!doctype[^>]*>)?(?:\s*<html[^>]*>)?(?:\s*<head[^>]*>)?(?:\s*<meta charset=[^>]*>)?",
    re.IGNORECASE,
)


def write_policy(project: Project, folder: Path) -> list[Problem]:
    """Writes the policy into every page, the error page and redirects too.

    Args:
        project: The checkout, whose templates say which scripts are trusted.
        folder: The built site, with nothing left to write into it.

    Returns:
        Nothing: a script that the policy stops is a finding of the check that follows.
    """
    known = trusted(project)
    for path in sorted(folder.rglob("*.html")):
        before = path.read_text(encoding="utf-8")
        after = with_policy(before, known)
        if after != before:
            path.write_text(after, encoding="utf-8")
    return []


def with_policy(page: str, known: Callable[[str], bool]) -> str:
    """Returns a page with its policy as the first thing that its head says.

    Args:
        page: The page. A policy that was written before is replaced.
        known: Whether a script is trusted, as `trusted` tells.
    """
    page = _OURS.sub("", page, count=1)
    digests = sorted({digest(text) for text in _inline(page) if known(text)})
    scripts = "".join(f" '{each}'" for each in digests)
    rules = "; ".join(f"{name} {value}" for name, value in DIRECTIVES).format(scripts=scripts)
    place = _PLACE.match(page)
    at = place.end() if place else 0
    return f'{page[:at]}{_META}{rules}">{REFERRER}{page[at:]}'


def trusted(project: Project) -> Callable[[str], bool]:
    """Returns a test for scripts: whether a template of the theme or of ours wrote this one.

    Args:
        project: The checkout. Its overrides take the place of the theme's own templates.
    """
    ours = _scripts(project.root / "overrides")
    shapes = {shape for found in ours.values() for shape in found}
    for theme in THEMES:
        theirs = _theme_scripts(theme)
        shapes |= {shape for name in theirs.keys() - ours.keys() for shape in theirs[name]}
    pattern = re.compile("|".join(sorted(shapes)) or r"(?!)")
    return lambda text: pattern.fullmatch(text) is not None


def runs(tag: Tag) -> bool:
    """Whether a browser runs what a script element holds; JSON it does not.

    Args:
        tag: The element.
    """
    return tag.get("type").strip().lower() in RUN


def digest(script: str) -> str:
    """Returns what a policy calls a script by: `sha256-` and its digest.

    Args:
        script: Its text, from tag to tag.
    """
    hashed = hashlib.sha256(script.replace("\r\n", "\n").encode()).digest()
    return f"sha256-{base64.b64encode(hashed).decode()}"


@lru_cache
def _theme_scripts(name: str) -> dict[str, set[str]]:
    found = find_spec(name)
    places = found.submodule_search_locations if found else None
    return _scripts(Path(places[0]) / "templates") if places else {}


def _scripts(folder: Path) -> dict[str, set[str]]:
    """The patterns of the scripts in each template of a folder."""
    return {
        path.relative_to(folder).as_posix(): {
            shape for text in _inline(path.read_text(encoding="utf-8")) for shape in _shapes(text)
        }
        for path in sorted(folder.rglob("*.html"))
    }


def _inline(page: str) -> list[str]:
    """The scripts written into a page or a template, and what only looks like one.

    A comment that holds a trusted script allows what is allowed anyway.
    """
    return [
        text
        for tag, text in raw_elements(page, "script")
        if text and "src" not in tag.attributes and runs(tag)
    ]


def _shapes(script: str) -> set[str]:
    """The pattern of what a template's script becomes; none where it is put together."""
    script = re.sub(r"\{#.*?#\}", "", script, flags=re.DOTALL)
    if "{%" in script:
        return set()
    parts = re.split(r"\{\{.*?\}\}", script)
    return {HOLE.join(re.escape(part) for part in parts)} if script.strip() else set()
