"""`handbook check`: our rules over the sources. Writes no source, needs no browser and no build.

A rule is a function from everything that was read to its findings. To add one: write it, put it
into `RULES`, and explain each of its codes in `CODES`.
"""

from __future__ import annotations

import argparse
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import yaml

from handbook import chapters, numbers
from handbook.chapters import Chapter, Link
from handbook.estimate import did_you_mean, estimates, slug_name, using
from handbook.expressions import FUNCTIONS, Scope
from handbook.markdown import quiz
from handbook.project import Project
from handbook.report import HandbookError, Problem, Report

if TYPE_CHECKING:
    from handbook.drawing.figure import FigureSource

CODES = {
    "estimate-cycle": "Two chapters' estimates need each other. Move what both need into one.",
    "estimate-error": "An `estimate.py` does not load, or a stage exceeds its latency budget. The "
    "line is the last one of that file that was running.",
    "estimate-name": "The last part of a chapter's folder names its estimate in the prose, so it "
    "is unique, is an identifier in snake_case, and is none of the functions of expressions.",
    "figure-alt": "A figure or an image has no text for who cannot see it. Write what it shows.",
    "figure-unknown": "A page names a figure that no file under `diagrams/` draws.",
    "figure-unused": "A figure that no page shows. Show it, or delete it.",
    "footnote-twice": "A footnote is defined twice on a page.",
    "footnote-undefined": "A footnote is used and nowhere defined: its sentence has no source.",
    "footnote-unused": "A footnote is defined and never used: a reference tied to no claim.",
    "front-matter": "A page starts with `---`, fields, and `---`.",
    "front-matter-field": "A field of the front matter has the wrong type or value.",
    "front-matter-missing": "Every page has a title and a description; a chapter, which is a page "
    "with a `level`, also says minutes, prerequisites, outcomes, checked and authors.",
    "front-matter-unknown": "The front matter has no fields but those that the contributor's "
    "guide lists.",
    "front-matter-yaml": "The front matter is not YAML.",
    "heading-order": "A page has one heading of the first level, and levels go down one at a time.",
    "image-missing": "A page shows an image that is not under `docs/`.",
    "link-absolute": "A link to a page is relative, so that it works on a code host and under any "
    "address.",
    "link-anchor": "A link names a heading that its page does not have.",
    "link-broken": "A link names a file that is not under `docs/`.",
    "link-folder": "A link names a folder; name the Markdown file, which the generator rewrites.",
    "link-scheme": "Links are relative or start with https, http or mailto.",
    "nav-missing": "The navigation names a page that does not exist.",
    "nav-omitted": "A page is not in the navigation, so nobody finds it.",
    "nav-twice": "The navigation names a page twice.",
    "nav-yaml": "`mkdocs.yml` is not YAML.",
    "number-expression": "The expression behind a number gives no value.",
    "number-mark": "A comment that proves a number stands right behind it and says something.",
    "number-unproven": "A quantity in a chapter that nothing computes, sources or calls assumed.",
    "number-wrong": "A number in the text is not what its expression gives.",
    "page-stub": "A page, its estimate or a figure holds a note to the author, such as the "
    "`write:` marks of a new chapter, or a page in the navigation holds next to nothing.",
    "page-unreadable": "A page cannot be read as UTF-8 text.",
    "quiz-id": "Ids of quizzes are kebab-case and unique in the handbook; ids of options within "
    "their quiz. Readers' progress is kept by them.",
    "quiz-schema": "A quiz has id, question and options; an option has id, text, why, and correct "
    "where it is right. At least one is.",
    "quiz-yaml": "A quiz is not YAML; often a colon in a text that wants quotes.",
    "shadowed-package": "A file or folder of ours hides the library that draws the figures.",
    "table-code": "The code of a generated table fails.",
    "table-marker": "A generated table stands between two markers, and one is missing.",
    "table-stale": "A generated table is not what its code gives.",
}
GENERATED_FILES = ("assets/figures/",)
_FEWEST_WORDS = 40
_NOTES = re.compile(
    r"\b(?:TODO|FIXME|TBD|XXX)\b|(?i:\blorem ipsum\b|\bcoming soon\b)|<!--\s*write:[^>]*?(?=\s*-->)"
)
# What `handbook new` leaves to the author in fields, in quizzes and in Python.
_UNWRITTEN = re.compile(r"""(?m)(?:["']|#[ \t])(write: [^"'\n]*)""")


