"""Figures of the interview: kinds of rounds, three openings, and the board as it fills."""

from handbook.drawing import Bars, Box, Chart, Event, Lane, Timeline, sketch
from handbook.estimate import chapter

interview = chapter("start/the-interview")
framework = chapter("framework")


def rounds():
    """Who asks decides where the minutes go.

    Minutes of each step in three kinds of round, as we recommend them. A platform round spends
    most on serving, one about language models most on evaluation, a product round most on the
    model.
    """
    steps = list(interview.STEPS)
    kinds = ("Product company", "ML platform", "LLM application")
    return Chart(
        x="Step",
        y=f"Minutes of {framework.ROUND_MINUTES:.0f}",
        series=[Bars(steps, list(interview.KINDS[kind]), kind) for kind in kinds],
    )


def openings():
    """The same six minutes, three boards.

    What each version writes down, and when. The weak one draws boxes and has no number when the
    step ends; the solid one has the requirements; the strong one has the peak, the goal and the
    non-goals as well.
    """
    roles = {"Weak": "monitor", "Solid": "nearline", "Strong": "online"}
    lanes = [
        Lane(version, [Event(minute, label) for minute, label in board], role=roles[version])
        for version, board in interview.BOARD.items()
    ]
    return Timeline(unit="min", lanes=lanes, axis="Minute of the round")


@sketch
def board():
    """One board, seven places, each filled by its minute.

    Requirements stay visible at the left all the time; the request path is drawn once and gets its
    milliseconds later. The numbers are the minutes at which each place is filled.
    """
    places = {
        "Clarify": ("Needs", "numbers, non-goals"),
        "Frame": ("Predict", "X, Y, so that Z"),
        "Data": ("Labels", "delay, split"),
        "Model": ("Two stages", "shapes, loss"),
        "Evaluate": ("Metrics", "guardrail, size"),
        "Serve": ("Path", "ms on each box"),
        "Monitor": ("Alarms", "signal, action"),
    }
    boxes = [
        Box(name, note, minute=round(framework.end_minute(step)))
        for step, (name, note) in places.items()
    ]
    needs, predict, labels, stages, metrics, path, alarms = boxes
    needs >> predict >> labels >> stages >> metrics >> path >> "logs" >> alarms
