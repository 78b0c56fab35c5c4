"""The check of a built site: each defect of the corpus is found at its line; what is legal is not.

A case is a file in `tests/corpus/built/bad` or `good`. Its first lines are the findings expected,
`file:line: code`, or a variable of the environment. Then come parts, each behind `-- where --`,
laid over the tiny site in `base`: `article` stands on the page and in its source, `page` on the
page alone, `source` in the source alone; `head`, `nav` and `body` elsewhere on the page; any other
name is a file.
"""

from __future__ import annotations

import re
import shutil
from argparse import Namespace
from pathlib import Path

import pytest

from handbook import markup, published
from handbook.project import Project
from handbook.report import HandbookError
from handbook.rules import SiteRule, find
from handbook.rules.built_links import scheme_of, style_urls
from handbook.site import Site, check_site, source_of

CORPUS = Path(__file__).parent / "corpus" / "built"
BAD = sorted((CORPUS / "bad").glob("*.txt"))
GOOD = sorted((CORPUS / "good").glob("*.txt"))
PAGE, SOURCE = "site/part/page/index.html", "docs/part/page.md"
SERVE_IT = " (fix: serve it from docs/assets)"
SLOTS = {"article", "page", "head", "nav", "body"}


def tiny(root: Path) -> Project:
    """The site that defects are planted in, with the sources it was made of."""
    shutil.copytree(CORPUS / "base", root, dirs_exist_ok=True)
    (root / "pages").rename(root / "site")
    return Project(root)


