"""The numbers that only this round has: its clock, what the stumble hid, and the scorecard.

The assistant's own numbers are those of its chapter, and the scale is the rubric's. What is added
here is what a fleet sized for writing alone would have done, and what each sheet decides.
"""

from __future__ import annotations

from handbook.estimate import (
    MS_PER_SECOND,
    LatencyBudget,
    assumed,
    chapter,
    inference_flops,
    machines,
    monthly_cost,
)

feed = chapter("case-studies/news-feed")
rag = chapter("case-studies/enterprise-rag")
interview = chapter("start/the-interview")
model = chapter("framework/4-model")
rubric = chapter("start/levels-and-rubric")
serve = chapter("framework/6-serve")

# --------------------------------------------------------------------------- the clock

# Minutes that each step took, in the order of this round; the rest is the closing question.
TOOK = {
    "Clarify": assumed(5.5, "minutes", "this round"),
    "Frame": assumed(3.5, "minutes", "this round"),
    "Data": assumed(5, "minutes", "this round"),
    "Model": assumed(4, "minutes", "this round; three less than planned"),
    "Serve": assumed(12.5, "minutes", "this round, the stumble and its repair included"),
    "Evaluate": assumed(8, "minutes", "this round"),
    "Monitor": assumed(4.5, "minutes", "this round"),
}
PARKED_AT = assumed(17, "minutes", "when the question about sharing was put off")
CLAIMED_AT = assumed(19.5, "minutes", "when fourteen cards stood on the board")
PUSHED_AT = assumed(20.5, "minutes", "when the interviewer first asked")
ADMITTED_AT = assumed(23.5, "minutes", "when the candidate said that it was wrong")
MENDED_AT = assumed(27, "minutes", "when cards, table and recommendation were put right")


def planned_minutes(step: str = "Serve") -> float:
    """Minutes that the candidate's plan gave to a step, which is the page's for such rounds.

    Args:
        step: The step's name.
    """
    return float(interview.minutes("LLM application", step))


def ended_at(step: str = "Serve") -> float:
    """Minute of the round at which a step ended.

    Args:
        step: The step's name.
    """
    total = 0.0
    for name, minutes in TOOK.items():
        total += minutes
        if name == step:
            return total
    raise ValueError(f"no step {step!r}")


def overrun_minutes() -> float:
    """Minutes that serving took beyond the plan."""
    return float(TOOK["Serve"] - planned_minutes("Serve"))


def stumble_minutes() -> float:
    """Minutes from the claim to the board that was right again."""
    return MENDED_AT - CLAIMED_AT


# --------------------------------------------------------------------------- the stumble

CLAIMED_PREFILL_MS = assumed(30, "ms", "what the candidate remembered for reading a prompt")
OLD_PROMPT_TOKENS = assumed(700, "tokens", "a prompt of the candidate's last system")


def remembered_flops(tokens: float = OLD_PROMPT_TOKENS) -> float:
    """Operations with which an 8-billion model reads a short prompt, weights only.

    Args:
        tokens: Length of the prompt.
    """
    return float(inference_flops(model.SMALL_PARAMETERS, tokens))


def remembered_ms(tokens: float = OLD_PROMPT_TOKENS) -> float:
    """Milliseconds of an H100 for that.

    Args:
        tokens: Length of the prompt.
    """
    return float(remembered_flops(tokens) / rag.h100_flops_per_s() * MS_PER_SECOND)


def weights_flops() -> float:
    """Operations of the weights for one prompt's new tokens: two a parameter and token."""
    return float(inference_flops(serve.MODEL_PARAMETERS, rag.new_tokens()))


def claimed_times_peak() -> float:
    """Times its data sheet that a card would need to read a prompt in the claimed time."""
    per_s = rag.prefill_flops() / (CLAIMED_PREFILL_MS / MS_PER_SECOND)
    return float(per_s / feed.H100_PEAK_FLOPS)


def wrong_by() -> float:
    """Times the claimed reading time that reading takes."""
    return float(rag.prefill_ms() / CLAIMED_PREFILL_MS)


def reading_busy() -> float:
    """Cards that reading keeps busy at the peak, without headroom."""
    return float(rag.peak_per_s() * rag.prefill_ms() / MS_PER_SECOND)


