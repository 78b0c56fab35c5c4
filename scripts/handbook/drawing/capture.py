"""What a figure's code says, captured: boxes, planes and arrows, before anything is placed.

`diagrams` is the language; nothing of it draws here. A `Capture` stands in for its `Diagram`, so
that nodes, clusters and edges, ours or stock, report to a `Graph` and nothing reaches the disk.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import diagrams

from handbook.drawing.names import closest

ROLES = ("online", "nearline", "offline", "data", "monitor", "model", "client")
KINDS = ("request", "async", "control")

# Words in the name of a stock `Cluster` that tell its role; the first that occurs decides.
_ROLE_WORDS = {
    "online": "online serving request api gateway",
    "nearline": "nearline stream event ingest",
    "offline": "offline training batch pipeline",
    "data": "data storage store lake warehouse",
    "monitor": "monitor alert observ",
    "model": "model tower",
}


class FigureError(Exception):
    """Bad input in a figure's code, told in one line.

    Attributes:
        code: A stable name in kebab-case.
        message: What is wrong.
        fix: What mends it; may be empty.
        line: The line of the figure's file, where it is known better than the traceback tells.
    """

    def __init__(self, code: str, message: str, fix: str = "", line: int = 0) -> None:
        super().__init__(message)
        self.code, self.message, self.fix, self.line = code, message, fix, line


@dataclass(frozen=True)
class NodeItem:
    """A box.

    Attributes:
        title: Its name.
        detail: The smaller line below the name; may be empty.
        role: One of `ROLES`.
        icon: The name of an icon, the path of a stock picture, or nothing.
        href: Where the name links to; may be empty.
        plane: Its plane's place in `Graph.planes`, or none.
        line: Where the figure's file makes it.
        shape: `card`, `layer` or `op` (a circle).
    """

    title: str
    detail: str
    role: str
    icon: str
    href: str
    plane: int | None
    line: int
    shape: str = "card"


@dataclass(frozen=True)
class PlaneItem:
    """A group of boxes with a name and a tint.

    Attributes:
        title: Its name; may be empty.
        role: One of `ROLES`.
        parent: The place of the plane around it, or none.
        line: Where the figure's file makes it.
        depth: How many planes are around it.
    """

    title: str
    role: str
    parent: int | None
    line: int
    depth: int = 0


@dataclass(frozen=True)
class EdgeItem:
    """An arrow.

    Attributes:
        tail: Where it starts, a place in `Graph.nodes`.
        head: Where it ends.
        label: Its text; may be empty.
        step: Its number on the request path, or none.
        kind: One of `KINDS`.
        arrows: `end`, `both` or `none`.
        line: Where the figure's file makes it.
    """

    tail: int
    head: int
    label: str
    step: int | None
    kind: str
    arrows: str
    line: int


@dataclass
class Graph:
    """All that a figure's code said, in the order it said it.

    Attributes:
        kind: `system` or `model`.
    """

    kind: str = "system"
    nodes: list[NodeItem] = field(default_factory=list)
    planes: list[PlaneItem] = field(default_factory=list)
    edges: list[EdgeItem] = field(default_factory=list)


def check_role(role: str | None) -> None:
    """Raises FigureError where `role` is neither known nor None."""
    if role is not None and role not in ROLES:
        fix = closest(role, ROLES) or f"use one of {', '.join(ROLES)}"
        raise FigureError("figure-role", f"no role is called '{role}'", fix)


def check_kind(kind: str) -> None:
    """Raises FigureError where `kind` is no kind of edge."""
    if kind not in KINDS:
        fix = closest(kind, KINDS) or f"use one of {', '.join(KINDS)}"
        raise FigureError("figure-edge-kind", f"no kind of edge is called '{kind}'", fix)


def check_href(href: str | None) -> None:
    """Raises FigureError where `href` is no web address or path within the site."""
    scheme, colon, _ = (href or "").partition(":")
    if colon and scheme.strip().lower() not in ("http", "https") and "/" not in scheme:
        raise FigureError(
            "figure-link",
            f"a node cannot link to a '{scheme.strip().lower()}:' address",
            "link to a chapter by its path, or to an https address",
        )


class Capture(diagrams.Diagram):
    """Stands in for `diagrams.Diagram` while a figure's function runs.

    Attributes:
        graph: What was captured.
    """

    def __init__(self, path: Path, kind: str = "system") -> None:
        # The stock constructor prepares a Graphviz file; nothing of it is wanted.
        self.autolabel = False
        self.graph = Graph(kind)
        self._path = str(path)
        self._numbers: dict[str, int] = {}
        self._planes: list[Any] = []

    def __enter__(self) -> Capture:
        _set(diagrams, self)
        return self

    def __exit__(self, *exception: object) -> None:
        # The stock one renders, even after an exception.
        _set(diagrams, None)

    def node(self, nodeid: str, label: str, **attrs: Any) -> None:
        """Takes a node that stands in no cluster."""
        self.add(None, nodeid, label, attrs)

    def add(self, cluster: Any, nodeid: str, label: str, attrs: dict[str, Any]) -> None:
        """Takes a node.

        Raises:
            FigureError: Its id is taken, or it has no name.
        """
        if nodeid in self._numbers:
            raise FigureError("figure-duplicate-id", f"two nodes have the id '{nodeid}'")
        title, _, rest = label.strip().partition("\n")
        if not title.strip():
            raise FigureError("figure-no-name", "a node has no name")
        plane = self._plane(cluster)
        extra = attrs.get("hb", {})
        href = extra.get("href") or str(attrs.get("href", attrs.get("URL", "")))
        check_href(href)
        role = extra.get("role")
        if role is None and plane is not None:
            role = self.graph.planes[plane].role
        self._numbers[nodeid] = len(self.graph.nodes)
        self.graph.nodes.append(
            NodeItem(
                title=title.strip(),
                detail=extra.get("detail") or " ".join(rest.split()),
                role=role or extra.get("fallback") or "online",
                icon=extra.get("icon") or str(attrs.get("image", "")),
                href=href,
                plane=plane,
                line=self.line(),
                shape=extra.get("shape", "card"),
            )
        )

    def connect(self, node: Any, node2: Any, edge: Any) -> None:
        """Takes an edge.

        Raises:
            FigureError: A node belongs to another figure, or is no node.
        """
        current = diagrams.getdiagram()
        if current is not self and isinstance(current, Capture):
            # The left node was made by another figure: tell the one that is running.
            current.connect(node, node2, edge)
            return
        ends = [self._number(end) for end in (node, node2)]
        attrs = edge.attrs
        if attrs["dir"] == "back":
            ends.reverse()
        kind = attrs.get("hb_kind") or _kind_of_style(str(attrs.get("style", "")))
        self.graph.edges.append(
            EdgeItem(
                tail=ends[0],
                head=ends[1],
                label=" ".join(str(attrs.get("label", "")).split()),
                step=attrs.get("hb_step"),
                kind=kind,
                arrows={"both": "both", "none": "none"}.get(attrs["dir"], "end"),
                line=self.line(),
            )
        )

    def subgraph(self, dot: object) -> None:
        """Ignores a cluster that closes: its nodes have reported themselves."""

    def render(self) -> None:
        """Draws nothing: the caller does, once the function has returned."""

    def line(self) -> int:
        """Returns the line of the figure's file that is running, 0 where none is."""
        frame = inspect.currentframe()
        while frame is not None:
            if frame.f_code.co_filename == self._path:
                return frame.f_lineno
            frame = frame.f_back
        return 0

    def _number(self, node: Any) -> int:
        number = self._numbers.get(getattr(node, "nodeid", None) or "")
        if number is None:
            what = getattr(node, "label", None) or repr(node)
            raise FigureError(
                "figure-foreign-node",
                f"an edge reaches '{what}', which is no node of this figure",
                "make every node inside the function that draws it",
            )
        return number

    def _plane(self, cluster: Any) -> int | None:
        """The place of a cluster's plane, made with those around it where it is new."""
        if cluster is None:
            return None
        for place, known in enumerate(self._planes):
            if known is cluster:
                return place
        parent = self._plane(getattr(cluster, "_parent", None))
        depth = 0 if parent is None else self.graph.planes[parent].depth + 1
        role = getattr(cluster, "role", None) or self._plane_role(cluster.label, parent)
        line = getattr(cluster, "line", 0) or self.line()
        self._planes.append(cluster)
        self.graph.planes.append(PlaneItem(cluster.label, role, parent, line, depth))
        return len(self._planes) - 1

    def _plane_role(self, label: str, parent: int | None) -> str:
        if parent is not None:
            return self.graph.planes[parent].role
        words = label.lower()
        for role, marks in _ROLE_WORDS.items():
            if any(mark in words for mark in marks.split()):
                return role
        roots = sum(plane.parent is None for plane in self.graph.planes)
        return ("nearline", "online", "offline", "data")[roots % 4]


