"""Figures of the staff round on a company's own documents: its clock, three boards, one bill."""

from handbook.drawing import Bars, Box, Chart, Event, Lane, Marker, Span, Timeline, sketch
from handbook.estimate import chapter

rag = chapter("case-studies/enterprise-rag")
staff = chapter("mock-interviews/enterprise-rag-staff")
framework = chapter("framework")

THOUSAND = 1_000


def clock():
    """Seven and a half minutes went into one number, and one question paid for them.

    Above, the plan in the order that the candidate announced; in the middle, how long each step
    took; below, the stumble from the claim to the repaired board. Serving took nearly
    all that the first four steps had saved; two minutes were left, and the parked question did
    not get them.
    """
    planned, at = [], 0.0
    for step in staff.TOOK:
        minutes = staff.planned_minutes(step)
        planned.append(Span(at, at + minutes, step, role="client"))
        at += minutes
    took = [
        Span(
            staff.ended_at(step) - minutes,
            staff.ended_at(step),
            step,
            role="monitor" if step == "Serve" else "online",
        )
        for step, minutes in staff.TOOK.items()
    ]
    return Timeline(
        unit="min",
        lanes=[
            Lane("Plan", planned, role="client"),
            Lane("As it went", took),
            Lane(
                "The number",
                [
                    Event(staff.CLAIMED_AT, f"{rag.decode_cards()} cards"),
                    Span(staff.PUSHED_AT, staff.ADMITTED_AT, "asked, defended"),
                    Event(staff.ADMITTED_AT, "“I was wrong”", role="model"),
                    Event(staff.MENDED_AT, f"mended: {rag.generator_cards()} cards", role="model"),
                ],
                role="monitor",
            ),
            Lane(
                "The debt",
                [
                    Event(staff.PARKED_AT, "“what do three teams share?” parked"),
                    Event(staff.ended_at("Monitor"), "still owed"),
                ],
                role="nearline",
            ),
        ],
        axis=f"Minute of {framework.ROUND_MINUTES:.0f}",
    )


@sketch
def board_ten():
    """Minute ten: rights enter with the text, and the first search needs no model.

    Five boxes. The asker and the load, a search by words that is the baseline, the rule for
    answering; below, the sources with their readers and two indexes, sized in chunks.
    """
    ask = Box("Asker", f"{rag.peak_per_s():.1f}/s, {rag.FIRST_TOKEN_MS / THOUSAND:.0f} s", minute=5)
    search = Box("Baseline", "words, links", minute=6)
    rule = Box("Answer if", f"p > {100 * rag.answer_above():.0f} %, else links", minute=4)
    sources = Box("Sources", "text + readers", minute=9)
    index = Box("Two indexes", f"{rag.chunks() / 1e6:.0f} M chunks", minute=10)
    ask >> search >> rule
    sources >> index >> "filter" >> search


@sketch
def board_twenty():
    """Minute twenty: a slack, a fleet and a saving, all three made of thirty milliseconds.

    The path from search to the reader. Reading is put down with thirty milliseconds, the fleet
    with fourteen cards that write, and the rule of keeping text in house as a saving.
    """
    search = Box("Search", "under tags", minute=10)
    rerank = Box("Rerank", f"{rag.RERANKED:.0f} to {rag.PASSAGES:.0f}", minute=14)
    late = Box("Late check", "at the source", minute=11)
    read = Box(
        f"Read {staff.CLAIMED_PREFILL_MS:.0f} ms",
        f"{staff.first_slack_ms():,.0f} ms to spare",
        minute=18,
    )
    write = Box("Write", f"{rag.decode_cards()} cards", minute=19)
    legal = Box("Rule saves", f"${staff.seeming_saving() / THOUSAND:.1f} k/month", minute=20)
    search >> rerank >> late >> read >> write >> legal


@sketch
def board_thirty_five():
    """Minute thirty-five: two columns for the generator, a price that turned round, two vetoes.

    Reading and writing have pools of their own, the rule now costs what it costs, and evaluation
    stands beside the bill that it is larger than.
    """
    rerank = Box("Rerank", f"saves {rag.rerank_pays():.0f} × itself", minute=26)
    read = Box("Read", f"{rag.prefill_ms():.0f} ms, {rag.prefill_cards()} cards", minute=24)
    write = Box("Write", f"{rag.decode_cards()} cards", minute=19)
    legal = Box("Rule costs", f"${rag.constraint_dollars() / THOUSAND:.1f} k/month", minute=27)
    point = Box("One point", f"${rag.point_dollars_per_month() / THOUSAND:.0f} k/month", minute=31)
    pairs = Box("Pairs", f"{rag.paired_questions():.0f} questions", minute=33)
    veto = Box("Vetoes", "a leak; +2 wrong in 1,000", minute=33)
    rerank >> f"{rag.PASSAGES:.0f}" >> read >> write >> legal
    point >> pairs >> veto


def flip():
    """The forgotten half turns the recommendation round.

    The generator's bill by the month: fourteen cards sized for writing lie under the hosted model,
    and the thirty-seven that read as well lie far above it.
    """
    names = [
        f"{rag.decode_cards()} cards, writing",
        "Hosted model",
        f"{rag.generator_cards()} cards, both",
    ]
    bills = [staff.writing_dollars(), rag.hosted_per_month(), rag.generator_per_month()]
    return Chart(
        x="Generator",
        y="Thousand $ a month",
        series=[Bars(names, [round(bill / THOUSAND, 1) for bill in bills], "the generator's bill")],
        markers=[Marker(y=rag.hosted_per_month() / THOUSAND, label="hosted")],
    )
