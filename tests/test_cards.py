"""Cards: whole, legible, small, and the same bytes everywhere."""

from __future__ import annotations

import re
import struct
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from fontTools.ttLib import TTFont

from handbook import cards
from handbook.cards import Card, card_svg, render, write_card
from handbook.drawing import fonts, text, theme
from handbook.project import Project

ROOT = Path(__file__).parents[1]
CARD = Card(
    "Design a news feed",
    "Case studies",
    "Billions of posts to ten in under 100 ms at p99, in two stages; sized, drawn and costed.",
    "36 min read  ·  Mid, Senior, Staff",
    "The ML System Design Handbook",
)
LONG = "Retrieval-augmented generation for customer support: grounding, evaluation, and people"
TITLES = ("Tags", "Design a news feed", LONG, f"{LONG} {LONG}", "Wort" * 40)


def lines(card: Card) -> list[tuple[str, float, float, float, int]]:
    """Text, left, baseline, size and weight of every line of a card."""
    found = ElementTree.fromstring(card_svg(card)).findall("{http://www.w3.org/2000/svg}text")
    places = ("x", "y", "font-size")
    return [
        (e.text or "", *(float(e.get(name)) for name in places), int(e.get("font-weight")))
        for e in found
    ]


def titled(card: Card) -> list[str]:
    """The lines of the title, which is all that is larger than the rest."""
    return [line[0] for line in lines(card) if line[3] > 40]


@pytest.mark.parametrize("title", TITLES)
def test_nothing_leaves_the_card_or_touches_another_line(title: str):
    found = sorted(
        (line for line in lines(replace(CARD, title=title)) if line[0]), key=lambda x: x[2]
    )
    for words, left, base, size, weight in found:
        assert left >= 80
        assert left + text.width(words, size, weight) <= cards.WIDTH - 79, words
        assert base <= cards.HEIGHT - 60
    rows = sorted({(base, size) for _, _, base, size, _ in found})
    for (above, _), (base, size) in pairwise(rows):
        assert base - size * text.ASCENT > above + size * text.DESCENT / 2


def test_a_title_is_as_large_as_it_can_be_and_never_cut_where_it_fits():
    assert titled(CARD) == ["Design a news feed"]
    assert " ".join(titled(replace(CARD, title=LONG))) == LONG
    short, long = (max(line[3] for line in lines(replace(CARD, title=t))) for t in ("Tags", LONG))
    assert short > long


def test_what_is_too_long_ends_in_an_ellipsis():
    cut = titled(replace(CARD, title=f"{LONG} {LONG}"))
    assert len(cut) == 3
    assert cut[-1].endswith(" …")
    about = [line[0] for line in lines(replace(CARD, about="Many words. " * 60)) if line[3] == 32]
    assert len(about) == 3
    assert about[-1].endswith("Many …")


def test_markup_in_a_title_is_text():
    assert titled(replace(CARD, title="A <b> & c")) == ["A <b> & c"]


@pytest.mark.parametrize("card", [CARD, replace(CARD, title=f"{LONG} {LONG}", about=LONG * 4)])
def test_a_card_has_the_size_that_previews_want_and_stays_small(card: Card):
    picture = render(card_svg(card))
    assert picture.startswith(b"\x89PNG")
    assert struct.unpack(">II", picture[16:24]) == (1200, 630)
    assert len(picture) <= 60_000
    assert picture == render(card_svg(card))


@pytest.mark.parametrize("weight", fonts.CARD_WEIGHTS)
def test_the_fonts_hold_every_sign_that_is_measured_and_are_as_wide(weight: int):
    widths: dict[str, int] = {}
    for name in fonts.INTER:
        font = TTFont(fonts.CARD_FONTS / f"{name}-{weight}.ttf")
        units, metrics = font["head"].unitsPerEm, font["hmtx"].metrics
        widths |= {chr(c): metrics[g][0] / units for c, g in font.getBestCmap().items()}
    assert text.missing("".join(widths)) == []
    for sign in "Aé0 ·…≤→εŁ∑":
        assert widths[sign] == pytest.approx(text.width(sign, 1, weight), abs=0.001), sign


def test_rare_signs_are_drawn_and_not_left_out():
    drawn = {sign: render(card_svg(replace(CARD, title=sign))) for sign in " ε≤Ł"}
    assert len(set(drawn.values())) == 4


def test_the_fonts_come_with_their_licence():
    own = (fonts.CARD_FONTS / "OFL-Inter.txt").read_bytes()
    assert own == (ROOT / "docs/assets/fonts/OFL-Inter.txt").read_bytes()


def test_a_card_is_drawn_once_and_again_when_it_says_something_else(tmp_path, monkeypatch):
    project = Project(tmp_path)
    drawn: list[str] = []
    monkeypatch.setattr(cards, "render", lambda svg: drawn.append(svg) or svg.encode())
    for card in (CARD, CARD, replace(CARD, title="Other")):
        write_card(project, tmp_path, card)
    assert len(drawn) == 2
    assert (tmp_path / "card.png").read_bytes() == drawn[1].encode()


def test_text_is_legible_on_its_ground():
    colours = theme.colours(dark=False)
    for ground in ("online-tint", "online-chip"):
        for ink in ("ink", "muted", "online"):
            assert theme.contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)


def test_the_mark_is_the_same_wherever_it_is_drawn():
    drawn = {
        re.search(r' d="([^"]+)"', (ROOT / name).read_text())[1]
        for name in ("docs/assets/favicon.svg", "overrides/.icons/handbook/logo.svg")
    }
    assert drawn == {cards.MARK}


@pytest.mark.build
def test_every_page_has_a_card_and_no_card_is_large(built: Project):
    found = {path.parent for path in built.site.rglob("card.png")}
    assert found == {path.parent for path in built.site.rglob("index.md")}
    assert max(path.stat().st_size for path in built.site.rglob("card.png")) <= cards.MOST_BYTES
