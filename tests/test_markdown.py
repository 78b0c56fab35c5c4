"""The Markdown extension: what an author writes, what a page gets, what is said of mistakes."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from markdown import Markdown
from markdown.treeprocessors import Treeprocessor

from handbook import drawing
from handbook.markdown import figure
from handbook.markdown.context import Page, line_of, read_problem
from handbook.markdown.gallery import gallery, source_of
from handbook.markdown.math import mathml
from handbook.project import Project
from handbook.report import Problem

THIN = '<mspace width="0.17em" />'
EXTENSIONS = ["abbr", "attr_list", "footnotes", "tables", "toc", "pymdownx.superfences"]


class Relinked(Treeprocessor):
    """Stands for the generator's own processor: knows the page and rewrites links."""

    def __init__(self, uri: str, meta: dict[str, object]) -> None:
        super().__init__()
        self.file = SimpleNamespace(src_uri=uri, page=SimpleNamespace(meta=meta))
        self.seen: list[str] = []

    def run(self, root) -> None:
        for link in root.iter("a"):
            self.seen.append(link.get("href"))
            link.set("href", link.get("href").replace(".md", "/"))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "mkdocs.yml").touch()
    (tmp_path / "docs" / "case-studies" / "toy").mkdir(parents=True)
    (tmp_path / "docs" / "case-studies" / "toy" / "estimate.py").write_text(
        '"""Toy."""\n'
        "from handbook.estimate import assumed\n"
        'USERS = assumed(500e6, "users", "a large network")\n'
        "def peak(users: float = USERS, factor: float = 2.0) -> float:\n"
        '    """Peak users."""\n'
        "    return users * factor\n"
    )
    return Project(tmp_path)


def converter(
    project: Project, text: str, uri: str = "case-studies/toy/index.md", **meta: object
) -> tuple[Markdown, Relinked]:
    path = project.docs / uri
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    config = {"handbook.markdown": {"root": str(project.root)}}
    md = Markdown(extensions=[*EXTENSIONS, "handbook.markdown"], extension_configs=config)
    relinked = Relinked(uri, meta)
    md.treeprocessors.register(relinked, "relpath", 0)
    return md, relinked


def convert(project: Project, text: str, *uri: str, **meta: object) -> tuple[str, Relinked]:
    md, relinked = converter(project, text, *uri, **meta)
    return md.convert(text), relinked


def html(project: Project, text: str, **meta: object) -> str:
    return convert(project, text, **meta)[0]


def items(out: str) -> dict[str, str]:
    """The text of each item of the list at the end of a page, by id."""
    found = re.findall(r'<li id="(number-\d+)">(.*?)</li>', out, re.DOTALL)
    texts = {name: text.replace("<p>", " ") for name, text in found}
    return {name: " ".join(re.sub(r"<[^>]+>", "", text).split()) for name, text in texts.items()}


# --------------------------------------------------------------------------- math


def test_math_within_a_line_becomes_mathml(project):
    out = html(project, r"A loss $-\log p_i$ here.")
    assert "<math><mo>−</mo><mi>log</mi>" + THIN + "<msub><mi>p</mi><mi>i</mi></msub></math>" in out
    assert "$" not in out
    assert "\\" not in out


def test_a_block_of_math_can_be_reached_by_keyboard(project):
    out = html(project, "Text.\n\n$$\nL = \\sum_i x_i\n$$\n\nMore.")
    assert '<div class="hb-math" tabindex="0"><math' in out
    assert 'display="block"' in out


@pytest.mark.parametrize(
    "money", ["It costs $5 to $10.", "From $3 or $4 and $5.", "Pay $1,000.", "$5/$6", r"\$x\$"]
)
def test_money_is_not_math(project, money):
    out = html(project, money)
    assert "<math" not in out
    assert out.count("$") == money.count("$")


def test_code_is_not_math(project):
    assert "<code>$x$</code>" in html(project, "Type `$x$`.")


@pytest.mark.parametrize(
    ("latex", "spaces"),
    [
        (r"\ln 0.02", 1),
        (r"n \log q", 2),
        (r"\frac{\log_2 n}{k}", 1),
        (r"\log(x)", 0),
        (r"\log\left(x\right)", 0),
        (r"a - \ln(x)", 0),
        (r"n_{\max}", 0),
        (r"a b", 0),
    ],
)
def test_the_name_of_a_function_stands_apart_from_what_it_is_applied_to(latex, spaces):
    assert mathml(latex).count(THIN) == spaces


