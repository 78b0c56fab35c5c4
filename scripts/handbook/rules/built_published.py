"""Published addresses: what was given out goes on leading somewhere.

`docs/published.txt` lists them; `handbook published` adds those of the built site.
"""

from __future__ import annotations

from collections.abc import Iterator

from handbook import published
from handbook.report import Problem
from handbook.rules import Code, SiteRule
from handbook.site import Site


class Published(SiteRule):
    """Every address that was published is still there, or leaves something behind."""

    codes = (
        Code(
            "published-page",
            "A page was published at this address and is gone. Bookmarks and other people's links "
            "lead to the error page.",
            "case-studies/newsfeed/",
            "Say where it went, under `extra: redirects` in `mkdocs.yml`: "
            "`case-studies/newsfeed/: case-studies/news-feed/`.",
            "text",
        ),
        Code(
            "published-anchor",
            "A heading was published with this anchor and is gone: links to it lead to the top of "
            "the page.",
            "case-studies/news-feed/#ranking",
            'Write the old anchor above the new heading, `<a id="ranking"></a>`, or keep the id: '
            "`## Rank the candidates { #ranking }`.",
            "text",
        ),
        Code(
            "published-new",
            "An address of the built site is not listed yet, so nobody would notice when it goes.",
            "case-studies/news-feed/#a-new-heading",
            "`handbook published` adds it, once the site is built.",
            "text",
        ),
    )

    def over(self, site: Site) -> Iterator[Problem]:
        """Yields a finding for each address, at its line of the list."""
        path = published.path_of(site.project)
        for address, line, page in published.gone(site):
            anchor = address.partition("#")[2]
            if page is None:
                said = f"{address} was published and is no page now"
                fix = f"redirects in mkdocs.yml: '{address.partition('#')[0]}: where it went'"
                yield Problem(path, line, 0, "published-page", said, fix)
            else:
                said = f"{address} was published and its heading is gone"
                fix = f'<a id="{anchor}"></a> above the heading that holds it now'
                yield Problem(path, line, 0, "published-anchor", said, fix)
