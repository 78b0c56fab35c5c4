"""The dialog's own index: titles, headings, figures, terms, and the words to correct typos with.

Classic scripts, because from a folder (`file://`) a page can load nothing else.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from handbook.project import Project
from handbook.search.records import Record

TITLES = "assets/search-titles.js"
TEXTS = "assets/search-texts.js"
# Headings keep their level; these stand for what has none.
FIGURE, TERM = 7, 8
WORD = re.compile(r"[a-z]{4,24}")
# Rarer words are names and typos of our own, and each costs four bytes.
SEEN = 2
MOST_WORDS = 5000
NAMES = "; "  # between several names of one thing; the dialog knows it
SHORTEST_STEM = 9  # what a digit can say
# "Click-through rate: clicks divided by impressions": what an abbreviation stands for.
EXPANSION = re.compile(r"([A-Z][^.:;]{5,70}):")
ABBREVIATION = re.compile(r"[A-Za-z]*[A-Z0-9][A-Za-z]*[A-Z0-9][A-Za-z0-9]*")


def write_titles(project: Project, folder: Path, records: list[Record]) -> None:  # noqa: ARG001
    """Writes the two scripts that the dialog loads: titles always, texts only from a folder.

    Args:
        project: The checkout.
        folder: The built site.
        records: What can be found, page by page.
    """
    (folder / TITLES).parent.mkdir(parents=True, exist_ok=True)
    parts = list(dict.fromkeys(record.part for record in records))
    index = {"parts": parts, "pages": list(_pages(records, parts)), "words": _vocabulary(records)}
    _write(folder / TITLES, "hbTitles", index)
    _write(folder / TEXTS, "hbTexts", [record.text[:600] for record in records])


def _write(path: Path, name: str, value: object) -> None:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    path.write_text(f"window.{name}={text};\n", encoding="utf-8")


def _pages(records: Iterable[Record], parts: list[str]) -> Iterator[list[object]]:
    """Yields `[address, part, weight in tenths, title, tags, entries, other names]` by page."""
    for address, grouped in groupby(records, lambda record: record.url.partition("#")[0]):
        page, *rest = grouped
        packed: list[object] = [
            address,
            parts.index(page.part),
            round(page.weight * 10),
            page.title,
            ", ".join(page.keywords),
            [_entry(record) for record in rest],
        ]
        yield [*packed, NAMES.join(page.called)] if page.called else packed


def _entry(record: Record) -> list[object]:
    """Returns `[level, title, anchor, other name]`, without what the reader can work out."""
    level = {"figure": FIGURE, "term": TERM}.get(record.kind, record.level)
    anchor = record.url.partition("#")[2]
    entry = [level, record.title, "" if anchor == slug(record.title) else anchor, _other(record)]
    while not entry[-1]:
        entry.pop()
    return entry


def slug(title: str) -> str:
    """Returns the anchor that Python-Markdown gives a heading.

    Args:
        title: The heading's text.
    """
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", title, flags=re.ASCII).strip().lower())


def _other(record: Record) -> str:
    """What an abbreviation of the glossary stands for, and what readers call it."""
    found = EXPANSION.match(record.text) if record.kind == "term" else None
    meant = [found[1].lower()] if found and ABBREVIATION.fullmatch(record.title) else []
    return NAMES.join((*meant, *record.called))


def _vocabulary(records: Iterable[Record]) -> str:
    """Returns the words that typos are corrected to: sorted, each as what is new in it.

    A digit says how many letters of the word before are kept: `0card4s3e` is card, cards, care.
    """
    seen: Counter[str] = Counter()
    for record in records:
        seen.update(WORD.findall(record.text.lower()))
    often = sorted(seen, key=lambda word: (-seen[word], word))[:MOST_WORDS]
    packed, before = [], ""
    for word in sorted(word for word in often if seen[word] >= SEEN):
        kept = 0
        while kept < min(SHORTEST_STEM, len(before), len(word)) and before[kept] == word[kept]:
            kept += 1
        packed.append(f"{kept}{word[kept:]}")
        before = word
    return "".join(packed)