@dataclass(frozen=True)
class NavEntry:
    """A line of the navigation that names a page, relative to `docs/`."""

    page: str
    line: int


class Sources:
    """Everything the rules look at, read once.

    Attributes:
        project: The checkout.
        pages: Every page.
        unreadable: What could not be read.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self.pages, self.unreadable = chapters.read_all(project)
        self.scope = Scope(project)
        self.figure_problems: list[Problem] = []

    @cached_property
    def estimates(self) -> dict[str, Path]:
        """The files of the chapters' estimates by slug."""
        return estimates(self.project)

    @cached_property
    def by_page(self) -> dict[str, Chapter]:
        """The pages by their path under `docs/`."""
        return {page.page: page for page in self.pages}

    @cached_property
    def figures(self) -> dict[str, FigureSource]:
        """The figures by id."""
        from handbook import drawing

        return {
            figure.id: figure
            for figure in drawing.catalogue(self.project, problems=self.figure_problems)
        }

    @cached_property
    def nav(self) -> tuple[list[NavEntry], list[Problem]]:
        """The pages that the navigation names, and what is wrong with its file."""
        return read_nav(self.project)


Rule = Callable[[Sources], Iterable[Problem]]


# --------------------------------------------------------------------------- rules


def front_matter(sources: Sources) -> Iterator[Problem]:
    """Front matter is closed, typed and complete."""
    for page in sources.pages:
        yield from page.meta_problems
        if page.slug in sources.estimates and not page.meta.level:
            said = "a page with an estimate.py is a chapter and needs `level`"
            if "level" not in page.meta_lines and not page.meta_problems:
                yield Problem(page.path, 1, 0, "front-matter-missing", said)


def headings(sources: Sources) -> Iterator[Problem]:
    """One title, and levels go down one at a time."""
    for page in sources.pages:
        before = 0
        for heading in page.headings:
            where = (page.path, heading.line, 0, "heading-order")
            if heading.level == 1 and before:
                yield Problem(*where, f"a second heading of the first level: {heading.text!r}")
            elif heading.level > before + 1 and before:
                yield Problem(*where, f"from level {before} to level {heading.level}")
            before = max(heading.level, 1)


def proven_numbers(sources: Sources) -> Iterator[Problem]:
    """Numbers and generated tables are what the code says; chapters prove every quantity."""
    for page in sources.pages:
        yield from numbers.problems(page, sources.scope)
        if page.meta.is_chapter:
            yield from numbers.unproven(page)


def quizzes(sources: Sources) -> Iterator[Problem]:
    """Quizzes follow their schema, and no id is used twice."""
    read = [(page, *quiz.quizzes(page)) for page in sources.pages]
    for _, _, problems in read:
        yield from problems
    yield from quiz.repeated((page, found) for page, found, _ in read)


def figure_references(sources: Sources) -> Iterator[Problem]:
    """Every figure that a page names is drawn, and says what it shows."""
    for page in sources.pages:
        for ref in page.figures:
            where = (page.path, ref.line, ref.column)
            if ref.id not in sources.figures:
                said = f"no figure is called {ref.id!r}{did_you_mean(ref.id, sources.figures)}"
                yield Problem(*where, "figure-unknown", said, "handbook figures --list")
            if not ref.alt.strip():
                said = f"the figure {ref.id!r} has no text"
                yield Problem(
                    *where, "figure-alt", said, "write what it shows between the brackets"
                )


