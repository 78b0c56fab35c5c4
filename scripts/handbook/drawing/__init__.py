"""The diagram kit: what authors import, and what draws their figures.

    from handbook.drawing import Client, Edge, Plane, Service

    def serving():
        \"\"\"One service answers.

        The app asks, the service answers.
        \"\"\"
        app = Client("Mobile app")
        with Plane("Online serving", role="online"):
            api = Service("Feed API", "p99 100 ms")
        app >> Edge("GET /feed", step=1) >> api

Nearly everything is imported when it is first used: a build whose figures are all cached loads
neither Graphviz nor `diagrams`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

# These are named like their modules, and whichever is bound last wins: so at once.
from handbook.drawing.catalogue import catalogue
from handbook.drawing.sketch import Box, sketch

if TYPE_CHECKING:
    from handbook.drawing.capture import FigureError
    from handbook.drawing.charts import Bars, Chart, Line, Marker, Points
    from handbook.drawing.figure import FigureSource, RenderedFigure
    from handbook.drawing.funnel import Funnel, Stage
    from handbook.drawing.nodes import (
        Cache,
        Client,
        Edge,
        Index,
        Job,
        Layer,
        Model,
        Monitor,
        Op,
        Plane,
        Queue,
        Service,
        Store,
        Stream,
        icon,
        model,
    )
    from handbook.drawing.timeline import Event, Join, Lane, Span, Timeline
    from handbook.drawing.workers import render_all

__all__ = [
    "Bars",
    "Box",
    "Cache",
    "Chart",
    "Client",
    "Edge",
    "Event",
    "FigureError",
    "FigureSource",
    "Funnel",
    "Index",
    "Job",
    "Join",
    "Lane",
    "Layer",
    "Line",
    "Marker",
    "Model",
    "Monitor",
    "Op",
    "Plane",
    "Points",
    "Queue",
    "RenderedFigure",
    "Service",
    "Span",
    "Stage",
    "Store",
    "Stream",
    "Timeline",
    "catalogue",
    "icon",
    "model",
    "render_all",
    "sketch",
]

_HOMES = {
    "charts": "Bars Chart Line Marker Points",
    "figure": "FigureSource RenderedFigure",
    "funnel": "Funnel Stage",
    "capture": "FigureError",
    "nodes": "Cache Client Edge Index Job Layer Model Monitor Op Plane Queue Service Store Stream "
    "icon model",
    "timeline": "Event Join Lane Span Timeline",
    "workers": "render_all",
}
_HOME = {name: module for module, names in _HOMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = importlib.import_module(f"{__name__}.{_HOME[name]}")
    value = globals()[name] = getattr(module, name)
    return value
