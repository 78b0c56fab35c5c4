"""Serves a built site as a static host does: compressed, under a path, with its error page.

For tests and measurements on this machine. Nothing may be kept: a second visit fetches again, so
that what is counted never depends on what was visited before.
"""

from __future__ import annotations

import functools
import gzip
import http.server
import mimetypes
import posixpath
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote, urlsplit

# What a host compresses on the way. Fonts and pictures are compressed already, and so are the
# pieces of the search index.
COMPRESSED = {
    "application/json",
    "application/manifest+json",
    "application/xml",
    "image/svg+xml",
    "text/css",
    "text/html",
    "text/javascript",
    "text/markdown",
    "text/plain",
    "text/xml",
}
# Written down, because a machine's own table may call a script by another name.
TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".ico": "image/x-icon",
    ".js": "text/javascript",
    ".json": "application/json",
    ".map": "application/json",
    ".md": "text/markdown",
    ".mjs": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}
GZIP_LEVEL = 9
# How long the end of a block waits for the server at most.
POLL_S = 0.05


def content_type(path: Path) -> str:
    """Returns the type that a file is served as, without its encoding.

    Args:
        path: The file; only its name counts.
    """
    known = TYPES.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0]
    return known or "application/octet-stream"


def packed_size(path: Path) -> int:
    """Returns how many bytes of a file travel: compressed where a host compresses it.

    Args:
        path: A file that exists.
    """
    return len(_packed(path, path.stat().st_mtime_ns)[0])


@functools.lru_cache(maxsize=1024)
def _packed(path: Path, _changed_ns: int) -> tuple[bytes, bool]:
    """Returns what is sent for a file, and whether that is compressed."""
    body = path.read_bytes()
    if content_type(path) not in COMPRESSED:
        return body, False
    return gzip.compress(body, GZIP_LEVEL, mtime=0), True


class _Handler(http.server.BaseHTTPRequestHandler):
    """Answers GET and HEAD from one folder."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *args: object, folder: Path, prefix: str) -> None:
        self._folder, self._prefix = folder, prefix
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Sends a file, the way to a folder, or the error page."""
        path = unquote(urlsplit(self.path).path)
        found = self._find(path)
        if found is None:
            self._send(HTTPStatus.NOT_FOUND, self._folder / "404.html")
        elif found.is_dir():
            self._redirect(posixpath.basename(path) + "/")
        else:
            self._send(HTTPStatus.OK, found)

    do_HEAD = do_GET  # noqa: N815 (the name that the standard library looks for)

    def _find(self, path: str) -> Path | None:
        """Returns the file that an address means; a folder where its last slash is missing."""
        if not path.startswith(self._prefix):
            return None
        found = (self._folder / path.removeprefix(self._prefix)).resolve()
        if not found.is_relative_to(self._folder):
            return None
        if found.is_dir() and path.endswith("/"):
            found /= "index.html"
        return found if found.exists() else None

    def _redirect(self, target: str) -> None:
        self.send_response(HTTPStatus.MOVED_PERMANENTLY)
        self.send_header("Location", target)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, status: HTTPStatus, path: Path) -> None:
        kind, body, packed = "text/plain", b"not found\n", False
        if path.is_file():
            kind = content_type(path)
            body, packed = self._body(path)
        text = kind.startswith("text/") or kind == "application/json"
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if text else kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-cache")
        self.send_header("Vary", "Accept-Encoding")
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _body(self, path: Path) -> tuple[bytes, bool]:
        if "gzip" not in self.headers.get("Accept-Encoding", ""):
            return path.read_bytes(), False
        return _packed(path, path.stat().st_mtime_ns)

    def log_message(self, *_args: object) -> None:
        """Says nothing: what went wrong, the one who asked reports."""


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_args: object) -> None:
        """A browser that goes away in the middle of an answer is no error."""


@contextmanager
def serving(folder: Path, prefix: str = "/") -> Iterator[str]:
    """Serves a folder on a free port of this machine while the block runs.

    Args:
        folder: A built site, which may be written later.
        prefix: The path it is served under, with a slash at either end.

    Yields:
        Its address, which ends with the prefix.
    """
    handler = functools.partial(_Handler, folder=folder.resolve(), prefix=prefix)
    with _Server(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(POLL_S,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}{prefix}"
        finally:
            server.shutdown()
