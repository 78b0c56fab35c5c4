"""`handbook links`: asks the servers elsewhere whether what pages link to is still there.

What was found is kept in `.github/links.txt`, one line an address, so that a pull request asks for
its new links only and a weekly run for what was not asked for a while. Servers are treated as a
guest does: one question at a time with a pause, no body, and nobody is asked twice who answered.
"""

from __future__ import annotations

import argparse
import ast
import http.client
import ipaddress
import os
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urljoin, urlsplit

from handbook import chapters
from handbook.estimate import estimates
from handbook.project import Project
from handbook.report import Problem, Report

State = Literal["ok", "gone", "doubtful", "unchecked"]

CACHE = Path(".github", "links.txt")
HEAD = """\
# What `handbook links` found of each address elsewhere: state, day of the last answer, address.
# A state is ok, gone, doubtful or unchecked; an address that was never asked has no day.
"""
NEVER = "----------"
# A weekly run asks for everything again, whatever the hour it starts at.
FRESH_DAYS = 6
HOSTS_AT_ONCE = 8
MOST_REDIRECTS = 8
LASTING = (301, 308)
REDIRECTS = (301, 302, 303, 307, 308)
GONE = (404, 410)
# Worth another try; the others will say the same again.
BUSY = (429, 500, 502, 503, 504)
# Names kept for examples, and those of this machine: nobody answers there.
_NOBODY = re.compile(r"(?:^|\.)(?:example(?:\.(?:com|net|org))?|localhost|invalid|test)$")
_LINE = re.compile(r"(?P<state>[a-z]+) (?P<day>[-\d]{10}) (?P<url>\S+)")


@dataclass(frozen=True)
class Manners:
    """How servers are asked.

    Attributes:
        pause: Seconds between two questions to one host.
        tries: How often a server that is busy, or silent, is asked.
        backoff: Seconds before the second try; twice as long before each one after it.
        longest_wait: Seconds that a server may make us wait by `Retry-After`.
        seconds: How long one question may take from beginning to end.
        private: Whether hosts that are not on the public network are asked; only in tests.
    """

    pause: float = 1.0
    tries: int = 3
    backoff: float = 2.0
    longest_wait: float = 60.0
    seconds: float = 20.0
    private: bool = False


@dataclass(frozen=True)
class Answer:
    """What a server said of an address.

    Attributes:
        state: Whether it is there.
        said: The status or the error, in words.
        moved: Where it has moved for good; empty where it has not.
    """

    state: State
    said: str = ""
    moved: str = ""


@dataclass(frozen=True)
class Kept:
    """A line of the cache.

    Attributes:
        state: What was found.
        day: When; None where nobody was asked.
    """

    state: State
    day: date | None = None


@dataclass(frozen=True)
class _Reply:
    status: int = 0
    error: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


# --------------------------------------------------------------------------- the verb


def run_links(project: Project, args: argparse.Namespace) -> int:
    """Asks for the addresses elsewhere that the sources link to: the verb `handbook links`.

    Args:
        project: The checkout.
        args: `new` asks only for those that are not in the cache, and keeps nothing; `offline`
            asks nobody, and brings the cache's list of addresses up to date.

    Returns:
        1 when an address is gone, else 0.
    """
    places, known = external(project), read_cache(project)
    if args.offline:
        write_cache(project, {url: known.get(url, Kept("unchecked")) for url in places})
        print(f"{CACHE.as_posix()}: {len(places)} addresses")
        return 0
    due = [url for url in places if url not in known] if args.new else _due(places, known)
    answers = ask_all(due, Manners())
    gone, doubts = findings(places, answers)
    if not args.new:
        today = date.today()
        fresh = {url: Kept(answer.state, today) for url, answer in answers.items()}
        write_cache(
            project,
            {url: fresh.get(url, known.get(url, Kept("unchecked"))) for url in places},
        )
    for problem in doubts:
        print(f"warning: {problem.text(project.root)}")
    gone.print(project.root)
    print(f"links: {len(places)} addresses, {len(due)} asked, {_count(answers)}")
    return 0 if gone.ok else 1


def _due(urls: Iterable[str], known: Mapping[str, Kept]) -> list[str]:
    since = date.today() - timedelta(days=FRESH_DAYS)
    fresh = {url for url, kept in known.items() if kept.state == "ok" and kept.day}
    return [url for url in urls if url not in fresh or (known[url].day or since) <= since]


