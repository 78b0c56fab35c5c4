"""Labs: run, stored, quoted, and held to be current; every lab of the handbook runs small."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path

import pytest

from handbook import labs
from handbook.estimate import Quantity, results
from handbook.project import Project, find_project
from handbook.report import HandbookError
from handbook.rules.labs import MOST_LINES, code_lines

TOY = '''"""Counts what a fair coin shows.

Nothing else.
"""

import numpy as np

INPUTS = ("coins.txt",)
UNITS = {"heads": "throws"}


def run(smoke):
    throws = 100 if smoke else 10_000
    heads = int(np.random.default_rng(7).binomial(throws, 0.5))
    return {"heads": heads, "share": heads / throws, "path": [0.123456789, np.float64(1)]}


def claims(found):
    return {"a fair coin shows heads half of the time": 0.3 < found["share"] < 0.7}
'''


@pytest.fixture
def project(tmp_path: Path) -> Project:
    folder = tmp_path / "docs" / "blocks" / "coins"
    folder.mkdir(parents=True)
    (tmp_path / "mkdocs.yml").touch()
    (tmp_path / labs.LOCK).write_text("numpy==2.4.6 \\\n    --hash=sha256:0\nscipy==1 \\\n")
    (folder / "lab.py").write_text(TOY, encoding="utf-8")
    (folder / "coins.txt").write_text("one\n", encoding="utf-8")
    return Project(tmp_path)


@pytest.fixture
def lab(project: Project) -> labs.Lab:
    return labs.find_labs(project)[0]


def run(project: Project, *names: str, smoke: bool = False, listed: bool = False) -> int:
    return labs.run_labs(project, Namespace(names=list(names), smoke=smoke, list=listed))


def edit(lab: labs.Lab, old: str, new: str) -> labs.Lab:
    text = lab.path.read_text(encoding="utf-8")
    assert old in text
    lab.path.write_text(text.replace(old, new), encoding="utf-8")
    return labs.Lab(lab.project, lab.path)


def refused(action, *args, **options) -> list[tuple[str, int, str]]:
    with pytest.raises(HandbookError) as raised:
        action(*args, **options)
    return [(p.code, p.line, p.message) for p in raised.value.problems]


def test_a_run_is_stored_with_what_it_depends_on(project, lab, capsys):
    assert run(project) == 0
    assert capsys.readouterr().out.startswith("blocks/coins: 1 claims hold in ")
    kept = json.loads(lab.stored.read_text(encoding="utf-8"))
    assert kept["title"] == "Counts what a fair coin shows."
    assert kept["versions"].keys() == {"python", "numpy"}
    assert kept["claims"] == ["a fair coin shows heads half of the time"]
    assert kept["digest"] == lab.digest()
    assert kept["results"]["share"] == kept["results"]["heads"] / 10_000
    assert kept["results"]["path"] == [0.123457, 1.0]


def test_the_same_code_finds_the_same(project, lab):
    run(project)
    first = json.loads(lab.stored.read_text(encoding="utf-8"))["results"]
    run(project)
    assert json.loads(lab.stored.read_text(encoding="utf-8"))["results"] == first


def test_a_small_run_stores_nothing(project, lab, capsys):
    assert run(project, smoke=True) == 0
    assert "small, in" in capsys.readouterr().out
    assert not lab.stored.exists()


def test_a_claim_that_does_not_hold_fails_and_keeps_what_was_stored(project, lab, capsys):
    run(project)
    before = lab.stored.read_bytes()
    edit(lab, "0.3 <", "0.6 <")
    assert run(project) == 1
    said = capsys.readouterr().err
    assert "docs/blocks/coins/lab.py: lab-claim: does not hold: a fair coin shows heads" in said
    assert lab.stored.read_bytes() == before


def test_a_lab_that_claims_nothing_is_refused(lab):
    lab = edit(lab, "def claims(found):", "def claims(found):\n    return {}\n")
    assert refused(labs.trial, lab, smoke=True) == [("lab-claim", 0, "claims nothing")]


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("heads / throws", "heads / 0", 15, "ZeroDivisionError: division by zero"),
        ("heads / throws", 'float("nan")', 0, "the result 'share' is nan, no number"),
        ("heads / throws", "{}", 0, "the result 'share' is {}, no number"),
        ("def run(smoke):", "def run(smoke)", 12, "SyntaxError: expected ':'"),
        ('"coins.txt"', '"dice.txt"', 0, "FileNotFoundError: No such file"),
    ],
)
def test_what_fails_is_one_line(lab, old, new, line, said):
    (problem,) = refused(labs.trial, edit(lab, old, new), smoke=True)
    assert problem[:2] == ("lab-error", line)
    assert said in problem[2]


@pytest.mark.parametrize(
    ("file", "text", "is_stale"),
    [
        ("docs/blocks/coins/lab.py", TOY + "\n# Said more.\n", True),
        ("docs/blocks/coins/coins.txt", "two\n", True),
        ("docs/blocks/coins/coins.txt", "one\r\n", False),
        (labs.LOCK, "numpy==2.5.0 \\\nscipy==1 \\\n", True),
        (labs.LOCK, "numpy==2.4.6 \\\nscipy==2 \\\n", False),
    ],
)
def test_results_are_stale_when_what_they_depend_on_changes(project, lab, file, text, is_stale):
    before = lab.digest()
    (project.root / file).write_bytes(text.encode())
    assert (labs.find_labs(project)[0].digest() != before) is is_stale


def test_pages_quote_what_was_measured(project):
    run(project)
    found = results("blocks/coins", project)
    heads = found["heads"]
    assert isinstance(heads, Quantity)
    assert (heads.kind, heads.unit) == ("measured", "throws")
    assert heads.note.startswith("the lab of blocks/coins, ")
    assert found["path"] == [0.123457, 1.0]


def test_what_was_not_stored_cannot_be_quoted(project, lab):
    assert refused(results, "blocks/coins", project) == [
        ("lab-missing", 0, "its results are not stored")
    ]
    for text in ("{}", "[", '{"results": 1}', "null"):
        lab.stored.write_text(text, encoding="utf-8")
        assert refused(results, "blocks/coins", project)[0][0] == "lab-unreadable"


def test_what_explains_is_no_code(lab):
    lab = edit(
        lab,
        "def run(smoke):",
        'def run(smoke):\n    """Throws.\n\n    Twice.\n    """\n    # So.\n',
    )
    assert len(code_lines(lab)) == len(code_lines(edit(lab, "    # So.\n", ""))) == 9


def test_labs_are_named_by_folder_or_by_its_last_part(project, capsys):
    assert run(project, "coins", listed=True) == 0
    assert capsys.readouterr().out == "blocks/coins: Counts what a fair coin shows.\n"
    assert refused(run, project, "coin") == [
        ("lab-unknown", 0, "no lab 'coin'; did you mean 'coins'?")
    ]


# --------------------------------------------------------------------------- the handbook's own

OURS = labs.find_labs(find_project(Path(__file__).parent))


@pytest.mark.slow
@pytest.mark.parametrize("lab", OURS, ids=lambda lab: lab.slug)
def test_a_lab_of_ours_holds_its_claims_when_run_small(lab: labs.Lab):
    kept = labs.trial(lab, smoke=True)
    stored = labs.read_stored(lab)
    # A page may quote whatever is stored, so both runs find the same things.
    assert kept["results"].keys() == stored["results"].keys()
    assert kept["claims"] == stored["claims"]
    assert len(code_lines(lab)) <= MOST_LINES
