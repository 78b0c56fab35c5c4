"""What a figure is before and after it is drawn. Nothing heavy: readers of the cache use it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from handbook.report import Problem


@dataclass(frozen=True)
class FigureSource:
    """A figure as its file declares it.

    Attributes:
        id: Its module and function: `news_feed/serving`.
        title: The first line of its docstring.
        description: The rest of its docstring, paragraphs apart by an empty line.
        path: Its file, absolute.
        line: Where its function starts.
    """

    id: str
    title: str
    description: str
    path: Path
    line: int

    @property
    def function(self) -> str:
        """The name of the function that draws it."""
        return self.id.rpartition("/")[2]


@dataclass(frozen=True)
class RenderedFigure:
    """A figure drawn for columns and phones. Where it could not be, the drawings are empty.

    Attributes:
        id: Its module and function.
        title: Its title.
        description: What it shows, in plain text.
        text_html: The same content in words: paragraphs and lists without ids or headings.
        wide_svg: The drawing for a column of 688 px.
        narrow_svg: The drawing for a phone of 358 px.
        download_svg: The wide drawing as a file of its own.
        legend: Pairs of classes for a swatch and words.
        problems: What is wrong with it; not empty where it must not be published.
        width: Width of the wide drawing in px.
        height: Its height.
        narrow_width: Width of the narrow drawing in px.
        narrow_height: Its height.
        links: Pairs of address and name, of all nodes that link.
    """

    id: str
    title: str
    description: str
    text_html: str = ""
    wide_svg: str = ""
    narrow_svg: str = ""
    download_svg: str = ""
    legend: list[tuple[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    width: float = 0.0
    height: float = 0.0
    narrow_width: float = 0.0
    narrow_height: float = 0.0
    links: list[tuple[str, str]] = field(default_factory=list)
