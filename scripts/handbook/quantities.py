"""Finds the quantities in a page's prose, and what each rests on.

A quantity is a number with a unit, a currency, a per cent sign, a thousands separator, a decimal
part or a word such as million. It is proven by `<!--= expression -->` right behind it, assumed
by `<!--? why -->`, sourced by a footnote in its sentence, or else unproven.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from handbook.chapters import Chapter, Span, blank

GAP = "[ \u00a0\u2009\u202f]"
NUMBER = "(?:\\d{1,3}(?:[,\u2009\u202f\u00a0]\\d{3})+(?!\\d)|\\d+)(?:\\.\\d+)?(?:e[+-]?\\d+)?"
_SCALE = "thousand|million|billion|trillion"
_TIME = (
    "ns|µs|μs|us|ms|secs?|s|seconds?|min|mins|minutes?|h|hrs?|hours?|days?|weeks?|months?|years?"
)
_SIZE = "bytes?|[kKMGTPE]B|[KMGTP]iB|bits?|[kKMGT]?bps|[kKMG]bit/s|[kKMGT]B/s"
_RATE = "[QqRrTt][Pp][Ss]|[kMGTPE]?FLOPS?|[kMGTPE]FLOPs|FLOPs|[kM]?Wh?|px"
_MEASURE = f"{_TIME}|{_SIZE}|{_RATE}|times|percent|per cent|percentage points?|pp|basis points?"
# Things that are counted: a small count is a word of the text, a large one is a claim.
_THINGS = (
    "users?|people|members|requests?|queries|posts?|items?|candidates?|impressions?|clicks?|views"
    "|machines?|servers?|nodes?|GPUs?|CPUs?|cores?|replicas?|shards?|tokens?|parameters?"
    "|dimensions?|values?|examples?|labels?|vectors?|features?|rows?|events?|documents?|chunks?"
    "|pages?|ads?|sessions?|calls?|experiments?|buckets?"
)
_PER = f"(?:{_THINGS}|bytes?|[kKMGT]?B)?{GAP}?(?:(?:a|per|each|every){GAP}|/{GAP}?)(?:{_TIME})"
_UNIT = f"(?:{_MEASURE}|{_PER}|{_THINGS})(?![\\w])"
_TAIL = f"(?:{GAP}?[%‰]|×|{GAP}?(?:{_SCALE})\\b|[kKMBTx]\\b|[-{GAP[1:-1]}]?{_UNIT})"

# The number right before a comment: an optional sign, the digits, and units up to the comment.
_BEFORE = re.compile(
    rf"(?P<number>(?:(?<![\w)\]%])[-−+])?(?<![\d.,]){NUMBER})(?P<mid>\*{{0,3}})"
    rf"(?P<suffix>(?:{_TAIL}){{0,3}}|{GAP}[kMGTPE])[*_]{{0,3}}$"
)
_QUANTITY = re.compile(
    rf"(?<![\w@#^.])(?<!\w[-.,/])(?P<currency>[$€£]{GAP}?)?"
    rf"(?:{NUMBER}[*]{{0,2}}(?:{GAP}?[–—-]{GAP}?|{GAP}to{GAP})[*]{{0,2}}[$€£]?)?"
    rf"(?P<number>{NUMBER})(?P<bold>\*{{0,3}})(?P<tail>(?:{_TAIL}){{1,3}})?"
)
_DIGITS = re.compile(r"[$€£]|\d++")
_MARK = re.compile(r"<!--(?P<kind>[=?])(?P<body>(?:(?!<!--).)*?)-->", re.DOTALL)
_VERSIONED = re.compile(r"(?:^|[\s(*_])(?P<word>v|[A-Za-z][\w.+#-]*)[ \u00a0]?$")
_LABELS = {
    "version", "versions", "v", "section", "sections", "figure", "table", "chapter", "step",
    "part", "equation", "rfc", "release", "python", "level", "appendix",
}  # fmt: skip
# Capitals before a decimal that are a metric, not a product with a version.
_METRICS = {
    "AUC", "AP", "NDCG", "MRR", "MAP", "F1", "ECE", "CTR", "CVR", "PSI", "KL", "NE", "RMSE",
    "MAE", "R2", "BLEU", "SLO", "ROC", "GAUC", "PR", "LTV", "AA", "AB", "OPE", "IPS",
}  # fmt: skip

Standing = Literal["proven", "assumed", "sourced", "generated", "unproven"]


@dataclass(frozen=True)
class Mark:
    """A comment that speaks for the number before it.

    Attributes:
        kind: `=` for a proof, `?` for an assumption.
        body: The expression with its format, or the reason.
        comment: Where the comment stands.
        number: Where the number before it stands, sign included; None where there is none.
        suffix: Where what follows the number up to the comment stands, such as ` GB` or `%`.
    """

    kind: str
    body: str
    comment: Span
    number: Span | None
    suffix: Span | None


@dataclass(frozen=True)
class Quantity:
    """A quantity of the prose.

    Attributes:
        text: The quantity as written, emphasis left out.
        standing: What it rests on.
        end: Where its digits end, which is what its mark knows it by.
        line: Its line, from 1.
        column: Its column, from 1.
    """

    text: str
    standing: Standing
    end: int
    line: int
    column: int


def find_marks(text: str) -> list[Mark]:
    """Finds every `<!--= ... -->` and `<!--? ... -->` with the number before it.

    Args:
        text: A page whose code is blanked out (`Chapter.provable`), or a part of one.
    """
    return list(_marks(text))


# A page's marks are asked for by its proofs and by its quantities; one text, one search.
@lru_cache(maxsize=8)
def _marks(text: str) -> tuple[Mark, ...]:
    # An opening without its end is found once, and not again from each that follows.
    return tuple(_mark(text, match) for match in _MARK.finditer(text, 0, text.rfind("-->") + 3))


def _mark(text: str, match: re.Match[str]) -> Mark:
    # A number and its unit are short; looking back further would only cost time.
    base = max(match.start() - 80, 0)
    before = _BEFORE.search(text[base : match.start()])
    number = suffix = None
    if before:
        number = Span(base + before.start("number"), base + before.end("number"))
        suffix = Span(number.end, base + before.end("suffix"))
    return Mark(match["kind"], match["body"].strip(), Span(*match.span()), number, suffix)


def find_quantities(chapter: Chapter) -> list[Quantity]:
    """Finds every quantity in a page's prose, in order, with what it rests on.

    Args:
        chapter: The page.
    """
    marks = {mark.number.end: mark.kind for mark in find_marks(chapter.provable) if mark.number}
    prose = _only_prose(chapter)
    sentences = list(_sentences(prose))
    found, at = [], 0
    for match in _candidates(prose):
        if not _counts(match, prose):
            continue
        while at < len(sentences) - 1 and sentences[at].end <= match.start():
            at += 1
        sentence = prose[sentences[at].start : sentences[at].end]
        standing: Standing = "unproven"
        if match.end("number") in marks:
            standing = "proven" if marks[match.end("number")] == "=" else "assumed"
        elif "[^" in sentence:
            standing = "sourced"
        text = " ".join(match[0].replace("*", "").split())
        place = chapter.place(match.start())
        found.append(Quantity(text, standing, match.end("number"), *place))
    return sorted([*found, *_marked(chapter, {quantity.end for quantity in found})], key=_place)


def _candidates(prose: str) -> Iterator[re.Match[str]]:
    """Yields what `_QUANTITY` finds; digits are found faster than what may stand before them."""
    end = 0
    for start in _DIGITS.finditer(prose):
        match = _QUANTITY.match(prose, start.start()) if start.start() >= end else None
        if match:
            end = match.end()
            yield match


def _place(quantity: Quantity) -> tuple[int, int]:
    return quantity.line, quantity.column


def _marked(chapter: Chapter, seen: set[int]) -> Iterator[Quantity]:
    """Yields the marked numbers that are no quantity by themselves, such as `8` in `8 heads`."""
    for mark in find_marks(chapter.provable):
        if mark.number and mark.number.end not in seen:
            text = chapter.text[mark.number.start : mark.number.end]
            standing: Standing = "proven" if mark.kind == "=" else "assumed"
            yield Quantity(text, standing, mark.number.end, *chapter.place(mark.number.start))


def generated(chapter: Chapter) -> list[Span]:
    """Returns where the page's generated tables stand, their markers included.

    Args:
        chapter: The page.
    """
    return [Span(*match.span()) for match in _GENERATED.finditer(chapter.without_code)]


def stray_markers(chapter: Chapter) -> list[int]:
    """Returns where a marker of a generated table stands without its other half.

    Args:
        chapter: The page.
    """
    within = generated(chapter)
    places = (match.start() for match in _MARKER.finditer(chapter.without_code))
    return [place for place in places if not any(s.start <= place < s.end for s in within)]


# A table ends before the next one begins: a lost end must not swallow what follows.
_GENERATED = re.compile(
    r"(?m)^[ \t]*<!--[ \t]*\[\[\[cog\b(?:(?!\[\[\[cog\b).)*?"
    r"\[\[\[end\]\]\][^\n]*-->[^\n]*(?:\n|\Z)",
    re.DOTALL,
)
_MARKER = re.compile(r"\[\[\[(?:cog\b|end\]\]\])")


# What a page shows but does not claim, and what it does not show; each begins with a sign that is
# quick to look for, and stops at what could begin the next.
_NOT_PROSE = tuple(
    re.compile(pattern)
    for pattern in (
        (
            r"(?m)^(?:#{1,6}[ \t].*"
            r"|[ \t]*\[\^[^\]\n]+\]:.*(?:\n(?:[ \t]{2,}\S.*|[ \t]*(?=\n[ \t]{4})))*"
            r"| {0,3}\*?\[[^\]\n]+\]:.*"
            r"|[ \t]*\d+[.)](?=[ \t]))"
        ),
        r"!\[[^\[\]]*+\]\([^()]*+(?:\([^()]*+\)[^()]*+)*+\)(?:\{[^{}\n]*+\})?",
        r"\((?<=\]\()[^()\s]*+(?:\([^()\s]*+\)[^()\s]*+)*+(?:\s++\"[^\"]*+\")?\)",
        r"\{[:.#%][^{}\n]*+\}",
        r"\$\$[^$]*+(?:\$(?!\$)[^$]*+)*+\$\$",
        r"\\\[[^\\]*+(?:\\[^\[\]][^\\]*+)*+\\\]",
        r"\\\([^\\]*+(?:\\[^()][^\\]*+)*+\\\)",
        r"\$(?<![\\$\w]\$)(?=[^\s$])[^$\n]*?(?<=[^\s\\])\$(?!\d)",
        r"<[A-Za-z/][^<>]*+>",
        r"https?://\S+",
        r"\d{4}(?<!\w\d{4})-\d{2}-\d{2}\b",
    )
)


def _only_prose(chapter: Chapter) -> str:
    prose = blank(chapter.prose, generated(chapter))
    for pattern in _NOT_PROSE:
        spans = [Span(*match.span()) for match in pattern.finditer(prose)]
        prose = blank(prose, spans) if spans else prose
    return prose


_NEW_BLOCK = re.compile(r"[ \t>]*(?:$|[-*+][ \t]|\d+[.)][ \t]|\||#|!!!|\?\?\?|===|:[ \t])")
# A full stop ends a sentence together with the footnotes behind it, before a capital or the end.
_STOP = re.compile(r"[.!?][\"'”’)*_]*(?:\[\^[^\[\]\s]+\])*(?=\s+[\"'“‘(*_\[]*[A-Z0-9$]|\s*$)")


def _sentences(prose: str) -> Iterator[Span]:
    for block in _blocks(prose):
        at = block.start
        for match in _STOP.finditer(prose, block.start, block.end):
            yield Span(at, match.end())
            at = match.end()
        if at < block.end:
            yield Span(at, block.end)


def _blocks(prose: str) -> Iterator[Span]:
    start = at = 0
    for line in prose.splitlines(keepends=True):
        if _NEW_BLOCK.match(line) and at > start:
            yield Span(start, at)
            start = at
        at += len(line)
    yield Span(start, at)


def _counts(match: re.Match[str], prose: str) -> bool:
    """Whether what looks like a quantity is one: no version, no year, no small count."""
    number, tail = match["number"], (match["tail"] or "").strip(" \u00a0\u2009\u202f-")
    if _multiplied(match, prose):
        tail = ""
    whole = number.isdigit()
    if match["currency"] or re.search("[,\u2009\u202f\u00a0]", number):
        return not re.fullmatch(
            r"(?:" + "|".join(_LABELS) + ")", _word_before(match, prose).lower()
        )
    if tail:
        if whole and re.fullmatch(_THINGS, tail):
            large = len(number.lstrip("0")) > 2
            return large and not (len(number) == 4 and number[:2] in ("19", "20"))
        # `404s` and `1990s` are plurals, not seconds.
        return not (whole and match["tail"] == "s" and len(number.lstrip("0")) > 2)
    return "." in number and not _is_version(match, prose)


def _multiplied(match: re.Match[str], prose: str) -> bool:
    # In `64 × 128` the sign multiplies; in `3×` it counts.
    return bool(re.search(r"×$", match["tail"] or "")) and bool(
        re.match(r"\s*\d", prose[match.end() : match.end() + 3])
    )


def _word_before(match: re.Match[str], prose: str) -> str:
    before = _VERSIONED.search(prose[max(match.start() - 40, 0) : match.start()])
    return before["word"] if before else ""


def _is_version(match: re.Match[str], prose: str) -> bool:
    if re.match(r"\.\d|[-+]?[a-z]", prose[match.end() : match.end() + 2]):
        return True  # 1.6.1, 1.6rc2
    word = _word_before(match, prose)
    if not word or word.upper() in _METRICS:
        return False
    if word.lower() in _LABELS:
        return True
    at = prose.rfind(word, 0, match.start())
    opens = not prose[:at].rstrip(" *_(\n") or prose[:at].rstrip(" *_(")[-1:] in ".!?:|\n-"
    inner = any(char.isupper() or char.isdigit() for char in word[1:])
    return word[0].isupper() and (inner or not opens)
