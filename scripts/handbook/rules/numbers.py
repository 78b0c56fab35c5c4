"""Numbers: what the text says is what the code gives, and nothing is said without proof."""

from __future__ import annotations

from collections.abc import Iterator

from handbook import numbers
from handbook.chapters import Chapter
from handbook.estimate import load, slug_name
from handbook.expressions import FUNCTIONS
from handbook.grounds import trouble
from handbook.quantities import find_marks
from handbook.report import HandbookError, Problem
from handbook.rules import Code, Rule
from handbook.rules.sources import Sources


class ProvenNumbers(Rule):
    """Numbers and generated tables are what the code says; chapters prove every quantity."""

    codes = (
        Code(
            "number-expression",
            "The expression behind a number gives no value: it names something that the estimate "
            "does not have, or fails.",
            "**500**<!--= news_feed.USER/1e6:.0f --> million users",
            "Take the name that is suggested, or write the function in `estimate.py` first.",
        ),
        Code(
            "number-mark",
            "A comment that proves a number stands right behind that number and says something. "
            "Where it names a ground, such as `rounded:`, that one is true.",
            "about 500 million users <!--= news_feed.USERS -->",
            "Put the comment behind the digits, before the unit or after it: "
            "`500<!--= ... --> million`.",
        ),
        Code(
            "number-unproven",
            "A quantity in a chapter that nothing computes, sources or calls assumed. A reader "
            "cannot tell whether it is true.",
            "The service answers in 100 ms.",
            "Put `<!--= expression:format -->` or `<!--? why -->` behind it, or cite a footnote in "
            "its sentence. See [Numbers](numbers.md).",
        ),
        Code(
            "number-wrong",
            "A number in the text is not what its expression gives.",
            "**501**<!--= news_feed.USERS/1e6:.0f --> million users",
            "`handbook numbers --fix` writes the number that the code gives.",
        ),
        Code(
            "table-code",
            "The code of a generated table fails.",
            "<!-- [[[cog table(news_feed.no_such_rows) ]]] -->",
            "Call a function of an estimate that returns rows of texts, the header first.",
        ),
        Code(
            "table-marker",
            "A generated table stands between two markers, and one is missing, so nothing checks "
            "it.",
            "<!-- [[[cog table(news_feed.rows) ]]] -->\n| a |",
            "Open with `<!-- [[[cog table(...) ]]] -->` and end with `<!-- [[[end]]] -->`.",
        ),
        Code(
            "table-stale",
            "A generated table is not what its code gives.",
            "<!-- [[[cog table(news_feed.rows) ]]] -->\n| a row of yesterday |\n<!-- [[[end]]] -->",
            "`handbook numbers --fix` writes the table again.",
        ),
    )

    def over(self, sources: Sources) -> Iterator[Problem]:
        """Yields numbers that are wrong, misplaced or without proof."""
        for page in sources.pages:
            yield from numbers.problems(page, sources.scope)
            yield from _grounds(page)
            if page.meta.is_chapter:
                yield from numbers.unproven(page)


def _grounds(page: Chapter) -> Iterator[Problem]:
    """Yields marks whose ground, such as `rounded:`, is misspelt, empty or untrue."""
    for mark in find_marks(page.provable):
        if mark.kind == "?" and mark.number:
            wrong = trouble(mark.body, page.text[mark.number.start : mark.number.end])
            if wrong:
                yield page.problem(mark.comment.start, "number-mark", *wrong)


class EstimateNames(Rule):
    """The name of an estimate in the prose means one estimate."""

    codes = (
        Code(
            "estimate-name",
            "The last part of a chapter's folder names its estimate in the prose, so it is unique, "
            "is an identifier in snake_case, and is none of the functions of expressions.",
            "docs/case-studies/news-feed/estimate.py\ndocs/blocks/news-feed/estimate.py",
            "Rename the chapter's folder.",
            "text",
        ),
    )

    def over(self, sources: Sources) -> Iterator[Problem]:
        """Yields estimates that share a name, or have one that no expression can say."""
        first: dict[str, str] = {}
        for slug, path in sources.estimates.items():
            name = slug_name(slug)
            said = ""
            if name in first:
                said = f"{slug!r} and {first[name]!r} both give the name {name!r}"
            elif not name.isidentifier() or name in FUNCTIONS or name == "table":
                said = f"{name!r} cannot name an estimate in the prose"
            if said:
                yield Problem(path, 0, 0, "estimate-name", said, "rename the chapter's folder")
            first.setdefault(name, slug)


class EstimatesLoad(Rule):
    """Every estimate loads, those that no page quotes too."""

    codes = (
        Code(
            "estimate-cycle",
            "Two chapters' estimates need each other.",
            "from handbook.estimate import chapter\n\n"
            'feed = chapter("case-studies/news-feed")  # whose estimate asks for this one',
            "Move what both need into one of them, or into a third.",
            "python",
        ),
        Code(
            "estimate-error",
            "An `estimate.py` does not load, or a stage exceeds its latency budget. The line is "
            "the last one of that file that was running.",
            "USERS = 1 / 0",
            "Mend that line; `python estimate.py` shows the whole story.",
            "python",
        ),
    )

    def over(self, sources: Sources) -> Iterator[Problem]:
        """Yields what loading an estimate raised."""
        for path in sources.estimates.values():
            try:
                load(path, sources.project)
            except HandbookError as error:
                yield from error.problems