def _count(answers: Mapping[str, Answer]) -> str:
    states = [answer.state for answer in answers.values()]
    return ", ".join(f"{states.count(state)} {state}" for state in ("ok", "gone", "doubtful"))


def findings(
    places: Mapping[str, list[Problem]], answers: Mapping[str, Answer]
) -> tuple[Report, list[Problem]]:
    """Returns what is gone, and what somebody should look at, at every place that links there.

    Args:
        places: Every address with its places.
        answers: What servers said.
    """
    gone: list[Problem] = []
    doubts: list[Problem] = []
    for url, answer in answers.items():
        for place in places[url]:
            if answer.state == "gone":
                fix = "link to where it is now, or to an archived copy"
                said = f"{url} is gone: {answer.said}"
                gone.append(replace(place, code="link-dead", message=said, fix=fix))
            elif answer.state == "doubtful":
                fix = "open it in a browser"
                said = f"{url}: {answer.said}"
                doubts.append(replace(place, code="link-doubtful", message=said, fix=fix))
            elif answer.moved:
                said = f"{url} has moved for good"
                fix = f"link to {answer.moved}"
                doubts.append(replace(place, code="link-moved", message=said, fix=fix))
    return Report(gone), Report(doubts).problems


# --------------------------------------------------------------------------- sources and cache


def external(project: Project) -> dict[str, list[Problem]]:
    """Returns every address elsewhere with the places that name it, as findings without words.

    Args:
        project: The checkout. Pages and estimates are read, and no code is run.
    """
    found: dict[str, list[Problem]] = {}
    for url, place in (*_of_pages(project), *_of_estimates(project)):
        bare = url.partition("#")[0]
        if _is_asked(bare):
            found.setdefault(bare, []).append(place)
    return dict(sorted(found.items()))


def _of_pages(project: Project) -> Iterator[tuple[str, Problem]]:
    for page in chapters.read_all(project)[0]:
        for link in page.links:
            yield link.target, Problem(page.path, link.line, link.column, "", "")
        for match in re.finditer(r"(?:href|src)=[\"'](?P<url>https?://[^\"']+)", page.prose):
            yield match["url"], page.problem(match.start("url"), "", "")


def _of_estimates(project: Project) -> Iterator[tuple[str, Problem]]:
    for path in estimates(project).values():
        with suppress(SyntaxError, ValueError, OSError):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and _is_asked(str(node.value)):
                    place = Problem(path, node.lineno, node.col_offset + 1, "", "")
                    yield str(node.value), place


def _is_asked(url: str) -> bool:
    if not re.match(r"https?://[^\s/]", url) or re.search(r"\s", url):
        return False
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    ours = os.environ.get("SITE_URL", "")
    return bool(host) and not _NOBODY.search(host) and not (ours and url.startswith(ours))


def read_cache(project: Project) -> dict[str, Kept]:
    """Returns what is known of addresses; a line that is none is forgotten.

    Args:
        project: The checkout.
    """
    path = project.root / CACHE
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    found: dict[str, Kept] = {}
    for line in map(_LINE.fullmatch, text.splitlines()):
        if line and line["state"] in ("ok", "gone", "doubtful", "unchecked"):
            with suppress(ValueError):
                day = None if line["day"] == NEVER else date.fromisoformat(line["day"])
                found[line["url"]] = Kept(line["state"], day)  # type: ignore[arg-type]
    return found


def write_cache(project: Project, known: Mapping[str, Kept]) -> None:
    """Writes what is known of addresses, sorted, so that changes are easy to read.

    Args:
        project: The checkout.
        known: The lines by address.
    """
    lines = (f"{kept.state} {kept.day or NEVER} {url}\n" for url, kept in sorted(known.items()))
    path = project.root / CACHE
    path.parent.mkdir(exist_ok=True)
    path.write_text(HEAD + "".join(lines), encoding="utf-8")


# --------------------------------------------------------------------------- asking


def ask_all(urls: Iterable[str], manners: Manners) -> dict[str, Answer]:
    """Asks for addresses: hosts side by side, the addresses of one host one after another.

    Args:
        urls: The addresses.
        manners: How to ask.
    """
    hosts: dict[str, list[str]] = {}
    for url in urls:
        hosts.setdefault(urlsplit(url).netloc, []).append(url)

    def ask_host(those: list[str]) -> list[tuple[str, Answer]]:
        found = []
        for at, url in enumerate(those):
            if at:
                time.sleep(manners.pause)
            found.append((url, ask(url, manners)))
        return found

    with ThreadPoolExecutor(HOSTS_AT_ONCE) as pool:
        return dict(sorted(each for those in pool.map(ask_host, hosts.values()) for each in those))


