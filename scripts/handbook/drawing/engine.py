"""The layout engine: Graphviz inside this process, from the pinned wheel of pygraphviz.

Where no wheel exists, `dot` on the PATH does it. Its version is anybody's, so that what it draws
is not canonical: figures may differ from those of the published site.
"""

from __future__ import annotations

import importlib
import json
import shutil
import subprocess
from functools import cache
from typing import Any

from handbook.drawing.capture import FigureError

_REFUSED = "Graphviz cannot lay this figure out"


@cache
def name() -> str:
    """Returns `pygraphviz`, `dot`, or nothing where neither is there."""
    if _native() is not None:
        return "pygraphviz"
    return "dot" if shutil.which("dot") else ""


def lay_out(dot: str) -> dict[str, Any]:
    """Lays a graph out and returns Graphviz's `json0`: positions of boxes, clusters and edges.

    Args:
        dot: The graph. Labels in it must not be an author's.

    Raises:
        FigureError: Graphviz is missing or refuses the graph.
    """
    answer: dict[str, Any] = json.loads(_inside(dot) if _native() is not None else _outside(dot))
    return answer


@cache
def _native() -> Any:
    try:
        return importlib.import_module("pygraphviz")
    except ImportError:
        return None


@cache
def _context() -> Any:
    return _native().graphviz.gvContextWithBuiltins()


def _inside(dot: str) -> bytes:
    library = _native()
    graph = library.AGraph(string=dot, strict=False, directed=True)
    try:
        if library.graphviz.gvLayout(_context(), graph.handle, b"dot"):
            raise FigureError("figure-layout", _REFUSED)
        failed, data = library.graphviz.gvRenderData(_context(), graph.handle, b"json0")
        library.graphviz.gvFreeLayout(_context(), graph.handle)
    finally:
        graph.close()
    if failed:
        raise FigureError("figure-layout", _REFUSED)
    return bytes(data)


def _outside(dot: str) -> bytes:
    program = shutil.which("dot")
    if program is None:
        raise FigureError(
            "figure-no-graphviz",
            "Graphviz is missing: pygraphviz cannot be imported and there is no dot on the PATH",
            "make site; on bare Linux install libx11-6, libglib2.0-0 and libexpat1",
        )
    done = subprocess.run([program, "-Tjson0"], input=dot.encode("ascii"), capture_output=True)
    if done.returncode:
        raise FigureError("figure-layout", _REFUSED)
    return done.stdout
