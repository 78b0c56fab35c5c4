"""Quizzes, review and progress in a browser: by mouse, touch and keyboard, and kept by it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import Watched, violations
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from handbook.project import Project

pytestmark = [pytest.mark.build, pytest.mark.browser]

# Its first question is of one right answer, the second; the writing guide shows the other kinds.
CHAPTER = "case-studies/news-feed/"
ONE, RIGHT = "news-feed-downsampling", "b"
GUIDE = "contributing/writing/"
SEVERAL, ORDER, FREE = "writing-why-of-wrong", "writing-order", "writing-free"
PROGRESS, REVIEW = "practice/", "practice/review/"
IN_ORDER = ["decision", "mistakes", "reasons", "stranger"]
NOON = "2026-11-21T12:00:00"
DAY = 20_778  # of 21 November 2026, since 1970


@pytest.fixture(params=["http", "folder"])
def anywhere(request: pytest.FixtureRequest, browser: Browser, address: str, built: Project):
    """A page from a server, and from a folder."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    seen = Watched(context, address if request.param == "http" else built.site.as_uri() + "/")
    yield seen
    context.close()
    assert seen.wrong == []
    assert seen.foreign == []


@pytest.fixture
def touch(browser: Browser, address: str) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    seen = Watched(context, address)
    yield seen
    seen.close()
    assert seen.wrong == []


def quiz(page: Page, name: str) -> Locator:
    """A question, once its script has come."""
    box = page.locator(f"[data-quiz={name}]")
    box.scroll_into_view_if_needed()
    expect(box.locator(".hb-bar")).to_be_visible()
    return box


def opened(seen: Watched, path: str, name: str) -> Locator:
    return quiz(seen.open(path + ("index.html" if "file:" in seen.address else "")), name)


def option(box: Locator, name: str) -> Locator:
    """The input of an option by its id: its text may be edited, and its place is shuffled."""
    return box.locator(f".hb-quiz__options > [data-option={name}] input")


def letters(box: Locator, *names: str) -> str:
    shown = box.locator(".hb-quiz__options > li")
    places = [row.get_attribute("data-option") for row in shown.all()]
    return ", ".join(sorted("ABCD"[places.index(name)] for name in names))


def press(box: Locator, name: str) -> None:
    box.get_by_role("button", name=name, exact=True).click()


def said(box: Locator) -> Locator:
    return box.get_by_role("status")


def stored(page: Page) -> dict:
    return json.loads(page.evaluate("localStorage.getItem('hb-practice')") or "{}")


def keep(page: Page, **parts: dict) -> None:
    """Puts progress into the store, as a former visit left it."""
    data = {"version": 1, "quiz": {}, "read": {}, "mock": {}, **parts}
    page.evaluate("data => localStorage.setItem('hb-practice', data)", json.dumps(data))


def item(box: int = 1, due: int = DAY, seen: int = 1, right: int = 0) -> dict[str, int]:
    return {"box": box, "due": due, "seen": seen, "right": right}


def arrange(box: Locator, wanted: list[str], push: str) -> None:
    """Moves items up to where they belong, one press after the other."""
    for place, name in enumerate(wanted):
        while box.locator(".hb-quiz__options > li").nth(place).get_attribute("data-option") != name:
            button = box.locator(f"[data-option={name}] button").first
            if push == "key":
                button.focus()
                box.page.keyboard.press("Enter")
                expect(button).to_be_focused()
            else:
                button.tap() if push == "tap" else button.click()


# --------------------------------------------------------------------------- each kind


def test_one_right_answer_is_chosen_checked_and_tried_again(anywhere):
    box = opened(anywhere, CHAPTER, ONE)
    press(box, "Check")
    expect(said(box)).to_have_text("Choose an answer first.")
    expect(box.locator("details")).not_to_have_attribute("open", "")
    option(box, "a").check()
    press(box, "Check")
    expect(said(box)).to_have_text(f"Not right. The answer: {letters(box, RIGHT)}.")
    rows = {name: box.locator(f".hb-quiz__options > [data-option={name}]") for name in "abc"}
    expect(rows["a"].locator(".hb-verdict--wrong")).to_have_text("Wrong")
    expect(rows[RIGHT].locator(".hb-verdict--right")).to_have_text("Right, not chosen")
    expect(rows["c"].locator(".hb-verdict")).to_have_count(0)
    # Every option has its reason.
    assert box.locator(".hb-quiz__reason:visible").count() == 3
    expect(box.locator("input").first).to_be_disabled()
    press(box, "Try again")
    expect(said(box)).to_be_empty()
    expect(box.locator("input").first).to_be_focused()
    expect(box.locator("details")).not_to_have_attribute("open", "")
    option(box, RIGHT).check()
    press(box, "Check")
    expect(said(box)).to_have_text("Right.")