def reading_with_headroom() -> float:
    """The same at six tenths of load."""
    return float(reading_busy() / feed.LOAD_TARGET)


def reading_with_spare() -> float:
    """The same with a zone to spare, not yet rounded up."""
    return float(reading_with_headroom() * (1 + feed.SPARE))


def writing_busy() -> float:
    """Cards that writing keeps busy at the peak, without headroom."""
    return float(rag.peak_written_per_s() / rag.decode_tokens_per_s())


def writing_with_spare() -> float:
    """Cards that writing takes with headroom and a zone to spare, not yet rounded up."""
    return float(writing_busy() / feed.LOAD_TARGET * (1 + feed.SPARE))


def load_on_writing_fleet() -> float:
    """Load at the peak of a fleet that was ordered for writing alone; above one it never ends."""
    return float((reading_busy() + writing_busy()) / rag.decode_cards())


def read_per_written() -> float:
    """Tokens read for each token written."""
    return float(rag.new_tokens() / rag.ANSWER_TOKENS)


def writing_dollars() -> float:
    """Dollars a month of the cards that write."""
    return float(rag.cards_per_month(rag.decode_cards()))


def reading_dollars() -> float:
    """Dollars a month of the cards that read."""
    return float(rag.cards_per_month(rag.prefill_cards()))


def seeming_saving() -> float:
    """Dollars a month that own cards would seem to save, sized for writing alone."""
    return float(rag.hosted_per_month() - writing_dollars())


def first_table() -> LatencyBudget:
    """The latency table before the correction, as it stood on the board."""
    wrong = LatencyBudget(rag.FIRST_TOKEN_MS)
    for stage in rag.latency_budget().stages:
        if stage.name.startswith("Wait"):
            continue
        if stage.name.startswith("Prefill"):
            wrong = wrong.stage(stage.name, float(CLAIMED_PREFILL_MS))
        else:
            wrong = wrong.stage(stage.name, float(rag.stage_ms(stage.name)))
    return wrong


def first_used_ms() -> float:
    """Milliseconds that the first table gave out."""
    return first_table().used_ms


def first_slack_ms() -> float:
    """Milliseconds that it believed to have left."""
    return first_table().slack_ms


def phase_rows() -> list[list[str]]:
    """What stood on the board before and after the correction."""
    own = rag.generator_per_month()
    return [
        ["On the board", "At 19:30", "At 27:00"],
        ["Reading one prompt", f"{CLAIMED_PREFILL_MS:.0f} ms", f"{rag.prefill_ms():.0f} ms"],
        ["Cards that read", "0", f"{rag.prefill_cards()}"],
        ["Cards that write", f"{rag.decode_cards()}", f"{rag.decode_cards()}"],
        ["To the first token", f"{first_used_ms():,.0f} ms", f"{rag.used_ms():,.0f} ms"],
        ["Slack of two seconds", f"{first_slack_ms():,.0f} ms", f"{rag.slack_ms():,.0f} ms"],
        ["Own cards, $ a month", f"{writing_dollars():,.0f}", f"{own:,.0f}"],
        ["Hosted, $ a month", *[f"{rag.hosted_per_month():,.0f}"] * 2],
        [
            "The rule costs, $ a month",
            f"−{seeming_saving():,.0f}",
            f"**{rag.constraint_dollars():,.0f}**",
        ],
    ]


# --------------------------------------------------------------------------- eight bits

FP8_SPEED_UP = assumed(2, "times the rate of 16 bits", "the data sheet's ratio, at best")


def eight_bit_reading_cards() -> int:
    """Cards that would read at the peak, if all of it were multiplied in eight bits."""
    per_card = FP8_SPEED_UP * MS_PER_SECOND / rag.prefill_ms()
    return machines(rag.peak_per_s(), per_card, feed.LOAD_TARGET, feed.SPARE)


def eight_bit_dollars() -> float:
    """Dollars a month of the generator's own cards then."""
    return float(rag.cards_per_month(eight_bit_reading_cards() + rag.decode_cards()))


# --------------------------------------------------------------------------- two years

GROWTH = assumed(2, "times the load", "what the candidate assumed for the second year")


