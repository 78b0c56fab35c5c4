"""Front matter: closed, typed and complete."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from handbook.chapters import Chapter
from handbook.estimate import did_you_mean
from handbook.project import Project
from handbook.report import Problem
from handbook.rules import Code, Rule
from handbook.rules.sources import Sources


def _yaml(name: str, means: str, example: str, mend: str) -> Code:
    return Code(name, means, example, mend, "yaml")


class FrontMatterFields(Rule):
    """Front matter is closed, typed and complete."""

    codes = (
        _yaml(
            "front-matter",
            "A page starts with `---`, fields, and `---`; else its title and description are lost.",
            "---\ntitle: Ranking\n\n# Ranking",
            "Start the page with `---`, end the fields with `---`.",
        ),
        _yaml(
            "front-matter-data",
            "The front matter is data and nothing else: no tag that makes an object, no alias that "
            "stands for other lines. Loaders of YAML have run programs over the first and run out "
            "of memory over the second.",
            "title: !!python/object/apply:os.getcwd []",
            "Write the value itself.",
        ),
        _yaml(
            "front-matter-field",
            "A field of the front matter has the wrong type or value.",
            "minutes: half an hour",
            "Give it the type that the message names; [the fields](writing.md) are listed.",
        ),
        _yaml(
            "front-matter-missing",
            "Every page has a title and a description; a chapter, which is a page with a `level`, "
            "also says minutes, prerequisites, outcomes, checked and authors.",
            "---\ntitle: Ranking\n---",
            "Add the fields that the message names.",
        ),
        _yaml(
            "front-matter-twice",
            "A field is there twice, and the first is lost.",
            "title: Ranking\ntitle: The ranker",
            "Delete one of the lines.",
        ),
        _yaml(
            "front-matter-unknown",
            "The front matter has no fields but those that the contributor's guide lists, so a "
            "misspelt one is not ignored in silence.",
            "descripton: How candidates are put in order.",
            "Take the name that is suggested, or delete the line.",
        ),
        _yaml(
            "front-matter-yaml",
            "The front matter is not YAML.",
            "title: Ranking: how candidates are put in order",
            "Quote text that has a colon or starts with a sign; indent with spaces.",
        ),
    )

    def over(self, sources: Sources) -> Iterator[Problem]:
        """Yields what reading the front matter found."""
        for page in sources.pages:
            yield from page.meta_problems
            if page.slug in sources.estimates and not page.meta.level:
                said = "a page with an estimate.py is a chapter and needs `level`"
                if "level" not in page.meta_lines and not page.meta_problems:
                    fix = "add level: [senior], or delete the estimate"
                    yield Problem(page.path, 1, 0, "front-matter-missing", said, fix)


class ThemeFiles(Rule):
    """The icon and the template that a page names are there."""

    codes = (
        _yaml(
            "front-matter-icon",
            "No icon has this name, so the page has none in the navigation.",
            "icon: material/chart-lin",
            "Take the name that is suggested; the sets are `material`, `fontawesome`, `octicons` "
            "and `simple`.",
        ),
        _yaml(
            "front-matter-template",
            "Neither the theme nor `overrides/` has this template, so the build stops.",
            "template: landng.html",
            "Take the name that is suggested, or delete the line.",
        ),
    )

    def over(self, sources: Sources) -> Iterator[Problem]:
        """Yields names that stand for no file."""
        for page in sources.pages:
            if page.meta.icon and not _exists(sources.project, f".icons/{page.meta.icon}.svg"):
                yield _unknown(page, "icon", page.meta.icon, _icons_beside(page.meta.icon))
            if page.meta.template and not _exists(sources.project, page.meta.template):
                known = [path.name for folder in _themes() for path in folder.glob("*.html")]
                yield _unknown(page, "template", page.meta.template, known)


@lru_cache(maxsize=1)
def _themes() -> tuple[Path, ...]:
    found = importlib.util.find_spec("material")
    places = list(found.submodule_search_locations or ()) if found else []
    return tuple(Path(place) / "templates" for place in places)


@lru_cache(maxsize=1024)
def _exists(project: Project, name: str) -> bool:
    if not re.fullmatch(r"\.?\w[\w.-]*(?:/\w[\w.-]*)*", name):
        return False
    return any((folder / name).is_file() for folder in (project.root / "overrides", *_themes()))


def _icons_beside(name: str) -> list[str]:
    places = [folder / ".icons" for folder in _themes()]
    first = name.partition("/")[0]
    sets = [place / first for place in places if re.fullmatch(r"\w+", first)]
    found = [(place, path) for place in places for each in sets for path in each.rglob("*.svg")]
    return [path.relative_to(place).with_suffix("").as_posix() for place, path in found]


def _unknown(page: Chapter, field: str, name: str, known: Iterable[str]) -> Problem:
    said = f"there is no {field} {name!r}{did_you_mean(name, known)}"
    fix = f"name a file of the theme, or delete the {field}"
    line = page.meta_lines.get(field, 1)
    return Problem(page.path, line, 0, f"front-matter-{field}", said, fix)
