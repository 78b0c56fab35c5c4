"""What programs read: the feed, the sitemap, `llms.txt`, `robots.txt`, Markdown copies."""

from __future__ import annotations

import os
import posixpath
import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest

from handbook import chapters, feeds
from handbook.chapters import Chapter
from handbook.copies import markdown_copy
from handbook.drawing.figure import RenderedFigure
from handbook.project import Project

ATOM = "{http://www.w3.org/2005/Atom}"
DRAWING = "[Drawing (SVG)](../../assets/figures/one/flow.svg)"
ADDRESS = "https://handbook.example/some/path"
CONFIG = """site_name: Toys & tools
site_description: A toy handbook.
nav:
  - Start: index.md
  - Cases:
      - cases/two.md
      - Deeper:
          - The first: cases/one/index.md
"""
CHAPTER = """---
title: {title}
description: What <{title}> says, "quoted" & short.
level: [senior]
minutes: 5
tags: [toys]
authors: [Ada, Grace]
---

# {title}
"""


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Three pages in the navigation and one outside it, built as empty files."""
    monkeypatch.delenv("SITE_URL", raising=False)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    monkeypatch.setattr(feeds, "figures", lambda _: type("Drawn", (), {"figures": {}}))
    (tmp_path / "mkdocs.yml").write_text(CONFIG)
    texts = {
        "index.md": "---\ntitle: Home\ndescription: The start.\n---\n\n# Home\n",
        "cases/one/index.md": CHAPTER.format(title="One"),
        "cases/two.md": CHAPTER.format(title="Two"),
        "notes/aside.md": "---\ntitle: Aside\ndescription: Outside.\n---\n\n# Aside\n",
    }
    for name, text in texts.items():
        source = tmp_path / "docs" / name
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(text)
        page = tmp_path / "site" / feeds.page_url(name) / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.touch()
    return Project(tmp_path)


def commit(project: Project, message: str, day: str) -> None:
    """Commits everything, written on one day and committed on a later one."""
    who = {
        f"GIT_{role}_{part}": "t@x"
        for role in ("AUTHOR", "COMMITTER")
        for part in ("NAME", "EMAIL")
    }
    times = {
        "GIT_AUTHOR_DATE": f"{day}T23:30:00-0200",
        "GIT_COMMITTER_DATE": "2030-01-01T00:00:00Z",
    }
    for words in (["init", "-q"], ["add", "docs"], ["commit", "-q", "-m", message]):
        subprocess.run(
            ["git", *words], cwd=project.root, env={**os.environ, **who, **times}, check=True
        )


def written(project: Project, monkeypatch: pytest.MonkeyPatch, address: str = ADDRESS) -> Path:
    monkeypatch.setattr(feeds, "write_card", lambda *_: None)
    if address:
        monkeypatch.setenv("SITE_URL", f"{address}/")
    assert feeds.write_feeds(project, project.site) == []
    return project.site


def texts(root: ElementTree.Element, path: str) -> list[str | None]:
    return [element.text for element in root.findall(path.replace("a:", ATOM))]


# --------------------------------------------------------------------------- the feed


def test_the_feed_keeps_the_rules_of_atom(toy, monkeypatch):
    root = ElementTree.parse(written(toy, monkeypatch) / "feed.xml").getroot()
    assert root.tag == f"{ATOM}feed"
    for element in (root, *root.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(ATOM + name)) == 1, name
        assert urlsplit(element.findtext(f"{ATOM}id")).scheme == "https"
        assert element.findall(f"{ATOM}author/{ATOM}name")
        relations = [link.get("rel") for link in element.findall(f"{ATOM}link")]
        assert relations.count("alternate") == 1
        for moment in texts(element, "a:updated") + texts(element, "a:published"):
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", moment)
    own = next(link for link in root.findall(f"{ATOM}link") if link.get("rel") == "self")
    assert own.get("href") == f"{ADDRESS}/feed.xml"
    ids = texts(root, "a:entry/a:id")
    assert len(set(ids)) == len(ids) == 2


def test_the_feed_says_what_a_chapter_is_and_escapes_it(toy, monkeypatch):
    text = (written(toy, monkeypatch) / "feed.xml").read_text()
    assert "<title>Toys &amp; tools</title>" in text
    entry = ElementTree.fromstring(text).find(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}summary") == 'What <One> says, "quoted" & short.'
    assert texts(entry, "a:author/a:name") == ["Ada", "Grace"]
    assert [each.get("term") for each in entry.findall(f"{ATOM}category")] == ["toys"]
    assert entry.find(f"{ATOM}link").get("href") == f"{ADDRESS}/cases/one/"


def test_dates_are_those_of_authors_in_utc_and_the_newest_change_comes_first(toy, monkeypatch):
    commit(toy, "Write", "2026-01-31")
    two = toy.docs / "cases" / "two.md"
    two.write_text(two.read_text() + "\nMore.\n")
    commit(toy, "Revise", "2026-03-05")
    site = written(toy, monkeypatch)
    root = ElementTree.parse(site / "feed.xml").getroot()
    assert texts(root, "a:entry/a:title") == ["Two", "One"]
    assert texts(root, "a:entry/a:published") == ["2026-02-01T01:30:00Z"] * 2
    assert texts(root, "a:entry/a:updated") == ["2026-03-06T01:30:00Z", "2026-02-01T01:30:00Z"]
    assert texts(root, "a:updated") == ["2026-03-06T01:30:00Z"]
    found = re.findall(
        r"<loc>(.*)</loc>\s*<lastmod>(.*)</lastmod>", (site / "sitemap.xml").read_text()
    )
    assert found == [
        (f"{ADDRESS}/", "2026-02-01"),
        (f"{ADDRESS}/cases/two/", "2026-03-06"),
        (f"{ADDRESS}/cases/one/", "2026-02-01"),
        (f"{ADDRESS}/notes/aside/", "2026-02-01"),
    ]


def test_without_the_full_history_dates_are_those_of_the_build(toy, monkeypatch):
    commit(toy, "Write", "2026-01-31")
    commit_id = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=toy.root, capture_output=True, text=True, check=True
    ).stdout
    (toy.root / ".git" / "shallow").write_text(commit_id)
    root = ElementTree.parse(written(toy, monkeypatch) / "feed.xml").getroot()
    assert texts(root, "a:updated") == ["1970-01-02T00:00:00Z"]


# --------------------------------------------------------------------------- lists


def test_llms_lists_the_copies_by_part_in_the_navigations_order(toy, monkeypatch):
    text = (written(toy, monkeypatch) / "llms.txt").read_text()
    assert text.startswith("# Toys & tools\n\n> A toy handbook.\n\n")
    assert text[text.index("## ") :] == (
        "## Start\n\n"
        f"- [Home]({ADDRESS}/index.md): The start.\n\n"
        "## Cases\n\n"
        f'- [Two]({ADDRESS}/cases/two/index.md): What <Two> says, "quoted" & short.\n'
        f'- [One]({ADDRESS}/cases/one/index.md): What <One> says, "quoted" & short.\n'
    )


def test_robots_may_read_everything_and_find_the_sitemap(toy, monkeypatch):
    text = (written(toy, monkeypatch) / "robots.txt").read_text()
    assert text == f"User-agent: *\nAllow: /\n\nSitemap: {ADDRESS}/sitemap.xml\n"


def test_without_an_address_nothing_is_absolute(toy, monkeypatch):
    site = written(toy, monkeypatch, address="")
    names = sorted(path.relative_to(site).as_posix() for path in site.rglob("*.*"))
    assert not {"feed.xml", "sitemap.xml", "card.png"} & set(names)
    for name in names:
        assert "://" not in (site / name).read_text(), name
    assert (site / "robots.txt").read_text() == "User-agent: *\nAllow: /\n"
    assert "- [Two](cases/two/index.md)" in (site / "llms.txt").read_text()


def test_what_is_not_built_is_not_listed(toy, monkeypatch):
    (toy.site / "cases" / "two" / "index.html").unlink()
    site = written(toy, monkeypatch)
    for name in ("feed.xml", "sitemap.xml", "llms.txt"):
        assert "cases/two" not in (site / name).read_text()
    assert not (site / "cases" / "two" / "index.md").exists()


def test_an_unreadable_page_is_a_finding(toy):
    (toy.docs / "bad.md").write_bytes(b"\xff")
    found = [toy.relative(Path(p.path)).as_posix() for p in feeds.write_feeds(toy, toy.site)]
    assert found == ["docs/bad.md"]
    assert (toy.site / "cases" / "one" / "index.md").is_file()


# --------------------------------------------------------------------------- copies


def copied(body: str, page: str = "cases/one/index.md", front: str = "title: T") -> str:
    project = Project(Path("/nowhere"))
    text = f"---\n{front}\n---\n\n{body}\n"
    figure = RenderedFigure("one/flow", "Requests flow.", "Two boxes.")
    chapter = Chapter(project.docs / page, page, text)
    return markdown_copy(chapter, project, {"one/flow": figure})


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("# T\n\nAt **69**<!--= one.qps:.0f --> a day.", "# T\n\nAt **69** a day.\n"),
        (
            "# T\n\n<!-- [[[cog table(one.rows) ]]] -->\n| a |\n|---|\n<!-- [[[end]]] -->\n",
            "# T\n\n| a |\n|---|\n",
        ),
        ("# T\n\n```md\n5<!--= x --> { .a }\n```", "# T\n\n```md\n5<!--= x --> { .a }\n```\n"),
        ("# T { #top }\n\n[a](b.md){ .md-button }", "# T\n\n[a](b/index.md)\n"),
        (
            "# T\n\n[a](../two.md#x) [b](#y) [c](https://d.example/e.md) [f](g.csv)",
            "# T\n\n[a](../two/index.md#x) [b](#y) [c](https://d.example/e.md) [f](g.csv)\n",
        ),
        ("# T\n\n[a][b]\n\n[b]: ../../index.md", "# T\n\n[a][b]\n\n[b]: ../../index.md\n"),
        (
            "# T\n\n![What\nit shows.](figure:one/flow)\n",
            f"# T\n\n**Figure: Requests flow.** What it shows. Two boxes. {DRAWING}\n",
        ),
        (
            "# T\n\n::: handbook.report\n",
            "# T\n\nThe reference of `handbook.report` is on [the page](./).\n",
        ),
        (
            "# T\n\n::: handbook.report\n    options:\n      heading_level: 4\n\nAfter.\n",
            "# T\n\nThe reference of `handbook.report` is on [the page](./).\n\nAfter.\n",
        ),
        (
            "# T\n\n::: practice-chapters\n",
            "# T\n\nThe list of chapters is on [the page](./).\n",
        ),
        (
            '# T\n\n!!! tip "Mind `x`"\n    One.\n\n    - Two [a](b.md).\n\nAfter.\n',
            "# T\n\n> **Mind `x`**\n>\n> One.\n>\n> - Two [a](b/index.md).\n\nAfter.\n",
        ),
        (
            '# T\n\n=== "A"\n\n    ```python\n    def f():\n        pass\n    ```\n\nAfter.\n',
            "# T\n\n**A**\n\n```python\ndef f():\n    pass\n```\n\nAfter.\n",
        ),
        ("# T\n\nA.\n\n<!-- material/tags -->\n\nB.", "# T\n\nA.\n\nB.\n"),
        ("# T\n\n```\na\n\n\nb\n```", "# T\n\n```\na\n\n\nb\n```\n"),
        ("Text without a title.", "# T\n\nText without a title.\n"),
    ],
    ids=lambda value: value[5:30] if value.startswith("# T") else None,
)
def test_a_copy_needs_nothing_of_ours(source: str, expected: str):
    assert copied(source) == expected


def test_a_copy_opens_with_what_the_page_shows_of_its_front_matter():
    front = (
        "title: T\ndescription: About.\nlevel: [mid, staff]\nminutes: 5\nchecked: 2026-11-20\n"
        'outcomes: [Do it]\nprerequisites: ["[Two](../two.md)"]'
    )
    assert copied("# T\n\nText.", front=front) == (
        "# T\n\n> About.\n\n5 min read. Level: Mid, Staff. Facts checked on 2026-11-20.\n\n"
        "**You will be able to**\n\n- Do it\n\n**Know first**\n\n- [Two](../two/index.md)\n\n"
        "Text.\n"
    )


def test_a_copy_of_a_quiz_is_two_lists():
    quiz = """# T