def test_a_space_that_was_written_is_the_only_one():
    assert mathml(r"\log\,Q").count("<mspace") == 1


def test_bad_math_names_the_line_and_shows_the_error_in_place(project, caplog):
    out = html(project, "One.\n\nTwo $\\frac{a}{b$ three.\n")
    text = "docs/case-studies/toy/index.md:3: math: cannot read $\\frac{a}{b$: braces do not match"
    assert caplog.messages == [text]
    assert f'<span class="hb-error" data-hb-error="math">{text}</span>' in out


def test_what_is_logged_is_counted_by_a_strict_build(project, caplog):
    html(project, "$\\frac{a}{b$")
    assert caplog.records[0].name.startswith("mkdocs.")
    assert caplog.records[0].levelno == logging.WARNING


def test_braces_that_do_not_match_are_refused():
    with pytest.raises(ValueError, match="braces"):
        mathml("{a")


@pytest.mark.parametrize(
    ("latex", "markup"),
    [
        (r"\frac{a}{b}", "<mfrac><mi>a</mi><mi>b</mi></mfrac>"),
        (r"x \in \mathbb{R}^{64}", "<mi>x</mi><mo>∈</mo><msup><mi>ℝ</mi><mn>64</mn></msup>"),
        (r"a < b", "<mi>a</mi><mo>&lt;</mo><mi>b</mi>"),
        (r"x^{+}", "<msup><mi>x</mi><mrow><mo>+</mo></mrow></msup>"),
        (r"x^{a+b}", "<msup><mi>x</mi><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow></msup>"),
    ],
)
def test_math_is_written_short(latex, markup):
    assert mathml(latex) == f"<math>{markup}</math>"


def test_columns_outside_a_matrix_are_refused():
    with pytest.raises(ValueError, match="an & stands outside a matrix"):
        mathml(r"\begin{aligned} a &= b \end{aligned}")
    assert "<mtable>" in mathml(r"\begin{matrix} a & b \end{matrix}")


# --------------------------------------------------------------------------- code


def test_code_is_reached_by_keyboard_and_has_no_idle_elements(project):
    out = html(project, "```python\nprint(f(a, b))\n```\n")
    assert '<pre><code tabindex="0">' in out
    assert (
        '<span class="nb">print</span><span class="p">(</span>f<span class="p">(</span>a'
        '<span class="p">,</span> b<span class="p">))</span>'
    ) in out


# --------------------------------------------------------------------------- numbers


def test_a_proven_number_leads_to_its_derivation(project):
    out = html(project, "Peak **1,000,000,000**<!--= toy.peak:,.0f --> users.")
    assert (
        '<strong><a class="hb-number" href="#number-1" id="number-1-1">1,000,000,000</a></strong>'
    ) in out
    assert '<details class="hb-derivations" data-search-exclude="" id="how-the-numbers' in out
    assert items(out) == {
        "number-1": "Peak users: 1,000,000,000 peak = users × factor = 500,000,000 × 2 = "
        "1,000,000,000",
        "number-2": "users: 500,000,000 users assumed a large network",
    }
    assert '<small class="hb-assumed">assumed</small>' in out
    assert "<!--" not in out


def test_the_same_expression_is_explained_once_and_leads_back_to_its_first_place(project):
    out = html(project, "**1**<!--= toy.peak/1e9:.0f --> or 1.0<!--= toy.peak/1e9:.1f -->.")
    assert out.count('href="#number-1"') == 2
    assert out.count('id="number-1"') == 1
    assert out.count('id="number-1-1"') == 1
    assert '<a href="#number-1-1">1</a>' in out


