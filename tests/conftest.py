"""What several test modules share: a checkout to build in, the built site, and a browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from handbook.project import Project

REPOSITORY = Path(__file__).resolve().parents[1]
# The built site is served under this address, so that nothing may assume the root of a host.
SITE_URL = "https://handbook.example/some/path/"
SOURCES = ("docs", "diagrams", "includes", "overrides", "mkdocs.yml", "scripts")
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
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy of the repository; tests may read it, not change it."""
    return copy_checkout(tmp_path_factory.mktemp("checkout") / "handbook")


@pytest.fixture(scope="session")
def built(checkout: Project) -> Project:
    """The copy with its site built once, strictly."""
    done = run_handbook(checkout, "build", SITE_URL=SITE_URL)
    assert done.returncode == 0, done.stdout + done.stderr
    (checkout.root / "build.log").write_text(done.stdout + done.stderr, encoding="utf-8")
    return checkout
