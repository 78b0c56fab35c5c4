"""Writes SVG by hand: rounded, escaped, classes only; and turns a drawing into a file of its own.

Drawings sit inside pages under a policy that forbids `style` attributes, and several share one
page: so a drawing has no ids, markers or gradients that could collide, and arrow heads are paths.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from math import hypot
from xml.etree import ElementTree

from handbook.drawing.text import ASCENT, DESCENT, width
from handbook.drawing.theme import standalone_css

WIDE = 688
NARROW = 358

# Size in px and weight of text by class; classes not named here are 11 px and 400.
FONTS: dict[str, tuple[float, int]] = {
    "hb-title": (13, 600),
    "hb-plane-title": (11, 700),
    "hb-step": (11, 700),
    "hb-step-number": (10, 700),
    "hb-op": (13, 700),
    "hb-axis-title": (11, 600),
}
_PLAIN = (11.0, 400)
# Around a drawing in a file of its own, in px.
_MARGIN = 16
_LINK = re.compile(r"^(https?://|mailto:|#|\.{0,2}/|[\w.-]+(/|$|#|\?))", re.IGNORECASE)
_NUMBER = re.compile(r"-?\d+\.\d+")
_COMMAND = re.compile(r"([A-Za-z])([^A-Za-z]*)")
_COORDINATE = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")


@dataclass(frozen=True)
class Drawing:
    """One figure, drawn: what every kind's `render` returns.

    The kinds (`Funnel`, `Timeline`, `Chart`, `Sketch`) are plain objects with
    `render(title: str, description: str) -> Drawing`. A non-empty `issues` must fail the check.

    Attributes:
        wide: The SVG for a column of 688 px.
        narrow: The SVG for a phone, 358 px.
        width: Width of `wide` in px, at most 688.
        height: Its height.
        narrow_width: Width of `narrow`, at most 358.
        narrow_height: Its height.
        text_html: The same in words, as HTML blocks without headings or ids.
        legend: Pairs of classes and words. Classes with `hb-edge` get a line as swatch, those
            with `hb-series` a thicker one, others a box.
        issues: What is wrong with the drawing, one sentence each, without a full stop.
    """

    wide: str
    narrow: str
    width: float
    height: float
    narrow_width: float
    narrow_height: float
    text_html: str
    legend: list[tuple[str, str]] = field(default_factory=list)
    issues: list[str] = field(default_factory=list)

    @classmethod
    def of(
        cls,
        wide: Canvas,
        narrow: Canvas,
        text_html: str,
        legend: list[tuple[str, str]] | None = None,
    ) -> Drawing:
        """Puts two finished canvases together.

        Args:
            wide: The layout for a column.
            narrow: The layout for a phone.
            text_html: The same in words.
            legend: Pairs of classes and words; none where there is nothing to tell apart.
        """
        return cls(
            wide=wide.svg("hb-wide"),
            narrow=narrow.svg("hb-narrow"),
            width=wide.width,
            height=wide.height,
            narrow_width=narrow.width,
            narrow_height=narrow.height,
            text_html=text_html,
            legend=legend or [],
            issues=[*wide.issues(WIDE), *narrow.issues(NARROW)],
        )


@dataclass(frozen=True)
class Bounds:
    """A rectangle in px, with what it holds."""

    x: float
    y: float
    w: float
    h: float
    name: str = ""

    def overlaps(self, other: Bounds, slack: float = 0.5) -> bool:
        """Whether two boxes share more than `slack` px in both directions."""
        return (
            min(self.x + self.w, other.x + other.w) - max(self.x, other.x) > slack
            and min(self.y + self.h, other.y + other.h) - max(self.y, other.y) > slack
        )


class Canvas:
    """An SVG in the making.

    Coordinates are px from the top left and are rounded to one decimal. `cls` is one or more
    classes of `theme.css`.

    Attributes:
        width: Width in px; may be set until `svg` is called.
        height: Height in px; the same.
        texts: The box of every text drawn so far, for lints.
        marks: Boxes of lines that no text may cover, with what they are.
    """

    def __init__(self, width: float, height: float) -> None:
        self.width = width
        self.height = height
        self.texts: list[Bounds] = []
        self.marks: list[Bounds] = []
        self.linked = False
        self._parts: list[str] = []

    def rect(self, x: float, y: float, w: float, h: float, rx: float = 0, cls: str = "") -> None:
        """Adds a rectangle with corners of radius `rx`."""
        corner = f' rx="{num(rx)}"' if rx else ""
        self._parts.append(
            f'<rect x="{num(x)}" y="{num(y)}" width="{num(w)}" height="{num(h)}"{corner}'
            f"{_class(cls)}/>"
        )

    def path(self, d: str, cls: str = "") -> None:
        """Adds a path; its numbers are rounded and it is written as short as it can be."""
        self._parts.append(f'<path d="{short_path(d)}"{_class(cls)}/>')

    def circle(self, cx: float, cy: float, r: float, cls: str = "") -> None:
        """Adds a circle."""
        self._parts.append(f'<circle cx="{num(cx)}" cy="{num(cy)}" r="{num(r)}"{_class(cls)}/>')

    def line(self, x1: float, y1: float, x2: float, y2: float, cls: str = "") -> None:
        """Adds a straight line."""
        self.path(f"M{num(x1)} {num(y1)}L{num(x2)} {num(y2)}", cls)

    def arrow(self, points: Sequence[tuple[float, float]], cls: str, head: float = 7) -> None:
        """Adds a polyline that ends in an arrow head at its last point.

        Args:
            points: At least two.
            cls: The classes of the line, such as `hb-edge hb-request`.
            head: Length of the head in px.
        """
        (x0, y0), (x1, y1) = points[-2], points[-1]
        length = hypot(x1 - x0, y1 - y0) or 1
        ux, uy = (x1 - x0) / length, (y1 - y0) / length
        stop = (x1 - ux * head * 0.8, y1 - uy * head * 0.8)
        self.path("M" + "L".join(f"{num(x)} {num(y)}" for x, y in (*points[:-1], stop)), cls)
        self.path(arrow_head(x1, y1, ux, uy, head), "hb-arrow")

    def text(
        self,
        x: float,
        y: float,
        string: str,
        cls: str = "",
        anchor: str = "start",
        size: float | None = None,
        weight: int | None = None,
    ) -> Bounds:
        """Adds one line of text and remembers its box.

        Args:
            x: Where the anchor is.
            y: The baseline.
            string: The text.
            cls: Its classes; the first that `FONTS` knows gives size and weight.
            anchor: `start`, `middle` or `end`.
            size: The size in px, where the class's is not wanted.
            weight: The weight, where the class's is not wanted.

        Returns:
            The box that the text fills.
        """
        font = font_of(cls)
        size, weight = size or font[0], weight or font[1]
        wide = width(string, size, weight)
        left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
        box = Bounds(left, y - ASCENT * size, wide, (ASCENT + DESCENT) * size, string)
        self.texts.append(box)
        attributes = "" if anchor == "start" else f' text-anchor="{anchor}"'
        if size != _PLAIN[0]:
            attributes += f' font-size="{num(size)}"'
        if weight != _PLAIN[1]:
            attributes += f' font-weight="{weight}"'
        self._parts.append(
            f'<text x="{num(x)}" y="{num(y)}"{attributes}{_class(cls)}>'
            f"{escape(string, quote=False)}</text>"
        )
        return box

    @contextmanager
    def group(self, cls: str = "", transform: str = "") -> Iterator[None]:
        """Wraps what is drawn inside in a group; texts inside a transform are not measured."""
        move = f' transform="{round_path(transform)}"' if transform else ""
        known = len(self.texts)
        self._parts.append(f"<g{_class(cls)}{move}>")
        yield
        self._parts.append("</g>")
        if transform:
            del self.texts[known:]

    @contextmanager
    def link(self, href: str) -> Iterator[None]:
        """Wraps what is drawn inside in a link.

        Args:
            href: An address with http, https or mailto, or a relative one.

        Raises:
            ValueError: The address has another scheme.
        """
        if not _LINK.match(href):
            raise ValueError(
                f"a figure cannot link to {href!r}: use http, https or a relative path"
            )
        self.linked = True
        self._parts.append(f'<a href="{escape(href)}" class="hb-link">')
        yield
        self._parts.append("</a>")

    def raw(self, svg: str) -> None:
        """Adds markup as it is; for icons that the kit itself has made safe."""
        self._parts.append(svg)

    def svg(self, classes: str = "") -> str:
        """Returns the whole `<svg>`, with `hb-fig` and `classes` on its root."""
        wide, high = num(self.width), num(self.height)
        return (
            f'<svg class="{f"hb-fig {classes}".strip()}" viewBox="0 0 {wide} {high}"'
            f' width="{wide}" height="{high}">{"".join(self._parts)}</svg>'
        )

    def issues(self, limit: float) -> list[str]:
        """Returns what is wrong with the texts: outside of the drawing, or on one another.

        Args:
            limit: The width in px that the drawing must fit in unscaled.
        """
        found = []
        if self.width > limit + 0.5:
            found.append(f"the drawing is {self.width:.0f} px wide, more than {limit:.0f}")
        for index, box in enumerate(self.texts):
            outside = (
                box.x < -0.5
                or box.y < -0.5
                or box.x + box.w > self.width + 0.5
                or box.y + box.h > self.height + 0.5
            )
            if outside:
                found.append(f"the text {box.name!r} leaves the drawing ({limit:.0f} px layout)")
            found.extend(
                f"the texts {box.name!r} and {other.name!r} overlap ({limit:.0f} px layout)"
                for other in self.texts[index + 1 :]
                if box.overlaps(other, slack=1)
            )
            covered = {mark.name for mark in self.marks if box.overlaps(mark, slack=0)}
            found.extend(
                f"the text {box.name!r} covers {mark} ({limit:.0f} px layout)"
                for mark in sorted(covered)
            )
        return found


def num(value: float) -> str:
    """Returns a coordinate with at most one decimal and no trailing zero."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def round_path(d: str) -> str:
    """Returns path data or a transform with every number rounded to one decimal."""
    return _NUMBER.sub(lambda match: num(float(match.group())), d)