def test_every_quantity_stands_once_and_formulas_lead_to_it(project):
    estimate = project.docs / "case-studies" / "toy" / "estimate.py"
    estimate.write_text(
        estimate.read_text() + "def daily() -> float:\n"
        '    """Peaks of a day."""\n'
        "    return peak() * 24\n"
        "def all_users() -> float:\n"
        '    """Users and daily peaks."""\n'
        "    return USERS + daily()\n"
    )
    out = html(project, "3.5<!--= toy.all_users/7e9:.1f --> and 12<!--= toy.daily/2e9:.0f -->")
    assert items(out) == {
        "number-1": "Users and daily peaks: 3.5 all users ÷ 7,000,000,000 = "
        "24,500,000,000 ÷ 7,000,000,000 = 3.5",
        "number-2": "Peaks of a day: 12 daily ÷ 2,000,000,000 = "
        "24,000,000,000 ÷ 2,000,000,000 = 12",
        "number-3": "all users = users + daily = 500,000,000 + 24,000,000,000 = 24,500,000,000",
        "number-4": "daily = peak × 24 = 1,000,000,000 × 24 = 24,000,000,000",
        "number-5": "users: 500,000,000 users assumed a large network",
        "number-6": "peak = users × factor = 500,000,000 × 2 = 1,000,000,000",
    }
    assert '<a href="#number-5">users</a> + <a href="#number-4">daily</a>' in out
    assert out.count(">users</a>") == 2


def test_what_the_item_of_a_part_rests_on_is_not_listed_again(project):
    estimate = project.docs / "case-studies" / "toy" / "estimate.py"
    estimate.write_text(
        estimate.read_text() + "def twice(users: float) -> float:\n"
        "    return peak(users) * 2\n"
        "def most() -> float:\n"
        '    """Most `users`."""\n'
        "    return twice(USERS)\n"
    )
    alone = items(html(project, "2e9<!--= toy.most -->"))
    both = items(html(project, "2e9<!--= toy.most --> of 1e9<!--= toy.peak -->"))
    formula = "Most users: 2e9 most = peak × 2 = 1,000,000,000 × 2 = 2,000,000,000"
    assert alone["number-1"] == f"{formula}; from users"
    assert both["number-1"] == formula


def test_a_quantity_in_another_unit_is_the_same_quantity(project):
    out = html(project, "0.5<!--= toy.USERS/1e9:.1f --> and 500,000,000<!--= toy.USERS:,.0f -->")
    assert items(out) == {"number-1": "Users: 500,000,000 users assumed a large network"}
    assert out.count('href="#number-1"') == 2


def test_what_a_formula_uses_without_its_name_is_listed_behind_it(project):
    estimate = project.docs / "case-studies" / "toy" / "estimate.py"
    estimate.write_text(
        estimate.read_text() + "def scaled(people: float, by: float) -> float:\n"
        "    return people * by\n"
        "def most() -> float:\n"
        '    """Most users."""\n'
        "    return scaled(USERS, 3)\n"
        "def looped(days: float = USERS) -> float:\n"
        '    """A sum."""\n'
        "    return sum(2 for _ in range(int(days / 1e8)))\n"
    )
    out = html(project, "1.5e9<!--= toy.most --> and 10<!--= toy.looped:.0f -->")
    assert items(out) == {
        "number-1": "Most users: 1.5e9 most = people × by = 500,000,000 × 3 = 1,500,000,000; "
        "from users",
        "number-2": "A sum: 10 looped = sum(2 for each of them) = sum(2, 2, 2, 2, 2) = 10; "
        "from days",
        "number-3": "users: 500,000,000 users assumed a large network",
        "number-4": "days: 500,000,000 users assumed a large network",
    }


def test_code_that_is_no_formula_shows_what_it_was_given_and_whose_rule_it_is(project):
    estimate = project.docs / "case-studies" / "toy" / "estimate.py"
    estimate.write_text(
        estimate.read_text() + "def searched(of: str) -> float:\n"
        '    """Where it is least.\n\n    A. Author, 1999, https://a.example/search.\n    """\n'
        "    return min((1.0, USERS), key=lambda each: -each)\n"
        "def one() -> float:\n"
        "    return searched('all') + 1\n"
    )
    out = html(project, '5e8<!--= toy.searched("all") --> and 5e8<!--= toy.searched("few") --> '
               "and 5e8<!--= toy.one -->")  # fmt: skip
    assert items(out) == {
        "number-1": "Where it is least (all): 5e8 searched(of: all) = 500,000,000, computed step "
        "by step after A. Author, 1999; from users",
        "number-2": "Where it is least (few): 5e8 searched(of: few) = 500,000,000, computed step "
        "by step after A. Author, 1999; from users",
        "number-3": "One: 5e8 one = searched (all) + 1 = 500,000,000 + 1 = 500,000,001",
        "number-4": "users: 500,000,000 users assumed a large network",
    }
    assert '<a href="https://a.example/search">A. Author, 1999</a>' in out


