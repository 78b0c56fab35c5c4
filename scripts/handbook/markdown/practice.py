"""`::: practice-chapters` becomes the list of all chapters with what there is to practise in each.

The pages of practice show it, and their script reads from it which question stands in which
chapter. Without the script it is a list of links.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import ETX, STX, AtomicString

from handbook import chapters
from handbook.chapters import Chapter
from handbook.markdown.context import Context, Page
from handbook.markdown.quiz import Quiz, quizzes
from handbook.navigation import field, parts_of, read_config
from handbook.project import Project

BLOCK = re.compile(r"^::: practice-chapters[ \t]*$")
# The questions of a chapter, which the page of review loads.
SCRIPT = "assets/practice/{slug}.js"
_TOKEN = f"{STX}hb-practice{ETX}"
# After line ends are normalised (30), before fences are put aside (25).
_READ_PRIORITY = 29.0
# Before the generator rewrites links from one source to the other.
_WRITE_PRIORITY = 25.0


@dataclass(frozen=True)
class Practised:
    """A chapter and what there is to practise in it.

    Attributes:
        chapter: The page.
        part: The part of the navigation that it stands in.
        quizzes: Its questions.
    """

    chapter: Chapter
    part: str
    quizzes: tuple[Quiz, ...]


def practised(project: Project) -> list[Practised]:
    """Returns the chapters of the navigation, in its order.

    Args:
        project: The checkout.
    """
    parts = parts_of(field(read_config(project), "nav"))
    pages = {page.page: page for page in chapters.read_all(project)[0]}
    return [
        Practised(pages[name], part, tuple(quizzes(pages[name])[0]))
        for name, part in parts.items()
        if name in pages and pages[name].meta.is_chapter
    ]


def register(md: Markdown, context: Context) -> None:
    """Adds the block.

    Args:
        md: The converter of one page.
        context: The page and the checkout.
    """
    md.preprocessors.register(_Take(md), "hb_practice", _READ_PRIORITY)
    md.treeprocessors.register(_Put(md, context), "hb_practice", _WRITE_PRIORITY)


class _Take(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        return [_TOKEN if BLOCK.match(line) else line for line in lines]


class _Put(Treeprocessor):
    def __init__(self, md: Markdown, context: Context) -> None:
        super().__init__(md)
        self.context = context

    def run(self, root: Element) -> None:
        page = self.context.page
        for at, child in enumerate(list(root)):
            if child.tag == "p" and (child.text or "").strip() == _TOKEN and page:
                root[at] = practice_element(practised(self.context.project), page)


def practice_element(found: list[Practised], page: Page) -> Element:
    """Returns the list, grouped by the parts of the navigation.

    Args:
        found: The chapters.
        page: The page that shows it.
    """
    box = Element("div", {"class": "hb-practice"})
    for part, group in groupby(found, key=lambda each: each.part):
        SubElement(box, "p", {"class": "hb-practice__part"}).text = AtomicString(part)
        entries = SubElement(box, "ul")
        for each in group:
            entries.append(_entry(each, page))
    return box


def _entry(each: Practised, page: Page) -> Element:
    ids = " ".join(quiz.id for quiz in each.quizzes)
    entry = Element("li", {"data-hb-entry": each.chapter.slug, "data-hb-questions": ids})
    if ids:
        entry.set("data-hb-script", SCRIPT.format(slug=each.chapter.slug))
    address = page.link(f"/{each.chapter.page}")
    link = SubElement(entry, "a", {"href": address})
    link.text = AtomicString(each.chapter.meta.title)
    for count, name, anchor in _counts(each):
        entry[-1].tail = ", "
        link = SubElement(entry, "a", {"href": f"{address}#{anchor}"})
        link.text = f"{count} {name}{'' if count == 1 else 's'}"
    return entry


def _counts(each: Practised) -> Iterator[tuple[int, str, str]]:
    if each.quizzes:
        yield len(each.quizzes), "question", each.quizzes[0].anchor
