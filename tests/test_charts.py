"""Axes, series, labels and their tables."""

from __future__ import annotations

import re

import pytest

from handbook.drawing.charts import Bars, Chart, Line, Marker, Points
from handbook.drawing.scales import Scale, axis_words, linear_ticks, log_ticks, short, spoken
from handbook.drawing.svg import NARROW, WIDE


def test_ticks_are_round_and_cover_the_values() -> None:
    assert linear_ticks(0, 97, 6) == [0, 20, 40, 60, 80, 100]
    assert linear_ticks(0.31, 0.42, 5) == [0.3, 0.35, 0.4, 0.45]
    assert linear_ticks(5, 5)[0] <= 5 <= linear_ticks(5, 5)[-1]
    assert log_ticks(3, 40_000) == [1, 10, 100, 1000, 10_000, 100_000]
    assert log_ticks(20, 90) == [20, 50, 100]


def test_many_decades_are_thinned() -> None:
    assert len(log_ticks(1, 1e12)) <= 8


def test_log_axis_refuses_zero() -> None:
    with pytest.raises(ValueError, match="shows only values above 0"):
        log_ticks(0, 10)
    with pytest.raises(ValueError, match="logarithmic y axis"):
        Chart("x", "y", [Line([1, 2], [0, 1])], y_scale="log")


def test_scale_maps_ends_and_ratios() -> None:
    assert Scale(0, 10, 100, 0).at(5) == 50
    log = Scale(1, 100, 0, 200, log=True)
    assert log.at(10) == pytest.approx(100)


@pytest.mark.parametrize(
    ("value", "axis", "sentence"),
    [
        (0, "0", "0"),
        (0.05, "0.05", "0.05"),
        (1500, "1,500", "1,500"),
        (69_444, "69.4k", "69,444"),
        (2e9, "2B", "2 billion"),
        (1_333_333, "1.33M", "1.33 million"),
        (999_999_999, "1B", "1 billion"),
    ],
)
def test_numbers_are_short_and_spoken(value: float, axis: str, sentence: str) -> None:
    assert short(value) == axis
    assert spoken(value) == sentence


def test_ticks_of_an_axis_are_written_alike() -> None:
    assert axis_words([0, 5000, 10_000]) == ["0", "5k", "10k"]
    assert axis_words([0, 2500, 5000]) == ["0", "2,500", "5,000"]


def two_lines(**more: object) -> Chart:
    return Chart(
        "Load (1/s)",
        "Machines",
        [Line([1, 10, 100], [1, 5, 50], "ranker"), Line([1, 10, 100], [1, 6, 52], "retrieval")],
        x_scale="log",
        **more,  # type: ignore[arg-type]
    )


def test_lines_that_end_together_have_labels_apart() -> None:
    drawing = two_lines().render("t", "d")
    assert drawing.issues == []
    assert drawing.legend == []
    assert ">ranker<" in drawing.wide
    assert ">retrieval<" in drawing.narrow
    assert drawing.width <= WIDE
    assert drawing.narrow_width <= NARROW


def test_labels_stand_on_curves_whose_ends_lie_together() -> None:
    rates = [0, 40, 60, 100]
    lines = [
        Line(rates, [100, 0, 0, 0], "reserved", at=20),
        Line(rates, [100, 100, 0, 0], "pages", at=50),
    ]
    drawn = Chart("Load", "In time", lines).render("t", "d")
    assert drawn.issues == []
    at = r'<text[^>]* x="([^"]+)" y="([^"]+)"[^>]*>(?:reserved|pages)<'
    reserved, pages = [(float(x), float(y)) for x, y in re.findall(at, drawn.wide)]
    assert reserved[1] == pytest.approx(pages[1], abs=5)  # both half way down
    assert 0.2 * WIDE < reserved[0] < pages[0] - 0.2 * WIDE < 0.5 * WIDE
    # No room is kept at the right for labels that are not there.
    assert max(float(x) for x in re.findall(r"H([\d.]+)", drawn.wide)) == WIDE - 14