def plant(project: Project, case: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Lays a case over the tiny site; returns what it expects to be found."""
    head, *parts = re.split(r"(?m)^-- (.+) --\n", case.read_text(encoding="utf-8"))
    expected = []
    for line in head.splitlines():
        name, is_set, value = line.partition("=")
        if is_set and name.isupper():
            monkeypatch.setenv(name, value)
        else:
            expected.append(line)
    for where, text in zip(parts[::2], parts[1::2], strict=True):
        if where in SLOTS:
            put(project.root / PAGE, f"<!-- {'article' if where == 'page' else where} -->", text)
        if where in ("article", "source"):
            with (project.root / SOURCE).open("a", encoding="utf-8") as source:
                source.write(text)
        elif where not in SLOTS:
            path = project.root / where
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return expected


def put(path: Path, mark: str, text: str) -> None:
    before = path.read_text(encoding="utf-8")
    assert mark in before
    path.write_text(before.replace(mark, text), encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.delenv("SITE_URL", raising=False)
    return tiny(tmp_path)


def found(project: Project) -> list[str]:
    """Every finding; the command that explains its code, where it says nothing else, left out."""
    texts = [problem.text(project.root) for problem in check_site(project)]
    return [re.sub(r" \(fix: handbook check --explain [a-z-]+\)$", "", text) for text in texts]


# --------------------------------------------------------------------------- the corpus


def test_a_whole_site_has_no_findings(project):
    assert found(project) == []


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.stem)
def test_each_planted_defect_is_found_at_its_line(project, case, monkeypatch):
    expected = plant(project, case, monkeypatch)
    assert expected
    places = {": ".join(text.split(": ")[:2]) for text in found(project)}
    assert sorted(places) == sorted(expected)


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.stem)
def test_what_is_legal_is_no_finding(project, case, monkeypatch):
    assert plant(project, case, monkeypatch) == []
    assert found(project) == []


def test_every_code_of_the_built_site_is_in_the_corpus():
    # `published-new` belongs to the command, tested below.
    codes = {code.name for rule in find(SiteRule) for code in rule.codes} - {"published-new"}
    heads = [case.read_text(encoding="utf-8").partition("-- ")[0] for case in BAD]
    caught = {line.rpartition(": ")[2] for head in heads for line in head.splitlines()}
    assert caught - {"figure-error"} >= codes


def test_nothing_built_says_so(tmp_path):
    with pytest.raises(HandbookError, match=r"no-site: nothing is built here \(fix: make site\)"):
        check_site(Project(tmp_path))


# --------------------------------------------------------------------------- messages


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            '<a href="#none">x</a>',
            "anchor-missing: #none: part/page/index.html has no anchor 'none'",
        ),
        ('<a href="../gone/">x</a>', "target-missing: ../gone/ leads to no file"),
        ('<a href="javascript:go()">x</a>', "link-script: 'javascript:go()' runs a script"),
        ('<p id="a"></p><p id="a"></p>', "id-twice: the id 'a' is there 2 times"),
        (
            '<img src="https://x.example/x.png" alt="">',
            f"foreign-request: <img> fetches https://x.example/x.png from elsewhere{SERVE_IT}",
        ),
        ("<p>{{ x }}</p>", "raw-syntax: {{ is shown as it was written: '{{ x }}'"),
        ('<div data-hb-error="x">something <b>bad</b></div>', "page-error: something bad"),
        ("<iframe></iframe>", "html-element: <iframe> shows another document (fix: link to it)"),
        ("<marquee></marquee>", "html-element: <marquee> is no element for content"),
        ('<p onclick="go()">x</p>', "html-handler: <p onclick> runs a script"),
        ('<p style="top: 0">x</p>', "html-style: <p> has a style: 'top: 0' (fix: a class)"),
        ('<p align="right">x</p>', "html-attribute: <p> may not have align='right'"),
        ("<script>go()</script>", "html-script: a script stands in the article"),
        ("<p>x</p></div>", "html-nesting: </div> closes nothing"),
        ("<div><p>x</p>", "html-nesting: <div> is not closed"),
        ("<h4>Deep</h4>", "page-outline: from level 2 to level 4: 'Deep'"),
    ],
)
def test_a_finding_says_what_is_wrong(project, body, message):
    put(project.root / PAGE, "<!-- article -->", body)
    (said,) = found(project)
    assert said.startswith(SOURCE)
    assert said.partition(": ")[2] == message


def test_a_link_leads_to_the_line_that_names_its_page(project):
    put(project.root / PAGE, "<!-- article -->", '<a href="../gone/#here">it</a>')
    (project.root / SOURCE).write_text("# Page\n\n## Planted\n\nSee [it](gone.md#here).\n")
    assert found(project)[0].startswith(f"{SOURCE}:5: target-missing")


def test_what_no_text_tells_is_reported_at_the_heading_above(project):
    put(project.root / PAGE, "<!-- article -->", "<marquee>made by an extension</marquee>")
    assert found(project)[0].startswith(f"{SOURCE}:10: html-element")


def test_a_page_knows_its_source(project):
    assert source_of(project, "part/page/index.html") == project.docs / "part" / "page.md"
    assert source_of(project, "index.html") == project.docs / "index.md"
    assert source_of(project, "404.html") is None


# --------------------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    ("url", "scheme"),
    [
        ("../a/", ""),
        ("https://x.example/", "https"),
        ("JavaScript:go()", "javascript"),
        ("\x01 java\nscr\tipt:go()", "javascript"),
        ("a/b:c", ""),
        ("#a:b", ""),
    ],
)
def test_nothing_hides_a_scheme(url, scheme):
    assert scheme_of(url) == scheme


def test_nothing_hides_an_address_in_a_style():
    css = "/* url(a) */ b{background:URL( 'b' )} c{background:\\75rl(c)} @import \"d\";e{--f:url()}"
    assert [url for _, url in style_urls(css)] == ["b", "c", "d", ""]


# --------------------------------------------------------------------------- markup


def tags(text: str) -> list[str]:
    found = [token for _, token in markup.tokens(text) if isinstance(token, markup.Tag)]
    return [("/" if tag.closing else "") + tag.name for tag in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<a b='>' c=\">\">x</a >", ["a", "/a"]),
        ('<p x"y><b>">', ["p", "b"]),
        ('<p a=="><b>">', ["p", "b"]),
        ('<p ="><b>">', ["p", "b"]),
        ("<svg/onload=go()>", ["svg"]),
        ("<!--><b>-->", ["!", "b"]),
        ("<!-- a --!><b>", ["!", "b"]),
        ("<!-- a --><b>", ["!", "b"]),
        ("</ a><b>", ["!", "b"]),
        ("<title><b></title>", ["title", "/title"]),
        ("<svg><title><b></b></title></svg>", ["svg", "title", "b", "/b", "/title", "/svg"]),
        ("<script>'</b>'</script ><i>", ["script", "/script", "i"]),
        ("<script/><b></script>", ["script", "/script"]),
        ("1 < 2 <3 <- 4", []),
    ],
)
def test_tags_end_where_a_browser_ends_them(text, expected):
    assert tags(text) == expected


def test_a_tag_knows_its_attributes():
    ((_, tag), *_) = markup.tokens("<A HREF=x/ b='1'c=\"&lt;\" d b=2>")
    assert tag.name == "a"
    assert dict(tag.attributes) == {"href": "x/", "b": "1", "c": "<", "d": ""}


def test_markup_that_never_ends_is_read_in_one_pass():
    long = '<a b="' * 20_000 + "<!--" * 20_000
    assert "".join(text for _, text in markup.tokens(long) if isinstance(text, str)) in long


# --------------------------------------------------------------------------- published


def test_what_is_published_is_listed_once_and_never_taken_back(project, capsys):
    check, write = Namespace(check=True), Namespace(check=False)
    assert published.run_published(project, check) == 1
    assert capsys.readouterr().err.splitlines()[0] == (
        "docs/published.txt: published-new: the built site has /, which is not listed "
        "(fix: handbook published)"
    )
    assert published.run_published(project, write) == 0
    listed = published.path_of(project)
    assert listed.read_text(encoding="utf-8") == "/\npart/page/\npart/page/#planted\n"
    assert published.run_published(project, check) == 0
    put(project.root / PAGE, 'id="planted"', 'id="renamed"')
    said = "docs/published.txt:3: published-anchor: part/page/#planted was published and its "
    fix = 'heading is gone (fix: <a id="planted"></a> above the heading that holds it now)'
    assert found(project) == [said + fix]
    assert published.run_published(project, write) == 0
    assert "part/page/#planted\npart/page/#renamed\n" in listed.read_text(encoding="utf-8")


def test_the_headings_of_a_review_are_no_promise(project):
    review = project.site / "contributing/reviews/page"
    shutil.copytree(project.root / "site/part/page", review)
    listed = published.addresses(Site(project, project.site))
    assert [each for each in sorted(listed) if "page" in each] == [
        "contributing/reviews/page/",
        "part/page/",
        "part/page/#planted",
    ]


@pytest.mark.build
def test_every_address_of_the_handbook_is_listed(built, site_url, monkeypatch):
    # To mend it: make site && .venv/bin/handbook published
    monkeypatch.setenv("SITE_URL", site_url)
    addresses = published.addresses(Site(built, built.site))
    assert sorted(addresses - set(published.listed(built))) == []
