"""What can be found: a record for every section, figure and term of the built pages."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

from handbook.chapters import compose
from handbook.project import Project
from handbook.report import Problem
from handbook.site import source_of

# Comments are matched to be dropped; attribute values may hold a `>`.
TAG = re.compile(r"""<!--.*?-->|<(/?)([a-zA-Z][\w-]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>""", re.DOTALL)
ATTRIBUTE = re.compile(r"""([^\s=/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|(\S+)))?""")
HEADING = re.compile(r"h[1-6]")
VOID = frozenset(("area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"))
# Within a sentence: whatever else starts or ends separates words.
INLINE = frozenset(
    ("a", "abbr", "b", "code", "em", "i", "kbd", "mark", "q", "s", "small", "span", "strong")
)
UNREAD_TAGS = frozenset(("button", "math", "nav", "pre", "script", "style", "svg", "template"))
# Never what somebody looks for: links to a place itself, labels of tabs and downloads, how a
# number is computed (it stands in the text), answers of a quiz, what an interview goes on to ask,
# signatures (the name is a heading).
UNREAD_CLASSES = frozenset(
    (
        "doc-class-bases", "doc-labels", "doc-signature", "footnote-backref", "footnote-ref",
        "hb-chapter-end", "hb-chapter__facts", "hb-derivations", "hb-legend", "hb-mock__rubric",
        "hb-mock__stage", "hb-quiz__answer", "hb-quiz__options", "hb-tools", "headerlink",
        "linenos", "md-content__button", "tabbed-labels",
    )
)  # fmt: skip
UNREAD_ATTRIBUTES = frozenset(("data-pagefind-ignore", "data-search-exclude", "hidden"))
# Lists of links to other pages: a search shows the pages themselves.
LEFT_OUT = frozenset(("reference/tags/",))
# What is written for contributors stands behind what is written for readers, and what is made from
# code behind both.
DEMOTED = {
    "contributing/findings/": 0.2,
    "contributing/": 0.7,
    # They speak of everything that chapters explain.
    "mock-interviews/": 0.6,
    "start/for-interviewers/": 0.8,
    "start/levels-and-rubric/": 0.8,
    "reference/diagram-kit/": 0.2,
    "reference/tooling/": 0.2,
}
# Titles of papers hold every word of the field and answer nothing; questions ask.
# What readers call a thing that its page calls otherwise.
ALIASES = "includes/search-aliases.yml"
LISTS = {"References": 0.3, "By subject": 0.3, "Quiz": 0.5}
# A definition is short, so each of its words would count more than in a chapter that explains them.
TERM = 0.6
DESCRIPTION = re.compile(r'<meta name="description" content="([^"]*)"')


@dataclass(frozen=True)
class Record:
    """Something a search can lead to.

    Attributes:
        kind: `page` (its beginning), `section`, `figure` or `term`.
        url: Where it is, from the site's root (`framework/#quiz`).
        title: Its heading, caption or word.
        above: The page's title and the headings above, outermost first; nothing for a page.
        text: What it says, in one line.
        part: The part of the handbook, as the navigation names it.
        level: The level of its heading, from 1; that of the section for figures and terms.
        keywords: What else it may be called: a page's tags.
        summary: What a page says of itself, which its text may not repeat.
        weight: How much its words count, from 0 to 1.
        called: What readers call it where it does not say so itself, from `ALIASES`.
    """

    kind: str
    url: str
    title: str
    above: tuple[str, ...]
    text: str
    part: str
    level: int
    keywords: tuple[str, ...] = ()
    weight: float = 1.0
    summary: str = ""
    called: tuple[str, ...] = ()


@dataclass
class _Open:
    """A record while it is read."""

    kind: str
    anchor: str
    level: int
    title: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)


def read_records(project: Project, folder: Path) -> tuple[list[Record], list[Problem]]:
    """Reads every page of the navigation.

    Args:
        project: The checkout, for the navigation.
        folder: The built site.

    Returns:
        What can be found, in the order of the navigation and of each page; and a finding for each
        page without an article, title or anchors, which nothing could lead to.
    """
    records: list[Record] = []
    problems: list[Problem] = []
    for address, part in parts(project, folder).items():
        path = folder / address / "index.html"
        if address in LEFT_OUT or not path.is_file():
            continue
        found = list(_page(path.read_text(encoding="utf-8"), address, part))
        if found and found[0].kind == "page":
            records += found
        else:
            problems.append(_unsearchable(project, folder, path))
    called = _aliases(project)
    problems += _unknown(project, called.keys() - {record.url for record in records})
    named = [replace(record, called=called.get(record.url, ())) for record in records]
    return _each_figure_once(named), problems


def _aliases(project: Project) -> dict[str, tuple[str, ...]]:
    """What readers type, by the address that answers; nothing where a checkout has no list."""
    path = project.root / ALIASES
    read = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return {str(url): tuple(map(str, names)) for url, names in read.items()}


def _unknown(project: Project, urls: Iterable[str]) -> Iterator[Problem]:
    mend = "give the address of a page, section, figure or term that is there"
    for url in sorted(urls):
        said = f"{url} is named, and no page has it"
        yield Problem(project.root / ALIASES, 0, 0, "search-alias", said, mend)


def _each_figure_once(records: list[Record]) -> list[Record]:
    """Leaves a figure to the chapter it belongs to, and drops headings that only repeat it."""
    homes: dict[str, Record] = {}
    for record in records:
        anchor = record.url.partition("#")[2]
        if record.kind == "figure" and (anchor not in homes or _is_home(record.url, anchor)):
            homes[anchor] = record
    captions = {record.title for record in homes.values()}
    kept = {record.url for record in homes.values()}
    return [
        record
        for record in records
        if (record.url in kept if record.kind == "figure" else record.title not in captions)
    ]


def _is_home(url: str, anchor: str) -> bool:
    """Whether the page is called as the figure's file (`fig-news_feed-funnel` in `news-feed/`)."""
    module = anchor.removeprefix("fig-").partition("-")[0].replace("_", "-")
    return posixpath.basename(url.partition("#")[0].rstrip("/")) == module


def _unsearchable(project: Project, folder: Path, path: Path) -> Problem:
    page = path.relative_to(folder).as_posix()
    said = f"search finds no title with an anchor in the article of {page}"
    mend = "give the page one heading of the first level; see that the template keeps <article>"
    return Problem(source_of(project, page) or path, 0, 0, "search-page", said, mend)


# --------------------------------------------------------------------------- the navigation


def parts(project: Project, folder: Path) -> dict[str, str]:
    """Returns the address of every page that is searched, with the part it belongs to.

    Args:
        project: The checkout.
        folder: The built site; where the configuration has no navigation, what it has of each
            file under `docs/`.
    """
    root = compose(project.config.read_text(encoding="utf-8"))
    nav = _value(root, "nav")
    if nav is not None:
        return dict(_entries(nav, ""))
    pages = sorted(path.relative_to(project.docs).as_posix() for path in project.docs.rglob("*.md"))
    return {
        address_of(page): page.split("/")[0].replace("-", " ").capitalize() if "/" in page else ""
        for page in pages
        if (folder / address_of(page) / "index.html").is_file()
    }


def _value(node: yaml.Node | None, name: str) -> yaml.Node | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((value for key, value in pairs if key.value == name), None)


def _entries(node: yaml.Node, part: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, yaml.ScalarNode):
        if node.value.endswith(".md"):
            yield address_of(node.value), part
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _entries(item, part)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _entries(value, part or str(key.value))


def address_of(page: str) -> str:
    """Returns the address of a page's file (`framework/index.md` is at `framework/`)."""
    stem = page.removesuffix(".md")
    if posixpath.basename(stem) in ("index", "README"):
        stem = posixpath.dirname(stem)
    return f"{stem}/" if stem else ""


# --------------------------------------------------------------------------- one page


def _page(text: str, address: str, part: str) -> Iterator[Record]:
    start, end = text.find("<article"), text.rfind("</article>")
    if start < 0 or end < 0:
        return
    reader = _Reader(text[start:end])
    reader.read()
    trail: list[tuple[int, str]] = []
    keywords = tuple(reader.tags)
    described = DESCRIPTION.search(text, 0, start)
    weight = next((low for start, low in DEMOTED.items() if address.startswith(start)), 1.0)
    for found in reader.found:
        title = _words(found.title)
        if not title:
            continue
        if found.kind == "section":
            trail = [(level, name) for level, name in trail if level < found.level]
        above = tuple(name for _, name in trail)
        is_page = found.kind == "section" and not above
        # The first heading is the page: its address needs no anchor.
        yield Record(
            "page" if is_page else found.kind,
            address if is_page else f"{address}#{found.anchor}",
            title,
            above,
            _words(found.text),
            part,
            found.level,
            keywords if is_page else (),
            weight * (TERM if found.kind == "term" else LISTS.get(title, 1.0)),
            html.unescape(described[1]) if described and is_page else "",
        )
        if found.kind == "section":
            trail.append((found.level, title))


class _Reader:
    """Reads an article once: three times as fast as a parser that builds or reports everything."""

    def __init__(self, article: str) -> None:
        self.article = article
        self.found: list[_Open] = []
        self.tags: list[str] = []
        self.level = 1
        self.section: _Open | None = None
        self.special: _Open | None = None  # the figure or term inside the section
        self.into: list[str] = []
        self.special_tag = ""

    def read(self) -> None:
        """Fills `found` and `tags`."""
        article, position = self.article, 0
        while match := TAG.search(article, position):
            self.into.append(article[position : match.start()])
            position = match.end()
            closing, name, attributes = match[1], match[2], match[3]
            if name is None:
                continue
            name = name.lower()
            if name not in INLINE:
                self.into.append(" ")
            if closing:
                self._close(name)
            else:
                position = self._open(name, attributes, position)

    def _open(self, name: str, written: str, position: int) -> int:
        """Starts an element; returns where to read on, which is behind it if nobody reads it."""
        attributes = _attributes(written)
        classes = set(attributes.get("class", "").split())
        if "md-tags" in classes:
            return self._read_tags(name, position)
        if name in UNREAD_TAGS or classes & UNREAD_CLASSES or attributes.keys() & UNREAD_ATTRIBUTES:
            return position if name in VOID else self._behind(name, position)
        if HEADING.fullmatch(name) and "id" in attributes:
            self._start_section(attributes["id"], int(name[1]))
        elif name == "figure" and "id" in attributes:
            self._start_special("figure", attributes["id"], "figure")
        elif name == "dt":
            self._end_special()
            if "id" in attributes:
                self._start_special("term", attributes["id"], "dl")
        elif self.special is not None and (name == "dd" or "hb-caption" in classes):
            self.into = self.special.title if name == "span" else self.special.text
        elif self.special is not None and name == "summary":
            return self._behind(name, position)
        return position

    def _close(self, name: str) -> None:
        if HEADING.fullmatch(name) and self.section is not None:
            self.into = self.section.text
        elif self.special is not None and name == self.special_tag:
            self._end_special()
        elif self.special is not None and (
            name in ("dt", "figcaption") or (self.into is self.special.title and name == "span")
        ):
            self.into = self.special.text

    def _start_section(self, anchor: str, level: int) -> None:
        self._end_special()
        self.section = _Open("section", anchor, level)
        self.level = level
        self.found.append(self.section)
        self.into = self.section.title

    def _start_special(self, kind: str, anchor: str, tag: str) -> None:
        self.special = _Open(kind, anchor, self.level)
        self.special_tag = tag
        self.found.append(self.special)
        self.into = self.special.title if kind == "term" else self.special.text

    def _end_special(self) -> None:
        if self.special is not None:
            self.special = None
            self.into = self.section.text if self.section else []

    def _read_tags(self, name: str, position: int) -> int:
        end = self._behind(name, position)
        for tag in re.findall(r"class=\"md-tag[^>]*>([^<]+)<", self.article[position:end]):
            self.tags.append(_words([tag]))
        return end

    def _behind(self, name: str, position: int) -> int:
        """Returns where the element that was just opened ends."""
        depth = 1
        for match in re.compile(rf"<(/?){name}\b[^>]*>", re.IGNORECASE).finditer(
            self.article, position
        ):
            depth += -1 if match[1] else 1
            if depth == 0:
                return match.end()
        return len(self.article)


def _attributes(written: str) -> Mapping[str, str]:
    if not written.strip():
        return {}
    return {
        match[1]: html.unescape(match[2] or match[3] or match[4] or "")
        for match in ATTRIBUTE.finditer(written)
    }


def _words(pieces: list[str]) -> str:
    """One line of text; a space before a full stop is where an element ended."""
    return " ".join(html.unescape("".join(pieces)).split())
