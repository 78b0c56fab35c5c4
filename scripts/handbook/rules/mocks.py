"""Mock interviews: they can be read, follow the seven steps, and add up to their minutes."""

from __future__ import annotations

from collections.abc import Iterator

from handbook.markdown import mock
from handbook.report import Problem
from handbook.rules import Code, Rule
from handbook.rules.sources import Sources


class Mocks(Rule):
    """Mock interviews follow their schema, and no id is used twice."""

    codes = (
        Code(
            "mock-id",
            "Ids of mock interviews are kebab-case and unique in the handbook; their stages have "
            "the ids of the seven steps, in order. Readers' results are kept by them.",
            "```mock\nid: News Feed\n```",
            "Give it another id. An id that is published stays for good.",
        ),
        Code(
            "mock-schema",
            "A mock interview has id, title, minutes, level, prompt and stages. A stage has id, "
            "title, minutes, prompts, pushback (what the interviewer says, and what is good about "
            "an answer) and a rubric with two or more items for mid, senior and staff. The "
            "stages take as long as the round.",
            "```mock\nid: news-feed\ntitle: Design a news feed\nminutes: 45\n```",
            "Add or mend what the message names.",
        ),
        Code(
            "mock-yaml",
            "A mock interview is not YAML; often a colon in a text that wants quotes.",
            "```mock\nprompt: Design a feed: quickly\n```",
            'Quote the text: `prompt: "Design a feed: quickly"`.',
        ),
    )

    def over(self, sources: Sources) -> Iterator[Problem]:
        """Yields what is wrong within mock interviews and between them."""
        read = [(page, *mock.mocks(page)) for page in sources.pages]
        for _, _, problems in read:
            yield from problems
        yield from mock.repeated((page, found) for page, found, _ in read)
