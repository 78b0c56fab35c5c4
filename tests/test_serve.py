"""A preview follows every edit, builds only what the edit concerns, and ends cleanly."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from handbook import serve
from handbook.browser import FLAGS, INSTALL, find_browser
from handbook.project import Project
from handbook.report import HandbookError, Problem
from handbook.serve import process, web
from handbook.serve.pages import Pages
from handbook.serve.watch import Changes, Watcher

CONFIG = """site_name: Toy
theme: {name: null, custom_dir: overrides}
plugins: []
markdown_extensions: [toc, handbook.markdown]
draft_docs: sketch.md
exclude_docs: __pycache__/
validation: {links: {not_found: warn, anchors: warn}}
"""
TEMPLATE = """<!doctype html><html><body>
<nav>{% for each in nav.pages %}[{{ each.title }}]{% endfor %}</nav>
{{ page.content }}</body></html>"""
ESTIMATE = '''"""Toy."""

from handbook.estimate import assumed

USERS = assumed(500e6, "users", "a large network")


def peak() -> float:
    """Peak users."""
    return USERS * 2
'''
LEANING = '''"""Rests on another."""

from handbook.estimate import chapter


def half() -> float:
    """Half of the peak."""
    return chapter("one").peak() / 2
'''
FIGURES = '''from handbook.drawing import Client, Service


def serving():
    """A service answers.

    The app asks, the service answers.
    """
    Client("App") >> Service("API")


def loss():
    """A service is lost.

    The app asks in vain.
    """
    Client("App") >> Service("Gone")
'''
HOME, ONE, TWO, THREE = (f"{name}index.html" for name in ("", "one/", "two/", "three/"))
SOURCES = {
    "mkdocs.yml": CONFIG,
    "overrides/main.html": TEMPLATE,
    "diagrams/toy.py": FIGURES,
    "docs/index.md": "# Home\n\n[One](one/index.md)\n",
    "docs/one/index.md": "# One\n\n**1e9**<!--= one.peak:.0e -->\n\n![Alt](figure:toy/serving)\n",
    "docs/one/estimate.py": ESTIMATE,
    "docs/two/index.md": "# Two\n\n**5e8**<!--= two.half:.0e -->\n\n![Alt](figure:toy/loss)\n",
    "docs/two/estimate.py": LEANING,
    "docs/three/index.md": "# Three\n\nNothing.\n",
    "docs/style.css": "a {}",
}


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """One has an estimate and a figure, two rests on its estimate, three on nothing."""
    for name, text in SOURCES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return Project(tmp_path)


@pytest.fixture
def pages(toy: Project) -> Pages:
    """The toy, loaded and built."""
    made = Pages(toy, toy.root / "preview", "http://127.0.0.1/")
    made.load()
    build(made)
    assert made.findings == []
    return made


def build(pages: Pages) -> list[str]:
    """Builds what is stale, and returns what that was."""
    done = []
    while pages.stale:
        done.append(next(iter(pages.stale)))
        pages.build(done[-1])
    return done


def edit(pages: Pages, name: str, old: str, new: str) -> list[str]:
    """Edits one file and returns the pages that were built for it."""
    path = pages.project.root / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    pages.apply(Changes(edited=frozenset([path])))
    return build(pages)


def move(pages: Pages, *names: str) -> list[str]:
    """Tells that files came or went, and returns the pages that were built for it."""
    pages.apply(Changes(moved=frozenset(pages.project.root / name for name in names)))
    return build(pages)


def shown(pages: Pages, path: str) -> str:
    return pages.built[path].html.decode()


def said(pages: Pages) -> list[str]:
    found, pages.findings = pages.findings, []
    return [problem.text(pages.project.root) for problem in found]


# --------------------------------------------------------------------------- what is built


def test_an_edit_builds_its_page_and_no_other(pages):
    before = {path: page.version for path, page in pages.built.items()}
    assert edit(pages, "docs/three/index.md", "Nothing", "Something") == [THREE]
    assert "Something" in shown(pages, THREE)
    changed = [path for path, page in pages.built.items() if page.version != before[path]]
    assert changed == [THREE]


def test_an_estimate_builds_the_pages_that_rest_on_it_through_others_too(pages):
    assert "a large network" in shown(pages, TWO)
    built = edit(pages, "docs/one/estimate.py", "a large network", "a very small network")
    assert sorted(built) == [ONE, TWO]
    assert "a very small network" in shown(pages, ONE)
    assert "a very small network" in shown(pages, TWO)


def test_a_broken_estimate_shows_where_its_number_is_and_recovers(pages):
    assert sorted(edit(pages, "docs/one/estimate.py", "def peak", "oops(\ndef peak")) == [ONE, TWO]
    assert 'data-hb-error="estimate-error"' in shown(pages, ONE)
    assert "hb-error" in shown(pages, TWO)
    assert any(line.startswith("docs/one/estimate.py:8: estimate-error: ") for line in said(pages))
    assert sorted(edit(pages, "docs/one/estimate.py", "oops(\n", "")) == [ONE, TWO]
    assert "hb-error" not in shown(pages, ONE) + shown(pages, TWO)
    assert said(pages) == []


def test_a_figure_builds_the_pages_that_show_it(pages):
    assert edit(pages, "diagrams/toy.py", "A service is lost", "It is lost") == [TWO]
    assert "It is lost" in shown(pages, TWO)


def test_a_broken_figure_file_builds_the_pages_that_show_any_of_its_figures(pages):
    assert sorted(edit(pages, "diagrams/toy.py", "def loss", "oops(\ndef loss")) == [ONE, TWO]
    assert 'data-hb-error="figure-syntax"' in shown(pages, ONE)
    assert sorted(edit(pages, "diagrams/toy.py", "oops(\n", "")) == [ONE, TWO]
    assert "hb-error" not in shown(pages, ONE)


def test_a_figure_that_is_renamed_is_missed_where_it_was(pages):
    assert edit(pages, "diagrams/toy.py", "def loss", "def lost") == [TWO]
    assert "docs/two/index.md:5: figure-unknown: no figure 'toy/loss'" in said(pages)[0]


def test_a_new_title_shows_in_the_navigation_of_every_page(pages):
    built = edit(pages, "docs/three/index.md", "# Three", "# Drei")
    assert built[0] == THREE
    assert sorted(built) == sorted(pages.paths)
    assert "[Drei]" in shown(pages, HOME)


def test_a_page_that_comes_is_found_and_one_that_goes_is_missed(pages):
    new = pages.project.docs / "four.md"
    new.write_text("# Four\n")
    assert pages.apply(Changes(moved=frozenset([new]))) == ["four/index.html"]
    build(pages)
    assert "[Four]" in shown(pages, HOME)
    new.unlink()
    (pages.project.docs / "one" / "index.md").rename(pages.project.docs / "one" / "first.md")
    move(pages, "docs/four.md", "docs/one/index.md", "docs/one/first.md")
    assert ONE not in pages
    assert "one/first/index.html" in pages
    assert not (pages.folder / ONE).exists()
    assert "[Four]" not in shown(pages, HOME)
    [line] = said(pages)
    assert line.startswith("docs/index.md:3: build: Doc file 'index.md' contains a link 'one/index")


def test_a_missing_anchor_is_said_once_all_pages_are_there(pages):
    edit(pages, "docs/index.md", "one/index.md", "one/index.md#none")
    assert said(pages) == []
    pages.settle()
    assert "docs/index.md:3: build:" in said(pages)[0]


def test_a_draft_is_shown_and_marked(pages):
    (pages.project.docs / "sketch.md").write_text("# Sketch\n")
    move(pages, "docs/sketch.md")
    assert "DRAFT" in shown(pages, "sketch/index.html")


def test_a_template_is_read_again(pages):
    built = edit(pages, "overrides/main.html", "<nav>", "<nav class=x>")
    assert sorted(built) == sorted(pages.paths)
    assert "<nav class=x>" in shown(pages, HOME)


def test_what_pages_include_builds_them_all(pages):
    glossary = pages.project.root / "includes" / "glossary.md"
    pages.apply(Changes(edited=frozenset([glossary])))
    assert sorted(build(pages)) == sorted(pages.paths)


def test_a_style_is_copied_and_builds_nothing(pages):
    assert edit(pages, "docs/style.css", "a {}", "b {}") == []
    assert (pages.folder / "style.css").read_text() == "b {}"


def test_a_page_that_cannot_be_built_shows_why_and_recovers(pages):
    edit(pages, "docs/three/index.md", "# Three", "---\ntemplate: none.html\n---\n# Three")
    [line] = said(pages)
    assert line.startswith("docs/three/index.md: preview: TemplateNotFound: ")
    assert 'data-hb-error="preview"' in shown(pages, THREE)
    edit(pages, "docs/three/index.md", "template: none.html", "hide: []")
    assert "Nothing." in shown(pages, THREE)


def test_a_broken_template_names_its_line(pages):
    edit(pages, "overrides/main.html", "{{ page.content }}", "\n{% if %}")
    [line] = set(said(pages))
    assert line.startswith("overrides/main.html:4: preview: TemplateSyntaxError: ")


def test_a_broken_configuration_is_a_finding_and_keeps_what_is_there(pages):
    pages.project.config.write_text(CONFIG.replace("null", "none-such"))
    with pytest.raises(HandbookError, match=r"mkdocs\.yml: build: .*none-such"):
        pages.load()
    assert "Nothing." in shown(pages, THREE)
    assert HOME in pages


# --------------------------------------------------------------------------- what has changed


@pytest.fixture
def watcher(tmp_path: Path) -> Watcher:
    (tmp_path / "a.md").write_text("a")
    (tmp_path / "b.md").write_text("b")
    return Watcher([tmp_path])


def test_an_editor_that_saves_by_renaming_has_edited(tmp_path, watcher):
    (tmp_path / "a.md.new").write_text("longer")
    (tmp_path / "a.md.new").replace(tmp_path / "a.md")
    assert watcher.changes() == Changes(edited=frozenset([tmp_path / "a.md"]))
    assert watcher.changes() == Changes()


def test_what_editors_leave_beside_a_file_is_no_change(tmp_path, watcher):
    for name in (".a.md.swp", "a.md~", "#a.md#", "a.md.tmp"):
        (tmp_path / name).touch()
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").touch()
    assert watcher.changes() == Changes()


def test_a_renamed_file_came_and_went(tmp_path, watcher):
    (tmp_path / "b.md").rename(tmp_path / "c.md")
    assert watcher.changes() == Changes(moved=frozenset([tmp_path / "b.md", tmp_path / "c.md"]))


def test_a_file_that_is_away_while_it_is_saved_was_edited(tmp_path, watcher, monkeypatch):
    (tmp_path / "a.md").unlink()

    def save(_seconds: float) -> None:
        (tmp_path / "a.md").write_text("saved again")

    monkeypatch.setattr(time, "sleep", save)
    assert watcher.changes() == Changes(edited=frozenset([tmp_path / "a.md"]))


def test_the_kit_and_the_configuration_start_the_process_anew(toy):
    kit = toy.root / "scripts" / "handbook" / "a.py"
    for path, anew in ((kit, True), (toy.config, True), (toy.docs / "one" / "estimate.py", False)):
        changes = Changes(edited=frozenset([path]))
        assert process.changes_kit(toy, changes) is anew
    assert not process.changes_kit(toy, Changes(moved=frozenset([kit.with_suffix(".txt")])))


# --------------------------------------------------------------------------- what is served


@pytest.fixture
def served(toy: Project) -> Iterator[tuple[process.Preview, int]]:
    """A preview with its threads, as `handbook serve` runs them, and its port."""
    made = Pages(toy, toy.root / "preview", "http://127.0.0.1/")
    made.load()
    preview = process.Preview(made, 1)
    server = web.Server(socket.create_server(("127.0.0.1", 0)), preview)

    def run() -> None:
        with suppress(SystemExit):
            preview.run()

    def serve() -> None:
        server.serve_forever(0.02)  # how soon it sees that it is to end

    threads = [threading.Thread(target=work, daemon=True) for work in (serve, run)]
    for thread in threads:
        thread.start()
    yield preview, server.server_address[1]
    server.shutdown()
    server.server_close()
    # It would build for ever, as its process ends only by being stopped.
    preview._work = lambda _: sys.exit()
    preview.note(Changes(edited=frozenset([toy.config])), 1)
    for thread in threads:
        thread.join()


def get(port: int, path: str, method: str = "GET") -> tuple[http.client.HTTPResponse, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path)
    answer = connection.getresponse()
    return answer, answer.read().decode()


def follow(port: int, page: str) -> tuple[http.client.HTTPResponse, str]:
    """Asks for news of a page as its script does."""
    version = re.search(r'data-version="([^"]*)"', get(port, page)[1])[1]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", f"/-/changes?page={page}&version={version}")
    answer = connection.getresponse()
    assert answer.readline() == b"retry: 300\n"
    return answer, version


def test_a_page_is_built_when_it_is_asked_for_and_names_its_version(served):
    _, port = served
    answer, text = get(port, "/two/?x=1")
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-cache"
    assert re.search(r'<script src="/-/reload.js" data-version="[0-9a-f]{16}-1">', text)
    assert "EventSource" in get(port, "/-/reload.js")[1]


@pytest.mark.parametrize(
    ("path", "status"),
    [("/two", 302), ("/none/", 404), ("/style.css", 200), ("/../mkdocs.yml", 404), ("/one", 302)],
)
def test_other_addresses_answer_as_a_host_would(served, path, status):
    assert get(served[1], path)[0].status == status


def test_a_head_has_no_body(served):
    answer, text = get(served[1], "/three/", "HEAD")
    assert (answer.status, text) == (200, "")
    assert int(answer.headers["Content-Length"]) > 100


def test_an_open_page_hears_of_its_edit_and_another_does_not(served):
    preview, port = served
    three, _ = follow(port, "/three/")
    path = preview.folder.parent / "docs" / "three" / "index.md"
    path.write_text("# Three\n\nEdited.\n")
    preview.note(Changes(edited=frozenset([path])), 1)
    assert b"data: changed" in three.read()
    assert "Edited." in get(port, "/three/")[1]
    version = preview.fresh(ONE)[1]
    assert not preview.wait_for_change("one/", version, 0.2)


def test_a_changed_style_is_news_for_every_page(served):
    preview, port = served
    one, _ = follow(port, "/one/")
    preview.note(Changes(edited=frozenset([preview.folder.parent / "docs" / "style.css"])), 2)
    assert b"data: changed" in one.read()


def test_a_page_that_comes_is_news_for_who_asked_in_vain(served):
    preview, port = served
    late, version = follow(port, "/late/")
    assert version == ""
    path = preview.folder.parent / "docs" / "late.md"
    path.write_text("# Late\n")
    preview.note(Changes(moved=frozenset([path])), 1)
    assert b"data: changed" in late.read()
    assert get(port, "/late/")[0].status == 200


def test_a_page_that_goes_is_news_for_who_reads_it(served):
    preview, port = served
    three, _ = follow(port, "/three/")
    path = preview.folder.parent / "docs" / "three" / "index.md"
    path.unlink()
    preview.note(Changes(moved=frozenset([path])), 1)
    assert b"data: changed" in three.read()
    assert get(port, "/three/")[0].status == 404


def test_a_preview_outlives_what_nobody_foresaw(served, monkeypatch, capsys):
    preview, port = served
    path = preview.folder.parent / "docs" / "three" / "index.md"
    with monkeypatch.context() as broken:
        broken.setattr(Pages, "apply", lambda *_: 1 / 0)
        preview.note(Changes(edited=frozenset([path])), 1)
        until, said = time.monotonic() + 30, ""
        while "mkdocs.yml: preview: ZeroDivisionError: division by zero\n" not in said:
            assert time.monotonic() < until
            said += capsys.readouterr().err
            time.sleep(0.01)
    path.write_text("# Three\n\nMended.\n")
    preview.note(Changes(edited=frozenset([path])), 1)
    while "Mended." not in get(port, "/three/")[1]:
        assert time.monotonic() < until


def test_a_page_that_takes_for_ever_is_noticed(toy, monkeypatch):
    made = Pages(toy, toy.root / "preview", "http://127.0.0.1/")
    made.load()
    preview = process.Preview(made, 1)
    began = threading.Event()
    monkeypatch.setattr(process, "STUCK_SECONDS", 0.0)
    monkeypatch.setattr(preview, "_work", lambda _: (began.set(), sys.exit()))
    assert not preview.is_stuck()
    with suppress(SystemExit):
        preview.run()
    assert began.is_set()
    assert preview.is_stuck()


def test_edits_during_a_build_are_all_followed(served):
    preview, port = served
    path = preview.folder.parent / "docs" / "three" / "index.md"
    for count in range(20):
        path.write_text(f"# Three\n\nEdit {count}.\n")
        preview.note(Changes(edited=frozenset([path])), 1)
    until = time.monotonic() + 30
    while "Edit 19." not in get(port, "/three/")[1]:
        assert time.monotonic() < until


def test_what_was_found_after_an_edit_is_not_said_again_when_the_edit_is_noticed(toy, capsys):
    path = toy.docs / "three" / "index.md"
    pages = Pages(toy, toy.root / "preview", "http://127.0.0.1/")
    preview = process.Preview(pages, 1)

    def tell(edited_seconds_ago: float | None) -> int:
        if edited_seconds_ago is not None:
            at = time.time() - edited_seconds_ago
            os.utime(path, (at, at))
            preview._forget(Changes(edited=frozenset([path])))
        pages.findings = [Problem(path, 1, 1, "broken", "It is broken.")]
        preview._tell()
        return capsys.readouterr().err.count(": broken: ")

    assert tell(None) == 1  # a page that was in the works has met the edit
    assert tell(10) == 0  # the watcher notices the edit
    assert tell(-10) == 1  # another edit
    path.unlink()
    preview._forget(Changes(moved=frozenset([path])))
    assert tell(None) == 1


def test_a_finding_is_said_once_a_change_however_many_pages_it_is_on(served, capsys):
    preview, port = served
    docs = preview.folder.parent / "docs"
    edited = [docs / "two" / "index.md", docs / "one" / "estimate.py"]
    # The first build is another change: it must be over, or it tells of the same file.
    for page in ("/", "/one/", "/two/", "/three/"):
        get(port, page)
    for path, text in zip(
        edited, ("# Two\n\n**1e9**<!--= one.peak:.0e -->\n", "oops(\n"), strict=True
    ):
        path.write_text(text)
    preview.note(Changes(edited=frozenset(edited)), 1)
    until = time.monotonic() + 30
    while not all("hb-error" in get(port, page)[1] for page in ("/one/", "/two/")):
        assert time.monotonic() < until
    assert re.findall(r"(?m)^\S+: estimate-error: ", capsys.readouterr().err) == [
        "docs/one/estimate.py:1: estimate-error: "
    ]


# --------------------------------------------------------------------------- its processes


def start(project: Project, *words: str, before: str = "") -> subprocess.Popen[str]:
    code = f"import signal, sys\n{before}\nfrom handbook.cli import main\nsys.exit(main())"
    return subprocess.Popen(
        [sys.executable, "-c", code, "serve", *words],
        cwd=project.root,
        env={**os.environ, "PYTHONPATH": str(Path(serve.__file__).parents[2])},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def until_it_serves(running: subprocess.Popen[str]) -> list[str]:
    assert running.stdout is not None
    said = [running.stdout.readline()]
    while "pages to build" not in said[-1]:
        assert said[-1], said
        said.append(running.stdout.readline())
    return said


def children(parent: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=False
    )
    return [int(number) for number in listed.stdout.split()]


def is_gone(number: int) -> bool:
    """Tells whether a process has ended, waiting for a while until it has."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        listed = subprocess.run(
            ["ps", "-o", "stat=", "-p", str(number)], capture_output=True, text=True, check=False
        )
        if listed.stdout.strip()[:1] in ("", "Z"):
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_preview_ends_cleanly_and_takes_its_processes_along(toy, number):
    ignoring = "signal.signal(signal.SIGINT, signal.SIG_IGN)" if number == signal.SIGTERM else ""
    running = start(toy, "--port", "0", before=ignoring)
    first = until_it_serves(running)[0]
    assert re.fullmatch(r"==> Preview at http://127\.0\.0\.1:\d+/ \(Ctrl\+C stops it\)\n", first)
    [child] = children(running.pid)
    running.send_signal(number)
    assert running.wait(timeout=60) == 0
    assert "Traceback" not in running.stdout.read()
    assert is_gone(child)