def figures_used(sources: Sources) -> Iterator[Problem]:
    """Every figure is shown by a page; the gallery counts for the examples only."""
    if sources.unreadable:
        return  # what such a page shows is not known
    used = {ref.id for page in sources.pages for ref in page.figures}
    gallery = any(re.search(r"(?m)^::: figure-gallery", page.prose) for page in sources.pages)
    examples = sources.project.diagrams / "examples"
    for figure in sources.figures.values():
        if figure.id in used or (gallery and figure.path.is_relative_to(examples)):
            continue
        said = f"no page shows the figure {figure.id!r}"
        fix = f"![what it shows](figure:{figure.id})"
        yield Problem(figure.path, figure.line, 0, "figure-unused", said, fix)


def figures_drawn(sources: Sources) -> Iterator[Problem]:
    """Every figure draws, and draws well."""
    from handbook import drawing

    found = list(sources.figures)
    yield from sources.figure_problems
    if found:
        for rendered in drawing.render_all(sources.project, keep=False).values():
            yield from rendered.problems


def links(sources: Sources) -> Iterator[Problem]:
    """Links lead to pages, headings and files that exist."""
    for page in sources.pages:
        for link in page.links:
            yield from _link(sources, page, link)
        for text in page.meta.prerequisites:
            line = page.meta_lines.get("prerequisites", 1)
            for match in re.finditer(r"\[([^\]]*)\]\(([^)\s]+)\)", text):
                yield from _link(sources, page, Link(match[1], match[2], False, line, 0))


def _link(sources: Sources, page: Chapter, link: Link) -> Iterator[Problem]:
    where = (page.path, link.line, link.column)
    if link.image and not link.text.strip():
        said = f"the image {link.target!r} has no text"
        yield Problem(*where, "figure-alt", said, "write what it shows between the brackets")
    scheme = re.match(r"([a-z][a-z0-9+.-]*):|//", link.target, re.IGNORECASE)
    if scheme:
        if (scheme[1] or "https").lower() not in ("https", "http", "mailto"):
            yield Problem(*where, "link-scheme", f"{link.target!r} is no address for a reader")
        return
    path, _, anchor = unquote(link.target).partition("#")
    if path.startswith("/"):
        fix = "../" * page.page.count("/") + path.lstrip("/")
        yield Problem(*where, "link-absolute", f"{link.target!r} starts at the root", fix)
        return
    target = posixpath.normpath(posixpath.join(posixpath.dirname(page.page), path)) if path else ""
    found = _missing_target(sources, target, link) if path else None
    if found:
        yield Problem(*where, *found)
    elif anchor:
        yield from _anchor(sources.by_page.get(target or page.page), anchor, where)


def _missing_target(sources: Sources, target: str, link: Link) -> tuple[str, str, str] | None:
    if target in sources.by_page or target.startswith(GENERATED_FILES):
        return None
    file = sources.project.docs / target
    if target.startswith(".."):
        return "link-broken", f"{link.target!r} leaves docs/", "link to the file on the code host"
    if file.is_dir():
        fix = posixpath.join(link.target.partition("#")[0], "index.md")
        return "link-folder", f"{link.target!r} is a folder", f"link to {fix}"
    if file.is_file():
        return None
    if link.image:
        return "image-missing", f"there is no image {target!r} under docs/", ""
    return "link-broken", f"there is no page {target!r}{did_you_mean(target, sources.by_page)}", ""


def _anchor(page: Chapter | None, anchor: str, where: tuple[Path, int, int]) -> Iterator[Problem]:
    if page is None or anchor in page.anchors or anchor == "how-the-numbers-are-computed":
        return
    # What mkdocstrings and the gallery write has anchors that only the built site knows.
    if re.search(r"(?m)^::: \S", page.prose):
        return
    hint = did_you_mean(anchor, page.anchors)
    yield Problem(*where, "link-anchor", f"{page.page} has no heading {'#' + anchor!r}{hint}")


