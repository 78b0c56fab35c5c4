"""Fences: code ends where it should, and quizzes can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from handbook.chapters import Chapter, Fence
from handbook.estimate import did_you_mean
from handbook.markdown import mock, quiz
from handbook.report import Problem
from handbook.rules import Code, Rule
from handbook.rules.sources import Sources


class Quizzes(Rule):
    """Quizzes follow their schema, and no id is used twice."""

    codes = (
        Code(
            "quiz-giveaway",
            "On a page with four questions of one right option or more, the longest option is the "
            "right one in more than half: whoever takes the longest passes without reading.",
            "```quiz\noptions:\n  - text: Yes\n  - text: No, since the index is built "
            "overnight\n    correct: true\n```",
            "Leave the decision in the option and put its reason into `why`; let wrong options be "
            "what real candidates say, as exact and as long.",
        ),
        Code(
            "quiz-id",
            "Ids of quizzes are kebab-case and unique in the handbook; ids of options within their "
            "quiz. Readers' progress is kept by them.",
            "```quiz\nid: Why two stages?\n```",
            "Give it another id. An id that is published stays for good.",
        ),
        Code(
            "quiz-schema",
            "A quiz has id, question and options; an option has id, text, why, and correct where "
            "it is right. At least one is. Of `kind: order` it has items with id, text and why; of "
            "`kind: free` an answer and points.",
            "```quiz\nid: two-stages\nquestion: Why two stages?\n```",
            "Add what the message names.",
        ),
        Code(
            "quiz-section",
            "A quiz names the section that teaches it, and its page has no such heading.",
            '```quiz\nsection: "#size-itt"\n```',
            "Write the anchor of a heading on the same page, in quotes; without them it is a "
            "comment.",
        ),
        Code(
            "quiz-yaml",
            "A quiz is not YAML; often a colon in a text that wants quotes.",
            "```quiz\nquestion: Two stages: why?\n```",
            'Quote the text: `question: "Two stages: why?"`.',
        ),
    )

    def over(self, sources: Sources) -> Iterator[Problem]:
        """Yields what is wrong within quizzes and between them."""
        read = [(page, *quiz.quizzes(page)) for page in sources.pages]
        for page, found, problems in read:
            yield from problems
            yield from quiz.given_away(page, found)
        yield from quiz.repeated((page, found) for page, found, _ in read)


# What superfences takes behind a fence; anything else makes it no fence.
_INFO = re.compile(
    r"(?:\{[^\n]*\}|(?:\.?[\w#.+-]*(?=[\t ]|$))?"
    r"(?:[ \t]*[a-zA-Z]\w*(?:=(?:\"[^\"]*\"|'[^']*'))?(?=[\t ]|$))*)[ \t]*"
)
# Fences of the kit, and of the page's own layout.
_OWN = {quiz.LANGUAGE, mock.LANGUAGE, "math", "calc"}


class Fences(Rule):
    """Fences end where they should, in a language that can be coloured."""

    codes = (
        Code(
            "fence-info",
            "What stands behind the opening of a fence cannot be read, so it is no fence and its "
            "text is shown as prose.",
            "```python title=Load\nload()\n```",
            'Write the language, then options as `name="value"`.',
        ),
        Code(
            "fence-language",
            "The language of a fence is unknown, so its code has no colours.",
            "```pyhton\nload()\n```",
            "Take the name that is suggested, or `text`.",
        ),
        Code(
            "fence-open",
            "A fence is not closed before the next one, or before the page ends: text that "
            "follows is shown as code.",
            "```python\nload()\n\n## Next heading",
            "End it with the same signs, as many of them, on a line of their own.",
        ),
    )

    def over(self, sources: Sources) -> Iterator[Problem]:
        """Yields fences that swallow text, and languages that nobody colours."""
        for page in sources.pages:
            for fence in page.fences:
                if fence.language not in (quiz.LANGUAGE, mock.LANGUAGE):
                    yield from _fence(page, fence)


def _fence(page: Chapter, fence: Fence) -> Iterator[Problem]:
    where = (page.path, fence.line, fence.indent + 1)
    if not fence.closed or re.search(rf"(?m)^{fence.mark}[\w{{.]", fence.body):
        said = "the fence is not closed"
        yield Problem(*where, "fence-open", said, f"end it with {fence.mark} on a line of its own")
    if not _INFO.fullmatch(fence.info):
        said = f"{fence.info!r} behind the fence cannot be read"
        fix = 'write the language, then options such as title="..."'
        yield Problem(*where, "fence-info", said, fix)
    elif fence.language and fence.language.lower() not in _languages():
        said = f"no language is called {fence.language!r}"
        hint = did_you_mean(fence.language, _languages())
        yield Problem(*where, "fence-language", said + hint, "name a language, or text")


@lru_cache(maxsize=1)
def _languages() -> set[str]:
    from pygments.lexers import get_all_lexers  # type: ignore[import-untyped]

    return _OWN | {
        alias.lower() for _, aliases, _, _ in get_all_lexers(plugins=False) for alias in aliases
    }