def short_path(d: str) -> str:
    """Returns path data rounded and written short, without moving anything.

    Steps are written from the point before where that is no longer: figures are full of like
    corners and arrow heads, and what is alike is packed well.

    Args:
        d: Path data of absolute `M`, `L`, `Q`, `C` and `Z`; any other is only rounded.
    """
    parts = _COMMAND.findall(d)
    if {command for command, _ in parts} - set("MLQCZ") or not d.startswith("M"):
        return round_path(d)
    out = ""
    here = start = (0, 0)
    for command, text in parts:
        # In tenths of a px, so that differences are exact.
        tenths = [round(float(num(float(each))) * 10) for each in _COORDINATE.findall(text)]
        if command == "Z":
            out += "z"
            here = start
            continue
        size = {"M": 2, "L": 2, "Q": 4, "C": 6}[command]
        for at in range(0, len(tenths), size):
            step = tenths[at : at + size]
            out += _step(command, step, here)
            here = step[-2], step[-1]
            if command == "M":
                start, command = here, "L"
    return out


def _step(command: str, step: list[int], here: tuple[int, int]) -> str:
    """One step of a path: from the page's corner or from the point before, whichever is shorter."""
    moved = [value - here[index % 2] for index, value in enumerate(step)]
    if command == "L" and 0 in moved:
        axis = 1 if moved[0] == 0 else 0
        written = [("hv"[axis], [moved[axis]]), ("HV"[axis], [step[axis]])]
    elif command == "M":
        written = [("M", step)]
    else:
        written = [(command.lower(), moved), (command, step)]
    return min((letter + _numbers(values) for letter, values in written), key=len)


