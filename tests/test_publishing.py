"""Whatever happens to a build, readers see the whole old site or the whole new one."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import pytest

from handbook import publishing
from handbook.project import Project
from handbook.report import HandbookError

KILLS = 20
linux = pytest.mark.skipif(sys.platform != "linux", reason="needs processes as Linux has them")

# A build of the smallest site, by the code that builds the real one. `AT` counts what the process
# does to files; it is killed at that one, or never.
BUILD = """
import argparse, os, resource, signal, sys
from pathlib import Path
import mkdocs.commands.build, mkdocs.config, yaml
from handbook import assets, build, check, sandbox, site
from handbook.cli import main
from handbook.drawing import compose

root, at, largest, user = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
check.check_sources = lambda _: []
site.check_site = lambda *_: []
sandbox.run = lambda project, words, writable: build.make(project, Path(words[-1]))
os.chdir(root)
if user:
    os.setgid(user)
    os.setuid(user)
if largest:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
seen = 0
KINDS = {"open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "shutil.rmtree", "os.listdir",
         "ctypes.call_function", "ctypes.dlsym", "os.fsync", "os.scandir"}

def count(event, _):
    global seen
    if event in KINDS:
        seen += 1
        if seen == at:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(count)
status = main(["build"])
print("did", seen)
sys.exit(status)
"""
CONFIG = """site_name: Toy
theme: {name: null, custom_dir: theme}
plugins: []
"""


@pytest.fixture
def toy(tmp_path: Path) -> Project:
    """The smallest project, published once, with an edit since."""
    (tmp_path / "docs" / "part").mkdir(parents=True)
    (tmp_path / "diagrams").mkdir()
    (tmp_path / "theme").mkdir()
    (tmp_path / "mkdocs.yml").write_text(CONFIG)
    (tmp_path / "theme" / "main.html").write_text("<!doctype html><p>{{ page.content }}")
    (tmp_path / "docs" / "index.md").write_text("# Old\n")
    for name in "abcdef":
        (tmp_path / "docs" / "part" / f"{name}.md").write_text(f"# {name}\n" + "Text.\n" * 2000)
    done = built(Project(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    (tmp_path / "docs" / "index.md").write_text("# New\n")
    return Project(tmp_path)


def built(
    project: Project, *, at: int = 0, largest: int = 0, user: int = 0
) -> subprocess.CompletedProcess[str]:
    words = [str(project.root), str(at), str(largest), str(user)]
    kept = {k: v for k, v in os.environ.items() if k not in ("SITE_URL", "REPO_URL")}
    return subprocess.run(
        [sys.executable, "-c", BUILD, *words], env=kept, capture_output=True, text=True, check=False
    )


def tree(folder: Path) -> dict[str, bytes]:
    """Every file with its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def leftovers(project: Project) -> list[str]:
    return [path.name for path in project.root.glob("site.*")]


# --------------------------------------------------------------------------- killed