def test_a_step_that_chooses_is_shown_and_not_followed(project):
    estimate = project.docs / "case-studies" / "toy" / "estimate.py"
    estimate.write_text(
        estimate.read_text() + "def half(by: float | None = None) -> float:\n"
        "    return peak() / (2 if by is None else by)\n"
        "def twice() -> float:\n"
        "    return half(3) + half(4)\n"
    )
    out = html(project, "1<!--= toy.twice -->")
    assert items(out) == {
        "number-1": "Twice: 1 twice = half (3) + half (4) = 333,333,333 + 250,000,000 = "
        "583,333,333",
        "number-2": "half (3) = peak ÷ by = 1,000,000,000 ÷ 3 = 333,333,333",
        "number-3": "half (4) = peak ÷ by = 1,000,000,000 ÷ 4 = 250,000,000",
    }


def test_a_constant_is_said_to_be_one(project):
    estimate = project.docs / "case-studies" / "toy" / "estimate.py"
    estimate.write_text(estimate.read_text() + "HOURS = 24\n")
    out = html(project, "24<!--= toy.HOURS --> and 48<!--= 2*24 -->")
    assert items(out) == {
        "number-1": "Hours: 24 hours = 24, as the estimate has it",
        "number-2": "2 × 24: 48 2 × 24 = 48",
    }


def test_a_definition_is_not_called_an_assumption(project):
    out = html(project, "24<!--? by definition: hours of a day --> and 5<!--? a guess -->")
    assert items(out) == {
        "number-1": "By definition: 24hours of a day",
        "number-2": "An assumption: 5a guess",
    }
    assert out.count("hb-number--assumed") == 1


def test_a_formula_leads_to_the_number_of_the_text_that_is_the_same_quantity(project):
    out = html(project, "5e8<!--= toy.peak/2 --> and 250<!--= toy.USERS/2e6:.0f --> and "
               "1,000,000,000<!--= toy.peak:,.0f -->")  # fmt: skip
    assert '<a href="#number-3">peak</a>' in out
    assert list(items(out)) == ["number-1", "number-2", "number-3", "number-4"]


def test_an_input_named_by_the_text_is_its_own_item(project):
    out = html(project, "500,000,000<!--= toy.USERS:,.0f -->")
    assert items(out) == {"number-1": "Users: 500,000,000 users assumed a large network"}
    assert '<a href="#number-1-1">500,000,000 users</a>' in out


def test_the_unit_behind_the_comment_belongs_to_the_number(project):
    out = html(project, "**1**<!--= toy.peak/1e9:.0f --> billion users.")
    assert items(out)["number-1"].startswith("Peak users: 1 billion peak = users")


def test_emphasis_may_span_more_than_the_number(project):
    out = html(project, "**about 1 billion**<!--= toy.peak/1e9:.0f --> users")
    assert re.search(r"<strong>about <a [^>]*>1</a> billion</strong> users", out)


def test_an_assumption_says_why(project):
    out = html(project, "Each opens it 3<!--? two long sessions --> times.")
    assert 'class="hb-number hb-number--assumed"' in out
    assert "two long sessions" in out


def test_a_number_within_a_link_is_no_link_in_a_link(project):
    out = html(project, "[**1**<!--= toy.peak/1e9:.0f --> billion users](other.md) open it.")
    assert (
        '<a href="other/"><strong><span id="number-1-1">1</span></strong> billion users</a>'
    ) in out
    assert items(out)["number-1"].startswith("Peak users: 1 billion peak = users")


def test_marks_in_code_stay_as_written(project):
    out = html(project, "Write `5<!--= toy.peak -->`.\n\n```\n5<!--= toy.peak -->\n```")
    assert "hb-number" not in out
    assert out.count("&lt;!--= toy.peak --&gt;") == 2


def test_numbers_in_a_table_are_proven_too(project):
    out = html(project, "| A | B |\n|---|---|\n| x | 1<!--= toy.peak/1e9:.0f --> |\n")
    assert 'id="number-1-1">1</a></td>' in out


def test_a_number_that_cannot_be_computed_names_the_line(project, caplog):
    out = html(project, "Text.\n\n5<!--= toy.peek:.0f --> users")
    assert caplog.messages[0].startswith("docs/case-studies/toy/index.md:3: number: toy.peek")
    assert 'data-hb-error="number"' in out


