"""The list of how a page's numbers are computed: a graph, in which every quantity stands once.

A number of the text leads to its item: what it is, the formula, the formula with its values. The
names in a formula lead to the items of what they stand for, down to what somebody assumed, read
or measured. So the page stays small, a reader without JavaScript follows the links, and the
site's script follows them itself to show all of it beside the number.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element, SubElement

from markdown.util import AtomicString

from handbook.derivations import Derivation, Input, readable

ANCHOR = "number-{}"
_Part = Derivation | Input


@dataclass(frozen=True)
class _Item:
    """One item of the list.

    Attributes:
        number: Its number on the page.
        part: What it explains.
        literal: The number as the text first writes it; empty where the text does not.
    """

    number: int
    part: _Part
    literal: str = ""


class Listing:
    """The items of one page: first those that its text names, then what these rest on."""

    def __init__(self, used: int) -> None:
        """Starts the list.

        Args:
            used: The highest number that the text has given to one of its own.
        """
        self._used = used
        self._known: dict[tuple[str, str, float | str], int] = {}
        self._named: dict[int, _Part] = {}
        self._waiting: list[_Item] = []

    def name(self, number: int, found: Derivation) -> None:
        """Lets formulas lead to an item of the text, where that explains one quantity.

        Args:
            number: Its number on the page.
            found: What its expression comes from.
        """
        if _is_quantity(found):
            part = _plain(found)
            self._named[self._known.setdefault(_key(part), number)] = part

    def write(self, item: Element, number: int, found: Derivation, literal: str) -> None:
        """Writes an item that the text names.

        Args:
            item: The item, empty.
            number: Its number on the page.
            found: What its expression comes from.
            literal: The number as the text first writes it.
        """
        part = _plain(found) if _is_quantity(found) else found
        self._write(item, _Item(number, part, literal))

    def write_rest(self, new_item: Callable[[], Element]) -> None:
        """Writes what the items so far rest on, and what that rests on.

        Args:
            new_item: Makes the next item.
        """
        while self._waiting:
            waiting = self._waiting.pop(0)
            item = new_item()
            item.set("id", ANCHOR.format(waiting.number))
            self._write(item, waiting)

    def _write(self, item: Element, entry: _Item) -> None:
        if isinstance(entry.part, Input):
            _given(item, entry, entry.part)
            return
        found = entry.part
        if entry.literal:
            title(item, _title(found), entry.literal, entry.number)
        uses = _uses(found if entry.literal else _short(found))
        named = _is_quantity(found) or not entry.literal
        line = SubElement(item, "p")
        if found.called and not found.formula:
            self._called(line, found, uses)
            return
        if named:
            _add(line, f"{found.called or found.name} = ")
        unnamed = self._formula(line, found.formula, uses)
        values = dict.fromkeys([found.substituted, found.result])
        shown = " = ".join(text for text in values if text not in ("", found.formula))
        _add(line, f" = {shown}" if found.formula and shown else shown)
        if found.formula == found.name and found.substituted != found.formula and not uses:
            _add(line, ", as the estimate has it")
        for count, use in enumerate(unnamed):
            _add(line, ", " if count else "; from ")
            self._link(line, use)

    def _called(self, line: Element, found: Derivation, uses: dict[str, _Part]) -> None:
        """Writes what code that is no formula was given, what it gave, and what it rests on."""
        _add(line, f"{found.called} = {found.result}, computed step by step")
        if found.cited:
            _add(line, " after ")
            link = SubElement(line, "a", {"href": found.cited.url})
            link.text = AtomicString(found.cited.note or found.cited.url)
        for count, use in enumerate(uses.values()):
            _add(line, ", " if count else "; from ")
            self._link(line, use)

    def _formula(self, line: Element, formula: str, uses: dict[str, _Part]) -> list[_Part]:
        """Writes a formula with its names as links; returns what it uses and does not name."""
        named = set()
        for text in _names(uses).split(formula) if uses else [formula]:
            if text in uses:
                named.add(text)
                self._link(line, uses[text])
            elif text:
                _add(line, text)
        # What another part of the formula rests on is said there.
        deeper = {name for part in uses.values() for name in self._inputs(part)}
        return [part for name, part in uses.items() if name not in named | deeper]

    def _inputs(self, part: _Part) -> set[str]:
        """The names of what a part of a formula rests on, as its item says it."""
        # Called with arguments, a function does not know where these come from; named, it does.
        shown = self._named.get(self._known.get(_key(part), 0), part)
        if isinstance(shown, Derivation) and shown is part:
            shown = _short(shown)
        inputs = shown.every_input() if isinstance(shown, Derivation) else ()
        return {given.name for given in inputs}

    def _link(self, line: Element, part: _Part) -> None:
        link = SubElement(line, "a", {"href": f"#{ANCHOR.format(self._number(part))}"})
        link.text = AtomicString(part.name)

    def _number(self, part: _Part) -> int:
        key = _key(part)
        if key not in self._known:
            self._used += 1
            self._known[key] = self._used
            self._waiting.append(_Item(self._used, part))
        return self._known[key]


def title(item: Element, words: str, literal: str, number: int) -> None:
    """Writes what a number of the text is; the number leads back to where it stands first.

    Args:
        item: The item, empty.
        words: What it is.
        literal: The number as the text writes it.
        number: Its number on the page.
    """
    line = SubElement(item, "b")
    # A docstring marks names as code.
    line.text = AtomicString(f"{_capital(words.replace('`', ''))}: ")
    _back(line, literal, number)


def _back(line: Element, literal: str, number: int) -> None:
    link = SubElement(line, "a", {"href": f"#{ANCHOR.format(number)}-1"})
    link.text = AtomicString(literal)


def _given(item: Element, entry: _Item, given: Input) -> None:
    """Writes a number that somebody assumed, read or measured, and why or where."""
    if entry.literal:
        line = SubElement(item, "b")
        line.text = AtomicString(f"{_capital(given.name)}: ")
        _back(line, given.shown, entry.number)
        line.tail = " "
    else:
        item.text = AtomicString(f"{given.name}: {given.shown} ")
    kind = SubElement(item, "small", {"class": "hb-assumed"} if given.kind == "assumed" else {})
    kind.text = given.kind
    if given.url:
        kind.tail = " "
        SubElement(item, "a", {"href": given.url}).text = AtomicString(given.note or given.url)
    else:
        kind.tail = f" {given.note}" if given.note else None


def _is_quantity(found: Derivation) -> bool:
    """Whether an expression only names one quantity: a function of an estimate, or an input."""
    return found.path is not None or _is_input(found)


def _is_input(found: Derivation) -> bool:
    return not found.formula and [given.name for given in found.inputs] == [found.name]


def _plain(found: Derivation) -> _Part:
    """What an expression names, without the format that the text wants it in."""
    if _is_input(found):
        return found.inputs[0]
    return _through(replace(found, result=readable(found.value)))


def _key(part: _Part) -> tuple[str, str, float | str]:
    if isinstance(part, Input):
        return part.name, f"{part.shown} {part.note}", part.value
    if part.called and not part.formula:
        # The call says all: a formula may have named it by fewer of its arguments.
        return "", part.called, part.value
    return part.name, part.formula, part.value


def _short(found: Derivation) -> Derivation:
    """What an item says that the text does not name.

    Code that chooses is shown and not followed: each choice would be another tree of items, of
    the same formulas with other values, and the page twice as heavy.
    """
    return found if found.plain else replace(found, steps=())


def _uses(found: Derivation) -> dict[str, _Part]:
    """What a formula uses by name; plain numbers, and steps that say nothing, are left out."""
    uses: dict[str, _Part] = {}
    for step in map(_through, found.steps):
        if step.formula or step.called or _uses(step):
            uses.setdefault(step.name, step)
    for given in found.inputs:
        if given.kind != "constant":
            uses.setdefault(given.name, given)
    return uses


def _through(step: Derivation) -> Derivation:
    """Looks through a step that only calls another: it says nothing of its own."""
    while len(step.steps) == 1 and step.formula == step.steps[0].name and step.steps[0].formula:
        step = replace(step.steps[0], name=step.name, title=step.title)
    return step


def _names(uses: dict[str, _Part]) -> re.Pattern[str]:
    """Finds names as whole operands: `users` is no part of `daily users`."""
    longest_first = sorted(uses, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?<!\w )({'|'.join(map(re.escape, longest_first))})(?! ?\w)")


def _title(found: Derivation) -> str:
    """What the number is, in words."""
    if found.path:
        return found.title or found.name
    # An expression such as `users / 1e6` is about the one thing that it scales.
    parts = [step.title or step.name for step in found.steps]
    parts += [given.name for given in found.inputs if given.kind != "constant"]
    return parts[0] if len(parts) == 1 else found.name


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _add(line: Element, text: str) -> None:
    """Adds text behind what a line holds."""
    if len(line):
        line[-1].tail = (line[-1].tail or "") + text
    else:
        line.text = AtomicString((line.text or "") + text)
