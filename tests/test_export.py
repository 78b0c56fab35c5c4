"""The Anki deck: every quiz and figure, with lasting identities, the same bytes each time."""

from __future__ import annotations

import json
import re
import sqlite3
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from handbook.chapters import read_all
from handbook.cli import main
from handbook.export import anki
from handbook.markdown.quiz import quizzes
from handbook.project import Project
from handbook.report import HandbookError

QUIZ = """
```quiz
id: {id}
question: Why `two` stages when $x < y$?
options:
  - id: a
    text: One costs [too much](other.md#there).
    correct: true
    why: It sees *every* post.
  - id: b
    text: Habit.
    why: No.
```
"""
OTHERS = """
```quiz
id: in-order
kind: order
question: In which order?
items:
  - id: one
    text: First
    why: It is free.
  - id: two
    text: Second.
    why: It needs the first.
  - id: three
    text: Third.
    why: It needs both.
```

```quiz
id: in-words
kind: free
question: Say it.
answer: The model answer.
points:
  - the point
  - another
```
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A checkout with two pages and one figure."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1763700000")
    (tmp_path / "mkdocs.yml").write_text("site_name: Toy\n")
    (tmp_path / "diagrams").mkdir()
    (tmp_path / "diagrams" / "toy.py").write_text(
        '"""Toy."""\n\nfrom handbook.drawing import Client, Service\n\n\n'
        'def path():\n    """A path that is short.\n\n    A client asks a service.\n    """\n'
        '    Client("App", "one") >> Service("API", "two")\n'
    )
    docs = tmp_path / "docs" / "part"
    docs.mkdir(parents=True)
    head = "---\ntitle: {title}\ndescription: A page.\n---\n\n# {title}\n"
    (docs / "one.md").write_text(
        head.format(title="One") + QUIZ.format(id="two-stages") + "\n![A path.](figure:toy/path)\n"
    )
    (docs / "two.md").write_text(head.format(title="Two") + OTHERS)
    return Project(tmp_path)


def notes(path: Path, folder: Path) -> dict[str, list[str]]:
    """The fields of every note of a deck by its guid."""
    with zipfile.ZipFile(path) as deck:
        database = folder / "read.db"
        database.write_bytes(deck.read("collection.anki2"))
    with sqlite3.connect(database) as read:
        return {
            guid: fields.split("\x1f")
            for guid, fields in read.execute("select guid, flds from notes")
        }


def test_every_quiz_and_figure_is_a_card(project: Project, tmp_path: Path) -> None:
    deck = anki.write_deck(project, tmp_path / "deck.apkg")
    assert (deck.questions, deck.figures) == (3, 1)
    found = notes(tmp_path / "deck.apkg", tmp_path)
    by_text = {fields[0]: fields for fields in found.values()}
    asked = by_text["Why <code>two</code> stages when \\(x &lt; y\\)?"]
    # Shuffled, as on the page.
    assert asked[1] == '<ol type="A"><li>Habit.</li><li>One costs too much.</li></ol>'
    assert "<b>B is right.</b> It sees <em>every</em> post." in asked[2]
    assert asked[3] == "One · part/one/"
    assert "<li><b>First.</b> It is free.</li>" in by_text["In which order?"][2]
    assert "<li>the point</li><li>another</li>" in by_text["Say it."][2]
    drawn = by_text["A path that is short"]
    assert drawn[1] == '<img src="ml-system-design-handbook-toy-path.svg" alt="">'
    assert drawn[2] == "A client asks a service."


def test_its_media_are_the_figures(project: Project, tmp_path: Path) -> None:
    anki.write_deck(project, tmp_path / "deck.apkg")
    with zipfile.ZipFile(tmp_path / "deck.apkg") as deck:
        media = json.loads(deck.read("media"))
        assert media == {"0": "ml-system-design-handbook-toy-path.svg"}
        assert deck.read("0").startswith(b"<svg")
        assert {entry.date_time for entry in deck.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_same_sources_make_the_same_bytes(project: Project, tmp_path: Path) -> None:
    anki.write_deck(project, tmp_path / "one.apkg")
    anki.write_deck(project, tmp_path / "two.apkg")
    assert (tmp_path / "one.apkg").read_bytes() == (tmp_path / "two.apkg").read_bytes()


def test_an_edited_text_keeps_its_identity(project: Project, tmp_path: Path) -> None:
    anki.write_deck(project, tmp_path / "one.apkg")
    before = notes(tmp_path / "one.apkg", tmp_path)
    page = project.docs / "part" / "one.md"
    page.write_text(page.read_text().replace("Habit.", "Custom."))
    anki.write_deck(project, tmp_path / "two.apkg")
    after = notes(tmp_path / "two.apkg", tmp_path)
    assert before.keys() == after.keys()
    changed = [guid for guid in before if before[guid] != after[guid]]
    assert len(changed) == 1
    assert "Custom." in after[changed[0]][1]


def test_a_broken_quiz_leaves_the_old_deck(project: Project, tmp_path: Path) -> None:
    target = tmp_path / "deck.apkg"
    anki.write_deck(project, target)
    before = target.read_bytes()
    page = project.docs / "part" / "two.md"
    page.write_text(page.read_text().replace("question: Say it.\n", ""))
    with pytest.raises(HandbookError) as told:
        anki.write_deck(project, target)
    assert {problem.code for problem in told.value.problems} == {"quiz-schema"}
    assert target.read_bytes() == before
    assert list(tmp_path.glob(".*.part")) == []


def test_a_missing_library_is_one_line(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "genanki", None)
    with pytest.raises(HandbookError) as told:
        anki.write_deck(project, tmp_path / "deck.apkg")
    (problem,) = told.value.problems
    assert problem.text().endswith("is not installed (fix: pip install genanki)")


@pytest.mark.parametrize("where", ["", "no/such/folder/deck.apkg"])
def test_where_it_cannot_be_written_is_told(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    from handbook.export import run_export

    args = type("Args", (), {"output": str(tmp_path / where), "kind": "anki"})
    with pytest.raises(HandbookError) as told:
        run_export(Project(tmp_path), args)
    (problem,) = told.value.problems
    assert problem.code == "export-file"


@pytest.mark.slow
def test_the_handbooks_own_deck(tmp_path: Path, new_checkout: Callable[..., Project]) -> None:
    project = new_checkout()
    deck = anki.write_deck(project, tmp_path / "deck.apkg")
    pages, _ = read_all(project)
    assert deck.questions == sum(
        len(quizzes(page)[0]) for page in pages if not page.page.startswith("contributing/")
    )
    assert deck.figures > 100
    for fields in notes(tmp_path / "deck.apkg", tmp_path).values():
        whole = " ".join(fields)
        assert not re.search(r"<!--|\]\(|\ue000|\$\\", whole), whole


def test_the_verb_knows_its_kinds(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["export", "word"])
    assert "invalid choice: 'word'" in capsys.readouterr().err
