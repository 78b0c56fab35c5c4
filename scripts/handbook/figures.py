"""`handbook figures`: draws, lists and checks figures, and makes contact sheets of them."""

from __future__ import annotations

import argparse
import base64
import sys
from dataclasses import replace
from html import escape
from pathlib import Path

from handbook.drawing import RenderedFigure, catalogue, render_all
from handbook.project import Project
from handbook.report import Problem, Report

_SHEET = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Contact sheet</title><style>{font}{css}
body {{ margin: 0; font-family: Inter, system-ui, sans-serif; }}
main {{ color: var(--hb-ink); background: var(--hb-page); padding: 24px; }}
h2 {{ font-size: 16px; margin: 24px 0 4px; }}
p {{ max-width: 70ch; font-size: 13px; margin: 0 0 12px; }}
.row {{ display: flex; gap: 32px; align-items: flex-start; flex-wrap: wrap; }}
.wide {{ width: 688px; }} .narrow {{ width: 358px; }}
.row svg {{ max-width: 100%; height: auto; }}
.problem {{ color: #b00020; }}
</style>{themes}</html>
"""


def run_figures(project: Project, args: argparse.Namespace) -> int:
    """Draws figures, or lists them.

    Args:
        project: The project.
        args: `ids` (all where empty), `list`, `check` and `sheet` (a file name or none).

    Returns:
        0, or 1 where something is wrong with a figure.

    Raises:
        HandbookError: An id is unknown.
    """
    found: list[Problem] = []
    sources = catalogue(project, found)
    if args.list:
        for source in sources:
            place = f"{project.relative(source.path).as_posix()}:{source.line}"
            print(f"{source.id}\t{place}\t{source.title}")
        return _report(project, found)
    figures = _render(project, args.ids or None, keep=not args.check)
    for figure in figures.values():
        found.extend(figure.problems)
    if args.ids:
        wanted = {source.path for source in sources if source.id in figures}
        found = [problem for problem in found if Path(problem.path) in wanted]
    if args.sheet:
        Path(args.sheet).write_text(sheet(project, list(figures.values())), encoding="utf-8")
        print(f"{_count(figures)} on {args.sheet}")
    elif not found:
        print(f"{_count(figures)}, nothing to object to")
    return _report(project, found)


def sheet(project: Project, figures: list[RenderedFigure]) -> str:
    """Returns one self-contained page with figures in both themes and both widths.

    Args:
        project: The project, for the font.
        figures: What to show.
    """
    from handbook.drawing.theme import theme_css  # only sheets need the style

    themes = "".join(
        f'<main class="hb-fig" data-md-color-scheme="{theme}">'
        f"{''.join(_shown(figure) for figure in figures)}</main>"
        for theme in ("default", "slate")
    )
    return _SHEET.format(font=_font(project), css=theme_css(), themes=themes)


def _render(project: Project, ids: list[str] | None, *, keep: bool) -> dict[str, RenderedFigure]:
    """Draws with progress; without `keep`, nothing is written."""

    def progress(done: int, total: int) -> None:
        if sys.stderr.isatty():
            print(f"\rdrawing figures {done}/{total}", end="", file=sys.stderr)
            if done == total:
                print(file=sys.stderr)

    return render_all(project, ids, progress, keep=keep)


def _shown(figure: RenderedFigure) -> str:
    problems = "".join(
        f'<p class="problem">{escape(problem.code)}: {escape(problem.message)}</p>'
        for problem in figure.problems
    )
    return (
        f"<section><h2>{escape(figure.id)}: {escape(figure.title)}</h2>"
        f"<p>{escape(figure.description)}</p>{problems}"
        f'<div class="row"><div class="wide">{figure.wide_svg}</div>'
        f'<div class="narrow">{figure.narrow_svg}</div></div></section>'
    )


def _font(project: Project) -> str:
    file = project.docs / "assets" / "fonts" / "inter.woff2"
    if not file.is_file():
        return ""
    data = base64.b64encode(file.read_bytes()).decode("ascii")
    return (
        "@font-face{font-family:Inter;font-weight:100 900;"
        f"src:url(data:font/woff2;base64,{data}) format('woff2')}}"
    )


def _count(figures: dict[str, RenderedFigure]) -> str:
    return "1 figure" if len(figures) == 1 else f"{len(figures)} figures"


def _report(project: Project, problems: list[Problem]) -> int:
    report = Report(replace(problem) for problem in problems)
    report.print(project.root)
    return 0 if report.ok else 1
