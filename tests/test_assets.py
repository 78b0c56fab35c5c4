"""What every page loads: joined, trimmed of what nothing can match, and named by its content."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest

from handbook import assets, build
from handbook.browser import chromium
from handbook.project import Project
from handbook.stylesheet import Sheet, Used, parse, trim
from handbook.webserver import serving

PAGE = """<!doctype html>
<html lang="en" class="no-js">
<head>
  <link rel="stylesheet" href="{root}assets/stylesheets/main.min.css">
  <link rel="stylesheet" href="{root}assets/site.css">
</head>
<body dir="ltr" data-look="plain">
<p class="lead">Text</p>
<script>document.documentElement.className = "js"</script>
<script src="{root}assets/site.js"></script>
<script src="{root}assets/more.js" defer></script>
</body>
</html>
"""
SCRIPT = """/* A script
   with a head. */
(() => {
  // Says little.
  document.body.classList.add("made");
  document.body.append("http://x.example"); // stays
})();
//# sourceMappingURL=site.js.map
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.delenv("SITE_URL", raising=False)
    files = {
        "index.html": PAGE.format(root=""),
        "part/page/index.html": PAGE.format(root="../../"),
        "404.html": PAGE.format(root="/"),
        "old/index.html": '<meta http-equiv="refresh" content="0; url=../part/page/">',
        "assets/stylesheets/main.min.css": ".lead{background:url(../images/sign.png)}.gone{top:0}",
        "assets/stylesheets/main.min.css.map": "{}",
        "assets/images/sign.png": "PNG",
        "assets/images/unused.png": "PNG",
        "assets/javascripts/bundle.min.js": "theme()",
        "assets/site.css": ".made { color: red; }",
        "assets/site.js": SCRIPT,
        "assets/more.js": "more();",
        "assets/later.js": "later();",
    }
    for name, text in files.items():
        path = tmp_path / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "mkdocs.yml").touch()
    return Project(tmp_path)


def kept(css: str, html: str = "", script: str = "") -> str:
    """What is left of a stylesheet on a page with a script."""
    return trim(parse(Sheet(css, "", str)), Used([f"<html>{html}"], [script])).strip()


def names(project: Project) -> list[str]:
    files = (path for path in (project.site / "assets").rglob("*") if path.is_file())
    return sorted(path.relative_to(project.site).as_posix() for path in files)


def joined(project: Project) -> tuple[str, str]:
    """The names of the joined stylesheet and script."""
    found = [name for name in names(project) if name.startswith("assets/handbook.")]
    (css,) = (name for name in found if name.endswith(".css"))
    (js,) = (name for name in found if name.endswith(".js"))
    return css, js


# --------------------------------------------------------------------------- joining


def test_every_page_loads_one_stylesheet_and_one_script(project: Project) -> None:
    assert assets.bundle(project, project.site) == []
    css, js = joined(project)
    assert re.fullmatch(r"assets/handbook\.[0-9a-f]{8}\.css", css)
    for page, root in (("index.html", ""), ("part/page/index.html", "../../"), ("404.html", "/")):
        text = (project.site / page).read_text()
        assert re.findall(r'<link[^>]*href="([^"]*)"', text) == [root + css]
        assert re.findall(r'<script[^>]*src="([^"]*)" defer>', text) == [root + js]
        assert text.index(css) < text.index("<body")
        assert '<script>document.documentElement.className = "js"</script>' in text
    assert (project.site / "old/index.html").read_text().startswith("<meta")


def test_the_joined_files_say_the_same_in_the_same_order(project: Project) -> None:
    assets.bundle(project, project.site)
    css, js = ((project.site / name).read_text() for name in joined(project))
    assert css == ".lead{background:url(images/sign.png)}.made{color:red}\n"
    assert js == (
        '(() => {\ndocument.body.classList.add("made");\n'
        'document.body.append("http://x.example"); // stays\n})();\n;more();\n;'
    )


