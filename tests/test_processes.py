"""Work done in a copy of the process is as if it had been done here."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from handbook import processes
from handbook.processes import beside
from handbook.report import HandbookError, Problem


@pytest.fixture(autouse=True)
def several(monkeypatch):
    monkeypatch.setattr(processes, "copies_pay", lambda: hasattr(os, "fork"))


def test_what_it_returns_and_writes_is_there(tmp_path: Path):
    file = tmp_path / "written"

    def work() -> int:
        file.write_text("text")
        return os.getpid()

    with beside(work) as made:
        assert made() != os.getpid()
    assert file.read_text() == "text"


def test_what_it_finds_is_raised_where_it_is_waited_for():
    problem = Problem("page.md", 1, 2, "code", "message", "mend it")

    def work() -> None:
        raise HandbookError([problem])

    with pytest.raises(HandbookError) as caught, beside(work) as made:
        made()
    assert caught.value.problems == [problem]


def test_what_it_logs_is_logged_here(caplog):
    with beside(lambda: logging.getLogger("mkdocs.some").warning("a %s", "warning")) as made:
        assert not caplog.records
        made()
    assert [(each.name, each.getMessage()) for each in caplog.records] == [
        ("mkdocs.some", "a warning")
    ]


def test_where_a_copy_dies_the_work_is_done_here():
    here = os.getpid()

    def work() -> int:
        if os.getpid() != here:
            os._exit(9)
        return 7

    with beside(work) as made:
        assert made() == 7


def test_a_failure_ends_the_copy_too():
    read, write = os.pipe()

    def work() -> None:
        os.write(write, str(os.getpid()).encode())
        while True:
            pass

    def failing() -> None:
        with beside(work):
            raise ValueError(os.read(read, 20).decode())

    with pytest.raises(ValueError, match=r"\d+") as caught:
        failing()
    with pytest.raises(ProcessLookupError):
        os.kill(int(str(caught.value)), 0)


def test_with_one_processor_there_is_no_copy(monkeypatch):
    monkeypatch.setattr(processes, "copies_pay", lambda: False)
    with beside(os.getpid) as made:
        assert made() == os.getpid()