def test_a_choice_by_keyboard_alone(watched):
    box = opened(watched, CHAPTER, ONE)
    box.locator("input").first.focus()
    down = "ABC".index(letters(box, RIGHT))
    # The first is chosen by a space, each further one by an arrow.
    for key in ("Space", *["ArrowDown"] * down, "Tab", "Enter"):
        watched.page.keyboard.press(key)
    expect(said(box)).to_have_text("Right.")
    # The focus stays where it was: on the button, which now says what it does next.
    expect(box.get_by_role("button", name="Try again")).to_be_focused()


def test_several_right_answers_are_right_only_together(anywhere):
    box = opened(anywhere, GUIDE, SEVERAL)
    expect(box.get_by_role("group").first).to_have_accessible_name(re.compile("^What belongs"))
    option(box, "misreading").check()
    press(box, "Check")
    right = letters(box, "misreading", "condition")
    expect(said(box)).to_have_text(f"Not right. The answer: {right}.")
    press(box, "Try again")
    for name in ("misreading", "condition"):
        option(box, name).check()
    press(box, "Check")
    expect(said(box)).to_have_text("Right.")


@pytest.mark.parametrize("push", ["click", "key"])
def test_an_order_is_made_by_buttons_that_keep_the_focus(watched, push):
    box = opened(watched, GUIDE, ORDER)
    shown = box.locator(".hb-quiz__options > li")
    assert [row.get_attribute("data-option") for row in shown.all()] != IN_ORDER
    marker = "list => getComputedStyle(list).listStyleType"
    assert box.locator(".hb-quiz__options").evaluate(marker) == "decimal"
    first = shown.first.get_by_role("button", name="Move up")
    expect(first).to_have_attribute("aria-disabled", "true")
    first.click(force=True)
    press(box, "Check")
    expect(said(box)).to_have_text(re.compile(r"^Not right. In place: \d of 4\.$"))
    expect(box.locator(".hb-verdict--wrong", has_text="Wrong: place").first).to_be_visible()
    press(box, "Try again")
    arrange(box, IN_ORDER, push)
    expect(said(box)).to_have_text(re.compile(r"^\d of 4: \w"))
    press(box, "Check")
    expect(said(box)).to_have_text("Right.")
    assert box.locator(".hb-quiz__reasons > li:visible").count() == 4


@pytest.mark.parametrize("ticked", [2, 1])
def test_a_free_answer_is_compared_and_graded_by_its_writer(anywhere, ticked):
    box = opened(anywhere, GUIDE, FREE)
    field = box.get_by_role("textbox", name=re.compile("^A chapter's quiz"))
    field.fill("I ask a stranger.")
    press(box, "Compare")
    expect(said(box)).to_have_text("Tick each point that your answer names, then grade it.")
    expect(box.locator(".hb-quiz__model")).to_be_visible()
    for tick in box.locator("details input").all()[:ticked]:
        tick.check()
    press(box, "Grade")
    verdict = "Right." if ticked == 2 else "Not right. Named: 1 of 2."
    expect(said(box)).to_have_text(verdict)
    # What was written stays on the page and nowhere else.
    assert "stranger" not in json.dumps(stored(anywhere.page))
    press(box, "Try again")
    expect(field).to_be_focused()
    expect(box.locator("details input:checked")).to_have_count(0)


def test_each_kind_by_touch(touch):
    box = opened(touch, CHAPTER, ONE)
    box.get_by_text("Weigh kept negatives").tap()
    box.get_by_role("button", name="Check").tap()
    expect(said(box)).to_have_text("Right.")
    box = opened(touch, GUIDE, ORDER)
    arrange(box, IN_ORDER, "tap")
    box.get_by_role("button", name="Check").tap()
    expect(said(box)).to_have_text("Right.")
    box = quiz(touch.page, FREE)
    box.get_by_role("button", name="Compare").tap()
    for point in box.locator("details label").all():
        point.tap()
    box.get_by_role("button", name="Grade").tap()
    expect(said(box)).to_have_text("Right.")


