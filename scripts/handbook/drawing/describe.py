"""Says in words what a system or model figure shows, as HTML lists."""

from __future__ import annotations

from html import escape
from itertools import groupby

from handbook.drawing.capture import EdgeItem, Graph

_HOW = {"request": "", "async": ", asynchronously", "control": ", for control"}
LEGEND = {
    "request": ("hb-edge hb-request", "Request, waits for the answer"),
    "async": ("hb-edge hb-async", "Asynchronous or batch"),
    "control": ("hb-edge hb-control", "Control and metrics"),
}


def text_html(graph: Graph) -> str:
    """Returns the steps of the request path and the parts with what they send to whom.

    Args:
        graph: What the figure shows. Names that link do so here as well.
    """
    steps = sorted(
        (edge for edge in graph.edges if edge.step is not None), key=lambda edge: edge.step or 0
    )
    parts = []
    if steps:
        groups = groupby(steps, key=lambda edge: (edge.step, edge.tail, edge.label))
        items = "".join(
            f'<li value="{step}">{_step(graph, list(edges))}</li>' for (step, _, _), edges in groups
        )
        parts.append(f"<p>Steps:</p><ol>{items}</ol>")
    parts.append(f"<p>Parts:</p>{_plane(graph, None)}")
    return "".join(parts)


def legend(graph: Graph) -> list[tuple[str, str]]:
    """Returns what the kinds of line mean, where a figure uses more than one."""
    if graph.kind == "model":
        return []
    used = [kind for kind in LEGEND if any(edge.kind == kind for edge in graph.edges)]
    return [LEGEND[kind] for kind in used] if len(used) > 1 else []


def links(graph: Graph) -> list[tuple[str, str]]:
    """Returns address and name of every node that links."""
    return [(node.href, node.title) for node in graph.nodes if node.href]


def _step(graph: Graph, edges: list[EdgeItem]) -> str:
    """One step; several edges of the same one, from the same node, are told together."""
    label = f": {escape(edges[0].label)}" if edges[0].label else ""
    heads = [_name(graph, edge.head) for edge in edges]
    said = " and ".join(filter(None, (", ".join(heads[:-1]), heads[-1])))
    return f"{_name(graph, edges[0].tail)} to {said}{label}"


def _name(graph: Graph, node: int) -> str:
    return escape(graph.nodes[node].title)


def _plane(graph: Graph, plane: int | None) -> str:
    items = [_node(graph, i) for i, node in enumerate(graph.nodes) if node.plane == plane]
    for number, inner in enumerate(graph.planes):
        if inner.parent == plane:
            items.append(f"<strong>{escape(inner.title)}</strong>{_plane(graph, number)}")
    return f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>" if items else ""


def _node(graph: Graph, number: int) -> str:
    node = graph.nodes[number]
    name = escape(node.title)
    text = f'<a href="{escape(node.href)}">{name}</a>' if node.href else name
    if node.detail:
        text += f" ({escape(node.detail)})"
    targets = [_target(graph, edge) for edge in graph.edges if edge.tail == number]
    return f"{text}; to {'; to '.join(targets)}" if targets else text


def _target(graph: Graph, edge: EdgeItem) -> str:
    label = f" ({escape(edge.label)})" if edge.label else ""
    both = " and back" if edge.arrows == "both" else ""
    return f"{_name(graph, edge.head)}{both}{label}{_HOW[edge.kind]}"
