"""Serves a preview: each page as soon as it is built, and word of its new versions."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import socket
from typing import IO, Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

CHANGES = "/-/changes"
SCRIPT = "/-/reload.js"
RELOAD = Path(__file__).with_name("reload.js")
# How long a browser waits for a server that starts anew, in milliseconds.
RETRY_MS = 300
# How often a silent connection is tried, to learn that its browser has gone.
BEAT_SECONDS = 10.0


class Site(Protocol):
    """What is served."""

    folder: Path

    def path_of(self, address: str) -> str | None:
        """Returns the path of the page at an address; nothing where no page is."""

    def fresh(self, path: str) -> tuple[bytes, str]:
        """Returns a page and its version, built first where that is needed."""

    def wait_for_change(self, address: str, version: str, seconds: float) -> bool:
        """Waits for another version of what is at an address; tells whether there is one."""


class Handler(SimpleHTTPRequestHandler):
    """Answers one request: a page, a file, or the news of a page."""

    def __init__(self, *args: Any, site: Site) -> None:
        self._site = site
        super().__init__(*args, directory=str(site.folder))

    def do_GET(self) -> None:
        """Answers with a page or a file, or waits for news of a page."""
        if urlsplit(self.path).path == CHANGES:
            self._tell_changes()
        else:
            super().do_GET()

    def send_head(self) -> io.BytesIO | IO[bytes] | None:  # type: ignore[override]
        """Sends the head of an answer and returns its body."""
        address = unquote(urlsplit(self.path).path).lstrip("/")
        if address == SCRIPT.lstrip("/"):
            return self._send(HTTPStatus.OK, "text/javascript", RELOAD.read_bytes())
        path = self._site.path_of(address)
        if path is not None:
            html, version = self._site.fresh(path)
            return self._send(HTTPStatus.OK, "text/html", _following(html, version))
        if self._site.path_of(f"{address}/") is not None:
            self.send_response(HTTPStatus.FOUND)
            self.send_header("Location", f"{urlsplit(self.path).path}/")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        if not self._is_file():
            error_page = self._site.folder / "404.html"
            html = error_page.read_bytes() if error_page.is_file() else b"Not found"
            return self._send(HTTPStatus.NOT_FOUND, "text/html", _following(html, ""))
        return super().send_head()

    def _is_file(self) -> bool:
        place = Path(self.translate_path(self.path))
        return place.is_file() or (place / "index.html").is_file()

    def _send(self, status: HTTPStatus, kind: str, body: bytes) -> io.BytesIO:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return io.BytesIO(body)

    def end_headers(self) -> None:
        """Ends the head; a browser may keep what it gets, and must ask whether it still holds."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def _tell_changes(self) -> None:
        asked = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
        address = asked.get("page", [""])[0].lstrip("/")
        version = asked.get("version", [""])[0]
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(b"retry: %d\n\n" % RETRY_MS)
        while not self._site.wait_for_change(address, version, BEAT_SECONDS):
            self.wfile.write(b": still the same\n\n")
            self.wfile.flush()
        self.wfile.write(b"data: changed\n\n")

    def log_message(self, *_args: object) -> None:
        """Says nothing: an author looks for findings in the terminal."""


def _following(html: bytes, version: str) -> bytes:
    """Adds the script that loads a page again when it has changed."""
    tag = f'<script src="{SCRIPT}" data-version="{version}"></script>'.encode()
    before, end, after = html.rpartition(b"</body>")
    return before + tag + end + after if end else html + tag


class Server(ThreadingHTTPServer):
    """Serves on a socket that listens already."""

    daemon_threads = True

    def __init__(self, listener: socket, site: Site) -> None:
        """Takes the socket.

        Args:
            listener: A socket that listens.
            site: What to serve.
        """
        make: Callable[..., Handler] = lambda *args: Handler(*args, site=site)  # noqa: E731
        super().__init__(listener.getsockname(), make, bind_and_activate=False)
        self.socket.close()
        self.socket = listener

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says what went wrong, but not that a browser left before the answer was complete.

        Args:
            request: The connection.
            client_address: Who asked.
        """
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)
