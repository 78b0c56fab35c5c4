"""The pages of a preview: which of them a change concerns, and each built on its own.

MkDocs builds all pages or none. Here its configuration, files, navigation and templates stay
loaded, and its own two steps, from Markdown to HTML and from there into the theme, run for one
page at a time: first for the page that somebody looks at, later for the rest.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import TemplateSyntaxError
from mkdocs.commands.build import _build_page, _build_theme_template, _populate_page
from mkdocs.config import load_config
from mkdocs.structure.files import File, Files, InclusionLevel, get_files, set_exclusions
from mkdocs.structure.nav import Navigation, get_navigation
from mkdocs.structure.pages import Page

from handbook.build import problem_of, warnings_of_all
from handbook.derivations import forget
from handbook.estimate import noting, using
from handbook.markdown.figure import SCHEME, Drawn, figures, look_again
from handbook.project import Project
from handbook.report import HandbookError, Problem
from handbook.serve.watch import Changes

if TYPE_CHECKING:
    from jinja2 import Environment
    from mkdocs.config.defaults import MkDocsConfig

FIGURE = re.compile(rf"\({SCHEME}([\w/-]+)\)")
GALLERY = re.compile(r"(?m)^::: figure-gallery[ \t]*$")
API = re.compile(r"(?m)^::: ([\w-]+(?:\.[\w-]+)+)[ \t]*$")
SNIPPET = "--8<--"
LISTING = re.compile(r"<!--\s*material/tags\b")
# What plugins put in once every page is known.
OPEN_REFERENCES = ("<autoref ", "<backlinks ")
# Of a page's front matter, what other pages show.
SHARED = "tags"
# MkDocs says this of every exception that it lets through, which says more itself.
OBVIOUS = ("Error reading page", "Error building page")
FAILED = """<!doctype html><html lang="en">
<head><meta charset="utf-8"><title>Not built</title></head>
<body><h1>This page cannot be built</h1><pre data-hb-error="preview">{}</pre></body></html>
"""


@dataclass(frozen=True)
class Built:
    """One page as it was last built.

    Attributes:
        html: The whole page.
        version: A digest of it.
        text: Its Markdown.
        files: The estimates that its numbers rest on.
    """

    html: bytes
    version: str
    text: str
    files: frozenset[Path]


@dataclass
class Loaded:
    """What MkDocs knows once it has read the configuration and found the files.

    Attributes:
        config: The configuration.
        files: Every file of the site.
        nav: The navigation.
        env: The templates.
        pages: The pages by their path in the site.
        listings: Those that list tags.
    """

    config: MkDocsConfig
    files: Files
    nav: Navigation
    env: Environment
    pages: dict[str, File] = field(default_factory=dict)
    listings: set[str] = field(default_factory=set)


class Pages:
    """Every page of the site, by its path there (`case-studies/news-feed/index.html`).

    Attributes:
        stale: The pages that are to be built again, in the order of the files.
        built: The pages as they were last built.
        findings: What was found so far; whoever shows it takes it away.
    """

    def __init__(self, project: Project, folder: Path, address: str) -> None:
        """Remembers where things are; `load` does the work.

        Args:
            project: The checkout.
            folder: Where the site is written.
            address: Where it is served.
        """
        self.project = project
        self.folder = folder
        self.stale: dict[str, None] = {}
        self.built: dict[str, Built] = {}
        self.findings: list[Problem] = []
        self._address = address
        self._site: Loaded | None = None
        self._drawn = Drawn({}, {})

    @property
    def paths(self) -> list[str]:
        """The paths of all pages; none before anything is loaded."""
        return list(self._site.pages) if self._site else []

    def __contains__(self, path: str) -> bool:
        """Tells whether there is such a page."""
        return self._site is not None and path in self._site.pages

    @property
    def _loaded(self) -> Loaded:
        assert self._site is not None  # noqa: S101  (`load` comes first)
        return self._site

    def load(self) -> None:
        """Reads the configuration, the navigation and the titles; every page is stale then.

        Raises:
            HandbookError: The configuration or a template is wrong. What was loaded before stays.
        """
        with self._noting() as said, using(self.project):
            try:
                new = self._load()
            except Exception as error:
                problems = self._problems(said) or [self._problem(self.project.config, error)]
                said.clear()
                raise HandbookError(problems) from error
            self._site = new
            self._draw()
        for path in self.built.keys() - new.pages.keys():
            del self.built[path]
            (self.folder / path).unlink(missing_ok=True)
        self.stale = dict.fromkeys(new.pages)

    def _load(self) -> Loaded:
        config = load_config(str(self.project.config), site_dir=str(self.folder))
        config.plugins.on_startup(command="serve", dirty=False)
        config.site_url = self._address
        config = config.plugins.on_config(config)
        config.plugins.on_pre_build(config=config)
        files = get_files(config)
        env = config.theme.get_env()
        files.add_files_from_theme(env, config)
        files = config.plugins.on_files(files, config=config)
        set_exclusions(files, config)
        nav = get_navigation(files, config)
        nav = config.plugins.on_nav(nav, config=config, files=files)
        new = Loaded(config, files, nav, env)
        for file in files.documentation_pages(inclusion=InclusionLevel.is_in_serve):
            new.pages[file.dest_uri] = file
            self._read(new, file)
        new.env = config.plugins.on_env(env, config=config, files=files)
        files.copy_static_files(dirty=False, inclusion=InclusionLevel.is_in_serve)
        for name in config.theme.static_templates:
            _build_theme_template(name, new.env, files, config, nav)
        return new

    def _read(self, new: Loaded, file: File) -> None:
        """Reads the title and tags of a page, which others show; all of one that lists tags."""
        page = file.page or Page(None, file, new.config)
        try:
            if LISTING.search(file.content_string):
                new.listings.add(file.dest_uri)
                _populate_page(page, new.config, new.files)
                return
            page.read_source(new.config)
            page.markdown = new.config.plugins.on_page_markdown(
                page.markdown or "", page=page, config=new.config, files=new.files
            )
        except Exception:
            # Building the page fails in the same way, and that is said there.
            page.markdown = page.markdown or ""
            if file.dest_uri in new.listings:
                new.listings.remove(file.dest_uri)
                page.content = ""

    # ---------------------------------------------------------------- what a change concerns

    def apply(self, changes: Changes) -> list[str]:
        """Makes the pages stale that a change concerns.

        Args:
            changes: What happened to the sources.

        Returns:
            The pages whose own text was edited, which their author wants to see.

        Raises:
            HandbookError: All had to be loaded again, and that failed.
        """
        if changes.moved or any(self._changes_all(path) for path in changes.edited):
            old = set(self.built)
            self.load()
            return [path for path in self.paths if path not in old] + self._own(changes.edited)
        own = self._own(changes.edited)
        concerned = set(own)
        if self._within(changes.edited, "includes"):
            concerned |= set(self.paths)
        if any(path.suffix != ".md" for path in changes.edited):
            forget()
            redrawn = self._draw()
            concerned |= {p for p in self.paths if self._rests_on(p, changes.edited, redrawn)}
            self._copy(changes.edited)
        self.stale = {p: None for p in self.paths if p in concerned or p in self.stale}
        return own

    def _changes_all(self, path: Path) -> bool:
        if path.is_relative_to(self.project.root / "overrides"):
            return True
        return path.suffix == ".md" and bool(LISTING.search(_text(path)))

    def _within(self, paths: Iterable[Path], folder: str) -> bool:
        return any(path.is_relative_to(self.project.root / folder) for path in paths)

    def _source(self, path: str) -> Path:
        return Path(self._loaded.pages[path].abs_src_path or "")

    def _own(self, edited: frozenset[Path]) -> list[str]:
        return [path for path in self.paths if self._source(path) in edited]

    def _rests_on(self, path: str, edited: frozenset[Path], redrawn: set[str]) -> bool:
        page = self.built.get(path)
        if page is None or SNIPPET in page.text:
            return True
        beside = self._source(path).parent
        # Beside a chapter lie its estimate and its results; in `docs` itself lies nobody's.
        near = beside != self.project.docs and any(each.parent == beside for each in edited)
        shown = {*FIGURE.findall(page.text)}
        shown |= {name.partition("/")[0] for name in shown}
        return (
            near
            or bool(page.files & edited)
            or bool(shown & redrawn)
            or (self._within(edited, "diagrams") and bool(GALLERY.search(page.text)))
            or any(self._module(name) in edited for name in API.findall(page.text))
        )

    def _module(self, name: str) -> Path:
        return self.project.docs / (name.replace(".", "/") + ".py")

    def _draw(self) -> set[str]:
        """Draws what has changed; returns the ids that are concerned, or modules of them."""
        look_again()
        old, new = self._drawn, figures(self.project)
        self._drawn = new
        return _different(old.figures, new.figures) | _different(old.problems, new.problems)

    def _copy(self, edited: frozenset[Path]) -> None:
        for file in self._loaded.files:
            if not file.is_documentation_page() and Path(file.abs_src_path or "") in edited:
                file.copy_file(dirty=False)

    # ---------------------------------------------------------------- building

    def build(self, path: str) -> None:
        """Builds one page, which is not stale then; one that cannot be built shows why.

        Args:
            path: The page.

        Raises:
            HandbookError: Its title or tags changed, and loading all pages for that failed.
        """
        site, source = self._loaded, self._source(path)
        page = _page(site.pages[path])
        before, used = _shared(page), set[Path]()
        with self._noting(), noting(used), using(self.project):
            try:
                html = self._html(site, path)
            except Exception as error:
                problem = self._problem(source, error)
                self.findings.append(problem)
                html = FAILED.format(escape(problem.text(self.project.root))).encode()
        version = hashlib.sha256(html).hexdigest()[:16]
        self.built[path] = Built(html, version, page.markdown or "", frozenset(used))
        self.stale.pop(path, None)
        if before != _shared(page):
            self.load()
            self.stale.pop(path, None)

    def _html(self, site: Loaded, path: str) -> bytes:
        file = site.pages[path]
        page = _page(file)
        if path not in site.listings:
            has_api = API.search(_text(Path(file.abs_src_path or ""))) is not None
            if has_api and "mkdocstrings" in site.config.plugins:
                # It would show the code that it has read before.
                plugin: Any = site.config.plugins["mkdocstrings"]
                plugin.handlers.teardown()
            _populate_page(page, site.config, site.files)
            if has_api or any(mark in (page.content or "") for mark in OPEN_REFERENCES):
                only = Files([file])
                site.env = site.config.plugins.on_env(site.env, config=site.config, files=only)
        target = Path(file.abs_dest_path)
        target.unlink(missing_ok=True)
        documents = list(site.pages.values())
        draft = file.inclusion == InclusionLevel.DRAFT
        _build_page(page, site.config, documents, site.nav, site.env, excluded=draft)
        return target.read_bytes() if target.is_file() else b""

    def settle(self) -> None:
        """Does what needs every page: looks for missing anchors, and finishes the site."""
        site = self._loaded
        with self._noting():
            for file in site.pages.values():
                level = site.config.validation.links.anchors
                _page(file).validate_anchor_links(files=site.files, log_level=level)
            try:
                site.config.plugins.on_post_build(config=site.config)
            except HandbookError as error:
                self.findings += error.problems

    # ---------------------------------------------------------------- findings

    @contextmanager
    def _noting(self) -> Iterator[list[str]]:
        with warnings_of_all() as said:
            try:
                yield said
            finally:
                self.findings += self._problems(said)

    def _problems(self, said: Iterable[str]) -> list[Problem]:
        texts = [text for text in dict.fromkeys(said) if not text.startswith(OBVIOUS)]
        return [problem_of(self.project, text) for text in texts]

    def _problem(self, path: Path, error: Exception) -> Problem:
        if isinstance(error, HandbookError) and error.problems:
            return error.problems[0]
        line = 0
        if isinstance(error, TemplateSyntaxError) and error.filename:
            path, line = Path(error.filename), error.lineno
        said = " ".join(str(error).split())
        return Problem(path, line, 0, "preview", f"{type(error).__name__}: {said}".rstrip(": "))


def _page(file: File) -> Page:
    assert file.page is not None  # noqa: S101  (made when the file was read)
    return file.page


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _shared(page: Page) -> tuple[str, str]:
    """What other pages show of a page: its title and its tags."""
    return str(page.title), repr(page.meta.get(SHARED))


def _different(old: dict[str, Any], new: dict[str, Any]) -> set[str]:
    return {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
