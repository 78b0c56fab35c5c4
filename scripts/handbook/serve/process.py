"""The process that builds and serves a preview; `handbook serve` starts it, and starts it anew.

It is a process of its own because code that is loaded stays loaded: an edit of the kit or of the
configuration ends it with `RESTART`. One thread looks for changes, some serve, this one builds.
"""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket

from handbook.build import show_progress, step
from handbook.drawing import render_all
from handbook.project import Project
from handbook.report import HandbookError, Problem
from handbook.serve import RESTART
from handbook.serve.pages import Pages
from handbook.serve.watch import Changes, Watcher
from handbook.serve.web import Server

SOURCES = ("docs", "diagrams", "includes", "overrides")
KIT = (".py", ".css", ".js", ".json")
INDEX = "index.html"
POLL_SECONDS = 0.1
# Pages that nobody looks at wait for this long after a change: the next one often follows soon.
QUIET_SECONDS = 0.5
# The search index is for an author who reads; one who writes need not pay for it.
INDEX_SECONDS = 5.0
# A page that takes so long is in a loop that somebody wrote; only a new process gets out of it.
STUCK_SECONDS = 20.0


class Preview:
    """Builds pages in one thread, first those that others wait for.

    Attributes:
        folder: Where the site is written.
        assets: When a style, a script or a picture last changed; part of every page's version.
    """

    def __init__(self, pages: Pages, assets: int) -> None:
        """Starts with all pages to be built.

        Args:
            pages: The pages, loaded.
            assets: When an asset last changed.
        """
        self.folder = pages.folder
        self.assets = assets
        self._pages = pages
        self._news = threading.Condition()
        self._changes = Changes()
        self._asked: Counter[str] = Counter()
        self._open: Counter[str] = Counter()
        self._edited: list[str] = []
        self._told: dict[Problem, float] = {}  # when, as files say it
        self._count = 0
        self._seconds = 0.0
        self._is_settled = False
        self._is_indexed = False
        self._changed_at = 0.0
        self._working_since: float | None = None
        self._indexer: threading.Thread | None = None

    # ---------------------------------------------------------------- for the other threads

    def path_of(self, address: str) -> str | None:
        """Returns the path of the page at an address; nothing where no page is.

        Args:
            address: What a browser asks for, without the first slash.
        """
        path = address + INDEX if not address or address.endswith("/") else address
        return path if path in self._pages else None

    def fresh(self, path: str) -> tuple[bytes, str]:
        """Returns a page and its version, built first where that is needed.

        Args:
            path: The page.
        """
        with self._news, _counted(self._asked, path):
            self._news.notify_all()
            self._news.wait_for(lambda: not self._is_awaited(path))
            page = self._pages.built.get(path)
        return (page.html, self._version(path)) if page else (b"", "")

    def wait_for_change(self, address: str, version: str, seconds: float) -> bool:
        """Waits for another version of what is at an address; tells whether there is one.

        Args:
            address: What a browser shows, without the first slash.
            version: The version that it shows.
            seconds: How long to wait.
        """
        path = self.path_of(address)
        with self._news, _counted(self._open, path or ""):
            self._news.notify_all()
            return self._news.wait_for(lambda: self._is_newer(address, version), seconds)

    def note(self, changes: Changes, assets: int) -> None:
        """Takes note of a change, and has it dealt with.

        Args:
            changes: What happened to the sources.
            assets: When an asset last changed.
        """
        with self._news:
            self._changes |= changes
            self.assets = assets
            self._news.notify_all()

    def is_stuck(self) -> bool:
        """Tells whether one page has been in the works for longer than any page needs."""
        since = self._working_since
        return since is not None and time.monotonic() - since > STUCK_SECONDS

    def _is_awaited(self, path: str) -> bool:
        return path in self._pages and (path in self._pages.stale or path not in self._pages.built)

    def _is_newer(self, address: str, version: str) -> bool:
        path = self.path_of(address)
        if path is None:
            return version != ""
        return not self._is_awaited(path) and self._version(path) != version

    def _version(self, path: str) -> str:
        page = self._pages.built.get(path)
        return f"{page.version}-{self.assets}" if page else ""

    # ---------------------------------------------------------------- the work

    def run(self) -> None:
        """Builds what is to be built, for ever."""
        step(f"{len(self._pages.stale)} pages to build; one that is asked for comes first")
        while True:
            with self._news:
                while not self._news.wait_for(self._has_work, QUIET_SECONDS):
                    pass
                changes, self._changes = self._changes, Changes()
            started = self._working_since = time.monotonic()
            try:
                self._work(changes)
            except HandbookError as error:
                self._pages.findings += error.problems
            except Exception as error:  # such as a file that went while it was read
                said = f"{type(error).__name__}: {error}"
                where = self._pages.project.config
                self._pages.findings.append(Problem(where, 0, 0, "preview", said))
            self._working_since = None
            self._seconds += time.monotonic() - started
            self._tell()
            with self._news:
                self._news.notify_all()

    def _has_work(self) -> bool:
        if self._changes or self._wanted():
            return True
        quiet = time.monotonic() - self._changed_at
        if self._pages.stale or not self._is_settled:
            return quiet > QUIET_SECONDS
        return not self._is_indexed and quiet > INDEX_SECONDS

    def _wanted(self) -> str | None:
        """The page that somebody waits for, or looks at, or has edited."""
        seen = (path for path in self._edited if path in self._open)
        wanted = (*self._asked, *seen, *self._open, *self._edited)
        return next((path for path in wanted if path in self._pages.stale), None)

    def _work(self, changes: Changes) -> None:
        if changes:
            self._changed_at = time.monotonic()
            self._is_settled = self._is_indexed = False
            self._forget(changes)
            self._edited = self._pages.apply(changes)
        elif self._pages.stale:
            with self._news:
                path = self._wanted() or next(iter(self._pages.stale))
            self._count += 1
            self._pages.build(path)
        elif not self._is_settled:
            self._is_settled = True
            self._pages.settle()
            pages = "1 page" if self._count == 1 else f"{self._count} pages"
            step(f"{pages} built in {self._seconds:.1f} s")
            self._count, self._seconds = 0, 0.0
        else:
            self._index()

    def _index(self) -> None:
        """Has the site made searchable, by another process with a lower priority."""
        if self._indexer and self._indexer.is_alive():
            self._changed_at = time.monotonic()  # the next rest is early enough
            return
        self._is_indexed = True
        words = [sys.executable, "-m", "handbook.serve.index"]
        words += [str(self._pages.project.root), str(self.folder)]
        self._indexer = threading.Thread(target=subprocess.run, args=[words], daemon=True)
        self._indexer.start()

    def _tell(self) -> None:
        """Says what was found, each finding once a change: a figure may stand on many pages."""
        found, self._pages.findings = self._pages.findings, []
        for problem in found:
            if problem not in self._told:
                self._told[problem] = time.time()
                print(problem.text(self._pages.project.root), file=sys.stderr, flush=True)

    def _forget(self, changes: Changes) -> None:
        """Has everything said anew, except what was found after the change was written.

        The page that was in the works then may have met the edit before the watcher did.
        """
        edited_at = max((written_at(path) for path in changes.edited), default=math.inf)
        self._told = {problem: at for problem, at in self._told.items() if at > edited_at}