def _numbers(tenths: list[int]) -> str:
    text = " ".join(re.sub(r"^(-?)0\.", r"\1.", num(value / 10)) for value in tenths)
    return text.replace(" -", "-")


def arrow_head(x: float, y: float, ux: float, uy: float, head: float = 7) -> str:
    """Returns the path of an arrow head.

    Args:
        x: Where its tip is.
        y: The same.
        ux: The direction, of length 1.
        uy: The same.
        head: Its length in px.
    """
    bx, by, half = x - ux * head, y - uy * head, head * 0.48
    return (
        f"M{num(x)} {num(y)}L{num(bx - uy * half)} {num(by + ux * half)}"
        f"L{num(bx + uy * half)} {num(by - ux * half)}Z"
    )


def font_of(cls: str) -> tuple[float, int]:
    """Returns size in px and weight of text with these classes."""
    return next((FONTS[name] for name in cls.split() if name in FONTS), _PLAIN)


def standalone(svg: str, title: str, desc: str) -> str:
    """Returns a drawing as a file of its own: style, title and description inside.

    Each text carries its length, so that programs without Inter squeeze theirs into the box.

    Args:
        svg: What `Canvas.svg` returned.
        title: The figure's title.
        desc: Its description in plain text.
    """
    root = ElementTree.fromstring(svg)  # noqa: S314  (our own markup, written just now)
    classes: set[str] = set()
    for element in root.iter():
        classes.update(element.get("class", "").split())
        if element.tag == "text" and element.text:
            size, weight = float(element.get("font-size", 11)), int(element.get("font-weight", 400))
            element.set("textLength", num(width("".join(element.itertext()), size, weight)))
            element.set("lengthAdjust", "spacingAndGlyphs")
    _spread_roles(root, "")
    root.set("xmlns", "http://www.w3.org/2000/svg")
    root.set("role", "img")
    head = []
    style = standalone_css(classes | {"hb-halo"})
    for tag, content in (("title", title), ("desc", desc), ("style", style)):
        element = ElementTree.Element(tag)
        element.text = content
        head.append(element)
    wide, high = (float(root.get(side, 0)) + 2 * _MARGIN for side in ("width", "height"))
    place = {"x": f"-{_MARGIN}", "y": f"-{_MARGIN}", "width": num(wide), "height": num(high)}
    root.set("viewBox", " ".join(place.values()))
    root.set("width", num(wide))
    root.set("height", num(high))
    paper = {"class": "hb-halo", **place}
    root[:0] = [*head, ElementTree.Element("rect", paper)]
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _spread_roles(element: ElementTree.Element, role: str) -> None:
    """Writes the role that an element stands in on the element: plain style cannot inherit it."""
    names = element.get("class", "").split()
    role = next((name for name in names if name.startswith("hb-role-")), role)
    if names and role and role not in names:
        element.set("class", " ".join([*names, role]))
    for child in element:
        _spread_roles(child, role)


def _class(cls: str) -> str:
    return f' class="{escape(cls)}"' if cls else ""
