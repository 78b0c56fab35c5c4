"""The picture that a link preview shows: our own SVG, rendered in process with our own fonts.

No browser, no network and no font of the machine, so the bytes are the same everywhere. A card is
kept by what it was made from, like a figure.
"""

from __future__ import annotations

import hashlib
import html
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from handbook.drawing.png import shrink
from handbook.drawing.text import width, wrap
from handbook.drawing.theme import colours
from handbook.project import Project

NAME = "card.png"
WIDTH, HEIGHT = 1200, 630
MOST_BYTES = 60_000
MARK = (
    "M1 2h6l1.4 8H3.8zm8 0h6v8h-4.6zm8 0h6l-1.4 8H17zm8 0h6l-2.8 8h-4.6z"
    "M4.6 12H15v8H7.8zM17 12h10.4l-3.2 8H17zM8.6 22h14.8l-3.2 8h-8.4z"
)

_FONTS = tuple(sorted(Path(__file__).with_name("fonts").glob("*.ttf")))
_MARGIN = 80
_COLUMN = WIDTH - 2 * _MARGIN
# Title sizes in px, from the one that looks best to the one that still holds a long title.
_TITLE_SIZES = (88, 76, 64, 54)
_TITLE_LINES = 3
_ABOUT_SIZE, _ABOUT_LEADING, _ABOUT_LINES = 32, 45, 3
# The baseline of the last line, and where the description must have ended.
_FOOT, _ABOUT_END = 562, 500


@dataclass(frozen=True)
class Card:
    """What a card says.

    Attributes:
        title: The page's title.
        part: The part of the handbook that it stands in.
        about: What it says, in a sentence.
        facts: How long it takes and for whom; may be empty.
        site: What the handbook is called.
    """

    title: str
    part: str
    about: str
    facts: str
    site: str


def write_card(project: Project, folder: Path, card: Card) -> None:
    """Writes a card into the folder of its page.

    Args:
        project: The checkout, whose cache keeps the picture.
        folder: The page's folder in the built site.
        card: What it says.
    """
    svg = card_svg(card)
    kept = project.cache / "cards" / f"{_digest(svg)}.png"
    if not kept.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        aside = kept.with_suffix(".new")
        aside.write_bytes(render(svg))
        aside.replace(kept)
    shutil.copyfile(kept, folder / NAME)


def render(svg: str) -> bytes:
    """Returns a card as PNG.

    Args:
        svg: What `card_svg` gave.
    """
    import resvg_py

    picture = bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            skip_system_fonts=True,
            font_files=[str(font) for font in _FONTS],
            font_family=_FAMILY,
        )
    )
    # Fewer colours halve it, but take six times as long: only where a long text needs it.
    return picture if len(picture) <= MOST_BYTES else shrink(picture, WIDTH)


def _digest(svg: str) -> str:
    return hashlib.sha256(_renderer() + svg.encode("utf-8")).hexdigest()[:24]


@cache
def _renderer() -> bytes:
    """What draws the cards: its version and its fonts."""
    fonts = b"".join(hashlib.sha256(font.read_bytes()).digest() for font in _FONTS)
    return version("resvg-py").encode("ascii") + fonts


# --------------------------------------------------------------------------- the drawing

_FAMILY = "Inter Variable"
_FRAME = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
    'viewBox="0 0 {width} {height}" font-family="{family}">{body}</svg>'
)


def card_svg(card: Card) -> str:
    """Returns a card as SVG, in the light colours of the figures.

    Args:
        card: What it says. A title or a sentence that is too long ends in an ellipsis.
    """
    body = "".join(_parts(card))
    return _FRAME.format(width=WIDTH, height=HEIGHT, family=_FAMILY, body=body)


def _parts(card: Card) -> Iterator[str]:
    theme = colours(dark=False)
    accent, muted = theme["online"], theme["muted"]
    yield f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{theme["online-tint"]}"/>'
    yield _mark(WIDTH - 430, 150, 15.5, theme["online-chip"])
    yield f'<rect width="{WIDTH}" height="14" fill="{accent}"/>'
    yield _line(card.part, _MARGIN, 122, 30, 700, accent)
    size, lines = _fitted_title(card.title)
    at = 122 + 30 + size
    for line in lines:
        yield _line(line, _MARGIN, at, size, 700, theme["ink"])
        at += round(size * 1.12)
    at += 70 - round(size * 1.12)
    room = (_ABOUT_END - at) // _ABOUT_LEADING + 1
    for line in _shortened(card.about, _ABOUT_SIZE, 500, min(room, _ABOUT_LINES)):
        yield _line(line, _MARGIN, at, _ABOUT_SIZE, 500, muted)
        at += _ABOUT_LEADING
    yield _mark(_MARGIN, _FOOT - 33, 1.3, accent)
    yield _line(card.site, _MARGIN + 58, _FOOT, 28, 700, theme["ink"])
    yield _line(card.facts, WIDTH - _MARGIN - width(card.facts, 28, 500), _FOOT, 28, 500, muted)


def _line(text: str, x: float, y: float, size: int, weight: int, fill: str) -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size}" font-weight="{weight}" fill="{fill}">'
        f"{html.escape(text, quote=False)}</text>"
    )


def _mark(x: float, y: float, scale: float, fill: str) -> str:
    return f'<path transform="translate({x:g} {y:g}) scale({scale:g})" fill="{fill}" d="{MARK}"/>'


def _fitted_title(title: str) -> tuple[int, list[str]]:
    """The largest size at which a title is whole, else the smallest, shortened."""
    for size in _TITLE_SIZES:
        lines = wrap(title, _COLUMN, size, 700)
        # Two large lines are read at a glance; three only where they must be.
        if len(lines) <= (2 if size > _TITLE_SIZES[-2] else _TITLE_LINES):
            return size, lines
    return size, _shortened(title, size, 700, _TITLE_LINES)


def _shortened(text: str, size: int, weight: int, most: int) -> list[str]:
    """At most so many lines; what does not fit ends in an ellipsis."""
    lines = wrap(text, _COLUMN, size, weight)
    words = text.split()
    while len(lines) > most and words:
        words.pop()
        lines = wrap(" ".join(words).rstrip(",;:.") + " …", _COLUMN, size, weight)
    return lines[:most]
