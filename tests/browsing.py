"""The built site in a browser: served under a path of its own, watched, and read by axe."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from handbook.browser import FLAGS, INSTALL, find_browser
from handbook.project import Project

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = Path(__file__).parent / "vendor" / "axe.min.js"


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the site under its path, with its error page."""

    prefix = "/"

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if not path.startswith(self.prefix):
            self.send_error(404)
            return
        self.path = "/" + path.removeprefix(self.prefix)
        if Path(self.translate_path(self.path)).exists():
            super().do_GET()
            return
        body = (Path(self.directory) / "404.html").read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def address(built: Project, site_url: str) -> Iterator[str]:
    """The site's address."""
    prefix = urlsplit(site_url).path
    served = type("Served", (Handler,), {"prefix": prefix})
    handler = functools.partial(served, directory=str(built.site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{prefix}"
        server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = find_browser()
    if program is None:
        pytest.fail(f"no browser (fix: {INSTALL})")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield launched
        launched.close()


class Watched:
    """A page with everything that went wrong on it."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.page: Page = context.new_page()
        self.address = address
        self.wrong: list[str] = []
        self.foreign: list[str] = []
        self.pending: set[Request] = set()
        # What a page was still loading when it was left; that may be cut short.
        self.left: set[Request] = set()
        self.leaving = False
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("requestfailed", self._failed)
        self.page.on("requestfinished", lambda request: self.pending.discard(request))
        self.page.on("response", self._response)
        self.page.on("request", self._request)
        self.page.on("framenavigated", self._arrived)

    def _console(self, message) -> None:
        expected = "404 (" in message.text and "/no/such/page/" in message.location["url"]
        if message.type in ("error", "warning") and not expected:
            self.wrong.append(f"console: {message.text}")

    def _response(self, response) -> None:
        if response.status >= 400 and "/no/such/page/" not in response.url:
            self.wrong.append(f"{response.status}: {response.url}")

    def _failed(self, request) -> None:
        self.pending.discard(request)
        if request.failure != "net::ERR_ABORTED" or request not in self.left:
            self.wrong.append(f"failed: {request.url} ({request.failure})")

    def _arrived(self, frame) -> None:
        if frame == self.page.main_frame:
            self.leaving = False

    def _request(self, request) -> None:
        if request.is_navigation_request() and request.frame == self.page.main_frame:
            self.left |= self.pending
            self.leaving = True
        else:
            self.pending.add(request)
            if self.leaving:
                self.left.add(request)
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.foreign.append(request.url)

    def open(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page

    def close(self) -> None:
        """Closes the page once it has loaded everything, so that no request is cut short."""
        self.page.wait_for_load_state("networkidle")
        self.left |= self.pending
        self.leaving = True
        self.page.context.close()


@pytest.fixture
def watched(browser: Browser, address: str) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    seen = Watched(context, address)
    yield seen
    seen.close()
    assert seen.wrong == []
    assert seen.foreign == []


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Watched]:
    """A phone's window."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    yield Watched(context, address)
    context.close()


@pytest.fixture
def plain(browser: Browser, address: str) -> Iterator[Watched]:
    """A browser without JavaScript."""
    context = browser.new_context(java_script_enabled=False)
    yield Watched(context, address)
    context.close()


def violations(page: Page) -> list[str]:
    """What axe finds on a page as it is now; target size too, which it leaves out unasked."""
    # The policy of the page stops a script that is put into it, but not the debugger.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        """rules => axe.run(document, {
             runOnly: rules,
             rules: {'target-size': {enabled: true}},
             resultTypes: ['violations'],
           })""",
        RULES,
    )
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"][:3]
    ]
