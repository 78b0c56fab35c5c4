"""Figures of the rubric: what a rung is worth, the worked round, and the way to a decision."""

from handbook.drawing import Bars, Chart, Client, Edge, Job, Marker, Service, Store
from handbook.estimate import chapter

rubric = chapter("start/levels-and-rubric")


def ladder():
    """The same evidence is worth less at each level.

    The total of 28 when all seven steps stand on the same rung. Rung 2 is a yes at mid-level,
    rung 3 at senior, rung 4 at staff; the total says nothing about a step that stands lower.
    """
    rungs = list(range(int(rubric.HIGHEST_RUNG) + 1))
    return Chart(
        x="Rung of all seven steps",
        y="Total of 28",
        series=[
            Bars(
                [f"{rung} {rubric.RUNGS[rung].lower()}" for rung in rungs],
                [rubric.even_total(rung, target) for rung in rungs],
                level.lower(),
            )
            for level, target in rubric.LEVELS.items()
        ],
        markers=[Marker(y=rubric.YES_TOTAL, label=f"yes, {rubric.YES_TOTAL:.0f}")],
    )


def worked():
    """One round, two levels: a yes at senior, a no at staff.

    The scores of the worked round for each step. At senior two steps are short of the level and
    one is beyond it; at staff only serving meets it.
    """
    senior = rubric.worked_scores(rubric.SENIOR_RUNG)
    staff = rubric.worked_scores(rubric.STAFF_RUNG)
    most = rubric.highest_total()
    totals = rubric.worked_total(rubric.SENIOR_RUNG), rubric.worked_total(rubric.STAFF_RUNG)
    return Chart(
        x="Step",
        y="Score (3 meets the level)",
        series=[
            Bars(list(senior), list(senior.values()), f"senior, {totals[0]} of {most:.0f}"),
            Bars(list(staff), list(staff.values()), f"staff, {totals[1]} of {most:.0f}"),
        ],
    )


def decision():
    """Evidence comes first, the decision last, and a no is read again one level down.

    Notes become a rung for each of seven steps, rungs become scores against a level, and a total
    and a floor become a decision. The same rungs answer for the level below.
    """
    notes = Client("Notes", "what was said and drawn", icon="mdi-notebook-outline")
    rungs = Store("Seven rungs", "0 to 5, no level yet", icon="mdi-stairs")
    scores = Job("Seven scores", "1 to 4, at this level")
    check = Service(
        "Total and floor",
        f"{rubric.YES_TOTAL:.0f}, no 1, one named at most",
        icon="mdi-scale-balance",
    )
    yes = Service(
        "Yes", f"strong from {rubric.STRONG_TOTAL:.0f}, none below 3", role="model", icon=""
    )
    no = Service("No at this level", "score one level down", role="monitor", icon="")
    notes >> Edge("evidence", step=1) >> rungs
    rungs >> Edge("level", step=2) >> scores
    scores >> Edge("add", step=3) >> check
    check >> Edge(step=4) >> yes
    check >> Edge(step=4) >> no
    no >> Edge("same rungs") >> scores