def test_without_a_script_every_kind_has_its_answer_and_the_section_that_teaches_it(plain):
    page = plain.open(GUIDE)
    for name, reasons in ((SEVERAL, 3), (ORDER, 4), (FREE, 2)):
        box = page.locator(f"[data-quiz={name}]")
        expect(box.locator(".hb-quiz__reasons")).to_be_hidden()
        box.locator("summary").click()
        assert box.locator(".hb-quiz__reasons > li:visible").count() == reasons
        link = box.get_by_role("link", name="Quizzes")
        assert link.get_attribute("href") == "#quizzes"
        expect(box.locator("input, button, textarea")).to_have_count(0)
    links = plain.open(REVIEW).locator("[data-hb-entry] a[href*='#quiz-']")
    assert links.count() > 20
    expect(page.locator("[data-hb-review]")).to_contain_text("Review needs JavaScript")


def test_paper_shows_the_answers_of_every_kind(watched):
    box = opened(watched, GUIDE, FREE)
    page = watched.page
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    for name in (SEVERAL, ORDER, FREE):
        assert page.locator(f"[data-quiz={name}] .hb-quiz__reasons > li:visible").count() >= 2
    expect(box.locator(".hb-quiz__model")).to_be_visible()
    expect(page.locator(".hb-bar:visible, .hb-quiz__field:visible")).to_have_count(0)


# --------------------------------------------------------------------------- what is kept


def answer(box: Locator, name: str) -> None:
    again = box.get_by_role("button", name="Try again")
    if again.is_visible():
        again.click()
    option(box, name).check()
    press(box, "Check")


def test_boxes_follow_leitner_over_the_days_and_across_reloads(watched):
    page = watched.page
    page.clock.install(time=NOON)
    box = opened(watched, CHAPTER, ONE)
    day = DAY
    for place, days in ((2, 2), (3, 4), (4, 8), (5, 16), (5, 16)):
        answer(box, RIGHT)
        expect(box.locator(".hb-quiz__box")).to_contain_text(f"Box {place} of 5")
        assert stored(page)["quiz"][ONE]["due"] == day + days
        # Right again on the same day says nothing.
        answer(box, RIGHT)
        assert stored(page)["quiz"][ONE]["box"] == place
        assert stored(page)["quiz"][ONE]["due"] == day + days
        day += days
        page.clock.fast_forward(days * 86_400_000)
        page.reload()
        box = quiz(page, ONE)
        expect(box.locator(".hb-quiz__box")).to_have_text(f"Box {place} of 5, again today")
    answer(box, "a")
    expect(box.locator(".hb-quiz__box")).to_have_text("Box 1 of 5, again tomorrow")
    assert stored(page)["quiz"][ONE] == item(1, day + 1, seen=11, right=10)


def test_an_answer_that_was_looked_at_first_does_not_count(watched):
    box = opened(watched, CHAPTER, ONE)
    box.locator("summary").click()
    option(box, RIGHT).check()
    press(box, "Check")
    expect(said(box)).to_have_text("Right. Not counted: the answer was open.")
    assert stored(watched.page) == {}
    answer(box, RIGHT)
    expect(said(box)).to_have_text("Right.")
    assert stored(watched.page)["quiz"][ONE]["seen"] == 1


def test_printing_is_no_look_at_the_answer(watched):
    box = opened(watched, CHAPTER, ONE)
    watched.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    watched.page.evaluate("dispatchEvent(new Event('afterprint'))")
    answer(box, RIGHT)
    expect(said(box)).to_have_text("Right.")


def test_where_storage_is_forbidden_it_lasts_as_long_as_the_page_and_says_so(browser, address):
    context = browser.new_context()
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('no') }})"
    )
    seen = Watched(context, address)
    box = opened(seen, CHAPTER, ONE)
    answer(box, RIGHT)
    expect(box.locator(".hb-quiz__box")).to_contain_text("Box 2 of 5")
    page = seen.open(PROGRESS)
    expect(page.locator("[data-hb-progress]")).to_contain_text("This browser keeps nothing")
    context.close()
    assert [each for each in seen.wrong if "error:" in each] == []


