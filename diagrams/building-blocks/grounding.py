"""Figures of the chapter on retrieval-augmented generation; values from its estimate."""

from handbook.drawing import (
    Chart,
    Client,
    Edge,
    Index,
    Job,
    Line,
    Marker,
    Model,
    Monitor,
    Plane,
    Service,
    Store,
)
from handbook.estimate import chapter

block = chapter("building-blocks/retrieval-augmented-generation")
base = block.base


def path():
    """Two searches, one list, five passages: each arrow is a place to lose the answer.

    A follow-up is rewritten, two searches look only at what the asker may read, ranks are fused,
    a cross-encoder keeps five passages, and rights are checked again before a model reads them.
    """
    asker = Client("Customer", "3 of 4 ask a follow-up")
    with Plane("Find", role="online"):
        rewrite = Model("Rewrite", f"{block.rewrite_ms():.0f} ms, small model")
        words = Index("Words", "BM25, codes and names")
        vectors = Index("Vectors", "meaning")
        fuse = Job("Fuse", f"{block.RERANKED:.0f} chunks left")
        rerank = Model("Rerank", f"{block.rerank_ms():.0f} ms of a card")
    with Plane("Answer", role="model"):
        check = Service("Check rights", f"{base.PASSAGES:.0f} passages, at the source")
        write = Model("Generate", f"{base.input_tokens():,.0f} tokens in, 200 out")
        support = Monitor("Check support", f"{block.SENTENCES:.0f} sentences")
    asker >> Edge(step=1) >> rewrite
    rewrite >> Edge(step=2) >> words
    rewrite >> vectors
    words >> Edge(step=3) >> fuse
    vectors >> fuse
    fuse >> Edge(step=4) >> rerank
    rerank >> Edge(step=5) >> check
    check >> Edge(step=6) >> write
    write >> Edge(kind="control") >> support


def cuts():
    """Without overlap a chunk of 300 tokens cuts one rule in five from its exception.

    Per cent of facts of sixty tokens, at random places of a long text, that no chunk holds whole,
    against the size of a chunk. An overlap as long as the fact cuts none and costs more chunks.
    """
    sizes = [100, 120, 150, 200, 250, 300, 400, 500, 600, 750, 1_000]
    return Chart(
        x="Tokens of a chunk",
        y="Facts cut (%)",
        series=[
            Line(
                sizes,
                [block.cut_percent(size, overlap) for size in sizes],
                f"overlap {overlap}",
                role=role,
            )
            for overlap, role in ((0, "monitor"), (30, "data"), (60, "online"))
        ],
        markers=[Marker(x=base.TOKENS_PER_PASSAGE, label="300")],
    )


def detectable():
    """A hundred questions tell a gain of 0.07; the gain that was found needs three thousand.

    Smallest gain in mean reciprocal rank that a paired comparison tells from nothing four times in
    five, against the questions asked, with the spread that fusion and words had in the lab.
    """
    sizes = [30, 50, 102, 200, 400, 800, 1_600, 3_000, 6_000]
    return Chart(
        x="Questions asked of both",
        y="Smallest gain told (MRR)",
        x_scale="log",
        series=[Line(sizes, [block.detectable(size) for size in sizes], role="online")],
        markers=[
            Marker(x=block.LAB["questions"], label="the lab"),
            Marker(
                y=block.LAB["fusion_over_bm25"],
                label=f"fusion's gain, {block.LAB['fusion_over_bm25']:.3f}",
            ),
        ],
    )


def least():
    """Text from others meets no right to act: the plan is made before it is read.

    The planner sees only the question and may call tools. The reader sees passages and may call
    nothing; what it returns is data with a known origin, and a policy decides what it may enter.
    """
    asker = Client("Customer", "trusted: the request")
    plan = Model("Planner", "sees no passage")
    with Plane("Untrusted text", role="monitor"):
        passages = Store("Passages", "whoever may write one")
        read = Model("Reader", "no tools, no links out")
    policy = Service("Policy", "origin of each value")
    with Plane("Tools", role="data"):
        look = Service("Read own orders", "no question asked")
        act = Service("Refund, send", "a person confirms")
    asker >> plan >> Edge("calls") >> policy
    passages >> read >> Edge("values, marked") >> policy
    policy >> look
    policy >> act
