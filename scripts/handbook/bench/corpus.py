"""What the bench measures on: generated figures, and a handbook of generated chapters.

The same seed gives the same files, on every machine and with every Python.
"""

from __future__ import annotations

import itertools
import random
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from handbook.estimate import SECONDS_PER_DAY
from handbook.project import Project

NODE_KINDS = ("Service", "Store", "Stream", "Job", "Model", "Cache", "Index", "Queue")
ROLES = ("online", "nearline", "offline", "data", "monitor")
WORDS = (
    "Feed API",
    "Event log",
    "Ranker",
    "Feature store",
    "Candidates",
    "Re-rank",
    "Embeddings",
    "Vector index",
    "Training set",
    "Train",
    "Registry",
    "Drift watch",
    "Gateway",
    "Guardrails",
)
FACTS = (
    "p99 20 ms",
    "500 posts",
    "daily",
    "1 min windows",
    "int8, 128 values",
    "3 zones",
    "top 50",
)

ABBREVIATIONS = ("ANN", "CTR", "QPS", "SLO", "LLM", "AUC")
PARTS = ("ranking", "retrieval", "serving", "training", "monitoring")
ADMONITIONS = ("note", "tip", "warning", "example")
# What the theme has of its own for what our scripts and templates do here.
STOCK_FEATURES = (
    "content.code.copy",
    "content.tabs.link",
    "content.tooltips",
    "navigation.footer",
    "search.highlight",
    "search.suggest",
    "toc.follow",
)
STOCK_PALETTE = [
    {"media": f"(prefers-color-scheme{which})", "scheme": scheme}
    | {"toggle": {"icon": f"material/{icon}", "name": "Theme"}}
    for which, scheme, icon in (
        ("", "default", "brightness-auto"),
        (": light", "default", "brightness-7"),
        (": dark", "slate", "brightness-4"),
    )
]
WORDS_PER_CHAPTER = 3000
SECTIONS_PER_CHAPTER = 10
FIGURE_IMPORT = (
    f"from handbook.drawing import {', '.join(('Client', 'Plane', 'Edge', *NODE_KINDS))}\n"
)
CODE = """```python
from collections import Counter


def {name}(events: list[str], limit: int = {limit}) -> dict[str, float]:
    \"\"\"Returns the share of each of the commonest events.\"\"\"
    counts = Counter(event.strip().lower() for event in events if event)
    total = sum(counts.values()) or 1
    return {{event: seen / total for event, seen in counts.most_common(limit)}}


for event, share in {name}(["view", "click", "view"]).items():
    print(f"{{event:<12}} {{share:6.1%}}")  # one line an event
```
"""
ESTIMATE = '''"""Every number of a generated chapter."""

from __future__ import annotations

from handbook.estimate import SECONDS_PER_DAY, assumed

DAILY_USERS = assumed({users}, "users a day", "drawn by the generator")
REQUESTS_PER_USER = assumed({requests}, "requests per user and day", "drawn by the generator")
PEAK_FACTOR = assumed({peak}, "times the average", "drawn by the generator")


def average_qps(users: float = DAILY_USERS, requests: float = REQUESTS_PER_USER) -> float:
    """Average requests a second."""
    return users * requests / SECONDS_PER_DAY


def peak_qps(users: float = DAILY_USERS, peak: float = PEAK_FACTOR) -> float:
    """Requests a second at the peak."""
    return average_qps(users) * peak
'''


def figure_project(root: Path, count: int, seed: int = 20) -> Project:
    """Writes a checkout that holds nothing but figures.

    Args:
        root: An empty folder.
        count: How many figures.
        seed: Of the generator.
    """
    (root / "docs").mkdir()
    (root / "mkdocs.yml").write_text("site_name: bench\n", encoding="utf-8")
    folder = root / "diagrams" / "bench"
    folder.mkdir(parents=True)
    rng = _generator(seed)
    for start in range(0, count, 10):
        functions = [_figure(rng, n) for n in range(start, min(start + 10, count))]
        _write(folder / f"bench_{start:03d}.py", "\n\n".join([FIGURE_IMPORT, *functions]))
    return Project(root)


