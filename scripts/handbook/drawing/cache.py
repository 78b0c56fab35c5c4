"""Keeps finished figures by what they were made from."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
import sys
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from handbook.drawing.figure import FigureSource, RenderedFigure
from handbook.estimate import estimates
from handbook.project import Project
from handbook.report import Problem

_KIT = Path(__file__).parent
_TEXTS = ("text_html", "wide_svg", "narrow_svg", "download_svg")
_VERSIONS = ("diagrams", "pygraphviz", "mkdocs-material")
_CHAPTER = re.compile(r"""\bchapter\(\s*(?:["']([^"']+)["'])?""")
_IMPORT = re.compile(r"\n[ \t]*(?:from|import) +handbook\.(\w+)")


class FigureCache:
    """Figures on disk, one file each, named by id and digest."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._folder = project.cache / "figures"
        self._digests: dict[Path, str] = {}

    @cached_property
    def _estimates(self) -> list[Path]:
        """The chapters' estimates, looked for once: every figure asks."""
        return list(estimates(self._project).values())

    def load(self, source: FigureSource) -> RenderedFigure | None:
        """Returns the kept figure, or nothing where there is none that is still true."""
        try:
            data = self._file(source).read_bytes()
            head, _, body = data.partition(b"\n")
            fields = json.loads(head)
            sizes = fields.pop("sizes")
        except (OSError, ValueError, KeyError):
            return None
        texts: dict[str, Any] = {}
        place = 0
        for name, size in zip(_TEXTS, sizes, strict=True):
            texts[name] = body[place : place + size].decode("utf-8")
            place += size
        if place != len(body):
            return None
        root = self._project.root
        fields["problems"] = [Problem(root / p[0], *p[1:]) for p in fields["problems"]]
        fields["legend"] = [tuple(item) for item in fields["legend"]]
        fields["links"] = [tuple(item) for item in fields["links"]]
        return RenderedFigure(**fields, **texts)

    def save(self, source: FigureSource, figure: RenderedFigure) -> None:
        """Keeps a figure and forgets what was kept of it before. An undrawn one is not kept."""
        if not figure.wide_svg:
            return
        texts = [getattr(figure, name).encode("utf-8") for name in _TEXTS]
        fields = {k: v for k, v in vars(figure).items() if k not in _TEXTS}
        # Without the root, so that a moved checkout says where it is now.
        fields["problems"] = [
            [
                self._project.relative(Path(p.path)).as_posix(),
                p.line,
                p.column,
                p.code,
                p.message,
                p.fix,
            ]
            for p in figure.problems
        ]
        head = json.dumps({**fields, "sizes": [len(text) for text in texts]}, ensure_ascii=False)
        file = self._file(source)
        self._folder.mkdir(parents=True, exist_ok=True)
        for old in self._folder.glob(f"{_slug(source)}@*"):
            old.unlink(missing_ok=True)
        aside = file.with_suffix(".new")
        aside.write_bytes(head.encode("utf-8") + b"\n" + b"".join(texts))
        aside.replace(file)

    def _file(self, source: FigureSource) -> Path:
        if source.path not in self._digests:
            self._digests[source.path] = self._digest(source.path)
        return self._folder / f"{_slug(source)}@{self._digests[source.path]}"

    def _digest(self, path: Path) -> str:
        """A digest of a figure's file, of all it reads, and of the kit."""
        total = hashlib.sha256(kit_digest().encode("ascii"))
        for file in self._sources(path, set()):
            total.update(file.name.encode("utf-8") + b"\0" + file.read_bytes() + b"\0")
        return total.hexdigest()[:24]

    def _sources(self, path: Path, seen: set[Path]) -> list[Path]:
        """A file and what it reads of the project: chapters' estimates, modules, lab results."""
        if path in seen or not path.is_file():
            return []
        seen.add(path)
        text = path.read_text(encoding="utf-8", errors="replace") if path.suffix == ".py" else ""
        files = [path]
        own = path.parent != _KIT.parent
        for match in _CHAPTER.finditer(text) if own and "chapter(" in text else ():
            for near in self._chapter(match.group(1)):
                files += self._sources(near, seen)
        for match in _IMPORT.finditer(text) if "handbook." in text else ():
            if match.group(1) != "drawing":
                files += self._sources(_KIT.parent / f"{match.group(1)}.py", seen)
        return files

    def _chapter(self, name: str | None) -> list[Path]:
        """What a chapter computes from. One whose name is not plain to see may be any."""
        wanted = (name or "").strip("/").replace("_", "-").rpartition("/")[2]
        named = [file for file in self._estimates if file.parent.name == wanted]
        return [
            near
            for file in named or self._estimates
            for near in (file, file.with_name("lab.json"), file.with_name("lab.py"))
        ]


def _slug(source: FigureSource) -> str:
    return source.id.replace("/", ".")


def _engine() -> str:
    """The layout engine, looked for without loading it."""
    return "pygraphviz" if importlib.util.find_spec("pygraphviz") else "dot"


@cache
def kit_digest() -> str:
    """Returns a digest of the kit that this process runs, once: what is loaded does not change."""
    total = hashlib.sha256(f"{sys.version_info[:2]} {_engine()}".encode())
    for name in _VERSIONS:
        try:
            total.update(f"{name}=={version(name)};".encode())
        except PackageNotFoundError:
            total.update(f"{name} missing;".encode())
    for file in sorted(_KIT.rglob("*")):
        if file.suffix in (".py", ".css", ".json"):
            total.update(file.name.encode("utf-8") + b"\0" + file.read_bytes() + b"\0")
    return total.hexdigest()
