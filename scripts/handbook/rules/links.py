"""Links: they lead to pages, headings and files that exist."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from urllib.parse import unquote

import yaml

from handbook.chapters import Chapter, Link
from handbook.estimate import did_you_mean
from handbook.report import Problem
from handbook.rules import MOST, Code, Rule
from handbook.rules.sources import Sources, value_of

GENERATED_FILES = ("assets/figures/",)
SCHEMES = ("https", "http", "mailto")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):|//", re.IGNORECASE)
_MAIL = re.compile(r"mailto:[^\s@?]+@[\w-]+(?:\.[\w-]+)+(?:\?\S*)?", re.IGNORECASE)
_PREREQUISITE = re.compile(r"\[([^\[\]]*)\]\(([^()\s]+)\)")

_Found = tuple[str, str, str]


class Links(Rule):
    """Links lead to pages, headings and files that exist."""

    codes = (
        Code(
            "image-missing",
            "A page shows an image that is not under `docs/`.",
            "![A map](mop.png)",
            "Add the file beside the page, or mend its name.",
        ),
        Code(
            "link-absolute",
            "A link that starts at the root of a host works under one address only, and not on a "
            "code host.",
            "[News feed](/case-studies/news-feed/)",
            "Write the path from this page to the Markdown file: "
            "`../case-studies/news-feed/index.md`.",
        ),
        Code(
            "link-anchor",
            "A link names a heading that its page does not have.",
            "[above](#sizeit)",
            "Take the anchor that is suggested. A heading that others link to keeps its anchor "
            "with `{ #size-it }`.",
        ),
        Code(
            "link-broken",
            "A link names a file that is not under `docs/`.",
            "[the seven steps](../framwork/index.md)",
            "Take the page that is suggested.",
        ),
        Code(
            "link-case",
            "A link differs from the file's name in capitals only. It works on a Mac and on "
            "Windows, and breaks where the site is published.",
            "[the seven steps](../Framework/index.md)",
            "Write the name as the file has it.",
        ),
        Code(
            "link-draft",
            "A link to a page that is not published, so it would break.",
            "[soon](../drafts/ranking.md)",
            "Take the link out, or publish the page with this one.",
        ),
        Code(
            "link-folder",
            "A link names a folder. Only a Markdown file is rewritten by the generator and opened "
            "by a code host.",
            "[News feed](../news-feed/)",
            "Name the file: `../news-feed/index.md`.",
        ),
        Code(
            "link-html",
            "A link in raw HTML names a Markdown file. Only links in Markdown are rewritten, so "
            "readers would get a file that is not there.",
            '<a href="../framework/index.md">the seven steps</a>',
            "Write `[the seven steps](../framework/index.md)`; a class goes behind it: "
            "`{ .md-button }`.",
        ),
        Code(
            "link-mail",
            "A mail address that no program can write to.",
            "[write to us](mailto:editors.example.org)",
            "Write `mailto:name@host`.",
        ),
        Code(
            "link-scheme",
            "Links are relative or start with https, http or mailto.",
            "[the paper](htps://example.org/paper)",
            "Mend the address.",
        ),
        Code(
            "link-self",
            "A whole address of this very site. It leads readers of a copy, of a preview or of a "
            "fork away from it, and nothing checks that it exists.",
            "[the seven steps](https://handbook.example/framework/)",
            "Write the path from this page to the Markdown file.",
        ),
    )

    def over(self, sources: Sources) -> Iterator[Problem]:
        """Yields links that lead nowhere."""
        for page in sources.pages:
            yield from islice(_links(sources, page), MOST)


def _links(sources: Sources, page: Chapter) -> Iterator[Problem]:
    for link in page.links:
        yield from _link(sources, page, link)
    for text in page.meta.prerequisites:
        line = page.meta_lines.get("prerequisites", 1)
        for match in _PREREQUISITE.finditer(text):
            yield from _link(sources, page, Link(match[1], match[2], False, line, 0))
    for tag in page.tags:
        name = {"a": "href", "img": "src"}.get(tag.name, "")
        address = tag.attributes.get(name)
        if address is not None:
            link = Link(tag.name, address, tag.name == "img", *page.place(tag.offset))
            yield from _html(sources, page, link)
        if tag.name == "img" and "alt" not in tag.attributes:
            fix = 'write alt="what it shows", or alt="" for an ornament'
            yield page.problem(tag.offset, "figure-alt", "the image has no alt", fix)


def _link(sources: Sources, page: Chapter, link: Link) -> Iterator[Problem]:
    where = (page.path, link.line, link.column)
    if link.image and not link.text.strip():
        said = f"the image {link.target!r} has no text"
        yield Problem(*where, "figure-alt", said, "write what it shows between the brackets")
    path, _, anchor = unquote(link.target).partition("#")
    found = _elsewhere(sources, page, link) or _rooted(page, path, link)
    if found:
        yield Problem(*where, *found)
    if found or _SCHEME.match(link.target):
        return
    target = posixpath.normpath(posixpath.join(posixpath.dirname(page.page), path)) if path else ""
    missing = _missing_target(sources, page, target, link) if path else None
    if missing:
        yield Problem(*where, *missing)
    elif anchor:
        yield from _anchor(sources.by_page.get(target or page.page), anchor, where)


def _html(sources: Sources, page: Chapter, link: Link) -> Iterator[Problem]:
    """Holds a link in raw HTML, which nothing rewrites: it starts at the page's own address."""
    where = (page.path, link.line, link.column)
    path, _, anchor = unquote(link.target).partition("#")
    found = _elsewhere(sources, page, link) or _rooted(page, path, link)
    if found:
        yield Problem(*where, *found)
    if found or _SCHEME.match(link.target):
        return
    if path.endswith(".md"):
        said = f"{link.target!r} is not rewritten in raw HTML"
        yield Problem(*where, "link-html", said, f"write [words]({link.target})")
        return
    folder = page.page.removesuffix("index.md").removesuffix(".md")
    target = posixpath.normpath(posixpath.join(folder, path)) if path else ""
    names = (f"{target}/index.md", f"{target}.md") if target != "." else ("index.md",)
    other = next((name for name in names if name in sources.names), "")
    if path and not other and target not in sources.names:
        said = f"{link.target!r} leads to no page and no file"
        fix = "start at this page's address, one ../ deeper than the Markdown file"
        yield Problem(*where, "image-missing" if link.image else "link-broken", said, fix)
    elif anchor:
        yield from _anchor(sources.by_page.get(other or page.page), anchor, where)


