"""Draws a scene: planes, then lines, then boxes, then words, on a `Canvas`."""

from __future__ import annotations

from html import escape
from math import hypot
from pathlib import Path

from handbook.drawing import icons
from handbook.drawing.capture import NodeItem
from handbook.drawing.geometry import Card, Label, Point, Rect, Scene
from handbook.drawing.labels import STEP_RADIUS
from handbook.drawing.layout import (
    CHIP,
    DETAIL_LEADING,
    STACKED_CHIP,
    TITLE_LEADING,
)
from handbook.drawing.svg import Canvas, arrow_head, num

_CORNER = 9.0
_HEAD = 7.0
_ICON_BOX = 24.0


def draw(scene: Scene, store: Path | None = None) -> str:
    """Returns the SVG of a scene.

    Args:
        scene: What to draw, labels placed.
        store: The folder that keeps shrunk pictures.
    """
    canvas = Canvas(scene.width, scene.height)
    for number, plane in enumerate(scene.graph.planes):
        rect = scene.planes[number]
        if rect.width > 0:
            canvas.rect(
                *_xywh(rect), rx=12 - 2 * min(plane.depth, 2), cls=f"hb-plane hb-role-{plane.role}"
            )
    for edge in range(len(scene.routes)):
        _edge(canvas, scene, edge)
    for title in scene.titles:
        role = scene.graph.planes[title.plane].role
        canvas.text(
            title.rect.x0, title.rect.y1 - 2.5, title.text, f"hb-plane-title hb-role-{role}"
        )
    for card, node in zip(scene.cards, scene.graph.nodes, strict=True):
        _node(canvas, card, node, store)
    for label in scene.labels:
        _label(canvas, scene, label)
    return canvas.svg(f"hb-{scene.graph.kind} hb-{'narrow' if scene.narrow else 'wide'}")


def _xywh(rect: Rect) -> tuple[float, float, float, float]:
    return rect.x0, rect.y0, rect.width, rect.height


def _edge(canvas: Canvas, scene: Scene, edge: int) -> None:
    item, route = scene.graph.edges[edge], scene.routes[edge]
    if len(route) < 2:
        return
    curve = scene.curves.get(edge)
    tips: list[tuple[Point, Point]] = []
    if item.arrows in ("end", "both"):
        tips.append((route[-1], _before(curve or route)))
    if item.arrows == "both":
        tips.append((route[0], _before((curve or route)[::-1])))
    kind = f"hb-edge hb-{item.kind}"
    if curve is not None:
        canvas.path(_curve_path(curve, shorten=item.arrows != "none"), kind)
    else:
        canvas.path(_route_path(route, item.arrows), kind)
    for (x, y), (px, py) in tips:
        length = hypot(x - px, y - py) or 1
        canvas.path(arrow_head(x, y, (x - px) / length, (y - py) / length, _HEAD), "hb-arrow")


def _before(points: list[Point]) -> Point:
    """The last point that is not the end itself, for the direction of an arrow head."""
    x, y = points[-1]
    for point in reversed(points[:-1]):
        if abs(point[0] - x) + abs(point[1] - y) > 1:
            return point
    return x, y - 1


def _towards(start: Point, end: Point, by: float) -> Point:
    length = hypot(end[0] - start[0], end[1] - start[1])
    if length <= by:
        return end
    share = by / length
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _route_path(route: list[Point], arrows: str) -> str:
    """A line with rounded corners that stops short of its arrow heads."""
    points = list(route)
    if arrows in ("end", "both"):
        points[-1] = _towards(points[-1], points[-2], _HEAD - 1)
    if arrows == "both":
        points[0] = _towards(points[0], points[1], _HEAD - 1)
    path = f"M{num(points[0][0])} {num(points[0][1])}"
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(_CORNER, _distance(before, corner) / 2, _distance(corner, after) / 2)
        a, b = _towards(corner, before, radius), _towards(corner, after, radius)
        path += f"L{_at(a)}Q{_at(corner)} {_at(b)}"
    return f"{path}L{_at(points[-1])}"


def _curve_path(curve: list[Point], *, shorten: bool) -> str:
    points = list(curve)
    if shorten:
        end = _towards(points[-1], _before(points), _HEAD - 1)
        dx, dy = end[0] - points[-1][0], end[1] - points[-1][1]
        points[-2] = (points[-2][0] + dx, points[-2][1] + dy)
        points[-1] = end
    path = f"M{_at(points[0])}"
    for i in range(1, len(points) - 2, 3):
        path += f"C{_at(points[i])} {_at(points[i + 1])} {_at(points[i + 2])}"
    return path


