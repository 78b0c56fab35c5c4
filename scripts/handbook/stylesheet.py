"""Writes stylesheets as one, without what can match no element.

Whether a rule can match is asked of `Used`: what the built pages hold and what the scripts name.
The answer errs on the side of keeping. A selector goes when one of its compounds (`a.b[c]`) fits
no element of any page and no script names any of it; states (`:hover`, `[open]`) never count
against it. Then goes what only such rules used: custom properties, keyframes, font faces.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from itertools import pairwise
from typing import Any

import tinycss2

# It says that it has types and has none.
_CSS: Any = tinycss2
# Attributes that a reader's act sets, without any script.
_STATES = {"open"}
_TAG = re.compile(r"""<([a-zA-Z][\w:-]*+)([^>"']*+(?:"[^"]*+"[^>"']*+|'[^']*+'[^>"']*+)*+)>""")
_ATTRIBUTE = re.compile(r"""([\w:@.-]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++)))?""")
_INLINE_SCRIPT = re.compile(r"<script\b([^>]*)>(.+?)</script>", re.DOTALL | re.IGNORECASE)
# Comments come first, so that an apostrophe in one opens no string.
_LITERAL = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"((?:\\.|[^"\\\n])*)"|'((?:\\.|[^'\\\n])*)'|`((?:\\.|[^`\\])*)`""",
    re.DOTALL,
)
_WORD = re.compile(r"[\w-]+")
# A word of a script that makes or sets something. In `.word`, `#word` and `[word` it is only asked
# for: what a script asks for, a page or another script has made.
_MADE = re.compile(r"(?<![\w.#\[-])[\w-]+")
_SET_PROPERTY = re.compile(r"\.([a-zA-Z]\w*)\s*=[^=]")
_DATASET = re.compile(r"\bdataset\.(\w+)")
_VARIABLE = re.compile(r"var\(\s*(--[\w-]+)")
_NESTED = {"media", "supports", "container", "layer", "document"}
# Their selectors are alternatives, or stand for other elements; `:not` never needs a match.
_ALTERNATIVES = {"is", "where", "matches", "any", "has"}


class Used:
    """What can be matched: the elements of pages, and whatever scripts may make or set."""

    def __init__(
        self, pages: Iterable[str], scripts: Iterable[str], styles: Iterable[str] = ()
    ) -> None:
        """Reads them.

        Args:
            pages: HTML.
            scripts: JavaScript.
            styles: Stylesheets that stay by themselves and read the custom properties of others.
        """
        self._words: set[str] = set()
        self._prefixes: set[str] = set()
        self._values: dict[str, set[str]] = defaultdict(set)
        self._elements: dict[frozenset[str], int] = {}
        self._holding: dict[str, set[int]] = defaultdict(set)
        self._known: dict[frozenset[str], bool] = {}
        tags: set[tuple[str, str]] = set()
        for page in pages:
            for attributes, script in _INLINE_SCRIPT.findall(page):
                if "application/" not in attributes:
                    self._read_script(script)
            tags.update(_TAG.findall(page))
        for tag, attributes in sorted(tags):
            self._read_element(tag.lower(), attributes)
        for script in scripts:
            self._read_script(script)
        for style in styles:
            self._words.update(_VARIABLE.findall(style))

    def names(self, word: str) -> bool:
        """Whether a script names a class, an attribute, an animation and the like."""
        return word in self._words or any(word.startswith(start) for start in self._prefixes)

    def matches(self, tokens: frozenset[str]) -> bool:
        """Whether some element may have all of these.

        Args:
            tokens: `tag`, `.class`, `#id`, `[attribute]` or `[attribute=value]`.
        """
        if tokens not in self._known:
            self._known[tokens] = self._may_match(tokens)
        return self._known[tokens]

    def _may_match(self, tokens: frozenset[str]) -> bool:
        fixed = {token for token in tokens if not self._is_set_by_script(token)}
        elements = [self._holding.get(token, set()) for token in fixed]
        if any(not each for each in elements):
            return False
        # What a script makes or marks may be of any kind that there is.
        return len(fixed) < len(tokens) or not fixed or bool(set.intersection(*elements))

    def _is_set_by_script(self, token: str) -> bool:
        if token[0] in ".#":
            return self.names(token[1:])
        if token[0] != "[":
            return token not in self._holding and self.names(token)
        name, _, value = token[1:-1].partition("=")
        if name in _STATES:
            return True
        if not self.names(name):
            return False
        return not value or self.names(value) or value in self._values[name]

    def _read_element(self, tag: str, text: str) -> None:
        tokens = {tag}
        for name, *quoted in _ATTRIBUTE.findall(text):
            name, value = name.lower(), unescape("".join(quoted))
            tokens |= {f"[{name}]", f"[{name}={value}]"}
            if name == "class":
                tokens.update(f".{each}" for each in value.split())
            elif name == "id":
                tokens.add(f"#{value}")
            self._values[name].add(value)
        number = self._elements.setdefault(frozenset(tokens), len(self._elements))
        for token in tokens:
            self._holding[token].add(number)

    def _read_script(self, text: str) -> None:
        for match in _LITERAL.finditer(text):
            literal = match[1] or match[2] or match[3] or ""
            self._words.update(_MADE.findall(literal))
            if match[3]:
                # `hb-${state}`: any class that starts so.
                self._prefixes.update(re.findall(r"([\w-]*\w-)\$\{", literal))
        self._words.update(name.lower() for name in _SET_PROPERTY.findall(text))
        self._words.update(
            "data-" + re.sub(r"[A-Z]", lambda upper: "-" + upper[0].lower(), name)
            for name in _DATASET.findall(text)
        )

    def values(self, name: str) -> set[str]:
        """Returns every value that an attribute has on some page."""
        return self._values[name]


