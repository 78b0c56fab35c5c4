"""Icons: shapes from the icon sets that ship with Material for MkDocs, pictures from `diagrams`.

Material Design Icons are Apache-2.0, Simple Icons CC0 (the marks remain their owners').
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from handbook.drawing import png
from handbook.drawing.capture import FigureError
from handbook.drawing.names import closest

_SETS = {"mdi": "material", "si": "simple"}
_PATHS = re.compile(r'<path\b[^>]*?\bd="([^"]+)"')
_SHRUNK_PX = 48


@dataclass(frozen=True)
class Icon:
    """An icon ready to draw.

    Attributes:
        path: The outline of a one-coloured icon in a 24 px square, else empty.
        image: The data address of a picture, else empty.
    """

    path: str = ""
    image: str = ""

    @property
    def size(self) -> int:
        """How many bytes it adds to a figure."""
        return len(self.path) + len(self.image)


@cache
def folder() -> Path:
    """Returns where the icon sets are installed.

    Raises:
        FigureError: mkdocs-material is not installed.
    """
    spec = importlib.util.find_spec("material")
    places = list(spec.submodule_search_locations or []) if spec else []
    if not places:
        raise FigureError("figure-icons-missing", "mkdocs-material is not installed", "make site")
    return Path(places[0]) / "templates" / ".icons"


@cache
def find(name: str) -> Path:
    """Returns the file of an icon.

    Args:
        name: `mdi-server`, `si-redis`, or the path of a stock picture.

    Raises:
        FigureError: No icon has that name; the message suggests some.
    """
    if name.endswith(".png"):
        return Path(name)
    prefix, _, stem = name.partition("-")
    if prefix in _SETS and re.fullmatch(r"[a-z0-9-]+", stem):
        file = folder() / _SETS[prefix] / f"{stem}.svg"
        if file.is_file():
            return file
    raise FigureError("figure-icon", f"no icon is called '{name}'", _suggest(name))


@cache
def load(name: str, store: Path | None = None) -> Icon:
    """Reads an icon.

    Args:
        name: As for `find`.
        store: A folder that keeps shrunk pictures, since shrinking one takes a tenth of a second.

    Raises:
        FigureError: No icon has that name, or its file cannot be read.
    """
    file = find(name)
    try:
        if file.suffix == ".png":
            return Icon(image=_picture(file, store))
        return Icon(path=" ".join(_PATHS.findall(file.read_text(encoding="utf-8"))))
    except (OSError, ValueError) as error:
        raise FigureError("figure-icon", f"cannot read the icon {file.name}: {error}") from error


def _picture(file: Path, store: Path | None) -> str:
    data = file.read_bytes()
    kept = store / f"{hashlib.sha256(data).hexdigest()[:24]}-{_SHRUNK_PX}.png" if store else None
    if kept and kept.is_file():
        small = kept.read_bytes()
    else:
        small = png.shrink(data, _SHRUNK_PX)
        if kept:
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(small)
    return "data:image/png;base64," + base64.b64encode(small).decode("ascii")


def _suggest(name: str) -> str:
    known = [
        f"{prefix}-{file.stem}"
        for prefix, sub in _SETS.items()
        for file in sorted((folder() / sub).glob("*.svg"))
    ]
    prefix, dash, stem = name.partition("-")
    if not dash or prefix not in _SETS:
        stem = name.removeprefix("material/").removeprefix("simple/")
        exact = [f"{p}-{stem}" for p in _SETS if f"{p}-{stem}" in set(known)]
        if exact:
            return f"did you mean {' or '.join(exact)}?"
        name = f"mdi-{stem}"
    return closest(name, known) or "names start with mdi- or si-"
