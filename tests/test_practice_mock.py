"""Mock interviews in a browser: by mouse, touch and keyboard, without a script, on paper."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import Watched, violations
from playwright.sync_api import Browser, Locator, Page, expect

from handbook.expressions import Scope
from handbook.project import Project

pytestmark = [pytest.mark.build, pytest.mark.browser]

CHAPTER = "case-studies/news-feed/"
ANCHOR = "#mock-news-feed"
STEPS = ["Clarify", "Frame", "Data", "Model", "Evaluate", "Serve", "Monitor"]
LEVELS = ["Mid", "Senior", "Staff"]
SECOND = 1_000
MINUTE = 60 * SECOND


def opened(seen: Watched, path: str = CHAPTER + ANCHOR) -> Page:
    """The chapter with a clock that only the test moves, and its interview ready."""
    seen.page.clock.install(time="2026-11-21T08:00:00Z")
    page = seen.open(path)
    expect(page.locator(".hb-mock__panel")).to_be_visible()
    page.clock.pause_at("2026-11-21T09:00:00Z")
    return page


def button(page: Page, name: str) -> Locator:
    return page.locator(".hb-mock").get_by_role("button", name=name, exact=True)


def clock(page: Page) -> Locator:
    return page.locator(".hb-mock").get_by_role("timer")


def status(page: Page) -> Locator:
    return page.locator(".hb-mock__panel").get_by_role("status")


def again(page: Page) -> None:
    """Loads the page again and goes back to the interview, which may have moved."""
    page.reload()
    page.locator(".hb-mock").scroll_into_view_if_needed()
    expect(page.locator(".hb-mock__panel")).to_be_visible()


def finish(page: Page) -> None:
    """Goes through all stages, a minute in each."""
    button(page, "Start the clock").click()
    for _ in STEPS[1:]:
        page.clock.run_for(MINUTE)
        button(page, "Next stage").click()
    page.clock.run_for(MINUTE)
    button(page, "Finish and score").click()


def choose(page: Page, rungs: list[int | None]) -> None:
    for step, rung in zip(STEPS, rungs, strict=True):
        own = page.get_by_role("combobox", name=f"Rung of {step}", exact=True)
        own.select_option("" if rung is None else str(rung))


def totals(page: Page) -> list[str]:
    return page.locator(".hb-mock__card tbody tr").last.locator("td").all_inner_texts()[2:5]


# --------------------------------------------------------------------------- what is loaded


def test_its_script_is_loaded_where_an_interview_comes_near_and_nowhere_else(
    watched: Watched,
) -> None:
    asked: list[str] = []
    watched.page.on("request", lambda request: asked.append(request.url))
    watched.open("framework/#quiz").wait_for_load_state("networkidle")
    watched.open(CHAPTER).wait_for_load_state("networkidle")
    assert not [url for url in asked if "/mock." in url]
    page = watched.open(CHAPTER + ANCHOR)
    expect(page.locator(".hb-mock__panel")).to_be_visible()
    assert [url.rpartition("/")[2] for url in asked if "/mock." in url] == ["mock.js"]


# --------------------------------------------------------------------------- without a script


def test_without_a_script_everything_opens_and_can_be_ticked(plain: Watched) -> None:
    page = plain.open(CHAPTER + ANCHOR)
    box = page.locator(".hb-mock")
    assert box.locator("button, select").count() == 0
    stage = box.locator("details").filter(has_text="1. Clarify").first
    stage.locator("summary").first.click()
    push = stage.locator("details").first
    expect(push.locator("p").first).to_be_hidden()
    push.locator("summary").first.click()
    expect(push.locator("p").first).to_be_visible()
    good = push.get_by_text("A good answer", exact=True)
    expect(push.locator("p").nth(1)).to_be_hidden()
    good.click()
    expect(push.locator("p").nth(1)).to_be_visible()
    box.get_by_text("Rubric: tick what was said or drawn").click()
    assert box.get_by_role("checkbox").count() == 63
    tick = box.get_by_role("checkbox").first
    tick.check()
    expect(tick).to_be_checked()
    # The scorecard is there to be filled in by hand.
    rows = box.locator(".hb-mock__card tbody tr")
    expect(rows).to_have_count(8)
    assert rows.first.locator("th, td").all_inner_texts()[:3] == ["1. Clarify", "of 6\u00a0min", ""]


# --------------------------------------------------------------------------- the clock


def test_the_clock_runs_stands_and_tells_half_and_end_politely(watched: Watched) -> None:
    page = opened(watched)
    expect(clock(page)).to_have_text("0:00 of 45:00")
    button(page, "Start the clock").click()
    expect(status(page)).to_have_text("Clarify: 6 minutes.")
    expect(clock(page)).to_have_text("Clarify: 6:00 left. Round: 45:00 left.")
    # A timer is no live region: only the status speaks.
    assert clock(page).get_attribute("aria-live") is None
    page.clock.run_for(2 * MINUTE)
    expect(clock(page)).to_have_text("Clarify: 4:00 left. Round: 43:00 left.")
    expect(status(page)).to_have_text("Clarify: 6 minutes.")
    page.clock.run_for(MINUTE)
    expect(status(page)).to_have_text("Half of Clarify has gone.")
    button(page, "Pause").click()
    page.clock.run_for(10 * MINUTE)
    expect(clock(page)).to_have_text("Clarify: 3:00 left. Round: 42:00 left.")
    button(page, "Continue").click()
    page.clock.run_for(3 * MINUTE)
    expect(status(page)).to_have_text("Time for Clarify is up.")
    page.clock.run_for(65 * SECOND)
    expect(clock(page)).to_have_text("Clarify: 1:05 over. Round: 37:55 left.")
    # What was overdrawn is not taken from the next stage.
    button(page, "Next stage").click()
    expect(clock(page)).to_have_text("Frame: 4:00 left. Round: 37:55 left.")
    page.clock.run_for(16 * MINUTE)
    expect(status(page)).to_have_text("Half of the round has gone.")
    page.clock.run_for(22 * MINUTE)
    expect(status(page)).to_have_text("Time for the round is up.")


def test_a_clock_that_slept_has_gone_on(watched: Watched) -> None:
    page = opened(watched)
    button(page, "Start the clock").click()
    page.clock.fast_forward(5 * MINUTE)
    expect(clock(page)).to_have_text("Clarify: 1:00 left. Round: 40:00 left.")
    expect(status(page)).to_have_text("Half of Clarify has gone.")


def test_in_the_round_only_its_stage_is_there_and_pushback_comes_one_by_one(
    watched: Watched,
) -> None:
    page = opened(watched)
    box = page.locator(".hb-mock")
    stages = box.locator(".hb-mock__stage")
    button(page, "Start the clock").click()
    for at, step in enumerate(STEPS):
        expect(stages.nth(at).locator("p").first).to_be_visible()
        shown = [each for each in range(len(STEPS)) if stages.nth(each).is_visible()]
        assert shown == [at], step
        folds = stages.nth(at).locator(".hb-mock__pushback")
        expect(folds.nth(0)).to_be_visible()
        expect(folds.nth(1)).to_be_hidden()
        folds.nth(0).locator("summary").first.click()
        expect(folds.nth(1)).to_be_visible()
        expect(folds.nth(1)).not_to_have_attribute("open", "")
        expect(box.locator(".hb-mock__rubric")).to_be_hidden()
        button(page, "Next stage" if step != "Monitor" else "Finish and score").click()
    assert all(stages.nth(at).is_visible() for at in range(len(STEPS)))
    expect(box.locator(".hb-mock__rubric")).to_have_attribute("open", "")


# --------------------------------------------------------------------------- the score


def test_ticks_reach_a_rung_with_one_missing_in_each_list(watched: Watched) -> None:
    page = opened(watched)
    finish(page)
    body = page.locator("[data-hb-rubric=clarify]")
    row = page.locator(".hb-mock__card tbody tr").first
    own = page.get_by_role("combobox", name="Rung of Clarify", exact=True)
    ticks = body.get_by_role("checkbox")
    items = body.locator("label").all_inner_texts()
    expect(own).to_have_value("0")
    ticks.nth(0).check()
    expect(own).to_have_value("1")
    # What lifts it is told.
    expect(row.locator("td").last).to_have_text("; ".join(items[1:3]))
    ticks.nth(1).check()
    expect(own).to_have_value("2")
    expect(row.locator("td").last).to_have_text("; ".join(items[3:6]))
    for at, rung in ((3, "2"), (4, "3"), (7, "3"), (8, "4")):
        ticks.nth(at).check()
        expect(own).to_have_value(rung)
    expect(row.locator("td").last).to_have_text("")
    # A rung is reached when those under it are.
    ticks.nth(0).uncheck()
    expect(own).to_have_value("1")
    assert row.locator("td").all_inner_texts()[2:5] == ["2", "1", "1"]
    # The reader's own judgement holds until the next tick.
    own.select_option("5")
    assert row.locator("td").all_inner_texts()[2:5] == ["4", "4", "4"]


def sheets() -> Iterator[list[int | None]]:
    chance = random.Random(7)
    yield [3, 3, 2, 3, 3, 4, 2]  # the worked sheet of the chapter on levels
    yield [3, 3, 3, 3, 3, 3, 1]  # one step only named: mid-level forgives it
    yield [3, 3, 3, 3, 3, 1, 1]  # 24 points at mid-level, and still no
    yield [3, 3, 3, 3, 1, 1, None]
    yield [4] * 7
    yield [3] * 6 + [None]
    yield [4, 4, 4, 4, 3, 3, None]
    for _ in range(12):
        sheet: list[int | None] = [chance.randint(1, 5) for _ in STEPS]
        if chance.random() < 0.4:
            sheet[chance.randrange(7)] = None
        yield sheet


def test_total_and_grade_are_those_of_the_chapter_on_levels(watched: Watched) -> None:
    rubric = Scope(Project(Path(__file__).resolve().parents[1])).module("levels_and_rubric")
    page = opened(watched)
    finish(page)
    grades = set()
    for sheet in sheets():
        choose(page, sheet)
        expected = []
        for target in rubric.LEVELS.values():
            scores = [rubric.score(rung, target) for rung in sheet if rung is not None]
            missing = len(STEPS) - len(scores)
            total, low = sum(scores), min(scores)
            named = sum(rung is not None and rung < rubric.COMPLETE for rung in sheet)
            if total >= rubric.cut_off(rubric.STRONG_TOTAL, missing) and low >= rubric.MEETS:
                grade = "strong yes"
            elif (
                total >= rubric.cut_off(rubric.YES_TOTAL, missing)
                and low > rubric.LOWEST_SCORE
                and named <= rubric.MOST_NAMED
            ):
                grade = "yes"
            else:
                grade = "no"
            if not missing:
                said = rubric.decision(dict(zip(STEPS, sheet, strict=True)), target)
                assert said.lower() == grade
            grades.add(grade)
            expected.append(f"{total} of {rubric.highest_total(len(scores)):.0f}: {grade}")
        assert totals(page) == expected, sheet
    assert grades == {"strong yes", "yes", "no"}
    choose(page, [3, 3, 3, 3, 3, None, None])
    assert totals(page) == ["20 of 20: not held", "15 of 20: not held", "10 of 20: not held"]


def test_a_result_is_kept_with_its_rungs_and_shown_again(watched: Watched) -> None:
    page = opened(watched)
    finish(page)
    choose(page, [3, 3, 2, 3, 3, 4, None])
    button(page, "Keep this result").click()
    expect(status(page)).to_have_text("Kept in this browser.")
    (kept,) = page.evaluate("JSON.parse(localStorage['hb-practice']).mock['news-feed']")
    assert kept["scores"] == {
        "clarify": 3,
        "frame": 3,
        "data": 2,
        "model": 3,
        "evaluate": 3,
        "serve": 4,
        "monitor": None,
    }
    verdict = "mid 23 of 24: strong yes, senior 18 of 24: yes, staff 12 of 24: no"
    assert kept["verdict"] == verdict
    held = page.locator(".hb-mock__card li")
    expect(held).to_have_count(1)
    # An export can be read back, and what is imported or reset is shown at once.
    copy = page.evaluate("hbProgress.export()")
    page.evaluate("hbProgress.reset()")
    expect(held).to_have_count(0)
    assert page.evaluate("text => hbProgress.import(text)", copy) == ""
    expect(held).to_have_text(re.compile(re.escape(verdict)))


def test_one_round_is_kept_once_as_it_was_last(watched: Watched) -> None:
    page = opened(watched)
    finish(page)
    for rung in (2, 3):
        choose(page, [rung] * 7)
        button(page, "Keep this result").click()
    button(page, "Start again").click()
    page.clock.run_for(MINUTE)
    for _ in STEPS[1:]:
        button(page, "Next stage").click()
    button(page, "Finish and score").click()
    choose(page, [4] * 7)
    button(page, "Keep this result").click()
    kept = page.evaluate("JSON.parse(localStorage['hb-practice']).mock['news-feed']")
    assert [each["scores"]["data"] for each in kept] == [3, 4]


def test_where_nothing_may_be_stored_a_round_works_and_says_so(watched: Watched) -> None:
    for name in ("localStorage", "sessionStorage"):
        watched.page.add_init_script(
            f"Object.defineProperty(window, '{name}', {{get() {{ throw new Error('no'); }}}})"
        )
    page = opened(watched)
    finish(page)
    button(page, "Keep this result").click()
    expect(status(page)).to_have_text("Kept until you leave this page.")
    expect(page.locator(".hb-mock__card li")).to_have_count(1)


# --------------------------------------------------------------------------- every way to use it


def test_the_clock_stands_while_the_reader_is_on_another_page(watched: Watched) -> None:
    page = opened(watched)
    button(page, "Start the clock").click()
    page.clock.run_for(MINUTE)
    # A browser may keep the page as it is and bring it back with its script running.
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    page.clock.run_for(10 * MINUTE)
    expect(clock(page)).to_have_text("Clarify: 5:00 left. Round: 44:00 left.")
    button(page, "Continue").click()
    page.clock.run_for(MINUTE)
    expect(clock(page)).to_have_text("Clarify: 4:00 left. Round: 43:00 left.")


def test_a_reload_brings_the_round_back_with_its_clock_standing(watched: Watched) -> None:
    page = opened(watched)
    button(page, "Start the clock").click()
    page.clock.run_for(MINUTE)
    button(page, "Next stage").click()
    page.clock.run_for(90 * SECOND)
    again(page)
    expect(clock(page)).to_have_text("Frame: 2:30 left. Round: 42:30 left.")
    page.clock.run_for(MINUTE)
    expect(clock(page)).to_have_text("Frame: 2:30 left. Round: 42:30 left.")
    button(page, "Continue").click()
    for _ in STEPS[2:]:
        button(page, "Next stage").click()
    button(page, "Finish and score").click()
    page.locator("[data-hb-rubric=frame]").get_by_role("checkbox").nth(2).check()
    page.get_by_role("combobox", name="Rung of Serve").select_option("5")
    again(page)
    expect(page.locator("[data-hb-rubric=frame]").get_by_role("checkbox").nth(2)).to_be_checked()
    expect(page.get_by_role("combobox", name="Rung of Frame")).to_have_value("1")
    expect(page.get_by_role("combobox", name="Rung of Serve")).to_have_value("5")
    button(page, "Start again").click()
    expect(clock(page)).to_have_text("Clarify: 6:00 left. Round: 45:00 left.")
    assert page.locator(".hb-mock input:checked").count() == 0


def test_by_keyboard_alone(watched: Watched) -> None:
    page = opened(watched)
    press = page.keyboard.press
    button(page, "Start the clock").focus()
    press("Enter")
    expect(button(page, "Pause")).to_be_focused()
    press("Tab")
    expect(button(page, "Next stage")).to_be_focused()
    press("Tab")
    press("Tab")
    expect(page.locator(".hb-mock summary:focus")).to_have_text("Pushback 1")
    press("Enter")
    press("Tab")
    expect(page.locator(".hb-mock summary:focus")).to_have_text("A good answer")
    press("Space")
    expect(page.locator(".hb-mock__good[open]")).to_have_count(1)
    button(page, "Next stage").focus()
    for _ in STEPS[1:]:
        expect(page.locator(".hb-mock button:focus")).to_have_text("Next stage")
        press("Enter")
    expect(page.locator(".hb-mock button:focus")).to_have_text("Finish and score")
    press("Enter")
    # The button has gone; the focus is where one goes on.
    expect(page.locator(".hb-mock__rubric > summary")).to_be_focused()
    press("Tab")
    press("Tab")
    expect(page.get_by_role("checkbox").first).to_be_focused()
    press("Space")
    expect(page.get_by_role("combobox", name="Rung of Clarify")).to_have_value("1")
    page.get_by_role("combobox", name="Rung of Clarify").focus()
    press("4")
    expect(page.get_by_role("combobox", name="Rung of Clarify")).to_have_value("4")


def test_by_touch_on_a_phone(browser: Browser, address: str) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    seen = Watched(context, address)
    page = opened(seen)
    button(page, "Start the clock").tap()
    page.locator(".hb-mock__pushback summary").locator("visible=true").first.tap()
    expect(page.locator(".hb-mock__pushback[open] > p").first).to_be_visible()
    for _ in STEPS[1:]:
        button(page, "Next stage").tap()
    button(page, "Finish and score").tap()
    page.locator("[data-hb-rubric=data] label").first.tap()
    expect(page.get_by_role("combobox", name="Rung of Data")).to_have_value("1")
    for target in page.locator(".hb-mock :is(button, label, select):visible").all():
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 24, target.inner_text()
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
    seen.close()
    assert seen.wrong == []


def test_from_a_folder(browser: Browser, built: Project) -> None:
    folder = built.site.as_uri() + "/"
    seen = Watched(browser.new_context(), folder)
    page = opened(seen, f"{CHAPTER}index.html{ANCHOR}")
    finish(page)
    choose(page, [3] * 7)
    assert totals(page) == ["28 of 28: strong yes", "21 of 28: yes", "14 of 28: no"]
    button(page, "Keep this result").click()
    held = page.locator(".hb-mock__card li")
    again(page)
    if held.count() == 0:
        # A browser writes what a folder's page stores a moment later than its reload reads it.
        again(page)
    expect(held).to_have_count(1)
    seen.close()
    assert seen.wrong == []
    assert seen.foreign == []


@pytest.mark.parametrize("size", [(1280, 900), (390, 844)], ids=["wide", "narrow"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_before_during_and_after(
    browser: Browser, address: str, scheme: str, size: tuple[int, int]
) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = opened(Watched(context, address))
    page.clock.resume()  # what reads the page waits for timers of its own
    found = violations(page)
    button(page, "Start the clock").click()
    page.locator(".hb-mock__pushback summary").locator("visible=true").first.click()
    found += violations(page)
    # Nothing moves for somebody who asked for that.
    assert page.evaluate("document.getAnimations().length") == 0
    for _ in STEPS:
        page.locator(".hb-mock__panel button").last.click()
    page.evaluate("document.querySelectorAll('.hb-mock details').forEach(d => d.open = true)")
    button(page, "Keep this result").click()
    found += violations(page)
    context.close()
    assert found == []


# --------------------------------------------------------------------------- paper


@pytest.mark.parametrize("sheet", ["A4", "Letter"])
def test_the_scorecard_is_printed_alone_on_one_page(watched: Watched, sheet: str) -> None:
    watched.page.add_init_script("window.print = () => { window.asked = true; }")
    page = opened(watched)
    finish(page)
    for body in page.locator("[data-hb-rubric]").all():
        body.get_by_role("checkbox").first.check()
    button(page, "Print the scorecard").click()
    assert page.evaluate("asked") is True
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator(".hb-mock__card table")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_hidden()
    expect(page.locator(".hb-mock__stage").first).to_be_hidden()
    expect(button(page, "Print the scorecard")).to_be_hidden()
    # What was chosen is read on paper, and nothing is cut off at its edge.
    expect(page.get_by_role("combobox", name="Rung of Clarify")).to_be_visible()
    page.set_viewport_size({"width": 673 if sheet == "A4" else 695, "height": 900})
    over = page.evaluate(
        """[...document.querySelectorAll('.hb-mock__card *')]
             .filter(e => e.getBoundingClientRect().right > innerWidth + 1).length"""
    )
    assert over == 0
    pages = page.pdf(format=sheet, prefer_css_page_size=False)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pages)) == 1
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_a_chapter_on_paper_has_answers_rubric_and_scorecard(browser: Browser, built: Project):
    context = browser.new_context(viewport={"width": 673, "height": 1000})
    page = context.new_page()
    page.goto((built.site / CHAPTER / "index.html").as_uri())
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    hidden = page.eval_on_selector_all(
        ".hb-mock :is(p, li, label, td, th)",
        "found => found.filter(e => !e.getClientRects().length).length",
    )
    assert hidden == 0
    assert page.locator(".hb-mock__good p").count() >= 14
    context.close()


def test_a_chapter_on_paper_is_whole_in_the_middle_of_a_round(watched: Watched) -> None:
    page = opened(watched)
    button(page, "Start the clock").click()
    expect(page.locator("[data-hb-stage]").locator("visible=true")).to_have_count(1)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("[data-hb-stage]").locator("visible=true")).to_have_count(len(STEPS))
    expect(page.locator(".hb-mock__card table")).to_be_visible()
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator("[data-hb-stage]").locator("visible=true")).to_have_count(1)
