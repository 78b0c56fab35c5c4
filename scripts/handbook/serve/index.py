"""Makes a preview searchable: run by the preview as a process of its own, and of low priority."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from handbook.project import Project
from handbook.search import write_search


def main(root: str, folder: str) -> int:
    """Writes the search index into the preview's site.

    What it finds wrong with a page is for a build to say; here a page may be half written.

    Args:
        root: The checkout.
        folder: The preview's site.

    Returns:
        0.
    """
    os.nice(10)
    write_search(Project(Path(root)), Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
