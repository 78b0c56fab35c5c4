"""What programs read: the feed, `llms.txt`, Markdown copies, the sitemap, `robots.txt`, cards.

All of it is made from the sources, in the order of the navigation. The feed, the sitemap and the
cards need absolute addresses and are written only where `SITE_URL` is set.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import yaml

from handbook import chapters
from handbook.cards import Card, write_card
from handbook.chapters import Chapter
from handbook.copies import NAME, markdown_copy, page_url
from handbook.markdown.chapter import LEVELS
from handbook.markdown.figure import figures
from handbook.navigation import field, parts_of, read_config
from handbook.project import Project
from handbook.report import Problem

# A reader that has been away for longer looks at the site.
FEED_ENTRIES = 50
COPIES = (
    "Each page has a copy in Markdown at its own address followed by `index.md`; the links here "
    "lead to these copies. Figures are described in words there, and every number stands as digits."
)


class Dates(NamedTuple):
    """When a page first appeared and when it last changed, in seconds since 1970."""

    published: int
    updated: int


@dataclass(frozen=True)
class Listed:
    """A page of the built site.

    Attributes:
        chapter: Its source.
        part: The part of the navigation that it stands in; empty for one outside.
        url: Its folder in the site.
        dates: When it appeared and changed.
    """

    chapter: Chapter
    part: str
    url: str
    dates: Dates

    @property
    def title(self) -> str:
        """Its name."""
        first = next((heading.text for heading in self.chapter.headings), self.chapter.page)
        return self.chapter.meta.title or first


@dataclass(frozen=True)
class Contents:
    """The site as its configuration and its sources tell it.

    Attributes:
        name: What the site is called.
        description: What it is, in a sentence.
        pages: Its pages, those of the navigation first and in its order.
    """

    name: str
    description: str
    pages: list[Listed]


def write_feeds(project: Project, folder: Path) -> list[Problem]:
    """Writes what programs read.

    Args:
        project: The checkout.
        folder: The built site; pages that are not in it are left out.

    Returns:
        A finding for every page that cannot be read.
    """
    contents, problems = read_contents(project, folder)
    address = os.environ.get("SITE_URL", "").rstrip("/")
    drawn = figures(project).figures
    for page in contents.pages:
        copy = markdown_copy(page.chapter, project, drawn)
        (folder / page.url / NAME).write_text(copy, encoding="utf-8")
    _write(folder / "llms.txt", llms(contents, address))
    _write(folder / "robots.txt", robots(address))
    if address:
        # Instead of the generator's, which dates every page with the build, and packs that too.
        (folder / "sitemap.xml.gz").unlink(missing_ok=True)
        _write(folder / "sitemap.xml", sitemap(contents, address))
        _write(folder / "feed.xml", feed(contents, address))
        for page in contents.pages:
            write_card(project, folder / page.url, _card(page, contents))
    return problems


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")


# --------------------------------------------------------------------------- what there is


def read_contents(project: Project, folder: Path) -> tuple[Contents, list[Problem]]:
    """Reads the sources of the built pages, with their parts and dates.

    Args:
        project: The checkout.
        folder: The built site.

    Returns:
        The pages, and a finding for each that cannot be read.
    """
    found, problems = chapters.read_all(project)
    config = read_config(project)
    parts = parts_of(field(config, "nav"))
    order = {page: place for place, page in enumerate(parts)}
    dates = page_dates(project)
    built = _build_time(project)
    pages = [
        Listed(
            chapter,
            parts.get(chapter.page, ""),
            page_url(chapter.page),
            dates.get(chapter.page, Dates(built, built)),
        )
        for chapter in sorted(found, key=lambda c: (order.get(c.page, len(order)), c.page))
        if (folder / page_url(chapter.page) / "index.html").is_file()
    ]
    name, about = (_text(field(config, key)) for key in ("site_name", "site_description"))
    return Contents(name, about, pages), problems


def _text(node: yaml.Node | None) -> str:
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


def page_dates(project: Project) -> dict[str, Dates]:
    """Returns when each page appeared and changed, by its path under `docs/`.

    Dates are those of the authors of commits. Without the full history there are none.

    Args:
        project: The checkout.
    """
    if _git(project, "rev-parse", "--is-shallow-repository").strip() != "false":
        return {}
    log = _git(project, "log", "--format=%x00%at", "--name-only", "--relative", "--", "docs/*.md")
    found: dict[str, Dates] = {}
    for commit in log.split("\0")[1:]:
        time, *names = commit.split("\n")
        when = int(time)
        for name in filter(None, names):
            page = name.removeprefix("docs/")
            known = found.get(page, Dates(when, when))
            found[page] = Dates(min(known.published, when), max(known.updated, when))
    return found


def _git(project: Project, *words: str) -> str:
    done = subprocess.run(
        ["git", "-c", "core.quotePath=false", "-C", str(project.root), *words],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.stdout


def _build_time(project: Project) -> int:
    from handbook.build import source_date

    return int(os.environ.get("SOURCE_DATE_EPOCH") or source_date(project))


# --------------------------------------------------------------------------- what is written


def llms(contents: Contents, address: str) -> str:
    """Returns `llms.txt`: what the handbook is and where the text of each page lies.

    Args:
        contents: The site.
        address: Where it is; empty gives links relative to it.
    """
    out = [f"# {contents.name}", "", f"> {contents.description}", "", COPIES]
    part = None
    for page in contents.pages:
        if not page.part and page.url:
            continue  # outside the navigation: reached from the page that it is about
        if page.part != part:
            part = page.part
            out += ["", f"## {part or 'Start'}", ""]
        link = f"{address}/{page.url}{NAME}" if address else page.url + NAME
        about = page.chapter.meta.description
        out.append(f"- [{page.title}]({link})" + (f": {about}" if about else ""))
    return "\n".join(out) + "\n"


def robots(address: str) -> str:
    """Returns `robots.txt`: everything may be read.

    Args:
        address: Where the site is; empty leaves the sitemap out.
    """
    return "User-agent: *\nAllow: /\n" + (f"\nSitemap: {address}/sitemap.xml\n" if address else "")


def sitemap(contents: Contents, address: str) -> str:
    """Returns the sitemap: every page with the day of its last change.

    Args:
        contents: The site.
        address: Where it is.
    """
    root = Element("urlset", xmlns="http://www.sitemaps.org/schemas/sitemap/0.9")
    for page in contents.pages:
        entry = SubElement(root, "url")
        SubElement(entry, "loc").text = f"{address}/{page.url}"
        SubElement(entry, "lastmod").text = _moment(page.dates.updated)[:10]
    return _xml(root)


def feed(contents: Contents, address: str) -> str:
    """Returns the Atom feed of the chapters, those that changed last first.

    Args:
        contents: The site.
        address: Where it is.
    """
    recent = sorted(
        (page for page in contents.pages if page.chapter.meta.is_chapter),
        key=lambda page: (-page.dates.updated, page.url),
    )[:FEED_ENTRIES]
    times = [page.dates.updated for page in recent or contents.pages]
    root = Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": "en"})
    SubElement(root, "id").text = f"{address}/"
    SubElement(root, "title").text = contents.name
    SubElement(root, "subtitle").text = contents.description
    SubElement(root, "updated").text = _moment(max(times, default=0))
    SubElement(root, "link", rel="self", type="application/atom+xml", href=f"{address}/feed.xml")
    SubElement(root, "link", rel="alternate", type="text/html", href=f"{address}/")
    SubElement(SubElement(root, "author"), "name").text = contents.name
    for page in recent:
        root.append(_entry(page, address))
    return _xml(root)


def _entry(page: Listed, address: str) -> Element:
    meta = page.chapter.meta
    entry = Element("entry")
    SubElement(entry, "id").text = f"{address}/{page.url}"
    SubElement(entry, "title").text = page.title
    SubElement(entry, "published").text = _moment(page.dates.published)
    SubElement(entry, "updated").text = _moment(page.dates.updated)
    SubElement(entry, "link", rel="alternate", type="text/html", href=f"{address}/{page.url}")
    for author in meta.authors:
        SubElement(SubElement(entry, "author"), "name").text = author
    for tag in meta.tags:
        SubElement(entry, "category", term=tag)
    SubElement(entry, "summary").text = meta.description
    return entry


def _card(page: Listed, contents: Contents) -> Card:
    meta = page.chapter.meta
    facts = [f"{meta.minutes} min read"] if meta.minutes else []
    facts += [", ".join(LEVELS[level] for level in meta.level)] if meta.level else []
    part = page.part or (contents.name if page.url else "")
    return Card(page.title, part, meta.description, "  ·  ".join(facts), contents.name)


def _moment(seconds: int) -> str:
    """A time as Atom and sitemaps write it, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _xml(root: Element) -> str:
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, "unicode") + "\n"