def written_at(path: Path) -> float:
    """Returns when a file was last written, in seconds; never, if it has gone.

    Args:
        path: The file.
    """
    try:
        return path.stat().st_mtime
    except OSError:
        return math.inf


@contextmanager
def _counted(counts: Counter[str], path: str) -> Iterator[None]:
    """Counts who is there, while they are; the caller holds the lock."""
    counts[path] += 1
    try:
        yield
    finally:
        counts[path] -= 1
        if not counts[path]:
            del counts[path]


def watch(preview: Preview, watcher: Watcher, project: Project) -> None:
    """Looks for changes until the process ends: by a change of the kit, or with its parent.

    Args:
        preview: Who is told.
        watcher: What tells changes.
        project: The checkout.
    """
    parent = os.getppid()
    while True:
        time.sleep(POLL_SECONDS)
        if os.getppid() != parent:
            os.killpg(0, signal.SIGKILL)
        changes = watcher.changes()
        if changes and (preview.is_stuck() or changes_kit(project, changes)):
            os._exit(RESTART)
        if changes:
            preview.note(changes, newest_asset(project, watcher))


def changes_kit(project: Project, changes: Changes) -> bool:
    """Tells whether code or configuration was changed that this process has loaded.

    Args:
        project: The checkout.
        changes: What happened.
    """
    kit = project.root / "scripts"
    return any(
        path == project.config or (path.is_relative_to(kit) and path.suffix in KIT)
        for path in changes.edited | changes.moved
    )


def newest_asset(project: Project, watcher: Watcher) -> int:
    """Returns when a style, a script or a picture last changed, in nanoseconds.

    Args:
        project: The checkout.
        watcher: What has looked at the files.
    """
    return watcher.newest(project.docs, (".md", ".py"))


def main(root: str, folder: str, listening: str) -> int:
    """Serves a preview until it is stopped, or until it must be started anew.

    Args:
        root: The checkout.
        folder: Where the site is written; whoever starts this process removes it.
        listening: The number of the socket to serve on.

    Returns:
        1 where the configuration cannot be loaded.
    """
    project = Project(Path(root))
    listener = socket(fileno=int(listening))
    host, port = listener.getsockname()[:2]
    watcher = Watcher([project.config, *(project.root / name for name in (*SOURCES, "scripts"))])
    step("Drawing the figures")
    render_all(project, progress=show_progress)
    pages = Pages(project, Path(folder), f"http://{host}:{port}/")
    try:
        pages.load()
    except HandbookError as error:
        for problem in error.problems:
            print(problem.text(project.root), file=sys.stderr, flush=True)
        return 1
    preview = Preview(pages, newest_asset(project, watcher))
    server = Server(listener, preview)
    for work in (server.serve_forever, lambda: watch(preview, watcher, project)):
        threading.Thread(target=work, daemon=True).start()
    preview.run()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