@dataclass(frozen=True)
class Sheet:
    """One stylesheet.

    Attributes:
        text: What it says.
        media: The media that its link is for; empty for all.
        relink: Turns an address in it into one that holds where the result will be.
    """

    text: str
    media: str
    relink: Callable[[str], str]


class StylesheetError(Exception):
    """A stylesheet that cannot be joined with others.

    Attributes:
        line: Its line, from 1.
        message: What is wrong.
    """

    def __init__(self, line: int, message: str) -> None:
        self.line = line
        self.message = message
        super().__init__(message)


def parse(sheet: Sheet) -> list[Any]:
    """Reads a stylesheet.

    Args:
        sheet: The stylesheet.

    Returns:
        Its rules, with addresses as the result needs them.

    Raises:
        StylesheetError: It holds an `@import`, or cannot be read.
    """
    rules = _CSS.parse_stylesheet(sheet.text, skip_comments=True, skip_whitespace=True)
    for rule in rules:
        if rule.type == "error":
            raise StylesheetError(rule.source_line, f"cannot be read: {rule.message}")
        if rule.type == "at-rule" and rule.lower_at_keyword == "import":
            raise StylesheetError(rule.source_line, "an @import cannot be joined with others")
        _relink(rule, sheet.relink)
    rules = [r for r in rules if r.type != "at-rule" or r.lower_at_keyword != "charset"]
    if sheet.media in ("", "all"):
        return rules
    inside = "".join(rule.serialize() for rule in rules)
    wrapped: list[Any] = _CSS.parse_stylesheet(f"@media {sheet.media}{{{inside}}}")
    return wrapped


def _relink(node: Any, relink: Callable[[str], str]) -> None:
    """Rewrites every address within a node."""
    for part in (getattr(node, "prelude", None), getattr(node, "content", None)):
        for inner in part or ():
            _relink(inner, relink)
    if node.type == "url":
        node.value = relink(node.value)
        node.representation = _url(node.value)
    elif node.type == "function" and node.lower_name == "url":
        for inner in node.arguments:
            if inner.type == "string":
                inner.value = relink(inner.value)
                inner.representation = '"' + inner.value.replace('"', "%22") + '"'
    elif node.type == "function":
        for inner in node.arguments:
            _relink(inner, relink)


def _url(address: str) -> str:
    plain = re.fullmatch(r"[\w./#?&=:%~+@-]*", address)
    return f"url({address})" if plain else 'url("' + address.replace('"', "%22") + '")'