def test_a_process_whose_parent_was_killed_goes_too(toy):
    running = start(toy, "--port", "0")
    until_it_serves(running)
    [child] = children(running.pid)
    running.kill()
    running.wait()
    assert is_gone(child)


def test_a_port_that_is_taken_is_one_line(toy):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        running = start(toy, "--port", str(port))
        out, _ = running.communicate(timeout=60)
    assert running.returncode == 1
    assert out == (
        f"127.0.0.1:{port}: serve-address: address already in use "
        f"(fix: handbook serve --port {port + 1})\n"
    )


def test_a_broken_configuration_at_the_start_is_one_line(toy):
    toy.config.write_text(CONFIG.replace("null", "none-such"))
    running = start(toy, "--port", "0")
    out, _ = running.communicate(timeout=60)
    assert running.returncode == 1
    findings = [line for line in out.splitlines() if not re.match(r"==> |    \d+ of ", line)]
    assert len(findings) == 1
    assert findings[0].startswith("mkdocs.yml: build: ")


# --------------------------------------------------------------------------- the real site


class Preview:
    """A running `handbook serve` over a checkout, with the kit of that checkout."""

    def __init__(self, project: Project) -> None:
        self.project = project
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}/"
        environment = {**os.environ, "PYTHONPATH": str(project.root / "scripts")}
        self.log = (project.root / "serve.log").open("w")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "handbook.cli", "serve", "--port", str(port)],
            cwd=project.root,
            env=environment,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def wait_for(self, path: str, text: str, seconds: float = 60) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(self.address + path, timeout=20) as answer:
                    if text in answer.read().decode():
                        return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                pass
            except http.client.IncompleteRead:
                pass  # The preview started anew in the middle of its answer.
            time.sleep(0.2)
        log = (self.project.root / "serve.log").read_text()
        pytest.fail(f"{text!r} never appeared on {path}\n{log[-3000:]}")

    def wait_for_log(self, text: str, seconds: float = 60) -> None:
        until = time.monotonic() + seconds
        log = self.project.root / "serve.log"
        while text not in log.read_text():
            assert time.monotonic() < until, log.read_text()[-3000:]
            time.sleep(0.2)

    def edit(self, path: str, old: str, new: str) -> Callable[[], int]:
        file = self.project.root / path
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        return lambda: file.write_text(text, encoding="utf-8")

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.log.close()


