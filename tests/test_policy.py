"""The policy of every page: it lets the site work, and stops whatever stands in a page."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from handbook import build, policy
from handbook.browser import FLAGS, INSTALL, find_browser
from handbook.project import Project
from handbook.webserver import serving

CHAPTER = "case-studies/news-feed/"
# One page of each template, a redirect, and a page with content tabs.
TEMPLATES = (
    "",
    "framework/",
    CHAPTER,
    "contributing/",
    "contributing/diagrams/",
    "reference/tooling/",
    "reference/glossary/",
    "reference/tags/",
    "no/such/page/",
    "moved/",
    "tabs/",
)
HEAD = '<!doctype html>\n<html lang="en">\n  <head>\n    <meta charset="utf-8">'
META = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
TABS = """<div class="tabbed-set tabbed-alternate" data-tabs="1:2">
<input checked="checked" id="__tabbed_1_1" name="__tabbed_1" type="radio">
<input id="__tabbed_1_2" name="__tabbed_1" type="radio">
<div class="tabbed-labels"><label for="__tabbed_1_1">One</label>
<label for="__tabbed_1_2">Two</label></div><div class="tabbed-content">
<div class="tabbed-block"><p>First</p></div><div class="tabbed-block"><p>Second</p></div>
</div></div>"""
# Each of these does something to the title of its page, or fetches something.
ATTACKS = """<script>document.title += " inline"</script>
<script type="module">document.title += " module"</script>
<script src="https://foreign.example/x.js"></script>
<script src="data:text/javascript,document.title+=' data'"></script>
<img src="none.png" alt="" onerror="document.title += ' handler'">
<img src="https://foreign.example/x.png" alt="">
<a id="link" href="javascript:void(document.title += ' link')">Link</a>
<p id="styled" style="position: fixed">Styled</p>
<style>#planted { position: fixed }</style><p id="planted">Planted</p>
<link rel="stylesheet" href="https://foreign.example/x.css">
<svg viewBox="0 0 1 1"><use href="https://foreign.example/x.svg#a"/></svg>
<svg viewBox="0 0 1 1" onload="document.title += ' drawing'"></svg>
<script src="../assets/planted.js"></script>
<base href="https://foreign.example/"><script src="planted.js"></script>"""
# These would show another document or lead to one.
FRAMES = """<iframe srcdoc="<script>console.error('stopped: nothing')</script>"></iframe>
<iframe src="https://foreign.example/"></iframe><object data="https://foreign.example/"></object>
<form id="form" action="https://foreign.example/"><input name="a"></form>
<script src="../assets/sending.js"></script>"""
SENDING = 'document.getElementById("form").submit();'
# A script of the site itself may run, but may not make code of text, nor talk to strangers.
PLANTED = """document.title += " allowed";
for (const make of [eval, Function]) {
  try { make("document.title += ' eval'")?.(); } catch {}
}
try { setTimeout("document.title += ' timer'"); } catch {}
fetch("https://foreign.example/").catch(() => {});
new Image().src = "https://foreign.example/y.png";
try { new Worker("data:text/javascript,0"); } catch {}
const made = document.createElement("script");
made.text = "document.title += ' made'";
document.head.append(made);
document.body.insertAdjacentHTML("beforeend", "<img src=n onerror='document.title += 1'>");
"""


def trust(*scripts: str):
    return lambda text: text in scripts


def directives(page: str) -> dict[str, str]:
    (found,) = META.findall(page)
    return dict(rule.split(" ", 1) for rule in found.split("; "))


# --------------------------------------------------------------------------- what is written


def test_the_policy_is_the_first_thing_after_the_encoding():
    page = policy.with_policy(f"{HEAD}<title>T</title></head>", trust())
    assert page.startswith(f'{HEAD}<meta http-equiv="Content-Security-Policy" content="')
    assert directives(page) == {
        "default-src": "'none'",
        "script-src": "'self' 'wasm-unsafe-eval'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "worker-src": "'self'",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert page.count('<meta name="referrer" content="same-origin">') == 1


@pytest.mark.parametrize("start", ["", "<!doctype html>", "<!DOCTYPE html><html>", "<html><head>"])
def test_every_page_has_a_place_for_it(start):
    page = policy.with_policy(f"{start}<title>T</title>", trust())
    assert page.startswith(f"{start}<meta http-equiv=")


def test_written_twice_it_is_there_once():
    once = policy.with_policy(f"{HEAD}<title>T</title></head>", trust())
    assert policy.with_policy(once, trust()) == once


def test_only_trusted_scripts_are_named():
    page = f"{HEAD}<script>theirs()</script></head><article><script>mine()</script></article>"
    scripts = directives(policy.with_policy(page, trust("theirs()")))["script-src"]
    assert policy.digest("theirs()") in scripts
    assert policy.digest("mine()") not in scripts
    assert policy.digest("a") == "sha256-ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs="
    assert policy.digest("a\r\nb") == policy.digest("a\nb")


def test_scripts_with_an_address_and_data_need_no_name():
    page = f'{HEAD}<script src="a.js"></script><script type="application/json">theirs()</script>'
    assert "sha256" not in policy.with_policy(page, trust("theirs()", ""))


@pytest.fixture
def overridden(tmp_path: Path) -> Project:
    folder = tmp_path / "overrides" / "partials"
    folder.mkdir(parents=True)
    (folder / "first.html").write_text(
        "{#- Why. -#}\n<script>\n  root = '{{ base_url }}';{# why #}\n</script>\n"
        "<script>{% if a %}put(1){% endif %}</script><script src='a.js'></script>"
    )
    (folder / "javascripts").mkdir()
    (folder / "javascripts" / "base.html").write_text("{#- Nothing. -#}")
    return Project(tmp_path)


def test_templates_tell_which_scripts_are_trusted(overridden):
    known = policy.trusted(overridden)
    assert known("\n  root = '../..';\n")
    assert known("\n  root = 'https://x.example/';\n")
    # What a template leaves open is an address: it cannot end its text and go on as code.
    assert not known("\n  root = '';go();'';\n")
    assert not known("\n  root = '..';\ngo()\n")
    assert not known("put(1)")
    assert not known("")


def test_an_override_takes_the_place_of_the_themes_scripts(overridden, tmp_path_factory):
    found = [
        text
        for path in (policy.THEMES[0], policy.THEMES[1])
        for name, texts in policy._theme_scripts(path).items()
        if name == "partials/javascripts/base.html"
        for text in texts
    ]
    assert found
    script = re.sub(r"\\(.)", r"\1", found[0].replace(policy.HOLE, ".."))
    assert policy.trusted(Project(tmp_path_factory.mktemp("plain")))(script)
    assert not policy.trusted(overridden)(script)


def test_the_error_page_and_redirects_have_it_too(overridden):
    (overridden.site / "old").mkdir(parents=True)
    (overridden.site / "404.html").write_text(f"{HEAD}<title>T</title></head>")
    (overridden.site / "old" / "index.html").write_text(build.REDIRECT.format(target="../new/"))
    assert policy.write_policy(overridden, overridden.site) == []
    for path in overridden.site.rglob("*.html"):
        assert META.search(path.read_text(encoding="utf-8")), path


@pytest.mark.build
def test_every_page_of_the_site_has_its_policy_and_trusts_one_script_at_most(built):
    pages = sorted(built.site.rglob("*.html"))
    assert len(pages) > 10
    for path in pages:
        scripts = directives(path.read_text(encoding="utf-8"))["script-src"]
        assert "unsafe-inline" not in scripts
        assert scripts.count("sha256-") <= 1, path


# --------------------------------------------------------------------------- in a browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = find_browser()
    if program is None:
        pytest.fail(f"no browser (fix: {INSTALL})")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def planted(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site, and pages more: tabs, a redirect, frames, every attack, these unguarded."""
    folder = tmp_path_factory.mktemp("planted") / "site"
    shutil.copytree(built.site, folder)
    model = (folder / "framework" / "index.html").read_text(encoding="utf-8")
    start, end = model.index("<article"), model.rindex("</article>")
    start = model.index(">", start) + 1
    known = policy.trusted(built)
    redirect = build.REDIRECT.format(target="../framework/")
    pages = {"tabs": TABS, "attacks": ATTACKS, "frames": FRAMES}
    texts = {name: model[:start] + html + model[end:] for name, html in pages.items()}
    for name, text in {**texts, "moved": redirect, "bare": texts["attacks"]}.items():
        (folder / name).mkdir()
        guarded = META.sub("", text) if name == "bare" else policy.with_policy(text, known)
        (folder / name / "index.html").write_text(guarded, encoding="utf-8")
    (folder / "assets" / "planted.js").write_text(PLANTED, encoding="utf-8")
    (folder / "assets" / "sending.js").write_text(SENDING, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def address(planted: Path, site_url: str) -> Iterator[str]:
    """The site's address."""
    with serving(planted, urlsplit(site_url).path) as found:
        yield found


class Guarded:
    """A page that notes what its policy stops."""

    def __init__(self, browser: Browser, address: str, scheme: str = "light") -> None:
        self.context = browser.new_context(color_scheme=scheme)
        self.context.add_init_script(
            """addEventListener("securitypolicyviolation", (event) => {
                 console.error(`stopped: ${event.effectiveDirective} ${event.blockedURI}`);
               });"""
        )
        self.page: Page = self.context.new_page()
        self.address = address
        self.stopped: list[str] = []
        self.foreign: list[str] = []
        self.page.on("console", self._console)
        # What the policy stops never comes here; what would leave for elsewhere does.
        self.context.route(self._is_foreign, self._refuse)

    def _console(self, message) -> None:
        if message.text.startswith("stopped: "):
            self.stopped.append(message.text.removeprefix("stopped: "))
        elif "Content Security Policy" in message.text:
            self.stopped.append(message.text)

    @property
    def directives(self) -> set[str]:
        """What the policy said of each."""
        return {text.partition(" ")[0] for text in self.stopped}

    def _is_foreign(self, url: str) -> bool:
        return urlsplit(url).netloc not in ("", urlsplit(self.address).netloc)

    def _refuse(self, route) -> None:
        self.foreign.append(route.request.url)
        route.abort()

    def open(self, path: str) -> Page:
        self.page.goto(self.address + path)
        self.page.wait_for_load_state("networkidle")
        return self.page


@pytest.fixture
def guarded(browser: Browser, address: str) -> Iterator[Guarded]:
    page = Guarded(browser, address)
    yield page
    page.context.close()
    assert page.stopped == []


@pytest.mark.build
@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_of_ours_is_stopped_on_any_template(browser, address, scheme):
    seen = Guarded(browser, address, scheme)
    for path in TEMPLATES:
        page = seen.open(path)
        page.mouse.wheel(0, 4000)
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert seen.stopped == [], path
    seen.context.close()
    assert seen.foreign == []


@pytest.mark.build
@pytest.mark.browser
def test_search_finds_what_only_its_index_knows(guarded):
    page = guarded.open("")
    page.keyboard.press("/")
    page.get_by_role("combobox", name="Search the handbook").fill("calibration held out")
    expect(page.locator("dialog[open] .hb-search__excerpt").first).to_be_visible()


@pytest.mark.build
@pytest.mark.browser
def test_what_a_reader_does_on_a_chapter_is_not_stopped(guarded):
    page = guarded.open(CHAPTER)
    page.locator("[data-hb-theme]").click()
    expect(page.locator("html")).to_have_attribute("data-hb-chosen", re.compile("light|dark"))
    page.locator(".hb-expand").first.click()
    expect(page.locator("dialog[open] svg.hb-fig").first).to_be_visible()
    page.keyboard.press("+")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    page.locator("a.hb-number").first.click()
    expect(page.locator(".hb-popover")).to_be_visible()
    page.keyboard.press("Escape")
    term = page.locator("article abbr").first
    term.scroll_into_view_if_needed()
    term.hover()
    page.locator(".hb-quiz input, .hb-quiz summary").first.click()


@pytest.mark.build
@pytest.mark.browser
def test_code_is_copied_and_tabs_are_turned(guarded):
    page = guarded.open("contributing/diagrams/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy the code").first.click()
    expect(page.get_by_role("status")).to_have_text("Copied")
    page = guarded.open("tabs/")
    page.get_by_text("Two", exact=True).click()
    expect(page.locator("#__tabbed_1_2")).to_be_checked()


@pytest.mark.build
@pytest.mark.browser
def test_whatever_stands_in_a_page_is_stopped(browser, address):
    seen = Guarded(browser, address)
    page = seen.open("attacks/")
    page.locator("#link").evaluate("e => e.click()")
    page.wait_for_timeout(100)
    assert page.title().endswith(" allowed"), page.title()
    assert page.url == f"{address}attacks/"
    for name in ("styled", "planted"):
        assert page.locator(f"#{name}").evaluate("e => getComputedStyle(e).position") == "static"
    seen.context.close()
    assert seen.foreign == []
    assert seen.directives >= {
        "base-uri",
        "connect-src",
        "img-src",
        "script-src",
        "script-src-attr",
        "script-src-elem",
        "style-src-attr",
        "style-src-elem",
        "worker-src",
    }


@pytest.mark.build
@pytest.mark.browser
def test_without_a_policy_the_same_attacks_succeed(browser, address):
    seen = Guarded(browser, address)
    page = seen.open("bare/")
    page.locator("#link").evaluate("e => e.click()")
    page.wait_for_function("document.title.includes(' link')")
    for name in ("inline", "module", "data", "handler", "drawing", "eval", "timer", "made"):
        assert f" {name}" in page.title()
    assert page.locator("#styled").evaluate("e => getComputedStyle(e).position") == "fixed"
    seen.context.close()
    assert len(seen.foreign) >= 4
    assert seen.stopped == []


@pytest.mark.build
@pytest.mark.browser
def test_no_page_shows_or_leads_to_another_document_by_itself(browser, address):
    seen = Guarded(browser, address)
    # A frame that is stopped never says that it has loaded.
    seen.page.goto(f"{address}frames/", wait_until="commit")
    expected = {"form-action", "frame-src", "object-src"}
    for _ in range(100):
        if expected <= seen.directives:
            break
        seen.page.wait_for_timeout(100)
    assert seen.directives >= expected
    assert seen.page.url == f"{address}frames/"
    seen.context.close()
    assert seen.foreign == []
    assert "nothing" not in seen.directives


@pytest.mark.build
@pytest.mark.browser
def test_from_a_folder_pages_work_and_what_stands_in_them_is_stopped(browser, planted):
    seen = Guarded(browser, f"{planted.as_uri()}/")
    page = seen.open(f"{CHAPTER}index.html")
    assert page.locator("html").evaluate("e => e.classList.contains('js')")
    page.locator(".hb-expand").first.click()
    expect(page.locator("dialog[open]")).to_be_visible()
    assert seen.stopped == []
    page = seen.open("attacks/index.html")
    assert page.title().endswith(" allowed"), page.title()
    seen.context.close()
    assert seen.foreign == []
