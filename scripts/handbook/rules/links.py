"""Links: they lead to pages, headings and files that exist."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from handbook.chapters import Chapter, Link
from handbook.estimate import did_you_mean
from handbook.report import Problem
from handbook.rules import Code, Rule
from handbook.rules.sources import Sources

GENERATED_FILES = ("assets/figures/",)


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
            "link-folder",
            "A link names a folder. Only a Markdown file is rewritten by the generator and opened "
            "by a code host.",
            "[News feed](../news-feed/)",
            "Name the file: `../news-feed/index.md`.",
        ),
        Code(
            "link-scheme",
            "Links are relative or start with https, http or mailto.",
            "[the paper](htps://example.org/paper)",
            "Mend the address.",
        ),
    )

    def over(self, sources: Sources) -> Iterator[Problem]:
        """Yields links that lead nowhere."""
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
