"""Built files: nothing is published but what a site is made of, and a drawing only draws.

Whatever lies under `docs/` is copied into the site, so what should not be there is found here.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from handbook.markup import Tag, tokens
from handbook.report import Problem
from handbook.rules import Code, SiteRule
from handbook.rules.built_content import DRAWN, EVERYWHERE, OUTSIDE
from handbook.rules.built_links import PICTURES, loaded, scheme_of, style_urls
from handbook.rules.secrets import FIX, secrets
from handbook.site import Site

# What a file has beyond a drawing in a page.
_OWN = {"style": {"type"}}
_ATTRIBUTES = {
    "style", "xml:space", "xml:lang", "opacity", "fill-opacity", "stroke-opacity", "mask",
    "stroke-linecap", "stroke-linejoin", "stroke-dasharray", "stroke-miterlimit", "clip-path",
    "font-family", "font-style", "letter-spacing", "display", "visibility", "enable-background",
    "dominant-baseline", "alignment-baseline", "color", "marker-start", "marker-end",
    "marker-mid", "stop-opacity", "vector-effect", "paint-order", "baseprofile", "fill",
    "stroke", "stroke-width", "stroke-dashoffset", "shape-rendering", "text-rendering", "fill-rule",
}  # fmt: skip
_DECLARED = re.compile(
    r"<!--|<\?xml\s+version=['\"]1\.\d['\"](?:\s+encoding=['\"]utf-8['\"])?"
    r"(?:\s+standalone=['\"](?:yes|no)['\"])?\s*\?>",
    re.IGNORECASE,
)
_PICTURES = {"svg", "png", "jpg", "jpeg", "webp", "avif", "gif"}
# The types of files by the folder at the top; others have those of pages.
_TYPES = {
    "": _PICTURES | {"html", "xml", "gz", "txt", "md", "json", "inv", "webmanifest", "nojekyll"},
    "assets": _PICTURES | {"css", "js", "woff2", "txt", "json", "ico"},
    "search": {"json", "js"},
    "pagefind": {
        "js", "json", "wasm", "pagefind", "pf_meta", "pf_index", "pf_fragment", "pf_filter",
    },
}  # fmt: skip
_TEXTS = (".html", ".css", ".js", ".json", ".md", ".svg", ".txt", ".xml", ".webmanifest")
_PAGES = _PICTURES | {"html", "md"}
# Read by programs that look for them, or by what is listed here already.
_KNOWN = re.compile(
    r"(?:404\.html|robots\.txt|llms(?:-full)?\.txt|sitemap\.xml(?:\.gz)?|objects\.inv|\.nojekyll"
    r"|tags\.json|search\.json|search/.*|pagefind/.*|.*/OFL-[\w]+\.txt|assets/licen[cs]es/.*)"
)
_SOURCE_MAP = re.compile(r"^\s*/[/*][#@]\s*sourceMappingURL=", re.MULTILINE)


class Files(SiteRule):
    """The site holds files of the types that a reader's browser asks for, each in its place."""

    codes = (
        Code(
            "file-unexpected",
            "A file is published that no reader needs: code, a page in raw HTML, a script outside "
            "`assets/`, what an editor or a system left.",
            "docs/case-studies/news-feed/index.md.orig",
            "Delete it, or add it to `exclude_docs` in `mkdocs.yml`. A new type of file is added "
            "to the list in `rules/built_files.py`, with a review.",
            "text",
        ),
        Code(
            "source-map",
            "A map back to somebody's source is published, or asked for: bytes that only a "
            "debugger reads.",
            "//# sourceMappingURL=site.js.map",
            "Delete the line and the file.",
            "js",
        ),
    )

    def over(self, site: Site) -> Iterator[Problem]:
        """Yields a finding for each file."""
        for name in site.files:
            said = _unexpected(site, name)
            if said and name.endswith(".map"):
                yield site.at_file(name, -1, "source-map", "a source map is published")
            elif said:
                yield site.at_file(name, -1, "file-unexpected", said)
            elif name.endswith((".js", ".css")):
                match = _SOURCE_MAP.search(site.text(name))
                if match:
                    said = "asks for a source map"
                    yield site.at_file(name, match.start(), "source-map", said)


def _unexpected(site: Site, name: str) -> str:
    folder, _, rest = name.partition("/")
    types = _TYPES.get(folder, _PAGES) if rest else _TYPES[""]
    suffix = posixpath.basename(name).rpartition(".")[2].lower()
    if suffix not in types or (suffix == "gz" and name != "sitemap.xml.gz"):
        return f"no file of the type {suffix!r} belongs {f'under {folder}/' if rest else 'here'}"
    if any(part.startswith(".") and part != ".nojekyll" for part in name.split("/")):
        return "a hidden file is published"
    if suffix == "html" and (site.project.docs / name).is_file():
        return "a page in raw HTML escapes the theme, its navigation and every check of text"
    return ""


class Orphans(SiteRule):
    """Every page and every file is reached from the first page."""

    codes = (
        Code(
            "page-orphan",
            "No page that a reader can reach links to this one, and the navigation does not name "
            "it: it is published and nobody finds it.",
            "not_in_nav: /notes/",
            "Add it to `nav` in `mkdocs.yml`, or link to it from the page it belongs to.",
            "yaml",
        ),
        Code(
            "file-orphan",
            "A file is published that no page, style or script names. It costs every deployment "
            "and every offline copy.",
            "docs/case-studies/news-feed/old.png",
            "Show it, link to it, or delete it.",
            "text",
        ),
    )

    def over(self, site: Site) -> Iterator[Problem]:
        """Yields a finding for each page and file."""
        reached = _reached(site)
        for page in site.pages.values():
            if page.path not in reached and not page.moved and not _KNOWN.match(page.path):
                yield site.at(page, 0, "page-orphan", "no page that is reached links to this one")
        for name in site.files:
            known = name in reached or name in site.pages or _KNOWN.fullmatch(name)
            if not known and not _unexpected(site, name):
                yield site.at_file(name, -1, "file-orphan", "no page, style or script names it")


