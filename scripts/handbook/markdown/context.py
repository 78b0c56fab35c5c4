"""What an extension knows of the page at hand, and how it says that something is wrong.

Python-Markdown does not tell an extension its page. MkDocs and Zensical each leave a processor
of theirs in the converter that knows; `Context.page` asks whichever is there.
"""

from __future__ import annotations

import logging
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from markdown import Markdown

from handbook.project import Project, find_project
from handbook.report import Problem

# A child of MkDocs' own logger: `--strict` counts what is logged here.
LOG = logging.getLogger("mkdocs.handbook")
# A finding as `Problem.text` writes it: the place, then the code.
WRITTEN = re.compile(r"(?P<path>[^\s:]+\.\w+):(?:(?P<line>\d+):)?(?:\d+:)? (?P<code>[a-z-]+): ")


@dataclass(frozen=True)
class Page:
    """The page that is being converted.

    Attributes:
        uri: Its Markdown file, relative to `docs/`, with forward slashes.
        meta: Its front matter.
        relinks_html: Whether the generator rewrites links in raw HTML too, from relative to the
            Markdown file to relative to the page. Zensical does, MkDocs does not.
    """

    uri: str
    meta: Mapping[str, Any] = field(default_factory=dict)
    relinks_html: bool = False

    @property
    def url(self) -> str:
        """Its folder in the built site (`case-studies/news-feed/`), the root being empty."""
        stem = posixpath.splitext(self.uri)[0]
        folder = posixpath.dirname(stem) if posixpath.basename(stem) == "index" else stem
        return f"{folder}/" if folder else ""

    def to_root(self, address: str) -> str:
        """Returns a link from this page's raw HTML to a file of the built site.

        Args:
            address: The file, relative to the site's root.
        """
        here = posixpath.dirname(self.uri) if self.relinks_html else self.url
        return posixpath.relpath(address, here or ".")

    def link(self, address: str) -> str:
        """Returns a link as the generator wants it: relative to the Markdown file.

        Args:
            address: Any link. One that starts with `/` is meant from the root of `docs/`.
        """
        if not address.startswith("/") or address.startswith("//"):
            return address
        parts = urlsplit(address)
        here = posixpath.dirname(self.uri) or "."
        path = posixpath.relpath(parts.path.lstrip("/"), here)
        return path + (f"#{parts.fragment}" if parts.fragment else "")


class Context:
    """The page, the checkout and the way to report, shared by the parts of the extension."""

    def __init__(self, md: Markdown, root: str, repo_url: str) -> None:
        self.md = md
        self._root = root
        self.repo_url = repo_url.rstrip("/")
        self._told: set[Problem] = set()

    @property
    def page(self) -> Page | None:
        """The page, or nothing where Markdown is converted outside a generator."""
        if "relpath" in self.md.treeprocessors:  # MkDocs
            file = getattr(self.md.treeprocessors["relpath"], "file", None)
            if file is not None:
                return Page(file.src_uri, getattr(file.page, "meta", None) or {})
        if "rendering_context" in self.md.preprocessors:  # Zensical
            page = getattr(self.md.preprocessors["rendering_context"], "page", None)
            if page is not None:
                return Page(page.path, page.meta or {}, relinks_html=True)
        return None

    @cached_property
    def project(self) -> Project:
        """The checkout.

        Raises:
            HandbookError: The working directory is in none.
        """
        return find_project(Path(self._root) if self._root else None)

    @property
    def source(self) -> Path | None:
        """The page's Markdown file."""
        return self.project.docs / self.page.uri if self.page else None

    def problem(self, code: str, message: str, near: str, fix: str = "") -> Problem:
        """Makes a finding of this page and logs it, which fails a strict build.

        Args:
            code: Its name.
            message: What is wrong.
            near: Text of the source that tells the line.
            fix: What mends it.
        """
        path = self.source
        problem = Problem(path or "(text)", line_of(path, near), 0, code, message, fix)
        self.log(problem)
        return problem

    def log(self, problem: Problem) -> None:
        """Logs a finding where a strict build counts it, once a page.

        One broken estimate stands behind every number of its chapter.
        """
        if problem in self._told:
            return
        self._told.add(problem)
        text = problem.text(self.project.root if self.page else None)
        LOG.warning("%s", text, extra={"problem": problem})

    def error(self, problem: Problem, tag: str = "div") -> Element:
        """Returns an element that shows a finding in the page, where its subject would be.

        Args:
            problem: The finding.
            tag: `div` between paragraphs, `span` within one.
        """
        element = Element(tag, {"class": "hb-error", "data-hb-error": problem.code})
        element.text = problem.text(self.project.root if self.page else None)
        return element


def line_of(path: Path | None, text: str) -> int:
    """Returns the line of a file that first holds a text, from 1; 0 where none does.

    Args:
        path: The file; it need not exist.
        text: What to look for; its first line counts.
    """
    if path is None or not path.is_file():
        return 0
    wanted = text.strip().splitlines()[0] if text.strip() else ""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((at for at, line in enumerate(lines, 1) if wanted and wanted in line), 0)


def read_problem(root: Path, text: str) -> Problem | None:
    """Returns the finding that a line of text is, or nothing where it is none.

    Args:
        root: The folder its path is relative to.
        text: What was logged or shown on a page.
    """
    written = WRITTEN.match(text)
    if written is None:
        return None
    line = int(written["line"] or 0)
    return Problem(root / written["path"], line, 0, written["code"], text[written.end() :])
