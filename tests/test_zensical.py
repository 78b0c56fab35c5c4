"""The successor of the generator builds the same site from the same configuration."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin

import pytest

from handbook import site
from handbook.build import finish
from handbook.project import Project

pytestmark = pytest.mark.build
# Each generator brings its own.
OWN = re.compile(r"(^|/)(404|sitemap|search)|^assets/(javascripts|stylesheets|images)/")


@pytest.fixture(scope="module")
def other(built: Project, site_url: str, new_checkout: Callable[[Project], Project]) -> Project:
    """The same checkout, built by Zensical, which finds the figures drawn."""
    project = new_checkout(built)
    program = Path(sys.executable).with_name("zensical")
    done = subprocess.run(
        [program, "build", "--strict"],
        cwd=project.root,
        env={"PATH": "/usr/bin:/bin", "SITE_URL": site_url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No issues found" in done.stdout + done.stderr
    # The index of its own search, which no page asks for.
    (project.site / "search.json").unlink()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SITE_URL", site_url)
        finish(project, project.site, {})
    return project


def pages(project: Project) -> dict[str, site.Document]:
    return {path: page for path, page in site.read(project.site).items() if not OWN.search(path)}


def article(project: Project, path: str) -> str:
    text = (project.site / path).read_text(encoding="utf-8")
    # Zensical takes this away once its search has read it, and writes `./#x` for `#x`.
    text = re.sub(r' data-search-exclude(="")?', "", text).replace('"./#', '"#')
    return text[text.index("<article") : text.index("</article>")]


def test_both_write_the_same_pages(built, other):
    assert sorted(pages(other)) == sorted(pages(built))


def test_both_show_the_same_figures(built, other):
    for path in pages(built):
        figures = [
            re.findall(r'<figure[^>]*\bid="([^"]+)"', article(p, path)) for p in (built, other)
        ]
        assert figures[0] == figures[1], path


def test_a_figure_is_the_same_to_the_byte(built, other):
    for path in pages(built):
        drawn = [
            re.findall(r"<figure.*?</figure>", article(p, path), re.DOTALL) for p in (built, other)
        ]
        assert drawn[0] == drawn[1], path


def test_both_have_the_same_links_and_anchors(built, other):
    for path in pages(built):
        links = [
            # Only MkDocs sets a permalink at the headings of the list of tags, which it makes. Both
            # may write the way to a page differently: where it leads is compared.
            Counter(
                urljoin(f"https://x/{path}", link)
                for link in re.findall(r'\bhref="((?!#tag:)[^"]*)"', article(project, path))
            )
            for project in (built, other)
        ]
        assert links[0] == links[1], path
        ids = [Counter(re.findall(r'\bid="([^"]*)"', article(p, path))) for p in (built, other)]
        assert ids[1] - ids[0] in (Counter(), Counter({"__skip": 1})), path
        assert ids[0] - ids[1] == Counter(), path


def test_the_other_site_is_whole_too(other, site_url, monkeypatch):
    monkeypatch.setenv("SITE_URL", site_url)
    assert [problem.text(other.root) for problem in site.check_site(other)] == []


def test_no_page_of_either_needs_the_hook(built, other):
    for path in pages(built):
        for name in ("hb-number", "hb-math", "hb-scroll", "hb-chapter", "hb-error"):
            assert article(other, path).count(name) == article(built, path).count(name), path