@pytest.mark.parametrize(
    "broken",
    [
        "not JSON",
        "[]",
        "null",
        '{"version": 1, "quiz": {"a": {"box": 9}, "__proto__": {"box": 1}, "b": null}, "read": 3}',
    ],
)
def test_what_cannot_be_read_is_left_out_and_breaks_nothing(watched, broken):
    page = watched.open(CHAPTER)
    page.evaluate("text => localStorage.setItem('hb-practice', text)", broken)
    box = opened(watched, CHAPTER, ONE)
    answer(box, RIGHT)
    assert list(stored(page)["quiz"]) == [ONE]
    assert page.evaluate("({}).box") is None


def test_another_tab_shows_what_was_answered_here(watched):
    box = opened(watched, CHAPTER, ONE)
    other = watched.page.context.new_page()
    other.goto(watched.address + CHAPTER)
    there = quiz(other, ONE)
    answer(box, RIGHT)
    expect(there.locator(".hb-quiz__box")).to_contain_text("Box 2 of 5")
    other.close()


def test_a_chapter_is_marked_as_read_and_as_not_read(anywhere):
    folder = "index.html" if "file:" in anywhere.address else ""
    page = anywhere.open(CHAPTER + folder)
    page.locator(".hb-chapter-end").scroll_into_view_if_needed()
    press(page.locator(".hb-read"), "Mark as read")
    expect(page.locator(".hb-read").get_by_role("status")).to_contain_text("Read on")
    page.reload()
    page.locator(".hb-chapter-end").scroll_into_view_if_needed()
    expect(page.locator(".hb-read").get_by_role("status")).to_contain_text("Read on")
    anywhere.open(PROGRESS + folder)
    expect(page.locator("[data-hb-progress]")).to_contain_text(re.compile(r"^1 of \d+ chapters"))
    expect(page.locator("[data-hb-entry='case-studies/news-feed']")).to_contain_text("read on")
    anywhere.open(CHAPTER + folder)
    page.locator(".hb-chapter-end").scroll_into_view_if_needed()
    press(page.locator(".hb-read"), "Mark as not read")
    assert stored(page)["read"] == {}


# --------------------------------------------------------------------------- review


def test_review_asks_what_is_due_and_nothing_else(anywhere):
    folder = "index.html" if "file:" in anywhere.address else ""
    page = anywhere.page
    page.clock.install(time=NOON)
    anywhere.open(REVIEW + folder)
    review = page.locator("[data-hb-review]")
    expect(review).to_contain_text("Nothing is due. Answer a chapter’s quiz")
    keep(
        page,
        quiz={
            ONE: item(3, DAY - 1),
            "framework-framing": item(1, DAY),
            "framework-who-waits": item(2, DAY + 1),
            "gone-since": item(),
        },
    )
    page.reload()
    expect(review).to_contain_text("2 questions from 2 chapters.")
    press(review, "Start")
    asked = set()
    for place in (1, 2):
        expect(review).to_contain_text(f"{place} of 2, from")
        expect(review.locator("p").first).to_be_focused()
        box = review.locator("[data-quiz]")
        asked.add(box.get_attribute("data-quiz"))
        option(box, "b").check()
        press(box, "Check")
        press(review, "Next question" if place == 1 else "Finish")
    assert asked == {ONE, "framework-framing"}
    expect(review).to_contain_text("The next question comes tomorrow.")
    assert stored(page)["quiz"][ONE] == item(4, DAY + 8, seen=2, right=1)
    page.reload()
    expect(review).to_contain_text("Nothing is due. The next question comes tomorrow.")


def test_questions_of_chapters_that_were_read_before_today_are_asked_too(watched):
    page = watched.open(REVIEW)
    page.clock.install(time=NOON)
    keep(page, read={"framework": DAY - 1, "case-studies/news-feed": DAY})
    page.reload()
    ids = str(page.locator("[data-hb-entry=framework]").get_attribute("data-hb-questions")).split()
    told = f"{len(ids)} questions from 1 chapter."
    expect(page.locator("[data-hb-review]")).to_contain_text(told)


