"""What several test modules share: a checkout to build in, the built site, and a browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from browsing import address, browser, phone, plain, watched  # noqa: F401 (fixtures)

from handbook.project import Project

REPOSITORY = Path(__file__).resolve().parents[1]
# The built site is served under this address, so that nothing may assume the root of a host.
SITE_URL = "https://handbook.example/some/path/"
# The lock too: results of labs belong to the libraries that it names.
SOURCES = (
    "docs",
    "diagrams",
    "includes",
    "overrides",
    "mkdocs.yml",
    "requirements-test.lock",
    "scripts",
)
SKIPPED = shutil.ignore_patterns("__pycache__", "*.egg-info")


def copy_checkout(target: Path, origin: Project | None = None) -> Project:
    """Copies what a build reads, with the figures drawn so far, so that none is drawn twice."""
    for name in SOURCES:
        source = REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=SKIPPED)
        elif source.is_file():
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)
    cache = (origin or Project(REPOSITORY)).cache
    if cache.is_dir():
        shutil.copytree(cache, Project(target).cache)
    return Project(target)


def run_handbook(
    project: Project, *words: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Runs the command line in a checkout."""
    kept = {k: v for k, v in os.environ.items() if k not in ("SITE_URL", "REPO_URL", "EDIT_URI")}
    return subprocess.run(
        [sys.executable, "-m", "handbook.cli", *words],
        cwd=project.root,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="session")
def site_url() -> str:
    """Where the built site believes to be."""
    return SITE_URL


@pytest.fixture(scope="session")
def new_checkout(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[Project | None], Project]:
    """Makes copies of the repository that a test may change."""

    def make(origin: Project | None = None) -> Project:
        return copy_checkout(tmp_path_factory.mktemp("checkout") / "handbook", origin)

    return make


@pytest.fixture(scope="session")
def handbook() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the command line: `handbook(project, "build", SITE_URL="...")`."""
    return run_handbook


@pytest.fixture(scope="session")
def built(new_checkout: Callable[..., Project]) -> Project:
    """A copy with its site built once, strictly, under an address with a path."""
    project = new_checkout()
    done = run_handbook(project, "build", SITE_URL=SITE_URL)
    assert done.returncode == 0, done.stdout + done.stderr
    (project.root / "build.log").write_text(done.stdout + done.stderr, encoding="utf-8")
    return project
