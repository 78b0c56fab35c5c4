"""The framework's arithmetic: the 45-minute clock, and the numbers behind the examples.

The news feed's own numbers are in its chapter; here are the clock, the weekly email digest that
serves as contrast on one page, the support assistant that serves as contrast through the seven
step chapters, and two rules that the steps lean on (fan-out and sample size).
"""

from __future__ import annotations

import math

from handbook.estimate import (
    MINUTES_PER_HOUR,
    SECONDS_PER_HOUR,
    THOUSAND,
    any_slow,
    assumed,
    machines,
    peak_qps,
    qps,
    sample_size_per_arm,
)

# --------------------------------------------------------------------------- the clock

ROUND_MINUTES = assumed(45, "minutes", "the usual length of one interview round")
SHORT_ROUND_MINUTES = assumed(35, "minutes", "what is left after introductions and your questions")

CLARIFY_MINUTES = assumed(6, "minutes", "time for six questions and writing the answers down")
FRAME_MINUTES = assumed(4, "minutes", "two framings and one decision")
DATA_MINUTES = assumed(7, "minutes", "labels, joins, splits and a feature table of five rows")
MODEL_MINUTES = assumed(10, "minutes", "a baseline and two stages, with loss and shapes for one")
EVALUATE_MINUTES = assumed(6, "minutes", "offline metric, experiment, guardrails")
SERVE_MINUTES = assumed(8, "minutes", "the drawing, the latency budget and degradation")
MONITOR_MINUTES = assumed(4, "minutes", "three failure modes with signal, threshold and action")

CLOCK = {
    "Clarify": CLARIFY_MINUTES,
    "Frame": FRAME_MINUTES,
    "Data": DATA_MINUTES,
    "Model": MODEL_MINUTES,
    "Evaluate": EVALUATE_MINUTES,
    "Serve": SERVE_MINUTES,
    "Monitor": MONITOR_MINUTES,
}


def total_minutes(
    clarify: float = CLARIFY_MINUTES,
    frame: float = FRAME_MINUTES,
    data: float = DATA_MINUTES,
    model: float = MODEL_MINUTES,
    evaluate: float = EVALUATE_MINUTES,
    serve: float = SERVE_MINUTES,
    monitor: float = MONITOR_MINUTES,
) -> float:
    """Minutes of all seven steps together.

    Args:
        clarify: Minutes for the first step.
        frame: Minutes for the second.
        data: Minutes for the third.
        model: Minutes for the fourth.
        evaluate: Minutes for the fifth.
        serve: Minutes for the sixth.
        monitor: Minutes for the seventh.
    """
    return clarify + frame + data + model + evaluate + serve + monitor


if total_minutes() != ROUND_MINUTES:
    raise ValueError(f"the steps take {total_minutes():g} minutes, the round {ROUND_MINUTES:g}")


def start_minute(step: str) -> float:
    """Minute of the round at which a step begins.

    Args:
        step: Its name, such as `Serve`.
    """
    names = list(CLOCK)
    return sum(float(CLOCK[name]) for name in names[: names.index(step)])


def end_minute(step: str) -> float:
    """Minute of the round at which a step ends.

    Args:
        step: Its name, such as `Serve`.
    """
    return start_minute(step) + float(CLOCK[step])


def short_minutes() -> dict[str, int]:
    """Whole minutes of each step in the short round, in the same proportions.

    Largest remainders get the minutes that rounding down leaves, so the column still adds up.
    """
    exact = {name: m * SHORT_ROUND_MINUTES / ROUND_MINUTES for name, m in CLOCK.items()}
    whole = {name: math.floor(minutes) for name, minutes in exact.items()}
    left = round(SHORT_ROUND_MINUTES) - sum(whole.values())
    for name in sorted(exact, key=lambda name: whole[name] - exact[name])[:left]:
        whole[name] += 1
    return whole


def short_end_minute(step: str) -> int:
    """Minute of the short round at which a step ends.

    Args:
        step: Its name, such as `Serve`.
    """
    short = short_minutes()
    names = list(short)
    return sum(short[name] for name in names[: names.index(step) + 1])