def _elsewhere(sources: Sources, page: Chapter, link: Link) -> _Found | None:
    """Returns what is wrong with a whole address, which leads out of these pages."""
    found = _SCHEME.match(link.target)
    if found is None:
        return _slip(link)
    scheme = (found[1] or "https").lower()
    if scheme not in SCHEMES:
        said = f"{link.target!r} is no address for a reader{did_you_mean(scheme, SCHEMES)}"
        return "link-scheme", said, "start it with https, http or mailto"
    if scheme == "mailto":
        if not _MAIL.fullmatch(link.target):
            return "link-mail", f"{link.target!r} is no mail address", "write mailto:name@host"
        return None
    if found[1] and not re.match(r"\w+://[^/\s]", link.target):
        return "link-scheme", f"{link.target!r} names no host", f"write {scheme}://host/page"
    own = next((site for site in _sites(sources) if _within(link.target, site)), "")
    if own:
        up = "../" * page.page.count("/")
        return "link-self", f"{link.target!r} is this very site", f"link to {up}page.md"
    return None


def _slip(link: Link) -> _Found | None:
    slip = re.match(r"(?:https?/+|www\.)\w", link.target, re.IGNORECASE)
    if slip:
        fix = "https://" + re.sub(r"^https?/+", "", link.target)
        return "link-scheme", f"{link.target!r} lacks its scheme", f"write {fix}"
    return None