def _at(point: Point) -> str:
    return f"{num(point[0])} {num(point[1])}"


def _distance(a: Point, b: Point) -> float:
    return hypot(a[0] - b[0], a[1] - b[1])


def _node(canvas: Canvas, card: Card, node: NodeItem, store: Path | None) -> None:
    rect = card.rect
    with canvas.group(f"hb-role-{node.role}"):
        if node.shape == "op":
            canvas.circle(*rect.centre, rect.width / 2, "hb-node")
        else:
            canvas.rect(*_xywh(rect), rx=8, cls="hb-node")
        text_x, anchor, top = _inside(canvas, card, node, store)
        if node.href:
            with canvas.link(node.href):
                _words(canvas, card, node, text_x, anchor, top)
        else:
            _words(canvas, card, node, text_x, anchor, top)


def _inside(
    canvas: Canvas, card: Card, node: NodeItem, store: Path | None
) -> tuple[float, str, float]:
    """Draws the icon; returns where the text goes: x, anchor and top."""
    rect = card.rect
    tall = len(card.title) * TITLE_LEADING + len(card.detail) * DETAIL_LEADING
    centred = rect.centre[1] - tall / 2
    if not node.icon or node.shape == "op":
        return rect.centre[0], "middle", centred
    if card.stacked:
        side = STACKED_CHIP
        _icon(
            canvas,
            node,
            Rect(0, 0, side, side).moved(rect.centre[0] - side / 2, rect.y0 + 7),
            store,
        )
        return rect.centre[0], "middle", rect.y0 + side + 10
    chip = Rect(0, 0, CHIP, CHIP).moved(rect.x0 + 8, rect.centre[1] - CHIP / 2)
    _icon(canvas, node, chip, store)
    return chip.x1 + 9, "start", centred


def _icon(canvas: Canvas, node: NodeItem, chip: Rect, store: Path | None) -> None:
    icon = icons.load(node.icon, store)
    canvas.rect(*_xywh(chip), rx=6, cls="hb-chip-image" if icon.image else "hb-chip")
    side = chip.width - (4 if icon.image else 10 if chip.width > 24 else 6)
    x, y = chip.centre[0] - side / 2, chip.centre[1] - side / 2
    if icon.image:
        canvas.raw(
            f'<image x="{num(x)}" y="{num(y)}" width="{num(side)}" height="{num(side)}"'
            f' href="{escape(icon.image)}"/>'
        )
        return
    scale = f"{side / _ICON_BOX:.3f}".rstrip("0").rstrip(".")
    canvas.raw(
        f'<path class="hb-icon" transform="translate({num(x)} {num(y)})scale({scale})"'
        f' d="{escape(icon.path)}"/>'
    )


def _words(canvas: Canvas, card: Card, node: NodeItem, x: float, anchor: str, top: float) -> None:
    title = "hb-op" if node.shape == "op" else "hb-title"
    y = top
    for line in card.title:
        canvas.text(x, y + 13, line, title, anchor)
        y += TITLE_LEADING
    for line in card.detail:
        canvas.text(x, y + 10.5, line, "hb-sub", anchor)
        y += DETAIL_LEADING


def _label(canvas: Canvas, scene: Scene, label: Label) -> None:
    if label.rect is not None:
        if label.backed:
            canvas.rect(*_xywh(label.rect), rx=4, cls=_ground(scene, label.rect))
        x = {"start": label.rect.x0, "middle": label.rect.centre[0], "end": label.rect.x1}
        first = label.rect.centre[1] - len(label.lines) * DETAIL_LEADING / 2
        for index, line in enumerate(label.lines):
            canvas.text(
                x[label.anchor],
                first + 10.8 + index * DETAIL_LEADING,
                line,
                "hb-label",
                label.anchor,
            )
    if label.step is not None:
        canvas.circle(*label.step, STEP_RADIUS, "hb-step")
        number = str(scene.graph.edges[label.edge].step)
        canvas.text(label.step[0], label.step[1] + 4, number, "hb-step", "middle")


def _ground(scene: Scene, box: Rect) -> str:
    """The classes that paint the colour behind a label: that of the innermost plane there."""
    x, y = box.centre
    role = ""
    for number, rect in enumerate(scene.planes):
        if rect.x0 <= x <= rect.x1 and rect.y0 <= y <= rect.y1:
            role = scene.graph.planes[number].role
    return f"hb-neck hb-role-{role}" if role else "hb-halo"