def test_markers_stand_above_and_are_told() -> None:
    chart = two_lines(markers=[Marker(x=20, label="today"), Marker(x=21, label="tomorrow")])
    drawing = chart.render("t", "d")
    assert drawing.issues == []
    assert "<li>today at 20</li>" in drawing.text_html


def test_labels_of_level_markers_cover_no_curve() -> None:
    # The curve fills the room over the marker at its left end.
    line = Line([0, 10, 20, 100], [60, 70, 72, 73], "4 bits")
    chart = Chart("Load", "Found", [line], markers=[Marker(y=69, label="needed here")])
    drawing = chart.render("t", "d")
    assert drawing.issues == []
    x, y = re.search(r'x="([^"]+)" y="([^"]+)"[^>]*>needed here<', drawing.narrow).groups()
    assert (float(x), float(y)) != (28, 0)


def test_a_marker_whose_label_has_no_free_place_is_told() -> None:
    wall = [Line([0, 50, 100], [90 + n, 30 + n, 90 + n], f"l{n}") for n in range(0, 10, 2)]
    saw = Line([n / 2 for n in range(200)], [40 + 20 * (n % 2) for n in range(200)], "saw")
    label = "a label that is as long as half of the chart"
    chart = Chart("Load", "Found", [*wall, saw], markers=[Marker(y=50, label=label)])
    issues = chart.render("t", "d").issues
    assert f"the text {label!r} covers the curve 'saw' (688 px layout)" in issues


def test_series_over_the_same_values_share_a_table() -> None:
    text = two_lines().render("t", "d").text_html
    assert text.count("<table") == 1
    assert "<caption>Machines</caption>" in text
    assert '<th scope="col">retrieval</th>' in text
    assert "<tr><td>10</td><td>5</td><td>6</td></tr>" in text


def test_long_tables_keep_first_and_last() -> None:
    xs = list(range(100))
    text = Chart("x", "y", [Line(xs, xs)]).render("t", "d").text_html
    assert "<td>0</td><td>0</td>" in text
    assert "<td>99</td><td>99</td>" in text
    assert text.count("<tr>") < 16


def test_bars_start_at_zero_and_carry_values() -> None:
    drawing = Chart("Model", "Recall", [Bars(["popular", "two-tower"], [0.5, 0.8])]).render(
        "t", "d"
    )
    assert ">0<" in drawing.wide
    assert ">0.8<" in drawing.wide
    assert drawing.issues == []


def test_groups_of_bars_get_a_legend() -> None:
    drawing = Chart(
        "Model", "Recall", [Bars(["a", "b"], [1, 2], "offline"), Bars(["a", "b"], [2, 3], "online")]
    ).render("t", "d")
    assert drawing.legend == [
        ("hb-bar hb-role-online", "offline"),
        ("hb-bar hb-role-nearline", "online"),
    ]


def test_names_of_close_points_do_not_meet() -> None:
    points = Points(
        [1, 8, 40, 120, 130], [0.31, 0.36, 0.41, 0.42, 0.425], "models", names=list("abcde")
    )
    drawing = Chart("ms", "NDCG", [points], x_scale="log", y_zero=False).render("t", "d")
    assert drawing.issues == []
    assert "40 (c)" in drawing.text_html


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Chart("x", "y", []), "at least one series"),
        (lambda: Chart("x", "y", [Line([1], [1, 2], "a")]), "has 1 x and 2 y values"),
        (lambda: Chart("x", "y", [Line([1], [1]), Line([1], [2])]), "need a label each"),
        (lambda: Chart("x", "y", [Line([1], [1])], x_scale="ln"), "unknown scale"),
        (lambda: Chart("x", "y", [Line([1], [1], role="red")]), "has the role 'red'"),
    ],
)
def test_mistakes_are_named(make: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()  # type: ignore[operator]


def test_same_bytes_every_time() -> None:
    assert two_lines().render("t", "d") == two_lines().render("t", "d")
    assert " id=" not in two_lines().render("t", "d").wide
    assert "style=" not in two_lines().render("t", "d").wide