@pytest.mark.slow
@linux
def test_a_build_killed_at_any_moment_leaves_a_whole_site(toy, tmp_path_factory):
    old = tree(toy.site)
    whole = Project(tmp_path_factory.mktemp("whole") / "toy")
    shutil.copytree(toy.root, whole.root)
    done = built(whole)
    new = tree(whole.site)
    assert new != old
    steps = int(done.stdout.rpartition("did ")[2])
    seed = random.randrange(2**32)
    print(f"seed {seed}, {steps} steps")
    # Half of them in the last steps, where the site is swapped in.
    chosen = random.Random(seed)
    moments = [chosen.randint(1, steps) for _ in range(KILLS // 2)]
    moments += [chosen.randint(steps - 40, steps) for _ in range(KILLS // 2)]
    for at in moments:
        killed = built(toy, at=at)
        assert killed.returncode == -signal.SIGKILL, f"seed {seed}, step {at}"
        assert tree(toy.site) in (old, new), f"seed {seed}, step {at}"
    assert built(toy).returncode == 0
    assert tree(toy.site) == new
    assert leftovers(toy) == []


def test_what_killed_builds_left_goes_and_a_site_moved_away_comes_back(tmp_path):
    project = Project(tmp_path)
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    for name in (f"site.{gone.pid}.new", f"site.{os.getpid()}.new", f"site.{os.getppid()}.new"):
        (tmp_path / name).mkdir()
    (tmp_path / "site.backup").mkdir()
    old = tmp_path / f"site.{gone.pid}.old"
    old.mkdir()
    (old / "index.html").write_text("published")
    publishing.sweep(project)
    assert (project.site / "index.html").read_text() == "published"
    assert sorted(leftovers(project)) == [f"site.{os.getppid()}.new", "site.backup"]


def test_where_folders_cannot_be_exchanged_they_are_renamed(tmp_path, monkeypatch):
    for name in ("new", "site"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text(name)
    monkeypatch.setattr(publishing, "_exchange", lambda *_: False)
    publishing.publish(tmp_path / "new", tmp_path / "site")
    assert tree(tmp_path) == {"site/index.html": b"new"}


# --------------------------------------------------------------------------- no space, no rights


def assert_kept(project: Project, old: dict[str, bytes], done: subprocess.CompletedProcess[str]):
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert tree(project.site) == old
    assert leftovers(project) == []


@linux
def test_where_files_cannot_grow_the_old_site_stays(toy):
    old = tree(toy.site)
    done = built(toy, largest=8_000)
    assert_kept(toy, old, done)
    found = [line for line in done.stderr.splitlines() if "publish-failed" in line]
    assert len(found) == 1
    assert "cannot be written: File too large (fix: see that there is space" in found[0]


@linux
def test_on_a_full_disk_the_old_site_stays(toy, tmp_path_factory):
    if os.getuid() or not shutil.which("unshare"):
        pytest.skip("only root mounts a small disk; the limit of files is tested above")
    old = tree(toy.site)
    disk = tmp_path_factory.mktemp("disk")
    kept = tmp_path_factory.mktemp("kept") / "toy"
    # The disk is as large as what is there; a second site beside it does not fit.
    script = (
        f"mount -t tmpfs tmpfs {disk} && cp -r {toy.root}/. {disk} && "
        f"mount -o remount,size=$(($(df --output=used -k {disk} | tail -1) + 40))k {disk} && "
        f'"$0" -c "$1" {disk} 0 0 0; status=$?; cp -r {disk} {kept}; exit $status'
    )
    words = ["unshare", "--mount", "sh", "-c", script, sys.executable, BUILD]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert_kept(Project(kept), old, done)
    assert "cannot be written: No space left on device" in done.stderr
    assert done.stderr.count("publish-failed") == 1


@linux
@pytest.mark.parametrize("folder", [".", ".cache"])
def test_where_nothing_may_be_written_the_old_site_stays(toy, folder):
    old = tree(toy.site)
    user = 54321 if os.getuid() == 0 else 0
    if user:
        (toy.cache / "build.lock").chmod(0o666)
        # The folders above are those of the test's user alone.
        for above in takewhile(lambda it: it != Path(tempfile.gettempdir()), toy.root.parents):
            above.chmod(0o755)
    if folder == ".cache":
        shutil.rmtree(toy.root / ".cache")
    toy.root.chmod(0o555)
    try:
        done = built(toy, user=user)
    finally:
        toy.root.chmod(0o755)
    assert_kept(toy, old, done)
    assert done.stderr.count("\n") == 1
    assert "publish-failed: cannot be written: Permission denied (fix: " in done.stderr


# --------------------------------------------------------------------------- two builds


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that publishes."""
    code = (
        "import sys\nfrom pathlib import Path\nfrom handbook import publishing\n"
        "from handbook.project import Project\n"
        f"with publishing.publishing(Project(Path({str(tmp_path)!r}))):\n"
        "    print('holds', flush=True)\n    sys.stdin.read()\n"
    )
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", code], stdin=pipe, stdout=pipe, text=True) as it:
        assert it.stdout is not None
        assert it.stdout.readline() == "holds\n"
        yield it
        it.kill()


@linux
def test_a_second_build_says_who_is_building(tmp_path, holder):
    with pytest.raises(HandbookError) as error, publishing.publishing(Project(tmp_path)):
        pytest.fail("two builds at once")
    assert "".join(problem.text(tmp_path) for problem in error.value.problems) == (
        f".cache/handbook/build.lock: publish-locked: process {holder.pid} is building this site "
        "(fix: wait until it has ended, or end it)"
    )
    assert leftovers(Project(tmp_path)) == [f"site.{holder.pid}.new"]


@linux
def test_the_lock_of_a_dead_build_is_taken_over(tmp_path, holder):
    holder.kill()
    holder.wait()
    with publishing.publishing(Project(tmp_path)) as aside:
        assert leftovers(Project(tmp_path)) == [aside.name]


# --------------------------------------------------------------------------- whose folder


def link(site: Path) -> None:
    site.with_name("elsewhere").mkdir()
    site.symlink_to("elsewhere")


def foreign(site: Path) -> None:
    site.mkdir()
    (site / "thesis.tex").write_text("years of work")


def marked_by_another(site: Path) -> None:
    foreign(site)
    (site / publishing.MARKER).touch()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (link, "is a symbolic link, which a build would replace"),
        (lambda site: site.write_text("mine"), "is a file, where the site is to be"),
        (foreign, "holds something that no build has made"),
        (marked_by_another, "holds something that no build has made"),
    ],
)
def test_what_is_not_ours_is_not_replaced(tmp_path, make, said):
    make(tmp_path / "site")
    before = tree(tmp_path)
    with pytest.raises(HandbookError) as error, publishing.publishing(Project(tmp_path)):
        pytest.fail("not refused")
    assert [problem.text(tmp_path) for problem in error.value.problems] == [
        f"site: publish-target: {said} (fix: move it away; a build makes the folder anew)"
    ]
    shutil.rmtree(tmp_path / ".cache")
    assert tree(tmp_path) == before


def nothing(site: Path) -> None:
    assert not site.exists()


def empty(site: Path) -> None:
    site.mkdir()


def marked(site: Path) -> None:
    site.mkdir()
    (site / publishing.MARKER).write_text(publishing.MARKED)


def before_marks(site: Path) -> None:
    site.mkdir()
    for name in publishing.LAYOUT:
        (site / name).touch()


@pytest.mark.parametrize("make", [empty, marked, before_marks, nothing])
def test_what_is_ours_is_replaced(tmp_path, make):
    make(tmp_path / "site")
    with publishing.publishing(Project(tmp_path)) as aside:
        (aside / "new.html").touch()
        publishing.publish(aside, tmp_path / "site")
    assert [*tree(tmp_path / "site")] == ["new.html"]
    assert leftovers(Project(tmp_path)) == []
