"""Funnel, timeline and sketch; the figure around a drawing; the shipped examples."""

from __future__ import annotations

import gzip
import importlib.util
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from handbook.drawing.charts import Marker
from handbook.drawing.funnel import Funnel, Stage
from handbook.drawing.html import anchor_of, figure_html
from handbook.drawing.sketch import Box, Sketch, collecting, sketch
from handbook.drawing.svg import Drawing
from handbook.drawing.timeline import Event, Join, Lane, Span, Timeline

ROOT = Path(__file__).resolve().parents[1]


def stages() -> list[Stage]:
    return [Stage("All", 2e9, role="data"), Stage("Some", 1500, ms=25), Stage("Few", 10, ms=40.5)]


# Funnel


def test_funnel_tells_counts_factors_and_milliseconds() -> None:
    drawing = Funnel(stages(), unit="posts", budget_ms=80).render("t", "d")
    assert ">÷ 1.33 million<" in drawing.wide
    assert ">÷ 150<" in drawing.narrow
    assert re.findall(r">([^<]*(?:in these|of 80)[^<]*)<", drawing.wide) == [
        "65.5 ms in these",
        "stages, of 80 ms",
    ]
    assert "2 billion posts" in drawing.text_html
    assert "These stages: 65.5 ms of a budget of 80 ms." in drawing.text_html
    assert drawing.issues == []


def test_funnel_tells_the_request_from_its_stages() -> None:
    funnel = Funnel(stages(), budget_ms=2000, around_ms=1204.5, around="gateway, waiting")
    drawing = funnel.render("t", "d")
    for layout in (drawing.wide, drawing.narrow):
        assert ">1,204.5 ms<" in layout
        assert ">gateway, waiting<" in layout
        assert "1,270 ms in all" in layout
    assert (
        "<p>These stages: 65.5 ms. Around these stages (gateway, waiting): 1,204.5 ms. "
        "In all: 1,270 ms of a budget of 2,000 ms.</p>"
    ) in drawing.text_html
    assert drawing.issues == []


