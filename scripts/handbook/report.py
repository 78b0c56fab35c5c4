"""What is wrong, where, and what mends it: one line a problem, all of them at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO


@dataclass(frozen=True, order=True)
class Problem:
    """One finding.

    Attributes:
        path: The file at fault, absolute or relative to the project.
        line: Its line, from 1; 0 where the whole file is meant.
        column: Its column, from 1; 0 where the whole line is meant.
        code: A stable name in kebab-case, explained in the contributor's guide.
        message: What is wrong, without a full stop.
        fix: The command or the edit that mends it.
    """

    path: Path | str
    line: int
    column: int
    code: str
    message: str
    fix: str = ""

    def text(self, root: Path | None = None) -> str:
        """Returns the finding as `file:line:column: code: message (fix: ...)`.

        Args:
            root: The folder that paths are shown relative to.
        """
        place = self.shown_path(root)
        if self.line:
            place += f":{self.line}" + (f":{self.column}" if self.column else "")
        mend = f" (fix: {self.fix})" if self.fix else ""
        return f"{place}: {self.code}: {self.message}{mend}"

    def annotation(self, root: Path | None = None) -> str:
        """Returns the finding as a workflow command, which a forge shows beside the line.

        Args:
            root: The folder that paths are shown relative to.
        """
        body = self.message + (f" (fix: {self.fix})" if self.fix else "")
        for raw, escaped in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A")):
            body = body.replace(raw, escaped)
        file = self.shown_path(root)
        for raw, escaped in (("%", "%25"), (":", "%3A"), (",", "%2C"), ("\n", "%0A")):
            file = file.replace(raw, escaped)
        column = f",col={self.column}" if self.line and self.column else ""
        place = f"file={file},line={max(self.line, 1)}{column},title={self.code}"
        return f"::error {place}::{body}"

    def record(self, root: Path | None = None) -> dict[str, str | int]:
        """Returns the finding as a record for a machine; line and column are 0 where unknown.

        Args:
            root: The folder that paths are shown relative to.
        """
        return {
            "file": self.shown_path(root),
            "line": self.line,
            "column": self.column,
            "code": self.code,
            "message": self.message,
            "fix": self.fix,
        }

    def shown_path(self, root: Path | None) -> str:
        """Returns the path as a message shows it: relative to `root` where it can be."""
        path = Path(self.path)
        if root is not None and path.is_absolute() and path.is_relative_to(root):
            path = path.relative_to(root)
        return path.as_posix()


class HandbookError(Exception):
    """Bad input, told in whole lines and never as a traceback.

    Attributes:
        problems: Every finding, at least one.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(problem.text() for problem in self.problems))

    def __reduce__(self) -> tuple[type[HandbookError], tuple[list[Problem]]]:
        # The default rebuilds from the message alone; worker processes send these home whole.
        return type(self), (self.problems,)


class Report:
    """Collects findings, so that a run fails once and says everything."""

    def __init__(self, problems: Iterable[Problem] = ()) -> None:
        self._problems: set[Problem] = set(problems)

    def add(self, problem: Problem) -> None:
        """Adds one finding; the same one twice counts once."""
        self._problems.add(problem)

    def extend(self, problems: Iterable[Problem]) -> None:
        """Adds findings."""
        self._problems.update(problems)

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self._problems

    @property
    def problems(self) -> list[Problem]:
        """The findings by file, line and code."""
        return sorted(
            self._problems,
            key=lambda p: (str(p.path), p.line, p.column, p.code, p.message),
        )

    def print(self, root: Path | None = None, stream: TextIO | None = None) -> None:
        """Prints every finding, and on a forge's runner its annotation too.

        Args:
            root: The folder that paths are shown relative to.
            stream: Where to; standard error where none is given.
        """
        out = stream or sys.stderr
        for problem in self.problems:
            print(problem.text(root), file=out)
        if os.environ.get("GITHUB_ACTIONS") == "true":
            for problem in self.problems:
                print(problem.annotation(root))