def trim(rules: Iterable[Any], used: Used) -> str:
    """Writes rules without what cannot match and without what nothing then uses.

    Args:
        rules: What `parse` returned, of one sheet or of several in their order.
        used: What can be matched.
    """
    kept = [rule for node in rules if (rule := _kept(node, used)) is not None]
    declared = [each for rule in kept for each in rule.declarations()]
    properties = _live_properties(declared, used)
    values = " ".join(
        value for name, value in declared if not name.startswith("--") or name in properties
    )
    names = set(_WORD.findall(values))
    out = "".join(rule.text(_Live(properties, names, values, used)) for rule in kept)
    return out + "\n" if out else ""


@dataclass(frozen=True)
class _Live:
    """What the rules that are kept use."""

    properties: set[str]
    words: set[str]
    values: str
    used: Used

    def keyframes(self, name: str) -> bool:
        """Whether an animation is run."""
        return name in self.words or self.used.names(name)

    def font(self, family: str) -> bool:
        """Whether a font is asked for."""
        return family in self.values


@dataclass
class _Rule:
    """A rule with selectors; or, where these are empty, a block of an at-rule without any.

    Attributes:
        head: What stands before the brace.
        body: Names and values, in order.
    """

    head: str
    body: list[tuple[str, str]]

    def declarations(self) -> Iterator[tuple[str, str]]:
        yield from self.body

    def text(self, live: _Live) -> str:
        """Writes it; empty where nothing of it is used."""
        lines = [
            f"{name}:{value}"
            for name, value in self.body
            if not name.startswith("--") or name in live.properties
        ]
        return f"{self.head}{{{';'.join(lines)}}}" if lines else ""


@dataclass
class _Face(_Rule):
    """A font face, kept where its family is asked for."""

    def declarations(self) -> Iterator[tuple[str, str]]:
        yield from ()

    def text(self, live: _Live) -> str:
        family = dict(self.body).get("font-family", "").strip("\"'")
        return super().text(live) if live.font(family) else ""


@dataclass
class _Group:
    """Rules under a condition: `@media`, `@supports`, `@container`, `@layer`."""

    head: str
    rules: list[Any]

    def declarations(self) -> Iterator[tuple[str, str]]:
        for rule in self.rules:
            yield from rule.declarations()

    def text(self, live: _Live) -> str:
        inside = "".join(rule.text(live) for rule in self.rules)
        return f"{self.head}{{{inside}}}" if inside else ""


@dataclass
class _Keyframes(_Group):
    """An animation, kept where something runs it."""

    name: str

    def text(self, live: _Live) -> str:
        return super().text(live) if live.keyframes(self.name) else ""


def _kept(node: Any, used: Used) -> Any:
    """Returns what is left of a rule; nothing where it cannot match."""
    if node.type == "qualified-rule":
        head = _selectors(node.prelude, used)
        return _Rule(head, _declarations(node.content)) if head else None
    if node.type != "at-rule":
        return None
    head = f"@{node.at_keyword} {_squeezed(node.prelude)}".rstrip()
    keyword = node.lower_at_keyword
    if node.content is None:
        return _Statement(f"{head};")
    if keyword == "font-face":
        return _Face(head, _declarations(node.content))
    if keyword.endswith("keyframes"):
        frames = [
            _Rule(_squeezed(rule.prelude), _declarations(rule.content))
            for rule in _rules(node.content)
            if rule.type == "qualified-rule"
        ]
        return _Keyframes(head, frames, _squeezed(node.prelude).strip("\"'"))
    if keyword in _NESTED:
        kept = [rule for each in _rules(node.content) if (rule := _kept(each, used)) is not None]
        return _Group(head, kept) if kept else None
    return _Rule(head, _declarations(node.content))


@dataclass
class _Statement:
    """An at-rule without a block, such as the order of layers."""

    line: str

    def declarations(self) -> Iterator[tuple[str, str]]:
        yield from ()

    def text(self, _live: _Live) -> str:
        return self.line


def _rules(content: list[Any]) -> list[Any]:
    found: list[Any] = _CSS.parse_rule_list(content, skip_comments=True, skip_whitespace=True)
    return found


def _declarations(content: list[Any]) -> list[tuple[str, str]]:
    found = _CSS.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True)
    out = []
    for each in found:
        if each.type == "declaration":
            important = "!important" if each.important else ""
            value = _squeezed(each.value)
            out.append((each.name, f"{value}{important}"))
    return out


