"""The colours: every text can be read in both themes, and the page's style is up to date."""

from __future__ import annotations

from pathlib import Path

import pytest

from handbook.drawing.html import page_css
from handbook.drawing.theme import ROLES, colours, contrast, rules, standalone_css, theme_css

ROOT = Path(__file__).resolve().parents[1]
THEMES = pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@THEMES
def test_words_can_be_read_on_every_ground(dark: bool) -> None:
    palette = colours(dark=dark)
    grounds = ["page", "card", *(f"{role}-{part}" for role in ROLES for part in ("tint", "chip"))]
    pale = [
        f"{ink} on {ground}: {contrast(palette[ink], palette[ground]):.2f}"
        for ink in ("ink", "muted")
        for ground in grounds
        if contrast(palette[ink], palette[ground]) < 4.5
    ]
    assert pale == []


@THEMES
def test_a_role_can_be_read_on_its_own_grounds(dark: bool) -> None:
    palette = colours(dark=dark)
    pale = [
        f"{role} on {ground}"
        for role in ROLES
        for ground in ("page", "card", f"{role}-tint", f"{role}-chip")
        if contrast(palette[role], palette[ground]) < 4.5
    ]
    assert pale == []
    assert contrast(palette["link"], palette["page"]) >= 4.5


@THEMES
def test_lines_that_carry_meaning_can_be_seen(dark: bool) -> None:
    palette = colours(dark=dark)
    lines = ["edge", *(f"{role}-line" for role in ROLES)]
    assert [line for line in lines if contrast(palette[line], palette["page"]) < 3] == []


def test_both_themes_name_the_same_colours() -> None:
    assert colours(dark=False).keys() == colours(dark=True).keys()


def test_dark_is_for_screens_only() -> None:
    media = {r.media for r in rules() if '[data-md-color-scheme="slate"]' in r.selectors}
    assert media == {"screen"}
    assert "max-height: 18cm" in theme_css()
    assert "forced-colors: active" in theme_css()


def test_every_variable_that_is_used_is_named() -> None:
    named = {name for rule in rules() for name, _ in rule.declarations if name.startswith("--hb-")}
    used = {
        part.split(")")[0]
        for rule in rules()
        for _, value in rule.declarations
        for part in value.split("var(")[1:]
    }
    assert used <= named


def test_standalone_style_holds_only_what_is_used() -> None:
    style = standalone_css({"hb-fig", "hb-card", "hb-role-data"})
    assert ".hb-card.hb-role-data{stroke:" in style
    assert "hb-edge" not in style
    assert "hb-role-online" not in style
    assert "--hb-" not in style


def test_page_style_is_up_to_date() -> None:
    path = ROOT / "docs/assets/figures.css"
    assert path.read_text(encoding="utf-8") == page_css(), (
        "run: python -m handbook.drawing.html --write"
    )


def test_figure_style_names_no_colour_of_its_own() -> None:
    frame = (ROOT / "scripts/handbook/drawing/figure.css").read_text(encoding="utf-8")
    assert "#" not in frame.replace("#ffffff", "")
