"""Runs verbs that execute contributors' Python in a process of their own, with limits and a box.

Estimates, figures and the tables of pages are Python of strangers. So a verb that runs them is run
by another process, which has limits, no environment and no open file; this one only waits. On
Linux that process is in a box besides (`handbook.box`): no network, and a view of the machine that
is read-only. CI insists on the box; elsewhere one line says that it is missing.

What runs too long is ended by the kernel, at any place, and Python's fault handler says where that
was. Then the verb is run again without the file at fault, which costs it one finding.
"""

from __future__ import annotations

import faulthandler
import json
import os
import re
import signal
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NoReturn

from handbook.project import Project
from handbook.report import HandbookError, Problem

# How long a file may compute at once, in seconds of the clock; estimates take milliseconds.
SECONDS = 10.0
# What one process may hold of its own, in bytes: the largest build that we measure, ten times.
MEMORY = 2 << 30
LARGEST_FILE = 256 << 20
PROCESSOR_SECONDS = 900
PROCESSES = 512
# One file after another may hang; after so many there is enough to mend.
MOST_RUNS = 10

TIME_LIMIT = "HANDBOOK_TIME_LIMIT"
_TOLD = "HANDBOOK_SANDBOX"
# What a build may know of who builds. Nothing else of the environment is passed on.
PASSED = (
    "CI",
    "COLUMNS",
    "DISABLE_MKDOCS_2_WARNING",
    "EDIT_URI",
    "GITHUB_ACTIONS",
    "LANG",
    "LC_ALL",
    "NO_MKDOCS_2_WARNING",
    "PATH",
    "PYTHONHASHSEED",
    "PYTHONPATH",
    "REPO_URL",
    "SITE_URL",
    "SOURCE_DATE_EPOCH",
    "TERM",
    "TZ",
)
_LOG = 3
_NO_BOX = 125
_NOT_RUN = 127
_BY_SIGNAL = 128
_FRAME = re.compile(
    r'^  File "(?P<file>[^"]+)", line (?P<line>\d+) in (?P<name>\S+)$', re.MULTILINE
)
# What begins the part of a dump that tells of the thread which was stopped.
_CURRENT = "Current thread "
_CRASHED = "Fatal Python error: "
_STARTED, _ENDED = b"started\n", b"ended\n"


@dataclass(frozen=True)
class Place:
    """Where contributors' Python was when it was ended.

    Attributes:
        path: The file.
        line: Its line.
        functions: The functions of that file that were running, the innermost first.
        crashed: Whether Python itself crashed there; if not, it took too long.
    """

    path: Path
    line: int
    functions: tuple[str, ...]
    crashed: bool


# --------------------------------------------------------------------------- outside


def run(project: Project, words: Sequence[str], writable: Iterable[Path] = ()) -> int:
    """Runs a verb in a process with limits, in a box where that is possible.

    Args:
        project: The checkout.
        words: The verb and its arguments, as typed.
        writable: The folders that it may write to; they have to exist.

    Returns:
        Its exit status; 1 where it had to be ended.

    Raises:
        HandbookError: It cannot be run as safely as CI asks for, or ended in a way that blames
            no file.
    """
    if not hasattr(os, "fork"):
        return _unlimited(words)
    hung: list[Problem] = []
    folders = tuple(writable)
    boxed = sys.platform == "linux"
    while True:
        with tempfile.TemporaryFile() as log, _folder() as place:
            code = _attempt(project, words, folders, place if boxed else None, hung, log)
            said = _all_of(log)
        if boxed and not said.startswith(_STARTED):
            _no_box(project, said.decode("utf-8", "replace").strip() or f"it ended with {code}")
            boxed = False
        elif said.endswith(_ENDED) or code == _BY_SIGNAL + signal.SIGINT:
            return code
        else:
            problem = _blame(project, code, said)
            hung.append(problem)
            if len(hung) == MOST_RUNS or problem in hung[:-1]:
                raise HandbookError(hung)
            where = project.relative(Path(hung[-1].path)).as_posix()
            print(f"==> Again, without {where}", file=sys.stderr, flush=True)


