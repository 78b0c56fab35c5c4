"""Markup read as a browser reads it: tags, their attributes, and the text between them.

Python's own parser is for tidy pages. Here the question is what a browser makes of untidy ones,
so quotes, slashes and comments end where the standard says they do. A page repeats most of its
tags, so each distinct one is read once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

# What HTML calls white space; `\s` would take more, and so see less.
_SPACE = r"[ \t\n\f\r]"
_NAME = r"[^ \t\n\f\r>/]"
_VALUE = r'"[^"]*+"|\'[^\']*+\'|[^ \t\n\f\r>]++'
# Possessive throughout: whatever a page holds, it is read in one pass.
_ATTRIBUTE = (
    rf"[ \t\n\f\r/]*+(?P<name>{_NAME}[^ \t\n\f\r>/=]*+)"
    rf"(?:{_SPACE}*+={_SPACE}*+(?P<value>{_VALUE})?)?"
)
_UNNAMED = re.sub(r"\?P<\w+>", "?:", _ATTRIBUTE)
_MARKUP = re.compile(
    rf"(?P<tag></?+[a-zA-Z]{_NAME}*+(?:{_UNNAMED})*+[ \t\n\f\r/]*+>)"
    r"|<!--(?:-?>|.*?(?:--!?>|\Z))|<[!?][^>]*+>|</[^a-zA-Z>][^>]*+>",
    re.DOTALL,
)
_ATTRIBUTES = re.compile(_ATTRIBUTE)
_TAG_NAME = re.compile(rf"{_NAME}+")
# The text of these is no markup, up to their own end tag.
RAW_TEXT = {"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"}
VOID = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
}  # fmt: skip


@dataclass(frozen=True, eq=False, slots=True)
class Tag:
    """One tag, or a comment or declaration.

    Attributes:
        name: In lower case; `!` where it is a comment, a declaration or an instruction.
        attributes: By name in lower case, entities resolved; of repeated ones the first.
        closing: Whether it is an end tag.
        empty: Whether it has no end tag: it is void, or closed in itself.
        source: As it is written.
    """

    name: str
    attributes: Mapping[str, str]
    closing: bool
    empty: bool
    source: str

    def get(self, name: str, default: str = "") -> str:
        """Returns the value of an attribute.

        Args:
            name: In lower case.
            default: What is returned where it is missing.
        """
        return self.attributes.get(name, default)


def tokens(text: str) -> Iterator[tuple[int, Tag | str]]:
    """Yields the tags of a page and the text between them, each with its offset.

    Args:
        text: HTML or SVG. Entities in the text are left as they are written.
    """
    at, drawings = 0, 0
    # Where no tag can end none is looked for, or an open one would be tried at every bracket.
    last = text.rfind(">") + 1
    while at < last and (match := _MARKUP.search(text, at)):
        start = match.start()
        if start > at:
            yield at, text[at:start]
        at = match.end()
        tag = _tag(match[0]) if match["tag"] else Tag("!", {}, False, True, match[0])
        yield start, tag
        if tag.name == "svg" and not tag.empty:
            drawings += -1 if tag.closing else 1
        # In a drawing even titles hold tags. Outside of one, `<script/>` is still open.
        elif tag.name in RAW_TEXT and not tag.closing and drawings <= 0:
            end = _end_of(text, tag.name, at)
            if end > at:
                yield at, text[at:end]
            at = end
    if at < len(text):
        yield at, text[at:]


def raw_elements(text: str, name: str) -> Iterator[tuple[Tag, str]]:
    """Yields whatever may begin an element of raw text, and the text up to its end tag.

    Looks at nothing else, so it takes a fraction of the time of `tokens`, and finds more: what
    stands in comments and in attributes too.

    Args:
        text: HTML or SVG.
        name: One of `RAW_TEXT`.
    """
    for begin in re.finditer(rf"<{name}(?=[ \t\n\f\r/>])", text, re.IGNORECASE):
        match = _MARKUP.match(text, begin.start())
        if match and match["tag"]:
            yield _tag(match[0]), text[match.end() : _end_of(text, name, match.end())]


def _end_of(text: str, name: str, at: int) -> int:
    end = re.compile(rf"</{name}[ \t\n\f\r/>]", re.IGNORECASE).search(text, at)
    return end.start() if end else len(text)


@lru_cache(maxsize=8192)
def _tag(source: str) -> Tag:
    start = 2 if source.startswith("</") else 1
    name = _TAG_NAME.match(source, start)
    found: dict[str, str] = {}
    after = name.end() if name else start
    for match in _ATTRIBUTES.finditer(source, after, len(source) - 1):
        value = match["value"] or ""
        if value[:1] in ("'", '"') and len(value) > 1:
            value = value[1:-1]
        found.setdefault(match["name"].lower(), unescape(value) if "&" in value else value)
    lower = source[start:after].lower()
    empty = lower in VOID or source.endswith("/>")
    return Tag(lower, found, start == 2, empty, source)
