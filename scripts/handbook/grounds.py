"""What a number that nothing computes rests on: an assumption, or a better ground that is named.

`<!--? a usual level -->` is an assumption. A definition, a rounding or a count in a cited source
is none, and its mark says so: `<!--? by definition: hours of a day -->`.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

ASSUMED = "an assumption"
GROUNDS = ("by definition", "from the source", "rounded")
_LABEL = re.compile(r"([A-Za-z]+(?: [a-z]+){0,2}):(?!//)\s*(.*)", re.DOTALL)
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True)
class Ground:
    """What a marked number rests on.

    Attributes:
        label: `an assumption`, or one of `GROUNDS`.
        note: Why, where, or of what.
    """

    label: str
    note: str


def ground(body: str) -> Ground:
    """Reads what stands behind `<!--?`.

    Args:
        body: The reason, perhaps with its ground before a colon.
    """
    labelled = _LABEL.fullmatch(body)
    if labelled and labelled[1] in GROUNDS:
        return Ground(labelled[1], labelled[2])
    return Ground(ASSUMED, body)


def trouble(body: str, number: str) -> tuple[str, str] | None:
    """Returns what is wrong with a ground, and its fix; None where nothing is.

    Args:
        body: The reason, perhaps with its ground before a colon.
        number: The number as the page has it.
    """
    found = ground(body)
    labelled = _LABEL.fullmatch(body)
    if found.label == ASSUMED and labelled:
        meant = difflib.get_close_matches(labelled[1].lower(), GROUNDS, 1, 0.75)
        if meant:
            return f"{labelled[1]!r} is no ground", f"write '{meant[0]}: ...'"
    if found.label != ASSUMED and not found.note:
        return f"{found.label!r} has nothing behind it", "say of what, or where"
    if found.label == "rounded" and not _rounds(found.note, number):
        said = f"{number!r} is not the first number of {found.note!r}, rounded"
        return said, "put the exact number first, or mend the rounding"
    return None


def _rounds(note: str, number: str) -> bool:
    exact = _NUMBER.search(note)
    written = _NUMBER.search(number)
    if exact is None or written is None:
        return False
    whole, _, places = written[0].replace(",", "").partition(".")
    unit = 10.0 ** -len(places)
    if not places:
        unit = 10.0 ** (len(whole) - len(whole.rstrip("0")))
    difference = abs(float(exact[0].replace(",", "")) - float(written[0].replace(",", "")))
    return difference <= unit / 2 * (1 + 1e-9)
