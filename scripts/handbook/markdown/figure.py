"""`![What it shows](figure:module/name)` becomes the figure itself.

A figure is raw HTML, and its links must still be rewritten by the generator, which rewrites
only elements of the tree. So a figure spends the conversion as a slot that holds its links as
elements, and becomes raw HTML once these have been rewritten.
"""

from __future__ import annotations

import difflib
import functools
import html
import os
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor

from handbook.markdown.context import Context, Page, line_of
from handbook.project import Project
from handbook.report import HandbookError, Problem

if TYPE_CHECKING:
    from handbook.drawing import RenderedFigure

SCHEME = "figure:"
DOWNLOADS = "assets/figures"
LINK = re.compile(r'(<a\b[^>]*?\shref=")([^"]*)(")')
SLOT = "hb-figure-slot"
# The images exist once the inline patterns (20) have run; the generators rewrite links at 0.
PLACE_PRIORITY = 15.0
FILL_PRIORITY = -10.0
FRESH_SECONDS = 0.3


def register(md: Markdown, context: Context) -> None:
    """Adds both passes."""
    slots: list[str] = []
    md.treeprocessors.register(_Place(md, context, slots), "hb_figure_place", PLACE_PRIORITY)
    md.treeprocessors.register(_Fill(md, context, slots), "hb_figure_fill", FILL_PRIORITY)


def download_path(figure_id: str) -> str:
    """Returns where a figure's own file lies in the built site.

    Args:
        figure_id: `module/name`.
    """
    return f"{DOWNLOADS}/{figure_id}.svg"


class _Place(Treeprocessor):
    """Puts a slot, or an error, in the place of each image that names a figure."""

    def __init__(self, md: Markdown, context: Context, slots: list[str]) -> None:
        super().__init__(md)
        self.context = context
        self.slots = slots

    def run(self, root: Element) -> None:
        self.slots.clear()
        parents = {child: parent for parent in root.iter() for child in parent}
        for image in list(root.iter("img")):
            if image.get("src", "").startswith(SCHEME):
                self._place(image, parents)

    def _place(self, image: Element, parents: dict[Element, Element]) -> None:
        paragraph = parents[image]
        figure_id = image.get("src", "").removeprefix(SCHEME)
        alone = (
            paragraph.tag == "p"
            and len(paragraph) == 1
            and not (paragraph.text or "").strip()
            and not (image.tail or "").strip()
        )
        if not alone:
            problem = self.context.problem(
                "figure-inline",
                f"the figure {figure_id} stands within a paragraph",
                f"({SCHEME}{figure_id}",
                "give it a paragraph of its own",
            )
            _replace(paragraph, image, self.context.error(problem, "span"))
            return
        outer = parents[paragraph]
        _replace(outer, paragraph, self._slot(figure_id, image.get("alt", "")))

    def _slot(self, figure_id: str, alt: str) -> Element:
        try:
            figure = self._rendered(figure_id)
        except HandbookError as error:
            for problem in error.problems:
                self.context.log(problem)
            return self.context.error(error.problems[0])
        page = self.context.page or Page("index.md")
        markup = _markup(figure, alt, page.to_root(download_path(figure_id)))
        slot = Element("div", {"class": SLOT, "data-slot": str(len(self.slots))})
        for match in LINK.finditer(markup):
            link = SubElement(slot, "a", {"href": page.link(html.unescape(match[2]))})
            if _is_ours(match[2]):
                link.set("href", "#")
        self.slots.append(markup)
        return slot

    def _rendered(self, figure_id: str) -> RenderedFigure:
        drawn = figures(self.context.project)
        problems = drawn.problems.get(figure_id, [])
        if figure_id in drawn.figures:
            # Drawn, but not fit to be published: a preview shows it, a build fails.
            for problem in problems:
                self.context.log(problem)
            return drawn.figures[figure_id]
        module, _, name = figure_id.partition("/")
        problems = problems or drawn.problems.get(module, [])
        if problems:
            raise HandbookError(problems)
        near = difflib.get_close_matches(figure_id, drawn.figures, n=1)
        fix = f"did you mean {near[0]}?" if near else f"draw it: def {name}() in {module}.py"
        raise HandbookError([self._unknown(self.context.source, figure_id, fix)])

    def _unknown(self, path: Path | None, figure_id: str, fix: str) -> Problem:
        line = line_of(path, f"({SCHEME}{figure_id}")
        return Problem(path or "(text)", line, 0, "figure-unknown", f"no figure {figure_id!r}", fix)


