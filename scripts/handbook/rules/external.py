"""External links: what `handbook links` finds out by asking servers elsewhere.

A pull request is asked about its new links only. Every week all are asked for, and what was found
stands in one issue.
"""

from __future__ import annotations

from handbook.rules import Code, Explained


class ExternalLinks(Explained):
    """What servers say of addresses; no rule asks them."""

    codes = (
        Code(
            "link-dead",
            "The server says that there is no such page, or that it is gone for good (404, 410).",
            "[the paper](https://example.org/papers/gone.pdf)",
            "Find where it has gone, take an archived copy, or another source for the claim.",
        ),
        Code(
            "link-doubtful",
            "A warning: the server refuses (403, 429), is in trouble (5xx), does not answer in "
            "time, or leads in a circle. Many refuse programs and answer people.",
            "[a price list](https://example.org/behind-a-wall)",
            "Open it in a browser; where it is really gone, replace it.",
        ),
        Code(
            "link-moved",
            "A warning: the server says that the page has another address for good. Old addresses "
            "are forgotten one day.",
            "[the guide](http://example.org/old-name)",
            "Link to the new address, which the message names.",
        ),
    )
