"""The glossary as a whole: large enough, linked, and without tooltips on ordinary words."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "reference" / "glossary.md").read_text(encoding="utf-8")
SHORT = (ROOT / "includes" / "glossary.md").read_text(encoding="utf-8")
# Given out before there was a list of addresses; chapters and readers link to them.
FIRST_ANCHORS = """
    ann auc bias-position calibration candidate-generation cold-start ctr cuped dau drift ece
    exploration feature-store feedback-loop funnel gbdt guardrail hedged-request hnsw impression ips
    ivf label-window llm mlp mmoe ndcg nearline negative-sampling p99 point-in-time-join pq psi qps
    re-ranking recall-at-k roc shadow-deployment slo training-serving-skew ttl two-tower-model
"""


def entries() -> dict[str, str]:
    return dict(re.findall(r"(?m)^(\S.*?) \{ #[\w-]+ \}\n:   (.+)$", PAGE))


def test_the_glossary_is_large_and_each_entry_short() -> None:
    found = entries()
    assert len(found) >= 150
    plain = {name: re.sub(r"\[([^\]]+)\]\([^)]+\)", "", text) for name, text in found.items()}
    too_long = [name for name, text in plain.items() if len(text.split()) > 45]
    assert too_long == []
    assert [name for name, text in found.items() if not text.endswith(".")] == []


def test_no_anchor_was_lost() -> None:
    anchors = set(re.findall(r"\{ #([\w-]+) \}$", PAGE, re.MULTILINE))
    assert sorted(set(FIRST_ANCHORS.split()) - anchors) == []


def test_terms_lead_to_where_they_are_treated() -> None:
    assert len(re.findall(r"\]\(\.\./(?:framework|case-studies)/", PAGE)) >= 40
    assert len(re.findall(r"\]\(metrics/index\.md#", PAGE)) >= 30


def test_every_name_with_an_expansion_has_a_tooltip_and_no_word_has_one() -> None:
    names = re.findall(r"(?m)^\*\[([^\]]+)\]: ", SHORT)
    assert len(names) >= 60
    # Two capitals or digits at least: what is written so is no word of a sentence.
    words = [name for name in names if not re.fullmatch(r"(?=(?:.*[A-Z0-9]){2})[\w-]{2,7}", name)]
    assert words == []
    assert names == sorted(names, key=str.lower)


def test_a_tooltip_is_one_sentence_that_says_what_the_letters_stand_for() -> None:
    for name, text in re.findall(r"(?m)^\*\[([^\]]+)\]: (.+)$", SHORT):
        stands_for, _, explained = text.partition(": ")
        assert explained, name
        assert not text.endswith("."), name
        assert stands_for[0].lower() == name[0].lower(), name
