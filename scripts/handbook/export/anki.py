"""A deck for Anki: every quiz as a card, and every figure as something to draw from memory.

Cards keep their identity by the ids of quizzes and figures: importing a newer deck changes the
texts and leaves what the reader has learnt. The file is the same, byte for byte, for the same
sources: its times are those of the last commit.
"""

from __future__ import annotations

import html
import re
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markdown import Markdown

from handbook.build import source_date
from handbook.chapters import Chapter, read_all
from handbook.copies import page_url
from handbook.drawing.figure import RenderedFigure
from handbook.markdown.figure import figures
from handbook.markdown.quiz import Quiz, quizzes
from handbook.project import Project
from handbook.report import HandbookError, Problem

TITLE = "The ML System Design Handbook"
# Lasting: an import finds its deck and its kinds of notes by them.
DECK, QUESTION, FIGURE = 1_763_700_001, 1_763_700_002, 1_763_700_003
CSS = """
.card { font: 18px/1.5 system-ui, sans-serif; max-width: 42em; margin: 0 auto; padding: 0 1em; }
.card img { max-width: 100%; background: #fff; }
.from { color: #667; font-size: 14px; margin-top: 1.5em; }
li { margin: 0.3em 0; }
"""
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LINK = re.compile(r"\[([^\]]*)\]\([^()\s]*(?:\([^()]*\)[^()]*)*\)")
_MATH = re.compile(r"(?<![\\$])\$(?!\s)([^$\n]+?)(?<!\s)\$")
_USED = re.compile(r"\(figure:(?P<id>[\w/-]+)\)")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# A date that every zip can hold.
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Deck:
    """What a deck holds.

    Attributes:
        questions: Cards of quizzes.
        figures: Cards of figures.
    """

    questions: int
    figures: int


def write_deck(project: Project, target: Path) -> Deck:
    """Writes the deck.

    Args:
        project: The checkout.
        target: The file, which is replaced.

    Raises:
        HandbookError: A quiz or a figure is broken, or the library for decks is missing.
    """
    genanki = _library()
    pages, problems = read_all(project)
    drawn = figures(project)
    problems += [problem for wrong in drawn.problems.values() for problem in wrong]
    found = [(page, *quizzes(page)) for page in pages]
    problems += [problem for _, _, wrong in found for problem in wrong]
    if problems:
        raise HandbookError(problems)
    deck = genanki.Deck(DECK, TITLE)
    kinds = _kinds(genanki)
    asked = [(page, quiz) for page, ones, _ in found if _teaches(page) for quiz in ones]
    for page, quiz in asked:
        deck.add_note(_question(genanki, kinds["question"], page, quiz))
    shown = list(_shown(pages, drawn.figures))
    for page, figure in shown:
        deck.add_note(_figure(genanki, kinds["figure"], page, figure))
    with tempfile.TemporaryDirectory() as folder:
        media = [_media(Path(folder), figure) for _, figure in shown]
        whole = Path(folder) / "deck.zip"
        package = genanki.Package(deck, [str(path) for path in media])
        package.write_to_file(str(whole), timestamp=float(source_date(project)))
        _write_stable(whole, target)
    return Deck(len(asked), len(shown))


def _library() -> Any:
    try:
        import genanki  # type: ignore[import-untyped]
    except ImportError:
        said, fix = "the library that writes decks is not installed", "pip install genanki"
        raise HandbookError([Problem("genanki", 0, 0, "no-genanki", said, fix)]) from None
    return genanki


def _kinds(genanki: Any) -> dict[str, Any]:
    def kind(number: int, name: str, fields: tuple[str, ...], front: str, back: str) -> Any:
        return genanki.Model(
            number,
            f"{TITLE}: {name}",
            fields=[{"name": field} for field in fields],
            templates=[
                {
                    "name": name,
                    "qfmt": front,
                    "afmt": f'{{{{FrontSide}}}}<hr id="answer">{back}<p class="from">{{{{From}}}}',
                }
            ],
            css=CSS,
        )

    return {
        "question": kind(
            QUESTION,
            "question",
            ("Question", "Options", "Answer", "From"),
            "<p>{{Question}}</p>{{Options}}",
            "{{Answer}}",
        ),
        "figure": kind(
            FIGURE,
            "figure",
            ("Title", "Figure", "Description", "From"),
            "<p>Draw it from memory, with its numbers:</p><p><b>{{Title}}</b></p>",
            "{{Figure}}<p>{{Description}}</p>",
        ),
    }


