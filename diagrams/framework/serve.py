"""Figures of the serving step: latency classes, the flip, tails, queues, and a language model."""

from handbook.drawing import (
    Cache,
    Chart,
    Client,
    Edge,
    Index,
    Job,
    Join,
    Lane,
    Line,
    Marker,
    Model,
    Plane,
    Queue,
    Service,
    Span,
    Store,
    Timeline,
)
from handbook.estimate import chapter

serve = chapter("framework/6-serve")
base = chapter("framework")
feed = chapter("case-studies/news-feed")


def classes():
    """Three latency classes, and what each prepares before anybody asks.

    The digest prepares the answer, the search box prepares the candidates of every prefix, the feed
    prepares vectors and counters only. The less is prepared, the fresher and dearer the answer.
    """
    with Plane("Digest: the answer is ready", role="offline"):
        night = Job("Score everybody", f"{base.digest_scores() / 1e9:,.0f} billion in a night")
        email = Store("Ten posts each", f"${base.digest_dollars_per_run():,.0f} a week")
    with Plane(f"Search box: {serve.SUGGEST_MS:.0f} ms", role="nearline"):
        edge = Cache("Edge", f"answers {serve.EDGE_HITS:.0%} of prefixes")
        prefixes = Index("Prefixes", f"{serve.trie_bytes() / 1e9:.1f} GB on each machine")
        light = Model("Re-rank", f"{serve.SUGGESTIONS_SCORED:.0f} suggestions")
    with Plane(f"Feed: {feed.BUDGET_MS:.0f} ms", role="online"):
        sources = Index("Four sources", f"{feed.retrieved():,.0f} posts", icon="mdi-filter-outline")
        heavy = Model("Rank", f"{feed.RANKED:,.0f} posts, {feed.ranker_accelerators():,.0f} cards")
    night >> Edge("best ten", kind="async") >> email
    edge >> Edge("miss") >> prefixes
    prefixes >> light
    sources >> heavy


def flip():
    """Precomputing every hour is cheaper once a third of the users come; daily, almost always.

    Dollars a day to have a list for every one of a billion users, made ahead at so many refreshes,
    against lists made when people ask. Compute only: storage and training are in neither.
    """
    shares = [step / 50 for step in range(51)]
    percent = [100 * share for share in shares]
    online = [serve.online_dollars_per_day(share) / 1e3 for share in shares]

    def ahead(refreshes, label, role):
        dollars = serve.batch_dollars_per_day(refreshes) / 1e3
        return Line(percent, [dollars] * len(percent), label, role=role, dashed=True)

    return Chart(
        x="Monthly users who come on a day (%)",
        y="Thousand dollars a day",
        series=[
            Line(percent, online, "on request", role="online"),
            ahead(serve.HOURLY, "ahead, every hour", "nearline"),
            ahead(1, "ahead, once a day", "offline"),
        ],
        markers=[
            Marker(x=100 * serve.flip_share(), label=f"flips at {serve.flip_share():.0%}"),
            Marker(x=50, label="the feed"),
        ],
    )


def fan_out():
    """The more calls a request waits for, the more often it is slow; hedging moves the curve.

    Share of requests with at least one slow call, when one call in a hundred is slow, and when a
    late call is repeated at a replica that is late too in one case of ten. Calls are independent.
    """
    calls = [1, 2, 3, 4, 5, 7, 10, 14, 20, 30, 45, 70, 100]
    plain = [100 * serve.slow_share(count) for count in calls]
    hedged = [100 * serve.hedged_slow_share(count) for count in calls]
    return Chart(
        x="Calls that one request waits for",
        y="Slow requests (%)",
        series=[
            Line(calls, plain, "no hedging", role="monitor"),
            Line(calls, hedged, f"hedged, {serve.hedge_load():.0%} more calls", role="online"),
        ],
        x_scale="log",
        markers=[
            Marker(x=base.SHARDS, label=f"{base.SHARDS:.0f} shards: {serve.slow_share():.0%}")
        ],
    )


