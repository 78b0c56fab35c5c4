"""Widths, breaks, and the fonts that they are widths of."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from handbook.drawing import fonts
from handbook.drawing.text import height, missing, width, wrap

ROOT = Path(__file__).resolve().parents[1]


def test_widths_are_those_of_inter() -> None:
    # As the designer drew it: M has 1850 of 2048 units in the regular weight.
    assert width("M", 2048) == pytest.approx(1850)
    assert width("", 13) == 0
    assert width("ab", 10) == pytest.approx(width("a", 10) + width("b", 10))
    assert width("Feed API", 26, 600) == pytest.approx(2 * width("Feed API", 13, 600))


def test_heavier_is_wider() -> None:
    widths = [width("Mobile app", 13, weight) for weight in (400, 500, 600, 700)]
    assert widths == sorted(widths)
    assert len(set(widths)) == 4


def test_unknown_weight_is_refused() -> None:
    with pytest.raises(ValueError, match="no widths for weight 300"):
        width("a", 11, 300)


def test_signs_of_other_fonts_have_some_width() -> None:
    assert missing("a → b ≤ c ÷ τ Σ ′") == []
    assert missing("漢a漢") == ["漢"]
    assert width("漢", 10) == 10
    assert width("e\u0301", 10) == width("e", 10)


def test_lines_fit_and_lose_nothing() -> None:
    text = "impressions and actions of everybody in the last thirty minutes"
    for limit in (70, 90, 140, 400):
        lines = wrap(text, limit, 11)
        assert all(width(line, 11) <= limit for line in lines)
        assert " ".join(lines) == text


def test_lines_are_balanced() -> None:
    lines = wrap("one two three four five six", 130, 11)
    assert len(lines) == 2
    assert abs(width(lines[0], 11) - width(lines[1], 11)) < 40


def test_a_long_word_breaks_after_a_mark() -> None:
    assert wrap("feature_store/online", 70, 11) == ["feature_", "store/online"]


def test_a_long_word_without_marks_gets_a_hyphen() -> None:
    lines = wrap("impressions", 58, 11)
    assert lines == ["impressi-", "ons"]
    assert "".join(wrap("x" * 40, 50, 11)).replace("-", "") == "x" * 40
    assert "".join(wrap("7" * 40, 50, 11)) == "7" * 40


def test_breaks_and_blanks() -> None:
    assert wrap("a\nb", 100, 11) == ["a", "b"]
    assert wrap("   ", 100, 11) == []
    assert height(0, 11) == 0
    assert height(2, 10) == pytest.approx(9.8 + 13)


def test_style_sheet_offers_what_the_files_hold() -> None:
    css = (ROOT / "docs/assets/fonts.css").read_text(encoding="utf-8")
    ranges = re.findall(r"unicode-range:([^;]+);", css)
    for text, wanted in zip(ranges, fonts.INTER.values(), strict=True):
        found = []
        for part in text.replace("\n", " ").split(","):
            first, _, last = part.strip().removeprefix("U+").partition("-")
            found.append((int(first, 16), int(last or first, 16)))
        assert tuple(found) == wanted


def test_fonts_come_with_their_licences_and_stay_small() -> None:
    folder = ROOT / "docs/assets/fonts"
    for name in ("OFL-Inter.txt", "OFL-JetBrainsMono.txt"):
        assert "SIL Open Font License" in (folder / name).read_text(encoding="utf-8")
    assert (folder / "inter.woff2").stat().st_size < 18_000
    assert (folder / "inter-latin.woff2").stat().st_size < 9_000
    assert (folder / "inter-math.woff2").stat().st_size < 12_000
    assert (folder / "jetbrains-mono.woff2").stat().st_size < 10_000


def test_table_is_that_of_the_shipped_font() -> None:
    for name, chars in (
        ("inter", "AbcMWi019 →≤÷"),
        ("inter-latin", "éßØ"),
        ("inter-math", "ετ′⁴₀∑"),
        ("inter-extended", "Ł∫"),
    ):
        font = TTFont(ROOT / f"docs/assets/fonts/{name}.woff2")
        units, cmap = font["head"].unitsPerEm, font.getBestCmap()
        for char in chars:
            advance = font["hmtx"].metrics[cmap[ord(char)]][0]
            assert width(char, units, 400) == pytest.approx(advance, abs=1)


def test_tabular_figures_leave_the_hyphens_of_words_alone() -> None:
    font = TTFont(ROOT / "docs/assets/fonts/inter.woff2")
    figures = {font.getBestCmap()[ord(digit)] for digit in "0123456789"}
    changed = {
        glyph
        for lookup in font["GSUB"].table.LookupList.Lookup
        for table in lookup.SubTable
        for glyph in getattr(table, "ExtSubTable", table).mapping
    }
    assert changed == figures


@pytest.mark.parametrize(
    ("text", "limit", "lines"),
    [
        ("under 30 k tokens", 50, ["under", "30 k", "tokens"]),
        ("flags 1 % of them", 45, ["flags", "1 % of", "them"]),
        ("is 11 x cheaper", 45, ["is 11 x", "cheaper"]),
        ("found at ± 5 %, once", 60, ["found at", "± 5 %,", "once"]),
        ("the odds × 20 then", 50, ["the odds", "× 20", "then"]),
        # Words that only begin like a unit are words, and what cannot fit breaks after all.
        ("about 12 samples", 48, ["about 12", "samples"]),
        ("± 5 %", 20, ["± 5", "%"]),
    ],
)
def test_numbers_keep_their_units_and_signs(text: str, limit: float, lines: list[str]) -> None:
    assert wrap(text, limit, 11) == lines
