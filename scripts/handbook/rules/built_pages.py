"""Built pages: what each page of the site says of itself, and that nothing is left as it was typed.

Strict builds pass a page whose extension did not run.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from handbook.markdown.context import read_problem
from handbook.markup import Tag
from handbook.report import Problem
from handbook.rules import Code, SiteRule
from handbook.site import Document, Site

# What to call it, a text that is there wherever it is, and its shape.
RAW = (
    ("figure:", "figure:", re.compile(r"!\[[^\]]*\]\(figure:[^)\n]*\)?|\bfigure:\w+/")),
    ("![", "![", re.compile(r"!\[[^\]]*\]\((?!figure:)[^)\n]*\)")),
    ("<!--=", "<!--", re.compile(r"<!--[=?]")),
    ("[[[cog", "[[[", re.compile(r"\[\[\[(?:cog|end\])")),
    ("{{", "{{", re.compile(r"\{\{")),
    ("{%", "{%", re.compile(r"\{%")),
    ("{ #", "{", re.compile(r"\{:? ?[#.][A-Za-z][\w .#=-]*\}")),
    ("$$", "$", re.compile(r"\$\$[^$\n]*\$*|(?<![\\$\w])\$\\[a-zA-Z]+")),
    (":::", ":::", re.compile(r"^[ \t]*:::", re.MULTILINE)),
    ("```", "```", re.compile(r"^[ \t]*```", re.MULTILINE)),
    ("!!!", "!!!", re.compile(r"^[ \t]*!!! \w+", re.MULTILINE)),
    ("???", "???", re.compile(r"^[ \t]*\?\?\?\+? \w+", re.MULTILINE)),
    ("--8<--", "8<", re.compile(r"-+8<-+")),
    ("[^", "[^", re.compile(r"\[\^[^\]\s]+\]")),
)
# What an error names is likely to stand in its source: `module/figure`.
_NAMES = re.compile(r"[\w.-]+/[\w./-]+")
ERROR_PAGE = "404.html"


class PageErrors(SiteRule):
    """No page shows an error where something belongs."""

    codes = (
        Code(
            "page-error",
            "A built page shows an error where a figure or a number belongs. The finding is told "
            "at its own place if the error names one.",
            '<div class="hb-error" data-hb-error="figure-unknown">...</div>',
            "Mend what the error names; the page follows.",
            "html",
        ),
    )

    def over(self, site: Site) -> Iterator[Problem]:
        """Yields a finding for each error shown."""
        for page in site.pages.values():
            for offset, error in page.errors:
                shown = " ".join(error.split())
                told = read_problem(site.project.root, shown)
                near = (shown, *_NAMES.findall(shown))
                yield told or site.at(page, offset, "page-error", shown, *near)


class RawSyntax(SiteRule):
    """No page shows source syntax in its text."""

    codes = (
        Code(
            "raw-syntax",
            "Syntax of ours is shown as it was written: an extension did not run, or did not "
            "know it.",
            "<p>![The serving path](figure:news_feed/serving)</p>",
            "Look at the line before it: an indent or an open fence is the usual reason. Syntax "
            "that is shown on purpose stands in back quotes.",
            "html",
        ),
    )

    def over(self, site: Site) -> Iterator[Problem]:
        """Yields a finding for each place."""
        for page in site.pages.values():
            text = "".join(page.text)
            for name, hint, pattern in RAW:
                for match in pattern.finditer(text) if hint in text else ():
                    shown = " ".join(text[match.start() : match.start() + 40].split())
                    said = f"{name} is shown as it was written: {shown!r}"
                    yield site.at(page, 0, "raw-syntax", said, shown[:20], match[0].strip())
            for tag, offset in page.tags.values():
                if tag.source.startswith(("<!--=", "<!--?")):
                    said = f"<!--= is left as it was written: {tag.source[:40]!r}"
                    yield site.at(page, offset, "raw-syntax", said, tag.source[:20])


class UniqueIds(SiteRule):
    """An id is on its page once."""

    codes = (
        Code(
            "id-twice",
            "An id is twice on a built page: a link to it leads to the first, and a label or a "
            "description may belong to the wrong element.",
            '<h2 id="cost">Cost</h2> <a id="cost"></a>',
            "Rename one; a heading takes an id of its own with `{ #cost-a-year }`.",
            "html",
        ),
    )

    def over(self, site: Site) -> Iterator[Problem]:
        """Yields a finding for each id."""
        for page in site.pages.values():
            for name, count in page.ids.items():
                if count > 1:
                    said = f"the id {name!r} is there {count} times"
                    near = (f'id="{name}"', f"#{name}", *_headings(page, name), name)
                    yield site.at(page, 0, "id-twice", said, *near)
                elif not name or any(each.isspace() for each in name):
                    said = f"the id {name!r} is empty or has a blank in it"
                    yield site.at(page, 0, "id-twice", said, f'id="{name}"')


def _headings(page: Document, name: str) -> list[str]:
    return [heading.text for heading in page.headings if heading.id == name]


class Nesting(SiteRule):
    """Tags of the article are closed in the order in which they were opened."""

    codes = (
        Code(
            "html-nesting",
            "A tag of the article closes nothing, or is not closed: from there on the browser "
            "guesses, and what was written may leave the article.",
            "Text</div> and <strong>text",
            "Close the tag, or delete what closes nothing. Markdown needs no tags for emphasis, "
            "lists or tables.",
        ),
    )

    def over(self, site: Site) -> Iterator[Problem]:
        """Yields a finding for each tag."""
        for page in site.pages.values():
            for offset, said in page.unbalanced:
                tag = said.partition(" ")[0]
                yield site.at(page, offset, "html-nesting", said, tag, tag.rstrip(">"))


class Outline(SiteRule):
    """A page has one title, and headings below it step by step."""

    codes = (
        Code(
            "page-outline",
            "A built page has no heading of the first level or several, a heading without words, "
            "or one that skips a level. Who listens to a page walks along its headings.",
            "<h1>Serving</h1> <h3>Cost</h3>",
            "One `#`, then `##`, then `###`. A heading in raw HTML counts too.",
            "html",
        ),
    )

    def over(self, site: Site) -> Iterator[Problem]:
        """Yields a finding for each heading out of order."""
        for page in site.pages.values():
            if page.moved:
                continue
            first = [heading for heading in page.headings if heading.level == 1]
            if not first:
                yield site.at(page, 0, "page-outline", "the page has no heading of the first level")
            for heading in first[1:]:
                said = f"a second heading of the first level: {heading.text!r}"
                yield site.at(page, heading.offset, "page-outline", said, heading.text)
            yield from self._steps(site, page)

    def _steps(self, site: Site, page: Document) -> Iterator[Problem]:
        before = 0
        for heading in page.headings:
            where = (page, heading.offset, "page-outline")
            if not heading.text:
                said = f"a heading of level {heading.level} has no words"
                yield site.at(*where, said, f'id="{heading.id}"', f"<h{heading.level}")
            elif before and heading.level > before + 1:
                said = f"from level {before} to level {heading.level}: {heading.text!r}"
                yield site.at(*where, said, heading.text)
            before = heading.level


class PageNames(SiteRule):
    """A page says what it is called, what it is about, in which language, and where it is."""

    codes = (
        Code(
            "page-title",
            "A built page has no title, or that of another page: neither tabs, bookmarks nor "
            "results of a search tell them apart.",
            "<title>Serving</title>",
            "Give each page a `title` of its own in its front matter.",
            "html",
        ),
        Code(
            "page-description",
            "A built page has no description, or that of another page. Search engines and "
            "previews of links show it.",
            '<meta name="description" content="">',
            "Write a `description` in the front matter: one sentence, true of this page only.",
            "html",
        ),
        Code(
            "page-language",
            "A built page does not say its language, so that it is read out in the wrong voice.",
            "<html>",
            "The theme writes it from `theme: language` in `mkdocs.yml`.",
            "html",
        ),
        Code(
            "page-address",
            "A built page names another page's address as its own, or none, although "
            "`SITE_URL` says where the site is. Search engines would drop it.",
            '<link rel="canonical" href="https://example.org/elsewhere/">',
            "The theme writes it from `SITE_URL`; take a hand-written one out.",
            "html",
        ),
    )

    def over(self, site: Site) -> Iterator[Problem]:
        """Yields a finding for each page and name."""
        titles: dict[str, str] = {}
        descriptions: dict[str, str] = {}
        for page in site.pages.values():
            if not page.lang:
                yield site.at(page, 0, "page-language", "the page does not say its language")
            title = " ".join(page.title.split())
            yield from self._only(site, page, "title", title, titles)
            if page.moved or page.path == ERROR_PAGE:
                continue
            said = " ".join(" ".join(page.meta.get("description", [])).split())
            yield from self._only(site, page, "description", said, descriptions)
            yield from self._address(site, page)

    def _only(
        self, site: Site, page: Document, name: str, value: str, seen: dict[str, str]
    ) -> Iterator[Problem]:
        if not value:
            yield site.at(page, 0, f"page-{name}", f"the page has no {name}", f"{name}:")
        elif value in seen and not page.moved:
            said = f"{seen[value]} has the same {name}: {value!r}"
            yield site.at(page, 0, f"page-{name}", said, f"{name}:")
        if not page.moved:
            seen.setdefault(value, page.path)

    def _address(self, site: Site, page: Document) -> Iterator[Problem]:
        folder = posixpath.dirname(page.path)
        right = site.address + (f"{folder}/" if folder else "")
        if site.address and page.canonical != right:
            said = f"the page says that its address is {page.canonical or 'nowhere'!r}, not {right}"
            yield site.at(page, 0, "page-address", said, page.canonical)


class Moving(SiteRule):
    """Only a redirect of ours sends its reader on, and no page moves the root of its links."""

    codes = (
        Code(
            "page-refresh",
            "A page sends its reader elsewhere by itself. Only the small pages that "
            "`handbook build` writes for `redirects` do, and only within the site.",
            '<meta http-equiv="refresh" content="0; url=https://example.org/">',
            "List the old address under `extra: redirects` in `mkdocs.yml`.",
            "html",
        ),
        Code(
            "page-base",
            "A page moves the root of all its links with `<base>`, or tells the browser "
            "something else that belongs to a server.",
            '<base href="https://example.org/">',
            "Delete it; links are relative to their page.",
            "html",
        ),
    )

    def over(self, site: Site) -> Iterator[Problem]:
        """Yields a finding for each such element."""
        for page in site.pages.values():
            for tag, offset in page.tags.values():
                if tag.name == "base":
                    said = "<base> moves the root of every link"
                    yield site.at(page, offset, "page-base", said, "<base")
                elif tag.name == "meta" and "http-equiv" in tag.attributes:
                    yield from self._meta(site, page, tag, offset)

    def _meta(self, site: Site, page: Document, tag: Tag, offset: int) -> Iterator[Problem]:
        kind = tag.get("http-equiv").lower()
        if kind == "refresh":
            target = [each.url for each in page.references if each.offset == offset]
            inside = all(site.internal(url) is not None for url in target)
            if not (page.moved and target and inside):
                said = f"the page sends its reader on: {tag.get('content')!r}"
                yield site.at(page, offset, "page-refresh", said, "http-equiv")
        elif kind not in ("content-security-policy", "content-type", "x-ua-compatible"):
            said = f"<meta http-equiv={kind!r}> belongs to a server"
            yield site.at(page, offset, "page-base", said, "http-equiv")