def test_funnel_bands_shrink_with_the_logarithm() -> None:
    drawing = Funnel([Stage("a", 1e6), Stage("b", 1e4), Stage("c", 1e2)]).render("t", "d")
    widths = [
        float(part.split('width="')[1].split('"')[0])
        for part in drawing.wide.split("<rect")
        if "hb-band" in part
    ]
    assert widths[0] - widths[1] == pytest.approx(widths[1] - widths[2], abs=0.3)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Funnel([Stage("a", 1)]), "at least two stages"),
        (lambda: Funnel(stages(), budget_ms=50), r"the stages take 65\.5 ms, the budget is 50 ms"),
        (
            lambda: Funnel(stages(), budget_ms=70, around_ms=5),
            r"the request takes 70\.5 ms, the budget is 70 ms",
        ),
        (lambda: Stage("a", 0), "must be above 0"),
        (lambda: Stage("a", 1, role="red"), "has the role 'red'"),
    ],
)
def test_funnel_names_mistakes(make: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()  # type: ignore[operator]


# Timeline


def lanes() -> list[Lane]:
    return [
        Lane("Impression", [Event(0, "shown")]),
        Lane("Click", [Event(12, "clicked"), Span(0, 30, "attribution window")]),
        Lane("Row", [Event(35, "a label that is far too long for the room at the right")]),
    ]


def test_timeline_fits_both_widths() -> None:
    drawing = Timeline("min", lanes(), [Join("Impression", 0, "Row", 35)]).render("t", "d")
    assert drawing.issues == []
    assert (drawing.width, drawing.narrow_width) == (688, 358)
    assert drawing.legend == [("hb-edge hb-async", "Joined into")]


def test_timeline_in_words() -> None:
    text = Timeline("min", lanes(), [Join("Click", 12, "Row", 35)]).render("t", "d").text_html
    assert "<strong>Click</strong>: clicked at 12 min; attribution window from 0 min to 30 min" in (
        text
    )
    assert "Click at 12 min is joined into Row at 35 min" in text


def test_logarithmic_timeline_has_room_for_seconds_and_days() -> None:
    items = [Lane("a", [Event(1, "b"), Event(10, "c"), Event(10080, "d")])]
    drawing = Timeline("min", items, scale="log", ticks=[(1, "1 min"), (1440, "1 day")])
    assert drawing.render("t", "d").issues == []
    assert ">1 day<" in drawing.render("t", "d").wide


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Timeline("min", [Lane("a", [])]), "with something on it"),
        (lambda: Timeline("min", [*lanes(), lanes()[0]]), "two lanes share a name"),
        (lambda: Timeline("min", lanes(), [Join("x", 0, "Row", 1)]), "a join names the lane 'x'"),
        (lambda: Timeline("min", lanes(), scale="ln"), "unknown scale 'ln'"),
        (lambda: Timeline("min", [Lane("a", [Event(-1, "b")])], scale="log"), "starts at 0"),
        (lambda: Span(5, 5, "a"), "before it begins"),
    ],
)
def test_timeline_names_mistakes(make: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()  # type: ignore[operator]


def test_labels_beside_spans_keep_off_markers() -> None:
    lanes = [Lane("Send", [Span(800, 830, "30 ms")]), Lane("Read", [Span(0, 1600, "all")])]
    timeline = Timeline(unit="ms", lanes=lanes, markers=[Marker(x=900, label="promised")])
    drawing = timeline.render("t", "d")
    assert drawing.issues == []
    span, label = (
        float(re.search(pattern, drawing.narrow)[1])
        for pattern in (r'<rect x="([^"]+)"[^>]*hb-span', r'<text x="([^"]+)"[^>]*>30 ms<')
    )
    assert label < span  # at the left: the marker is at the right


# Sketch


def drawn(count: int = 6) -> Sketch:
    with collecting() as made:
        boxes = [Box(f"Box {n}", "a few words", minute=n * 5) for n in range(count)]
        for before, after in pairwise(boxes):
            before >> after
        boxes[-1] >> "feedback" >> boxes[0]
    return made


@pytest.mark.parametrize("count", [3, 4, 5, 6, 7, 8])
def test_sketch_fits_both_widths(count: int) -> None:
    drawing = drawn(count).render("t", "d")
    assert drawing.issues == []
    assert drawing.width <= 688
    assert drawing.narrow_width <= 358
    assert "leads to Box 0 (feedback)" in drawing.text_html
    assert ">5′<" in drawing.wide


def test_sketch_is_small() -> None:
    drawing = drawn(7).render("t", "d")
    assert len(gzip.compress((drawing.wide + drawing.narrow).encode())) < 7_000


def test_sketch_is_marked_for_the_catalogue() -> None:
    @sketch
    def figure() -> None:
        Box("A")

    assert figure.__figure_kind__ == "sketch"  # type: ignore[attr-defined]


def test_sketch_names_mistakes() -> None:
    with pytest.raises(ValueError, match="belongs in a function marked @sketch"):
        Box("alone")
    with collecting() as made:
        first = Box("first")
        with pytest.raises(ValueError, match="points to itself"):
            first >> first
        with pytest.raises(ValueError, match="needs a title"):
            Box(" ")
    with pytest.raises(ValueError, match="this one has 1"):
        made.render("t", "d")
    with collecting(), pytest.raises(ValueError, match="a box of another figure"):
        Box("other") >> first


def test_hand_shakes_the_same_under_every_hash_seed() -> None:
    code = (
        "from handbook.drawing.sketch import *\n"
        "with collecting() as s:\n"
        "    a, b, c = Box('a', minute=1), Box('b'), Box('c'); a >> b >> c\n"
        "import hashlib; print(hashlib.sha256(repr(s.render('t', 'd')).encode()).hexdigest())"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT / "scripts")},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1")
    }
    assert len(seen) == 1