def _squeezed(tokens: list[Any]) -> str:
    """Writes tokens with no more blanks than they need."""
    tokens = [token for token in tokens if token.type != "comment"]
    return re.sub(r"\s+", " ", _CSS.serialize(tokens)).strip()


def _live_properties(declared: list[tuple[str, str]], used: Used) -> set[str]:
    """Returns the custom properties that something reads, directly or through others."""
    reads: dict[str, set[str]] = defaultdict(set)
    for name, value in declared:
        reads[name if name.startswith("--") else ""].update(_VARIABLE.findall(value))
    live = {name for name in reads if name.startswith("--") and used.names(name)}
    waiting = [*live, *reads[""]]
    live |= reads[""]
    while waiting:
        for name in reads.get(waiting.pop(), ()):
            if name not in live:
                live.add(name)
                waiting.append(name)
    return live


# --------------------------------------------------------------------------- selectors


def _selectors(prelude: list[Any], used: Used) -> str:
    """Returns the selectors of a rule that may match, joined by commas."""
    selectors = [each for each in _split(prelude, ",") if each]
    texts = [_selector_text(each) for each in selectors]
    if any(re.search(r"::?-(?:webkit|moz|ms|o)-", text) for text in texts):
        # A browser that does not know one of them drops them all: so they stay together.
        return ",".join(texts) if any(_may_match(each, used) for each in selectors) else ""
    return ",".join(
        text for each, text in zip(selectors, texts, strict=True) if _may_match(each, used)
    )


def _split(tokens: list[Any], mark: str) -> list[list[Any]]:
    parts: list[list[Any]] = [[]]
    for token in tokens:
        if token.type == "literal" and token.value == mark:
            parts.append([])
        elif token.type != "comment":
            parts[-1].append(token)
    return parts


def _selector_text(tokens: list[Any]) -> str:
    return re.sub(r" ?([>~]) ?", r"\1", _squeezed(tokens))


def _may_match(selector: list[Any], used: Used) -> bool:
    return all(_compound_may_match(each, used) for each in _compounds(selector))


def _compounds(selector: list[Any]) -> list[list[Any]]:
    """Parts a selector at its combinators."""
    parts: list[list[Any]] = [[]]
    for token in selector:
        combines = token.type == "literal" and token.value in ">+~"
        if token.type == "whitespace" or combines:
            parts.append([])
        else:
            parts[-1].append(token)
    return [part for part in parts if part]


def _compound_may_match(compound: list[Any], used: Used) -> bool:
    tokens: set[str] = set()
    for before, token in pairwise([None, *compound]):
        mark = before.value if before is not None and before.type == "literal" else ""
        if token.type == "hash":
            tokens.add(f"#{token.value}")
        elif token.type == "ident" and mark == ".":
            tokens.add(f".{token.value}")
        elif token.type == "ident" and mark != ":":
            tokens.add(token.lower_value)
        elif token.type == "[] block":
            wanted = _attribute(token.content, used)
            if wanted is None:
                return False
            tokens.add(wanted)
        elif token.type == "function" and token.lower_name in _ALTERNATIVES:
            inner = _split(token.arguments, ",")
            if not any(_may_match(each, used) for each in inner):
                return False
    return used.matches(frozenset(tokens))


def _attribute(content: list[Any], used: Used) -> str | None:
    """Returns what an attribute selector wants; nothing where no value of a page has it."""
    parts = [token for token in content if token.type != "whitespace"]
    name = parts[0].lower_value if parts[0].type == "ident" else ""
    values = [token.value for token in parts[1:] if token.type in ("string", "ident")]
    operator = "".join(token.value for token in parts if token.type == "literal")
    if not values or not name:
        return f"[{name}]"
    if operator == "=" and len(values) == 1:
        return f"[{name}={values[0]}]"
    fits = _OPERATORS.get(operator, _fits_any)
    if used.names(name) or any(fits(value, values[0]) for value in used.values(name)):
        return f"[{name}]"
    return None


def _fits_any(_value: str, _wanted: str) -> bool:
    return True


_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "^=": str.startswith,
    "$=": str.endswith,
    "*=": str.__contains__,
    "~=": lambda value, wanted: wanted in value.split(),
    "|=": lambda value, wanted: value == wanted or value.startswith(f"{wanted}-"),
}
