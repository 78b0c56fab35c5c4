"""Addresses elsewhere are asked for with patience and manners, by a server that has neither."""

from __future__ import annotations

import argparse
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from handbook import links
from handbook.links import Answer, Kept, Manners
from handbook.project import Project

# The real ones, but for the time that they take.
QUICK = Manners(pause=0, backoff=0, longest_wait=0, seconds=5, private=True)


class Misbehaving(ThreadingHTTPServer):
    """Answers by the path that is asked for, and notes who asks how often."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []
        self.counts: Counter[str] = Counter()
        self.at_once, self.most_at_once = 0, 0
        self.over = threading.Event()
        self.guard = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    server: Misbehaving

    def do_HEAD(self) -> None:
        self.serve()

    def do_GET(self) -> None:
        self.serve()

    def serve(self) -> None:
        server = self.server
        with server.guard:
            server.asked.append(f"{self.command} {self.path}")
            server.counts[self.path] += 1
            server.at_once += 1
            server.most_at_once = max(server.most_at_once, server.at_once)
        try:
            name = self.path.strip("/").split("/")[0].split("?")[0].replace("-", "_")
            getattr(self, f"on_{name}", self.on_status)()
        except OSError:
            # The one who asked has hung up, as the test is about.
            pass
        finally:
            with server.guard:
                server.at_once -= 1

    def log_message(self, *_: object) -> None:
        pass

    def reply(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for header, value in headers.items():
            self.send_header(header.replace("_", "-"), value)
        self.end_headers()

    def on_status(self) -> None:
        self.reply(int(self.path.strip("/").split("/")[0]))

    def on_head_refused(self) -> None:
        self.reply(405 if self.command == "HEAD" else 200)

    def on_head_denied(self) -> None:
        self.reply(404 if self.command == "HEAD" else 200)

    def on_once_broken(self) -> None:
        # The first try asks for the head and for the whole.
        self.reply(500 if self.server.counts[self.path] <= 2 else 200)

    def on_once_busy(self) -> None:
        first = self.server.counts[self.path] == 1
        self.reply(429 if first else 200, Retry_After="3600")

    def on_moved(self) -> None:
        self.reply(301, Location="/200/new")

    def on_moved_twice(self) -> None:
        self.reply(308, Location="/moved")

    def on_for_now(self) -> None:
        self.reply(302, Location="/200/now")

    def on_for_now_then_for_good(self) -> None:
        self.reply(302, Location="/moved")

    def on_moved_and_gone(self) -> None:
        self.reply(301, Location="/404")

    def on_loop(self) -> None:
        self.reply(302, Location="/loop-back")

    def on_loop_back(self) -> None:
        self.reply(302, Location="/loop")

    def on_further(self) -> None:
        at = int(self.path.rpartition("/")[2])
        self.reply(302, Location=f"/further/{at + 1}")

    def on_elsewhere(self) -> None:
        self.reply(302, Location="file:///etc/passwd")

    def on_huge(self) -> None:
        if self.command == "HEAD":
            self.reply(405)
            return
        self.reply(200, Content_Length=str(10**12))
        while not self.server.over.is_set():
            self.wfile.write(b"x" * 2**16)

    def on_silent(self) -> None:
        self.server.over.wait(30)

    def on_drip(self) -> None:
        self.wfile.write(b"HTTP/1.0 200 OK\r\nX: ")
        while not self.server.over.wait(0.05):
            self.wfile.write(b"x")
            self.wfile.flush()

    def on_nonsense(self) -> None:
        self.wfile.write(b"hello\r\n\r\n")

    def on_hung_up(self) -> None:
        self.close_connection = True


@pytest.fixture
def server() -> Iterator[Misbehaving]:
    with Misbehaving() as it:
        thread = threading.Thread(target=it.serve_forever, args=[0.01], daemon=True)
        thread.start()
        yield it
        it.over.set()
        it.shutdown()
        thread.join()


def at(server: Misbehaving, path: str) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}/{path}"


# --------------------------------------------------------------------------- one address


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("200", Answer("ok", "200 OK")),
        ("204", Answer("ok", "204 No Content")),
        ("404", Answer("gone", "404 Not Found")),
        ("410", Answer("gone", "410 Gone")),
        ("401", Answer("doubtful", "401 Unauthorized")),
        ("403", Answer("doubtful", "403 Forbidden")),
        ("429", Answer("doubtful", "429 Too Many Requests")),
        ("500", Answer("doubtful", "500 Internal Server Error")),
        ("503", Answer("doubtful", "503 Service Unavailable")),
        ("999", Answer("doubtful", "999")),
        ("304", Answer("doubtful", "304 Not Modified")),
        ("head-refused", Answer("ok", "200 OK")),
        ("head-denied", Answer("ok", "200 OK")),
        ("once-broken", Answer("ok", "200 OK")),
        ("once-busy", Answer("ok", "200 OK")),
        ("for-now", Answer("ok", "200 OK")),
        ("for-now-then-for-good", Answer("ok", "200 OK")),
        ("moved-and-gone", Answer("gone", "404 Not Found")),
        ("loop", Answer("doubtful", "leads back to itself")),
        ("further/1", Answer("doubtful", "leads on more than 8 times")),
        ("huge", Answer("ok", "200 OK")),
        ("nonsense", Answer("doubtful", "hello")),
        (
            "elsewhere",
            Answer("doubtful", "leads to 'file:///etc/passwd', which is no address of the web"),
        ),
        (
            "hung-up",
            Answer("doubtful", "no connection: remote end closed connection without response"),
        ),
        ("200/a path?with=odd signs&ü", Answer("ok", "200 OK")),
    ],
)
def test_what_a_server_says_is_understood(server, path, answer):
    assert links.ask(at(server, path), QUICK) == answer


@pytest.mark.parametrize("path", ["moved", "moved-twice"])
def test_where_a_page_has_moved_for_good_is_told(server, path):
    assert links.ask(at(server, path), QUICK) == Answer("ok", "200 OK", at(server, "200/new"))


@pytest.mark.parametrize("path", ["silent", "drip"])
def test_a_slow_server_is_not_waited_for(server, path):
    manners = Manners(pause=0, tries=1, seconds=0.3, private=True)
    assert links.ask(at(server, path), manners) == Answer("doubtful", "no answer in time")


def test_the_whole_is_asked_for_only_where_the_head_is_refused(server):
    links.ask(at(server, "200"), QUICK)
    links.ask(at(server, "head-refused"), QUICK)
    assert server.asked == ["HEAD /200", "HEAD /head-refused", "GET /head-refused"]


def test_a_busy_server_is_asked_three_times_and_one_that_says_no_once(server):
    links.ask(at(server, "503"), QUICK)
    links.ask(at(server, "429"), QUICK)
    links.ask(at(server, "403"), QUICK)
    counts = {path: server.counts[path] for path in ("/503", "/429", "/403")}
    assert counts == {"/503": 6, "/429": 3, "/403": 2}


def test_waits_grow_and_a_server_may_say_how_long_within_reason(monkeypatch):
    slept: list[float] = []
    monkeypatch.setattr(links.time, "sleep", slept.append)
    replies = iter([links._Reply(503), links._Reply(429, headers={"retry-after": "3600"})])
    monkeypatch.setattr(links, "_once", lambda *_: next(replies, links._Reply(200)))
    monkeypatch.setattr(links, "GONE", ())
    # The head and the whole of the first try, the head of the second, the third.
    links._patiently("https://x.example/", Manners(pause=1, backoff=2, longest_wait=60))
    assert slept == [1, 60]


def test_what_only_this_machine_reaches_is_not_asked_for(server):
    answer = links.ask(at(server, "200"), Manners(tries=1))
    assert answer == Answer("doubtful", "not an address of the public network")
    assert server.asked == []


def test_a_host_without_an_address_is_doubtful(monkeypatch):
    def unknown(*_: object) -> None:
        raise links.socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(links.socket, "getaddrinfo", unknown)
    answer = links.ask("https://nowhere.invalid/", Manners(tries=1))
    assert answer == Answer("doubtful", "no such host")


# --------------------------------------------------------------------------- many


def test_one_host_is_asked_one_thing_at_a_time(server):
    urls = [at(server, f"200/{number}") for number in range(6)]
    answers = links.ask_all(urls, QUICK)
    assert answers == dict.fromkeys(urls, Answer("ok", "200 OK"))
    assert server.most_at_once == 1


# --------------------------------------------------------------------------- the verb


@pytest.fixture
def project(tmp_path: Path, server: Misbehaving, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A page and an estimate that link to the server."""
    (tmp_path / "mkdocs.yml").touch()
    folder = tmp_path / "docs" / "a"
    folder.mkdir(parents=True)
    (folder / "index.md").write_text(
        "---\ntitle: A\n---\n\n# A\n\n"
        f"A [good]({at(server, '200')}#part) and a [dead]({at(server, '404')}) link.\n\n"
        f'<a href="{at(server, "moved")}">moved</a> [refused][r] [example](https://x.example/)\n\n'
        f"[r]: {at(server, '403')}\n\n`[code]({at(server, '410')})`\n"
    )
    (folder / "estimate.py").write_text(
        f'from x import sourced\n\nRATE = sourced(1, "x", url="{at(server, "404")}")\n'
    )
    monkeypatch.setattr(links, "Manners", lambda: QUICK)
    monkeypatch.delenv("SITE_URL", raising=False)
    return Project(tmp_path)