def test_the_markers_of_generated_tables_are_dropped(project):
    text = "<!-- [[[cog table(toy.rows) ]]] -->\n| A |\n|---|\n| b |\n<!-- [[[end]]] -->\n"
    out = html(project, text)
    assert "cog" not in out
    assert "<table" in out


def test_a_second_page_starts_anew(project):
    config = {"handbook.markdown": {"root": str(project.root)}}
    md = Markdown(extensions=["handbook.markdown"], extension_configs=config)
    first = md.convert("2<!--? why -->")
    assert md.reset().convert("2<!--? why -->") == first


# --------------------------------------------------------------------------- tables and code


def test_a_table_has_a_frame_with_a_name_that_a_keyboard_reaches(project):
    out = html(project, "# T\n\n## Load\n\n| A |\n|---|\n| 1 |\n\nText\n\n| B |\n|---|\n| 2 |\n")
    assert '<div aria-label="Table: Load" class="hb-scroll" role="region" tabindex="0">' in out
    assert 'aria-label="Table: Load (2)"' in out
    assert out.count('<table class="hb-table">') == 2


def test_an_empty_corner_of_a_table_is_no_header(project):
    out = html(project, "|  | A |\n|---|---|\n| x | 1 |\n")
    assert out.count("<th>") == 1


def test_a_tables_name_has_no_markup_of_its_heading(project):
    out = html(project, '# T\n\n## Load <a id="old"></a>\n\n| A |\n|---|\n| 1 |\n')
    assert 'aria-label="Table: Load"' in out
    assert '<a id="old"></a>' in out


def test_columns_are_aligned_by_classes(project):
    out = html(project, "| A | B | C | D |\n|---|:--|:-:|--:|\n| 1 | 2 | 3 | 4 |\n")
    assert "style" not in out
    assert out.count('class="hb-center"') == out.count('class="hb-right"') == 2


def test_the_first_of_each_term_is_a_stop_for_a_keyboard(project):
    known = "\n\n*[ANN]: approximate nearest neighbours\n*[QPS]: queries a second"
    out = html(project, f"## ANN\n\n[ANN](a.md), ANN, QPS and ANN.{known}")
    assert re.findall(r'<abbr tabindex="0"[^>]*>(\w+)|<abbr title[^>]*>(\w+)', out) == [
        ("", "ANN"),  # of the heading
        ("", "ANN"),  # of the link
        ("ANN", ""),
        ("QPS", ""),
        ("", "ANN"),
    ]


def test_every_page_knows_the_glossary_and_may_differ(project):
    glossary = project.root / "includes" / "glossary.md"
    glossary.parent.mkdir()
    glossary.write_text("*[ANN]: near enough\n*[QPS]: queries a second\n", encoding="utf-8")
    md, _ = converter(project, "")
    first = md.convert("ANN and QPS.\n\n*[QPS]: on this page something else")
    assert re.findall(r'title="([^"]+)"', first) == ["near enough", "on this page something else"]
    assert 'title="queries a second"' in md.reset().convert("QPS")
    glossary.write_text("*[QPS]: requests each second\n", encoding="utf-8")
    again = md.reset().convert("ANN and QPS")
    assert re.findall(r'title="([^"]+)"', again) == ["requests each second"]


def test_code_can_be_scrolled_by_keyboard(project):
    assert '<code tabindex="0">' in html(project, "```python\nx = 1\n```")


# --------------------------------------------------------------------------- chapter


META = {
    "level": ["mid", "staff"],
    "minutes": 30,
    "prerequisites": ["[The steps](../../framework/index.md), all of them"],
    "outcomes": ["Size a **feed**"],
    "checked": "2026-11-20",
    "authors": ["A", "B"],
}


def test_a_chapter_opens_with_what_it_takes_and_gives(project):
    out, relinked = convert(project, "# Toy\n\nText.", **META)
    opening = out[out.index("hb-chapter") : out.index("<p>Text.")]
    assert out.index("<h1") < out.index('class="hb-chapter"')
    assert "30\u00a0min read" in opening
    assert "Level: Mid, Staff" in opening
    assert "<strong>feed</strong>" in opening
    assert "../../framework/index.md" in relinked.seen