def clock_rows() -> list[list[str]]:
    """The clock as a table."""
    short = short_minutes()
    rows = [["Step", "From minute", "To minute", "Minutes", "Minutes of 35"]]
    rows += [
        [
            f"{number}. {name}",
            f"{start_minute(name):.0f}",
            f"{end_minute(name):.0f}",
            f"{minutes:.0f}",
            f"{short[name]}",
        ]
        for number, (name, minutes) in enumerate(CLOCK.items(), 1)
    ]
    total = ["Together", "0", f"{end_minute('Monitor'):.0f}", f"{total_minutes():.0f}"]
    return [*rows, [*total, f"{sum(short.values())}"]]


# --------------------------------------------------------------------------- the contrast

DIGEST_SUBSCRIBERS = assumed(100e6, "subscribers", "a fifth of a large network's daily audience")
CANDIDATES_PER_DIGEST = assumed(1_500, "posts", "as many as the feed's first stage hands on")
BATCH_SCORES_PER_SECOND = assumed(
    100e3, "scores a second", "one 16-core server on large batches with no deadline"
)
BATCH_WINDOW_HOURS = assumed(12, "hours", "the scoring has one night")
SERVER_DOLLARS_PER_HOUR = assumed(0.80, "$ an hour", "a 16-core cloud server on demand, rounded")


def digest_scores(
    subscribers: float = DIGEST_SUBSCRIBERS, candidates: float = CANDIDATES_PER_DIGEST
) -> float:
    """Posts scored for one weekly run.

    Args:
        subscribers: People who get the email.
        candidates: Posts scored for each of them.
    """
    return subscribers * candidates


def digest_machine_hours(scores_per_second: float = BATCH_SCORES_PER_SECOND) -> float:
    """Machine-hours of one weekly run.

    Args:
        scores_per_second: What one machine scores a second.
    """
    return digest_scores() / scores_per_second / SECONDS_PER_HOUR


def digest_machines(window_hours: float = BATCH_WINDOW_HOURS) -> int:
    """Machines that finish the weekly run inside its window.

    Args:
        window_hours: Hours it may take.
    """
    needed_per_second = digest_scores() / (window_hours * SECONDS_PER_HOUR)
    return machines(needed_per_second, BATCH_SCORES_PER_SECOND)


def digest_dollars_per_run(dollars_per_hour: float = SERVER_DOLLARS_PER_HOUR) -> float:
    """Scoring cost of one weekly run, in dollars.

    Args:
        dollars_per_hour: Price of one machine.
    """
    return digest_machine_hours() * dollars_per_hour


def digest_cents_per_thousand_emails(subscribers: float = DIGEST_SUBSCRIBERS) -> float:
    """Scoring cost of a thousand emails, in cents.

    Args:
        subscribers: People who get the email.
    """
    return digest_dollars_per_run() * 100 / (subscribers / THOUSAND)


# --------------------------------------------------------------------------- the assistant
# What its sponsor and its team agree on in the first minutes; each step's own estimate goes on
# from here.

CONVERSATIONS_PER_DAY = assumed(
    300e3, "conversations a day", "a large online shop; agreed with the interviewer"
)
ANSWERS_PER_CONVERSATION = assumed(4, "answers per conversation", "a question, two more, a thanks")
ASSISTANT_PEAK_FACTOR = assumed(3, "times the average", "one country, one evening")
INSTRUCTION_TOKENS = assumed(800, "tokens", "role, policy, tone and tools, the same in every call")
HISTORY_TOKENS = assumed(500, "tokens", "the conversation so far, on average")
PASSAGES = assumed(5, "passages", "from help pages and the customer's own orders")
TOKENS_PER_PASSAGE = assumed(300, "tokens", "a section of a help page")
TOKENS_PER_ANSWER = assumed(200, "tokens", "some 150 English words")
FIRST_TOKEN_MS = assumed(1_000, "ms", "p95 from sending to the first visible word")
READING_TOKENS_PER_SECOND = assumed(20, "tokens a second", "three times a quick reader's pace")
CONTAINED_SHARE = assumed(0.6, "of conversations", "the goal: resolved without a person")
AGENT_MINUTES = assumed(8, "minutes", "a person's time for one conversation, notes included")
AGENT_DOLLARS_PER_HOUR = assumed(30, "$ an hour", "wage, desk and supervision of a support agent")


