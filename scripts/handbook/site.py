"""The built site, read once for the rules that look at it; reads only output, names the source.

The rules are in `handbook.rules`, in the modules whose names start with `built`. A page is read in
one pass; what stands on it is kept with its place, from which the line that somebody typed is
found again.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

from handbook.markup import Tag, tokens
from handbook.project import Project
from handbook.report import HandbookError, Problem

HEAD, PAGE, ARTICLE = "head", "page", "article"
# Attributes whose address the browser fetches at once, by element.
FETCHED = {
    ("img", "src"), ("script", "src"), ("iframe", "src"), ("source", "src"), ("video", "src"),
    ("audio", "src"), ("embed", "src"), ("object", "data"), ("image", "href"), ("use", "href"),
    ("track", "src"), ("video", "poster"), ("input", "src"), ("feimage", "href"),
    ("image", "xlink:href"), ("use", "xlink:href"), ("script", "href"), ("script", "xlink:href"),
}  # fmt: skip
FETCHED_RELS = {
    "stylesheet", "icon", "preload", "modulepreload", "prefetch", "preconnect", "dns-prefetch",
    "manifest", "apple-touch-icon",
}  # fmt: skip
ADDRESSES = ("href", "src", "data", "poster", "xlink:href", "action", "formaction", "background")
# What previews of a link show is fetched too, by somebody else.
META_ADDRESSES = {"og:image", "og:url", "twitter:image"}
# These stand within a line; all others end it.
INLINE = {
    "a", "abbr", "b", "bdi", "cite", "em", "i", "kbd", "mark", "s", "small", "span", "strong",
    "sub", "sup", "u", "!",
}  # fmt: skip
# Text inside these shows source on purpose.
VERBATIM = {"code", "pre", "script", "style", "textarea", "title", "annotation", "kbd", "samp"}
HEADINGS = {f"h{level}": level for level in range(1, 7)}
_REFRESH = re.compile(r"url\s*=\s*[\"']?([^\"']*)", re.IGNORECASE)


@dataclass(frozen=True)
class Reference:
    """One address that a page names.

    Attributes:
        url: As written.
        fetched: Whether the browser fetches it without being asked.
        tag: The element that names it.
        offset: Where that stands in the page.
        source: Its tag as it is written.
    """

    url: str
    fetched: bool
    tag: str
    offset: int = 0
    source: str = ""


@dataclass(frozen=True)
class Heading:
    """One heading of the article.

    Attributes:
        level: From 1.
        id: Its anchor, where it has one.
        text: What is shown, permalink left out.
        offset: Where it stands in the page.
        generated: Whether it names a piece of code, written by the API pages.
    """

    level: int
    id: str
    text: str
    offset: int
    generated: bool


@dataclass
class Document:
    """What one page of the built site holds.

    Attributes:
        path: Its file, relative to the site.
        html: The whole file.
        ids: Every id with how often it is there.
        references: Every address.
        tags: Each distinct tag by where it stands (`head`, `page`, `article`) and as it is
            written, with the place of the first.
        scripts: Scripts written into the page: place, where, tag and text.
        headings: Those of the article.
        unbalanced: Tags of the article that close nothing, or are not closed.
        text: The text shown, verbatim parts left out.
        errors: What the page shows in place of something broken, with its place.
        title: The page's name.
        meta: Its `meta` elements by name, property or `http-equiv`.
        lang: Its language.
        canonical: Its address, as it says.
        article: Where what was written for it starts and ends; nowhere on a redirect.
    """

    path: str
    html: str = ""
    ids: dict[str, int] = field(default_factory=dict)
    references: list[Reference] = field(default_factory=list)
    tags: dict[tuple[str, str], tuple[Tag, int]] = field(default_factory=dict)
    scripts: list[tuple[int, str, Tag, str]] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    unbalanced: list[tuple[int, str]] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    errors: list[tuple[int, str]] = field(default_factory=list)
    title: str = ""
    meta: dict[str, list[str]] = field(default_factory=dict)
    lang: str = ""
    canonical: str = ""
    article: range = range(0)

    @property
    def moved(self) -> bool:
        """Whether it only sends its reader on: a redirect."""
        return "refresh" in self.meta and not self.article

    def line(self, offset: int) -> int:
        """Returns the line of the file that a place is in, from 1.

        Args:
            offset: The place.
        """
        return self.html.count("\n", 0, offset) + 1


# Elements whose end tag may be left out.
_UNCLOSED = {"p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "html"}


class _Reader:
    """Reads one page; each method knows one thing that a tag may be."""

    def __init__(self, document: Document) -> None:
        self.found = document
        self.open: list[tuple[str, int]] = []
        self.verbatim = 0
        self.error_depth = 0
        self.region = HEAD
        self.root = "."
        self.heading: tuple[Tag, int, list[str]] | None = None
        self.script: tuple[int, Tag] | None = None
        self.skipped = 0
        # The last one: an end tag within what was written does not end it.
        self.article_end = document.html.rfind("</article")

    def read(self) -> None:
        """Fills the document."""
        for offset, token in tokens(self.found.html):
            if isinstance(token, str):
                self._text(token)
            elif token.closing:
                self._close(token.name, offset)
                if token.name == "article" and offset >= self.article_end:
                    self.region = PAGE
            else:
                self._open(token, offset)
        for name, offset in self.open:
            self._left_open(name, offset)

    def _open(self, tag: Tag, offset: int) -> None:
        name = tag.name
        if name == "body":
            self.region = PAGE
        elif name == "article":
            self.region = ARTICLE
            self.found.article = self.found.article or range(offset, self.article_end)
        self.found.tags.setdefault((self.region, tag.source), (tag, offset))
        if name not in INLINE:
            self.found.text.append("\n")
        if tag.attributes or name == "title":
            self._note(tag, offset)
        if tag.empty and name not in ("script", "title"):
            return
        self.open.append((name, offset))
        if name in VERBATIM:
            self.verbatim += 1
        if name in HEADINGS and self.region == ARTICLE:
            self.heading = (tag, offset, [])
        elif name == "script":
            self.script = (offset, tag)
            self.found.scripts.append((offset, self.region, tag, ""))

    def _close(self, name: str, offset: int) -> None:
        if not self.open or self.open[-1][0] != name:
            if not any(name == each for each, _ in self.open):
                self._unbalanced(offset, f"</{name}> closes nothing")
                return
            while self.open[-1][0] != name:
                self._left_open(*self._pop())
        self._pop()
        if name in HEADINGS and self.heading:
            self._heading_ends(*self.heading)

    def _pop(self) -> tuple[str, int]:
        name, offset = self.open.pop()
        if name in VERBATIM:
            self.verbatim -= 1
        if len(self.open) < self.error_depth:
            self.error_depth = 0
        if len(self.open) < self.skipped:
            self.skipped = 0
        return name, offset

    def _left_open(self, name: str, offset: int) -> None:
        if name not in _UNCLOSED:
            self._unbalanced(offset, f"<{name}> is not closed")

    def _unbalanced(self, offset: int, message: str) -> None:
        if self.region == ARTICLE:
            self.found.unbalanced.append((offset, message))

    def _heading_ends(self, tag: Tag, offset: int, words: list[str]) -> None:
        text = " ".join("".join(words).split())
        generated = "doc-heading" in tag.get("class").split()
        self.found.headings.append(
            Heading(HEADINGS[tag.name], tag.get("id"), text, offset, generated)
        )
        self.heading = None

    def _text(self, text: str) -> None:
        if self.error_depth:
            offset, before = self.found.errors[-1]
            self.found.errors[-1] = (offset, before + unescape(text))
        elif not self.verbatim:
            self.found.text.append(unescape(text) if "&" in text else text)
        if self.heading and not self.skipped:
            self.heading[2].append(unescape(text))
        elif self.script and self.open and self.open[-1][0] == "script":
            offset, tag = self.script
            self.found.scripts[-1] = (offset, self.region, tag, text)
        elif self.region == HEAD and self.open and self.open[-1][0] == "title":
            self.found.title += unescape(text)

    def _note(self, tag: Tag, offset: int) -> None:
        found, values = self.found, tag.attributes
        if "id" in values:
            found.ids[values["id"]] = found.ids.get(values["id"], 0) + 1
        if tag.name == "a":
            if values.get("name"):
                found.ids.setdefault(values["name"], 1)
            if "headerlink" in values.get("class", ""):
                self.skipped = len(self.open) + 1
        elif tag.name == "meta":
            self._meta(tag, offset)
        elif tag.name == "html":
            found.lang = values.get("lang", "")
        if "data-hb-error" in values:
            self.error_depth = len(self.open) + 1
            found.errors.append((offset, ""))
        self._addresses(tag, offset)

    def _meta(self, tag: Tag, offset: int) -> None:
        name = tag.get("name") or tag.get("property") or tag.get("http-equiv")
        content = tag.get("content")
        self.found.meta.setdefault(name.lower(), []).append(content)
        target = _REFRESH.search(content) if name.lower() == "refresh" else None
        if name in META_ADDRESSES or target:
            url = target[1] if target else content
            self.found.references.append(Reference(url, False, "meta", offset, tag.source))

    def _addresses(self, tag: Tag, offset: int) -> None:
        name, values, found = tag.name, tag.attributes, self.found.references
        rels = set(values.get("rel", "").lower().split()) if name == "link" else set()
        if "canonical" in rels:
            self.found.canonical = values.get("href", "")
        for each in ADDRESSES:
            if each in values and (each, name) != ("data", "div"):
                fetched = (name, each) in FETCHED or bool(rels & FETCHED_RELS)
                found.append(Reference(values[each], fetched, name, offset, tag.source))
        # What a script of ours loads for an element: from the site's root, which the body tells.
        self.root = values.get("data-hb-base", self.root)
        if "data-hb-script" in values:
            url = f"{self.root}/{values['data-hb-script']}"
            found.append(Reference(url, True, name, offset, tag.source))
        for part in values.get("srcset", "").split(","):
            if part.strip():
                found.append(Reference(part.split()[0], True, name, offset, tag.source))


def read(folder: Path) -> dict[str, Document]:
    """Returns every page of a built site by its path (`case-studies/news-feed/index.html`).

    Args:
        folder: The built site.
    """
    pages: dict[str, Document] = {}
    for path in sorted(folder.rglob("*.html")):
        name = path.relative_to(folder).as_posix()
        document = Document(name, path.read_text(encoding="utf-8", errors="replace"))
        _Reader(document).read()
        pages[name] = document
    return pages


@dataclass(frozen=True)
class Target:
    """Where an address leads.

    Attributes:
        file: The file of the site, or nothing where there is none.
        anchor: The id, empty where the address names none.
    """

    file: str | None
    anchor: str = ""


class Site:
    """A built site with everything the rules ask of it.

    Attributes:
        project: The checkout.
        folder: The built site.
        address: Where it is published, with a slash at the end; empty where nobody said.
        base: The path it is served under, which only the error page's links carry.
        pages: Every page by its path.
        files: Every file, relative to the folder.
    """

    def __init__(self, project: Project, folder: Path) -> None:
        self.project = project
        self.folder = folder
        self.address = os.environ.get("SITE_URL", "")
        if self.address and not self.address.endswith("/"):
            self.address += "/"
        self.base = urlsplit(self.address).path or "/"
        self.pages = read(folder)
        self.files = sorted(
            path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
        )
        self._texts: dict[str, str] = {}
        self._sources: dict[Path, _Source] = {}

    @cached_property
    def _known(self) -> set[str]:
        return set(self.files)

    def ending(self, *suffixes: str) -> Iterator[str]:
        """Yields the files whose names end so.

        Args:
            suffixes: Such as `.css`.
        """
        return (name for name in self.files if name.endswith(suffixes))

    def text(self, name: str) -> str:
        """Returns a file of the site as text.

        Args:
            name: Its path, relative to the site.
        """
        if name in self.pages:
            return self.pages[name].html
        if name not in self._texts:
            path = self.folder / name
            self._texts[name] = path.read_text(encoding="utf-8", errors="replace")
        return self._texts[name]

    def at(
        self, page: Document, offset: int, code: str, message: str, *near: str, fix: str = ""
    ) -> Problem:
        """Makes a finding on a page, at the line of its source where that can be told.

        Args:
            page: The page.
            offset: Where on it.
            code: The finding's name.
            message: What is wrong.
            near: Texts that the line of the source may hold, the likeliest first. Where none
                leads there, the heading before the place does.
            fix: What mends it.
        """
        path = source_of(self.project, page.path)
        if path is None:
            line = page.line(offset)
            return Problem(self.folder / page.path, line, 0, code, message, fix)
        above = [heading.text for heading in page.headings if heading.offset <= offset]
        written = above and offset in page.article
        line = self._source(path).line(near, above[-1] if written else "")
        return Problem(path, line, 0, code, message, fix)

    def at_file(self, name: str, offset: int, code: str, message: str, fix: str = "") -> Problem:
        """Makes a finding in a file that is no page: at its source, if it was copied from one.

        Args:
            name: The file, relative to the site.
            offset: Where in it; -1 means the whole of it.
            code: The finding's name.
            message: What is wrong.
            fix: What mends it.
        """
        source = self.project.docs / name
        path = source if source.is_file() else self.folder / name
        line = self.text(name).count("\n", 0, offset) + 1 if offset >= 0 else 0
        return Problem(path, line, 0, code, message, fix)

    def _source(self, path: Path) -> _Source:
        if path not in self._sources:
            self._sources[path] = _Source(path)
        return self._sources[path]

    def internal(self, url: str) -> str | None:
        """Returns an address of our own without scheme and host; nothing for somebody else's.

        Args:
            url: As a page names it.
        """
        if self.address and url.startswith(self.address):
            return self.base + url.removeprefix(self.address)
        try:
            parts = urlsplit(url)
        except ValueError:
            return None
        return None if parts.scheme or parts.netloc else url

    def resolve(self, page: str, url: str) -> Target:
        """Returns where an address of our own leads.

        Args:
            page: The page or style sheet that names it, relative to the site.
            url: As `internal` gives it.
        """
        parts = urlsplit(url)
        anchor = unquote(parts.fragment)
        path = unquote(parts.path)
        if not path:
            return Target(page, anchor)
        if path.startswith("/"):
            if not path.startswith(self.base):
                return Target(None, anchor)
            target = path.removeprefix(self.base)
        else:
            target = posixpath.join(posixpath.dirname(page), path)
        target = posixpath.normpath(target or ".")
        for name in (target, posixpath.normpath(f"{target}/index.html")):
            if name in self._known:
                return Target(name, anchor)
        return Target(None, anchor)


class _Source:
    """The lines of a Markdown file, to find again what a page shows."""

    def __init__(self, path: Path) -> None:
        self.lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        ends = [at for at, line in enumerate(self.lines) if line == "---"]
        self.body = ends[1] + 1 if ends[:1] == [0] and len(ends) > 1 else 0

    def line(self, near: tuple[str, ...], heading: str) -> int:
        """Returns the likeliest line, from 1.

        Args:
            near: Texts that it may hold, the likeliest first.
            heading: What the heading above it says: it is looked for behind that first, and not
                among the fields. Without one, from the first line on.
        """
        start = self._heading(heading)
        first = self.body if heading else 0
        order = list(range(start, len(self.lines))) + list(range(first, start))
        for text in near:
            wanted = text.strip().splitlines()[0] if text.strip() else ""
            found = next((at for at in order if wanted and wanted in self.lines[at]), None)
            if found is not None:
                return found + 1
        return start + 1

    def _heading(self, text: str) -> int:
        wanted = _letters(text)
        if wanted:
            for at, line in enumerate(self.lines):
                if line.startswith("#") and _letters(line).startswith(wanted):
                    return at
        return 0


def _letters(text: str) -> str:
    """The letters and digits of a line: markup and typography apart."""
    return re.sub(r"[\W_]+", "", text.partition(" {")[0]).lower()


def source_of(project: Project, page: str) -> Path | None:
    """Returns the Markdown file that a built page comes from.

    Args:
        project: The checkout.
        page: The page's file, relative to the site.
    """
    folder = posixpath.dirname(page)
    for candidate in (f"{folder}/index.md".lstrip("/"), f"{folder}.md"):
        path = project.docs / candidate
        if posixpath.basename(page) == "index.html" and path.is_file():
            return path
    return None


def built(project: Project, folder: Path | None = None) -> Site:
    """Returns the built site, read.

    Args:
        project: The checkout.
        folder: The built site; `site/` where none is given.

    Raises:
        HandbookError: There is no built site.
    """
    folder = folder or project.site
    if not (folder / "index.html").is_file():
        problem = Problem(folder, 0, 0, "no-site", "nothing is built here", "make site")
        raise HandbookError([problem])
    return Site(project, folder)


def check_site(project: Project, folder: Path | None = None) -> list[Problem]:
    """Returns what is wrong with a built site, each finding at its source.

    Args:
        project: The checkout.
        folder: The built site; `site/` where none is given.

    Raises:
        HandbookError: There is no built site.
    """
    from handbook.rules import SiteRule, find, hold

    site = built(project, folder)
    return hold((rule.over for rule in find(SiteRule)), site)