def test_two_presses_ask_one_question(watched):
    page = watched.open(REVIEW)
    page.clock.install(time=NOON)
    keep(page, quiz={ONE: item()}, read={"framework": DAY - 1, "reference/metrics": DAY - 1})
    page.reload()
    review = page.locator("[data-hb-review]")
    press(review, "Start")
    box = review.locator("[data-quiz]")
    expect(box).to_be_visible()
    # As if the next question's script were still on its way.
    page.evaluate("hbQuestions = {}")
    box.evaluate("box => box.dispatchEvent(new CustomEvent('hb-answered', {bubbles: true}))")
    next_one = review.get_by_role("button", name="Next question")
    next_one.evaluate("button => (button.click(), button.click())")
    expect(review).to_contain_text("2 of ")


def test_links_of_a_question_lead_from_its_chapter(watched):
    page = watched.open(REVIEW)
    page.clock.install(time=NOON)
    keep(page, quiz={ONE: item()})
    page.reload()
    press(page.locator("[data-hb-review]"), "Start")
    box = page.locator("[data-hb-review]")
    expect(box.locator(".hb-bar")).to_be_visible()
    chapter = box.get_by_role("link").first.get_attribute("href")
    taught = box.locator(".hb-quiz__section a").get_attribute("href")
    assert taught == f"{chapter}#stage-two-the-ranker"
    box.get_by_role("link").first.click()
    expect(page).to_have_url(watched.address + CHAPTER)


def test_without_the_file_of_questions_review_leads_to_the_chapter(browser, address):
    context = browser.new_context()
    context.route("**/assets/practice/**", lambda route: route.abort())
    seen = Watched(context, address)
    page = seen.open(REVIEW)
    page.clock.install(time=NOON)
    keep(page, quiz={ONE: item()})
    page.reload()
    review = page.locator("[data-hb-review]")
    press(review, "Start")
    link = review.get_by_role("link", name="in its chapter")
    assert str(link.get_attribute("href")).endswith(f"{CHAPTER}#quiz-{ONE}")
    press(review, "Next")
    expect(review).to_contain_text("Done")
    context.close()


# --------------------------------------------------------------------------- progress


def save(page: Page, target: Path) -> dict:
    with page.expect_download() as download:
        press(page.locator("[data-hb-progress]"), "Export")
    download.value.save_as(target)
    return json.loads(target.read_text())


def test_export_reset_and_import_bring_everything_back(anywhere, tmp_path):
    page = anywhere.page
    page.clock.install(time=NOON)
    anywhere.open(PROGRESS + ("index.html" if "file:" in anywhere.address else ""))
    tried = {"at": 1_795_262_400_000, "scores": {"clarify": 3}, "verdict": "senior 3 of 4: yes"}
    mock = {"news-feed": [tried]}
    keep(page, quiz={ONE: item(3)}, read={"framework": DAY}, mock=mock)
    page.reload()
    before = stored(page)
    box = page.locator("[data-hb-progress]")
    expect(box).to_contain_text(re.compile(r"1 of \d+ chapters read, 1 of \d+ questions"))
    expect(box.get_by_role("row", name=re.compile("^3 4 days"))).to_have_text(re.compile("1$"))
    expect(box.get_by_role("row", name=re.compile("^news feed"))).to_contain_text("3 of 4: yes")
    file = tmp_path / "kept.json"
    assert save(page, file) == before
    page.once("dialog", lambda dialog: dialog.dismiss())
    press(box, "Reset")
    assert stored(page) == before
    page.once("dialog", lambda dialog: dialog.accept())
    press(box, "Reset")
    expect(box.get_by_role("status")).to_have_text("Deleted.")
    assert stored(page)["quiz"] == {}
    box.get_by_label("Import").set_input_files(file)
    expect(box.get_by_role("status")).to_have_text("Imported: added to what was here.")
    assert stored(page) == before
    # Twice is as once.
    box.get_by_label("Import").set_input_files(file)
    expect(box).to_contain_text(re.compile(r"1 of \d+ chapters read"))
    assert stored(page) == before


