"""The built site in a browser, under a path of its own: what a reader does works, for everybody."""

from __future__ import annotations

import re
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browsing import Watched, violations
from playwright.sync_api import expect

pytestmark = [pytest.mark.build, pytest.mark.browser]

CHAPTER = "case-studies/news-feed/"
# One page of each template: landing page, prose, chapter, guide, gallery, API, glossary, tags,
# error page.
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
)
WIDTHS = {"wide": (1280, 900), "narrow": (390, 844)}

# --------------------------------------------------------------------------- the watch itself


def test_only_what_a_left_page_was_loading_may_be_cut_short(browser):
    address = "http://watched.test/"
    context = browser.new_context()
    context.route(f"{address}*", lambda route: route.fulfill(body="", content_type="text/html"))
    context.route(f"{address}slow*", lambda _: None)  # never answered
    context.route(f"{address}broken", lambda route: route.abort("connectionreset"))
    seen = Watched(context, address)
    page = seen.open("")
    page.evaluate("void fetch('slow').catch(() => {})")
    page.wait_for_timeout(50)
    seen.open("next")
    assert seen.wrong == []
    page.evaluate("fetch('broken').catch(() => {})")
    page.evaluate("""async () => {
        const stop = new AbortController();
        const asked = fetch('slow?2', {signal: stop.signal}).catch(() => {});
        setTimeout(() => stop.abort(), 50);
        await asked;
    }""")
    seen.close()
    failed = [each for each in seen.wrong if each.startswith("failed: ")]
    assert failed == [
        f"failed: {address}broken (net::ERR_CONNECTION_RESET)",
        f"failed: {address}slow?2 (net::ERR_ABORTED)",
    ]


# --------------------------------------------------------------------------- everywhere


@pytest.mark.parametrize("path", TEMPLATES)
def test_a_visit_fetches_only_from_the_site_and_nothing_fails(watched, path):
    page = watched.open(path)
    page.wait_for_load_state("networkidle")
    page.mouse.wheel(0, 2000)
    assert page.locator("h1").count() == 1


# A small phone (and a wide window at 400 %), a phone, and a wide window at 200 %.
@pytest.mark.parametrize("width", [320, 390, 640])
@pytest.mark.parametrize("path", TEMPLATES)
def test_no_page_scrolls_sideways(browser, address, path, width):
    context = browser.new_context(viewport={"width": width, "height": 844})
    page = Watched(context, address).open(path)
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    context.close()
    assert overflow <= 0


@pytest.mark.parametrize("size", WIDTHS)
@pytest.mark.parametrize("path", ["", CHAPTER])
def test_nothing_moves_while_a_page_loads(browser, address, path, size):
    width, height = WIDTHS[size]
    context = browser.new_context(viewport={"width": width, "height": height})
    # The text is drawn before its font is there.
    context.route("**/*.woff2", lambda route: (time.sleep(0.4), route.continue_()))
    page = Watched(context, address).open(path)
    page.wait_for_function("document.fonts.check('16px Inter')")
    moved = page.evaluate(
        """new Promise(done => new PerformanceObserver(list => done(
             list.getEntries().reduce((sum, shift) => sum + shift.value, 0)
           )).observe({type: 'layout-shift', buffered: true}) || setTimeout(done, 300, 0))"""
    )
    context.close()
    assert moved <= 0.01


