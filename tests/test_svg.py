"""The hand-written SVG: rounded, escaped, without ids, and whole as a file of its own."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from handbook.drawing.svg import (
    NARROW,
    WIDE,
    Canvas,
    arrow_head,
    num,
    round_path,
    short_path,
    standalone,
)


def canvas() -> Canvas:
    drawn = Canvas(300, 100)
    with drawn.group("hb-role-data"):
        drawn.rect(1.26, 2, 90, 40, 6, "hb-plane")
        with drawn.group("hb-node hb-role-online"):
            drawn.rect(10, 10, 60, 20, 4, "hb-card")
            drawn.text(12, 24, "A & <b>", "hb-title")
    drawn.arrow([(0, 0), (50, 0), (50, 40)], "hb-edge hb-async")
    return drawn


def test_numbers_have_one_decimal() -> None:
    assert [num(v) for v in (1.0, 1.25, -0.01, 2.96)] == ["1", "1.2", "0", "3"]
    assert round_path("M1.2345 2.0L-0.04 7") == "M1.2 2L0 7"


def test_text_is_escaped_and_classes_only() -> None:
    svg = canvas().svg("hb-wide")
    assert "A &amp; &lt;b&gt;" in svg
    assert 'class="hb-fig hb-wide"' in svg
    assert not re.search(r"\b(id|style)=|<marker|<style|Gradient", svg)
    ElementTree.fromstring(svg)


def test_class_gives_size_and_weight_of_text() -> None:
    assert (
        '<text x="12" y="24" font-size="13" font-weight="600" class="hb-title">' in canvas().svg()
    )


def test_text_boxes_follow_the_anchor() -> None:
    drawn = Canvas(100, 50)
    start = drawn.text(50, 20, "word")
    end = drawn.text(50, 40, "word", anchor="end")
    assert start.x == 50
    assert end.x + end.w == pytest.approx(50)
    assert drawn.issues(100) == []


def test_texts_outside_or_on_one_another_are_found() -> None:
    drawn = Canvas(60, 30)
    drawn.text(5, 20, "first")
    drawn.text(9, 22, "second, long")
    assert drawn.issues(358) == [
        "the texts 'first' and 'second, long' overlap (358 px layout)",
        "the text 'second, long' leaves the drawing (358 px layout)",
    ]
    assert Canvas(700, 10).issues(WIDE) == ["the drawing is 700 px wide, more than 688"]
    assert NARROW == 358


@pytest.mark.parametrize("href", ["https://a.org/x", "../feed/", "#part", "page.md", "a/b.md#c"])
def test_links_to_pages_pass(href: str) -> None:
    drawn = Canvas(10, 10)
    with drawn.link(href):
        drawn.rect(0, 0, 5, 5)
    assert drawn.linked
    assert f'<a href="{href}" class="hb-link">' in drawn.svg()


@pytest.mark.parametrize("href", ["javascript:alert(1)", "JavaScript:x", "data:text/html,x", ""])
def test_links_to_scripts_do_not(href: str) -> None:
    with (
        pytest.raises(ValueError, match="use http, https or a relative path"),
        Canvas(1, 1).link(href),
    ):
        pass


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("M222 47.6L506 47.6L419.5 84.4L308.5 84.4Z", "M222 47.6h284l-86.5 36.8h-111z"),
        ("M0 0L0 10Q0 19 9 19L20 19", "M0 0v10q0 9 9 9h11"),
        ("M1.26 2.0L-0.04 7", "M1.3 2L0 7"),
        ("M1 1L1 1", "M1 1v0"),
        ("M0 0 10 0 10 10", "M0 0h10v10"),
        ("M5 5L5 0.5ZL9 5", "M5 5V.5zh4"),
        ("M100 100C100 110 110 120 120.4 120.4", "M100 100c0 10 10 20 20.4 20.4"),
        ("M1.23 1A2 2 0 0 1 3.45 3", "M1.2 1A2 2 0 0 1 3.5 3"),
        ("M1.23 1l2.22 1", "M1.2 1l2.2 1"),
    ],
)
def test_a_path_is_written_short_and_stays_where_it_is(long: str, short: str) -> None:
    assert short_path(long) == short


def test_a_path_of_many_steps_ends_where_it_should() -> None:
    d = "M0 0" + "".join(f"L{n / 3} {n / 7}" for n in range(1, 200))
    steps = re.findall(r"([hvlHVL])(-?[\d.]+)(?:[ ]?(-?[\d.]+))?", short_path(d))
    x = y = 0.0
    for command, first, second in steps:
        along = {"h": (float(first), 0.0), "v": (0.0, float(first))}
        dx, dy = along.get(command) or (float(first), float(second))
        x, y = (dx, dy) if command == "L" else (x + dx, y + dy)
    assert (round(x, 1), round(y, 1)) == (66.3, 28.4)


def test_arrow_head_ends_at_its_tip() -> None:
    assert arrow_head(10, 0, 1, 0).startswith("M10 0L3 ")


def test_standalone_file_is_whole() -> None:
    text = standalone(canvas().svg("hb-wide"), "Title", "What <it> is")
    root = ElementTree.fromstring(text)
    space = "{http://www.w3.org/2000/svg}"
    assert [child.tag for child in root][:4] == [
        f"{space}{name}" for name in ("title", "desc", "style", "rect")
    ]
    assert root.find(f"{space}desc").text == "What <it> is"  # type: ignore[union-attr]
    assert root.get("viewBox") == "-16 -16 332 132"
    style = root.find(f"{space}style").text or ""  # type: ignore[union-attr]
    assert "var(" not in style
    assert "prefers-color-scheme" in style
    assert next(root.iter(f"{space}text")).get("textLength") == "50.2"
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")


def test_standalone_boxes_take_the_nearest_role() -> None:
    text = standalone(canvas().svg(), "T", "D")
    assert 'class="hb-card hb-role-online"' in text
    assert 'class="hb-plane hb-role-data"' in text
