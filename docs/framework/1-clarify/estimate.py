"""The arithmetic of the first step: six minutes, load in three lines, what an answer may cost.

Loads and token counts are those of the news feed's chapter and of the framework's assistant; here
stands what clarifying does with them.
"""

from __future__ import annotations

from handbook.estimate import (
    INT8_BYTES,
    MS_PER_SECOND,
    SECONDS_PER_DAY,
    SECONDS_PER_HOUR,
    SECONDS_PER_MINUTE,
    THOUSAND,
    assumed,
    chapter,
    in_flight,
    machines,
)

framework = chapter("framework")
feed = chapter("case-studies/news-feed")
serve = chapter("framework/6-serve")

# --------------------------------------------------------------------------- the six minutes

PLAN_MINUTES = assumed(0.5, "minutes", "say the prompt back, and how you will spend the round")
GOAL_MINUTES = assumed(1, "minutes", "what the business wants, who waits, what runs today")
SIZE_MINUTES = assumed(1.5, "minutes", "users, items, latency, freshness")
RISK_MINUTES = assumed(1, "minutes", "what a mistake costs, region, privacy")
LOAD_MINUTES = assumed(1, "minutes", "three lines from users to peak load")
BOARD_MINUTES = assumed(1, "minutes", "requirements, non-goals, assumptions, one question back")

PARTS = {
    "Plan": PLAN_MINUTES,
    "Goal": GOAL_MINUTES,
    "Size": SIZE_MINUTES,
    "Risk": RISK_MINUTES,
    "Load": LOAD_MINUTES,
    "Board": BOARD_MINUTES,
}


def used_minutes(
    plan: float = PLAN_MINUTES,
    goal: float = GOAL_MINUTES,
    size: float = SIZE_MINUTES,
    risk: float = RISK_MINUTES,
    load: float = LOAD_MINUTES,
    board: float = BOARD_MINUTES,
) -> float:
    """Minutes of the six parts together.

    Args:
        plan: Minutes for the plan.
        goal: Minutes for the goal.
        size: Minutes for the size.
        risk: Minutes for the risk.
        load: Minutes for the arithmetic.
        board: Minutes for writing it down.
    """
    return plan + goal + size + risk + load + board


if used_minutes() != framework.CLARIFY_MINUTES:
    raise ValueError(f"the parts take {used_minutes():g} of {framework.CLARIFY_MINUTES:g} minutes")


def part_start(part: str) -> float:
    """Minute at which a part of the step begins.

    Args:
        part: Its name, such as `Risk`.
    """
    names = list(PARTS)
    return sum(float(PARTS[name]) for name in names[: names.index(part)])


def part_end(part: str) -> float:
    """Minute at which a part of the step ends.

    Args:
        part: Its name, such as `Risk`.
    """
    return part_start(part) + float(PARTS[part])


def part_rows() -> list[list[str]]:
    """The six minutes as a table."""
    boards = {
        "Plan": "The prompt in your words; a plan for the round",
        "Goal": "The business goal, who waits, what runs today",
        "Size": "Users, items, latency, freshness",
        "Risk": "What a mistake costs; regions; personal data",
        "Load": "Three lines: a day, a second, the peak",
        "Board": "Requirements, non-goals, marked assumptions",
    }
    rows = [["Part", "From", "To", "What stands on the board"]]
    return rows + [
        [name, _clock(part_start(name)), _clock(part_end(name)), boards[name]] for name in PARTS
    ]


def _clock(minute: float) -> str:
    seconds = round(minute * SECONDS_PER_MINUTE)
    return f"{seconds // 60}:{seconds % 60:02d}"


# --------------------------------------------------------------------------- load in three lines

ROUND_DAY_SECONDS = assumed(100e3, "seconds", "a day, rounded to divide in your head")


def rough_average_qps(seconds: float = ROUND_DAY_SECONDS) -> float:
    """Average feed requests a second with a day of round seconds.

    Args:
        seconds: Seconds that a day is taken for.
    """
    return feed.requests_per_day() / seconds


def rough_error_percent(seconds: float = ROUND_DAY_SECONDS) -> float:
    """How far too low that is, in per cent.

    Args:
        seconds: Seconds that a day is taken for.
    """
    return 100 * (1 - SECONDS_PER_DAY / seconds)


