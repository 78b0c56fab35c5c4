"""A snapshot of the handbook's own sections and quiz questions, which a lab searches.

Run it as `python -m handbook.sections`: it writes the file that the lab of retrieval reads. A
snapshot and not the pages themselves, so that an edit of a page does not make the lab's results
those of another text.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from handbook import chapters
from handbook.chapters import Chapter
from handbook.markdown.quiz import quizzes
from handbook.project import Project, find_project

SNAPSHOT = Path("docs/building-blocks/retrieval-augmented-generation/sections.jsonl")
# What repeats a page, asks about it, or only lists titles; and pages that teach nothing to design.
LEFT_OUT = {"Quiz", "References"}
PARTS = ("case-studies/", "framework/", "reference/", "start/")
PAGES_LEFT_OUT = ("reference/diagram-kit", "reference/tags", "reference/tooling")
_HEADING = re.compile(r"(?m)^(#{1,3}) (.+?)(?: *\{[^}]*\})?$")
_NO_TEXT = re.compile(
    r"(?ms)^```.*?^```$|<!--.*?-->|^!\[[^\]]*\]\([^)]*\)$|\[\^[\w-]+\]:?|<[^>]+>|^\|[-:| ]+\|$"
)


def snapshot(project: Project) -> Iterator[dict[str, str]]:
    """Yields sections with their text, and questions with the page that answers them.

    Args:
        project: The checkout.
    """
    for page in chapters.read_all(project)[0]:
        if not page.page.startswith(PARTS) or page.slug.startswith(PAGES_LEFT_OUT):
            continue
        yield from _sections(page)
        for quiz in quizzes(page)[0]:
            yield {"page": page.slug, "question": _plain(quiz.question)}


def _sections(page: Chapter) -> Iterator[dict[str, str]]:
    body = page.text[page.body :]
    found = list(_HEADING.finditer(_without_code(body)))
    ends = [*(match.start() for match in found[1:]), len(body)]
    for match, end in zip(found, ends, strict=True):
        heading, text = _plain(match[2]), _plain(body[match.end() : end])
        if heading not in LEFT_OUT and text:
            yield {"page": page.slug, "title": page.meta.title, "heading": heading, "text": text}


def _without_code(body: str) -> str:
    """The text with fenced blocks blanked: a comment in code is no heading."""
    return re.sub(r"(?ms)^```.*?^```$", lambda match: " " * len(match[0]), body)


def _plain(text: str) -> str:
    """Markdown as words: no marks, fences, figures, footnotes, addresses or rules of tables."""
    text = _NO_TEXT.sub(" ", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return " ".join(re.sub(r"[|>#]", " ", re.sub(r"[*`]", "", text)).split())


def main() -> int:
    """Writes the snapshot and says how large it is."""
    project = find_project()
    rows = list(snapshot(project))
    target = project.root / SNAPSHOT
    target.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    target.write_text("".join(lines), encoding="utf-8")
    asked = sum("question" in row for row in rows)
    print(f"{len(rows) - asked} sections and {asked} questions in {SNAPSHOT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
