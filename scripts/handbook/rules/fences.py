"""Fences that hold data: quizzes."""

from __future__ import annotations

from collections.abc import Iterator

from handbook.markdown import quiz
from handbook.report import Problem
from handbook.rules import Code, Rule
from handbook.rules.sources import Sources


class Quizzes(Rule):
    """Quizzes follow their schema, and no id is used twice."""

    codes = (
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
            "it is right. At least one is.",
            "```quiz\nid: two-stages\nquestion: Why two stages?\n```",
            "Add what the message names.",
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
        for _, _, problems in read:
            yield from problems
        yield from quiz.repeated((page, found) for page, found, _ in read)
