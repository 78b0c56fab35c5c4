"""The small server of tests and measurements: compressed, under a path, nothing kept."""

from __future__ import annotations

import gzip
import http.client
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from handbook.webserver import content_type, packed_size, serving

TEXT = "body { color: red }\n" * 100


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    (folder / "part").mkdir(parents=True)
    (folder / "index.html").write_text("<h1>Start</h1>", encoding="utf-8")
    (folder / "404.html").write_text("<h1>Gone</h1>", encoding="utf-8")
    (folder / "part" / "index.html").write_text("<h1>Part</h1>", encoding="utf-8")
    (folder / "site.css").write_text(TEXT, encoding="utf-8")
    (folder / "inter.woff2").write_bytes(b"wOF2" * 10)
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    return folder


@pytest.fixture
def address(site: Path) -> Iterator[str]:
    with serving(site, "/some/path/") as served:
        yield served


def ask(address: str, path: str, method: str = "GET", **headers: str) -> http.client.HTTPResponse:
    # Not urllib, which would mend paths before it asks.
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=5)
    connection.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
    return connection.getresponse()


def test_text_travels_compressed_where_that_is_accepted(address, site):
    plain = ask(address, "/some/path/site.css")
    assert plain.getheader("Content-Encoding") is None
    assert plain.read().decode() == TEXT
    packed = ask(address, "/some/path/site.css", Accept_Encoding="gzip, br")
    assert packed.getheader("Content-Encoding") == "gzip"
    assert packed.getheader("Content-Type") == "text/css; charset=utf-8"
    body = packed.read()
    assert len(body) == int(packed.getheader("Content-Length")) == packed_size(site / "site.css")
    assert gzip.decompress(body).decode() == TEXT


def test_a_changed_file_is_never_served_from_before(address, site):
    ask(address, "/some/path/site.css", Accept_Encoding="gzip").read()
    (site / "site.css").write_text("b { }", encoding="utf-8")
    again = ask(address, "/some/path/site.css", Accept_Encoding="gzip")
    assert gzip.decompress(again.read()) == b"b { }"
    assert again.getheader("Cache-Control") == "no-cache"


def test_fonts_travel_as_they_are(address, site):
    font = ask(address, "/some/path/inter.woff2", Accept_Encoding="gzip")
    assert font.getheader("Content-Type") == "font/woff2"
    assert font.getheader("Content-Encoding") is None
    assert len(font.read()) == packed_size(site / "inter.woff2") == 40


def test_a_folder_is_its_page_and_wants_its_slash(address):
    assert ask(address, "/some/path/part/").read() == b"<h1>Part</h1>"
    moved = ask(address, "/some/path/part")
    assert (moved.status, moved.getheader("Location")) == (301, "part/")


@pytest.mark.parametrize(
    "path",
    ["/some/path/no/such/page/", "/", "/some/path/../secret.txt", "/some/path/%2e%2e/secret.txt"],
)
def test_what_is_not_there_gets_the_error_page(address, path):
    missing = ask(address, path)
    assert (missing.status, missing.read()) == (404, b"<h1>Gone</h1>")


def test_a_head_has_no_body(address):
    head = ask(address, "/some/path/", method="HEAD")
    assert (head.status, head.getheader("Content-Length"), head.read()) == (200, "14", b"")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.js", "text/javascript"),
        ("a.WOFF2", "font/woff2"),
        ("a.wasm", "application/wasm"),
        ("feed.xml", "application/xml"),
        ("en_1a2b.pf_fragment", "application/octet-stream"),
    ],
)
def test_types_do_not_depend_on_the_machine(name, kind):
    assert content_type(Path(name)) == kind
