"""Contributors' Python runs with limits: what does not end, or asks too much, costs one line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from handbook import sandbox
from handbook.project import Project

BASE = Path(__file__).parent / "corpus" / "base"
ESTIMATE = Path("docs", "blocks", "ranking", "estimate.py")
FIGURES = Path("diagrams", "blocks", "ranking.py")
# Long enough for a figure on a busy machine; what is tested never ends.
SECONDS = "3"
FIGURE = '''

def {name}() -> None:
    """A request is answered.

    An app asks a ranker.
    """
    {body}
'''
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no processes to limit")


def boxes() -> bool:
    """Whether this machine has them, found out without our own code."""
    command = ["unshare", "--user", "--map-root-user", "--net", "--pid", "--fork", "--mount-proc"]
    try:
        return subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """The legal project of the corpus."""
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    return Project(tmp_path)


@pytest.fixture
def run(
    project: Project, handbook: Callable[..., subprocess.CompletedProcess[str]]
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a verb with a short limit of time."""

    def verb(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return handbook(project, *words, **{"HANDBOOK_TIME_LIMIT": SECONDS, **environment})

    return verb


def add(project: Project, file: Path, code: str) -> int:
    """Adds code to a file, and returns the line of its mark `# here`."""
    path = project.root / file
    text = path.read_text(encoding="utf-8") + code
    path.write_text(text, encoding="utf-8")
    return next((at for at, line in enumerate(text.splitlines(), 1) if "# here" in line), 0)


def findings(done: subprocess.CompletedProcess[str]) -> list[str]:
    said = (f"{each['file']}:{each['line']}: {each['code']}" for each in _read(done)["findings"])
    return list(said)


def _read(done: subprocess.CompletedProcess[str]) -> dict[str, list[dict[str, str]]]:
    assert "Traceback" not in done.stderr, done.stderr
    record: dict[str, list[dict[str, str]]] = json.loads(done.stdout)
    return record


# --------------------------------------------------------------------------- time and memory


@pytest.mark.slow
@pytest.mark.parametrize(
    "body",
    [
        "while True: pass  # here",
        "sum(range(10**15))  # here",
        "__import__('time').sleep(1000)  # here",
    ],
    ids=["loop", "loop in C", "sleep"],
)
def test_an_estimate_without_an_end_costs_its_file_one_line(project, run, body):
    line = add(project, ESTIMATE, f"\n\ndef endless() -> None:\n    {body}\n\n\nendless()\n")
    page = project.docs / "page.md"
    page.write_text(page.read_text() + "\n[x](none.md)\n")
    done = run("check", "--json")
    assert done.returncode == 1
    found = [each for each in findings(done) if "-hung" in each or "link-" in each]
    # The rest is reported as ever.
    assert found == [f"{ESTIMATE}:{line}: python-hung", "docs/page.md:10: link-broken"]


@pytest.mark.slow
def test_the_line_says_how_long_it_was_waited(project, run):
    line = add(project, ESTIMATE, "\nwhile True: pass  # here\n")
    done = run("numbers")
    assert (
        f"{ESTIMATE}:{line}: python-hung: still runs after 3 s (fix: see that the loop ends, or "
        "compute less)\n"
    ) in done.stderr


@pytest.mark.slow
def test_a_function_that_only_a_page_calls_is_ended_too(project, run):
    line = add(project, ESTIMATE, "\n\ndef users():\n    while True: pass  # here\n")
    page = project.docs / "page.md"
    page.write_text(page.read_text() + "\nThere are **1**<!--= ranking.users() -->.\n")
    found = [each for each in findings(run("check", "--json")) if "python-hung" in each]
    assert found == [f"{ESTIMATE}:{line}: python-hung"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param("while True: pass  # here", "python-hung", marks=pytest.mark.slow),
        ("kept = [bytes(10**7) for _ in iter(int, 1)]  # here", "figure-error"),
        ("raise SystemExit(0)  # here", "figure-error"),
        ("__import__('ctypes').string_at(0)  # here", "python-crash"),
    ],
    ids=["loop", "memory", "exit", "crash"],
)
def test_a_figure_that_asks_too_much_costs_one_line(project, run, body, code):
    line = add(project, FIGURES, FIGURE.format(name="greedy", body=body))
    add(project, FIGURES, FIGURE.format(name="other", body='Client("A") >> Service("B")'))
    done = run("figures", HANDBOOK_TIME_LIMIT=SECONDS if code == "python-hung" else "60")
    assert done.returncode == 1
    told = [each for each in done.stderr.splitlines() if each.startswith("diagrams")]
    assert len(told) == 1
    assert told[0].startswith(f"{FIGURES}:{line}: {code}: ")
    # The others are drawn and kept.
    assert run("figures", "ranking/other", "ranking/serving").returncode == 0