def load_rows() -> list[list[str]]:
    """Both systems from people to peak load, as a table."""
    lines = ["1. A day", f"2. ÷ {SECONDS_PER_DAY:,.0f} s", "3. × peak", "Then × the work of one"]
    rows = zip(lines, _feed_column(), _assistant_column(), strict=True)
    return [["Line", "News feed", "Support assistant"], *map(list, rows)]


def _feed_column() -> list[str]:
    users, each = feed.DAILY_USERS / 1e6, feed.REQUESTS_PER_USER
    day, scores = feed.requests_per_day() / 1e9, peak_scores_per_second() / 1e6
    return [
        f"{users:,.0f} million users × {each:.0f} = {day:.0f} billion requests",
        f"{feed.average_qps():,.0f} requests/s",
        f"× {feed.PEAK_FACTOR:.0f} = {feed.peak_qps():,.0f} requests/s",
        f"× {feed.RANKED:,.0f} posts = {scores:,.1f} million scores/s",
    ]


def _assistant_column() -> list[str]:
    people, each = framework.CONVERSATIONS_PER_DAY, framework.ANSWERS_PER_CONVERSATION
    day, second = framework.answers_per_day() / 1e6, framework.average_answers_per_second()
    peak, factor = framework.peak_answers_per_second(), framework.ASSISTANT_PEAK_FACTOR
    read, written = framework.input_tokens(), framework.TOKENS_PER_ANSWER
    reads = framework.peak_input_tokens_per_second()
    writes = framework.peak_output_tokens_per_second()
    return [
        f"{people:,.0f} conversations × {each:.0f} = {day:.1f} million answers",
        f"{second:.1f} answers/s",
        f"× {factor:.0f} = {peak:.1f} answers/s",
        f"× {read:,.0f} in, {written:.0f} out = {reads:,.0f} and {writes:,.0f} tokens/s",
    ]


def peak_scores_per_second() -> float:
    """Posts that the feed's ranker scores a second at the peak."""
    return feed.peak_qps() * feed.RANKED


def request_ratio() -> float:
    """Feed requests for each answer of the assistant, at the peaks."""
    return feed.peak_qps() / framework.peak_answers_per_second()


def feed_in_flight(latency_ms: float = feed.BUDGET_MS) -> float:
    """Feed requests in the system at the peak, if each took the whole budget.

    Args:
        latency_ms: Milliseconds each takes.
    """
    return in_flight(feed.peak_qps(), latency_ms)


def assistant_seconds() -> float:
    """Seconds from a customer's message to the last word, at the slowest that is allowed."""
    return framework.FIRST_TOKEN_MS / MS_PER_SECOND + framework.answer_seconds()


def assistant_in_flight() -> float:
    """Answers in the system at the peak, if each took as long as is allowed."""
    return in_flight(framework.peak_answers_per_second(), assistant_seconds() * MS_PER_SECOND)


def in_flight_ratio() -> float:
    """Feed requests in the system for each answer in the system, at the peaks."""
    return feed_in_flight() / assistant_in_flight()


# --------------------------------------------------------------------------- scan or index

SCAN_BYTES_PER_SECOND = assumed(
    200e9, "bytes a second", "what a server reads from its memory; measure yours"
)


def scan_ms(items: float = feed.indexed_posts()) -> float:
    """Milliseconds in which one whole server compares a vector with all items.

    Args:
        items: Vectors, as wide as the feed's, in int8.
    """
    return items * feed.EMBEDDING_DIM * INT8_BYTES / SCAN_BYTES_PER_SECOND * MS_PER_SECOND


def scan_machines(items: float = feed.indexed_posts(), load_share: float = 1.0) -> int:
    """Servers that compare every request's vector with all items, one request at a time.

    Args:
        items: Vectors in the catalogue.
        load_share: The load as a share of the feed's peak.
    """
    per_machine = MS_PER_SECOND / scan_ms(items)
    return machines(feed.peak_qps() * load_share, per_machine, feed.LOAD_TARGET, feed.SPARE)