def footnotes(sources: Sources) -> Iterator[Problem]:
    """Every footnote that is used is defined once, and the other way round."""
    for page in sources.pages:
        used = {note.key for note in page.footnote_references}
        defined: set[str] = set()
        for note in page.footnote_definitions:
            where = (page.path, note.line, note.column)
            if note.key in defined:
                said = f"the footnote {note.key!r} is defined twice"
                yield Problem(*where, "footnote-twice", said)
            elif note.key not in used:
                said = f"no sentence uses the footnote {note.key!r}"
                yield Problem(*where, "footnote-unused", said, f"put [^{note.key}] behind a claim")
            defined.add(note.key)
        for note in page.footnote_references:
            if note.key not in defined:
                said = f"the footnote {note.key!r} is not defined{did_you_mean(note.key, defined)}"
                yield Problem(page.path, note.line, note.column, "footnote-undefined", said)


def navigation(sources: Sources) -> Iterator[Problem]:
    """The navigation names every page once, and nothing else."""
    entries, wrong = sources.nav
    yield from wrong
    if wrong:
        return
    config, seen = sources.project.config, dict[str, int]()
    unreadable = {Path(problem.path) for problem in sources.unreadable}
    for entry in entries:
        if sources.project.docs / entry.page in unreadable:
            continue
        if entry.page not in sources.by_page:
            said = f"there is no page {entry.page!r}{did_you_mean(entry.page, sources.by_page)}"
            yield Problem(config, entry.line, 0, "nav-missing", said)
        elif entry.page in seen:
            said = f"{entry.page!r} is already in line {seen[entry.page]}"
            yield Problem(config, entry.line, 0, "nav-twice", said)
        seen.setdefault(entry.page, entry.line)
    hidden = _outside_nav(sources.project)
    for name, page in sources.by_page.items():
        if name not in seen and not hidden(name):
            said = "the navigation does not name this page"
            yield Problem(page.path, 0, 0, "nav-omitted", said, f"add {name} to nav in mkdocs.yml")


def stubs(sources: Sources) -> Iterator[Problem]:
    """No page in the navigation is a note to its author."""
    shown = {entry.page for entry in sources.nav[0]}
    for name, page in sources.by_page.items():
        yield from _notes(page)
        words = len(re.findall(r"\w+", page.prose))
        generated = page.meta.template or re.search(r"(?m)^(?:::: |--8<--)|^::: ", page.prose)
        if name in shown and words < _FEWEST_WORDS and not generated:
            said = f"the page has {words} words"
            yield Problem(page.path, 0, 0, "page-stub", said, "write it, or take it out of nav")


def _notes(page: Chapter) -> Iterator[Problem]:
    for match in _NOTES.finditer(page.without_code):
        said = f"a note to the author: {match[0].removeprefix('<!--').strip()!r}"
        yield page.problem(match.start(), "page-stub", said)
    places = [(1, page.text[: page.body])]
    places += [(fence.line + 1, fence.body) for fence in page.fences if fence.language == "quiz"]
    for line, text in places:
        yield from _unwritten(page.path, text, line)


def _unwritten(path: Path, text: str, line: int = 1) -> Iterator[Problem]:
    for match in _UNWRITTEN.finditer(text):
        at = line + text.count("\n", 0, match.start())
        said = f"a note to the author: {match[1].strip()!r}"
        yield Problem(path, at, 0, "page-stub", said)


def unwritten_code(sources: Sources) -> Iterator[Problem]:
    """No estimate and no figure is as `handbook new` left it."""
    drawn = sorted({figure.path for figure in sources.figures.values()})
    for path in [*sources.estimates.values(), *drawn]:
        yield from _unwritten(path, path.read_text(encoding="utf-8", errors="replace"))