@pytest.mark.slow
def test_a_memory_bomb_in_an_estimate_costs_its_file_one_line(project, run):
    line = add(project, ESTIMATE, "\nX = [bytes(10**7) for _ in iter(int, 1)]  # here\n")
    done = run("check", "--json", HANDBOOK_TIME_LIMIT="60")
    found = [each for each in findings(done) if "estimate-" in each]
    assert found == [f"{ESTIMATE}:{line}: estimate-error"]


def test_a_crash_of_python_costs_its_file_one_line(project, run):
    code = "\nimport ctypes\n\nctypes.string_at(0)  # here\n"
    line = add(project, ESTIMATE, code)
    found = [each for each in findings(run("check", "--json")) if "python-crash" in each]
    assert found == [f"{ESTIMATE}:{line}: python-crash"]


@pytest.mark.parametrize("body", ["os._exit(0)", "os.kill(os.getpid(), 9)"])
def test_python_that_ends_the_check_does_not_pass_it(project, run, body):
    add(project, ESTIMATE, f"\nimport os\n\n{body}\n")
    done = run("check")
    assert done.returncode == 1
    assert "mkdocs.yml: python-crash: Python was ended midway: " in done.stderr


def test_no_file_grows_without_end(project, run):
    code = 'open("{}", "wb").truncate(1 << 40)  # here'.format(project.cache / "large")
    line = add(project, FIGURES, FIGURE.format(name="large", body=code))
    done = run("figures")
    assert f"{FIGURES}:{line}: figure-error: OSError: [Errno 27] File too large" in done.stderr


# --------------------------------------------------------------------------- the box


def test_a_verb_sees_no_environment_and_no_open_file(project, run, tmp_path):
    code = (
        "import os\n\nfor name in os.environ:\n    print('sees', name)\n"
        "print('sees', open('/proc/self/environ').read() if os.path.exists('/proc') else '')\n"
        "print('files', [at for at in range(4, 60) if os.path.exists(f'/proc/self/fd/{at}')])\n"
    )
    add(project, ESTIMATE, f"\n{code}")
    done = run("numbers", AWS_SECRET_ACCESS_KEY="opensesame", GITHUB_TOKEN="opensesame")
    assert "sees PATH" in done.stdout
    assert "opensesame" not in done.stdout
    assert "TOKEN" not in done.stdout
    # The folder that lists them is itself open for a moment.
    assert "files [4]" in done.stdout or "files []" in done.stdout


