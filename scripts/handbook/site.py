"""`handbook check --site`: what was built is whole. Reads only the output, names the source.

Every link, anchor, image and asset must resolve; ids are unique; nothing is fetched from
elsewhere; no source syntax has been left standing in the text; no part shows an error.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from handbook.markdown.context import line_of, read_problem
from handbook.project import Project
from handbook.report import HandbookError, Problem

# Attributes whose address the browser fetches at once, by element.
FETCHED = {
    ("img", "src"), ("script", "src"), ("iframe", "src"), ("source", "src"), ("video", "src"),
    ("audio", "src"), ("embed", "src"), ("object", "data"), ("image", "href"), ("use", "href"),
}  # fmt: skip
FETCHED_RELS = {
    "stylesheet",
    "icon",
    "preload",
    "modulepreload",
    "prefetch",
    "preconnect",
    "dns-prefetch",
}
VOID = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
}  # fmt: skip
# These stand within a line; all others end it.
INLINE = {
    "a", "abbr", "b", "bdi", "cite", "em", "i", "kbd", "mark", "s", "small", "span", "strong",
    "sub", "sup", "u",
}  # fmt: skip
# Text inside these shows source on purpose.
VERBATIM = {"code", "pre", "script", "style", "textarea", "title", "annotation", "kbd", "samp"}
RAW = (
    ("figure:", re.compile(r"!\[[^\]]*\]\([^)\n]*\)?|\bfigure:\w+/")),
    ("<!--=", re.compile(r"<!--[=?]|&lt;!--[=?]")),
    ("[[[cog", re.compile(r"\[\[\[(?:cog|end\])")),
    ("{{", re.compile(r"\{\{|\{%")),
    ("$$", re.compile(r"\$\$[^$\n]*\$*|(?<![\\$\w])\$\\[a-zA-Z]+")),
    (":::", re.compile(r"^\s*:::", re.MULTILINE)),
    ("```", re.compile(r"^\s*```", re.MULTILINE)),
    ("[^", re.compile(r"\[\^[^\]\s]+\]")),
)
CSS_URL = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)|@import\s+["']([^"']+)["']""")


@dataclass
class Reference:
    """One address that a page names.

    Attributes:
        url: As written.
        fetched: Whether the browser fetches it without being asked.
        tag: The element that names it.
    """

    url: str
    fetched: bool
    tag: str


@dataclass
class Document:
    """What one page of the built site holds.

    Attributes:
        path: Its file, relative to the site.
        ids: Every id with how often it is there.
        references: Every address.
        text: The text shown, verbatim parts left out.
        errors: What the page shows in place of something broken.
    """

    path: str
    ids: dict[str, int] = field(default_factory=dict)
    references: list[Reference] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self, document: Document) -> None:
        super().__init__(convert_charrefs=True)
        self.document = document
        self.open: list[str] = []
        self.error_depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._note(tag, values)
        if tag not in INLINE:
            self.document.text.append("\n")
        if tag in VOID:
            return
        self.open.append(tag)
        if "data-hb-error" in values:
            self.error_depth = len(self.open)
            self.document.errors.append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, {name: value or "" for name, value in attrs})

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass
        if len(self.open) < self.error_depth:
            self.error_depth = 0

    def handle_data(self, data: str) -> None:
        if self.error_depth:
            self.document.errors[-1] += data
        elif not VERBATIM.intersection(self.open):
            self.document.text.append(data)

    def _note(self, tag: str, values: dict[str, str]) -> None:
        found = self.document
        if "id" in values:
            found.ids[values["id"]] = found.ids.get(values["id"], 0) + 1
        if tag == "a" and values.get("name"):
            found.ids.setdefault(values["name"], 1)
        for name in ("href", "src", "data", "xlink:href"):
            if name in values and (name, tag) != ("data", "div"):
                rels = set(values.get("rel", "").split())
                fetched = (tag, name) in FETCHED or (tag == "link" and bool(rels & FETCHED_RELS))
                if tag != "link" or fetched:
                    found.references.append(Reference(values[name], fetched, tag))
        for part in values.get("srcset", "").split(","):
            if part.strip():
                found.references.append(Reference(part.split()[0], True, tag))