def test_what_nothing_names_any_more_is_removed(project: Project) -> None:
    assets.bundle(project, project.site)
    left = [name for name in names(project) if "handbook." not in name]
    assert left == ["assets/images/sign.png", "assets/later.js"]


def test_the_error_page_links_by_the_address_of_the_site(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITE_URL", "https://a.example/some/path/")
    (project.site / "404.html").write_text(PAGE.format(root="/some/path/"))
    assert assets.bundle(project, project.site) == []
    text = (project.site / "404.html").read_text()
    assert re.search(r'href="/some/path/assets/handbook\.\w+\.css"', text)


def test_a_name_changes_with_the_content_and_only_with_it(project: Project) -> None:
    style = project.site / "assets/site.css"
    theme = project.site / "assets/stylesheets/main.min.css"
    before = {path: path.read_bytes() for path in project.site.rglob("*") if path.is_file()}

    def made() -> tuple[str, str]:
        for path in (project.site / "assets").glob("handbook.*"):
            path.unlink()
        for path, data in before.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        assert assets.bundle(project, project.site) == []
        return joined(project)

    first = made()
    assert made() == first
    before[theme] += b".never{top:0}"
    assert made() == first
    before[style] += b".lead{top:0}"
    second = made()
    assert second[0] != first[0]
    assert second[1] == first[1]


def test_what_only_some_pages_link_stays_a_file_of_theirs(project: Project) -> None:
    page = project.site / "index.html"
    own = '<link rel="stylesheet" href="assets/own.css">\n</head>'
    page.write_text(page.read_text().replace("</head>", own))
    (project.site / "assets/own.css").write_text(".own{top:var(--far)}")
    (project.site / "assets/site.css").write_text(".lead{--far:1px;--near:2px}")
    assert assets.bundle(project, project.site) == []
    assert ".lead{--far:1px}" in (project.site / joined(project)[0]).read_text()
    assert "assets/own.css" in names(project)
    links = re.findall(r'<link[^>]*href="([^"]*)"', page.read_text())
    assert links[1:] == ["assets/own.css"]


def test_a_stylesheet_for_paper_stays_for_paper(project: Project) -> None:
    for path in project.site.rglob("*.html"):
        text = path.read_text().replace('assets/site.css"', 'assets/site.css" media="print"')
        path.write_text(text)
    assets.bundle(project, project.site)
    css, _ = joined(project)
    assert "@media print{.made{color:red}}" in (project.site / css).read_text()


def test_a_missing_file_is_one_finding(project: Project) -> None:
    (project.site / "assets/site.css").unlink()
    before = names(project)
    (problem,) = assets.bundle(project, project.site)
    assert problem.text(project.root) == (
        "mkdocs.yml: target-missing: 404.html loads assets/site.css, which leads to no file "
        "(fix: correct its name in mkdocs.yml, or add it under docs/)"
    )
    assert names(project) == before


@pytest.mark.parametrize(
    ("css", "message"),
    [
        ("a {}\n@import 'x.css';", "2: stylesheet: an @import cannot be joined with others"),
        ("a {}\n\nb", "3: stylesheet: cannot be read: EOF reached before {} block for a qualified"),
    ],
)
def test_a_stylesheet_that_cannot_be_joined_is_one_finding(
    project: Project, css: str, message: str
) -> None:
    (project.site / "assets/site.css").write_text(css)
    (problem,) = assets.bundle(project, project.site)
    assert problem.text(project.root).startswith(f"assets/site.css:{message}")


def test_a_script_with_a_template_of_several_lines_stays_as_it_is(project: Project) -> None:
    text = "const a = `\n  // no comment\n`;"
    (project.site / "assets/more.js").write_text(text)
    assets.bundle(project, project.site)
    _, js = joined(project)
    assert text in (project.site / js).read_text()


def test_scripts_that_are_loaded_by_name_count_and_their_data_does_not(project: Project) -> None:
    (project.docs / "assets").mkdir(parents=True)
    for name, word in (("later.js", "dialog"), ("index.js", "data")):
        (project.site / f"assets/{name}").write_text(f'make("x-{word}", "assets/index.js")')
    (project.docs / "assets/later.js").touch()
    (project.site / "assets/more.js").write_text('load("assets/later.js");')
    (project.site / "assets/site.css").write_text(".x-dialog{top:0}.x-data{top:0}")
    assert assets.bundle(project, project.site) == []
    css = (project.site / joined(project)[0]).read_text()
    assert ".x-dialog{top:0}" in css
    assert ".x-data" not in css


# --------------------------------------------------------------------------- trimming


@pytest.mark.parametrize(
    ("css", "html"),
    [
        (".a .b{top:0}", '<p class="a"><b class="b">'),
        ("p.a,ul.b{top:0}", '<p class="a"><ul class="b">'),
        ("a:hover:not(.never)::before{top:0}", "<a>"),
        ("p:is(.never,.a){top:0}", '<p class="a">'),
        (":root{top:0}", ""),
        ("*{top:0}", ""),
        ("details[open]>p{top:0}", "<details><p>"),
        ("[dir=ltr] p{top:0}", '<p dir="ltr">'),
        ('a[href^="http"]{top:0}', '<a href="https://x.example">'),
        ("@media print{p{top:0}}", "<p>"),
        ("@supports (top:0){@media print{p{top:0}}}", "<p>"),
        ("#x{top:0}", '<p id="x">'),
        ("@keyframes k{to{top:0}}p{animation:k 1s}", "<p>"),
        ("p{--a:var(--b);--b:1px;top:var(--a)}", "<p>"),
        ('@font-face{font-family:"F";src:url(f.woff2)}p{font-family:"F"}', "<p>"),
        ("p{top:0!important}", "<p>"),
        ("@page{margin:1cm}", ""),
        ("p::-webkit-scrollbar{top:0}", "<p>"),
    ],
)
def test_a_rule_that_can_match_stays(css: str, html: str) -> None:
    assert kept(css, html) == css


@pytest.mark.parametrize(
    ("css", "left"),
    [
        (".gone{top:0}", ""),
        (".gone,p{top:0}", "p{top:0}"),
        ("p .gone a{top:0}", ""),
        ("ul.a{top:0}", ""),
        ("[data-x=no]{top:0}", ""),
        ('a[href^="mailto"]{top:0}', ""),
        ("p:is(.gone){top:0}", ""),
        ("@media print{.gone{top:0}}", ""),
        ("@keyframes k{to{top:0}}", ""),
        ("p{--a:var(--b);--b:1px}", ""),
        ('@font-face{font-family:"F";src:url(f.woff2)}', ""),
        ('@charset "utf-8";p { top : 0 ; }/* note */', "p{top:0}"),
        (".gone::-webkit-x,p{top:0}", ".gone::-webkit-x,p{top:0}"),
    ],
)
def test_what_cannot_match_goes(css: str, left: str) -> None:
    assert kept(css, '<p class="a" data-x="yes"><a href="/x"><ul>') == left


@pytest.mark.parametrize(
    ("css", "script"),
    [
        (".made{top:0}", 'element.className = "one made";'),
        (".made p{top:0}", "element.classList.add('made'); // it's here"),
        ("dialog.made{top:0}", "make('dialog', `made`)"),
        (".is-open{top:0}", "element.className = `is-${state}`"),
        ("p[data-new-state=on]{top:0}", "element.dataset.newState = 'on'"),
        ("p[hidden]{top:0}", "element.hidden = true"),
        (".p{--shift:1px}", 'style.setProperty("--shift", x); y = "p"'),
        ("@keyframes spin{to{top:0}}", 'element.style.animation = "spin 1s"'),
    ],
)
def test_what_a_script_makes_or_sets_stays(css: str, script: str) -> None:
    assert kept(css, "<p>", script) == css
    assert kept(css, "<p>") == ""


def test_what_a_script_only_asks_for_is_not_made_by_it() -> None:
    assert kept(".box [data-x] #y{top:0}", "<p>", "find('.box [data-x=\"1\"]', '#y')") == ""


def test_what_a_stylesheet_of_its_own_reads_stays() -> None:
    sheet = Sheet("p{--a:1px;--b:2px}", "", str)
    assert trim(parse(sheet), Used(["<p>"], [], [".x{top:var( --a )}"])) == "p{--a:1px}\n"


def test_comments_of_a_script_keep_nothing() -> None:
    assert kept(".made{top:0}", "<p>", "// made\n/* 'made' */ x = 1") == ""


# --------------------------------------------------------------------------- the handbook's own

PAGES = (
    "",
    "framework/",
    "case-studies/news-feed/",
    "reference/diagram-kit/",
    "reference/tooling/",
)
LOOKS: tuple[tuple[int, Literal["light", "dark"], Literal["screen", "print"]], ...] = (
    (1280, "light", "screen"),
    (1280, "dark", "screen"),
    (390, "light", "screen"),
    (390, "dark", "screen"),
    (720, "light", "print"),
)
# What is computed for each element and for what is generated before and after it; of elements
# that only repeat others (the same tags and classes three levels up), the first four.
STYLES = """async () => {
  await document.fonts.ready;
  // What a script marks by what is in view, it marks with the next frame.
  for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
  const names = [...getComputedStyle(document.body)].filter((name) => !name.startsWith("--"));
  const said = (element, part) => {
    const style = getComputedStyle(element, part);
    if (part && style.content === "none") return "none";
    return names.map((name) => style.getPropertyValue(name)).join(";");
  };
  const label = (element) => `${element.tagName}.${element.getAttribute("class") ?? ""}`;
  const seen = new Map();
  const styles = {};
  for (const element of document.querySelectorAll("html, body, body *:not(script)")) {
    const chain = [];
    for (let at = element; at && chain.length < 4; at = at.parentElement) chain.push(label(at));
    const key = chain.join(" < ");
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    if (count > 4) continue;
    for (const part of ["", "::before", "::after"]) {
      styles[`${key}${part} (${count})`] = said(element, part || undefined);
    }
  }
  return styles;
}"""


@pytest.fixture(scope="module")
def both(
    new_checkout: Callable[..., Project], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path]:
    """The site as the generator leaves it, and the same with its files joined."""
    project = new_checkout()
    full, lean = (tmp_path_factory.mktemp(name) / "site" for name in ("full", "lean"))
    join = assets.bundle
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SITE_URL", raising=False)
        patch.setattr(assets, "bundle", lambda *_: [])
        assert build.build_into(project, full) == []
        shutil.copytree(full, lean)
        assert join(project, lean) == []
    return full, lean


@pytest.mark.build
def test_every_address_in_the_joined_stylesheet_leads_to_a_file(both: tuple[Path, Path]) -> None:
    _, lean = both
    (css,) = (lean / "assets").glob("handbook.*.css")
    addresses = re.findall(r"url\([\"']?([^)\"']+)", css.read_text())
    found = [address for address in addresses if not address.startswith("data:")]
    assert found
    assert [address for address in found if not (css.parent / address).is_file()] == []


@pytest.mark.build
@pytest.mark.browser
@pytest.mark.parametrize("path", PAGES)
def test_the_trimmed_stylesheet_makes_every_element_look_the_same(
    both: tuple[Path, Path], path: str
) -> None:
    full, lean = (list(_styles(folder, path)) for folder in both)
    for look, before, after in zip(LOOKS, full, lean, strict=True):
        assert len(before) > 300
        different = [key for key in before if before[key] != after.get(key)]
        assert different == [], look


def _styles(folder: Path, path: str) -> Iterator[dict[str, str]]:
    with serving(folder) as address, chromium() as browser:
        for width, scheme, medium in LOOKS:
            page = browser.new_page(
                color_scheme=scheme,
                reduced_motion="reduce",
                viewport={"width": width, "height": 900},
            )
            page.emulate_media(media=medium)
            page.goto(address + path)
            yield page.evaluate(STYLES)
            page.close()