ATTEMPTS = {
    "network": "socket.create_connection(('127.0.0.1', {port}), 1)",
    "write the checkout": "open({root!r} + '/docs/page.md', 'a')",
    "write elsewhere": "open({outside!r} + '/new', 'w')",
    "read elsewhere": "open({outside!r} + '/secret').read()",
    "end its parent": "os.kill({pid}, 0)",
    "gain rights": "ctypes.CDLL(None).unshare(0x20000) and 1 / 0",
}


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_nothing_leaves_the_box(project, run, attempt, tmp_path_factory):
    import socket

    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret").write_text("opensesame")
    with socket.create_server(("127.0.0.1", 0)) as server:
        words = {
            "port": server.getsockname()[1],
            "root": str(project.root),
            "outside": str(outside),
            "pid": os.getpid(),
        }
        code = ATTEMPTS[attempt].format(**words)
        line = add(project, ESTIMATE, f"\nimport ctypes, os, socket\n{code}  # here\n")
        done = run("numbers", CI="true")
    if boxes():
        assert f"{ESTIMATE}:{line}: estimate-error: " in done.stderr
        assert "sandbox-missing" not in done.stderr
    else:
        assert "mkdocs.yml: sandbox-missing: contributors' Python cannot be" in done.stderr
    assert list(outside.iterdir()) == [outside / "secret"]
    assert (project.docs / "page.md").read_bytes() == (BASE / "docs" / "page.md").read_bytes()


@pytest.fixture
def no_boxes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose kernel refuses boxes; what runs in them is this process's fork."""
    from handbook import box

    def refuses(_: object) -> None:
        raise OSError(1, "no namespaces")

    monkeypatch.setattr(box, "enter", refuses)
    monkeypatch.setattr(sys, "platform", "linux")


@pytest.mark.skipif(sys.platform != "linux", reason="boxes are of Linux")
def test_without_a_box_ci_fails_with_one_line(project, no_boxes, monkeypatch):
    monkeypatch.setenv("CI", "true")
    monkeypatch.chdir(project.root)
    with pytest.raises(sandbox.HandbookError) as error:
        sandbox.run(project, ["check"])
    assert "".join(problem.text(project.root) for problem in error.value.problems) == (
        "mkdocs.yml: sandbox-missing: contributors' Python cannot be isolated here: [Errno 1] no "
        "namespaces (fix: allow unprivileged user namespaces, or unset CI to trust what is checked "
        "out)"
    )


@pytest.mark.skipif(sys.platform != "linux", reason="boxes are of Linux")
def test_without_a_box_a_laptop_is_told_once_and_goes_on(project, no_boxes, monkeypatch, capfd):
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.chdir(project.root)
    assert sandbox.run(project, ["check"]) == 0
    assert capfd.readouterr().err == (
        "note: no isolation here, only limits, for Python you trust: [Errno 1] no namespaces\n"
    )
    assert sandbox.run(project, ["check"]) == 0
    assert capfd.readouterr().err == ""


@pytest.mark.skipif(sys.platform != "linux", reason="boxes are of Linux")
def test_a_fork_bomb_is_held(tmp_path):
    """A user's processes are counted, so root tries it as somebody else."""
    count = tmp_path / "count"
    code = f"""
import os, resource, signal, time
from handbook import sandbox
count = open({str(count)!r}, "w")
if os.getuid() == 0:
    os.setgid(54321); os.setuid(54321)
sandbox.PROCESSES = 20
sandbox._limit(boxed=True)
children = []
try:
    while len(children) < 100:
        child = os.fork()
        if child == 0:
            time.sleep(60); os._exit(0)
        children.append(child)
except BlockingIOError:
    count.write(str(len(children)))
for child in children:
    os.kill(child, signal.SIGKILL)
"""
    if os.getuid():
        # Everything of this user counts, so even the first may be one too many.
        code = code.replace("sandbox.PROCESSES = 20", "sandbox.PROCESSES = 1")
    environment = {"PYTHONPATH": str(Path(sandbox.__file__).parents[1]), "PATH": os.environ["PATH"]}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert int(count.read_text()) < 20


@pytest.mark.skipif(sys.platform != "linux", reason="processes that end with another are of Linux")
def test_nothing_goes_on_when_the_command_is_killed(project):
    add(project, ESTIMATE, "\nprint('begun', flush=True)\nwhile True: pass\n")
    command = [sys.executable, "-m", "handbook.cli", "numbers"]
    with subprocess.Popen(command, cwd=project.root, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "begun\n"
        running.kill()
        # Whoever lives on holds the other end open.
        assert running.stdout.read() == ""
