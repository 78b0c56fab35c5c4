"""What of the theme is replaced: theirs is still what ours was made from, and ours takes effect."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import jinja2
import material
import pytest

from handbook.project import Project

THEME = Path(material.__file__).parent / "templates"
OURS = Path(__file__).resolve().parents[1] / "overrides"
CHAPTER = "case-studies/news-feed/index.html"
# Ours, and the theme's templates that it was made from, as they were then.
MADE_FROM = {
    "404.html": {"404.html": "8a4ca458bacfd2ee"},
    "main.html": {"base.html": "7622661ee1be8fdc"},
    "partials/actions.html": {"partials/actions.html": "ff7b1468384684d7"},
    "partials/footer.html": {"partials/footer.html": "5efedd6d1399e3c4"},
    "partials/header.html": {
        "partials/header.html": "c659ff5b13fafcb8",
        "partials/palette.html": "0214cd44e556cf37",
    },
    "partials/javascripts/base.html": {"partials/javascripts/base.html": "eacdf910ae1a3c6e"},
    "partials/javascripts/content.html": {"partials/javascripts/content.html": "944007043089ea9a"},
    "partials/nav.html": {
        "partials/nav.html": "c54717d7697d5404",
        "partials/nav-item.html": "2337f08f5393ec21",
    },
    "partials/path.html": {"partials/path.html": "25aa5c96bcf869d2"},
    "partials/source.html": {"partials/source.html": "a9e1434710d7a6e2"},
    "partials/tabs.html": {
        "partials/tabs.html": "1022b8c4e47df0ed",
        "partials/tabs-item.html": "100913e017e8345c",
    },
    "partials/toc.html": {
        "partials/toc.html": "58492bd0238a33ec",
        "partials/toc-item.html": "6fd5a0c2855ec98a",
    },
    "partials/top.html": {"partials/top.html": "c2672d98078bda3f"},
}
# Ours alone.
NEW = {"partials/first.html", "partials/head.html"}
# What stands in a chapter because of it, once; and what of the theme's does not.
EFFECTS = {
    "main.html": ('<div class="hb-said" role="status">', "__config"),
    "partials/footer.html": ('aria-label="Previous and next page"', "md-footer__link"),
    "partials/header.html": ('popovertarget="hb-navigation" aria-label="Menu"', 'for="__search"'),
    "partials/first.html": ('localStorage.getItem("hb-theme")', ""),
    "partials/javascripts/base.html": ("", "__md_scope"),
    "partials/javascripts/content.html": ("", "__tabbed_"),
    "partials/nav.html": ('<nav class="hb-nav" aria-label="Navigation">', "md-nav__toggle"),
    "partials/path.html": ('aria-label="Where you are"', ""),
    "partials/source.html": ("", 'data-md-component="source"'),
    "partials/tabs.html": ('<nav class="md-tabs" aria-label="Parts">', 'aria-label="Tabs"'),
    "partials/toc.html": ('<nav class="hb-toc" aria-labelledby="hb-toc-title">', 'for="__toc"'),
    "partials/top.html": ('<a href="#top" class="md-top"', 'data-md-component="top"'),
}


def body(path: Path) -> str:
    """A template without its comments and its spare blanks."""
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return " ".join(text.split())


@pytest.mark.parametrize("name", MADE_FROM)
def test_theirs_is_what_ours_was_made_from(name):
    digests = {
        theirs: hashlib.sha256(body(THEME / theirs).encode()).hexdigest()[:16]
        for theirs in MADE_FROM[name]
    }
    assert digests == MADE_FROM[name], (
        f"the theme has changed what overrides/{name} was made from: carry over what ours should "
        "follow, then note the digest here"
    )


def test_every_replaced_template_is_guarded():
    found = {path.relative_to(OURS).as_posix() for path in OURS.rglob("*.html")}
    assert found == {*MADE_FROM, *NEW}


def test_every_template_says_why_it_differs():
    silent = [path for path in OURS.rglob("*.html") if not path.read_text().startswith("{#-")]
    assert silent == []


def item(title: str, *children: SimpleNamespace, active: bool = False, **meta: str):
    """A page of the navigation, or a section where it has children."""
    url = "" if children else f"{title.lower()}/"
    return SimpleNamespace(title=title, url=url, active=active, children=children, meta=meta)


def navigation(*items: SimpleNamespace) -> str:
    templates = jinja2.Environment(loader=jinja2.FileSystemLoader([OURS, THEME]), autoescape=False)
    templates.filters["url"] = str
    out = templates.get_template("partials/nav.html").render(
        nav=SimpleNamespace(items=items), config=SimpleNamespace(site_name="Site")
    )
    return re.sub(r"\s+", " ", out[out.index('<ul class="hb-nav__list">') :])


def test_a_closed_part_is_a_link_to_its_first_page():
    out = navigation(item("Part", item("Section", item("First"), item("Second"))))
    assert re.findall(r'href="([^"]+)"[^>]*>([^<]+)', out) == [("first/", "Part")]


def test_an_open_part_lists_its_pages_and_those_of_its_sections():
    inner = item("Section", item("Second"), item("Third"))
    out = navigation(item("Part", item("First", active=True), inner, active=True))
    assert re.findall(r'(aria-current="page")?>([A-Z]\w+)', out) == [
        ("", "Part"),
        ('aria-current="page"', "First"),
        ("", "Section"),
        ("", "Second"),
        ("", "Third"),
    ]


def test_a_page_says_its_status():
    assert '<span class="hb-status">new</span>' in navigation(item("Page", status="new"))


@pytest.mark.build
@pytest.mark.parametrize("name", EFFECTS)
def test_it_takes_effect(built: Project, name: str):
    page = (built.site / CHAPTER).read_text(encoding="utf-8")
    ours, theirs = EFFECTS[name]
    assert not ours or page.count(ours) == 1
    assert not theirs or theirs not in page


@pytest.mark.build
def test_no_page_loads_a_script_of_the_theme(built: Project):
    for path in built.site.rglob("*.html"):
        scripts = re.findall(r'<script[^>]*\bsrc="([^"]+)"', path.read_text(encoding="utf-8"))
        assert [src for src in scripts if "/javascripts/" in src] == [], path


@pytest.mark.build
def test_every_page_has_the_same_one_script_inside(built: Project):
    found = Counter(
        tuple(re.findall(r"<script>(.*?)</script>", path.read_text("utf-8"), re.DOTALL))
        for path in built.site.rglob("*.html")
        if "<body" in path.read_text("utf-8") and 'http-equiv="refresh"' not in path.read_text()
    )
    assert len(found) == 1
    assert len(next(iter(found))) == 1


@pytest.mark.build
def test_no_page_has_two_landmarks_of_one_name(built: Project):
    for path in built.site.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        names = Counter(re.findall(r'<nav\b[^>]*aria-label(?:ledby)?="([^"]+)"', page))
        assert [name for name, count in names.items() if count > 1] == [], path
        assert page.count("<nav") - page.count('<nav class="md-tags"') == names.total(), path