def scannable_items(load_share: float = 1.0) -> float:
    """Items at which a scan takes as many servers as the feed's index has.

    Args:
        load_share: The load as a share of the feed's peak.
    """
    full = feed.ann_machines() * feed.LOAD_TARGET / (1 + feed.SPARE)
    bytes_per_request = full * SCAN_BYTES_PER_SECOND / (feed.peak_qps() * load_share)
    return bytes_per_request / (feed.EMBEDDING_DIM * INT8_BYTES)


# --------------------------------------------------------------------------- assumptions that bend


def cards_for_requests(requests_per_user: float = feed.REQUESTS_PER_USER) -> float:
    """Ranking cards of the feed for another number of requests a user.

    Args:
        requests_per_user: Requests for one user and day.
    """
    return feed.accelerators_at(feed.peak_qps(requests_per_user=requests_per_user))


def cards_for_candidates(candidates: float = feed.RANKED) -> float:
    """Ranking cards of the feed at its peak for another number of posts ranked in a request.

    Args:
        candidates: Posts that the ranker scores in a request.
    """
    return feed.accelerators_at(feed.peak_qps(), candidates)


# --------------------------------------------------------------------------- what a mistake costs

WRONG_ANSWER_DOLLARS = assumed(
    40, "$ for one", "a promise that the shop keeps, a second contact, a customer annoyed"
)
SYSTEM_SHARE = assumed(0.1, "of the saving", "what the sponsor lets the system cost; ask")


def contained_per_day(contained: float = framework.CONTAINED_SHARE) -> float:
    """Conversations a day that need no person.

    Args:
        contained: Their share.
    """
    return framework.CONVERSATIONS_PER_DAY * contained


def ceiling_per_conversation() -> float:
    """Saving for each conversation, contained or not, in dollars: what it may cost at most."""
    return framework.saved_dollars_per_day() / framework.CONVERSATIONS_PER_DAY


def ceiling_per_answer() -> float:
    """Saving for each answer, in dollars."""
    return ceiling_per_conversation() / framework.ANSWERS_PER_CONVERSATION


def budget_per_day(share: float = SYSTEM_SHARE) -> float:
    """Dollars a day that the system may cost.

    Args:
        share: The part of the saving that it may eat.
    """
    return framework.saved_dollars_per_day() * share


def budget_cents_per_answer(share: float = SYSTEM_SHARE) -> float:
    """Cents that one answer may cost.

    Args:
        share: The part of the saving that the system may eat.
    """
    return 100 * ceiling_per_answer() * share


def budget_ratio() -> float:
    """How many times a feed request's cost one answer may cost."""
    return budget_cents_per_answer() / 100 / (feed.cost_per_1000_requests() / THOUSAND)


def wrong_dollars_per_day(
    wrong: float = 0.01, contained: float = framework.CONTAINED_SHARE
) -> float:
    """What wrong answers cost a day, in dollars.

    Args:
        wrong: Share of contained conversations that end with a wrong answer.
        contained: Share of conversations that need no person.
    """
    return contained_per_day(contained) * wrong * WRONG_ANSWER_DOLLARS


def net_dollars_per_day(wrong: float = 0.01, contained: float = framework.CONTAINED_SHARE) -> float:
    """Saving less what wrong answers cost, a day, in dollars.

    Args:
        wrong: Share of contained conversations that end with a wrong answer.
        contained: Share of conversations that need no person.
    """
    saved = framework.saved_dollars_per_day(contained)
    return saved - wrong_dollars_per_day(wrong, contained)


def break_even_wrong_percent() -> float:
    """Per cent of contained conversations that may be wrong before nothing is saved."""
    return 100 * framework.agent_dollars_per_conversation() / WRONG_ANSWER_DOLLARS


# --------------------------------------------------------------------------- latency classes

KEYSTROKE_MS = serve.SUGGEST_MS


def digest_window_ms() -> float:
    """Milliseconds of the night in which the digest is computed."""
    return framework.BATCH_WINDOW_HOURS * SECONDS_PER_HOUR * MS_PER_SECOND


def class_ratio() -> float:
    """How many times longer the digest may take than the feed."""
    return digest_window_ms() / feed.BUDGET_MS