def run(project: Project, *, new: bool = False, offline: bool = False) -> int:
    return links.run_links(project, argparse.Namespace(new=new, offline=offline))


def test_every_place_of_a_dead_link_is_named(project, server, capsys):
    assert run(project) == 1
    out, err = capsys.readouterr()
    dead = at(server, "404")
    fix = "(fix: link to where it is now, or to an archived copy)"
    said = f"link-dead: {dead} is gone: 404 Not Found {fix}\n"
    column = len(f"A [good]({at(server, '200')}#part) and a [")
    assert err == f"docs/a/estimate.py:3:28: {said}docs/a/index.md:7:{column}: {said}"
    base = at(server, "")
    assert out == (
        f"warning: docs/a/index.md:9:10: link-moved: {base}moved has moved for good (fix: link to "
        f"{base}200/new)\n"
        f"warning: docs/a/index.md:11:1: link-doubtful: {base}403: 403 Forbidden (fix: open it in "
        "a browser)\n"
        "links: 4 addresses, 4 asked, 2 ok, 1 gone, 1 doubtful\n"
    )


def test_what_was_found_is_kept_and_asked_again_after_a_week(project, server):
    run(project)
    today = date.today()
    good, dead = at(server, "200"), at(server, "404")
    assert links.read_cache(project)[good] == Kept("ok", today)
    assert links.read_cache(project)[dead] == Kept("gone", today)
    server.asked.clear()
    run(project)
    assert "HEAD /200" not in server.asked
    assert "HEAD /404" in server.asked
    kept = links.read_cache(project) | {good: Kept("ok", today - timedelta(days=7))}
    links.write_cache(project, kept)
    server.asked.clear()
    run(project)
    assert "HEAD /200" in server.asked