@pytest.fixture(scope="module")
def preview(new_checkout: Callable[..., Project]) -> Iterator[Preview]:
    running = Preview(new_checkout())
    yield running
    running.stop()


CHAPTER = "case-studies/news-feed/"
FIGURES = "diagrams/case-studies/news_feed.py"


@pytest.mark.build
def test_an_edited_chapter_shows(preview):
    preview.wait_for(CHAPTER, "Design a news feed")
    preview.edit(f"docs/{CHAPTER}index.md", "# Design a news feed", "# Design a fresh feed")
    preview.wait_for(CHAPTER, "Design a fresh feed")


@pytest.mark.build
def test_an_edited_estimate_shows(preview):
    preview.wait_for(CHAPTER, "a large network")
    preview.edit(f"docs/{CHAPTER}estimate.py", "a large network", "a very large network")
    preview.wait_for(CHAPTER, "a very large network")


@pytest.mark.build
def test_a_broken_figure_shows_its_error_in_place_and_recovers(preview):
    mend = preview.edit(FIGURES, "def serving():", "def serving():\n    oops(")
    preview.wait_for(CHAPTER, 'data-hb-error="figure-syntax"')
    log = (preview.project.root / "serve.log").read_text()
    assert log.count(": figure-syntax: ") == 1
    mend()
    preview.wait_for(CHAPTER, 'id="fig-news_feed-serving"')


