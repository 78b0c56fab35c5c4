"""Built addresses: every link, anchor and asset of the site leads somewhere, to the site or away.

They are checked where readers follow them: on pages, in style sheets and in scripts.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from handbook.report import Problem
from handbook.rules import Code, SiteRule
from handbook.site import Document, Reference, Site

# Browsers skip these anywhere in a scheme; so does who wants to hide one.
_SKIPPED = re.compile(r"[\x00-\x20\x7f-\x9f]+")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
FOLLOWED = {"https", "http", "mailto", "tel"}
PICTURES = ("data:image/png", "data:image/jpeg", "data:image/webp", "data:image/gif")
_URL = re.compile(
    r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^"')\s]*))\s*\)|@import\s+(?:"([^"]*)"|'([^']*)')""",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})\s?")
_REMARK = re.compile(r"/\*.*?\*/|^[ \t]*//[^\n]*", re.DOTALL | re.MULTILINE)
# What our scripts load later, they name as a text.
_LOADED = re.compile(r"""["'`/]([\w.-]+\.(?:js|css|json|svg|png|webp|woff2|wasm))(?=["'`?#])""")
OURS = re.compile(r"assets/[\w.-]+\.js")


def scheme_of(url: str) -> str:
    """Returns the scheme that a browser finds in an address, in lower case; empty without one.

    Args:
        url: As written; blanks and control characters hide nothing.
    """
    match = _SCHEME.match(_SKIPPED.sub("", url))
    return match[1].lower() if match else ""


def style_urls(css: str) -> Iterator[tuple[int, str]]:
    """Yields every address of a style sheet with its place.

    Args:
        css: Its text; comments and escapes hide nothing.
    """
    plain = _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), css)
    plain = _ESCAPE.sub(_character, plain)
    for match in _URL.finditer(plain):
        yield match.start(), next((each for each in match.groups() if each), "")


def loaded(script: str) -> Iterator[re.Match[str]]:
    """Yields every file that a script names, as the first group of a match.

    Args:
        script: Its text; comments are left out.
    """
    blank = _REMARK.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), script)
    return _LOADED.finditer(blank)


def _character(match: re.Match[str]) -> str:
    number = int(match[1], 16)
    return chr(number) if 32 <= number < 0xD800 else " "


class Addresses(SiteRule):
    """Every address on a page leads somewhere that is good for its reader."""

    codes = (
        Code(
            "link-script",
            "An address runs a script or carries a document in itself. Only pictures may be "
            "`data:`; control characters in an address hide nothing.",
            '<a href="javascript:go()">Go</a>',
            "Link to a page.",
            "html",
        ),
        Code(
            "foreign-request",
            "A page, a style or a drawing fetches something from elsewhere, which tells a "
            "stranger who reads what, and breaks when they are away.",
            '<img src="https://example.org/x.png" alt="">',
            "Serve it from `docs/assets`, or link to it.",
            "html",
        ),
        Code(
            "target-missing",
            "An address of a built page, style or script leads to no file of the site.",
            '<a href="../../gone/">Gone</a>',
            "Correct the address. Links between pages name the Markdown file, which the build "
            "rewrites; raw HTML is left as it is.",
            "html",
        ),
        Code(
            "anchor-missing",
            "A link names an anchor that the built page does not have.",
            '<a href="#none">None</a>',
            "Take the id of a heading: the link sign beside it shows it.",
            "html",
        ),
    )

    def over(self, site: Site) -> Iterator[Problem]:
        """Yields a finding for each address."""
        for page in site.pages.values():
            for reference in page.references:
                yield from self._reference(site, page, reference)

    def _reference(self, site: Site, page: Document, found: Reference) -> Iterator[Problem]:
        url, where = found.url, (page, found.offset)
        scheme = scheme_of(url)
        inside = site.internal(url)
        if inside is not None:
            yield from self._inside(site, page, found, inside)
        elif scheme == "data" and found.fetched and url.strip().lower().startswith(PICTURES):
            return
        elif scheme and scheme not in FOLLOWED:
            said = "runs a script" if scheme.endswith("script") else "is no address for a reader"
            shown = url if len(url) < 60 else url[:57] + "..."
            yield site.at(*where, "link-script", f"{shown!r} {said}", found.source, url)
        elif found.fetched or found.tag in ("form", "button", "input"):
            said = f"<{found.tag}> fetches {url} from elsewhere"
            fix = "serve it from docs/assets"
            yield site.at(*where, "foreign-request", said, found.source, url, fix=fix)

    def _inside(self, site: Site, page: Document, found: Reference, url: str) -> Iterator[Problem]:
        target = site.resolve(page.path, url)
        where = (page, found.offset)
        if target.file is None:
            near = (found.source, found.url, _tail(url))
            yield site.at(*where, "target-missing", f"{found.url} leads to no file", *near)
        elif target.anchor and not _has(site.pages.get(target.file), target.anchor):
            said = f"{found.url}: {target.file} has no anchor {target.anchor!r}"
            yield site.at(*where, "anchor-missing", said, found.source, f"#{target.anchor}")


def _has(page: Document | None, fragment: str) -> bool:
    # `:~:text=` addresses a text, `top` the page itself. What is no page has no ids to know.
    return page is None or fragment in page.ids or fragment.startswith(":~:") or fragment == "top"


def _tail(url: str) -> str:
    """The part of an address that its source is most likely to hold as well."""
    path = urlsplit(url).path.rstrip("/")
    return posixpath.basename(path) or url


class Styles(SiteRule):
    """Every address of a style sheet, and every file that a script of ours loads later."""

    def over(self, site: Site) -> Iterator[Problem]:
        """Yields a finding for each address."""
        for name in site.ending(".css"):
            for offset, url in style_urls(site.text(name)):
                inside = site.internal(url)
                if url.startswith("#") or url.lower().startswith("data:"):
                    continue
                if inside is None:
                    fix = "serve it from docs/assets"
                    yield site.at_file(name, offset, "foreign-request", f"fetches {url}", fix)
                elif site.resolve(name, inside).file is None:
                    said = f"{url} leads to no file"
                    yield site.at_file(name, offset, "target-missing", said)
        names = {posixpath.basename(name) for name in site.files}
        for name in filter(OURS.fullmatch, site.files):
            for match in loaded(site.text(name)):
                if posixpath.basename(match[1]) not in names:
                    said = f"{match[1]} leads to no file"
                    yield site.at_file(name, match.start(), "target-missing", said)