def check_site(project: Project, folder: Path | None = None) -> list[Problem]:
    """Returns what is wrong with a built site, each finding at its source.

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
    found = set(_Site(project, folder).problems())
    return sorted(found, key=lambda p: (str(p.path), p.line, p.code, p.message))


def read(folder: Path) -> dict[str, Document]:
    """Returns every page of a built site by its path (`case-studies/news-feed/index.html`).

    Args:
        folder: The built site.
    """
    pages: dict[str, Document] = {}
    for path in sorted(folder.rglob("*.html")):
        document = Document(path.relative_to(folder).as_posix())
        reader = _Reader(document)
        reader.feed(path.read_text(encoding="utf-8"))
        reader.close()
        pages[document.path] = document
    return pages


class _Site:
    def __init__(self, project: Project, folder: Path) -> None:
        self.project = project
        self.folder = folder
        self.pages = read(folder)
        self.base = _base_path()

    def problems(self) -> Iterator[Problem]:
        """Yields every finding."""
        for page in self.pages.values():
            yield from self._ids(page)
            yield from self._text(page)
            for reference in page.references:
                yield from self._reference(page, reference)
        yield from self._styles()

    def _at(
        self, page: Document, code: str, message: str, near: str = "", fix: str = ""
    ) -> Problem:
        source = source_of(self.project, page.path)
        if source is None:
            return Problem(self.folder / page.path, 0, 0, code, message, fix)
        return Problem(source, line_of(source, near), 0, code, message, fix)

    def _ids(self, page: Document) -> Iterator[Problem]:
        for name, count in page.ids.items():
            if count > 1:
                yield self._at(page, "id-twice", f"the id {name!r} is there {count} times", name)

    def _text(self, page: Document) -> Iterator[Problem]:
        for error in page.errors:
            shown = " ".join(error.split())
            told = read_problem(self.project.root, shown)
            yield told or self._at(page, "page-error", shown)
        text = "".join(page.text)
        for name, pattern in RAW:
            for match in pattern.finditer(text):
                shown = " ".join(text[match.start() : match.start() + 40].split())
                yield self._at(
                    page, "raw-syntax", f"{name} is shown as it was written: {shown!r}", shown[:20]
                )

    def _reference(self, page: Document, reference: Reference) -> Iterator[Problem]:
        parts = urlsplit(reference.url)
        if parts.scheme == "data" or parts.scheme in ("mailto", "tel"):
            return
        if parts.scheme == "javascript":
            yield self._at(page, "link-script", f"{reference.url!r} runs a script", reference.url)
        elif parts.scheme or parts.netloc:
            if reference.fetched:
                message = f"<{reference.tag}> fetches {reference.url} from elsewhere"
                yield self._at(page, "foreign", message, reference.url, "serve it from docs/assets")
        else:
            yield from self._inside(page, reference, unquote(parts.path), unquote(parts.fragment))

    def _inside(
        self, page: Document, reference: Reference, path: str, fragment: str
    ) -> Iterator[Problem]:
        target = self._resolve(page, path)
        if target is None or not (self.folder / target).is_file():
            yield self._at(
                page, "link-broken", f"{reference.url} leads to no file", _tail(reference.url)
            )
        elif fragment and target in self.pages and not _has(self.pages[target], fragment):
            message = f"{reference.url}: {target} has no anchor {fragment!r}"
            yield self._at(page, "anchor-missing", message, f"#{fragment}")

    def _resolve(self, page: Document, path: str) -> str | None:
        if path.startswith("/"):
            if not path.startswith(self.base):
                return None
            target = path.removeprefix(self.base)
        elif path:
            target = posixpath.normpath(posixpath.join(posixpath.dirname(page.path), path))
            target += "/" if path.endswith(("/", ".")) else ""
        else:
            return page.path
        target = posixpath.normpath(target or ".")
        if target.startswith(".."):
            return None
        return (
            posixpath.normpath(f"{target}/index.html")
            if (self.folder / target).is_dir()
            else target
        )

    def _styles(self) -> Iterator[Problem]:
        for path in sorted(self.folder.rglob("*.css")):
            for match in CSS_URL.finditer(path.read_text(encoding="utf-8")):
                url = match[1] or match[2]
                parts = urlsplit(url)
                if parts.scheme == "data" or url.startswith("#"):
                    continue
                source = self.project.docs / path.relative_to(self.folder)
                shown = source if source.is_file() else path
                if parts.scheme or parts.netloc:
                    yield Problem(shown, line_of(shown, url), 0, "foreign", f"fetches {url}")
                elif not (path.parent / unquote(parts.path)).resolve().is_file():
                    line = line_of(shown, url)
                    yield Problem(shown, line, 0, "link-broken", f"{url} leads to no file")


def _base_path() -> str:
    """The path the site is served under, which only the error page's links carry."""
    path = urlsplit(os.environ.get("SITE_URL", "")).path
    return path if path.endswith("/") else f"{path}/"


def _has(page: Document, fragment: str) -> bool:
    # `:~:text=` addresses a text, `__skip` and `top` the page itself.
    return fragment in page.ids or fragment.startswith(":~:") or fragment == "top"


def _tail(url: str) -> str:
    """The part of an address that its source is most likely to hold as well."""
    path = urlsplit(url).path.rstrip("/")
    return posixpath.basename(path) or url


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
