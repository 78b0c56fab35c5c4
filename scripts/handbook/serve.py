"""`handbook serve`: a preview that follows every edit.

Pages, figures and estimates are read again by the running server. The kit itself and the
configuration are read again by starting the server anew, which the open page notices.
"""

from __future__ import annotations

import argparse
import ast
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from handbook.build import prepare_environment, step
from handbook.project import Project
from handbook.report import Problem

POLL_SECONDS = 0.4
# A server that has run this long started well: what stops it later is worth another try.
SETTLED_SECONDS = 3.0


def run_serve(project: Project, args: argparse.Namespace) -> int:
    """Serves the site until interrupted or terminated.

    Args:
        project: The checkout.
        args: `host` and `port` to listen on.

    Returns:
        0 when stopped from outside, else the server's own status.
    """
    prepare_environment(project)
    address = f"{args.host}:{args.port}"
    step(f"Preview at http://{address}/ (Ctrl+C stops it)")
    command = [
        sys.executable, "-m", "mkdocs", "serve", "--config-file", str(project.config),
        "--dev-addr", address,
    ]  # fmt: skip
    # A shell starts what runs in the background with SIGINT ignored; SIGTERM always arrives.
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        return _keep_serving(project, command)
    except KeyboardInterrupt:
        return 0
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 (a handler's own)
    raise KeyboardInterrupt


def _keep_serving(project: Project, command: list[str]) -> int:
    has_served = False
    while True:
        seen, started = stamp(project), time.monotonic()
        broken = kit_problem(project) if has_served else None
        if broken:
            print(broken.text(project.root), file=sys.stderr, flush=True)
            _wait_for_change(project, seen)
            continue
        server = subprocess.Popen(command, cwd=project.root, env=dict(os.environ))
        try:
            while server.poll() is None and stamp(project) == seen:
                time.sleep(POLL_SECONDS)
        finally:
            _stop(server)
        if stamp(project) != seen:
            step("The kit or the configuration has changed: starting again")
        elif not has_served and time.monotonic() - started < SETTLED_SECONDS:
            return server.returncode or 0
        else:
            step("The server stopped: waiting for a change")
            _wait_for_change(project, seen)
        has_served = True


def _wait_for_change(project: Project, seen: tuple[int, int]) -> None:
    while stamp(project) == seen:
        time.sleep(POLL_SECONDS)


def kit_problem(project: Project) -> Problem | None:
    """Returns the first file of the kit that does not parse, which no server could import.

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


def _stop(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(timeout=5)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def stamp(project: Project) -> tuple[int, int]:
    """Tells whether code that a running server has already loaded was changed.

    Args:
        project: The checkout.

    Returns:
        How many such files there are, and when the newest was changed, in nanoseconds.
    """
    kit = project.root / "scripts"
    files: list[Path] = [project.config, *(p for p in kit.rglob("*") if p.suffix in SUFFIXES)]
    times = [path.stat().st_mtime_ns for path in files if path.is_file()]
    return len(times), max(times, default=0)


SUFFIXES = {".py", ".css", ".js", ".json"}
