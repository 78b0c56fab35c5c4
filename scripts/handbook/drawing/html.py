"""A figure as HTML: both drawings, legend, caption, tools and the text description.

The page's style is one file, `docs/assets/figures.css`, made of `theme.css` and `figure.css`:

    python -m handbook.drawing.html --write   # after editing either
    python -m handbook.drawing.html --check   # fails where it is out of date

The dialog that enlarges a figure is `docs/assets/figure-dialog.js`, fetched by `figures.js` when it
is asked for; all else works without it.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Protocol

from handbook.drawing.svg import NARROW, arrow_head
from handbook.drawing.theme import colours, theme_css

_FRAME = Path(__file__).with_name("figure.css")
_TARGET = Path("docs/assets/figures.css")
_MADE = "/* Made from theme.css and figure.css by `python -m handbook.drawing.html --write`. */\n"


class Rendered(Protocol):
    """What this module needs of a rendered figure; sizes in px."""

    @property
    def id(self) -> str:
        """The figure's id, such as `news_feed/serving`."""

    @property
    def title(self) -> str:
        """Its title in plain text."""

    @property
    def description(self) -> str:
        """Its description in plain text; a blank line parts paragraphs."""

    @property
    def text_html(self) -> str:
        """The same in words."""

    @property
    def wide_svg(self) -> str:
        """The drawing for a column."""

    @property
    def narrow_svg(self) -> str:
        """The drawing for a phone."""

    @property
    def legend(self) -> Sequence[tuple[str, str]]:
        """Pairs of classes and words."""

    @property
    def width(self) -> float:
        """The width of the wide drawing."""


def figure_html(rendered: Rendered, alt: str, download_href: str = "") -> str:
    """Returns the whole `<figure>`, without blank lines, style attributes or scripts.

    Container queries show the drawing that fits the column; the other is not rendered and so not
    read out. Both point to the text description by its id, which is made from the figure's: a
    figure stands on a page once.

    Args:
        rendered: The figure.
        alt: What it shows, as the author wrote it; the title where empty.
        download_href: Where the file of its own is; no link where empty.
    """
    anchor = anchor_of(rendered.id)
    views = _view(rendered.wide_svg, "hb-view-wide", alt or rendered.title, anchor)
    if rendered.width > NARROW:
        views += _view(rendered.narrow_svg, "hb-view-narrow", alt or rendered.title, anchor)
    else:
        # A drawing that fits a phone as it is needs no second one.
        views = views.replace(" hb-view-wide", "", 1)
    download = ""
    if download_href:
        name = rendered.id.replace("/", "-")
        download = (
            f'<a class="hb-download" href="{escape(download_href)}" download="{escape(name)}.svg"'
            f' aria-label="Download the figure as SVG">SVG</a>'
        )
    return (
        f'<figure class="hb-figure" data-figure="{escape(rendered.id)}" id="{anchor}">'
        f'<div class="hb-canvas" data-search-exclude data-pagefind-ignore>{views}</div>'
        f"{_legend(rendered.legend)}"
        f'<figcaption class="hb-foot"><span class="hb-caption">{escape(rendered.title)}</span>'
        f'<span class="hb-tools"><button type="button" class="hb-expand" aria-haspopup="dialog"'
        f' aria-label="Expand the figure: {escape(rendered.title)}">Expand</button>{download}'
        f"</span></figcaption>"
        f'<details class="hb-text"><summary>Text description</summary>'
        f'<div class="hb-text-body" id="{anchor}-text">{_paragraphs(rendered.description)}'
        f"{rendered.text_html}</div></details></figure>"
    )


def anchor_of(figure_id: str) -> str:
    """Returns the id of a figure's element: `fig-news_feed-serving` for `news_feed/serving`."""
    return "fig-" + re.sub(r"[^\w-]+", "-", figure_id)


def page_css() -> str:
    """Returns the style of figures on pages, without comments and spare blanks."""
    frame = _FRAME.read_text(encoding="utf-8")
    return _MADE + _squeezed(theme_css()) + _dark_without_script() + _squeezed(frame)


def _dark_without_script() -> str:
    """The dark theme where no script has said which is meant: as the system's."""
    named = ";".join(f"--hb-{name}:{value}" for name, value in colours(dark=True).items())
    return f"@media screen and (prefers-color-scheme:dark){{.no-js{{{named}}}}}\n"


def main(argv: list[str] | None = None) -> int:
    """Writes or checks `docs/assets/figures.css`; run in the repository's root.

    Args:
        argv: Arguments after the program's name; the process's own where none are given.
    """
    parser = argparse.ArgumentParser(prog="python -m handbook.drawing.html")
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--write", action="store_true", help="write the file if it changes")
    choice.add_argument("--check", action="store_true", help="fail if it would change")
    args = parser.parse_args(argv)
    same = _TARGET.exists() and _TARGET.read_text(encoding="utf-8") == page_css()
    if args.check and not same:
        print(
            f"{_TARGET}: stale-file: differs from theme.css and figure.css "
            "(fix: python -m handbook.drawing.html --write)",
            file=sys.stderr,
        )
        return 1
    if args.write and not same:
        _TARGET.write_text(page_css(), encoding="utf-8")
    return 0


def _view(svg: str, cls: str, label: str, anchor: str) -> str:
    """Gives a drawing its role: a group where links inside must stay reachable, else a picture."""
    role = "group" if "<a " in svg else "img"
    wired = (
        f'<svg role="{role}" aria-label="{escape(label)}" aria-describedby="{anchor}-text" '
        + svg.removeprefix("<svg ")
    )
    return f'<div class="hb-view {cls}">{wired}</div>'


def _legend(legend: Sequence[tuple[str, str]]) -> str:
    if not legend:
        return ""
    items = "".join(f"<li>{_swatch(cls)}{escape(words)}</li>" for cls, words in legend)
    return f'<ul class="hb-legend">{items}</ul>'


def _swatch(cls: str) -> str:
    """A small sample of the line or box that carries these classes."""
    names = cls.split()
    if "hb-edge" in names:
        inside = f'<path d="M1 6H27" class="{escape(cls)}"/>'
        inside += f'<path d="{arrow_head(34, 6, 1, 0)}" class="hb-arrow"/>'
        return _sample(36, inside)
    if "hb-series" in names:
        return _sample(24, f'<path d="M2 6H22" class="{escape(cls)}"/>')
    if "hb-point" in names:
        return _sample(12, f'<circle cx="6" cy="6" r="5" class="{escape(cls)}"/>')
    box = cls if len([n for n in names if not n.startswith("hb-role-")]) else f"hb-band {cls}"
    return _sample(14, f'<rect x="1" y="1" width="12" height="10" rx="3" class="{escape(box)}"/>')


def _sample(wide: int, inside: str) -> str:
    return (
        f'<svg class="hb-fig hb-swatch" viewBox="0 0 {wide} 12" width="{wide}" height="12"'
        f' aria-hidden="true">{inside}</svg>'
    )


def _paragraphs(text: str) -> str:
    blocks = [" ".join(block.split()) for block in re.split(r"\n\s*\n", text)]
    return "".join(f"<p>{escape(block, quote=False)}</p>" for block in blocks if block)


def _squeezed(css: str) -> str:
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r"\s*([{};,])\s*", r"\1", css)
    return css.replace(";}", "}").replace(": ", ":").strip() + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
