"""Icons that recur on a page stand there once: each place only refers to its outline.

Figures on their own, in a file or on a contact sheet, hold their icons themselves.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Sequence

# As `render` writes it.
_ICON = re.compile(r'<path class="hb-icon" transform="([^"]*)" d="([^"]*)"/>')
_END = "</figure>"


def share_icons(figures: Sequence[str]) -> list[str]:
    """Returns the figures of one page with one outline for each icon that recurs.

    The outlines stand in the first figure. Their ids are made from what they are, so that pages
    put together still show the right ones.

    Args:
        figures: Each figure's HTML, in the page's order.
    """
    count = Counter(outline for figure in figures for _, outline in _ICON.findall(figure))
    shared = {outline: _name(outline) for outline, times in count.items() if times > 1}
    if not shared:
        return list(figures)

    def refer(match: re.Match[str]) -> str:
        if match[2] not in shared:
            return match[0]
        return f'<use class="hb-icon" transform="{match[1]}" href="#{shared[match[2]]}"/>'

    first, *others = (_ICON.sub(refer, figure) for figure in figures)
    paths = "".join(f'<path id="{name}" d="{outline}"/>' for outline, name in shared.items())
    sprite = f'<svg class="hb-sprite" width="0" height="0" aria-hidden="true">{paths}</svg>'
    return [first.removesuffix(_END) + sprite + _END, *others]


def _name(outline: str) -> str:
    return f"hb-icon-{zlib.crc32(outline.encode()):08x}"