@pytest.mark.parametrize("size", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", TEMPLATES)
def test_axe_finds_nothing(browser, address, path, scheme, size):
    width, height = WIDTHS[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = Watched(context, address).open(path)
    # What is folded away is read too.
    page.evaluate("document.querySelectorAll('.md-content details').forEach(d => d.open = true)")
    found = violations(page)
    context.close()
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("selector", "shown"),
    [
        (".hb-menu", "#hb-navigation"),
        (".hb-expand", "dialog.hb-dialog"),
        ("a.hb-number", ".hb-popover"),
        ("article abbr", ".hb-tip"),
    ],
)
def test_axe_finds_nothing_in_what_opens(browser, address, scheme, selector, shown):
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = Watched(context, address).open(CHAPTER)
    page.locator(selector).first.click()
    expect(page.locator(shown)).to_be_visible()
    found = violations(page)
    context.close()
    assert found == []


# --------------------------------------------------------------------------- what a reader does


def test_the_theme_follows_the_system_and_can_be_chosen(watched):
    page = watched.open("")
    root = page.locator("html")
    button = page.locator("[data-hb-theme]")
    expect(root).to_have_attribute("data-md-color-scheme", "default")
    page.emulate_media(color_scheme="dark")
    expect(root).to_have_attribute("data-md-color-scheme", "slate")
    # From the system's to light, which then stays whatever the system says.
    button.focus()
    page.keyboard.press("Enter")
    expect(root).to_have_attribute("data-md-color-scheme", "default")
    expect(page.get_by_role("status")).to_have_text("Theme: light")
    expect(button).to_have_accessible_name("Theme: light. Switch to: dark")
    page.keyboard.press("Space")
    expect(root).to_have_attribute("data-md-color-scheme", "slate")
    page.emulate_media(color_scheme="light")
    page.reload()
    expect(root).to_have_attribute("data-md-color-scheme", "slate")
    button.click()
    expect(root).to_have_attribute("data-md-color-scheme", "default")


def test_a_chosen_theme_is_there_before_the_first_picture(watched):
    page = watched.open("")
    page.evaluate("localStorage.setItem('hb-theme', 'dark')")
    page.add_init_script(
        """new MutationObserver((_, watch) => {
             if (!document.body) return;
             window.atFirst = document.documentElement.dataset.mdColorScheme;
             watch.disconnect();
           }).observe(document, {childList: true, subtree: true})"""
    )
    page.reload()
    assert page.evaluate("atFirst") == "slate"


def test_a_theme_can_be_chosen_where_storage_is_forbidden(watched):
    watched.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('forbidden'); }})"
    )
    page = watched.open("")
    page.locator("[data-hb-theme]").click()
    page.locator("[data-hb-theme]").click()
    expect(page.locator("html")).to_have_attribute("data-md-color-scheme", "slate")


def test_the_contents_follow_the_reader(watched):
    page = watched.open(CHAPTER)
    page.locator("#size-it").scroll_into_view_if_needed()
    page.evaluate("document.querySelector('#size-it').scrollIntoView({behavior: 'instant'})")
    here = page.locator(".hb-toc [aria-current]")
    expect(here).to_have_text("Size it")
    expect(page.locator(".hb-topic")).to_have_css("opacity", "1")
    page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
    expect(here).to_have_count(0)


