"""Publishing: a new site takes the old one's place in one step, or nothing changes at all.

One build a checkout at a time; into a folder aside, on the disk before it is swapped in; and only
over a folder that a build made. Whenever a build is killed, or the disk is full, readers see the
whole old site or the whole new one.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from handbook.project import Project
from handbook.report import HandbookError, Problem

# Hosts that run Jekyll over what they serve are kept from it by this file; it is also how a build
# knows its own folder.
MARKER = ".nojekyll"
MARKED = "Built by `handbook build`; the next build replaces this folder.\n"
# What every site had before it was marked.
LAYOUT = ("404.html", "index.html", "llms.txt", "objects.inv")
AT_FDCWD = -100
RENAME_EXCHANGE = 2
# Files that are written to the disk at a time: it takes many as fast as one.
AT_ONCE = 16


@contextmanager
def publishing(project: Project) -> Iterator[Path]:
    """Holds the lock of builds, and gives a folder aside that goes with the block.

    Args:
        project: The checkout.

    Yields:
        An empty folder beside the site.

    Raises:
        HandbookError: Another build is at work, the target is not ours, or a folder cannot be
            written.
    """
    try:
        with _lock(project):
            refuse(project.site)
            sweep(project)
            aside = project.root / f"{project.site.name}.{os.getpid()}.new"
            aside.mkdir()
            try:
                yield aside
            finally:
                shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        raise HandbookError([failure(project, error)]) from error


def failure(project: Project, error: OSError) -> Problem:
    """Returns the finding for a file system that does not do what a build needs.

    Args:
        project: The checkout.
        error: What the system said.
    """
    place = error.filename if isinstance(error.filename, str) else str(project.site)
    said = f"cannot be written: {error.strerror or error}"
    fix = "see that there is space, and that the folder is yours"
    return Problem(Path(place), 0, 0, "publish-failed", said, fix)


@contextmanager
def _lock(project: Project) -> Iterator[None]:
    """Keeps other builds out. The system lets go of it when this process ends, however it does."""
    try:
        import fcntl  # not on every system
    except ImportError:
        yield
        return
    project.cache.mkdir(parents=True, exist_ok=True)
    path = project.cache / "build.lock"
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            said = f"process {file.read().strip() or 'unknown'} is building this site"
            fix = "wait until it has ended, or end it"
            raise HandbookError([Problem(path, 0, 0, "publish-locked", said, fix)]) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def refuse(site: Path) -> None:
    """Refuses to replace what no build has made.

    Args:
        site: Where the site is to be.

    Raises:
        HandbookError: Something else is there.
    """
    said = ""
    if site.is_symlink():
        said = "is a symbolic link, which a build would replace"
    elif site.exists() and not site.is_dir():
        said = "is a file, where the site is to be"
    elif site.is_dir() and not _is_ours(site):
        said = "holds something that no build has made"
    if said:
        fix = "move it away; a build makes the folder anew"
        raise HandbookError([Problem(site, 0, 0, "publish-target", said, fix)])


def _is_ours(site: Path) -> bool:
    marker = site / MARKER
    if marker.is_file() and not marker.is_symlink():
        return marker.read_bytes() == MARKED.encode()
    return not any(site.iterdir()) or all((site / name).is_file() for name in LAYOUT)


def sweep(project: Project) -> None:
    """Removes what killed builds left, and brings back a site that one had just moved away.

    Args:
        project: The checkout. Folders of builds that are still running stay.
    """
    name = project.site.name
    for left in sorted(project.root.glob(f"{name}.*")):
        parts = re.fullmatch(rf"{re.escape(name)}\.(\d+)\.(new|old)", left.name)
        if parts is None or _is_running(int(parts[1])):
            continue
        if parts[2] == "old" and not project.site.exists():
            left.rename(project.site)
        else:
            shutil.rmtree(left, ignore_errors=True)


def _is_running(process: int) -> bool:
    if process == os.getpid():
        # Left by another one that had this number: no build of this process has begun.
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        pass
    return True


def publish(aside: Path, site: Path) -> None:
    """Puts a whole site where the old one was, in one step where the system can.

    Args:
        aside: The new site; the old one is there afterwards, if there was one.
        site: Where readers look. There is a site at every moment.

    Raises:
        OSError: The disk does not take it; the old site is untouched.
    """
    to_disk(aside)
    if not site.exists():
        aside.rename(site)
    elif not _exchange(aside, site):
        old = site.with_name(f"{site.name}.{os.getpid()}.old")
        site.rename(old)
        aside.rename(site)
        shutil.rmtree(old, ignore_errors=True)
    _flush(site.parent)


def to_disk(folder: Path) -> None:
    """Makes a folder ready to be served: readable by all, and on the disk, whatever comes then.

    Args:
        folder: The folder.

    Raises:
        OSError: The disk does not take one of them.
    """
    paths = [path for path in folder.rglob("*") if not path.is_symlink()]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(_settle, [*paths, folder]))


def _settle(path: Path) -> None:
    """Lets everybody read it, as a server does, whoever builds and with whatever mask."""
    path.chmod(0o755 if path.is_dir() else 0o644)
    _flush(path)


def _flush(path: Path) -> None:
    place = os.open(path, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)


def _exchange(one: Path, other: Path) -> bool:
    """Swaps two folders at once; on Linux and macOS, and not on every file system."""
    first, second = os.fsencode(one), os.fsencode(other)
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "darwin":
            done = library.renamex_np(first, second, ctypes.c_uint(RENAME_EXCHANGE))
        else:
            flags = ctypes.c_uint(RENAME_EXCHANGE)
            done = library.renameat2(AT_FDCWD, first, AT_FDCWD, second, flags)
    except (OSError, AttributeError):
        return False
    return bool(done == 0)
