"""Joins and trims what every page loads: one stylesheet, one script, and nothing left over.

A page works without this, only heavier. Names carry a digest of the content, so a browser may keep
the files for good. Scripts that another script loads when it is first used stay files, without
their comments.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import escape, unescape
from itertools import chain
from pathlib import Path
from urllib.parse import unquote, urlsplit

from handbook.project import Project
from handbook.report import Problem
from handbook.stylesheet import Sheet, StylesheetError, Used, parse, trim

NAME = "assets/handbook.{digest}.{kind}"
# Where the theme puts its own; nobody else links there.
THEME = ("assets/javascripts", "assets/stylesheets", "assets/images")
_LINK = re.compile(r"<link\b[^>]*>\n?", re.IGNORECASE)
_SCRIPT = re.compile(r"<script\b([^>]*)></script>\n?", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([\w-]+)(?:=(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_SOURCE_MAP = re.compile(r"(?m)^//[#@] sourceMappingURL=.*\n?")
_OWN_SCRIPT = re.compile(r"""["'`/](assets/[\w./-]+\.js)\b""")


def bundle(project: Project, folder: Path) -> list[Problem]:
    """Replaces the styles and scripts of every page by one file each.

    What only some pages link stays as it is, behind what all do. Files of the theme that nothing
    names any more are removed.

    Args:
        project: The checkout.
        folder: The built site.

    Returns:
        One finding for each file that a page loads and that is not there, or for a stylesheet
        that cannot be read; then nothing is changed.
    """
    site = _Site(project, folder)
    problems = site.missing()
    if problems:
        return problems
    try:
        texts = {"css": site.joined_styles(), "js": site.joined_script()}
    except _SheetProblemError as error:
        return [error.problem]
    _join(site, texts)
    _lighten(site)
    _remove_unused(site)
    return []


@dataclass(frozen=True)
class _Tag:
    """A tag that loads a file of the site.

    Attributes:
        text: The whole tag, with the line that it fills.
        path: The file, relative to the site's root.
        prefix: What leads from the page to the site's root: `../../`.
        media: The media that a stylesheet is for.
    """

    text: str
    path: str
    prefix: str
    media: str = ""


class _Page:
    """One HTML file and the tags by which it loads styles and scripts.

    Its text is read anew each time: a whole handbook need not fit into memory.
    """

    def __init__(self, name: str, file: Path, base: str) -> None:
        self.name = name
        self._file = file
        self._base = base
        text = self.text
        self.tags = {
            "css": self._found(text, _LINK, "href", _is_stylesheet),
            "js": self._found(text, _SCRIPT, "src", _is_classic),
        }

    @property
    def text(self) -> str:
        """The page as it is now."""
        return self._file.read_bytes().decode("utf-8", "replace")

    def _found(
        self,
        text: str,
        pattern: re.Pattern[str],
        name: str,
        wanted: Callable[[dict[str, str]], bool],
    ) -> list[_Tag]:
        tags = []
        for match in pattern.finditer(text):
            attributes = {
                each[0].lower(): unescape("".join(each[1:]))
                for each in _ATTRIBUTE.findall(match[0])
            }
            path = self._path(attributes.get(name, "")) if wanted(attributes) else ""
            if path:
                address = attributes[name]
                prefix = address[: len(address) - len(path)] if address.endswith(path) else ""
                whole = text[_indent_of(text, match.start()) : match.end()]
                tags.append(_Tag(whole, path, prefix, attributes.get("media", "")))
        return tags

    def _path(self, address: str) -> str:
        """The file of the site that an address means; empty for a foreign one."""
        if address.startswith(self._base):
            return address[len(self._base) :]
        parts = urlsplit(address)
        if parts.scheme or parts.netloc or not parts.path:
            return ""
        path = unquote(parts.path)
        root = urlsplit(self._base).path
        if path.startswith("/"):
            return path.removeprefix(root)
        return posixpath.normpath(posixpath.join(posixpath.dirname(self.name), path))

    def put(self, joined: Mapping[str, set[str]], tags: Mapping[str, str]) -> None:
        """Writes one tag of each kind in the place of those that load what was joined."""
        text = self.text
        for kind, tag in tags.items():
            found = [each for each in self.tags[kind] if each.path in joined[kind]]
            for count, each in enumerate(found):
                new = tag.format(prefix=escape(each.prefix)) if count == 0 else ""
                text = text.replace(each.text, new, 1)
        self._file.write_bytes(text.encode("utf-8"))