def test_the_menu_of_a_phone_opens_and_closes_by_keyboard(phone):
    page = phone.open(CHAPTER)
    menu = page.get_by_role("button", name="Menu", exact=True)
    expect(page.get_by_role("navigation", name="Navigation")).to_be_hidden()
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("navigation", name="Navigation")).to_be_visible()
    expect(page.locator(".hb-nav [aria-current=page]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("navigation", name="Navigation")).to_be_hidden()
    expect(menu).to_be_focused()


def test_the_menu_of_a_phone_leads_to_every_part(phone):
    page = phone.open(CHAPTER)
    page.get_by_role("button", name="Menu", exact=True).click()
    page.get_by_role("navigation", name="Navigation").get_by_role("link", name="Framework").click()
    expect(page.locator("h1")).to_contain_text("seven steps")


def test_a_link_leads_back_to_the_top(watched):
    page = watched.open(CHAPTER)
    link = page.get_by_role("link", name="Back to top")
    expect(link).not_to_be_in_viewport()
    page.evaluate("scrollTo({top: 9000, behavior: 'instant'})")
    expect(link).to_be_in_viewport()
    link.click()
    page.wait_for_function("scrollY === 0")


def test_sidebars_stay_below_the_header(watched):
    page = watched.open(CHAPTER)
    page.evaluate("scrollTo({top: 9000, behavior: 'instant'})")
    header = page.locator(".md-header").bounding_box()
    for bar in (".md-sidebar--primary", ".md-sidebar--secondary"):
        box = page.locator(bar).bounding_box()
        assert box["y"] == pytest.approx(header["y"] + header["height"], abs=1.5), bar
        assert box["y"] + box["height"] <= 900, bar


def test_a_figure_zooms_and_pans(watched):
    page = watched.open(CHAPTER)
    figure = page.locator("figure[data-figure='news_feed/serving']")
    figure.locator(".hb-expand").click()
    drawing = page.locator("dialog[open] svg.hb-fig text").first
    expect(drawing).to_be_visible()
    before = drawing.bounding_box()
    page.keyboard.press("+")
    page.keyboard.press("+")
    larger = drawing.bounding_box()
    assert larger["width"] > before["width"]
    page.keyboard.press("ArrowRight")
    moved = drawing.bounding_box()
    assert moved["x"] != larger["x"]
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(figure.locator(".hb-expand")).to_be_focused()


# Of a drawing: its scale, how far its layout goes beyond the stage above, and below.
SCALE = "drawing => drawing.getScreenCTM().a"
BEYOND = """drawing => {
    const stage = drawing.parentElement.getBoundingClientRect();
    const box = drawing.getBBox();
    const at = value => new DOMPoint(0, value).matrixTransform(drawing.getScreenCTM()).y;
    return [stage.top - at(box.y), at(box.y + box.height) - stage.bottom];
}"""


@pytest.mark.parametrize("size", [(390, 844), (1280, 800)], ids=["phone", "wide"])
@pytest.mark.parametrize("at", [CHAPTER, "case-studies/ad-click-prediction/"])
def test_a_figure_opens_no_smaller_than_it_was_and_from_its_top(browser, address, at, size):
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    page = Watched(context, address).open(at)
    opened = page.locator("dialog[open] .hb-stage svg")
    cut = 0
    for figure in page.locator("figure.hb-figure").all():
        before = figure.locator(".hb-view svg:visible").evaluate(SCALE)
        figure.locator(".hb-expand").click()
        name = figure.get_attribute("data-figure")
        assert opened.evaluate(SCALE) > before * 0.999, name
        above, below = opened.evaluate(BEYOND)
        assert above < 1, name
        if below > 1:
            cut += 1
            page.keyboard.press("ArrowDown")
            assert opened.evaluate(BEYOND)[1] < below, name
            page.keyboard.press("0")
            assert max(opened.evaluate(BEYOND)) < 1, name
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)
    assert cut or size[0] > 390  # on a phone, a tall one was among them
    context.close()


def test_the_dialog_of_figures_is_fetched_when_one_is_enlarged(watched):
    asked: list[str] = []
    watched.page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[-1]))
    page = watched.open(CHAPTER)
    page.wait_for_load_state("networkidle")
    assert "figure-dialog.js" not in asked
    page.locator(".hb-expand").first.click()
    expect(page.locator("dialog[open]")).to_be_visible()
    assert asked.count("figure-dialog.js") == 1


def test_a_figure_has_a_drawing_for_phones(browser, address):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = Watched(context, address).open(CHAPTER)
    figure = page.locator("figure[data-figure='news_feed/serving']")
    expect(figure.locator(".hb-view-narrow")).to_be_visible()
    expect(figure.locator(".hb-view-wide")).to_be_hidden()
    context.close()


def test_a_figure_can_be_downloaded(watched):
    page = watched.open(CHAPTER)
    with page.expect_download() as download:
        page.locator("figure[data-figure='news_feed/serving'] .hb-download").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert text.startswith("<svg")