def answers_per_day(
    conversations: float = CONVERSATIONS_PER_DAY, answers: float = ANSWERS_PER_CONVERSATION
) -> float:
    """Answers that the assistant writes on a day.

    Args:
        conversations: Conversations a day.
        answers: Answers in each.
    """
    return conversations * answers


def average_answers_per_second() -> float:
    """Answers a second, averaged over the day."""
    return qps(answers_per_day())


def peak_answers_per_second(peak_factor: float = ASSISTANT_PEAK_FACTOR) -> float:
    """Answers a second at the peak.

    Args:
        peak_factor: Peak over average.
    """
    return peak_qps(average_answers_per_second(), peak_factor)


def passage_tokens(passages: float = PASSAGES, tokens: float = TOKENS_PER_PASSAGE) -> float:
    """Tokens of the passages that one answer is given.

    Args:
        passages: How many.
        tokens: Tokens in each.
    """
    return passages * tokens


def input_tokens(
    instructions: float = INSTRUCTION_TOKENS, history: float = HISTORY_TOKENS
) -> float:
    """Tokens that the model reads for one answer.

    Args:
        instructions: Tokens that are the same in every call.
        history: Tokens of the conversation so far.
    """
    return instructions + history + passage_tokens()


def peak_input_tokens_per_second() -> float:
    """Tokens read a second at the peak: what prefill is sized for."""
    return peak_answers_per_second() * input_tokens()


def peak_output_tokens_per_second(tokens: float = TOKENS_PER_ANSWER) -> float:
    """Tokens written a second at the peak: what decoding is sized for.

    Args:
        tokens: Tokens of one answer.
    """
    return peak_answers_per_second() * tokens


def answer_seconds(
    tokens: float = TOKENS_PER_ANSWER, pace: float = READING_TOKENS_PER_SECOND
) -> float:
    """Seconds from the first to the last word of an answer at the slowest pace allowed.

    Args:
        tokens: Tokens of one answer.
        pace: Tokens a second.
    """
    return tokens / pace


def agent_dollars_per_conversation(
    minutes: float = AGENT_MINUTES, dollars_per_hour: float = AGENT_DOLLARS_PER_HOUR
) -> float:
    """What a person's handling of one conversation costs, in dollars.

    Args:
        minutes: A person's time for it.
        dollars_per_hour: What that time costs.
    """
    return minutes * dollars_per_hour / MINUTES_PER_HOUR


def saved_dollars_per_day(contained: float = CONTAINED_SHARE) -> float:
    """Agents' time that contained conversations free on a day, in dollars.

    Args:
        contained: Share of conversations that need no person.
    """
    return CONVERSATIONS_PER_DAY * contained * agent_dollars_per_conversation()


# --------------------------------------------------------------------------- two rules

SLOW_SHARE = assumed(0.01, "of calls", "a call is slow when it is beyond its own p99")
SHARDS = assumed(20, "calls", "shards of an index that one request waits for")
LIKE_RATE = assumed(0.05, "of users", "share of users who like something on a day")
LIKE_LIFT = assumed(0.01, "relative", "the smallest change worth shipping")


def slow_percent(calls: float = SHARDS, slow_share: float = SLOW_SHARE) -> float:
    """Per cent of requests with at least one slow call.

    Args:
        calls: Calls that a request waits for, at the same time.
        slow_share: Share of single calls that are slow, independent of each other.
    """
    return 100 * any_slow(slow_share, calls)


def users_per_arm(rate: float = LIKE_RATE, lift: float = LIKE_LIFT) -> float:
    """Users in each arm of the experiment.

    Args:
        rate: The rate without the change.
        lift: The smallest relative change worth finding.
    """
    return sample_size_per_arm(rate, lift)
