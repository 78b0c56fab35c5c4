"""A page is read once: typed front matter, and every part at its true place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from markdown.extensions.toc import slugify as python_markdown

from handbook import chapters
from handbook.chapters import Chapter
from handbook.project import Project
from handbook.report import HandbookError

GOOD = """---
title: News feed
description: Ten of a billion.
level: [mid, senior]
minutes: 30
prerequisites:
  - "[The seven steps](../framework/index.md)"
outcomes: [Size a feed]
checked: 2026-11-20
authors: [Handbook contributors]
tags: [ranking]
hide: [toc]
status: new
search: {boost: 2}
---
"""


def read(text: str) -> Chapter:
    return Chapter(Path("docs/a/index.md"), "a/index.md", text)


def told(text: str) -> list[str]:
    return [p.text().removeprefix("docs/a/index.md:") for p in read(text).meta_problems]


def test_front_matter_is_typed() -> None:
    page = read(GOOD + "Text.\n")
    assert page.meta_problems == []
    assert page.meta.is_chapter
    assert page.meta.level == ("mid", "senior")
    assert page.meta.checked == date(2026, 11, 20)
    assert page.meta.search == {"boost": 2}
    assert page.meta_lines["checked"] == 9
    assert page.slug == "a"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("minutes:", "minuts:", ("5: front-matter-unknown: unknown field 'minuts'; "
         "did you mean 'minutes'?")),
        ("minutes: 30", "minutes: long", ("5: front-matter-field: 'minutes' must be a whole number "
         "of minutes, got 'long'")),
        ("minutes: 30", "minutes: true", ("5: front-matter-field: 'minutes' must be a whole number "
         "of minutes, got True")),
        ("senior]", "senoir]", ("4: front-matter-field: 'level' does not know 'senoir'; "
         "did you mean 'senior'?")),
        ("hide: [toc]", "hide: toc", ("12: front-matter-field: 'hide' must be a list of texts, "
         "got 'toc'")),
        ("2026-11-20", "2026-13-40", ("9: front-matter-field: 'checked' must be a day such as "
         "2026-11-20, got '2026-13-40'")),
        ("2026-11-20", "yesterday", ("9: front-matter-field: 'checked' must be a day such as "
         "2026-11-20, got 'yesterday'")),
        ("title: News feed", "title: 5", "2: front-matter-field: 'title' must be text, got 5"),
        ("title: News feed", "title:", "2: front-matter-field: 'title' must be text, got nothing"),
        ("status: new", "status: old", ("13: front-matter-field: 'status' must be one of new, "
         "deprecated, got 'old'")),
        ("{boost: 2}", "{bost: 2}", ("14: front-matter-field: 'search' takes `exclude: true` or "
         "`boost: 2`, got {'bost': 2}")),
        ("tags: [ranking]", "tags: [a, a]", "11: front-matter-field: 'tags' says 'a' twice"),
        ("tags: [ranking]", "title: Twice", ("11: front-matter-twice: 'title' is set twice, first "
         "in line 2")),
        ("checked: 2026-11-20\n", "", "1: front-matter-missing: a chapter needs checked"),
        ("title: News feed", "title: a: b", ("2:9: front-matter-yaml: mapping values are not "
         "allowed here (fix: quote text that has a colon)")),
        ("minutes: 30", "minutes:\t30", "5:9: front-matter-yaml: a tab, where YAML wants spaces"),
        ("outcomes:", "\toutcomes:", "8:1: front-matter-yaml: a tab, where YAML wants spaces"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_line(old: str, new: str, message: str) -> None:
    found = told(GOOD.replace(old, new, 1))
    assert len(found) == 1
    assert found[0].startswith(message)
    assert " (fix: " in found[0]


def test_all_problems_are_told_at_once() -> None:
    text = GOOD.replace("minutes: 30", "minutes: x").replace("title: News feed\n", "titel: N\n")
    assert len(told(text)) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# Title\n", ("1: front-matter: no front matter (fix: start the page with --- and end "
         "the front matter with ---)")),
        ("---\ntitle: T\n", ("1: front-matter: the front matter is not closed (fix: start the "
         "page with --- and "
         "end the front matter with ---)")),
        ("---\n- a\n- b\n---\n", "2: front-matter: front matter must be `name: value` lines"),
        ("---\n---\n", "2: front-matter: front matter must be `name: value` lines"),
        ("---\ntitle: T\ndescription: D\n---\n", ""),
        ("---\ntitle: T\ndescription: 'D\n---\n", ("4:1: front-matter-yaml: found unexpected end "
         "of stream")),
    ],
)  # fmt: skip
def test_a_missing_or_broken_block_is_one_line(text: str, message: str) -> None:
    found = told(text)
    assert len(found) == bool(message)
    assert all(line.startswith(message) for line in found)


PAGE = """# Title

