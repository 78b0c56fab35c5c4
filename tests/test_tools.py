"""The linters run all and fail once; the browser is found, installed, or named in one line."""

from __future__ import annotations

import argparse
import subprocess
from pathlib import Path

import pytest

from handbook import browser, lint
from handbook.project import Project
from handbook.report import HandbookError

NOTHING = argparse.Namespace()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "mkdocs.yml").touch()
    return Project(tmp_path)


def program(folder: Path, name: str, status: int) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\nexit {status}\n")
    path.chmod(0o755)
    return path


# --------------------------------------------------------------------------- lint


def test_every_linter_runs_before_the_verdict(project, monkeypatch, capfd):
    folder = project.root / "bin"
    folder.mkdir()
    for name, status in (("ruff", 1), ("mypy", 0), ("typos", 2)):
        program(folder, name, status)
    monkeypatch.setattr(lint.sys, "executable", str(folder / "python"))
    assert lint.run_lint(project, NOTHING) == 1
    said = capfd.readouterr()
    assert [line for line in said.out.splitlines() if line.startswith("==>")] == [
        "==> ruff check",
        "==> ruff format",
        "==> mypy",
        "==> typos",
    ]
    assert said.err.splitlines() == [
        "ruff check failed (fix: ruff check --fix .)",
        "ruff format failed (fix: ruff format .)",
        "typos failed (fix: typos --write-changes)",
    ]


def test_workflows_are_checked_where_there_are_some(project):
    before = {tool.name for tool in lint.tools(project)}
    folder = project.root / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "a.yml").touch()
    assert {tool.name for tool in lint.tools(project)} - before == {"zizmor", "workflow schema"}


def test_a_missing_linter_is_named(project, monkeypatch):
    monkeypatch.setattr(lint.sys, "executable", str(project.root / "python"))
    with pytest.raises(HandbookError, match=r"no-tool: ruff is not installed \(fix: make lint\)"):
        lint.run_lint(project, NOTHING)


# --------------------------------------------------------------------------- browser


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without any browser."""
    monkeypatch.setattr(browser.shutil, "which", lambda _: None)
    monkeypatch.setattr(browser, "PLACES", ())
    monkeypatch.setattr(browser, "_playwright_browser", lambda: None)
    monkeypatch.delenv(browser.VARIABLE, raising=False)


def test_a_browser_may_be_named(bare, project, monkeypatch):
    path = program(project.root, "my-browser", 0)
    monkeypatch.setenv(browser.VARIABLE, str(path))
    assert browser.find_browser() == path


def test_a_browser_that_does_not_start_is_none(bare, project, monkeypatch):
    monkeypatch.setenv(browser.VARIABLE, str(program(project.root, "my-browser", 127)))
    assert browser.find_browser() is None


def test_a_browser_on_the_path_is_found(bare, project, monkeypatch):
    path = program(project.root, "chromium", 0)
    monkeypatch.setattr(
        browser.shutil, "which", lambda name: str(path) if name == "chromium" else None
    )
    assert browser.find_browser() == path


def test_without_a_browser_one_line_says_what_to_install(bare, project, monkeypatch):
    asked: list[list[str]] = []

    def refuse(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        asked.append(command)
        return subprocess.CompletedProcess(command, 1)

    monkeypatch.setattr(browser.subprocess, "run", refuse)
    with pytest.raises(HandbookError) as raised:
        browser.run_doctor(project, argparse.Namespace(browser=True))
    assert str(raised.value) == (
        "browser: no-browser: the browser tests need Chromium or Chrome, and none could be "
        f"installed (fix: {browser.INSTALL})"
    )
    assert asked[-1][1:] == ["-m", "playwright", "install", "chromium"]


def test_debians_package_comes_first_where_it_may(bare, monkeypatch):
    monkeypatch.setattr(browser.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(browser.os, "geteuid", lambda: 0)
    assert "apt-get install" in next(browser._ways())[-1]
    monkeypatch.setattr(browser.os, "geteuid", lambda: 1000)
    assert next(browser._ways())[1:3] == ["-m", "playwright"]


def test_missing_system_libraries_are_named(project, monkeypatch):
    def fail(_: str) -> None:
        raise ImportError("libX11.so.6: cannot open shared object file")

    monkeypatch.setattr(browser.importlib, "import_module", fail)
    with pytest.raises(HandbookError, match=r"no-graphviz: libX11.so.6.*apt install libx11-6"):
        browser.run_doctor(project, argparse.Namespace(browser=False))