def estimate_names(sources: Sources) -> Iterator[Problem]:
    """The name of an estimate in the prose means one estimate."""
    first: dict[str, str] = {}
    for slug, path in sources.estimates.items():
        name = slug_name(slug)
        said = ""
        if name in first:
            said = f"{slug!r} and {first[name]!r} both give the name {name!r}"
        elif not name.isidentifier() or name in FUNCTIONS or name == "table":
            said = f"{name!r} cannot name an estimate in the prose"
        if said:
            yield Problem(path, 0, 0, "estimate-name", said, "rename the chapter's folder")
        first.setdefault(name, slug)


def estimates_load(sources: Sources) -> Iterator[Problem]:
    """Every estimate loads, those that no page quotes too."""
    from handbook.estimate import load

    for path in sources.estimates.values():
        try:
            load(path, sources.project)
        except HandbookError as error:
            yield from error.problems


def shadowed_package(sources: Sources) -> Iterator[Problem]:
    """Nothing of ours hides the library `diagrams`."""
    root = sources.project.root
    for name in ("diagrams.py", "diagrams/__init__.py", "scripts/diagrams.py", "scripts/diagrams"):
        if (root / name).exists():
            said = "hides the library of the same name from some entry points"
            yield Problem(root / name, 0, 0, "shadowed-package", said, "rename or delete it")


RULES: tuple[Rule, ...] = (
    front_matter,
    headings,
    proven_numbers,
    quizzes,
    figure_references,
    figures_used,
    figures_drawn,
    links,
    footnotes,
    navigation,
    stubs,
    unwritten_code,
    estimate_names,
    estimates_load,
    shadowed_package,
)


# --------------------------------------------------------------------------- navigation


def read_nav(project: Project) -> tuple[list[NavEntry], list[Problem]]:
    """Reads the pages that the navigation names, with their lines.

    Args:
        project: The checkout.
    """
    try:
        root = chapters.compose(project.config.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 0)
        said = getattr(error, "problem", None) or "is not YAML"
        return [], [Problem(project.config, line, column, "nav-yaml", said)]
    nav = _value(root, "nav")
    return list(_entries(nav)) if nav else [], []


def _value(node: yaml.Node | None, name: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for key, value in node.value if key.value == name), None)


def _entries(node: yaml.Node) -> Iterator[NavEntry]:
    if isinstance(node, yaml.ScalarNode):
        if str(node.value).endswith(".md"):
            yield NavEntry(str(node.value), node.start_mark.line + 1)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _entries(item)
    elif isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            yield from _entries(value)


def _outside_nav(project: Project) -> Callable[[str], bool]:
    """Returns whether a page is left out on purpose: `not_in_nav` and `exclude_docs`."""
    import pathspec

    root = chapters.compose(project.config.read_text(encoding="utf-8"))
    nodes = [_value(root, name) for name in ("not_in_nav", "exclude_docs")]
    lines = "\n".join(str(node.value) for node in nodes if isinstance(node, yaml.ScalarNode))
    spec = pathspec.GitIgnoreSpec.from_lines(lines.splitlines())
    return spec.match_file


# --------------------------------------------------------------------------- the verb


def check_sources(project: Project, rules: Iterable[Rule] = RULES) -> list[Problem]:
    """Returns what is wrong with the sources, each finding once, by file and line.

    Args:
        project: The checkout.
        rules: Which rules to hold.
    """
    with using(project):
        sources = Sources(project)
        report = Report(sources.unreadable)
        for rule in rules:
            try:
                report.extend(rule(sources))
            except HandbookError as error:
                report.extend(error.problems)
    return report.problems


def run_check(project: Project, args: argparse.Namespace) -> int:
    """Checks the sources, or the built site: the verb `handbook check`.

    Args:
        project: The checkout.
        args: `site` checks what was built instead.

    Returns:
        0 when nothing was found, else 1.
    """
    if getattr(args, "site", False):
        from handbook.site import check_site

        report = Report(check_site(project))
        what = "the built site"
    else:
        report = Report(check_sources(project))
        what = "the sources"
    report.print(project.root)
    found = len(report.problems)
    print(f"{what}: {found} findings" if found else f"{what}: all is well")
    return 1 if found else 0
