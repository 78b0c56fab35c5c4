"""The check of a built site: planted defects are found and lead to the source; clean is clean."""

from __future__ import annotations

from pathlib import Path

import pytest

from handbook.project import Project
from handbook.report import HandbookError
from handbook.site import check_site, source_of

SERVE_IT = " (fix: serve it from docs/assets)"
HEAD = '<!doctype html><html lang="en"><head><title>T</title>{head}</head><body>'


@pytest.fixture
def project(tmp_path: Path) -> Project:
    for name in ("docs/part", "site/part/page"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "mkdocs.yml").touch()
    (tmp_path / "docs" / "index.md").write_text("# Start\n\n[Page](part/page.md)\n")
    (tmp_path / "docs" / "part" / "page.md").write_text("# Page\n\nSee [it](../gone.md#here).\n")
    write(tmp_path, "index.html", '<h1 id="start">Start</h1><a href="part/page/#page">Page</a>')
    write(tmp_path, "part/page/index.html", '<h1 id="page">Page</h1><a href="../../">Up</a>')
    return Project(tmp_path)


def write(root: Path, name: str, body: str, head: str = "") -> None:
    text = HEAD.format(head=head) + body + "</body></html>"
    (root / "site" / name).write_text(text, encoding="utf-8")


def found(project: Project) -> list[str]:
    return [problem.text(project.root) for problem in check_site(project)]


def test_a_whole_site_has_no_findings(project):
    assert found(project) == []


def test_nothing_built_says_so(tmp_path):
    with pytest.raises(HandbookError, match=r"no-site: nothing is built here \(fix: make site\)"):
        check_site(Project(tmp_path))


def test_a_broken_link_leads_to_its_line_of_the_source(project):
    body = '<h1 id="page">Page</h1><a href="../../gone/#here">it</a>'
    write(project.root, "part/page/index.html", body)
    text = "docs/part/page.md:3: link-broken: ../../gone/#here leads to no file"
    assert found(project) == [text]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            '<a href="#none">x</a>',
            "anchor-missing: #none: part/page/index.html has no anchor 'none'",
        ),
        ('<img src="x.png" alt="">', "link-broken: x.png leads to no file"),
        ('<a href="../../../up/">x</a>', "link-broken: ../../../up/ leads to no file"),
        ('<a href="/part/none/">x</a>', "link-broken: /part/none/ leads to no file"),
        ('<a href="javascript:go()">x</a>', "link-script: 'javascript:go()' runs a script"),
        ('<p id="a"></p><p id="a"></p>', "id-twice: the id 'a' is there 2 times"),
        (
            '<img src="https://cdn.io/x.png" alt="">',
            f"foreign: <img> fetches https://cdn.io/x.png from elsewhere{SERVE_IT}",
        ),
        (
            '<script src="//cdn.io/x.js"></script>',
            f"foreign: <script> fetches //cdn.io/x.js from elsewhere{SERVE_IT}",
        ),
        ("<p>{{ x }}</p>", "raw-syntax: {{ is shown as it was written: '{{ x }}'"),
        ("<p>::: handbook.x</p>", "raw-syntax: ::: is shown as it was written: '::: handbook.x'"),
        ("<p>$$x$$</p>", "raw-syntax: $$ is shown as it was written: '$$x$$'"),
        (
            "<p>![A](figure:a/b)</p>",
            "raw-syntax: figure: is shown as it was written: '![A](figure:a/b)'",
        ),
        (
            "<p>5&lt;!--= a.b --&gt;</p>",
            "raw-syntax: <!--= is shown as it was written: '<!--= a.b -->'",
        ),
        ("<p>[[[cog x ]]]</p>", "raw-syntax: [[[cog is shown as it was written: '[[[cog x ]]]'"),
        ("<p>Text[^1]</p>", "raw-syntax: [^ is shown as it was written: '[^1]'"),
        ('<div data-hb-error="x">something <b>bad</b></div>', "page-error: something bad"),
    ],
)
def test_each_planted_defect_is_found(project, body, message):
    write(project.root, "part/page/index.html", '<h1 id="page">Page</h1>' + body)
    texts = found(project)
    assert [text.partition(": ")[2] for text in texts] == [message]
    assert texts[0].startswith("docs/part/page.md")


def test_an_error_shown_on_a_page_is_reported_at_its_own_place(project):
    body = '<h1 id="page">P</h1><div data-hb-error="m">diagrams/a.py:7: figure-error: bad</div>'
    write(project.root, "part/page/index.html", body)
    assert found(project) == ["diagrams/a.py:7: figure-error: bad"]


def test_source_shown_on_purpose_is_no_finding(project):
    body = '<h1 id="page">P</h1><pre><code>{{ x }} $$ ::: [^1] figure:a/b</code></pre>'
    write(project.root, "part/page/index.html", body)
    assert found(project) == []


def test_foreign_links_that_are_only_followed_are_no_finding(project):
    body = '<h1 id="page">P</h1><a href="https://x.example/">x</a><a href="mailto:a@b.c">m</a>'
    write(project.root, "part/page/index.html", body, '<link rel="canonical" href="https://x.y/">')
    assert found(project) == []


def test_styles_are_read_too(project):
    (project.site / "a.css").write_text(
        "@import 'https://x.example/a.css';\nb{background:url(none.png)}\nc{background:url(data:x)}"
    )
    assert found(project) == [
        "site/a.css:1: foreign: fetches https://x.example/a.css",
        "site/a.css:2: link-broken: none.png leads to no file",
    ]


def test_under_a_path_absolute_links_start_with_it(project, monkeypatch):
    monkeypatch.setenv("SITE_URL", "https://x.example/sub")
    body = '<h1 id="page">P</h1><a href="/sub/part/page/">ok</a><a href="/part/page/">bad</a>'
    write(project.root, "part/page/index.html", body)
    assert [text.partition(": ")[2] for text in found(project)] == [
        "link-broken: /part/page/ leads to no file"
    ]


def test_a_page_knows_its_source(project):
    assert source_of(project, "part/page/index.html") == project.docs / "part" / "page.md"
    assert source_of(project, "index.html") == project.docs / "index.md"
    assert source_of(project, "404.html") is None