def test_a_derivation_opens_and_closes_by_keyboard(watched):
    page = watched.open(CHAPTER)
    number = page.locator("a.hb-number", has_text="69,444").first
    number.focus()
    page.keyboard.press("Enter")
    box = page.get_by_role("dialog", name="How 69,444 is computed")
    expect(box).to_be_visible()
    expect(box).to_be_focused()
    expect(box).to_contain_text("peak factor")
    expect(number).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    expect(number).to_be_focused()
    expect(number).to_have_attribute("aria-expanded", "false")


def test_code_can_be_copied(watched):
    page = watched.open("contributing/diagrams/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    block = page.locator(".highlight").first
    block.scroll_into_view_if_needed()
    block.get_by_role("button", name="Copy the code").click()
    expect(page.get_by_role("status")).to_have_text("Copied")
    assert "from handbook.drawing" in page.evaluate("navigator.clipboard.readText()")


def test_a_glossary_term_explains_itself(watched):
    page = watched.open(CHAPTER)
    term = page.locator("article abbr").first
    meaning = term.get_attribute("title")
    term.scroll_into_view_if_needed()
    term.hover()
    tip = page.get_by_role("tooltip")
    expect(tip).to_have_text(meaning)
    # The pointer may move onto it, and Escape closes it.
    tip.hover()
    expect(tip).to_be_visible()
    page.keyboard.press("Escape")
    expect(tip).to_have_count(0)


def test_a_glossary_term_explains_itself_to_a_keyboard(watched):
    page = watched.open(CHAPTER)
    term = page.locator("article abbr[tabindex]").first
    meaning = term.get_attribute("title")
    term.focus()
    expect(page.get_by_role("tooltip")).to_have_text(meaning)
    expect(term).to_have_accessible_description(meaning)
    page.keyboard.press("Tab")
    expect(page.get_by_role("tooltip", name=meaning)).to_have_count(0)


def test_a_footnote_shows_where_it_is_called(watched):
    page = watched.open(CHAPTER)
    call = page.locator("a.footnote-ref").first
    call.focus()
    tip = page.get_by_role("tooltip")
    expect(tip).to_be_in_viewport(ratio=1)
    note = page.locator(f"[id='{call.get_attribute('href')[1:]}'] p").first.inner_text()
    assert len(tip.inner_text()) > 20
    assert tip.inner_text() == re.sub(r"[\s↩\ufe0e]+$", "", note)


TABS = """<div class="tabbed-set tabbed-alternate" data-tabs="{n}:2">
  <input checked id="__tabbed_{n}_1" name="__tabbed_{n}" type="radio">
  <input id="__tabbed_{n}_2" name="__tabbed_{n}" type="radio">
  <div class="tabbed-labels"><label for="__tabbed_{n}_1">Python</label>
    <label for="__tabbed_{n}_2">Shell</label></div>
  <div class="tabbed-content"><div class="tabbed-block"><p>python {n}</p></div>
    <div class="tabbed-block"><p>shell {n}</p></div></div></div>"""


def test_content_tabs_of_one_name_are_one_choice(browser, address):
    context = browser.new_context(viewport={"width": 1280, "height": 900})

    def with_tabs(route) -> None:
        sets = "".join(TABS.format(n=n) for n in (1, 2))
        page = route.fetch().text().replace("</article>", f"{sets}</article>")
        route.fulfill(body=page, content_type="text/html")

    context.route("**/reference/tags/", with_tabs)
    page = Watched(context, address).open("reference/tags/")
    second = page.locator("#__tabbed_2_2")
    expect(second).not_to_be_checked()
    page.locator("label[for=__tabbed_1_2]").click()
    expect(second).to_be_checked()
    page.reload()
    expect(page.locator("#__tabbed_1_2")).to_be_checked()
    context.close()


def test_a_glossary_term_explains_itself_to_a_finger(browser, address):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = Watched(context, address).open(CHAPTER)
    page.locator("article abbr").first.tap()
    expect(page.get_by_role("tooltip")).to_be_in_viewport(ratio=1)
    page.locator("h1").tap()
    expect(page.get_by_role("tooltip")).to_have_count(0)
    context.close()


def test_the_first_stop_of_a_keyboard_skips_to_the_content(watched):
    page = watched.open(CHAPTER)
    page.keyboard.press("Tab")
    skip = page.locator(".md-skip")
    expect(skip).to_be_focused()
    page.keyboard.press("Enter")
    assert "#" in page.url


def test_every_control_shows_that_the_keyboard_is_at_it(watched):
    page = watched.open(CHAPTER)
    page.evaluate("document.querySelectorAll('details').forEach(fold => (fold.open = true))")
    page.keyboard.press("Tab")
    # From here on a script's focus counts as the keyboard's.
    hidden = page.evaluate(
        """() => {
          const controls = "a[href], button, summary, input, select, [tabindex='0']";
          return [...document.querySelectorAll(controls)].flatMap((control) => {
            if (!control.checkVisibility()) return [];
            control.focus();
            const { outlineStyle, outlineWidth } = getComputedStyle(control);
            const seen = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
            const fine = document.activeElement !== control || seen;
            return fine ? [] : [control.outerHTML.slice(0, 90)];
          });
        }"""
    )
    assert sorted(set(hidden)) == []


def test_a_page_without_code_fetches_no_font_for_code(watched):
    asked: list[str] = []
    watched.page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[-1]))
    watched.open("").wait_for_load_state("networkidle")
    assert [name for name in asked if name.endswith(".woff2")] == ["inter.woff2"]