# The figure on a page


@dataclass
class Rendered:
    wide_svg: str
    narrow_svg: str
    id: str = "news_feed/serving"
    title: str = "Two stages & ten posts"
    description: str = "First.\n\nSecond\nline."
    text_html: str = "<ul><li>x</li></ul>"
    legend: list[tuple[str, str]] = field(default_factory=list)
    width: float = 688


class Elements(HTMLParser):
    """Collects start tags and checks that tags close."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def parsed(markup: str) -> Elements:
    elements = Elements()
    elements.feed(markup)
    assert elements.open == []
    return elements


def rendered(drawing: Drawing, **more: object) -> Rendered:
    return Rendered(drawing.wide, drawing.narrow, legend=drawing.legend, **more)  # type: ignore[arg-type]


def test_figure_is_whole_and_wired() -> None:
    drawing = Timeline("min", lanes(), [Join("Click", 12, "Row", 35)]).render("t", "d")
    markup = figure_html(rendered(drawing), "Shows <it>", "../assets/x.svg")
    tags = parsed(markup).tags
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert ids == ["fig-news_feed-serving", "fig-news_feed-serving-text"]
    images = [attributes for tag, attributes in tags if tag == "svg" and "role" in attributes]
    assert [image["role"] for image in images] == ["img", "img"]
    assert {image["aria-label"] for image in images} == {"Shows <it>"}
    assert {image["aria-describedby"] for image in images} == {ids[1]}
    assert "<p>First.</p><p>Second line.</p><ul>" in markup
    assert "style=" not in markup
    assert "<script" not in markup
    assert "\n\n" not in markup
    assert "Joined into</li>" in markup


def test_figure_with_links_is_a_group() -> None:
    markup = figure_html(Rendered('<svg class="hb-fig"><a href="x"></a></svg>', "<svg ></svg>"), "")
    assert '<svg role="group" aria-label="Two stages &amp; ten posts"' in markup


def test_figure_without_download_has_no_link() -> None:
    assert "hb-download" not in figure_html(Rendered("<svg ></svg>", "<svg ></svg>"), "")


def test_small_figure_needs_one_drawing() -> None:
    markup = figure_html(Rendered("<svg ></svg>", "<svg ></svg>", width=300), "")
    assert markup.count("hb-view") == 1
    assert "hb-view-wide" not in markup


def test_anchor_holds_no_slash() -> None:
    assert anchor_of("a_b/c") == "fig-a_b-c"


@pytest.mark.parametrize(
    ("cls", "inside"),
    [
        ("hb-edge hb-request", 'class="hb-arrow"'),
        ("hb-series hb-role-data", 'd="M2 6H22"'),
        ("hb-point hb-role-data", "<circle"),
        ("hb-role-data", 'class="hb-band hb-role-data"'),
    ],
)
def test_legend_shows_what_it_means(cls: str, inside: str) -> None:
    markup = figure_html(Rendered("<svg ></svg>", "<svg ></svg>", legend=[(cls, "what & why")]), "")
    assert inside in markup
    assert "what &amp; why</li>" in markup


# The shipped examples


def example(name: str) -> Drawing:
    path = ROOT / "diagrams/examples/kinds.py"
    spec = importlib.util.spec_from_file_location("kinds_under_test", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    function = getattr(module, name)
    if getattr(function, "__figure_kind__", "") != "sketch":
        return function().render("t", "d")  # type: ignore[no-any-return]
    with collecting() as made:
        function()
    return made.render("t", "d")


@pytest.mark.parametrize("name", ["funnel", "chart", "timeline", "whiteboard"])
def test_examples_draw_without_findings(name: str) -> None:
    drawing = example(name)
    assert drawing.issues == []
    assert len(gzip.compress((drawing.wide + drawing.narrow).encode())) < 7_000
    parsed(drawing.text_html)
