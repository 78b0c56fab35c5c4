"""A number and its unit stay on one line: a lone `%` at the start of a line says nothing.

The source keeps its plain blank, which anybody can type; the page has one that does not break.
"""

from __future__ import annotations

import re

from markdown import Markdown
from markdown.postprocessors import Postprocessor

from handbook.markdown.context import Context

NO_BREAK = "\u00a0"
_TIME = "ns|[µμ]s|ms|s|min|h"
_SIZE = "(?:[kKMGTPE]i?)?B|[kMGT]bit"
_RATE = "[kMGTPE]?FLOP|QPS|k?Wh?|px|pp"
# Signs only. A word such as million reads well at the start of a line, and held to its number it
# would widen the columns of every table on a phone.
UNIT = f"(?:[%‰]|/s\\b|(?:{_TIME}|{_SIZE}|{_RATE})(?![\\w-]))"
# What is no prose is passed over whole; of a tag, only what stands between tags counts.
BLANK = re.compile(
    r"<(?P<apart>pre|code|svg|math|script|style|textarea)\b.*?</(?P=apart)>|<[^>]*>"
    rf"|(?P<digit>\d(?:</\w+>)*)[ \n](?=(?:<\w+>)*{UNIT})",
    re.DOTALL,
)
# After everything that writes text, such as raw HTML (30) and code (5).
PRIORITY = 4.0


def register(md: Markdown, _context: Context) -> None:
    """Adds the pass."""
    md.postprocessors.register(_Units(md), "hb_units", PRIORITY)


class _Units(Postprocessor):
    def run(self, text: str) -> str:
        return BLANK.sub(lambda m: m["digit"] + NO_BREAK if m["digit"] else m[0], text)
