"""Numbers and their units stay on one line of a page."""

from __future__ import annotations

import pytest
from markdown import Markdown

from handbook.project import find_project


@pytest.fixture
def md() -> Markdown:
    root = str(find_project().root)
    return Markdown(
        extensions=["tables", "pymdownx.superfences", "md_in_html", "handbook.markdown"],
        extension_configs={"handbook.markdown": {"root": root}},
    )


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("5 % of 2 GB", "5\u00a0% of 2\u00a0GB"),
        ("100 ms, 3 s, 20 min, 48 h", "100\u00a0ms, 3\u00a0s, 20\u00a0min, 48\u00a0h"),
        ("69,444 /s at 17 TFLOP", "69,444\u00a0/s at 17\u00a0TFLOP"),
        ("**82** % and *1* ms", "<strong>82</strong>\u00a0% and <em>1</em>\u00a0ms"),
        ("**3** **% of it**", "<strong>3</strong>\u00a0<strong>% of it</strong>"),
        ("about 5\n% of posts", "about 5\u00a0% of posts"),
    ],
)
def test_a_unit_stays_beside_its_number(md, written, shown):
    assert md.convert(written) == f"<p>{shown}</p>"


@pytest.mark.parametrize(
    "written", ["2 hours", "3 shards", "10 s-curves", "5 million", "3 minutes", "7 mine", "a %"]
)
def test_words_may_start_a_line(md, written):
    assert md.convert(written) == f"<p>{written}</p>"


def test_a_proven_number_keeps_its_link_and_its_unit(md):
    out = md.convert("Within 100<!--= news_feed.BUDGET_MS:.0f --> ms.")
    assert ">100</a>\u00a0ms." in out
    assert "100 ms" not in out


def test_code_stays_as_written(md):
    out = md.convert("`5 % 3`\n\n```python\nx = 5 % 3\n```\n")
    assert "<code>5 % 3</code>" in out
    assert "\u00a0" not in out


def test_html_of_its_own_is_held_too_but_not_its_attributes(md):
    out = md.convert('<p title="5 % of it">5 % of it</p>')
    assert out == '<p title="5 % of it">5\u00a0% of it</p>'
