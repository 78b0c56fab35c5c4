"""Figures of the calibration chapter; values from its estimate and its lab."""

from handbook.drawing import Chart, Client, Edge, Job, Line, Marker, Model, Monitor, Plane, Store
from handbook.estimate import chapter

block = chapter("building-blocks/calibration")


def path():
    """The map is the model's last layer: fitted where nothing was trained, shipped with it.

    A score is sampled, learnt, corrected and mapped before anybody adds or pays with it. Outcomes
    of closed windows fit the map on impressions that training never saw, and watch it by slice.
    """
    with Plane("Training", role="offline"):
        rows = Store("Impressions", f"1 in {1 / block.KEPT:.0f} negatives kept")
        learn = Job("Train", f"learns {100 * block.trained_on():.0f} % for 1 %")
    with Plane("Serving", role="online"):
        model = Model("Model", "order is right")
        undo = Model("Undo the sampling", "odds × kept share")
        fitted = Model("Map", f"{block.BINS:.0f} steps, per head")
        use = Client("Sum, price, threshold", "needs a probability", icon="mdi-cash")
    with Plane("Held out", role="data"):
        closed = Store("Closed windows", "never trained on")
        fit = Job("Fit the map", f"{block.clicks_for(0.1):.0f} clicks a step")
    watch = Monitor("Observed ÷ predicted", f"{block.clicks_for():,.0f} clicks: ± 5 %")
    rows >> Edge(kind="async") >> learn
    learn >> Edge("weights", kind="control") >> model
    model >> undo >> fitted >> use
    use >> Edge("outcomes", kind="async") >> closed
    closed >> Edge(kind="async") >> fit
    fit >> Edge("map", kind="control") >> fitted
    closed >> Edge(kind="control") >> watch


def factors():
    """The rarer the click, the nearer the over-prediction comes to one over the kept share.

    How many times too high a prediction is against the true rate, for negatives kept at one in two,
    ten and a hundred. No single number undoes it: the factor falls as the rate rises.
    """
    rates = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1]
    return Chart(
        x="True rate (%)",
        y="Times too high",
        x_scale="log",
        y_scale="log",
        series=[
            Line(
                [100 * rate for rate in rates],
                [block.over_factor(rate, kept) for rate in rates],
                f"1 in {1 / kept:.0f} kept",
            )
            for kept in (0.5, 0.1, 0.01)
        ],
        markers=[Marker(x=100 * block.CLICK_RATE, label="1 %")],
    )


def floor():
    """In a slice of ten thousand impressions a perfect model looks a third off.

    Calibration error that predictions which are exactly right show by chance, as per cent of a rate
    of 1 %, in twenty bins. Dashed: ten thousand impressions, and half a million as in the lab.
    """
    sizes = [1e3, 3e3, 1e4, 3e4, 1e5, 3e5, 1e6, 3e6, 1e7]
    return Chart(
        x="Impressions of the slice",
        y="Error by chance (% of the rate)",
        x_scale="log",
        y_scale="log",
        series=[
            Line(
                sizes,
                [block.floor_relative_percent(size) for size in sizes],
                "rate of 1 %, 20 bins",
                role="monitor",
            )
        ],
        markers=[
            Marker(x=size, label=f"{block.floor_relative_percent(size):.0f} %")
            for size in (10_000, block.LAB["test"])
        ],
    )
