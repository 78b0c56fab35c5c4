"""`handbook build`: draws, checks, builds aside, checks what was built, then swaps it in.

Nothing that is published is touched until the new site is whole and clean.
"""

from __future__ import annotations

import argparse
import errno
import html
import logging
import os
import posixpath
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from handbook import sandbox
from handbook.markdown.context import line_of, read_problem
from handbook.processes import beside
from handbook.project import Project
from handbook.publishing import MARKED, MARKER, failure, publish, publishing
from handbook.report import HandbookError, Problem, Report

# What a file system says that takes no more.
NOT_WRITTEN = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EIO)
QUIET = {
    # Both announce the end of the generator's life on every build.
    "NO_MKDOCS_2_WARNING": "1",
    "DISABLE_MKDOCS_2_WARNING": "true",
}
REDIRECT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Moved</title>
<meta http-equiv="refresh" content="0; url={target}"><meta name="robots" content="noindex">
<link rel="canonical" href="{target}"></head>
<body><p>This page has moved to <a href="{target}">{target}</a>.</p></body></html>
"""


def run_build(project: Project, args: argparse.Namespace) -> int:
    """Builds the site and publishes it into `site/`.

    Args:
        project: The checkout.
        args: `into` is given to the part that runs contributors' Python, in a process with limits:
            the folder aside that it builds into.

    Returns:
        0 when the site was swapped in; 1 when something was found, and 130 when interrupted: then
        the old one was kept.

    Raises:
        HandbookError: The site's folder cannot be replaced, or not by us.
    """
    if args.into:
        return make(project, Path(args.into))
    started = time.monotonic()
    with publishing(project) as aside:
        # Nothing that a contributor wrote runs in this process, which may write to `site/`.
        words = ["build", "--into", str(aside)]
        status = sandbox.run(project, words, writable=[project.cache, aside])
        if status:
            return status
        publish(aside, project.site)
    seconds = time.monotonic() - started
    print(f"Built site/ in {seconds:.1f} s. To look at it: make serve, or open site/index.html")
    return 0


def make(project: Project, aside: Path) -> int:
    """Checks the sources, builds the site aside, and checks what was built.

    Args:
        project: The checkout.
        aside: An empty folder.

    Returns:
        0 when the folder may be published, 1 when something was found.
    """
    report = Report()
    try:
        report.extend(_check_sources(project))
        if report.ok:
            report.extend(build_into(project, aside))
        if report.ok:
            (aside / MARKER).write_text(MARKED, encoding="utf-8")
            step("Checking the built site")
            report.extend(_check_site(project, aside))
    except OSError as error:
        report.add(failure(project, error))
    report.print(project.root)
    if not report.ok:
        kept = "; the site that was there is kept" if project.site.exists() else ""
        print(f"Not built: {len(report.problems)} found{kept}.", file=sys.stderr)
    return 0 if report.ok else 1


def step(text: str) -> None:
    """Says what is done now.

    Args:
        text: The step, without a full stop.
    """
    print(f"==> {text}", flush=True)


def _check_sources(project: Project) -> list[Problem]:
    from handbook.check import check_sources
    from handbook.drawing import render_all

    step("Drawing the figures")
    render_all(project, progress=show_progress)
    step("Checking the sources")
    return list(check_sources(project))


def show_progress(done: int, of: int) -> None:
    """Counts figures on one line of a terminal; a log gets every tenth.

    Args:
        done: How many are drawn.
        of: How many there are.
    """
    if sys.stdout.isatty():
        print(f"\r    {done} of {of}", end="\n" if done == of else "", flush=True)
    elif done % 10 == 0 or done == of:
        print(f"    {done} of {of}", flush=True)


def _check_site(project: Project, folder: Path) -> list[Problem]:
    from handbook.site import check_site

    return check_site(project, folder)


def build_into(project: Project, folder: Path) -> list[Problem]:
    """Builds the site into a folder.

    Args:
        project: The checkout.
        folder: Where to; it is made anew.

    Returns:
        One finding for every warning that anything logged on the way.
    """
    from mkdocs.commands.build import build
    from mkdocs.config import load_config
    from mkdocs.exceptions import Abort, ConfigurationError

    from handbook.conversion import on_every_processor

    step("Building the pages")
    prepare_environment(project)
    with warnings_of_all() as found:
        try:
            with _inside(project.root):
                config = load_config(str(project.config), site_dir=str(folder), strict=True)
                config.plugins.on_startup(command="build", dirty=False)
                with on_every_processor():
                    build(config)
                config.plugins.on_shutdown()
        except ConfigurationError as error:
            found.append(str(error))
        except Abort:
            # Strict mode stops after the warnings, which are already noted.
            pass
        except HandbookError:
            raise
        except Exception as error:
            # The generator logs which page an exception comes from before it lets it through. A
            # full disk is no page's fault.
            if not found or getattr(error, "errno", None) in NOT_WRITTEN:
                raise
    return [problem_of(project, text) for text in dict.fromkeys(found)]


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


class _Collector(logging.Handler):
    """Notes every warning of every logger: strict mode counts only MkDocs' own."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(record.getMessage())