def _within(address: str, site: str) -> bool:
    bare = re.sub(r"^(?:https?:)?//", "", address)
    return bare == site or bare.startswith((f"{site}/", f"{site}#", f"{site}?"))


def _sites(sources: Sources) -> tuple[str, ...]:
    node = value_of(sources.config, "site_url")
    written = str(node.value) if isinstance(node, yaml.ScalarNode) else ""
    return _bare(written, os.environ.get("SITE_URL", ""))


@lru_cache(maxsize=8)
def _bare(*addresses: str) -> tuple[str, ...]:
    bare = (re.sub(r"^https?://", "", address).rstrip("/") for address in addresses)
    return tuple(address for address in bare if address)


def _rooted(page: Chapter, path: str, link: Link) -> _Found | None:
    if not path.startswith("/") or link.target.startswith("//"):
        return None
    fix = "../" * page.page.count("/") + path.lstrip("/")
    return "link-absolute", f"{link.target!r} starts at the root", fix


def _missing_target(sources: Sources, page: Chapter, target: str, link: Link) -> _Found | None:
    if target in sources.names and not link.target.partition("#")[0].endswith("/"):
        if sources.drafts(target) and not sources.drafts(page.page):
            return "link-draft", f"{target!r} is not published", "take the link out until it is"
        return None
    if target.startswith(GENERATED_FILES):
        return None
    if target.startswith(".."):
        return "link-broken", f"{link.target!r} leaves docs/", "link to the file on the code host"
    if target in sources.folders:
        fix = posixpath.join(link.target.partition("#")[0], "index.md")
        return "link-folder", f"{link.target!r} is a folder", f"link to {fix}"
    same = sources.lowered.get(target.lower())
    if same:
        return "link-case", f"{target!r} is written {same!r}", "write the name as the file has it"
    if link.image:
        fix = "add the file, or mend its name"
        return "image-missing", f"there is no image {target!r} under docs/", fix
    hint = did_you_mean(target, sources.by_page)
    return "link-broken", f"there is no page {target!r}{hint}", "name a file under docs/"


def _anchor(page: Chapter | None, anchor: str, where: tuple[Path, int, int]) -> Iterator[Problem]:
    if page is None or anchor in page.anchors or anchor == "how-the-numbers-are-computed":
        return
    # What mkdocstrings and the gallery write has anchors that only the built site knows.
    if re.search(r"(?m)^::: \S", page.prose):
        return
    said = f"{page.page} has no heading {'#' + anchor!r}{did_you_mean(anchor, page.anchors)}"
    yield Problem(*where, "link-anchor", said, "name a heading of that page")


class References(Rule):
    """Links by reference are defined, once."""

    codes = (
        Code(
            "link-reference",
            "A link by reference whose address is nowhere given, so its brackets are shown.",
            "[the paper][covington]",
            "Define it: `[covington]: https://example.org/paper`.",
        ),
        Code(
            "link-reference-twice",
            "The address of a reference is given twice, and one is lost.",
            "[paper]: https://example.org/one\n[paper]: https://example.org/two",
            "Rename one of them.",
        ),
    )

    def over(self, sources: Sources) -> Iterator[Problem]:
        """Yields references without an address, or with two."""
        for page in sources.pages:
            yield from islice(_references(page), MOST)


def _references(page: Chapter) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for given in page.definitions:
        key = given.text.lower()
        if key in first:
            said = f"{given.text!r} is already defined in line {first[key]}"
            place = (page.path, given.line, given.column)
            yield Problem(*place, "link-reference-twice", said, "rename one of them")
        first.setdefault(key, given.line)
    for link in page.references:
        if link.target.lower() not in first:
            said = f"{link.target!r} is not defined{did_you_mean(link.target, first)}"
            fix = f"define it: [{link.target}]: https://..., or make it code"
            yield Problem(page.path, link.line, link.column, "link-reference", said, fix)
