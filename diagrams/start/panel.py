"""Figures for interviewers: the hour and what follows it, and how far a sheet can be off."""

from handbook.drawing import Chart, Event, Join, Lane, Line, Span, Timeline
from handbook.estimate import chapter

panel = chapter("start/for-interviewers")
framework = chapter("framework")


def hour():
    """The sheet is written before anybody talks about the candidate.

    Five minutes of agreement, the design by the clock, the candidate's own questions. The write-up
    follows at once; other sheets are opened only when all of them are in, at the debrief.
    """
    start = float(panel.HELLO_MINUTES)
    design = start + float(framework.ROUND_MINUTES)
    questions = design + float(panel.QUESTIONS_MINUTES)
    sheet = float(panel.SLOT_MINUTES) + float(panel.WRITE_UP_MINUTES)
    debrief = sheet + 15
    end = debrief + float(panel.DEBRIEF_MINUTES)
    return Timeline(
        unit="min",
        lanes=[
            Lane(
                "Candidate",
                [
                    Span(0, start, "agree", role="client"),
                    Span(start, design, f"design, {framework.ROUND_MINUTES:.0f} min"),
                    Span(design, questions, "asks you", role="client"),
                ],
            ),
            Lane(
                "You",
                [
                    Span(start, design, "notes, no scores", role="data"),
                    Span(
                        panel.SLOT_MINUTES,
                        sheet,
                        f"rungs, {panel.WRITE_UP_MINUTES:.0f} min",
                        role="model",
                    ),
                    Event(sheet, "sheet in", role="model"),
                ],
            ),
            Lane(
                "Debrief",
                [
                    Event(debrief, "sheets opened", role="monitor"),
                    Span(debrief, end, f"differences, {panel.DEBRIEF_MINUTES:.0f} min"),
                ],
                role="offline",
            ),
        ],
        joins=[Join("You", sheet, "Debrief", debrief)],
        axis="Minutes from the start (the debrief may be a day later)",
    )


def error():
    """Scoring each step apart is worth nearly three sheets.

    Model, not data: standard error of the total of seven steps when each step's score is off by
    0.6 points. With a halo, three tenths of the error's variance are shared by all steps, and
    three sheets are about as exact as one without.
    """
    sheets = list(range(1, 7))
    return Chart(
        x="Independent sheets",
        y="Standard error of the total (points of 28)",
        series=[
            Line(sheets, [panel.total_error(n) for n in sheets], "with halo", dashed=True),
            Line(sheets, [panel.error_without_halo(n) for n in sheets], "steps scored apart"),
        ],
    )