def _indent_of(text: str, at: int) -> int:
    """Returns where the blanks before a tag begin; a pattern that began with them is slow."""
    while at and text[at - 1] in " \t":
        at -= 1
    return at


def _is_stylesheet(attributes: dict[str, str]) -> bool:
    return "stylesheet" in attributes.get("rel", "").lower().split()


def _is_classic(attributes: dict[str, str]) -> bool:
    return attributes.get("type", "") in ("", "text/javascript") and "async" not in attributes


class _Site:
    """The pages of a built site and what they load."""

    def __init__(self, project: Project, folder: Path) -> None:
        self.project = project
        self.folder = folder
        base = os.environ.get("SITE_URL", "").rstrip("/") + "/"
        pages = (
            _Page(path.relative_to(folder).as_posix(), path, base)
            for path in sorted(folder.rglob("*.html"))
        )
        # A redirect loads nothing.
        self.pages = [page for page in pages if page.tags["css"] or page.tags["js"]]

    def everywhere(self, kind: str) -> list[_Tag]:
        """The tags for what every page loads, in the order of the first page."""
        common = [{tag.path for tag in page.tags[kind]} for page in self.pages]
        shared = set.intersection(*common) if common else set()
        return [tag for tag in self.pages[0].tags[kind] if tag.path in shared] if common else []

    def missing(self) -> list[Problem]:
        """A finding for each file that some page loads and that is not there."""
        first: dict[str, str] = {}
        for page in self.pages:
            for tag in (*page.tags["css"], *page.tags["js"]):
                first.setdefault(tag.path, page.name)
        return [
            Problem(
                self.project.config,
                0,
                0,
                "target-missing",
                f"{page} loads {path}, which leads to no file",
                "correct its name in mkdocs.yml, or add it under docs/",
            )
            for path, page in first.items()
            if not (self.folder / path).is_file()
        ]

    def scripts(self) -> list[str]:
        """What every script says that pages load, or that one of these loads by its name.

        What is loaded by name and was not written by hand, such as an index, is data: its words
        make no elements.
        """
        waiting = sorted({tag.path for page in self.pages for tag in page.tags["js"]})
        texts: dict[str, str] = {}
        while waiting:
            path = waiting.pop()
            if path not in texts:
                texts[path] = _read(self.folder / path)
                named = _OWN_SCRIPT.findall(texts[path])
                waiting += [name for name in named if (self.project.docs / name).is_file()]
        return [texts[path] for path in sorted(texts)]

    def joined_styles(self) -> str:
        """The stylesheets of every page as one, without what can match no element."""
        rules = []
        joined = {self.folder / tag.path for tag in self.everywhere("css")}
        for tag in self.everywhere("css"):
            here = posixpath.dirname(tag.path)
            sheet = Sheet(_read(self.folder / tag.path), tag.media, _relinked(here))
            try:
                rules += parse(sheet)
            except StylesheetError as error:
                raise _SheetProblemError(self._sheet_problem(tag.path, error)) from error
        pages = (page.text for page in self.pages)
        others = (_read(path) for path in self.folder.rglob("*.css") if path not in joined)
        return trim(rules, Used(pages, self.scripts(), others))

    def _sheet_problem(self, path: str, error: StylesheetError) -> Problem:
        source = self.project.docs / path
        shown = source if source.is_file() else path
        return Problem(shown, error.line, 0, "stylesheet", error.message, "mend the stylesheet")

    def joined_script(self) -> str:
        """The scripts of every page as one."""
        texts = (_read(self.folder / tag.path) for tag in self.everywhere("js"))
        return "".join(f"{without_comments(text).rstrip()}\n;" for text in texts)


