"""Secrets: nothing that opens a door is in a file that everybody reads."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handbook.report import Problem
from handbook.rules import Code, Rule
from handbook.rules.sources import Sources

# What each kind begins with, and the rest of it. A text without the beginning is not looked at.
_KINDS = (
    ("AKIA", "an access key of AWS", r"AKIA[0-9A-Z]{16}\b"),
    ("ASIA", "an access key of AWS", r"ASIA[0-9A-Z]{16}\b"),
    ("AIza", "a key of Google Cloud", r"AIza[\w-]{35}"),
    ("GOCSPX-", "a client secret of Google", r"GOCSPX-[\w-]{28}"),
    ("ya29.", "an access token of Google", r"ya29\.[\w-]{20,}"),
    ("AccountKey=", "a key of Azure storage", r"AccountKey=[\w+/]{60,}={0,2}"),
    ("ghp_", "a token of GitHub", r"ghp_[A-Za-z0-9]{36}"),
    ("gho_", "a token of GitHub", r"gho_[A-Za-z0-9]{36}"),
    ("ghu_", "a token of GitHub", r"ghu_[A-Za-z0-9]{36}"),
    ("ghs_", "a token of GitHub", r"ghs_[A-Za-z0-9]{36}"),
    ("ghr_", "a token of GitHub", r"ghr_[A-Za-z0-9]{36}"),
    ("github_pat_", "a token of GitHub", r"github_pat_\w{22,}"),
    ("glpat-", "a token of GitLab", r"glpat-[\w-]{20,}"),
    ("dop_v1_", "a token of DigitalOcean", r"dop_v1_[a-f0-9]{64}"),
    ("npm_", "a token of npm", r"npm_[A-Za-z0-9]{36}"),
    ("pypi-AgE", "a token of PyPI", r"pypi-AgE[\w-]{50,}"),
    ("hf_", "a token of Hugging Face", r"\bhf_[A-Za-z0-9]{34}"),
    ("sk-", "a key of a model's provider", r"\bsk-(?:ant-|proj-|svcacct-)[\w-]{20,}"),
    ("sk_live_", "a key of Stripe", r"sk_live_[A-Za-z0-9]{20,}"),
    ("rk_live_", "a key of Stripe", r"rk_live_[A-Za-z0-9]{20,}"),
    ("xox", "a token of Slack", r"xox[abeoprs]-[\w-]{20,}"),
    ("hooks.slack.com", "a webhook of Slack", r"hooks\.slack\.com/services/T\w+/B\w+/\w+"),
    ("SG.", "a key of SendGrid", r"\bSG\.[\w-]{22}\.[\w-]{43}"),
    ("PRIVATE KEY", "a private key", r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"),
    ("://", "a password in an address", r"\b[a-z]+://[^\s/:@\"'<>]{1,80}:[^\s/@\"'<>{}$]{3,80}@\w"),
)
_PATTERNS = tuple((start, what, re.compile(pattern)) for start, what, pattern in _KINDS)


FIX = "revoke it, then take it out; write $TOKEN in an example"


def secrets(text: str) -> Iterator[tuple[int, str]]:
    """Yields the place of whatever looks like a key, and what it is without saying it again.

    Args:
        text: Any text.
    """
    for start, what, pattern in _PATTERNS:
        if start in text:
            for match in pattern.finditer(text):
                yield match.start(), f"{what}, beginning with {match[0][: len(start)]!r}"


class Secrets(Rule):
    """No key or token is in any file, code included."""

    codes = (
        Code(
            "secret",
            "Something that begins as keys and tokens of a cloud, a forge or a provider do. What "
            "is once pushed is known: robots read every new commit.",
            "export AWS_ACCESS_KEY_ID=AKIA and sixteen more",
            "Revoke it where it was made, first. Then take it out; in an example write `$TOKEN`.",
            "text",
        ),
    )

    def over(self, sources: Sources) -> Iterator[Problem]:
        """Yields what looks like a key, without saying it again."""
        for text in sources.texts:
            for at, said in secrets(text.text):
                yield text.problem(at, "secret", said, FIX)
