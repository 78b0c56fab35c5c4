"""Figures of the chapter on inference of language models; values from its estimate and its lab."""

from handbook.drawing import (
    Chart,
    Client,
    Edge,
    Job,
    Line,
    Marker,
    Model,
    Monitor,
    Plane,
    Store,
    Stream,
)
from handbook.estimate import chapter

block = chapter("building-blocks/llm-inference")
serve = block.serve
base = block.base


def path():
    """Two workloads in one request: prompts are computed, answers are read out of memory.

    A request is admitted if its first token can be in time, its known prefix is skipped, the rest
    is computed in chunks or on cards of its own, and its answer joins the batch until it ends.
    """
    user = Client("Reader", f"{base.FIRST_TOKEN_MS / 1_000:.0f} s, then 20 tokens/s")
    with Plane("Front", role="online"):
        admit = Job("Admit", "wait = queue ÷ rate", icon="mdi-gate")
        queue = Stream("Queue", "one for all cards")
    with Plane("Prefill: arithmetic", role="model"):
        prefix = Store("Prefix cache", f"{base.INSTRUCTION_TOKENS:.0f} of 2,800 tokens")
        read = Model("Compute the rest", f"{serve.prefill_ms():.0f} ms")
    with Plane("Decoding: memory", role="data"):
        write = Model("Batch", f"{serve.slots()} answers, {serve.step_ms():.0f} ms a step")
        pages = Store("Pages", f"{serve.cache_room_bytes() / 1e9:.0f} GB of 80")
    watch = Monitor("Goodput", "both promises kept")
    user >> Edge(step=1) >> admit >> Edge(step=2) >> queue >> Edge(step=3) >> read
    prefix >> Edge("found") >> read
    read >> Edge("cache, first token", step=4) >> write
    pages >> Edge("handed out") >> write
    write >> Edge("tokens", step=5, kind="async") >> user
    write >> Edge(kind="control") >> watch


def pools():
    """One pool or two: it depends on the pace that is promised, and on overlap.

    Answers a second for each card of the support assistant, against tokens a second promised to
    each. In turn, mixed cards pay for the weights at every step; overlapping, arithmetic decides.
    """
    paces = [8, 10, 12, 15, 17, 20, 22, 25, 28, 32, 36, 40, 45, 50]
    return Chart(
        x="Promised tokens/s for each answer",
        y="Answers a second for each card",
        series=[
            Line(
                paces,
                [block.mixed_per_card(True, pace) for pace in paces],
                "mixed, overlapping",
                role="online",
                dashed=True,
            ),
            Line(
                paces,
                [block.separate_per_card(pace) for pace in paces],
                "separate pools",
                role="model",
            ),
            Line(
                paces,
                [block.mixed_per_card(False, pace) for pace in paces],
                "mixed, in turn",
                role="monitor",
            ),
        ],
        markers=[Marker(x=base.READING_TOKENS_PER_SECOND, label="promised: 20")],
    )


def drafts():
    """Drafts use idle arithmetic: with short contexts there is none left from 64 answers on.

    Times the tokens a second, four drafts of which seven in ten are kept, against the answers that
    a card writes at once, as far as they fit. Below one, drafting makes the card slower.
    """
    sizes = [1, 2, 4, 8, 16, 24, 32, 48, 64, 96, 128]
    fitting = [size for size in sizes if size < serve.slots()] + [serve.slots()]
    return Chart(
        x="Answers at once",
        y="Times the tokens a second",
        x_scale="log",
        series=[
            Line(
                fitting,
                [block.draft_speedup(size) for size in fitting],
                f"{block.held_tokens():,.0f} tokens each",
                role="model",
            ),
            Line(
                sizes,
                [block.draft_speedup(size, block.SHORT_TOKENS) for size in sizes],
                f"{block.SHORT_TOKENS:.0f} tokens each",
                role="monitor",
            ),
        ],
        markers=[Marker(y=1, label="no gain")],
    )