def queues():
    """A card with its own queue breaks the ranker's slot at 78 per cent load.

    p99 of waiting and computing at one card, exponential times, against the same at ten cards that
    share one queue. The slot of 25 ms is the feed's; its plan is 60 per cent.
    """
    loads = [step / 50 for step in range(5, 48)]
    own = [serve.wait_p99_ms(load) for load in loads]
    shared = [serve.pooled_p99_ms(load) for load in loads]
    return Chart(
        x="Load of the cards (%)",
        y="p99 of the stage (ms)",
        series=[
            Line([100 * x for x in loads], own, "a queue for each card", role="monitor"),
            Line(
                [100 * x for x in loads],
                shared,
                f"one queue, {serve.CARDS_POOLED:.0f} cards",
                role="online",
            ),
        ],
        markers=[
            Marker(y=feed.stage_ms("Rank"), label=f"the slot, {feed.stage_ms('Rank'):.0f} ms"),
            Marker(x=100 * feed.LOAD_TARGET, label=f"planned: {serve.wait_p99_ms():.1f} ms"),
        ],
    )


def batching():
    """A full card writes 25 times as much as a lonely answer, and still faster than people read.

    Tokens a second of one card and of one answer on it, by answers written at the same time. Each
    step reads the weights once for all and the cache of every answer. Memory ends at 58.
    """
    answers = list(range(1, serve.slots() + 1))
    card = [serve.decode_tokens_per_second(count) for count in answers]
    one = [serve.pace(count) for count in answers]
    return Chart(
        x="Answers on the card at once",
        y="Tokens a second",
        series=[
            Line(answers, card, "the card", role="model"),
            Line(answers, one, "one answer", role="client"),
        ],
        y_scale="log",
        markers=[
            Marker(
                y=base.READING_TOKENS_PER_SECOND,
                label=f"promised pace, {base.READING_TOKENS_PER_SECOND:.0f}",
            )
        ],
    )


def assistant():
    """Prompts are read on one pool of cards and answers written on another.

    Prefill is bound by arithmetic and sets the first token; decoding is bound by memory bandwidth
    and sets the pace. The keys and values travel between them once.
    """
    customer = Client("Customer", f"first word in {base.FIRST_TOKEN_MS / 1e3:.0f} s")
    with Plane("Gather", role="data"):
        service = Service("Assistant", f"{base.peak_answers_per_second():,.1f} answers/s at peak")
        passages = Index("Passages", f"{base.PASSAGES:.0f}, and the customer's orders")
    with Plane("Cards", role="model"):
        queue = Queue("One queue", "for all prefill cards")
        prefill = Model("Prefill", f"{serve.prefill_cards()} H100, {serve.prefill_ms():,.0f} ms")
        prefix = Cache("Prefix cache", f"{base.INSTRUCTION_TOKENS:,.0f} tokens of instructions")
        decode = Model("Decode", f"{serve.decode_cards()} H100, {serve.slots()} answers each")
    person = Client(
        "A person", icon="mdi-headset", detail=f"{serve.agents_normally():,.0f} busy at the peak"
    )
    customer >> Edge(step=1) >> service
    service >> Edge("search", step=2) >> passages
    service >> Edge("prompt", step=3) >> queue
    queue >> Edge(step=4) >> prefill
    prefix >> prefill
    prefill >> Edge(f"cache, {serve.hand_over_ms():.0f} ms", step=5) >> decode
    decode >> Edge("words as they come", step=6) >> customer
    service >> Edge("cannot help") >> person


def first_word():
    """The first word comes at 850 ms: gathering runs side by side, and prefill takes most.

    Limits at p95, one after another where one needs the other. Decoding starts when prefill ends;
    checking a whole first sentence before showing it would take longer than what is left.
    """
    lanes, start = [], 0.0
    roles = {"Gather": "data", "Prefill, whose end is the first token": "model"}
    names = {"Prefill, whose end is the first token": "Prefill", "Wait for a prefill card": "Wait"}
    for stage in serve.first_token_budget().stages:
        role, name = roles.get(stage.name, "online"), names.get(stage.name, stage.name)
        for branch, ms in stage.branches or ((name, stage.p99_ms),):
            lane = branch[0].upper() + branch[1:]
            lanes.append(Lane(lane, [Span(start, start + ms, f"{ms:.0f} ms", role=role)]))
        start += stage.p99_ms
    sentence = serve.first_sentence_ms()
    end = start + sentence
    lanes.append(Lane("First sentence", [Span(start, end, f"{sentence:.0f} ms", role="client")]))
    ticks = [(0, "0"), (start, f"{start:.0f}"), (end, f"{end:,.0f}")]
    return Timeline(
        unit="ms",
        lanes=lanes,
        joins=[Join("Send it", start, "First sentence", start)],
        markers=[
            Marker(x=base.FIRST_TOKEN_MS, label=f"promised, {base.FIRST_TOKEN_MS / 1e3:.0f} s")
        ],
        ticks=ticks,
        axis="Milliseconds after the question",
    )