def grown_cards(times: float = GROWTH) -> int:
    """Cards of the generator when the load has grown.

    Args:
        times: The load, in times today's.
    """
    peak = rag.peak_per_s() * times
    reading = machines(peak, MS_PER_SECOND / rag.prefill_ms(), feed.LOAD_TARGET, feed.SPARE)
    writing = machines(
        peak * rag.ANSWER_TOKENS, rag.decode_tokens_per_s(), feed.LOAD_TARGET, feed.SPARE
    )
    return reading + writing


def grown_dollars() -> float:
    """Dollars a month of those cards."""
    return monthly_cost(grown_cards(), feed.H100_PRICE)


def grown_hosted_dollars() -> float:
    """Dollars a month of the hosted model under the grown load."""
    return float(rag.hosted_per_month() * GROWTH)


def grown_gap() -> float:
    """Dollars a month that own cards cost more then."""
    return grown_dollars() - grown_hosted_dollars()


# --------------------------------------------------------------------------- the scorecard

RUNGS = {
    "Clarify": 4,
    "Frame": 4,
    "Data": 4,
    "Model": 3,
    "Evaluate": 4,
    "Serve": 4,
    "Monitor": 4,
}
# What the sheet would have said of serving if the fleet had stayed wrong: a path, and no more.
UNREPAIRED = assumed(2, "rung", "the path stands; table, fleet and price are wrong")


def sheet(
    serve_rung: float = RUNGS["Serve"], model_rung: float = RUNGS["Model"]
) -> dict[str, float]:
    """The seven rungs, with two of them open to "what if".

    Args:
        serve_rung: The rung of serving.
        model_rung: The rung of the model.
    """
    return {**RUNGS, "Serve": serve_rung, "Model": model_rung}


def points(
    level: str = "Staff",
    serve_rung: float = RUNGS["Serve"],
    model_rung: float = RUNGS["Model"],
) -> int:
    """Total of the sheet at a level.

    Args:
        level: Mid, Senior or Staff.
        serve_rung: The rung of serving.
        model_rung: The rung of the model.
    """
    return int(rubric.total(sheet(serve_rung, model_rung), rubric.LEVELS[level]))


def verdict(
    level: str = "Staff",
    serve_rung: float = RUNGS["Serve"],
    model_rung: float = RUNGS["Model"],
) -> str:
    """What the sheet decides at a level, by the rubric's cut-offs.

    Args:
        level: Mid, Senior or Staff.
        serve_rung: The rung of serving.
        model_rung: The rung of the model.
    """
    return str(rubric.decision(sheet(serve_rung, model_rung), rubric.LEVELS[level]))


def score_rows() -> list[list[str]]:
    """Rungs and staff scores by step, with the total and the decision."""
    rows = [["Step", "Rung", "Staff score", "Ended at", "Minutes (plan)"]]
    for step, minutes in TOOK.items():
        rung = RUNGS[step]
        ended = ended_at(step)
        rows.append(
            [
                step,
                f"{rubric.RUNGS[rung]} ({rung})",
                str(rubric.score(rung, rubric.STAFF_RUNG)),
                f"{int(ended)}:{round(60 * (ended % 1)):02d}",
                f"{minutes:g} ({planned_minutes(step):.0f})",
            ]
        )
    return [
        *rows,
        [f"**Total of {rubric.highest_total():.0f}**", f"**{verdict()}**", f"**{points()}**"]
        + [""] * 2,
    ]


def what_if_rows() -> list[list[str]]:
    """The same round with another end of the stumble, at two levels."""
    endings = {
        "As it was: found, said, repaired": (4, 3),
        "No stumble, and the minutes spent on the model": (4, 4),
        "The interviewer had to tell the reading time": (3, 3),
        "Repaired on the board, consequences not drawn": (3, 3),
        "Never put right": (int(UNREPAIRED), 3),
    }
    rows = [["Ending", "Serve", "Model", "Staff", "Decision", "Senior", "Decision there"]]
    for ending, (serving, modelling) in endings.items():
        row = [ending, str(serving), str(modelling)]
        for level in ("Staff", "Senior"):
            row += [
                str(points(level, serving, modelling)),
                verdict(level, serving, modelling),
            ]
        rows.append(row)
    return rows