def test_an_import_keeps_what_is_further_here(watched, tmp_path):
    page = watched.open(PROGRESS)
    keep(page, quiz={"a": item(4, DAY, 9, 9), "b": item(1, DAY, 1, 0)}, read={"framework": 1})
    file = tmp_path / "other.json"
    others = {"a": item(1, DAY, 2, 0), "b": item(2, DAY, 3, 2), "c": item()}
    file.write_text(json.dumps({"version": 1, "quiz": others, "read": {"start/the-interview": 2}}))
    page.reload()
    page.get_by_label("Import").set_input_files(file)
    expect(page.locator("[data-hb-progress]").get_by_role("status")).to_contain_text("Imported")
    kept = stored(page)
    assert {name: each["seen"] for name, each in kept["quiz"].items()} == {"a": 9, "b": 3, "c": 1}
    assert kept["read"] == {"framework": 1, "start/the-interview": 2}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("no JSON", "it is no file of this handbook"),
        ("[1]", "it is no file of this handbook"),
        ('{"version": 2, "quiz": {}}', "it is no file of this handbook"),
        ('{"version": 1, "quiz": {"a": {"box": 0}}}', "quiz “a” cannot be read"),
        ('{"version": 1, "quiz": {"<b>": {}}}', "quiz “<b>” cannot be read"),
        ('{"version": 1, "read": {"__proto__": 1}}', "read “__proto__” cannot be read"),
        ('{"version": 1, "mock": {"a": [{"at": 1}]}}', "mock “a” cannot be read"),
        ('{"version": 1, "read": {"a": 1000000000}}', "read “a” cannot be read"),
        ('{"version": 1, "mock": {"a": [{"at": 1e300, "scores": {}}]}}', "mock “a” cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_changes_nothing_and_is_told_in_a_line(
    watched, tmp_path, text, told
):
    page = watched.open(PROGRESS)
    keep(page, quiz={ONE: item()})
    page.reload()
    before = stored(page)
    file = tmp_path / "broken.json"
    file.write_text(text)
    page.get_by_label("Import").set_input_files(file)
    status = page.locator("[data-hb-progress]").get_by_role("status")
    expect(status).to_have_text(f"Not imported: {told}.")
    assert stored(page) == before


# --------------------------------------------------------------------------- for everybody


def test_nothing_is_loaded_before_the_reader_comes_near(watched):
    asked: list[str] = []
    watched.page.on("request", lambda request: asked.append(request.url))
    page = watched.open(CHAPTER)
    page.wait_for_load_state("networkidle")
    assert [url for url in asked if re.search(r"(quiz|progress|review)\.js", url)] == []
    quiz(page, ONE)
    assert [url for url in asked if url.endswith("review.js")] == []
    assert len([url for url in asked if url.endswith("progress.js")]) == 1


@pytest.mark.parametrize("size", [(1280, 900), (390, 844)], ids=["wide", "narrow"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_before_and_after_answers(browser, address, scheme, size):
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, reduced_motion="reduce"
    )
    seen = Watched(context, address)
    found = []
    opened(seen, GUIDE, FREE)
    page = seen.page
    found += violations(page)
    for name in (SEVERAL, ORDER, FREE):
        box = page.locator(f"[data-quiz={name}]")
        box.locator(".hb-quiz__options input").first.check() if name == SEVERAL else None
        press(box, "Compare" if name == FREE else "Check")
    found += violations(page)
    press(page.locator(f"[data-quiz={FREE}]"), "Grade")
    for path in (PROGRESS, REVIEW):
        seen.open(path)
        keep(page, quiz={ONE: item()}, read={"framework": 1}, mock={"a": [{"at": 1, "scores": {}}]})
        page.reload()
        expect(page.locator(".hb-button").first).to_be_visible()
        found += violations(page)
    press(page.locator("[data-hb-review]"), "Start")
    expect(page.locator("[data-hb-review] [data-quiz]")).to_be_visible()
    found += violations(page)
    narrow = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
    assert found == []
    assert narrow


def test_in_forced_colours_a_verdict_is_read_and_not_only_seen(browser: Browser, address: str):
    context: BrowserContext = browser.new_context(forced_colors="active")
    box = opened(Watched(context, address), CHAPTER, ONE)
    answer(box, "a")
    sign = box.locator(".hb-verdict--wrong").first.evaluate(
        "line => getComputedStyle(line, '::before').content"
    )
    text = box.locator(".hb-verdict--wrong").first.inner_text()
    context.close()
    assert sign.startswith('"✗"')
    assert text == "Wrong"
