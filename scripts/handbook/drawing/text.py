"""How wide text is and where it breaks, without a font and the same on every machine.

Widths come from a table of Inter's advance widths (made by `handbook.drawing.fonts`). Kerning and
contextual alternates are off in the drawings' style, so the sum of advances is what browsers show.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

WEIGHTS = (400, 500, 600, 700)
# Baseline to the top of capitals and to the bottom of descenders, in em, for boxes around text.
ASCENT = 0.76
DESCENT = 0.22

_TABLE = Path(__file__).with_name("inter_widths.json")
_NARROW_BREAKS = "-/_·"
# No line ends between a number and its unit, or between a sign and its number.
_UNITS = r"%|×|x|k|M|B|bn|[kMGT]i?B|[MGT]?FLOP|[mµn]?s|min|h|d|px|m?W"
_GLUED = re.compile(rf" (?=(?:{_UNITS})(?!\w))(?<=\d )| (?<=[±÷×−<>≤≥=] )(?=[\d$€])")
_GLUE = "\u00a0"


def width(text: str, size_px: float, weight: int = 400) -> float:
    """Returns the width of one line of text in px.

    Args:
        text: The text; a line break counts nothing.
        size_px: The font size in px.
        weight: 400, 500, 600 or 700.

    Raises:
        ValueError: The table has no such weight.
    """
    advances = _advances(weight)
    total = sum(advances[char] if char in advances else _fallback(char) for char in text)
    return total * size_px


def wrap(text: str, max_width_px: float, size_px: float, weight: int = 400) -> list[str]:
    r"""Breaks text into lines that fit, as few as possible and of like length.

    Breaks at spaces, but where it can be helped not between a number and its unit or sign
    (`30 k`, `± 5 %`); a word that is too long alone breaks after a hyphen, slash, underscore or
    dot, and at last anywhere, with a hyphen. `\n` always breaks.

    Args:
        text: The text; runs of spaces count as one.
        max_width_px: What no line may exceed.
        size_px: The font size in px.
        weight: 400, 500, 600 or 700.

    Returns:
        The lines; none for blank text.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        words = [
            piece
            for word in _words(paragraph, max_width_px, size_px, weight)
            for piece in _pieces(word, max_width_px, size_px, weight)
        ]
        if words:
            lines.extend(_balanced(words, max_width_px, size_px, weight))
    return lines


def height(lines: int, size_px: float, leading: float = 1.3) -> float:
    """Returns the height in px of a block of text, from cap top to last descender.

    Args:
        lines: How many lines.
        size_px: The font size in px.
        leading: Distance of two baselines over the font size.
    """
    if lines <= 0:
        return 0.0
    return (ASCENT + DESCENT + (lines - 1) * leading) * size_px


def missing(text: str) -> list[str]:
    """Returns the characters that the shipped font lacks, in order, each once."""
    known = _advances(400)
    return list(dict.fromkeys(c for c in text if c not in known and c != "\n"))


@cache
def _advances(weight: int) -> dict[str, float]:
    if weight not in WEIGHTS:
        raise ValueError(f"no widths for weight {weight}: use one of {WEIGHTS}")
    table = json.loads(_TABLE.read_text(encoding="utf-8"))
    units = table["units_per_em"]
    return {
        char: advance / units
        for char, advance in zip(table["chars"], table["widths"][str(weight)], strict=True)
    }


def _fallback(char: str) -> float:
    """The width in em of a character that some other font will draw: rather too wide."""
    if char == "\n" or unicodedata.combining(char) or unicodedata.category(char) in ("Cf", "Mn"):
        return 0.0
    return 1.0 if unicodedata.east_asian_width(char) in "WF" else 0.75


def _words(paragraph: str, limit: float, size: float, weight: int) -> Iterator[str]:
    """The words of a text; a number with its sign and unit is one, unless it is too wide."""
    for group in _GLUED.sub(_GLUE, " ".join(paragraph.split())).split(" "):
        word = group.replace(_GLUE, " ")
        yield from [word] if word and width(word, size, weight) <= limit else word.split()


def _pieces(word: str, limit: float, size: float, weight: int) -> list[str]:
    """Cuts a word that does not fit; glue between its pieces is nothing, marked by U+2060."""
    if width(word, size, weight) <= limit:
        return [word]
    pieces: list[str] = []
    rest = word
    while rest and width(rest, size, weight) > limit:
        fit = 1
        while fit < len(rest) and width(rest[: fit + 1], size, weight) <= limit:
            fit += 1
        soft = max(rest.rfind(mark, 0, fit) for mark in _NARROW_BREAKS) + 1
        if soft > 1:
            piece, rest = rest[:soft], rest[soft:]
        else:
            # A hyphen takes room, and a last syllable of one letter looks like a mistake.
            cut = max(min(fit - 1, len(rest) - 3), 1)
            hyphen = "-" if rest[cut - 1 : cut + 1].isalpha() else ""
            piece, rest = rest[:cut] + hyphen, rest[cut:]
        pieces.append(piece + "\u2060")
    return [*pieces, rest] if rest else pieces


def _join(words: list[str]) -> str:
    return " ".join(words).replace("\u2060 ", "").rstrip("\u2060")


def _greedy(words: list[str], limit: float, size: float, weight: int) -> list[str]:
    lines: list[list[str]] = [[]]
    for word in words:
        if lines[-1] and width(_join([*lines[-1], word]), size, weight) > limit:
            lines.append([])
        lines[-1].append(word)
    return [_join(line) for line in lines]


def _balanced(words: list[str], limit: float, size: float, weight: int) -> list[str]:
    """As few lines as greedy filling needs, then the narrowest measure that keeps that many."""
    best = _greedy(words, limit, size, weight)
    low, high = max(width(_join([w]), size, weight) for w in words), limit
    while len(best) > 1 and high - low > 1:
        middle = (low + high) / 2
        trial = _greedy(words, middle, size, weight)
        if len(trial) == len(best):
            best, high = trial, middle
        else:
            low = middle
    return best