def ask(url: str, manners: Manners) -> Answer:
    """Asks for one address, and follows where it leads.

    Args:
        url: The address.
        manners: How to ask.
    """
    here, lasting, seen = url, url, {url}
    while len(seen) <= MOST_REDIRECTS:
        reply = _patiently(here, manners)
        target = reply.headers.get("location", "")
        if reply.status not in REDIRECTS or not target:
            return _answer(reply, "" if lasting == url else lasting)
        # What moved for a while only is not where it will be found.
        onward = urljoin(here, target).partition("#")[0]
        if reply.status in LASTING and lasting == here:
            lasting = onward
        here = onward
        if here in seen:
            return Answer("doubtful", "leads back to itself")
        seen.add(here)
    return Answer("doubtful", f"leads on more than {MOST_REDIRECTS} times")


def _answer(reply: _Reply, moved: str) -> Answer:
    if reply.error:
        return Answer("doubtful", reply.error)
    name = http.client.responses.get(reply.status, "")
    said = f"{reply.status} {name}".strip()
    if reply.status in GONE:
        return Answer("gone", said)
    return Answer("ok", said, moved) if 200 <= reply.status < 300 else Answer("doubtful", said)


def _patiently(url: str, manners: Manners) -> _Reply:
    """Asks for the head, then for the whole where that is refused; again where a server is busy."""
    reply = _Reply()
    for at in range(manners.tries):
        if at:
            time.sleep(_wait(reply, manners.backoff * 2 ** (at - 1), manners))
        reply = _once("HEAD", url, manners)
        if not reply.error and not 200 <= reply.status < 400 and reply.status != 429:
            time.sleep(manners.pause)
            reply = _once("GET", url, manners)
        if not reply.error and reply.status not in BUSY:
            break
    return reply


def _wait(reply: _Reply, seconds: float, manners: Manners) -> float:
    asked = reply.headers.get("retry-after", "")
    return min(float(asked), manners.longest_wait) if asked.isdecimal() else seconds


def _once(method: str, url: str, manners: Manners) -> _Reply:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return _Reply(error=f"leads to {url[:80]!r}, which is no address of the web")
    try:
        if not manners.private:
            _refuse_private(parts.hostname)
        return _exchange(method, url, manners)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return _Reply(error=_words(error))


def _exchange(method: str, url: str, manners: Manners) -> _Reply:
    """Asks once; the body of the answer is never read."""
    parts = urlsplit(url)
    https = parts.scheme == "https"
    kind = http.client.HTTPSConnection if https else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=manners.seconds)
    # A limit for each packet is none for a server that sends a byte at a time.
    late = threading.Event()
    alarm = threading.Timer(manners.seconds, _hang_up, [connection, late])
    alarm.daemon = True
    try:
        alarm.start()
        path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
        query = f"?{quote(parts.query, safe='/?%:@!$&()*+,;=~-._')}" if parts.query else ""
        connection.request(method, path + query, headers=_headers())
        response = connection.getresponse()
        headers = {name.lower(): value for name, value in response.getheaders()}
        reply = _Reply(response.status, headers=headers)
    except (OSError, http.client.HTTPException):
        if not late.is_set():
            raise
    finally:
        alarm.cancel()
        connection.close()
    if late.is_set():
        # What came before we hung up is half an answer.
        raise TimeoutError
    return reply


def _hang_up(connection: http.client.HTTPConnection, late: threading.Event) -> None:
    late.set()
    with suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)


def _headers() -> dict[str, str]:
    about = os.environ.get("REPO_URL", "")
    agent = f"handbook-links/1{f' (+{about})' if about else ''}"
    return {"User-Agent": agent, "Accept": "*/*", "Connection": "close"}


def _refuse_private(host: str) -> None:
    """Keeps a link of a stranger from asking what only this machine can reach."""
    for *_, address in socket.getaddrinfo(host, None):
        if not ipaddress.ip_address(str(address[0]).partition("%")[0]).is_global:
            raise ValueError("not an address of the public network")


def _words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, socket.gaierror):
        return "no such host"
    if isinstance(error, ssl.SSLError):
        return f"no safe connection: {error.reason or 'TLS fails'}"
    if isinstance(error, OSError):
        return f"no connection: {(error.strerror or str(error)).lower()}"
    return " ".join(str(error).split()) or "an answer that is none"
