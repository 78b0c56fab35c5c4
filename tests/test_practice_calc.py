"""Calculators in a browser: by mouse, touch and keyboard, with a script and without."""

from __future__ import annotations

import re

import pytest
from browsing import Watched, violations
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.build, pytest.mark.browser]

PAGE = "reference/estimation/"
LOAD = "#calc-load-and-storage"


def opened(watched: Watched, path: str = PAGE, box: str = LOAD) -> Page:
    """Opens a page and waits until a calculator has its controls."""
    page = watched.open(path)
    page.locator(box).scroll_into_view_if_needed()
    expect(page.locator(f"{box}.hb-calc--live")).to_be_visible()
    return page


def results(page: Page, box: str = LOAD) -> list[str]:
    return page.locator(f"{box} .hb-calc__result .hb-calc__value").all_inner_texts()


def test_the_script_starts_where_the_page_stands(watched, plain):
    page = plain.open(PAGE)
    static = results(page)
    assert static[:2] == ["34,722", "69,444"]
    assert page.locator(f"{LOAD} input").count() == 0
    expect(page.locator(f"{LOAD} tr").first).to_have_text(re.compile(r"Users a day\s*500,000,000"))
    assert results(opened(watched)) == static


@pytest.mark.parametrize(
    "path", [PAGE, "building-blocks/llm-inference/", "building-blocks/online-experiments/"]
)
def test_every_calculator_computes_in_the_browser_what_python_wrote(watched, plain, path):
    page = plain.open(path)
    boxes = [f"#{each.get_attribute('id')}" for each in page.locator("[data-hb-calc]").all()]
    assert boxes
    static = {box: results(page, box) for box in boxes}
    page = watched.open(path)
    for box in boxes:
        page.locator(box).scroll_into_view_if_needed()
        expect(page.locator(f"{box}.hb-calc--live")).to_be_visible()
        assert results(page, box) == static[box]


def test_a_field_is_typed_into(watched):
    page = opened(watched)
    field = page.get_by_label("Users a day", exact=True)
    field.fill("8640000")
    # Six requests each, over 86,400 seconds.
    assert results(page)[:2] == ["600", "1,200"]
    field.fill("1")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description("From 1,000 to 3,000,000,000")
    assert results(page)[0] == "600"
    field.fill("86400000")
    expect(field).to_have_attribute("aria-invalid", "false")
    expect(field).to_have_accessible_description("")
    assert results(page)[0] == "6,000"
    page.locator(f"{LOAD} button").click()
    assert results(page)[0] == "34,722"
    expect(field).to_have_value("500000000")


def test_a_slider_takes_the_keyboard(watched):
    page = opened(watched)
    slider = page.get_by_label("Peak over average, slider")
    slider.focus()
    page.keyboard.press("End")
    assert results(page)[1] == "694,444"
    expect(slider).to_have_attribute("aria-valuetext", "20")
    page.keyboard.press("Home")
    assert results(page)[0] == results(page)[1] == "34,722"
    field = page.get_by_label("Peak over average", exact=True)
    expect(field).to_have_value("1")
    page.keyboard.press("Shift+Tab")
    expect(field).to_be_focused()
    page.keyboard.press("ArrowUp")
    assert results(page)[1] == "69,444"


def test_a_slider_takes_the_mouse(watched):
    page = opened(watched)
    slider = page.get_by_label("Requests of each a day, slider")
    slider.scroll_into_view_if_needed()
    shape = slider.bounding_box()
    assert shape
    page.mouse.click(shape["x"] + shape["width"] - 9, shape["y"] + shape["height"] / 2)
    value = float(page.get_by_label("Requests of each a day", exact=True).input_value())
    assert value > 800
    assert results(page)[0] == f"{500e6 * value / 86_400:,.0f}"


def test_a_slider_takes_a_finger(browser, address):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = opened(Watched(context, address))
    slider = page.get_by_label("Days kept, slider")
    slider.scroll_into_view_if_needed()
    shape = slider.bounding_box()
    assert shape
    assert shape["height"] >= 24
    before = results(page)[3]
    page.touchscreen.tap(shape["x"] + 9, shape["y"] + shape["height"] / 2)
    assert float(page.get_by_label("Days kept", exact=True).input_value()) < 5
    assert results(page)[3] != before
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    context.close()
    assert overflow <= 0


def test_what_cannot_be_computed_is_said_in_words(watched):
    box = "#calc-llm-serving"
    page = opened(watched, "building-blocks/llm-inference/", box)
    page.get_by_label("Tokens of a prompt", exact=True).fill("100000")
    page.get_by_label("Bytes of a weight", exact=True).fill("2")
    shown = results(page, box)
    assert shown[1] == "0"
    assert "a rate above 0" in shown[5]
    assert shown[6] == "not a number"
    page.locator(f"{box} button").click()
    assert "not a number" not in results(page, box)


def test_nothing_is_kept_over_a_reload(watched):
    page = opened(watched)
    page.get_by_label("Users a day", exact=True).fill("8640000")
    page.reload()
    page = opened(watched)
    assert results(page)[0] == "34,722"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_in_a_calculator(browser, address, scheme, width):
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = opened(Watched(context, address))
    page.get_by_label("Users a day", exact=True).fill("1")
    found = violations(page)
    context.close()
    assert found == []


def test_in_print_the_values_stand_without_controls(watched):
    page = opened(watched)
    page.emulate_media(media="print")
    expect(page.locator(f"{LOAD} .hb-calc__slider").first).to_be_hidden()
    expect(page.locator(f"{LOAD} button")).to_be_hidden()
    expect(page.get_by_label("Users a day", exact=True)).to_be_visible()


def test_it_works_from_a_folder(browser, built):
    context = browser.new_context()
    page = context.new_page()
    page.goto((built.site / PAGE / "index.html").as_uri())
    page.locator(LOAD).scroll_into_view_if_needed()
    page.get_by_label("Users a day", exact=True).fill("8640000")
    assert results(page)[0] == "600"
    context.close()
