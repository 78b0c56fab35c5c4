"""The workflows that may write believe nothing of what others give them.

Their scripts are run here as they stand, with a `gh` that notes what it is asked for.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

FOLDER = Path(__file__).resolve().parents[1] / ".github" / "workflows"
SHA = "0123456789abcdef0123456789abcdef01234567"
GH = """#!{python}
import json, os, shutil, sys
words, here = sys.argv[1:], os.environ["FAKE"]
answers = json.load(open(here + "/answers.json"))
with open(here + "/asked.jsonl", "a") as file:
    file.write(json.dumps(words) + "\\n")
if words[:2] == ["run", "download"]:
    shutil.copytree(here + "/artifact", words[words.index("--dir") + 1], symlinks=True)
elif "--method" not in words:
    path = next(word for word in words if word.startswith("repos/"))
    print(next((said for part, said in answers.items() if part in path), ""))
"""
pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("bash") is None, reason="what a runner of Linux runs"
)


class Forge:
    """A folder that a workflow's script is run in, and what it asks the forge."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.artifact = folder / "artifact"
        self.artifact.mkdir(parents=True)
        self.answers: dict[str, str] = {}
        program = folder / "bin" / "gh"
        program.parent.mkdir()
        program.write_text(GH.format(python=sys.executable))
        program.chmod(0o755)

    def run(self, workflow: str, job: str, **more: str) -> subprocess.CompletedProcess[str]:
        (self.folder / "answers.json").write_text(json.dumps(self.answers))
        step = yaml.safe_load((FOLDER / workflow).read_text())["jobs"][job]["steps"][-1]
        # What stands in `env` of a step is all that comes from outside.
        assert "${{" not in step["run"]
        values = {name: more.get(name, "") for name in step["env"]}
        return subprocess.run(
            ["bash", "-c", step["run"]],
            cwd=self.folder,
            env={
                **values,
                "FAKE": str(self.folder),
                "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            },
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def writes(self) -> list[list[str]]:
        """What the script had written: method, address and fields."""
        asked = (json.loads(line) for line in (self.folder / "asked.jsonl").open())
        return [words[words.index("--method") + 1 :] for words in asked if "--method" in words]


@pytest.fixture
def forge(tmp_path: Path) -> Forge:
    return Forge(tmp_path / "forge")


# --------------------------------------------------------------------------- preview


def preview(forge: Forge, size: str = "150") -> subprocess.CompletedProcess[str]:
    forge.answers = {"artifacts?name": size, "pulls/12": f"{SHA} open"} | forge.answers
    return forge.run(
        "preview.yml",
        "comment",
        GH_REPO="o/r",
        RUN_ID="77",
        RUN_URL="https://forge.example/o/r/actions/runs/77",
        HEAD_SHA=SHA,
    )


def test_a_pull_request_is_told_where_its_preview_is(forge):
    (forge.artifact / "number").write_text("12")
    done = preview(forge)
    assert done.returncode == 0, done.stdout + done.stderr
    [[method, address, _, body, _]] = forge.writes
    assert (method, address) == ("POST", "repos/o/r/issues/12/comments")
    assert body.startswith("body=<!-- preview -->\nThe site of 01234567 and the contact sheet")
    assert "[this run](https://forge.example/o/r/actions/runs/77#artifacts)" in body


def test_its_comment_is_written_once_and_then_changed(forge):
    (forge.artifact / "number").write_text("12")
    forge.answers = {"issues/12/comments": "345\n678"}
    assert preview(forge).returncode == 0
    [[method, address, *_]] = forge.writes
    assert (method, address) == ("PATCH", "repos/o/r/issues/comments/345")


@pytest.mark.parametrize(
    "number",
    [
        "",
        "0",
        "012",
        "12\n13",
        "-1",
        "1e3",
        "12 #",
        "12/../1",
        "$(id)",
        "`id`",
        "99999999",
        "x" * 99,
    ],
)
def test_what_is_no_number_is_refused(forge, number):
    (forge.artifact / "number").write_text(number)
    done = preview(forge)
    assert done.returncode == 1
    assert done.stdout == "the artifact holds no number\n"
    assert forge.writes == []


def link(artifact: Path) -> None:
    (artifact.parent / "secret").write_text("12")
    (artifact / "number").symlink_to("../secret")


@pytest.mark.parametrize(
    "make", [link, lambda artifact: (artifact / "number").mkdir(), Path.exists]
)
def test_what_is_no_file_is_refused(forge, make):
    make(forge.artifact)
    assert preview(forge).returncode == 1
    assert forge.writes == []


@pytest.mark.parametrize("said", [f"{'f' * 40} open", f"{SHA} closed", ""])
def test_another_pull_request_is_not_commented_on(forge, said):
    (forge.artifact / "number").write_text("12")
    forge.answers = {"pulls/12": said}
    done = preview(forge)
    assert done.returncode == 0
    assert done.stdout == "the pull request has moved on, or is another one\n"
    assert forge.writes == []


@pytest.mark.parametrize(("size", "status"), [("10000", 1), ("999999999999", 1), ("0", 0)])
def test_an_artifact_that_is_no_number_is_not_fetched(forge, size, status):
    (forge.artifact / "number").write_text("12")
    assert preview(forge, size).returncode == status
    assert forge.writes == []
    assert not (forge.folder / "data").exists()


# --------------------------------------------------------------------------- links

DEAD = "docs/a.md:3:1: link-dead: https://x.example/ is gone: 404 Not Found (fix: link to where)"
COUNT = "links: 2 addresses, 2 asked, 1 ok, 1 gone, 0 doubtful"


def report(forge: Forge, *lines: str) -> subprocess.CompletedProcess[str]:
    (forge.artifact / "report.txt").write_text("\n".join(lines) + "\n")
    run = {"RUN_ID": "77", "RUN_URL": "https://forge.example/runs/77", "TITLE": "Links"}
    return forge.run("links.yml", "issue", GH_REPO="o/r", **run)


def test_dead_links_open_an_issue(forge):
    done = report(forge, DEAD, COUNT)
    assert done.returncode == 0, done.stdout + done.stderr
    [[method, address, _, title, _, body, _]] = forge.writes
    assert (method, address, title) == ("POST", "repos/o/r/issues", "title=Links")
    assert body.endswith(f"\n\n```text\n{DEAD}\n```\n")


def test_the_open_issue_is_brought_up_to_date(forge):
    forge.answers = {"issues?state=open": "9"}
    assert report(forge, DEAD, COUNT).returncode == 0
    [[method, address, _, body, _]] = forge.writes
    assert (method, address) == ("PATCH", "repos/o/r/issues/9")
    assert DEAD in body


def test_when_all_is_well_the_issue_is_closed(forge):
    forge.answers = {"issues?state=open": "9"}
    assert report(forge, "warning: docs/a.md:3: link-moved: x", COUNT).returncode == 0
    [[method, address, *fields]] = forge.writes
    assert (method, address) == ("PATCH", "repos/o/r/issues/9")
    assert "state=closed" in fields


def test_when_all_is_well_and_no_issue_is_open_nothing_is_written(forge):
    assert report(forge, COUNT).returncode == 0
    assert forge.writes == []


def test_what_a_server_says_stays_code(forge):
    evil = "warning: docs/a.md:3: link-moved: x (fix: link to ```\x1b[0m @everyone)"
    assert report(forge, DEAD, evil, "x" * 100_000, COUNT).returncode == 0
    body = forge.writes[0][5]
    assert body.count("```") == 2
    assert "\x1b" not in body
    assert len(body) < 60_000


# --------------------------------------------------------------------------- all


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yml")), ids=lambda path: path.name)
def test_who_may_write_runs_nothing_of_the_repository(path):
    jobs: dict[str, dict[str, Any]] = yaml.safe_load(path.read_text())["jobs"]
    for name, job in jobs.items():
        if "write" in job["permissions"].values():
            used = " ".join(step.get("uses", "") + step.get("run", "") for step in job["steps"])
            assert "actions/checkout" not in used, name
            assert "make " not in used, name
            assert "bin/" not in used, name


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yml")), ids=lambda path: path.name)
def test_whoever_runs_the_handbook_may_use_boxes(path):
    jobs: dict[str, dict[str, Any]] = yaml.safe_load(path.read_text())["jobs"]
    for name, job in jobs.items():
        scripts = [step.get("run", "") for step in job["steps"]]
        runs = [text for text in scripts if any(w in text for w in ("make site", "check", ".ci/"))]
        if runs and "contents" in job["permissions"]:
            assert any("apparmor_restrict_unprivileged_userns=0" in text for text in scripts), name