@contextmanager
def warnings_of_all() -> Iterator[list[str]]:
    """Collects what any logger warns of meanwhile."""
    collector = _Collector()
    root = logging.getLogger()
    logging.captureWarnings(True)
    root.addHandler(collector)
    try:
        yield collector.found
    finally:
        root.removeHandler(collector)
        logging.captureWarnings(False)


def problem_of(project: Project, text: str) -> Problem:
    """Reads the place back out of a logged message, where it has one.

    Args:
        project: The checkout.
        text: What was logged.
    """
    ours = read_problem(project.root, text)
    if ours:
        return ours
    named = re.search(r"Doc file '([^']+)'", text)
    if named is None:
        return Problem(project.config, 0, 0, "build", text.strip())
    source = project.docs / named[1]
    link = re.search(r"link '([^']+)'", text)
    line = line_of(source, link[1]) if link else 0
    return Problem(source, line, 0, "build", text.strip())


def prepare_environment(project: Project) -> None:
    """Sets the variables that the generator's configuration reads.

    Args:
        project: The checkout.
    """
    os.environ.update(QUIET)
    os.environ.setdefault("SOURCE_DATE_EPOCH", source_date(project))
    if os.environ.get("REPO_URL"):
        os.environ.setdefault("EDIT_URI", "edit/main/docs/")


def source_date(project: Project) -> str:
    """Returns the time of the last commit, in seconds since 1970, so that builds repeat.

    Args:
        project: The checkout; outside version control the answer is 0.
    """
    asked = subprocess.run(
        ["git", "-C", str(project.root), "log", "-1", "--format=%at"],
        capture_output=True,
        text=True,
        check=False,
    )
    return asked.stdout.strip() or "0"


def finish(
    project: Project, folder: Path, redirects: Mapping[str, str], *, preview: bool = False
) -> None:
    """Adds to a built site what the generator does not write.

    Args:
        project: The checkout.
        folder: The built site.
        redirects: Old address to new, both from the site's root (`old/page/`).
        preview: Leaves out what readers need and an author at work does not.

    Raises:
        HandbookError: A redirect leads nowhere or would hide a page, or a step found something.
    """
    from handbook import assets, calculators, feeds, policy, questions, search

    _write_downloads(project, folder)
    problems = calculators.write_calculators(project, folder)
    problems += [
        problem
        for old, new in redirects.items()
        for problem in _redirect(project, folder, old, new)
    ]
    if not os.environ.get("SITE_URL"):
        # Without an address a sitemap can only be empty.
        for name in ("sitemap.xml", "sitemap.xml.gz"):
            (folder / name).unlink(missing_ok=True)
    if not preview:
        # The order matters: search reads whole pages, the policy hashes what is finally there.
        with (
            beside(partial(feeds.write_feeds, project, folder)) as fed,
            search.write_search_meanwhile(project, folder) as found,
        ):
            problems += fed()
            problems += questions.write_questions(project, folder)
            problems += assets.bundle(project, folder)
            problems += policy.write_policy(project, folder)
        problems += found
    if problems:
        raise HandbookError(problems)


def _write_downloads(project: Project, folder: Path) -> None:
    from handbook.markdown.figure import download_path, figures

    for figure_id, figure in figures(project).figures.items():
        target = folder / download_path(figure_id)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(figure.download_svg, encoding="utf-8")


def _redirect(project: Project, folder: Path, old: str, new: str) -> list[Problem]:
    source = folder / old.strip("/") / "index.html"
    target = folder / new.partition("#")[0].strip("/") / "index.html"
    line = line_of(project.config, f"{old}:")
    if not target.is_file():
        return [Problem(project.config, line, 0, "redirect", f"{old} leads to no page: {new}")]
    if source.is_file():
        return [Problem(project.config, line, 0, "redirect", f"{old} is a page; it has not moved")]
    source.parent.mkdir(parents=True, exist_ok=True)
    link = posixpath.relpath(new, old.strip("/") or ".") + ("/" if new.endswith("/") else "")
    source.write_text(REDIRECT.format(target=html.escape(link)), encoding="utf-8")
    return []