# --------------------------------------------------------------------------- from a folder


def test_a_page_works_from_a_folder(browser, built):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    address = built.site.as_uri() + "/"
    seen = Watched(context, address)
    page = seen.open(f"{CHAPTER}index.html")
    page.locator("[data-hb-theme]").click()
    page.locator("[data-hb-theme]").click()
    expect(page.locator("html")).to_have_attribute("data-md-color-scheme", "slate")
    page.locator(".hb-expand").first.click()
    expect(page.locator("dialog[open]")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("a.hb-number").first.click()
    expect(page.locator(".hb-popover")).to_be_visible()
    seen.close()
    assert seen.wrong == []
    assert seen.foreign == []


# --------------------------------------------------------------------------- without JavaScript


def test_a_chapter_is_whole_without_javascript(plain):
    page = plain.open(CHAPTER)
    for selector in ("h1", ".hb-chapter", "figure svg.hb-fig", "math", ".hb-table"):
        expect(page.locator(f"article {selector}").first).to_be_visible()
    for needs_it in ("[data-hb-search]", "[data-hb-theme]", ".hb-expand", ".hb-copy"):
        assert [e for e in page.locator(needs_it).all() if e.is_visible()] == [], needs_it


def test_a_derivation_is_reached_without_javascript(plain):
    page = plain.open(CHAPTER)
    number = page.locator("a.hb-number").first
    entry = page.locator(number.get_attribute("href"))
    expect(entry).to_be_hidden()
    number.click()
    expect(entry).to_be_visible()
    entry.locator("b a").click()
    expect(number).to_be_in_viewport()


def test_navigation_works_without_javascript(plain):
    page = plain.open("")
    page.locator(".md-tabs").get_by_role("link", name="Case studies").click()
    page.get_by_role("article").get_by_role("link", name="News feed", exact=True).first.click()
    expect(page.locator("h1")).to_contain_text("news feed")


def test_the_menu_of_a_phone_opens_without_javascript(plain):
    plain.page.set_viewport_size({"width": 390, "height": 844})
    page = plain.open(CHAPTER)
    page.get_by_role("button", name="Menu", exact=True).click()
    expect(page.get_by_role("navigation", name="Navigation")).to_be_visible()
    page.get_by_role("button", name="Close the menu").click()
    expect(page.get_by_role("navigation", name="Navigation")).to_be_hidden()


def test_without_javascript_the_theme_is_the_systems(plain):
    page = plain.open(CHAPTER)
    for scheme, low, high in (("light", 250, 255), ("dark", 0, 60)):
        page.emulate_media(color_scheme=scheme)
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert low <= brightness(paper) <= high, scheme
        ink = page.evaluate("getComputedStyle(document.querySelector('.hb-fig')).fill")
        assert abs(brightness(ink) - brightness(paper)) > 150, scheme


def test_forced_colours_leave_every_button_to_be_seen(browser, address):
    context = browser.new_context(viewport={"width": 390, "height": 844}, forced_colors="active")
    page = Watched(context, address).open("contributing/writing/")
    unseen = page.evaluate(
        """[...document.querySelectorAll('.md-header button svg, .hb-brand svg, .md-top svg')]
           .filter(svg => svg.checkVisibility())
           .filter(svg => getComputedStyle(svg).fill === getComputedStyle(document.body)
             .backgroundColor)
           .map(svg => svg.parentElement.outerHTML)"""
    )
    page.locator(".highlight").first.scroll_into_view_if_needed()
    icon = page.locator(".hb-copy").first.evaluate(
        "button => getComputedStyle(button, '::after').backgroundColor"
    )
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    context.close()
    assert unseen == []
    assert icon != paper


# --------------------------------------------------------------------------- on paper


def test_print_is_whole_and_light(browser, address):
    context = browser.new_context(color_scheme="dark", viewport={"width": 700, "height": 1000})
    page = Watched(context, address).open(CHAPTER)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print", color_scheme="dark")
    for hidden in (".md-header", ".md-sidebar", ".md-footer", ".headerlink"):
        expect(page.locator(hidden).first).to_be_hidden()
    closed = page.evaluate("document.querySelectorAll('.md-content details:not([open])').length")
    cut = page.evaluate(
        """[...document.querySelectorAll('.hb-scroll, pre > code, .hb-math')]
           .filter(e => getComputedStyle(e).overflowX !== 'visible').length"""
    )
    inks = page.evaluate(
        """['article p', 'article li', 'article td', 'article th', 'blockquote', 'figcaption',
            '.hb-fact', '.hb-derived b', 'summary', 'article h2']
           .map(s => [s, getComputedStyle(document.querySelector(s)).color])"""
    )
    papers = page.evaluate(
        """['body', '.hb-chapter', 'th', '.hb-quiz summary']
           .map(s => [s, getComputedStyle(document.querySelector(s)).backgroundColor])"""
    )
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    opened = page.evaluate("document.querySelectorAll('.md-content .hb-derivations[open]').length")
    context.close()
    assert (closed, cut, opened) == (0, 0, 0)
    assert [ink for ink in inks if brightness(ink[1]) > 110] == []
    assert [paper for paper in papers if brightness(paper[1]) < 230] == []


def brightness(colour: str) -> float:
    """The mean of red, green and blue; white where the colour is see-through."""
    red, green, blue, *alpha = (float(part) for part in re.findall(r"[\d.]+", colour))
    return 255 if alpha == [0] else (red + green + blue) / 3


# --------------------------------------------------------------------------- the error page


def test_an_unknown_address_helps(watched):
    page = watched.open("no/such/page/")
    expect(page.locator("h1")).to_have_text("This page does not exist")
    page.locator("article").get_by_role("link", name="The seven steps").click()
    expect(page.locator("h1")).to_contain_text("seven steps")


@pytest.mark.parametrize("path", ["", CHAPTER])
def test_links_stay_under_the_path(watched, site_url, path):
    page = watched.open(path)
    outside = page.evaluate(
        """prefix => [...document.querySelectorAll('a[href]')]
           .filter(a => a.origin === location.origin && !a.pathname.startsWith(prefix))
           .map(a => a.href)""",
        urlsplit(site_url).path,
    )
    assert outside == []