def handbook_project(
    root: Path, origin: Project, chapters: int, figures: int, seed: int = 20
) -> Project:
    """Writes a handbook of generated chapters that our own check accepts.

    Configuration, theme, styles and scripts are those of a real checkout; each chapter has its
    estimate with proven numbers, its figures, code, tables, admonitions, and links to others.

    Args:
        root: An empty folder.
        origin: The real checkout.
        chapters: How many chapters, of `WORDS_PER_CHAPTER` words each.
        figures: How many figures in all, spread over the chapters.
        seed: Of the generator.
    """
    for name in ("includes", "overrides", "docs/assets"):
        shutil.copytree(origin.root / name, root / name)
    # Names of pages that only the real handbook has.
    (root / "includes" / "search-aliases.yml").unlink(missing_ok=True)
    (root / "scripts").mkdir()
    shutil.copy2(origin.root / "scripts" / "hooks.py", root / "scripts" / "hooks.py")
    project, rng = Project(root), _generator(seed)
    slugs = [f"{PARTS[n * len(PARTS) // chapters]}/chapter-{n:03d}" for n in range(chapters)]
    config = origin.config.read_text(encoding="utf-8")
    _write(project.config, _with_nav(config, _nav(slugs)))
    text = Text(rng)
    _write(
        project.docs / "index.md",
        _front("Home", "Generated to measure a build.") + "# Home\n\n" + text.prose(60),
    )
    edges = [figures * n // chapters for n in range(chapters + 1)]
    for slug, start, end in zip(slugs, edges, edges[1:], strict=False):
        _write_chapter(project, slug, slugs, range(start, end), text)
    return project


def stock_project(root: Path, ours: Project, pictures: Mapping[str, str]) -> Project:
    """Writes the same chapters for MkDocs and Material as they come, with search.

    The Markdown is ours but for the figures, which are pictures in files. The extensions and the
    plugins are ours too, the features of the theme besides those that we have replaced; what is
    left out is everything of our own. Like ours it loads no foreign font. Its navigation is whole
    on every page, as the theme has it; ours shows the part that is open.

    Args:
        root: An empty folder.
        ours: What `handbook_project` wrote.
        pictures: The figures' drawings by id.
    """
    from mkdocs.utils.yaml import get_yaml_loader, yaml_load

    with ours.config.open(encoding="utf-8") as file:
        config = yaml_load(file, get_yaml_loader())
    theme = {
        "name": "material",
        "language": "en",
        "font": False,
        "features": [*config["theme"]["features"], *STOCK_FEATURES],
        "palette": STOCK_PALETTE,
    }
    kept = [each for each in config["markdown_extensions"] if "handbook" not in str(each)]
    # Abbreviations come by the way that the extension's manual shows; ours reads them once.
    kept = [
        {"pymdownx.snippets": each["pymdownx.snippets"] | {"auto_append": ["includes/glossary.md"]}}
        if isinstance(each, dict) and "pymdownx.snippets" in each
        else each
        for each in kept
    ]
    stock: dict[str, Any] = {
        "site_name": "Stock",
        "theme": theme,
        "plugins": ["search", *config.get("plugins", [])],
        "markdown_extensions": kept,
        "nav": config["nav"],
    }
    project = Project(root)
    _write(project.config, yaml.safe_dump(stock, sort_keys=False))
    shutil.copytree(ours.root / "includes", root / "includes")
    for page in sorted(ours.docs.rglob("*.md")):
        name = page.relative_to(ours.docs)
        up = "../" * (len(name.parts) - 1)
        text = re.sub(r"\(figure:([^)]+)\)", rf"({up}figures/\1.svg)", page.read_text("utf-8"))
        _write(project.docs / name, text)
    for figure_id, drawing in pictures.items():
        _write(project.docs / "figures" / f"{figure_id}.svg", drawing)
    return project


class Text:
    """Prose of invented words, a few of them common and most of them rare, as in a language."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        syllables = [
            a + b for a in "bdfghklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er")
        ]
        drawn = ("".join(rng.choices(syllables, k=rng.randint(1, 4))) for _ in range(5000))
        self._words = list(dict.fromkeys(drawn))
        weights = [1 / (rank + 3) for rank in range(len(self._words))]
        self._weights = list(itertools.accumulate(weights))

    def words(self, count: int) -> list[str]:
        """Returns so many words."""
        return self.rng.choices(self._words, cum_weights=self._weights, k=count)

    def title(self) -> str:
        """Returns a heading of three words."""
        return " ".join(self.words(3)).capitalize()

    def prose(self, count: int) -> str:
        """Returns a paragraph of about so many words, with the marks that paragraphs have."""
        sentences = []
        while count > 0:
            length = min(count, self.rng.randint(9, 22))
            words = self.words(length)
            mark = self.rng.choice(("**{}**", "*{}*", "`{}`", "{}", "{}", "{}"))
            at = self.rng.randrange(length)
            words[at] = mark.format(words[at])
            if self.rng.random() < 0.15:
                words.append(self.rng.choice(ABBREVIATIONS))
            sentences.append(" ".join(words)[:1].upper() + " ".join(words)[1:] + ".")
            count -= length
        return " ".join(sentences) + "\n"


def _write_chapter(
    project: Project, slug: str, slugs: list[str], figures: range, text: Text
) -> None:
    name = slug.rpartition("/")[2].replace("-", "_")
    rng = text.rng
    users, requests = rng.randint(2, 900) * 1_000_000, rng.randint(2, 30)
    peak = rng.choice((1.5, 2, 3))
    _write(
        project.docs / slug / "estimate.py",
        ESTIMATE.format(users=users, requests=requests, peak=peak),
    )
    if figures:
        drawn = [_figure(rng, number) for number in figures]
        module = project.diagrams / f"{slug.partition('/')[0]}/{name}.py"
        _write(module, "\n\n".join([FIGURE_IMPORT, *drawn]))
    average = users * requests / SECONDS_PER_DAY
    mean = _proven(average, f"{name}.average_qps")
    most = _proven(average * peak, f"{name}.peak_qps")
    numbers = f"{mean} requests a second, and {most} at the peak"
    shown = [f"![{text.title()}](figure:{name}/figure_{number:03d})\n" for number in figures]
    title = text.title()
    parts = [_chapter_front(title, text), f"# {title}\n", text.prose(60)]
    for at in range(SECTIONS_PER_CHAPTER):
        other = rng.choice(slugs)
        link = f"[{text.title()}](../../{other}/index.md)"
        parts += _section(text, at, numbers, link)
        parts += shown[at : at + 1]
    _write(project.docs / slug / "index.md", "\n".join(parts))


def _section(text: Text, at: int, numbers: str, link: str) -> Iterator[str]:
    """Yields a section of about a tenth of a chapter."""
    words = WORDS_PER_CHAPTER // SECTIONS_PER_CHAPTER
    yield f"## {text.title()}\n"
    yield text.prose(words // 4)
    yield f"It carries {numbers}; see {link}.\n"
    yield f"### {text.title()}\n"
    yield text.prose(words // 4)
    if at % 2:
        yield CODE.format(name="_".join(text.words(2)), limit=text.rng.randint(3, 9))
        kind = text.rng.choice(ADMONITIONS)
        yield f'!!! {kind} "{text.title()}"\n    {text.prose(words // 8)}'
    else:
        rows = [" | ".join(" ".join(text.words(3)) for _ in range(4)) for _ in range(6)]
        lines = [rows[0], " | ".join(["---"] * 4), *rows[1:]]
        yield "".join(f"| {line} |\n" for line in lines)
        yield "".join(f"- {text.prose(words // 32)}" for _ in range(4))
    yield text.prose(words // 4)


def _proven(value: float, name: str) -> str:
    return f"**{value:,.0f}**<!--= {name}:,.0f -->"


def _chapter_front(title: str, text: Text) -> str:
    rest = (
        f"tags: [{', '.join(text.rng.sample(ABBREVIATIONS, 2))}]\nlevel: [senior]\nminutes: 15\n"
        f"prerequisites:\n  - {text.title()}\noutcomes:\n  - {text.title()}\n"
        "checked: 2026-11-20\nauthors: [Handbook contributors]\n"
    )
    return _front(title, text.prose(16).strip().replace("*", "").replace("`", ""), rest)


def _front(title: str, description: str, rest: str = "") -> str:
    return f"---\ntitle: {title}\ndescription: {description}\n{rest}---\n"


def _nav(slugs: list[str]) -> str:
    lines = ["nav:", "  - Home: index.md"]
    for part, group in itertools.groupby(slugs, key=lambda slug: slug.partition("/")[0]):
        lines.append(f"  - {part.capitalize()}:")
        lines += [f"      - {slug}/index.md" for slug in group]
    return "\n".join(lines) + "\n\n"


def _with_nav(config: str, nav: str) -> str:
    """Returns a configuration with another navigation and no page that only the old one had."""
    changed = re.sub(r"(?ms)^nav:\n.*?(?=^\S)", lambda _: nav, config)
    changed = re.sub(r"(?ms)^not_in_nav:.*?(?=^\S)", "", changed)
    return re.sub(r"(?m)^(  redirects:).*\n(?:    .*\n)*", r"\1 {}\n", changed)


def _generator(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - shapes and words, not secrets


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _figure(rng: random.Random, number: int) -> str:
    """Returns the source of a figure of 6 to 11 nodes in two or three planes, a typical size."""
    lines = [f"def figure_{number:03d}():", f'    """Synthetic figure {number}.', ""]
    lines += ["    Drawn to measure, not to teach.", '    """', '    n0 = Client("App", "scroll")']
    names = ["n0"]
    for plane in range(rng.randint(2, 3)):
        role = ROLES[plane]
        lines.append(f'    with Plane("{role.capitalize()} plane", role="{role}"):')
        for _ in range(rng.randint(2, 3)):
            name = f"n{len(names)}"
            kind, title, fact = rng.choice(NODE_KINDS), rng.choice(WORDS), rng.choice(FACTS)
            lines.append(f'        {name} = {kind}("{title}", "{fact}")')
            names.append(name)
    for index, name in enumerate(names[1:], start=1):
        source = names[max(0, index - rng.randint(1, 2))]
        kind = rng.choice(("request", "request", "async", "control"))
        label = rng.choice(("", "", "events", "top 50", "deploy"))
        lines.append(f'    {source} >> Edge("{label}", kind="{kind}") >> {name}')
    return "\n".join(lines) + "\n"
