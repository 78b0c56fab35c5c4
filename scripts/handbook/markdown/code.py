"""Code scrolls sideways, so a keyboard must be able to reach it; and it is written short."""

from __future__ import annotations

import re

from markdown import Markdown
from markdown.postprocessors import Postprocessor

from handbook.markdown.context import Context

CODE = re.compile(r"(<pre\b[^>]*>(?:<span></span>)?<code)(?![^>]*\btabindex)")
BLOCK = re.compile(r"<pre\b.*?</pre>", re.DOTALL)
# Blanks and plain names look like the code around them.
PLAIN = re.compile(r'<span class="[nw]">([^<]*)</span>|<span></span>')
ALIKE = re.compile(r'<span class="(\w+)">([^<]*)</span><span class="\1">')
# After raw HTML is back in place (30): highlighted code is raw HTML.
PRIORITY = 5.0


def register(md: Markdown, _context: Context) -> None:
    """Adds the tab stops and takes out what shows nothing."""
    md.postprocessors.register(_Code(md), "hb_code", PRIORITY)


class _Code(Postprocessor):
    def run(self, text: str) -> str:
        return BLOCK.sub(lambda block: _short(block[0]), CODE.sub(r'\1 tabindex="0"', text))


def _short(block: str) -> str:
    block = PLAIN.sub(r"\1", block)
    joined = ""
    while block != joined:
        joined, block = block, ALIKE.sub(r'<span class="\1">\2', block)
    return block