## Why *so*

```quiz
id: two
section: "#why-so"
question: Why <b>two</b>, see [x](../two.md)?
options:
  - {id: a, text: "Cost, 5<!--= x --> times.", correct: true, why: It grows.}
  - {id: b, text: Habit., why: "No."}
```

After."""
    assert copied(quiz) == (
        "# T\n\n## Why *so*\n\n**Question:** Why <b>two</b>, see [x](../two/index.md)?\n\n"
        "- A: Cost, 5 times.\n- B: Habit.\n\n"
        "**Answer:**\n\n- A is right. It grows.\n- B is wrong. No.\n\n"
        "Read again: [Why so](#why-so)\n\nAfter.\n"
    )


def test_a_copy_of_an_order_and_of_a_free_answer_says_what_is_right():
    quiz = """# T

```quiz
id: rollout
kind: order
question: In which order?
items:
  - {id: a, text: Shadow., why: "Nobody [sees](../two.md) it."}
  - {id: b, text: Canary., why: Few see it.}
  - {id: c, text: Test., why: It is worth measuring.}
```

```quiz
id: why
kind: free
question: Why two?
answer: One cannot score all.
points: [The cost, The number]
```"""
    assert copied(quiz) == (
        "# T\n\n**Question:** In which order?\n\n- A: Test.\n- B: Canary.\n- C: Shadow.\n\n"
        "**Answer:**\n\n1. Shadow. Nobody [sees](../two/index.md) it.\n2. Canary. Few see it.\n"
        "3. Test. It is worth measuring.\n\n**Question:** Why two?\n\n"
        "**Answer:** One cannot score all.\n\nIt names:\n\n- The cost\n- The number\n"
    )


def test_a_copy_holds_what_its_page_includes(tmp_path):
    (tmp_path / "part.py").write_text("x = 1")
    page = tmp_path / "docs" / "a.md"
    page.parent.mkdir()
    page.write_text('---\ntitle: A\n---\n\n# A\n\n```python\n--8<-- "part.py"\n```\n')
    project = Project(tmp_path)
    text = markdown_copy(chapters.read(page, project), project, {})
    assert text == "# A\n\n```python\nx = 1\n```\n"


@pytest.mark.build
def test_every_page_of_the_site_has_a_copy_whose_links_lead_somewhere(built):
    pages = [
        path
        for path in built.site.rglob("index.html")
        if 'http-equiv="refresh"' not in path.read_text()
    ]
    assert len(pages) > 10
    for page in pages:
        copy = page.with_name("index.md")
        # Code may show our syntax; outside it nothing of ours is left.
        text = chapters.Chapter(copy, "copy.md", copy.read_text(encoding="utf-8")).prose
        assert not re.search(r"<!--|\(figure:|^:::|\[\[\[cog", text), copy
        for target in re.findall(r"\]\(([^\s()]+)\)", text):
            if "://" in target or target.startswith(("#", "mailto:")):
                continue
            file = posixpath.join(copy.parent.as_posix(), target.partition("#")[0])
            assert Path(file).exists(), f"{copy}: {target}"


@pytest.mark.build
def test_the_head_of_a_page_leads_to_what_is_written(built, site_url):
    page = built.site / "case-studies" / "news-feed"
    head = (page / "index.html").read_text(encoding="utf-8").partition("</head>")[0]
    for kind in ("application/atom+xml", "text/markdown"):
        link = re.search(
            rf'<link rel="alternate" type="{re.escape(kind)}"[^>]*href="([^"]+)"', head
        )
        assert (page / link[1]).is_file(), kind
    meta = dict(re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)"', head))
    assert meta["og:url"] == f"{site_url}case-studies/news-feed/"
    card = built.site / meta["og:image"].removeprefix(site_url)
    assert card.read_bytes().startswith(b"\x89PNG")
    assert meta["og:image:alt"].startswith(meta["og:title"])
    assert meta["twitter:card"] == "summary_large_image"
