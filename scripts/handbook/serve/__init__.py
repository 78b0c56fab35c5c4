"""`handbook serve`: a preview that follows every edit.

One process holds the loaded site and builds again only the pages that a change concerns (see
`pages`), first the one that is open in a browser. The kit and the configuration are read again by
starting that process anew, on the same socket, so that no browser notices but by what it shows.
"""

from __future__ import annotations

import argparse
import ast
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from handbook.build import prepare_environment, step
from handbook.project import Project
from handbook.report import HandbookError, Problem
from handbook.serve.watch import stamps

# How the process says that it must be started anew.
RESTART = 75
POLL_SECONDS = 0.4


def run_serve(project: Project, args: argparse.Namespace) -> int:
    """Serves the site until interrupted or terminated.

    Args:
        project: The checkout.
        args: `host` and `port` to listen on.

    Returns:
        0 when stopped from outside, else the status of the process that could not start.

    Raises:
        HandbookError: The port is taken, or the host is not of this machine.
    """
    prepare_environment(project)
    # A shell starts what runs in the background with SIGINT ignored; SIGTERM always arrives.
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        # What was killed while it wrote may leave something.
        aside = tempfile.TemporaryDirectory(prefix="handbook-", ignore_cleanup_errors=True)
        with _listen(args.host, args.port) as listener, aside as folder:
            host, port = listener.getsockname()[:2]
            step(f"Preview at http://{host}:{port}/ (Ctrl+C stops it)")
            return _keep_serving(project, folder, listener)
    except KeyboardInterrupt:
        return 0
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 (a handler's own)
    raise KeyboardInterrupt


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        said = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
        fix = f"handbook serve --port {port + 1}"
        problem = Problem(f"{host}:{port}", 0, 0, "serve-address", said.lower(), fix)
        raise HandbookError([problem]) from None


def _keep_serving(project: Project, folder: str, listener: socket.socket) -> int:
    has_served = False
    while True:
        seen = _kit(project)
        broken = kit_problem(project) if has_served else None
        if broken:
            print(broken.text(project.root), file=sys.stderr, flush=True)
            _wait_for_change(project, seen)
            continue
        with _process(project, folder, listener) as process:
            status = process.wait()
        if status == RESTART:
            step("The kit or the configuration has changed: starting again")
        elif not has_served and status == 1:
            return status
        else:
            step("The server stopped: waiting for a change")
            _wait_for_change(project, seen)
        has_served = True


@contextmanager
def _process(
    project: Project, folder: str, listener: socket.socket
) -> Iterator[subprocess.Popen[bytes]]:
    """Starts the process that serves; ends it, with those that draw for it, whatever happens."""
    words = [str(project.root), folder, str(listener.fileno())]
    process = subprocess.Popen(
        [sys.executable, "-m", "handbook.serve.process", *words],
        cwd=project.root,
        env=dict(os.environ),
        pass_fds=[listener.fileno()],
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait_for_change(project: Project, seen: dict[str, tuple[int, int]]) -> None:
    while _kit(project) == seen:
        time.sleep(POLL_SECONDS)


def _kit(project: Project) -> dict[str, tuple[int, int]]:
    """What a process that serves has loaded, and what it reads before it serves."""
    names = ("scripts", "overrides", "docs", "diagrams", "includes")
    return stamps([str(project.config), *(str(project.root / name) for name in names)])


def kit_problem(project: Project) -> Problem | None:
    """Returns the first file of the kit that does not parse, which no process could import.

    Args:
        project: The checkout.
    """
    for path in sorted((project.root / "scripts").rglob("*.py")):
        try:
            ast.parse(path.read_bytes(), str(path))
        except SyntaxError as error:
            message = f"{error.msg}; the preview goes on when it is mended"
            return Problem(path, error.lineno or 0, 0, "kit-syntax", message)
    return None
