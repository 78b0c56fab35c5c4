"""Code scrolls sideways: a keyboard must be able to reach it."""

from __future__ import annotations

import re

from markdown import Markdown
from markdown.postprocessors import Postprocessor

from handbook.markdown.context import Context

CODE = re.compile(r"(<pre\b[^>]*>(?:<span></span>)?<code)(?![^>]*\btabindex)")
# After raw HTML is back in place (30): highlighted code is raw HTML.
PRIORITY = 5.0


def register(md: Markdown, _context: Context) -> None:
    """Adds the tab stops."""
    md.postprocessors.register(_Code(md), "hb_code", PRIORITY)


class _Code(Postprocessor):
    def run(self, text: str) -> str:
        return CODE.sub(r'\1 tabindex="0"', text)