class _Fill(Treeprocessor):
    """Turns each slot into raw HTML with the links that the generator has rewritten."""

    def __init__(self, md: Markdown, context: Context, slots: list[str]) -> None:
        super().__init__(md)
        self.context = context
        self.slots = slots

    def run(self, root: Element) -> None:
        from handbook.drawing.sprite import share_icons

        slots = [slot for slot in root.iter("div") if slot.get("class") == SLOT]
        figures = share_icons([self._linked(slot) for slot in slots])
        for slot, markup in zip(slots, figures, strict=True):
            for child in list(slot):
                slot.remove(child)
            slot.tag = "p"
            slot.attrib.clear()
            slot.text = self.context.md.htmlStash.store(markup)

    def _linked(self, slot: Element) -> str:
        links = iter([link.get("href", "") for link in slot])
        markup = self.slots[int(slot.get("data-slot", "0"))]
        return LINK.sub(functools.partial(_relink, links), markup)


def _is_ours(href: str) -> bool:
    """Tells a figure's download, whose file exists only once the site is built."""
    return f"{DOWNLOADS}/" in href


def _relink(links: Any, match: re.Match[str]) -> str:
    href = next(links)
    return match[0] if _is_ours(match[2]) else match[1] + html.escape(href) + match[3]


def _replace(parent: Element, old: Element, new: Element) -> None:
    new.tail = old.tail
    parent[list(parent).index(old)] = new


def _markup(figure: RenderedFigure, alt: str, download: str) -> str:
    from handbook.drawing.html import figure_html

    return figure_html(figure, alt, download)


@dataclass(frozen=True)
class Drawn:
    """Every figure of the checkout.

    Attributes:
        figures: What was drawn, by id.
        problems: What is wrong, by id, or by module where the whole file is at fault.
    """

    figures: dict[str, RenderedFigure]
    problems: dict[str, list[Problem]]


def figures(project: Project) -> Drawn:
    """Returns the checkout's figures, drawn again only after a source has changed.

    Args:
        project: The checkout.
    """
    return _draw(project, _signature(project, int(time.monotonic() / FRESH_SECONDS)))


def look_again() -> None:
    """Makes the next `figures` look at the sources at once, for who knows that they changed."""
    _signature.cache_clear()


@functools.lru_cache(maxsize=2)
def _signature(project: Project, _moment: int) -> tuple[int, int]:
    """Tells whether a source has changed; looked at a few times a second at most."""
    # `rglob` takes four times as long, and this is asked for often.
    stamps = [
        Path(inner, name).stat().st_mtime_ns
        for folder in (project.diagrams, project.docs, project.root / "scripts")
        for inner, _, names in os.walk(folder)
        for name in names
        if name.endswith(".py") or name == "lab.json"
    ]
    return len(stamps), max(stamps, default=0)


@functools.lru_cache(maxsize=1)
def _draw(project: Project, _signature: tuple[int, int]) -> Drawn:
    from handbook.drawing import catalogue, render_all

    unreadable: list[Problem] = []
    catalogue(project, unreadable)
    problems: dict[str, list[Problem]] = {}
    for problem in unreadable:
        problems.setdefault(Path(problem.path).stem, []).append(problem)
    rendered = render_all(project)
    problems.update({key: figure.problems for key, figure in rendered.items() if figure.problems})
    return Drawn({key: figure for key, figure in rendered.items() if figure.wide_svg}, problems)
