"""Figures of the second step; every number comes from an estimate."""

from handbook.drawing import (
    Bars,
    Box,
    Chart,
    Client,
    Edge,
    Job,
    Layer,
    Line,
    Marker,
    Model,
    Monitor,
    Plane,
    Store,
    model,
    sketch,
)
from handbook.estimate import chapter

frame = chapter("framework/2-frame")
framework = chapter("framework")
clarify = chapter("framework/1-clarify")
feed = chapter("case-studies/news-feed")


def chain():
    """From goal to loss, every arrow loses something, and a metric checks each loss.

    The feed turns return visits into eight logged actions; the assistant turns solved problems into
    answers that were not followed by a second contact. The experiment looks past label and loss at
    the goal again.
    """
    with Plane("News feed", role="online"):
        feed_goal = Client("Weekly sessions", f"{feed.SESSIONS_MEAN:.0f} a user")
        feed_proxy = Store("Eight actions", f"up to {feed.action_share_bound():.1%} of views")
        feed_loss = Model("Log loss", "eight heads, masked")
        feed_metric = Monitor("Experiment", f"{feed.users_per_arm() / 1e6:.1f} M users an arm")
    with Plane("Support assistant", role="model"):
        shop_goal = Client("Problem solved", f"{framework.CONTAINED_SHARE:.0%} contained")
        shop_proxy = Store("No second contact", "within seven days")
        shop_loss = Job("Log loss", "is an answer wrong?", icon="mdi-scale-balance")
        shop_metric = Monitor(
            "Judged sample", f"wrong: {frame.wrong_among_answered_percent():.1f} %"
        )
    feed_goal >> Edge("proxy", kind="async") >> feed_proxy
    feed_proxy >> Edge("label", kind="async") >> feed_loss
    feed_loss >> Edge("model", kind="async") >> feed_metric
    feed_metric >> Edge(kind="control") >> feed_goal
    shop_goal >> Edge("proxy", kind="async") >> shop_proxy
    shop_proxy >> Edge("label", kind="async") >> shop_loss
    shop_loss >> Edge("model", kind="async") >> shop_metric
    shop_metric >> Edge(kind="control") >> shop_goal


@model
def framings():
    """One message, three framings: pick a page, pick an intent, or write an answer.

    Only the third writes text, so only it needs a second model that says, before the first word,
    how likely the answer is to be wrong. The first two can be wrong, but cannot invent.
    """
    message = Layer("Message, history", f"{framework.HISTORY_TOKENS:.0f} tokens")
    with Plane("Retrieve", role="data"):
        encoder = Layer("Text encoder", "one vector")
        pages = Layer("Nearest passages", f"top {framework.PASSAGES:.0f}, shown")
    with Plane("Classify", role="nearline"):
        intents = Layer("Softmax", f"{frame.INTENTS:.0f} intents")
        template = Layer("Template", f"{frame.TEMPLATES:.0f} texts, exact")
    with Plane("Write", role="model"):
        prompt = Layer(
            "Prompt",
            f"{framework.input_tokens():,.0f}, {framework.INSTRUCTION_TOKENS:.0f} of them fixed",
        )
        risk = Layer("Risk model", f"person if p over {frame.escalation_threshold():.1f}")
        writer = Layer("Language model", f"{framework.TOKENS_PER_ANSWER:.0f} tokens out")
    message >> encoder >> pages
    message >> intents >> template
    message >> prompt
    pages >> Edge(f"{framework.passage_tokens():,.0f}") >> prompt
    prompt >> risk >> writer


def threshold():
    """Costs choose the threshold; from $40 on one half costs more than no assistant.

    Dollars for a conversation against the chance of a wrong answer from which a person takes over.
    At zero everybody gets a person, which is where all three curves start. Each has its lowest
    point where the costs say, and they end at a threshold of one half.
    """
    points = [step / 100 for step in range(51)]
    wrong = clarify.WRONG_ANSWER_DOLLARS
    series = [
        Line(
            points,
            [frame.conversation_dollars(at, dollars) for at in points],
            f"wrong: ${dollars:.0f}",
            role=role,
        )
        for dollars, role in ((100, "monitor"), (wrong, "model"), (20, "nearline"))
    ]
    return Chart(
        x="Hand over when a wrong answer is likelier than",
        y="Dollars for a conversation",
        series=series,
        markers=[Marker(x=frame.escalation_threshold(), label=f"best at ${wrong:.0f}")],
    )


def value():
    """No single weight decides between the two posts; hides, reports and the survey together do.

    Points by which the friend's post leads the headline when the weights of these heads are set to
    zero. Without hides and reports the survey still keeps the friend ahead. Without all three,
    which leaves the five welcome actions, the headline wins.
    """
    heads = {"like": "like", "hide": "hide", "report": "report", "survey": "worth it"}
    names = ["none", *heads, "hide, report", "all three"]
    together = [frame.lead_without_complaints(), frame.engagement_lead()]
    leads = [frame.lead(), *(frame.lead(head) for head in heads.values()), *together]
    return Chart(
        x="Head left out",
        y="Lead of the friend's post (points)",
        series=[Bars(names, [round(points, 2) for points in leads], "lead", role="online")],
    )


@sketch
def ladder():
    """Five rungs from no model to an agent, and what must be measured before you climb.

    Each arrow carries its trigger. Two ways lead on from the prompt: tuning mends answers, an agent
    finds paths. Lower rungs keep running: templates still answer what must be exact, and a person
    stands under all of them.
    """
    search = Box("Help search", "no model")
    templates = Box("Templates", f"{frame.TEMPLATES:.0f} cover {frame.template_percent():.0f} %")
    writes = Box("Retrieve, write", "prompt only")
    tuned = Box("Fine-tune", f"{frame.model.TUNING_EXAMPLES / 1e3:.0f} k answers")
    agent = Box("Agent", f"{frame.STEPS:.0f} steps: {frame.chain_percent():.0f} %")
    search >> "page found, still asks" >> templates
    templates >> "the tail grows" >> writes
    writes >> "form, cost" >> tuned
    writes >> "no path" >> agent