def _set(library: Any, diagram: Capture | None) -> None:
    """Opens a diagram, or none, outside of all clusters. Its type hints know no none."""
    library.setdiagram(diagram)
    library.setcluster(None)


def _kind_of_style(style: str) -> str:
    return {"dashed": "async", "dotted": "control"}.get(style, "request")


def _stay(self: Any, *_: object) -> Any:
    """Stands in for entering and leaving a stock diagram; true to `with`, false to exceptions."""
    return self if not _ else None


@contextmanager
def captured(path: Path, kind: str = "system") -> Iterator[Capture]:
    """Captures what `diagrams` code inside the block says; stock classes report too.

    Args:
        path: The figure's file, for line numbers.
        kind: `system` or `model`.
    """
    capture = Capture(path, kind)

    def cluster_node(self: Any, nodeid: str, label: str, **attrs: Any) -> None:
        capture.add(self, nodeid, label, attrs)

    patches = [
        (diagrams.Cluster, "node", cluster_node),
        # A stock `with Diagram(...)` inside a figure is harmless: it changes nothing.
        (diagrams.Diagram, "__enter__", _stay),
        (diagrams.Diagram, "__exit__", _stay),
    ]
    stock = [(owner, name, getattr(owner, name)) for owner, name, _ in patches]
    for owner, name, value in patches:
        setattr(owner, name, value)
    try:
        with capture:
            yield capture
    finally:
        for owner, name, value in stock:
            setattr(owner, name, value)