def test_a_chapter_ends_with_the_day_its_facts_were_checked(project):
    (project.docs / "contributing").mkdir()
    (project.docs / "contributing" / "errata.md").touch()
    out, relinked = convert(project, "# Toy\n\nText[^a].\n\n[^a]: Note.", **META)
    assert out.rstrip().endswith("</p>")
    assert "Written by A, B. Facts checked on 20 November 2026." in out[out.index("footnote-ref") :]
    assert "../../contributing/errata.md" in relinked.seen


def test_a_docstring_on_a_chapter_is_no_chapter(project):
    # It is converted by itself, under the same front matter, and has no title.
    assert "hb-chapter" not in html(project, "Returns the load.", **META)


def test_a_page_without_such_facts_has_no_blocks(project):
    assert "hb-chapter" not in html(project, "# Toy\n\nText.", title="Toy")


def test_errors_are_reported_to_the_repository_where_there_is_one(project):
    config = {
        "handbook.markdown": {"root": str(project.root), "repo_url": "https://git.example/x/"}
    }
    md = Markdown(extensions=["handbook.markdown"], extension_configs=config)
    md.treeprocessors.register(Relinked("a/b.md", {"checked": "2026-11-20"}), "relpath", 0)
    assert 'href="https://git.example/x/issues/new?title=Error%20in%20a/b/"' in md.convert("# A")


# --------------------------------------------------------------------------- figures


def drawn(
    monkeypatch: pytest.MonkeyPatch, problems: dict[str, list[Problem]] | None = None
) -> None:
    """Stands for the diagram kit."""
    rendered = {"toy/serving": SimpleNamespace(id="toy/serving", wide_svg="<svg/>")}
    markup = (
        '<figure id="fig-toy-serving"><svg><a class="x" href="/framework/index.md#clock">'
        '<rect></rect></a><a href="https://x.example/">y</a></svg><a href="{}">SVG</a></figure>'
    )
    monkeypatch.setattr(figure, "figures", lambda _: figure.Drawn(rendered, problems or {}))
    monkeypatch.setattr(figure, "_markup", lambda _figure, _alt, href: markup.format(href))


@pytest.mark.parametrize(
    ("uri", "link", "download"),
    [
        ("index.md", "framework/#clock", "assets/figures/toy/serving.svg"),
        ("part/page.md", "../framework/#clock", "../../assets/figures/toy/serving.svg"),
        (
            "case-studies/toy/index.md",
            "../../framework/#clock",
            "../../assets/figures/toy/serving.svg",
        ),
    ],
)
def test_links_in_a_figure_are_rewritten_at_every_depth(project, monkeypatch, uri, link, download):
    drawn(monkeypatch)
    text = "Text.\n\n![Alt](figure:toy/serving)\n\nMore."
    out, relinked = convert(project, text, uri)
    assert link.replace("/#", "/index.md#") in relinked.seen
    assert f'<a class="x" href="{link.replace("/#", "/index/#")}">' in out
    assert f'<a href="{download}">SVG</a>' in out
    assert '<a href="https://x.example/">' in out
    assert "hb-figure-slot" not in out
    assert "<p><figure" not in out


def test_an_unknown_figure_is_named_with_its_line_and_the_nearest(project, monkeypatch, caplog):
    drawn(monkeypatch)
    out = html(project, "# T\n\n![Alt](figure:toy/servin)\n")
    text = "docs/case-studies/toy/index.md:3: figure-unknown: no figure 'toy/servin'"
    assert caplog.messages == [f"{text} (fix: did you mean toy/serving?)"]
    assert 'data-hb-error="figure-unknown"' in out


def test_a_figure_that_fails_shows_its_error_where_it_belongs(project, monkeypatch, caplog):
    broken = Problem(project.root / "diagrams" / "toy.py", 7, 0, "figure-error", "no such icon")
    drawn(monkeypatch, {"toy/broken": [broken]})
    out = html(project, "Before.\n\n![Alt](figure:toy/broken)\n\nAfter.")
    assert "diagrams/toy.py:7: figure-error: no such icon</div>" in out
    assert "After." in out
    assert caplog.messages == ["diagrams/toy.py:7: figure-error: no such icon"]


