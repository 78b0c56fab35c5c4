"""The rules of `handbook check`: one small class a rule, found by the module it stands in.

To add a rule: write a class in the module of its subject that is a `Rule` (over the sources) or a
`SiteRule` (over a built site), explain each of its codes in `codes`, and put an input that it
catches into `tests/corpus/`. Nothing else lists rules or codes.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from types import ModuleType
from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from handbook.report import HandbookError, Problem, Report

if TYPE_CHECKING:
    from handbook.rules.sources import Sources
    from handbook.site import Site


# A page that is nothing but defects is told of this often by each rule; more helps nobody.
MOST = 100


@dataclass(frozen=True)
class Code:
    """What a finding's code stands for, in the words of the contributor's guide.

    Attributes:
        name: The code, in kebab-case: the subject first.
        means: What is wrong and whom it hurts, in whole sentences of Markdown.
        example: Something short that is found, as it stands in a file.
        mend: What mends it, in whole sentences of Markdown.
        language: Of the example, for its colours.
    """

    name: str
    means: str
    example: str
    mend: str
    language: str = "markdown"


class Explained:
    """Whatever gives findings: the codes that it gives, each with its explanation."""

    codes: ClassVar[tuple[Code, ...]] = ()


class Rule(Explained, ABC):
    """A rule over the sources."""

    @abstractmethod
    def over(self, sources: Sources) -> Iterable[Problem]:
        """Returns what breaks the rule.

        Args:
            sources: Everything that was written, read once.
        """


class SiteRule(Explained, ABC):
    """A rule over a built site."""

    @abstractmethod
    def over(self, site: Site) -> Iterable[Problem]:
        """Returns what breaks the rule.

        Args:
            site: Everything that was built, read once.
        """


Kind = TypeVar("Kind", bound=Explained)
Subject = TypeVar("Subject")


def modules() -> Iterator[ModuleType]:
    """Yields the modules of rules, by name."""
    for module in pkgutil.iter_modules(__path__):
        yield importlib.import_module(f"{__name__}.{module.name}")


def find(kind: Callable[..., Kind], module: ModuleType | None = None) -> list[Kind]:
    """Returns one of each rule of a kind, by module and by place in it.

    Args:
        kind: `Rule`, `SiteRule`, or `Explained` for all that have codes.
        module: Only those of this module of rules; of all where none is given.
    """
    # A parameter of the kind `type[Kind]` would take no abstract class.
    base = cast("type[Kind]", kind)
    return [
        value()
        for place in ([module] if module else modules())
        for value in vars(place).values()
        if isinstance(value, type)
        and issubclass(value, base)
        and value.__module__ == place.__name__
        and not inspect.isabstract(value)
    ]


def codes() -> dict[str, Code]:
    """Returns every code with its explanation, by name."""
    found = {code.name: code for rule in find(Explained) for code in rule.codes}
    return dict(sorted(found.items()))


def hold(
    rules: Iterable[Callable[[Subject], Iterable[Problem]]], subject: Subject
) -> list[Problem]:
    """Returns what breaks any of the rules, each finding once, by file and line.

    Args:
        rules: What to hold: the `over` of each rule. What one raises as findings counts too.
        subject: What they look at.
    """
    report = Report()
    for rule in rules:
        try:
            report.extend(rule(subject))
        except HandbookError as error:
            report.extend(error.problems)
    return [_mendable(problem) for problem in report.problems]


def _mendable(problem: Problem) -> Problem:
    """Returns a finding that names what mends it; what code of others raised may not say."""
    if problem.fix:
        return problem
    return replace(problem, fix=f"handbook check --explain {problem.code}")
