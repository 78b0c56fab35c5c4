"""A page as plain Markdown, for readers and programs that want the text without the site.

The handbook's own syntax becomes what every Markdown reader shows: a figure its title, its words
and its drawing, a quiz a list, a calculator a table, a proven number plain digits. Links lead
from copy to copy.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any

from handbook.chapters import Chapter, Fence
from handbook.drawing.figure import RenderedFigure
from handbook.estimate import using
from handbook.markdown import calc, mock, quiz
from handbook.markdown.chapter import LEVELS
from handbook.markdown.context import Page
from handbook.markdown.figure import download_path
from handbook.markdown.gallery import BLOCK as GALLERY
from handbook.markdown.gallery import gallery
from handbook.project import Project

NAME = "index.md"
# Where a piece of the source begins and ends, and what stands there instead.
Edit = tuple[int, int, str]

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_FIGURE = re.compile(r"!\[(?P<alt>[^\]]*)\]\(figure:(?P<id>[\w/-]+)\)")
_INLINE = re.compile(r"(?<=\]\()(?P<target>[^\s()<>]+(?:\([^\s()]*\)[^\s()]*)*)")
_DEFINITION = re.compile(r"(?m)^ {0,3}\[[^\^\]][^\]]*\]:[ \t]*(?P<target>\S+)")
_ATTRIBUTES = re.compile(r"[ \t]*\{:?[ \t]*[.#][A-Za-z][^{}\n]*\}")
_REFERENCE = re.compile(r"(?m)^::: (?P<name>[\w.-]+)[ \t]*$(?:\n[ \t]+\S.*$)*")
_LISTS = {"practice-chapters": "The list of chapters"}
_BOX = re.compile(r'(?m)^(?P<mark>!!!|\?\?\?\+?|===)[ \t]+(?P<kind>[\w -]*)(?P<title>"[^\n]*")?$')
# A line of such a box, or an empty line that more of it follows.
_INSIDE = re.compile(r"\n(?:(?P<lead> {4}|\t)[^\n]*|(?P<empty>[ \t]*)(?=\n\s*?(?: {4}|\t)))")
_BLANK = re.compile(r"\n[ \t]*(?:\n|$)")


def page_url(page: str) -> str:
    """Returns a page's folder in the built site (`case-studies/news-feed/`), the root being empty.

    Args:
        page: Its Markdown file, relative to `docs/`.
    """
    return Page(page).url


def markdown_copy(chapter: Chapter, project: Project, figures: Mapping[str, RenderedFigure]) -> str:
    """Returns a page as Markdown that needs nothing of ours to be read.

    Args:
        chapter: The page.
        project: The checkout: what the page includes, and what its links name.
        figures: Every figure by its id.
    """
    whole = _expanded(chapter, project)
    return _Copy(whole, project, figures).text()


def _expanded(chapter: Chapter, project: Project) -> Chapter:
    """The page with what it includes in place, read anew where that changed it."""
    text = chapter.text
    if "8<" in text:
        text = _included(text, project)
    if "::: figure-gallery" in text:
        lines = (gallery(project) if GALLERY.match(line) else [line] for line in text.split("\n"))
        text = "\n".join(line for group in lines for line in group)
    return chapter if text == chapter.text else Chapter(chapter.path, chapter.page, text)


def _included(text: str, project: Project) -> str:
    """Puts files where `--8<--` names them, by the code that the site's pages use."""
    from markdown import Markdown
    from pymdownx import snippets

    untyped: Any = snippets
    settings = {**untyped.SnippetExtension().getConfigs(), "base_path": [str(project.root)]}
    done: list[str] = untyped.SnippetPreprocessor(settings, Markdown()).run(text.split("\n"))
    return "\n".join(done)