@pytest.mark.build
def test_broken_front_matter_shows_its_error_in_place_and_recovers(preview):
    mend = preview.edit(f"docs/{CHAPTER}index.md", "level: [mid", "level: [[mid")
    preview.wait_for(CHAPTER, 'data-hb-error="front-matter-yaml"')
    preview.wait_for_log(": front-matter-yaml: ")
    mend()
    preview.wait_for(CHAPTER, "Level: Mid")


@pytest.mark.build
def test_a_broken_estimate_shows_its_error_in_place_and_recovers(preview):
    mend = preview.edit(f"docs/{CHAPTER}estimate.py", "import math", "import math\noops(")
    preview.wait_for(CHAPTER, 'data-hb-error="estimate-error"')
    preview.wait_for("reference/tooling/", "estimate-error: SyntaxError")
    mend()
    preview.wait_for("reference/tooling/", "Average feed requests a second")


@pytest.mark.browser
def test_an_open_page_shows_an_edit_where_its_reader_is(preview):
    program = find_browser()
    if program is None:
        pytest.fail(f"no browser (fix: {INSTALL})")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        page = browser.new_page()
        page.goto(preview.address + CHAPTER)
        page.evaluate("scrollTo(0, 3000)")
        page.wait_for_function("scrollY === 3000")
        preview.edit(f"docs/{CHAPTER}index.md", "## The prompt", "## The newest prompt")
        page.wait_for_selector("text=The newest prompt", state="attached")
        page.wait_for_function("scrollY === 3000")
        browser.close()


@pytest.mark.build
def test_a_rested_preview_can_be_searched(preview):
    preview.wait_for("assets/search-titles.js", "news-feed")


@pytest.mark.build
def test_a_broken_kit_is_waited_for(preview):
    path = "scripts/handbook/drawing/html.py"
    mend = preview.edit(path, "def figure_html(", "oops(\n\ndef figure_html(")
    preview.wait_for_log("kit-syntax")
    mend()
    preview.wait_for(CHAPTER, 'id="fig-news_feed-serving"')


@pytest.mark.build
def test_an_edited_figure_shows(preview):
    preview.wait_for(CHAPTER, 'id="fig-news_feed-serving"')
    text = (preview.project.root / FIGURES).read_text(encoding="utf-8")
    title = re.search(r'def serving\(\)(?: -> None)?:\n    """(.*)', text)[1]
    preview.edit(FIGURES, title, "A title that nobody wrote before")
    preview.wait_for(CHAPTER, "A title that nobody wrote before")


@pytest.mark.build
def test_an_edit_of_the_kit_itself_shows(preview):
    preview.edit("scripts/handbook/drawing/html.py", "Text description", "In other words")
    preview.wait_for(CHAPTER, "In other words")
