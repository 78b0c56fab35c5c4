"""Where things are: the folders of one checkout of the handbook."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from handbook.report import HandbookError, Problem


@dataclass(frozen=True)
class Project:
    """The folders of one checkout.

    Attributes:
        root: The folder that holds `mkdocs.yml`.
    """

    root: Path

    @property
    def docs(self) -> Path:
        """What a reader reads."""
        return self.root / "docs"

    @property
    def diagrams(self) -> Path:
        """What the figures are drawn from."""
        return self.root / "diagrams"

    @property
    def cache(self) -> Path:
        """Generated files, kept by content; safe to delete."""
        return self.root / ".cache" / "handbook"

    @property
    def site(self) -> Path:
        """The built site."""
        return self.root / "site"

    @property
    def config(self) -> Path:
        """The configuration of the site generator."""
        return self.root / "mkdocs.yml"

    def relative(self, path: Path) -> Path:
        """Returns `path` as a reader of an error message wants it: from the root.

        Args:
            path: A path inside the checkout, or any other, which is returned unchanged.
        """
        return path.relative_to(self.root) if path.is_relative_to(self.root) else path


def find_project(start: Path | None = None) -> Project:
    """Finds the checkout that holds `start`.

    Args:
        start: A folder inside the checkout; the working directory where none is given.

    Raises:
        HandbookError: No folder from `start` upwards holds `mkdocs.yml`.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "mkdocs.yml").is_file():
            return Project(folder)
    raise HandbookError(
        [
            Problem(
                here,
                0,
                0,
                "no-project",
                "no mkdocs.yml here or above",
                "run the command inside a checkout of the handbook",
            )
        ]
    )
