"""Figures: every one is drawn, drawn well, shown by a page, and described there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handbook.estimate import did_you_mean
from handbook.report import Problem
from handbook.rules import Code, Rule
from handbook.rules.sources import Sources

_ID = re.compile(r"[a-z0-9_]+/[a-z0-9_]+")
_SEVERAL = "Graphviz is deterministic: fewer or other boxes help, running it again does not."


def _python(name: str, means: str, example: str, mend: str) -> Code:
    return Code(name, means, example, mend, "python")


class FigureReferences(Rule):
    """Every figure that a page names is drawn, and says what it shows."""

    codes = (
        Code(
            "figure-alt",
            "A figure or an image has no text for who cannot see it.",
            "![](figure:news_feed/serving)",
            "Write what it shows between the brackets: the point, not 'diagram of ...'.",
        ),
        Code(
            "figure-inline",
            "A figure stands within a paragraph, where a drawing as wide as the page cannot be.",
            "As ![the serving path](figure:news_feed/serving) shows, ...",
            "Give it a paragraph of its own, with an empty line before and after it.",
        ),
        Code(
            "figure-mark",
            "A reference to a figure that is not written as one, so readers would see its syntax.",
            "[the serving path](figure:news_feed/serving)",
            "Write `![what it shows](figure:module/name)`: with the exclamation mark, without "
            "spaces, module and function in snake_case.",
        ),
        Code(
            "figure-unknown",
            "A page names a figure that no file under `diagrams/` draws.",
            "![The serving path](figure:news_feed/servin)",
            "`handbook figures --list` shows all names; the nearest is suggested.",
        ),
    )

    def over(self, sources: Sources) -> Iterator[Problem]:
        """Yields references that lead nowhere or say nothing."""
        for page in sources.pages:
            for ref in page.figures:
                where = (page.path, ref.line, ref.column)
                if not ref.image or not _ID.fullmatch(ref.id):
                    said = f"{ref.id!r} is not shown as a figure"
                    fix = "write ![what it shows](figure:module/name)"
                    yield Problem(*where, "figure-mark", said, fix)
                    continue
                if not ref.alone:
                    said = f"the figure {ref.id!r} stands within a paragraph"
                    yield Problem(*where, "figure-inline", said, "give it a paragraph of its own")
                if ref.id not in sources.figures:
                    said = f"no figure is called {ref.id!r}{did_you_mean(ref.id, sources.figures)}"
                    yield Problem(*where, "figure-unknown", said, "handbook figures --list")
                if not ref.alt.strip():
                    said = f"the figure {ref.id!r} has no text"
                    fix = "write what it shows between the brackets"
                    yield Problem(*where, "figure-alt", said, fix)


class FiguresUsed(Rule):
    """Every figure is shown by a page; the gallery counts for the examples only."""

    codes = (
        _python(
            "figure-unused",
            "A figure that no page shows.",
            'def serving():\n    """A request is answered."""',
            "Show it with `![what it shows](figure:module/name)`, or delete it. A helper's name "
            "starts with an underscore.",
        ),
    )

    def over(self, sources: Sources) -> Iterator[Problem]:
        """Yields figures without a page."""
        if sources.unreadable:
            return  # what such a page shows is not known
        used = {ref.id for page in sources.pages for ref in page.figures}
        gallery = any(re.search(r"(?m)^::: figure-gallery", page.prose) for page in sources.pages)
        examples = sources.project.diagrams / "examples"
        for figure in sources.figures.values():
            if figure.id in used or (gallery and figure.path.is_relative_to(examples)):
                continue
            said = f"no page shows the figure {figure.id!r}"
            fix = f"![what it shows](figure:{figure.id})"
            yield Problem(figure.path, figure.line, 0, "figure-unused", said, fix)


class FiguresDrawn(Rule):
    """Every figure draws, and draws well. `handbook figures` and every build say the same."""

    codes = (
        _python(
            "figure-crash",
            "The layout engine crashed on this figure; the others are drawn.",
            "for name in range(400):\n    Service(f'Shard {name}') >> everything",
            f"Try fewer boxes or edges. {_SEVERAL}",
        ),
        _python(
            "figure-drawing",
            "A chart, funnel, timeline or sketch does not fit its column, or its words collide.",
            'Funnel([("A stage with a name as long as a sentence about it", 1e9), ...])',
            "Shorten the words, or split the figure.",
        ),
        _python(
            "figure-duplicate-id",
            "Two nodes of a figure have the same `nodeid`.",
            'Service("A", nodeid="a") >> Service("B", nodeid="a")',
            "Leave `nodeid` out: ids are given in order.",
        ),
        _python(
            "figure-edge-crosses-node",
            "An arrow passes through a box, so it seems to start or end there.",
            "a >> b >> c\na >> c  # with b in between",
            "Reorder the nodes, or split the figure.",
        ),
        _python(
            "figure-edge-crosses-title",
            "An arrow passes through the title of a plane.",
            'with Cluster("A title as wide as everything that stands in the plane"): ...',
            "Shorten the title, or reorder the nodes.",
        ),
        _python(
            "figure-edge-kind",
            "Arrows are `request`, `async` or `control`.",
            'a >> Edge(kind="sync") >> b',
            "Take the kind that is suggested.",
        ),
        _python(
            "figure-empty",
            "The function made nothing to draw.",
            'def serving():\n    """A request is answered."""',
            "Make at least one node, or return a chart.",
        ),
        _python(
            "figure-error",
            "The function raised. The line is the one in your file.",
            "share = 1 / 0",
            "Mend that line. A figure may use its chapter's estimate and nothing on disk.",
        ),
        _python(
            "figure-foreign-node",
            "An arrow ends at a node of another figure.",
            'app = Client("App")  # outside of any function',
            "Make nodes inside the function that draws them.",
        ),
        _python(
            "figure-icon",
            "No icon has this name; the nearest names are suggested.",
            'Service("Ranker", icon="material/servr")',
            "Take a suggested name.",
        ),
        _python(
            "figure-icon-heavy",
            "A provider's icon is over 4 kB, which every reader of the page would load.",
            "from diagrams.onprem.mlops import Mlflow",
            "Use a plain node with an icon of a set: `Service(..., icon=...)`.",
        ),
        Code(
            "figure-icons-missing",
            "The theme that carries the icon sets is not installed.",
            "$ pip uninstall mkdocs-material",
            "`make site` sets everything up.",
            "console",
        ),
        _python(
            "figure-label",
            "A label of an arrow has no place where it touches nothing.",
            'a >> Edge(label="ids of the five hundred best candidates of each source") >> b',
            "Shorten it; the rest belongs into the caption.",
        ),
        _python(
            "figure-layout",
            "The layout engine refused this figure.",
            "a >> a >> a  # inside planes that contain each other",
            f"Try fewer boxes, planes or edges. {_SEVERAL}",
        ),
        _python(
            "figure-link",
            "A node's link is neither a page of ours nor an http(s) address.",
            'Service("Ranker", link="javascript:go()")',
            "Name a Markdown file under `docs/`, with its anchor, or a whole address.",
        ),
        Code(
            "figure-module-twice",
            "Two files under `diagrams/` have the same name, so the ids of their figures clash.",
            "diagrams/blocks/ranking.py\ndiagrams/case-studies/ranking.py",
            "Rename one of the two.",
            "text",
        ),
        _python(
            "figure-no-description",
            "The docstring has a title only; the rest of it is what readers get who cannot see "
            "the drawing.",
            'def serving():\n    """A request is answered."""',
            "Say in a sentence or two what the figure shows.",
        ),
        Code(
            "figure-no-graphviz",
            "Neither the wheel nor `dot` on the path is there to lay out boxes.",
            "$ pip uninstall pygraphviz",
            "`make site` installs the wheel; `handbook doctor` says what it lacks.",
            "console",
        ),
        _python("figure-no-name", "A box has no title.", 'Service("")', "Name it."),
        _python(
            "figure-no-title",
            "The function has no docstring, whose first line is the figure's title.",
            'def serving():\n    Client("App")',
            'Start it with `"""Title."""` and a description.',
        ),
        _python(
            "figure-result",
            "The function returned something that is no figure.",
            "return 5",
            "Return a chart, funnel, timeline or sketch, or nothing where nodes were made.",
        ),
        _python(
            "figure-role",
            "No role has this name.",
            'Service("Ranker", role="storge")',
            "Take the role that is suggested.",
        ),
        _python(
            "figure-syntax",
            "The file is not Python, or not UTF-8.",
            "def serving(:",
            "Mend the line; `ruff check diagrams` says more.",
        ),
        _python(
            "figure-too-wide",
            "The drawing would shrink below what can be read in its column.",
            "a >> b >> c >> d >> e >> f >> g >> h >> i >> j",
            "Split it, or let it run downwards.",
        ),
    )

    def over(self, sources: Sources) -> Iterator[Problem]:
        """Yields what drawing every figure found."""
        from handbook import drawing

        found = list(sources.figures)
        yield from sources.figure_problems
        if found:
            for rendered in drawing.render_all(sources.project, keep=False).values():
                yield from rendered.problems


class ShadowedPackage(Rule):
    """Nothing of ours hides the library `diagrams`."""

    codes = (
        Code(
            "shadowed-package",
            "A file or folder of ours hides the library that draws the figures, from some entry "
            "points and not from others.",
            "diagrams/__init__.py",
            "Rename or delete it: `diagrams/` is a folder of files, loaded by path.",
            "text",
        ),
    )

    def over(self, sources: Sources) -> Iterator[Problem]:
        """Yields whatever Python would take for the library."""
        root = sources.project.root
        names = ("diagrams.py", "diagrams/__init__.py", "scripts/diagrams.py", "scripts/diagrams")
        for name in names:
            if (root / name).exists():
                said = "hides the library of the same name from some entry points"
                fix = "rename or delete it"
                yield Problem(root / name, 0, 0, "shadowed-package", said, fix)
