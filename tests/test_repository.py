"""What must stay true of the repository as a whole: names, licences, locks, workflows, glossary."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def tracked() -> list[Path]:
    """Files git knows or would add; the working tree where there is no git."""
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        skipped = {".venv", ".cache", "site", ".git"}
        return [
            path
            for path in ROOT.rglob("*")
            if path.is_file() and not skipped & set(path.relative_to(ROOT).parts)
        ]
    return [ROOT / line for line in done.stdout.splitlines() if (ROOT / line).is_file()]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


# --------------------------------------------------------------------------- diagrams


def test_nothing_of_ours_shadows_the_diagrams_package() -> None:
    shadows = [
        path.relative_to(ROOT).as_posix()
        for path in tracked()
        if path.name == "diagrams.py"
        or (path.name == "__init__.py" and path.relative_to(ROOT).parts[0] == "diagrams")
    ]
    assert shadows == []


@pytest.mark.parametrize("where", [".", "scripts", "docs"])
def test_import_diagrams_is_the_installed_package(where: str) -> None:
    code = "import diagrams; print(diagrams.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT / where, capture_output=True, text=True, check=True
    )
    found = Path(done.stdout.strip())
    assert found.name == "__init__.py"
    assert "site-packages" in found.parts


# --------------------------------------------------------------------------- locks


def lock_entries(text: str) -> dict[str, str]:
    """Returns each pinned package with everything its entry says."""
    entries: dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        if match := re.match(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==", line):
            name = match[1]
            entries[name] = ""
        if name:
            entries[name] += line + "\n"
    return entries


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock"])
def test_a_lock_holds_hashes_for_every_package_and_no_address(name: str) -> None:
    text = read(name)
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links|@ file", text)
    entries = lock_entries(text)
    assert len(entries) > 10
    unhashed = [key for key, entry in entries.items() if "--hash=sha256:" not in entry]
    assert unhashed == []


def test_the_test_lock_agrees_with_the_build_lock() -> None:
    def versions(name: str) -> dict[str, str]:
        return dict(re.findall(r"(?m)^([A-Za-z0-9._-]+)==([^ ;\\]+)", read(name)))

    build, test = versions("requirements.lock"), versions("requirements-test.lock")
    assert {key: test.get(key) for key in build} == build


# --------------------------------------------------------------------------- licences


def test_licences_are_whole() -> None:
    assert read("LICENSE").startswith("MIT License\n")
    content = read("LICENSE-CONTENT")
    assert "Creative Commons Attribution 4.0 International Public License" in content
    for number in range(1, 9):
        assert f"Section {number} -- " in content, f"section {number} is missing"
    assert "LICENSE-CONTENT" in read("CONTRIBUTING.md")


def test_governance_files_link_only_to_files_that_exist() -> None:
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"):
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", read(name)):
            assert (ROOT / target).exists(), f"{name} links to {target}"


# --------------------------------------------------------------------------- workflows


def load(path: Path) -> dict[str, Any]:
    # YAML 1.1 reads the key `on` as true.
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(data, dict)
    return data


def steps(workflow: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def test_there_are_workflows() -> None:
    names = ["links.yml", "preview.yml", "publish.yml", "pull-request.yml"]
    assert [path.name for path in WORKFLOWS] == names


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_commit_with_their_version(path: Path) -> None:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if "uses:" in line]
    for line in lines:
        assert re.search(r"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


def test_an_action_has_one_commit_everywhere() -> None:
    pins: dict[str, set[str]] = {}
    for path in WORKFLOWS:
        for name, pin in re.findall(r"uses: ([\w-]+/[\w-]+)@(\S+ # \S+)", path.read_text()):
            pins.setdefault(name, set()).add(pin)
    assert {name: len(found) for name, found in pins.items()} == dict.fromkeys(pins, 1)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_start_with_no_permission(path: Path) -> None:
    workflow = load(path)
    assert workflow["permissions"] == {}
    for name, job in workflow["jobs"].items():
        assert "permissions" in job, name
        assert "timeout-minutes" in job, name


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_checkout_leaves_a_credential_behind(path: Path) -> None:
    checkouts = [s for s in steps(load(path)) if s.get("uses", "").startswith("actions/checkout@")]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_jobs_that_run_a_pull_request_can_only_read() -> None:
    path = ROOT / ".github" / "workflows" / "pull-request.yml"
    workflow = load(path)
    assert list(workflow[True]) == ["pull_request"]
    assert "secrets." not in path.read_text(encoding="utf-8")
    assert all(job["permissions"] == {"contents": "read"} for job in workflow["jobs"].values())


def test_what_may_write_to_pages_runs_nothing_of_ours() -> None:
    workflow = load(ROOT / ".github" / "workflows" / "publish.yml")
    build, deploy = workflow["jobs"]["build"], workflow["jobs"]["deploy"]
    assert workflow[True]["push"] == {"branches": ["main"]}
    assert "refs/heads/main" in build["if"]
    assert build["permissions"] == {"contents": "read"}
    assert deploy["permissions"] == {"pages": "write", "id-token": "write"}
    assert [step["uses"].split("@")[0] for step in deploy["steps"]] == ["actions/deploy-pages"]


def test_commands_in_workflows_exist() -> None:
    from handbook.cli import VERBS

    verbs = {verb.name for verb in VERBS}
    targets = set(re.findall(r"(?m)^([a-z]+):", read("Makefile")))
    sources = [*WORKFLOWS, ROOT / ".pre-commit-config.yaml"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    assert set(re.findall(r"bin/handbook ([a-z]+)", text)) <= verbs
    assert set(re.findall(r"(?m)run: make ([a-z]+)", text)) <= targets


def test_hooks_of_pre_commit_are_local() -> None:
    repos = load(ROOT / ".pre-commit-config.yaml")["repos"]
    assert [repo["repo"] for repo in repos] == ["local"]
    assert all(hook["language"] == "system" for hook in repos[0]["hooks"])


# --------------------------------------------------------------------------- glossary


def abbreviations() -> dict[str, str]:
    return dict(re.findall(r"(?m)^\*\[([^\]]+)\]: (.+)$", read("includes/glossary.md")))


def entries() -> dict[str, str]:
    pattern = r"(?m)^(\S.*?) \{ #[\w-]+ \}\n:   (.+)$"
    return dict(re.findall(pattern, read("docs/reference/glossary.md")))


def test_the_glossary_says_what_the_tooltips_say() -> None:
    short, long = abbreviations(), entries()
    assert len(short) >= 10
    missing = [name for name in short if name not in long]
    assert missing == []
    for name, text in short.items():
        opening = text[0].upper() + text[1:] + "."
        assert long[name].startswith(opening), f"{name}: {long[name]!r} != {opening!r}"


def test_the_glossary_is_sorted_and_has_no_anchor_twice() -> None:
    text = read("docs/reference/glossary.md")
    names = list(entries())
    assert names == sorted(names, key=str.lower)
    anchors = re.findall(r"\{ #([\w-]+) \}", text)
    assert len(anchors) == len(set(anchors)) == len(names)


# --------------------------------------------------------------------------- privacy


def test_no_file_carries_a_path_of_somebodys_machine() -> None:
    # Spelt in parts, so that this file does not find itself.
    patterns = [f"/{home}/" for home in ("home", "root", "Users", "work", "farm", "mnt")]
    pattern = re.compile(r"(?<![\w.}~-])(?:" + "|".join(patterns) + r")[\w.-]+")
    binary = {".woff2", ".png", ".jpg", ".webp", ".gz"}
    found = []
    for path in tracked():
        if path.suffix in binary or path.stat().st_size > 2_000_000:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in pattern.finditer(text)]
    assert found == []


# --------------------------------------------------------------------------- codes of findings


def raised_codes() -> set[str]:
    """Returns every code that the package gives to a finding, read from its source."""
    shape = re.compile(r"[a-z]+(?:-[a-z0-9]+)+")
    makers = {"Problem", "FigureError", "problem", "_problem", "_at", "bad"}
    found: set[str] = set()
    for path in (ROOT / "scripts" / "handbook").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            values = [*node.args, *(keyword.value for keyword in node.keywords)]
            texts = [each.value for each in values if isinstance(each, ast.Constant)]
            codes = [text for text in texts if isinstance(text, str) and shape.fullmatch(text)]
            if name in makers and codes:
                found.add(codes[0])
    return found


def test_every_code_is_explained_to_contributors() -> None:
    from handbook import rules

    assert len(raised_codes()) > 40
    assert sorted(raised_codes() - set(rules.codes())) == []


def test_the_page_of_findings_is_what_the_rules_say() -> None:
    from handbook.rules import guide

    # To write it anew: handbook check --explain all > docs/contributing/findings.md
    assert read("docs/contributing/findings.md") == guide.page()