def test_a_file_that_cannot_be_read_fails_each_of_its_figures(project, monkeypatch):
    broken = Problem(project.root / "diagrams" / "toy.py", 2, 0, "figure-syntax", "bad")
    drawn(monkeypatch, {"toy": [broken]})
    assert "figure-syntax: bad" in html(project, "![Alt](figure:toy/other)")


def test_a_drawn_figure_with_a_finding_is_shown_and_reported(project, monkeypatch, caplog):
    lint = Problem(project.root / "diagrams" / "toy.py", 9, 0, "figure-label", "no room")
    drawn(monkeypatch, {"toy/serving": [lint]})
    assert "<svg>" in html(project, "![Alt](figure:toy/serving)")
    assert caplog.messages == ["diagrams/toy.py:9: figure-label: no room"]


def test_a_figure_within_a_paragraph_is_refused(project, monkeypatch, caplog):
    drawn(monkeypatch)
    html(project, "See ![Alt](figure:toy/serving) here.")
    assert "figure-inline" in caplog.messages[0]
    assert "give it a paragraph of its own" in caplog.messages[0]


# --------------------------------------------------------------------------- context


def test_a_page_knows_where_it_will_be():
    assert Page("index.md").url == ""
    assert Page("a/index.md").url == "a/"
    assert Page("a/b.md").url == "a/b/"
    assert Page("a/b.md").to_root("assets/x.svg") == "../../assets/x.svg"
    assert Page("a/b.md", relinks_html=True).to_root("assets/x.svg") == "../assets/x.svg"


def test_a_logged_finding_can_be_read_back(tmp_path):
    problem = Problem(tmp_path / "docs" / "a.md", 3, 0, "math", "bad: x", "y")
    found = read_problem(tmp_path, problem.text(tmp_path))
    assert found == Problem(tmp_path / "docs" / "a.md", 3, 0, "math", "bad: x (fix: y)")
    assert read_problem(tmp_path, "a sentence: with a colon") is None


def test_the_line_of_a_text_is_found(tmp_path):
    path = tmp_path / "a.md"
    path.write_text("one\ntwo\nthree two\n")
    assert line_of(path, "two") == 2
    assert line_of(path, "four") == 0
    assert line_of(tmp_path / "none.md", "x") == 0


def test_the_source_of_a_figure_is_its_whole_function(tmp_path):
    path = tmp_path / "a.py"
    path.write_text("x = 1\n\n@model\ndef one():\n    pass\n\ndef two():\n    pass\n")
    assert source_of(path, 4) == ["@model", "def one():", "    pass"]


def test_a_figure_of_the_gallery_keeps_its_address_when_its_title_changes(project, monkeypatch):
    path = project.diagrams / "toy.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text("def flow(figure):\n    pass\n")
    found = []
    for title in ("Posts become ten.", "Ten are left"):
        drawn = SimpleNamespace(id="toy/flow", path=path, line=1, title=title, description="A b.")
        monkeypatch.setattr(drawing, "catalogue", lambda _, drawn=drawn: [drawn])
        found.append(gallery(project)[1])
    assert found == [
        "### Posts become ten { #gallery-toy-flow }",
        "### Ten are left { #gallery-toy-flow }",
    ]


# --------------------------------------------------------------------------- front matter


@pytest.mark.parametrize(
    ("front", "said"),
    [
        ("level: [mid, senior\n", "3:1: front-matter-yaml: expected"),
        ("title: Example: a ride\n", "2:15: front-matter-yaml: mapping values are not allowed"),
        ("titel: Toy\n", "2: front-matter-unknown: unknown field &#x27;titel&#x27;"),
        ("minutes: long\n", "2: front-matter-field: &#x27;minutes&#x27; must be"),
    ],
)
def test_broken_front_matter_is_said_at_the_top_of_the_page(project, caplog, front, said):
    out = html(project, f"---\n{front}---\n\n# Toy\n")
    assert out.startswith('<div class="hb-error" data-hb-error="front-matter')
    assert said.replace("&#x27;", "'") in out.splitlines()[0]
    assert len(caplog.records) == 1
    assert said.replace("&#x27;", "'") in caplog.text


@pytest.mark.parametrize("text", ["---\ntitle: Toy\n---\n\n# Toy\n", "# Toy\n"])
def test_a_draft_that_lacks_fields_says_nothing_on_its_page(project, caplog, text):
    assert "hb-error" not in html(project, text)
    assert caplog.records == []