class _SheetProblemError(Exception):
    """A stylesheet that cannot be joined."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.message)


_TAGS = {
    "css": '  <link rel="stylesheet" href="{{prefix}}{name}">\n',
    "js": '  <script src="{{prefix}}{name}" defer></script>\n',
}


def _join(site: _Site, texts: Mapping[str, str]) -> None:
    """Writes what was joined, links it from every page and removes the parts."""
    parts = {kind: {tag.path for tag in site.everywhere(kind)} for kind in texts}
    tags = {}
    for kind, text in texts.items():
        if not parts[kind]:
            continue
        data = text.encode("utf-8")
        name = NAME.format(digest=hashlib.sha256(data).hexdigest()[:8], kind=kind)
        (site.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (site.folder / name).write_bytes(data)
        tags[kind] = _TAGS[kind].format(name=name)
    for page in site.pages if tags else ():
        page.put(parts, tags)
    for part in set().union(*parts.values()):
        (site.folder / part).unlink()


def _lighten(site: _Site) -> None:
    """Takes the comments out of our scripts that are loaded when they are first used."""
    for path in sorted((site.folder / "assets").glob("*.js")):
        if (site.project.docs / "assets" / path.name).is_file():
            path.write_text(without_comments(_read(path)), encoding="utf-8")


def _relinked(here: str) -> Callable[[str], str]:
    """Returns what turns an address of a stylesheet in a folder into one for `assets/`."""

    def relink(address: str) -> str:
        parts = urlsplit(address)
        if parts.scheme or parts.netloc or not parts.path or parts.path.startswith("/"):
            return address
        path = posixpath.relpath(posixpath.join(here, parts.path), posixpath.dirname(NAME))
        return parts._replace(path=path).geturl()

    return relink


def without_comments(script: str) -> str:
    """Takes out lines that are only comment, and indents.

    No more than that: whatever needs the grammar of the language would need a reader of it. A
    template of several lines may hold anything, so a script that has one stays as it is.

    Args:
        script: A script.
    """
    script = _SOURCE_MAP.sub("", script)
    if any(line.count("`") % 2 for line in script.splitlines()):
        return script
    script = re.sub(r"(?ms)^[ \t]*/\*.*?\*/[ \t]*$\n?", "", script)
    script = re.sub(r"(?m)^[ \t]*//.*\n?", "", script)
    return re.sub(r"(?m)^[ \t]+|[ \t]+$|^\s*\n", "", script)


def _remove_unused(site: _Site) -> None:
    """Removes the theme's files that nothing names any more, maps of sources first of all."""
    left = {
        path
        for place in THEME
        for path in sorted((site.folder / place).rglob("*"))
        if path.is_file()
    }
    pages = (text for page in site.pages if _leads_to_theme(text := page.text))
    others = (_read(path) for path in _naming(site.folder) if path not in left)
    named = _named(left, chain(pages, others))
    # What is only named by a file that stays, stays.
    loading = sorted(path for path in named if path.suffix in (".js", ".css"))
    named |= _named(left, (_SOURCE_MAP.sub("", _read(path)) for path in loading))
    for path in left - named:
        path.unlink()
    for place in THEME:
        _remove_empty(site.folder / place)


def _leads_to_theme(page: str) -> bool:
    """Tells whether a page may name a file of the theme, which saves asking for each of them."""
    return any(f"{posixpath.basename(place)}/" in page for place in THEME)


def _naming(folder: Path) -> Iterable[Path]:
    return (
        path
        for kind in ("css", "js", "json", "webmanifest", "xml")
        for path in sorted(folder.glob(f"**/*.{kind}"))
    )


def _named(paths: set[Path], texts: Iterable[str]) -> set[Path]:
    waiting = {path: path.name for path in paths}
    for text in texts:
        waiting = {path: name for path, name in waiting.items() if name not in text}
    return paths - waiting.keys()


def _remove_empty(folder: Path) -> None:
    if not folder.is_dir():
        return
    for inner in sorted(folder.iterdir()):
        if inner.is_dir():
            _remove_empty(inner)
    if not any(folder.iterdir()):
        folder.rmdir()


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
