"""What frames a chapter, from its front matter: a block below the title and one at the end.

Front matter that is broken is said at the top of its page: the generators only drop it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor

from handbook import chapters
from handbook.markdown.context import Context, Page
from handbook.report import HandbookError, Problem

LEVELS = {"mid": "Mid", "senior": "Senior", "staff": "Staff"}
GUIDE = "/contributing/errata.md"
FOOTER = "hb-chapter-end"
# After footnotes (50) have added their list, before the inline patterns (20): what is put here is
# still read as Markdown, and its links are rewritten as the generator rewrites any.
PRIORITY = 25.0
# After the inline patterns (20): a finding quotes the source, which is not Markdown here.
FINDINGS_PRIORITY = 14.0


def register(md: Markdown, context: Context) -> None:
    """Adds both blocks, and the findings."""
    md.treeprocessors.register(_Frame(md, context), "hb_chapter", PRIORITY)
    md.treeprocessors.register(_Findings(md, context), "hb_front_matter", FINDINGS_PRIORITY)


class _Frame(Treeprocessor):
    def __init__(self, md: Markdown, context: Context) -> None:
        super().__init__(md)
        self.context = context

    def run(self, root: Element) -> None:
        page = self.context.page
        if page is None:
            return
        opening = _opening(page)
        title = next((child for child in root if child.tag == "h1"), None)
        # The docstrings on a page are converted with its front matter too, each by itself.
        if title is None:
            return
        if opening is not None:
            root.insert(list(root).index(title) + 1, opening)
        if page.meta.get("checked"):
            root.append(_ending(page, self.context))


class _Findings(Treeprocessor):
    def __init__(self, md: Markdown, context: Context) -> None:
        super().__init__(md)
        self.context = context

    def run(self, root: Element) -> None:
        for at, problem in enumerate(self._problems()):
            self.context.log(problem)
            root.insert(at, self.context.error(problem))

    def _problems(self) -> list[Problem]:
        path = self.context.source
        if path is None or not path.is_file():
            return []
        try:
            page = chapters.read(path, self.context.project)
        except HandbookError as error:
            return error.problems
        # What is only missing is for `handbook check`: a draft has not everything yet.
        if not page.text.lstrip("\ufeff").startswith("---"):
            return []
        return [each for each in page.meta_problems if each.code != "front-matter-missing"]


def _opening(page: Page) -> Element | None:
    meta = page.meta
    if not any(meta.get(key) for key in ("level", "minutes", "prerequisites", "outcomes")):
        return None
    box = Element("div", {"class": "hb-chapter"})
    facts = SubElement(box, "p", {"class": "hb-chapter__facts"})
    if meta.get("minutes"):
        SubElement(facts, "span", {"class": "hb-fact"}).text = f"{meta['minutes']} min read"
    levels = [LEVELS.get(str(level), str(level)) for level in _listed(meta.get("level"))]
    if levels:
        SubElement(facts, "span", {"class": "hb-fact"}).text = f"Level: {', '.join(levels)}"
    if meta.get("outcomes"):
        _list(box, "You will be able to", _listed(meta["outcomes"]))
    if meta.get("prerequisites"):
        _list(box, "Know first", [_prerequisite(each) for each in _listed(meta["prerequisites"])])
    return box


def _list(box: Element, title: str, items: Sequence[str]) -> None:
    SubElement(box, "p", {"class": "hb-chapter__title"}).text = title
    entries = SubElement(box, "ul")
    for item in items:
        SubElement(entries, "li").text = item


def _prerequisite(value: Any) -> str:
    """Accepts text with Markdown in it, or one `title: link` pair."""
    if isinstance(value, dict):
        return ", ".join(f"[{title}]({link})" for title, link in value.items())
    return str(value)


def _ending(page: Page, context: Context) -> Element:
    slug = page.uri.removesuffix(".md").removesuffix("/index")
    box = Element("p", {"class": FOOTER, "data-hb-chapter": slug})
    authors = ", ".join(str(author) for author in _listed(page.meta.get("authors")))
    credit = f"Written by {authors}. " if authors else ""
    box.text = f"{credit}Facts checked on {_day(page.meta['checked'])}. "
    link = SubElement(box, "a", {"href": _report_link(page, context)})
    link.text = "Report an error on this page"
    link.tail = "."
    return box


def _report_link(page: Page, context: Context) -> str:
    if context.repo_url:
        title = quote(f"Error in {page.uri}")
        return f"{context.repo_url}/issues/new?title={title}"
    # No repository is known, as on a private copy: the guide says whom to tell.
    if (context.project.docs / GUIDE.lstrip("/")).is_file():
        return page.link(GUIDE)
    return posixpath.basename(page.uri)


def _day(value: Any) -> str:
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
    except ValueError:
        return str(value)
    return f"{day.day} {day:%B %Y}"


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]