class _Copy:
    """Collects what changes in one page, each by its place, and writes it in one pass."""

    def __init__(
        self, chapter: Chapter, project: Project, figures: Mapping[str, RenderedFigure]
    ) -> None:
        self.chapter, self.project, self.figures = chapter, project, figures
        self.folder = page_url(chapter.page)

    def text(self) -> str:
        """Returns the whole copy."""
        source, parts, at = self.chapter.text, [], 0
        for start, end, instead in sorted(self._edits()):
            if start >= at:
                parts += [source[at:start], instead]
                at = end
        body = "".join([*parts, source[at:]]).strip()
        title = "" if self._title() else f"# {self.chapter.meta.title}\n\n"
        return f"{title}{body}\n"

    def _edits(self) -> Iterator[Edit]:
        chapter = self.chapter
        yield 0, chapter.body, ""
        if title := self._title():
            end = chapter.text.find("\n", title.start())
            end = len(chapter.text) if end < 0 else end
            yield end, end, self._opening()
        for span in chapter.comments:
            yield *_whole_line(chapter.text, span.start, span.end), ""
        for match in _FIGURE.finditer(chapter.prose):
            # Code in the alt text is blank in the prose.
            alt = chapter.text[match.start("alt") : match.end("alt")]
            yield *match.span(), self._figure(match["id"], alt)
        for match in _REFERENCE.finditer(chapter.prose):
            what = _LISTS.get(match["name"], f"The reference of `{match['name']}`")
            yield *match.span(), f"{what} is on [the page](./)."
        for match in _ATTRIBUTES.finditer(chapter.prose):
            yield *match.span(), ""
        for pattern in (_INLINE, _DEFINITION):
            for match in pattern.finditer(chapter.prose):
                if not match["target"].startswith("figure:"):
                    yield *match.span("target"), self._target(match["target"])
        yield from self._practice()
        yield from self._boxes()

    def _title(self) -> re.Match[str] | None:
        return re.search(r"(?m)^# \S", self.chapter.prose)

    def _opening(self) -> str:
        """What the site shows around the title, from the front matter."""
        meta = self.chapter.meta
        facts = [f"{meta.minutes} min read"] if meta.minutes else []
        if meta.level:
            facts.append("Level: " + ", ".join(LEVELS[level] for level in meta.level))
        if meta.checked:
            facts.append(f"Facts checked on {meta.checked.isoformat()}")
        parts = [f"> {meta.description}"] if meta.description else []
        parts += [". ".join(facts) + "."] if facts else []
        for name, items in (
            ("You will be able to", meta.outcomes),
            ("Know first", meta.prerequisites),
        ):
            if items:
                parts.append(f"**{name}**\n\n" + "\n".join(f"- {self._inline(i)}" for i in items))
        return "".join(f"\n\n{part}" for part in parts)

    def _figure(self, name: str, alt: str) -> str:
        figure = self.figures.get(name)
        if figure is None:
            return f"**Figure.** {alt}"
        drawing = posixpath.relpath(download_path(name), self.folder or ".")
        # Described in the page's own words first, then in those of the figure.
        words = " ".join(f"{' '.join(alt.split())} {figure.description}".split())
        return f"**Figure: {figure.title.rstrip('.')}.** {words} [Drawing (SVG)]({drawing})"

    def _practice(self) -> Iterator[Edit]:
        """Quizzes, mock interviews and calculators; what cannot be read stays as it was typed."""
        starts = [0, *(m.end() for m in re.finditer("\n", self.chapter.text))]
        writers = {quiz.LANGUAGE: self._quiz, mock.LANGUAGE: self._mock, calc.LANGUAGE: self._calc}
        for fence in self.chapter.fences:
            written = writers[fence.language](fence) if fence.language in writers else ""
            if written:
                yield *_lines_of(fence, starts, len(self.chapter.text)), written

    def _quiz(self, fence: Fence) -> str:
        one = quiz.read_quiz(fence, self.chapter.path)[0]
        if one is None:
            return ""
        question = f"**Question:** {self._inline(one.question)}"
        options = list(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", one.shown, strict=False))
        asked = [f"- {letter}: {self._inline(option.text)}" for letter, option in options]
        answer = {"choice": self._reasons, "order": self._places, "free": self._model}[one.kind]
        lines = [question, "", *asked, *([""] if asked else []), *answer(one), ""]
        if taught := one.title_of_section(self.chapter):
            lines += [f"Read again: [{taught}]({one.section})", ""]
        return "\n".join(lines)

    def _mock(self, fence: Fence) -> str:
        one = mock.read_mock(fence, self.chapter.path)[0]
        return self._inline("\n\n".join(_interview(one))) + "\n" if one else ""

    def _reasons(self, one: quiz.Quiz) -> list[str]:
        options = zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", one.shown, strict=False)
        reasons = [
            f"- {letter} is {'right' if option.correct else 'wrong'}. {self._inline(option.why)}"
            for letter, option in options
        ]
        return ["**Answer:**", "", *reasons]

    def _places(self, one: quiz.Quiz) -> list[str]:
        items = [f"{self._inline(item.sentence)} {self._inline(item.why)}" for item in one.options]
        return ["**Answer:**", "", *(f"{at}. {item}" for at, item in enumerate(items, 1))]

    def _model(self, one: quiz.Quiz) -> list[str]:
        points = [f"- {self._inline(point)}" for point in one.points]
        return [f"**Answer:** {self._inline(one.answer)}", "", "It names:", "", *points]

    def _calc(self, fence: Fence) -> str:
        """A table of what goes in and what comes out, in its first state."""
        one = calc.read_calculator(fence, self.chapter.path)[0]
        if one is None:
            return ""
        with using(self.project):
            computed = calc.compute(one, self.project, self.chapter.path)
        values = [calc.shown(value) for value in computed.values[: len(one.inputs)]]
        parts = [(each.text, calc.around(each.unit)) for each in one.inputs]
        parts += [(each.text, calc.around(each.unit)) for each in one.results]
        rows = [
            f"| {text} | {before}{value}{after} |"
            for (text, (before, after)), value in zip(
                parts, (*values, *computed.written), strict=True
            )
        ]
        return "\n".join([f"**Calculator:** {one.title}", "", "| | |", "| --- | --- |", *rows, ""])

    def _boxes(self) -> Iterator[Edit]:
        """Boxes become quotes and tabs follow each other: their insides move to the margin."""
        text = self.chapter.text
        for match in _BOX.finditer(self.chapter.prose):
            written = text[match.start("title") : match.end("title")].strip('"')
            title = written or match["kind"].split(" ")[0].capitalize()
            lead = "" if match["mark"] == "===" else "> "
            apart = "" if _BLANK.match(text, match.end()) else f"\n{lead.strip()}"
            yield *match.span(), f"{lead}**{title}**{apart}"
            at = match.end()
            while found := _INSIDE.match(text, at):
                part = "lead" if found["lead"] else "empty"
                yield *found.span(part), lead if part == "lead" else lead.strip()
                at = found.end()

    def _inline(self, text: str) -> str:
        """Text within a line, of the front matter or of a quiz."""
        plain = _COMMENT.sub("", text)
        return _INLINE.sub(lambda match: self._target(match["target"]), plain)

    def _target(self, target: str) -> str:
        """A link, from relative to the source to relative to this copy."""
        path, mark, anchor = target.partition("#")
        if not path or "//" in path or ":" in path or path.startswith("/"):
            return target
        file = posixpath.normpath(posixpath.join(posixpath.dirname(self.chapter.page), path))
        if file.endswith(".md"):
            file = page_url(file) + NAME
        return posixpath.relpath(file, self.folder or ".") + mark + anchor


def _interview(found: mock.Mock) -> Iterator[str]:
    """The paragraphs of a mock interview: what is asked, what is good about answers, the rubric."""
    yield f"**Mock interview: {found.title}.** {mock.facts(found)}"
    yield f"> {found.prompt}"
    for number, stage in enumerate(found.stages, 1):
        yield f"**{number}. {stage.title}**, {stage.minutes} minutes"
        yield "\n".join(f"- Interviewer: {prompt}" for prompt in stage.prompts)
        yield "\n".join(
            f"- Pushback: {each.says} A good answer: {each.good}" for each in stage.pushback
        )
        yield "\n".join(
            f"- [ ] {level}: {item}"
            for level, items in zip(LEVELS.values(), stage.rubric, strict=True)
            for item in items
        )


def _whole_line(text: str, start: int, end: int) -> tuple[int, int]:
    """Widens a place to its line, and the empty line after it, where nothing else stands there."""
    before = text.rfind("\n", 0, start) + 1
    after = text.find("\n", end) + 1 or len(text)
    if text[before:start].strip() or text[end:after].strip():
        return start, end
    alone = text[max(before - 2, 0) : before] == "\n\n" and text[after : after + 1] == "\n"
    return before, after + alone


def _lines_of(fence: Fence, starts: list[int], last: int) -> tuple[int, int]:
    """Where a closed fence begins and ends, both marks included."""
    after = fence.line + fence.body.count("\n") + 1
    return starts[fence.line - 1], starts[after] if after < len(starts) else last