See [the *steps*](../steps.md#size "Title") and [ref][r], ![An image](a.png) and
`[code](x.md)`, <https://a.example>.

<!-- [comment](y.md) and ` a backtick -->

![What it shows](figure:news_feed/serving)

## Size it: 5 GB? {#size}

### Size it

### Size it

```python title="x.py"
# not a heading
[link](z.md)
![](figure:no/no)
```

!!! note
    ~~~
    ## nor this
    ~~~

    ## A `code` & [link](b.md) heading[^n]

[r]: ../ref.md
[^n]: A note.
"""


def test_every_part_is_found_at_its_place() -> None:
    page = read(GOOD + PAGE)
    top = GOOD.count("\n")
    assert [(h.level, h.anchor, h.line - top) for h in page.headings] == [
        (1, "title", 1),
        (2, "size", 10),
        (3, "size-it", 12),
        (3, "size-it_1", 14),
    ]
    assert [(k.target, k.image, k.line - top, k.column) for k in page.links] == [
        ("../steps.md#size", False, 3, 5),
        ("a.png", True, 3, 59),
        ("b.md", False, 27, 19),
        ("../ref.md", False, 29, 1),
    ]
    assert [(f.id, f.alt, f.line - top) for f in page.figures] == [
        ("news_feed/serving", "What it shows", 8)
    ]
    assert [(f.language, f.line - top, f.indent) for f in page.fences] == [
        ("python", 16, 0),
        ("", 23, 4),
    ]
    assert page.fences[1].body == "## nor this\n"
    assert [(n.key, n.line - top) for n in page.footnote_references] == [("n", 27)]
    assert [(n.key, n.line - top, n.column) for n in page.footnote_definitions] == [("n", 30, 1)]
    assert {"fig-news_feed-serving", "fn:n", "size"} <= page.anchors


@pytest.mark.parametrize(
    "text", ["Size it", "A – B: c, d?", "Über uns", "p99 (ms) & co.", "a_b c-d", "  x  "]
)
def test_anchors_are_those_of_the_generator(text: str) -> None:
    assert chapters.slugify(text) == python_markdown(text, "-")


@pytest.mark.parametrize(
    "text",
    [
        "```\n# a\n",
        "````\n```\n# a\n```\n````\n",
        "~~~\n```\n~~~ x\n# a\n~~~\n",
        "   ```\n# a\n   ```\n",
    ],
)
def test_fences_hide_what_is_in_them(text: str) -> None:
    assert read(text).headings == []


def test_blanking_keeps_every_offset() -> None:
    page = read(GOOD + PAGE)
    assert len(page.prose) == len(page.text)
    assert page.prose.count("\n") == page.text.count("\n")


def test_a_page_that_is_no_text_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    path = tmp_path / "docs" / "a.md"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(HandbookError) as error:
        chapters.read(path, Project(tmp_path))
    assert error.value.problems[0].text(tmp_path) == (
        "docs/a.md:1:1: page-encoding: is UTF-16 (fix: iconv -f utf-16 -t utf-8 a.md)"
    )
    assert len(chapters.read_all(Project(tmp_path))[1]) == 1
