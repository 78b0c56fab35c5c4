"""A build publishes a whole site or leaves the old one; a preview follows every edit."""

from __future__ import annotations

import argparse
import logging
import os
import re
import shutil
import warnings
from pathlib import Path

import pytest

from handbook import build, check, sandbox, site
from handbook.project import Project
from handbook.report import HandbookError, Problem

CONFIG = """site_name: Toy
theme: {name: null}
plugins: []
validation: {links: {not_found: warn, anchors: warn}}
extra: {redirects: {}}
"""


# What every step of a build expects of a page, and nothing else.
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Toy</title>
<meta name="description" content="A toy."></head>
<body><main><article>{content}</article></main></body></html>
"""


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The smallest project, in which sources and figures have nothing to say."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "mkdocs.yml").write_text(CONFIG)
    (tmp_path / "docs" / "index.md").write_text("# Toy\n\nWords.\n")
    theme = tmp_path / "theme"
    theme.mkdir()
    (theme / "main.html").write_text(PAGE.format(content="{{ page.content }}"))
    (tmp_path / "mkdocs.yml").write_text(CONFIG.replace("null", "null, custom_dir: theme"))
    (tmp_path / "diagrams").mkdir()
    monkeypatch.setattr(check, "check_sources", lambda _: [])
    # Here: what runs in a process of its own is built in this one.
    monkeypatch.setattr(
        sandbox, "run", lambda project, words, **_: build.make(project, Path(words[-1]))
    )
    monkeypatch.delenv("SITE_URL", raising=False)
    return Project(tmp_path)


def run(project: Project) -> int:
    return build.run_build(project, argparse.Namespace(into=None))


def leftovers(project: Project) -> list[str]:
    return [path.name for path in project.root.glob("site.*")]


# --------------------------------------------------------------------------- publishing


def test_a_build_publishes_and_says_how_to_look(toy, capsys):
    assert run(toy) == 0
    assert "Toy" in (toy.site / "index.html").read_text()
    out = capsys.readouterr().out
    assert re.search(r"Built site/ in \d+\.\d s\. To look at it: make serve", out)
    assert leftovers(toy) == []


def test_a_second_build_replaces_the_first(toy):
    assert run(toy) == 0
    (toy.docs / "index.md").write_text("# Other\n")
    (toy.site / "stale.html").touch()
    assert run(toy) == 0
    assert "Other" in (toy.site / "index.html").read_text()
    assert not (toy.site / "stale.html").exists()
    assert leftovers(toy) == []


def test_a_broken_link_keeps_the_old_site_and_names_the_line(toy, capsys):
    assert run(toy) == 0
    (toy.docs / "index.md").write_text("# Bad\n\nText.\n\n[x](none.md)\n")
    assert run(toy) == 1
    assert "Toy" in (toy.site / "index.html").read_text()
    err = capsys.readouterr().err
    assert "docs/index.md:5: build: Doc file 'index.md' contains a link 'none.md'" in err
    assert "Not built: 1 found; the site that was there is kept." in err
    assert leftovers(toy) == []


def test_bad_sources_stop_before_anything_is_built(toy, monkeypatch, capsys):
    problem = Problem(toy.docs / "index.md", 2, 1, "toy", "bad", "mend it")
    monkeypatch.setattr(check, "check_sources", lambda _: [problem])
    monkeypatch.setattr(build, "build_into", lambda *_: pytest.fail("built"))
    assert run(toy) == 1
    assert "docs/index.md:2:1: toy: bad (fix: mend it)" in capsys.readouterr().err
    assert not toy.site.exists()


def test_a_bad_site_is_not_published(toy, monkeypatch):
    problem = Problem(toy.docs / "index.md", 1, 0, "toy", "bad")
    monkeypatch.setattr(site, "check_site", lambda *_: [problem])
    assert run(toy) == 1
    assert not toy.site.exists()
    assert leftovers(toy) == []


def test_a_bad_configuration_is_a_finding(toy, capsys):
    toy.config.write_text(CONFIG + "theme: {name: none-such}\n")
    assert run(toy) == 1
    assert "mkdocs.yml: build:" in capsys.readouterr().err


def test_long_work_shows_progress(capsys):
    for done in range(1, 13):
        build.show_progress(done, 12)
    assert capsys.readouterr().out == "    10 of 12\n    12 of 12\n"


# --------------------------------------------------------------------------- warnings


@pytest.mark.parametrize(
    "warn",
    [
        lambda: logging.getLogger("somebody.else").warning("beware"),
        lambda: warnings.warn("beware", stacklevel=1),
        lambda: logging.getLogger("mkdocs.plugins.toy").error("beware"),
    ],
)
def test_every_warning_of_anybody_fails_the_build(toy, monkeypatch, warn, capsys):
    from mkdocs.commands import build as generator

    real = generator.build
    monkeypatch.setattr(generator, "build", lambda config: (warn(), real(config)))
    assert run(toy) == 1
    assert "beware" in capsys.readouterr().err


# --------------------------------------------------------------------------- finishing


def finish(project: Project, redirects: dict[str, str]) -> None:
    build.finish(project, project.site, redirects)


@pytest.fixture
def published(toy: Project) -> Project:
    for folder in ("", "new/page"):
        (toy.site / folder).mkdir(parents=True, exist_ok=True)
        page = PAGE.format(content='<h1 id="page">Page</h1><p>Words.</p>')
        (toy.site / folder / "index.html").write_text(page)
    (toy.docs / "new").mkdir()
    (toy.docs / "new/page.md").write_text("# Page\n\nWords.\n")
    return toy


def test_an_old_address_leads_to_the_new_one(published):
    finish(published, {"old/deep/page/": "new/page/"})
    text = (published.site / "old/deep/page/index.html").read_text()
    assert 'content="0; url=../../../new/page/"' in text
    assert '<a href="../../../new/page/">' in text


def test_a_redirect_to_nowhere_names_its_line(published):
    published.config.write_text("extra:\n  redirects:\n    old/: gone/\n")
    with pytest.raises(
        HandbookError, match=r"mkdocs\.yml:3: redirect: old/ leads to no page: gone/"
    ):
        finish(published, {"old/": "gone/"})


def test_a_redirect_may_not_hide_a_page(published):
    with pytest.raises(HandbookError, match="new/page/ is a page; it has not moved"):
        finish(published, {"new/page/": "./"})


def test_without_an_address_there_is_no_sitemap(published, monkeypatch):
    (published.site / "sitemap.xml").touch()
    finish(published, {})
    assert not (published.site / "sitemap.xml").exists()
    (published.site / "sitemap.xml").touch()
    monkeypatch.setenv("SITE_URL", "https://x.example/")
    finish(published, {})
    assert (published.site / "sitemap.xml").exists()


def test_edit_links_need_a_repository(toy, monkeypatch):
    monkeypatch.setattr(os, "environ", {})
    build.prepare_environment(toy)
    assert "EDIT_URI" not in os.environ
    monkeypatch.setattr(os, "environ", {"REPO_URL": "https://x.example/y"})
    build.prepare_environment(toy)
    assert os.environ["EDIT_URI"] == "edit/main/docs/"


# --------------------------------------------------------------------------- the real site


@pytest.mark.build
def test_the_build_says_nothing_but_its_steps(built):
    lines = (built.root / "build.log").read_text(encoding="utf-8").splitlines()
    said = re.compile(r"==> |Built site/|    \d+ of \d+$|note: no isolation here")
    assert [line for line in lines if not said.match(line)] == []


@pytest.mark.build
def test_every_figure_can_be_downloaded(built):
    from handbook.drawing import catalogue

    for figure in catalogue(built):
        path = built.site / "assets" / "figures" / f"{figure.id}.svg"
        assert path.read_text(encoding="utf-8").startswith("<svg"), figure.id


@pytest.mark.build
def test_the_sitemap_names_every_page(built, site_url):
    text = (built.site / "sitemap.xml").read_text(encoding="utf-8")
    for path in built.site.rglob("index.html"):
        folder = path.parent.relative_to(built.site).as_posix()
        assert f"<loc>{site_url}{'' if folder == '.' else folder + '/'}</loc>" in text


@pytest.mark.build
def test_no_page_names_an_owner_where_none_is_known(built):
    for path in built.site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert 'rel="edit"' not in text, path
        assert "md-source" not in text.partition("</header>")[0], path


@pytest.mark.build
def test_signatures_are_the_same_with_and_without_a_formatter(built):
    text = (built.site / "reference" / "tooling" / "index.html").read_text(encoding="utf-8")
    signatures = re.findall(r"doc-signature.*?<code[^>]*>(.*?)</code>", text, re.DOTALL)
    assert len(signatures) > 20
    assert [signature for signature in signatures if "\n" in signature.strip()] == []


@pytest.mark.build
def test_edit_and_report_links_follow_the_repository(new_checkout, handbook, built):
    project = new_checkout(built)
    done = handbook(project, "build", REPO_URL="https://git.example/someone/handbook")
    assert done.returncode == 0, done.stderr
    text = (project.site / "framework" / "index.html").read_text(encoding="utf-8")
    base = "https://git.example/someone/handbook/"
    assert f'href="{base}edit/main/docs/framework/index.md"' in text
    assert f'href="{base}issues/new?title=Error%20in%20framework/index.md"' in text
    assert 'data-md-component="source"' not in text
    assert "canonical" not in text


@pytest.mark.build
def test_two_builds_share_every_byte_and_every_mode(
    new_checkout, handbook, built, site_url, tmp_path
):
    there = Project(tmp_path / "a folder" / "ünder" / "another")
    there.root.parent.mkdir(parents=True)
    shutil.move(new_checkout(built).root, there.root)
    # Figures, cards and icons are drawn anew.
    shutil.rmtree(there.cache)
    before = os.umask(0o077)
    try:
        done = handbook(
            there,
            "build",
            SITE_URL=site_url,
            TZ="Pacific/Kiritimati",
            LC_ALL="tr_TR.UTF-8",
            LANG="tr_TR.UTF-8",
            PYTHONHASHSEED="7",
        )
    finally:
        os.umask(before)
    assert done.returncode == 0, done.stderr
    assert first_difference(built.site, there.site) == ""


def first_difference(one: Path, other: Path) -> str:
    """The first path that two folders do not share, or that differs; nothing where none does."""
    here, there = (
        {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
        for folder in (one, other)
    )
    for name in sorted({*here, *there}):
        if name not in here or name not in there:
            return f"{name}: only in {one if name in here else other}"
        modes = [f"{path.stat().st_mode:o}" for path in (here[name], there[name])]
        if modes[0] != modes[1]:
            return f"{name}: mode {modes[0]} and {modes[1]}"
        if here[name].is_file() and here[name].read_bytes() != there[name].read_bytes():
            return f"{name}: bytes differ"
    return ""


def test_differences_between_sites_are_found(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        (folder / "b").mkdir(parents=True)
        (folder / "b" / "page.html").write_text("same")
    assert first_difference(one, other) == ""
    (other / "b" / "page.html").write_text("else")
    assert first_difference(one, other) == "b/page.html: bytes differ"
    (other / "b").chmod(0o700)
    assert first_difference(one, other).startswith("b: mode 40755 and 40700")
    (one / "a").touch()
    assert first_difference(one, other) == f"a: only in {one}"


def test_a_site_can_be_read_by_all_whoever_built_it(toy):
    before = os.umask(0o077)
    try:
        assert run(toy) == 0
    finally:
        os.umask(before)
    modes = {path.stat().st_mode & 0o777 for path in (toy.site, *toy.site.rglob("*"))}
    assert modes == {0o755, 0o644}
