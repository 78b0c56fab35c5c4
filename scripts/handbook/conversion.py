"""Converts pages on every processor, where the generator alone converts one after another.

A page's HTML depends on its own Markdown and on files, never on another page. So copies of this
process convert pages from the last one backwards while the generator goes through them from the
first; where they meet, what the copies made is taken over, with whatever they logged.
"""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import SynchronizedArray
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from handbook.processes import Notes, copies_pay, handle

# What a page asks of a plugin that keeps it in this process: pages made from docstrings, and
# anchors by name. They are converted here.
KEPT_HERE = (":::", "](){#")
FEWEST_PAGES = 8
OBJECTS_BETWEEN = 100_000


@dataclass(frozen=True)
class Converted:
    """What a page's conversion leaves on it, and what it logged.

    Attributes:
        fields: The page's attributes by name.
        anchors: The anchors that it links to, by the path of their file.
        records: What was logged meanwhile.
    """

    fields: dict[str, Any]
    anchors: dict[str, dict[str, str]] | None
    records: list[logging.LogRecord]


FIELDS = ("content", "toc", "_title_from_render", "present_anchor_ids")
_convert = Page.render


@contextmanager
def on_every_processor() -> Iterator[None]:
    """Lets the generator convert pages on every processor while the block runs.

    Processes are copied on Linux only; elsewhere, and with one processor, the generator converts
    as ever.
    """
    with _little_collecting(), _copies():
        yield


@contextmanager
def _little_collecting() -> Iterator[None]:
    """Looks for garbage seldom: a page is a tree of thousands of objects that all live on."""
    before = gc.get_threshold()
    gc.set_threshold(OBJECTS_BETWEEN, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def _copies() -> Iterator[None]:
    if not copies_pay():
        yield
        return
    before, ahead = Page.render, _Ahead()
    Page.render = ahead.render  # type: ignore[method-assign]
    try:
        yield
    finally:
        Page.render = before  # type: ignore[method-assign]
        ahead.stop()


class _Ahead:
    """The copies at work, and what they made."""

    def __init__(self) -> None:
        self._places: dict[str, int] | None = None
        self._workers: list[tuple[multiprocessing.process.BaseProcess, Connection]] = []
        self._claimed: SynchronizedArray[int] | None = None
        self._made: dict[str, Converted] = {}

    @property
    def render(self) -> Any:
        """A method for `Page` that does what its own does."""

        def render(page: Page, config: MkDocsConfig, files: Files) -> None:
            if self._places is None:
                self._start(config, files)
            if not self._mine(page.file.src_uri):
                self._collect()
            made = self._made.pop(page.file.src_uri, None)
            if made is None:
                # Ours to convert, or a copy died over it: what is wrong with it shows here.
                _convert(page, config, files)
            else:
                _apply(made, page, files)

        return render

    def _start(self, config: MkDocsConfig, files: Files) -> None:
        pages = list(files.documentation_pages())
        self._places = {file.src_uri: at for at, file in enumerate(pages)}
        if len(pages) < FEWEST_PAGES:
            return
        context = multiprocessing.get_context("fork")
        self._claimed = claimed = context.Array("b", len(pages))
        for _ in range((os.cpu_count() or 1) - 1):
            here, there = context.Pipe(duplex=False)
            asked = (pages, config, files, claimed, there)
            process = context.Process(target=_work, args=asked, daemon=True)
            process.start()
            there.close()
            self._workers.append((process, here))

    def _mine(self, name: str) -> bool:
        """Tells whether this process converts a page: no copy has begun to."""
        at = (self._places or {}).get(name)
        return at is None or self._claimed is None or _claim(self._claimed, at)

    def _collect(self) -> None:
        """Takes over everything that the copies made; they have no page left to begin with."""
        for process, pipe in self._workers:
            # One that died sends nothing; its pages are converted here after all.
            with suppress(EOFError):
                self._made.update(pipe.recv())
            process.join()
            pipe.close()
        self._workers = []

    def stop(self) -> None:
        """Ends the copies, should the build have failed before they were asked."""
        for process, pipe in self._workers:
            process.terminate()
            process.join()
            pipe.close()
        self._workers = []


def _claim(claimed: SynchronizedArray[int], at: int) -> bool:
    with claimed.get_lock():
        taken, claimed[at] = claimed[at], 1
    return not taken


def _work(
    pages: list[File],
    config: MkDocsConfig,
    files: Files,
    claimed: SynchronizedArray[int],
    pipe: Connection,
) -> None:
    """Converts pages from the last one on, in a copy, until all have begun."""
    made: dict[str, Converted] = {}
    notes = Notes()
    for at in range(len(pages) - 1, -1, -1):
        file = pages[at]
        if any(mark in file.content_string for mark in KEPT_HERE) or not _claim(claimed, at):
            continue
        notes.records = []
        try:
            page = _converted(file, config, files)
        except Exception:  # noqa: S112 - it is raised again where the generator reports it
            continue
        links = page.links_to_anchors
        anchors = None if links is None else {to.src_uri: each for to, each in links.items()}
        fields = {name: getattr(page, name) for name in FIELDS}
        made[file.src_uri] = Converted(fields, anchors, notes.records)
    pipe.send(made)
    pipe.close()


def _converted(file: File, config: MkDocsConfig, files: Files) -> Page:
    """Converts a page as the generator does: read, plugins, Markdown."""
    page = file.page or Page(None, file, config)
    config._current_page = page  # noqa: SLF001 (the generator's own loop sets it too)
    page.read_source(config)
    assert page.markdown is not None  # noqa: S101 (what reading is for)
    page.markdown = config.plugins.on_page_markdown(
        page.markdown, page=page, config=config, files=files
    )
    _convert(page, config, files)
    return page


def _apply(made: Converted, page: Page, files: Files) -> None:
    for name, value in made.fields.items():
        setattr(page, name, value)
    if made.anchors is not None:
        linked = ((files.get_file_from_path(uri), each) for uri, each in made.anchors.items())
        page.links_to_anchors = {file: each for file, each in linked if file}
    handle(made.records)