def _unlimited(words: Sequence[str]) -> int:
    from handbook.cli import main  # the verb itself; it imports this module

    print("note: this system cannot limit what contributors' Python does", file=sys.stderr)
    os.environ[_TOLD] = json.dumps({"hung": [], "seconds": 0, "log": False})
    return main(words)


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="handbook-"))
    try:
        yield folder
    finally:
        # Empty on this side: what is mounted there is seen in the box only.
        with suppress(OSError):
            folder.rmdir()


def _attempt(
    project: Project,
    words: Sequence[str],
    writable: tuple[Path, ...],
    place: Path | None,
    hung: Sequence[Problem],
    log: BinaryIO,
) -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        _become(project, words, writable, place, hung, log.fileno())
    while True:
        try:
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            return code if code >= 0 else _BY_SIGNAL - code
        except KeyboardInterrupt:
            # The terminal has told the child as well; it ends as it sees fit.
            continue


def _become(
    project: Project,
    words: Sequence[str],
    writable: tuple[Path, ...],
    place: Path | None,
    hung: Sequence[Problem],
    log: int,
) -> NoReturn:
    """Turns this fork of the process into the verb, and comes back never."""
    code = _NOT_RUN
    try:
        _close_descriptors(log)
        if sys.platform == "linux":
            from handbook import box  # speaks Linux only

            box.die_with_parent()
            if place is not None:
                code, here = _NO_BOX, Path.cwd()
                shown = box.readable(project.root, here)
                box.enter(box.View(shown, writable, place, here))
        _limit(boxed=place is not None)
        command = [sys.executable, "-m", "handbook.cli", *words]
        os.execve(sys.executable, command, _environment(hung, boxed=place is not None))  # noqa: S606
    except BaseException as error:
        with suppress(OSError):
            os.write(_LOG, str(error).encode())
    finally:
        os._exit(code)


def _close_descriptors(log: int) -> None:
    os.dup2(log, _LOG)
    os.set_inheritable(_LOG, True)
    os.closerange(_LOG + 1, os.sysconf("SC_OPEN_MAX"))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)


def _limit(*, boxed: bool) -> None:
    import resource  # not on every system

    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_DATA: MEMORY,
        resource.RLIMIT_FSIZE: LARGEST_FILE,
        resource.RLIMIT_CPU: PROCESSOR_SECONDS,
    }
    if boxed:
        # In the box only its own processes count; outside, all of this user's do.
        limits[resource.RLIMIT_NPROC] = PROCESSES
    for name, most in limits.items():
        hard = resource.getrlimit(name)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        # Where a system knows a limit by name only, the others still hold.
        with suppress(OSError, ValueError):
            resource.setrlimit(name, (least, least))


def _environment(hung: Sequence[Problem], *, boxed: bool) -> dict[str, str]:
    kept = {name: os.environ[name] for name in PASSED if name in os.environ}
    records = [problem.record() for problem in hung]
    told = {"hung": records, "seconds": _limit_of_time(), "log": True}
    kept[_TOLD] = json.dumps(told)
    if boxed:
        # A folder of another owner is no danger in here: nobody's commands are run from it.
        kept |= {
            "HOME": "/tmp",  # noqa: S108 (the box's own)
            "TMPDIR": "/tmp",  # noqa: S108
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
        }
    elif "TMPDIR" in os.environ:
        kept["TMPDIR"] = os.environ["TMPDIR"]
    return kept


def _all_of(log: BinaryIO) -> bytes:
    log.seek(0)
    return log.read()


def _no_box(project: Project, why: str) -> None:
    """Says that there is no box: CI fails, a laptop is told once a checkout."""
    why = " ".join(why.split())
    if os.environ.get("CI"):
        said = f"contributors' Python cannot be isolated here: {why}"
        fix = "allow unprivileged user namespaces, or unset CI to trust what is checked out"
        raise HandbookError([Problem(project.config, 0, 0, "sandbox-missing", said, fix)])
    told = project.cache / "no-sandbox"
    if not told.exists():
        print(f"note: no isolation here, only limits, for Python you trust: {why}", file=sys.stderr)
        with suppress(OSError):
            told.parent.mkdir(parents=True, exist_ok=True)
            told.touch()