# --------------------------------------------------------------------------- notes


def _question(genanki: Any, model: Any, page: Chapter, quiz: Quiz) -> Any:
    options = "".join(f"<li>{inline(option.text)}</li>" for option in quiz.shown)
    return genanki.Note(
        model=model,
        fields=[
            inline(quiz.question),
            f'<ol type="A">{options}</ol>' if options else "",
            _answer(quiz),
            _from(page),
        ],
        guid=genanki.guid_for("quiz", quiz.id),
        tags=_tags(page),
    )


def _answer(quiz: Quiz) -> str:
    if quiz.kind == "free":
        points = "".join(f"<li>{inline(point)}</li>" for point in quiz.points)
        return f"<p>{inline(quiz.answer)}</p><p>It names:</p><ul>{points}</ul>"
    if quiz.kind == "order":
        items = "".join(
            f"<li><b>{inline(each.sentence)}</b> {inline(each.why)}</li>" for each in quiz.options
        )
        return f"<ol>{items}</ol>"
    reasons = "".join(
        f"<li><b>{letter} is {'right' if each.correct else 'wrong'}.</b> {inline(each.why)}</li>"
        for letter, each in zip(_LETTERS, quiz.shown, strict=False)
    )
    return f"<ul>{reasons}</ul>"


def _figure(genanki: Any, model: Any, page: Chapter, figure: RenderedFigure) -> Any:
    return genanki.Note(
        model=model,
        fields=[
            html.escape(figure.title.rstrip(".")),
            f'<img src="{_file(figure)}" alt="">',
            html.escape(" ".join(figure.description.split())),
            _from(page),
        ],
        guid=genanki.guid_for("figure", figure.id),
        tags=_tags(page),
    )


def _teaches(page: Chapter) -> bool:
    """Whether a page is the handbook's, and not about making it: the guides hold samples."""
    return not page.page.startswith("contributing/")


def _shown(
    pages: list[Chapter], drawn: dict[str, RenderedFigure]
) -> Iterator[tuple[Chapter, RenderedFigure]]:
    """Every figure of a chapter with the first page that shows it."""
    seen: set[str] = set()
    for page in filter(_teaches, pages):
        for name in _USED.findall(page.prose):
            if name in drawn and name not in seen:
                seen.add(name)
                yield page, drawn[name]


def _media(folder: Path, figure: RenderedFigure) -> Path:
    path = folder / _file(figure)
    path.write_text(figure.download_svg, encoding="utf-8")
    return path


def _file(figure: RenderedFigure) -> str:
    """Anki keeps the media of all decks in one folder, so its name says whose it is."""
    return f"ml-system-design-handbook-{figure.id.replace('/', '-')}.svg"


def _from(page: Chapter) -> str:
    return f"{html.escape(page.meta.title)} · {html.escape(page_url(page.page))}"


def _tags(page: Chapter) -> list[str]:
    parts = page_url(page.page).strip("/").split("/")
    return ["::".join(["handbook", *parts]) if parts != [""] else "handbook"]


# --------------------------------------------------------------------------- text


def inline(text: str) -> str:
    """Returns text within a line as HTML; links become their words, formulas Anki's own.

    Args:
        text: Markdown.
    """
    plain = _LINK.sub(r"\1", _COMMENT.sub("", text))
    formulas: list[str] = []

    def keep(match: re.Match[str]) -> str:
        formulas.append(rf"\({html.escape(match[1], quote=False)}\)")
        return f"\ue000{len(formulas) - 1}\ue001"

    converted = Markdown().convert(_outside_code(plain, keep))
    paragraph = re.fullmatch(r"<p>(.*)</p>", converted, re.DOTALL)
    made = paragraph[1] if paragraph else converted
    return re.sub("\ue000(\\d+)\ue001", lambda match: formulas[int(match[1])], made)


def _outside_code(text: str, keep: Any) -> str:
    parts = re.split(r"(`+[^`]*`+)", text)
    return "".join(part if at % 2 else _MATH.sub(keep, part) for at, part in enumerate(parts))


def _write_stable(source: Path, target: Path) -> None:
    """Copies a zip without the times of its files."""
    part = target.with_name(f".{target.name}.part")
    try:
        with zipfile.ZipFile(source) as made, zipfile.ZipFile(part, "w") as out:
            for name in made.namelist():
                entry = zipfile.ZipInfo(name, _EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                out.writestr(entry, made.read(name))
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
