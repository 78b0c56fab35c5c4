"""What an author of a system or model figure writes: boxes, planes and arrows.

All are `diagrams` classes, so `>>`, `<<`, `-`, lists and stock provider nodes mix with them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

import diagrams

from handbook.drawing import icons
from handbook.drawing.capture import check_href, check_kind, check_role

_Figure = TypeVar("_Figure", bound=Callable[..., Any])


class Part(diagrams.Node):
    """What the boxes below have in common; figures use those.

    Attributes:
        role: The role where neither the author nor a plane says one.
        icon: The icon where the author names none.
        shape: How it is drawn.
    """

    role: ClassVar[str] = "online"
    icon: ClassVar[str] = ""
    shape: ClassVar[str] = "card"
    keeps_role: ClassVar[bool] = False

    def __init__(
        self,
        title: str,
        detail: str = "",
        *,
        role: str | None = None,
        icon: str | None = None,
        href: str | None = None,
        nodeid: str | None = None,
    ) -> None:
        """Adds a box to the figure, inside the plane that is open.

        Args:
            title: Its name.
            detail: A smaller line below it: a technology, a latency, a size.
            role: online, nearline, offline, data, monitor, model or client; that of the plane
                where none is given.
            icon: `mdi-...` (Material Design Icons) or `si-...` (Simple Icons); `""` for none.
            href: Where the name links to: a chapter's path from `docs/`, or an https address.
            nodeid: A name for error messages; must be unique in the figure.

        Raises:
            FigureError: The role or icon is unknown, or the link is not allowed.
        """
        check_role(role)
        check_href(href)
        name = self.icon if icon is None else icon
        if name:
            icons.find(name)
        known: dict[str, Any] = {} if nodeid is None else {"nodeid": nodeid}
        super().__init__(
            title,
            hb={
                "detail": detail,
                "role": role or (self.role if self.keeps_role else None),
                "fallback": self.role,
                "icon": name,
                "href": href,
                "shape": self.shape,
            },
            **known,
        )


class Client(Part):
    """Who calls: an app, a browser, a partner."""

    role = "client"
    icon = "mdi-cellphone"
    keeps_role = True


class Service(Part):
    """Something that answers requests."""

    icon = "mdi-server"


class Store(Part):
    """Where data rests: a database, a lake, a feature store."""

    role = "data"
    icon = "mdi-database-outline"


class Stream(Part):
    """A log of events or what processes one."""

    role = "nearline"
    icon = "mdi-waves"


class Job(Part):
    """Something that runs on a schedule or to completion."""

    role = "offline"
    icon = "mdi-cogs"


class Model(Part):
    """A trained model that serves or is trained."""

    role = "model"
    icon = "mdi-brain"


class Monitor(Part):
    """What watches: metrics, drift, alerts."""

    role = "monitor"
    icon = "mdi-chart-line"
    keeps_role = True


class Queue(Part):
    """Work that waits."""

    role = "nearline"
    icon = "mdi-tray-full"


class Cache(Part):
    """What is kept near to be read fast."""

    role = "data"
    icon = "mdi-lightning-bolt-outline"


class Index(Part):
    """What is searched: an inverted or a vector index."""

    role = "data"
    icon = "mdi-database-search-outline"


class Layer(Part):
    """A layer of a model: its name and the shape of what it puts out."""

    role = "model"
    shape = "layer"


class Op(Part):
    """An operation between layers, drawn as a circle: `Op("u·v")`."""

    role = "data"
    shape = "op"


class Plane(diagrams.Cluster):
    """A tinted group of boxes with a title: `with Plane("Online serving", role="online"):`."""

    def __init__(self, title: str, role: str | None = None) -> None:
        """Opens a plane inside the one that is open.

        Args:
            title: Its name, drawn in capitals.
            role: online, nearline, offline, data, monitor, model or client; without one, that
                of the plane around it, or what the title suggests.

        Raises:
            FigureError: The role is unknown.
        """
        check_role(role)
        super().__init__(title)
        self.role = role
        capture = diagrams.getdiagram()
        self.line = capture.line() if hasattr(capture, "line") else 0


class Edge(diagrams.Edge):
    """An arrow with a label, a step or a kind: `app >> Edge("GET /feed", step=1) >> api`."""

    def __init__(
        self, label: str = "", *, step: int | None = None, kind: str = "", style: str = ""
    ) -> None:
        """Prepares an arrow.

        Args:
            label: A short text beside it.
            step: Its number on the request path, from 1.
            kind: request (solid, the default), async (dashed) or control (dotted).
            style: The stock way to say the kind: dashed or dotted.

        Raises:
            FigureError: The kind is unknown.
        """
        if kind:
            check_kind(kind)
        extra: dict[str, Any] = {"hb_kind": kind, "hb_step": step}
        super().__init__(label=label, style=style, **extra)


def icon(name: str) -> str:
    """Returns `name` where an icon has it.

    Args:
        name: `mdi-...` (Material Design Icons) or `si-...` (Simple Icons).

    Raises:
        FigureError: No icon has that name; the message suggests some.
    """
    icons.find(name)
    return name


def model(figure: _Figure) -> _Figure:
    """Marks a figure as a model's architecture: curved arrows, layers instead of cards."""
    figure.__figure_kind__ = "model"  # type: ignore[attr-defined]
    return figure