def _blame(project: Project, code: int, log: bytes) -> Problem:
    """Returns the finding for a run that had to be ended, at the line that ran.

    Raises:
        HandbookError: No file of a contributor was running.
    """
    number = code - _BY_SIGNAL
    names = {each.value: each.name for each in signal.Signals}
    place = place_of(project, log.decode("utf-8", "replace"))
    if place is None or number not in names:
        said = f"Python was ended midway: {names.get(number, f'status {code}')}"
        fix = "look for an estimate or a figure that ends the program"
        raise HandbookError([Problem(project.config, 0, 0, "python-crash", said, fix)])
    return problem_of(place)


# --------------------------------------------------------------------------- inside

_seconds = 0.0
_hung: dict[Path, Problem] = {}
_within = False
_inside = False


def inside() -> bool:
    """Tells whether this process is the one with limits, and sets it up when first asked.

    Returns:
        Whether verbs are to be run here; if not, `run` runs them.
    """
    global _seconds, _inside
    told = os.environ.pop(_TOLD, "")
    if told:
        record = json.loads(told)
        for each in record["hung"]:
            path = Path(each["file"])
            fields = (each[name] for name in ("line", "column", "code", "message", "fix"))
            _hung[path] = Problem(path, *fields)
        _seconds = record["seconds"] if record["log"] else 0.0
        if record["log"]:
            os.write(_LOG, _STARTED)
            faulthandler.enable(_LOG)
            for number in (signal.SIGALRM, signal.SIGXCPU):
                # Written by the handler itself, even out of a loop in C; then the default ends it.
                faulthandler.register(number, _LOG, all_threads=True, chain=True)
        _inside = True
    return _inside


def ended() -> None:
    """Tells the process outside that the verb has come to its end, whatever it found."""
    if _seconds:
        os.write(_LOG, _ENDED)


@contextmanager
def limited(at_least: float = 0.0) -> Iterator[None]:
    """Lets contributors' Python run for `SECONDS` at most; where it does not end, all here ends.

    Args:
        at_least: Seconds that this needs, where it may take longer than an estimate.
    """
    global _within
    if not _seconds or _within:
        yield
        return
    _within = True
    signal.setitimer(signal.ITIMER_REAL, max(_seconds, at_least))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        _within = False


def refuse(path: Path) -> None:
    """Refuses to run again what had to be ended before.

    Args:
        path: The file of an estimate.

    Raises:
        HandbookError: It had to be ended; says at which line.
    """
    if path in _hung:
        raise HandbookError([_hung[path]])


def note(problem: Problem) -> None:
    """Remembers that a file had to be ended, for this process and those forked from it.

    Args:
        problem: The finding.
    """
    _hung[Path(problem.path)] = problem


def told_since(offset: int) -> str:
    """Returns what the fault handler has written behind an offset; nothing outside the limits.

    Args:
        offset: As `written` gave it.
    """
    return os.pread(_LOG, 1 << 20, offset).decode("utf-8", "replace") if _seconds else ""


def written() -> int:
    """Returns how much the fault handler has written."""
    return os.fstat(_LOG).st_size if _seconds else 0


def place_of(project: Project, log: str) -> Place | None:
    """Returns where contributors' Python was, by what the fault handler wrote last.

    Args:
        project: The checkout.
        log: What it wrote.
    """
    at = max(log.rfind(_CURRENT), 0)
    crashed = _CRASHED in log[log.rfind(_CURRENT, 0, at) + 1 : at]
    ours = [
        frame
        for frame in _FRAME.finditer(log, at)
        if Path(frame["file"]).is_relative_to(project.docs)
        or Path(frame["file"]).is_relative_to(project.diagrams)
    ]
    if not ours:
        return None
    path = Path(ours[0]["file"])
    functions = tuple(frame["name"] for frame in ours if frame["file"] == ours[0]["file"])
    return Place(path, int(ours[0]["line"]), functions, crashed)


def problem_of(place: Place) -> Problem:
    """Returns the finding for Python that had to be ended.

    Args:
        place: Where it was.
    """
    if place.crashed:
        fix = "mend what this line calls"
        return Problem(place.path, place.line, 0, "python-crash", "crashed Python itself", fix)
    said = f"still runs after {_seconds or _limit_of_time():g} s"
    fix = "see that the loop ends, or compute less"
    return Problem(place.path, place.line, 0, "python-hung", said, fix)


def _limit_of_time() -> float:
    return float(os.environ.get(TIME_LIMIT) or SECONDS)