def test_a_pull_request_is_asked_about_its_new_links_only(project, server, capsys):
    run(project, offline=True)
    assert server.asked == []
    assert run(project, new=True) == 0
    assert server.asked == []
    path = project.root / links.CACHE
    before = path.read_text()
    page = project.docs / "a" / "index.md"
    page.write_text(page.read_text() + f"\n[new]({at(server, '410')})\n")
    assert run(project, new=True) == 1
    assert {line.split()[1] for line in server.asked} == {"/410"}
    assert "docs/a/index.md:15:1: link-dead" in capsys.readouterr().err
    # What is not merged is nobody's.
    assert path.read_text() == before


def test_the_cache_is_sorted_and_forgets_what_nobody_links_to(project, server):
    links.write_cache(project, {"https://gone.example.net/": Kept("ok", date(2026, 1, 2))})
    (project.root / links.CACHE).open("a").write("no such line\nodd 2026-01-02 https://x.org/\n")
    run(project, offline=True)
    text = (project.root / links.CACHE).read_text()
    names = ("200", "403", "404", "moved")
    assert text == links.HEAD + "".join(
        f"unchecked {links.NEVER} {at(server, name)}\n" for name in names
    )


def test_the_committed_list_is_one_that_is_understood():
    project = Project(Path(__file__).resolve().parents[1])
    lines = (project.root / links.CACHE).read_text(encoding="utf-8").splitlines()
    kept = links.read_cache(project)
    assert len(kept) == sum(not line.startswith("#") for line in lines)
    assert list(kept) == sorted(kept)
