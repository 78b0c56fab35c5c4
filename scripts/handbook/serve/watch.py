"""Tells which sources have changed. Looks at times and sizes, which works on every file system."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

# How long the files must rest before a change counts: an editor saves in several steps.
REST_SECONDS = 0.03
RESTS = 10
SKIPPED = {"__pycache__", "node_modules"}
# What editors leave beside the file that they write.
BESIDE = (".", "#")
BEHIND = ("~", ".swp", ".swx", ".tmp", ".bak")

Stamp = tuple[int, int]


@dataclass(frozen=True)
class Changes:
    """What happened to the sources since the last look.

    Attributes:
        edited: Files with another content.
        moved: Files that came or went.
    """

    edited: frozenset[Path] = frozenset()
    moved: frozenset[Path] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.edited or self.moved)

    def __or__(self, other: Changes) -> Changes:
        return Changes(self.edited | other.edited, self.moved | other.moved)


class Watcher:
    """Remembers how the files of some folders looked."""

    def __init__(self, places: Iterable[Path]) -> None:
        """Takes the first look.

        Args:
            places: Folders, which are watched with all that is in them, and single files.
        """
        self._places = [str(place) for place in places]
        self._seen = stamps(self._places)

    def newest(self, folder: Path, but: tuple[str, ...]) -> int:
        """Returns when a file of a folder last changed, in nanoseconds.

        Args:
            folder: A folder that is watched.
            but: The ends of names that do not count.
        """
        inside = f"{folder}{os.sep}"
        times = (
            stamp[0]
            for path, stamp in self._seen.items()
            if path.startswith(inside) and not path.endswith(but)
        )
        return max(times, default=0)

    def changes(self) -> Changes:
        """Returns what has changed since the last call, once the files have come to rest."""
        now = stamps(self._places)
        if now == self._seen:
            return Changes()
        for _ in range(RESTS):
            time.sleep(REST_SECONDS)
            before, now = now, stamps(self._places)
            if now == before:
                break
        edited = {path for path in now.keys() & self._seen.keys() if now[path] != self._seen[path]}
        moved = now.keys() ^ self._seen.keys()
        self._seen = now
        return Changes(frozenset(map(Path, edited)), frozenset(map(Path, moved)))


def stamps(places: Iterable[str]) -> dict[str, Stamp]:
    """Returns when each file was changed, in nanoseconds, and its size.

    Args:
        places: Folders and files; those that are missing hold nothing.
    """
    found: dict[str, Stamp] = {}
    for place in places:
        if Path(place).is_file():
            _note(Path(place).stat(), place, found)
        else:
            _look(place, found)
    return found


def _look(folder: str, found: dict[str, Stamp]) -> None:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        name = entry.name
        if name in SKIPPED or name.startswith(BESIDE) or name.endswith(BEHIND):
            continue
        try:
            if entry.is_dir(follow_symlinks=False):
                _look(entry.path, found)
            else:
                _note(entry.stat(), entry.path, found)
        except OSError:
            continue  # gone between two looks


def _note(status: os.stat_result, path: str, found: dict[str, Stamp]) -> None:
    found[path] = (status.st_mtime_ns, status.st_size)
