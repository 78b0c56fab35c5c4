"""`handbook published`: the addresses that were given out, which have to go on leading somewhere.

Readers bookmark pages and headings, and other people's texts link to them. `docs/published.txt`
lists every such address, one a line and sorted, so that a pull request which drops one shows it.
It lies beside the pages, where it changes with them, and is left out of the site. A built site
without one of them is not published: a page that moves leaves a redirect, a heading that changes
its name leaves its old anchor, `<a id="old-name"></a>`.
"""

from __future__ import annotations

import argparse
import posixpath
import sys
from collections.abc import Iterator
from pathlib import Path

from handbook.project import Project
from handbook.report import Problem, Report
from handbook.site import Document, Site, built

FIX = "handbook published"
#: Records that grow with every reading: their pages stay, their headings belong to the readers.
RECORDS = "contributing/reviews/"


def path_of(project: Project) -> Path:
    """Returns the file that lists what was published.

    Args:
        project: The checkout.
    """
    return project.docs / "published.txt"


def listed(project: Project) -> dict[str, int]:
    """Returns every address that was published with its line; none where nothing was yet.

    Args:
        project: The checkout.
    """
    path = path_of(project)
    if not path.is_file():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return {line.strip(): at for at, line in enumerate(lines, 1) if line.strip()}


def addresses(site: Site) -> set[str]:
    """Returns every address that readers of a site may keep: its pages and their headings.

    Names of our own code in the API pages are left out: they change with the code. So are the
    headings of reviews, which a second reading adds and nobody bookmarks.

    Args:
        site: The built site.
    """
    found: set[str] = set()
    for page in site.pages.values():
        if page.moved or posixpath.basename(page.path) != "index.html":
            continue
        address = posixpath.dirname(page.path) + "/"
        found.add(address)
        if address.startswith(RECORDS):
            continue
        found |= {
            f"{address}#{heading.id}"
            for heading in page.headings
            if heading.id and heading.level > 1 and not heading.generated
        }
    return found


def gone(site: Site) -> Iterator[tuple[str, int, Document | None]]:
    """Yields each address that was published and leads nowhere now, its line, and its page.

    Args:
        site: The built site.
    """
    for address, line in listed(site.project).items():
        folder, _, anchor = address.partition("#")
        page = site.pages.get(posixpath.join(folder, "index.html").lstrip("/"))
        if page is None or (anchor and not page.moved and anchor not in page.ids):
            yield address, line, page


def run_published(project: Project, args: argparse.Namespace) -> int:
    """Lists what the built site publishes: the verb `handbook published`.

    What is listed already stays, whether it still leads somewhere or not: a promise is taken back
    by hand.

    Args:
        project: The checkout.
        args: `check` writes nothing and fails where an address is missing.

    Returns:
        0 when the list is whole, else 1.

    Raises:
        HandbookError: There is no built site.
    """
    before = set(listed(project))
    new = sorted(addresses(built(project)) - before)
    path = path_of(project)
    if args.check:
        said = "the built site has {}, which is not listed"
        Report(Problem(path, 0, 0, "published-new", said.format(each), FIX) for each in new).print(
            project.root
        )
        print(f"{len(new)} addresses are not listed" if new else "every address is listed")
        return 1 if new else 0
    if new:
        path.write_text("\n".join(sorted(before | set(new))) + "\n", encoding="utf-8")
    print(f"{path.relative_to(project.root)}: {len(new)} new, {len(before) + len(new)} in all")
    for each in new if sys.stdout.isatty() else ():
        print(f"  {each}")
    return 0