def _reached(site: Site) -> set[str]:
    """Everything that can be reached from the first page and the error page."""
    by_name: dict[str, list[str]] = {}
    for name in site.files:
        by_name.setdefault(posixpath.basename(name), []).append(name)
    reached: set[str] = set()
    todo = ["index.html", "404.html"]
    while todo:
        name = todo.pop()
        if name not in reached and (name in site.pages or (site.folder / name).is_file()):
            reached.add(name)
            todo += _named(site, name, by_name)
    return reached


def _named(site: Site, name: str, by_name: dict[str, list[str]]) -> Iterator[str]:
    if name in site.pages:
        urls = [reference.url for reference in site.pages[name].references]
    elif name.endswith(".css"):
        urls = [url for _, url in style_urls(site.text(name))]
    elif name.endswith((".js", ".json", ".webmanifest")):
        for match in loaded(site.text(name)):
            yield from by_name.get(posixpath.basename(match[1]), [])
        return
    else:
        return
    for url in urls:
        inside = site.internal(url)
        target = site.resolve(name, inside).file if inside is not None else None
        if target:
            yield target


class PublishedSecrets(SiteRule):
    """No key or token is published that came in while the site was built."""

    codes = (
        Code(
            "secret-published",
            "Something that looks like a key stands in a built file and in no source: a variable "
            "of the environment, such as a `REPO_URL` with a password, has come into the pages.",
            '<a href="https://me:$TOKEN@forge.example/handbook">Edit</a>',
            "Take it out of the variable. If a site with it was ever published, revoke the key.",
            "html",
        ),
    )

    def over(self, site: Site) -> Iterator[Problem]:
        """Yields a finding for each file and key."""
        for name in site.ending(*_TEXTS):
            for at, said in secrets(site.text(name)):
                yield site.at_file(name, at, "secret-published", said, FIX)


class Drawings(SiteRule):
    """A file in SVG draws, and does nothing else."""

    codes = (
        Code(
            "svg-unsafe",
            "A drawing holds something that acts or leads out: a script, a handler, a foreign "
            "object, an animation, an entity, or an address of another file. Opened by itself, "
            "a drawing is a page of this site.",
            '<svg xmlns="http://www.w3.org/2000/svg"><script>go()</script></svg>',
            "Export it as plain SVG, without the editor's own elements, and delete what is named.",
            "xml",
        ),
    )

    def over(self, site: Site) -> Iterator[Problem]:
        """Yields a finding for each file and tag."""
        for name in site.ending(".svg"):
            text = site.text(name)
            if "\ufffd" in text or "\0" in text:
                said = "the drawing is not written in UTF-8, so nothing can be said of it"
                yield site.at_file(name, 0, "svg-unsafe", said, "save it as UTF-8")
                continue
            for offset, said in self._findings(text):
                yield site.at_file(name, offset, "svg-unsafe", said)

    def _findings(self, text: str) -> Iterator[tuple[int, str]]:
        inside = ""
        for offset, token in tokens(text):
            if isinstance(token, str):
                if inside == "style":
                    yield from ((offset + at, said) for at, said in _style_findings(token))
                continue
            inside = "" if token.closing else token.name
            for said in self._tag(token):
                yield offset, said

    def _tag(self, tag: Tag) -> Iterator[str]:
        if tag.name == "!":
            if not _DECLARED.match(tag.source):
                yield f"{tag.source[:40]!r} declares or hides something"
            return
        allowed = DRAWN.get(tag.name, _OWN.get(tag.name))
        if allowed is None:
            yield f"<{tag.name}> is no element of a drawing"
            return
        for name, value in tag.attributes.items():
            yield from self._attribute(tag.name, name, value, name in allowed)

    def _attribute(self, tag: str, name: str, value: str, listed: bool) -> Iterator[str]:
        if name.startswith("on"):
            yield f"<{tag} {name}> runs a script"
        elif name in ("href", "xlink:href"):
            if not _stays(tag, value):
                yield f"<{tag} {name}> leads out: {value[:60]!r}"
        elif not listed and name not in EVERYWHERE | _ATTRIBUTES:
            if not name.startswith(("aria-", "data-")):
                yield f"<{tag}> may not have {name}={value[:40]!r}"
        elif OUTSIDE.search(value) or (name == "style" and any(_leading_out(value))):
            yield f"<{tag} {name}> leads out: {value[:60]!r}"


def _stays(tag: str, url: str) -> bool:
    if tag == "a":
        return scheme_of(url) in ("https", "http", "mailto", "")
    return url.startswith("#") or (tag == "image" and url.lower().startswith(PICTURES))


def _leading_out(css: str) -> Iterator[tuple[int, str]]:
    """Every address of a style that leads out of its own file."""
    for offset, url in style_urls(css):
        if not url.startswith("#") and not url.lower().startswith(PICTURES):
            yield offset, url


def _style_findings(css: str) -> Iterator[tuple[int, str]]:
    for offset, url in _leading_out(css):
        yield offset, f"<style> fetches {url[:60]}"
