"""Figures of the chapter on answers from a company's own documents; numbers from its estimate."""

from handbook.drawing import (
    Box,
    Chart,
    Client,
    Edge,
    Event,
    Funnel,
    Index,
    Job,
    Lane,
    Layer,
    Line,
    Marker,
    Model,
    Monitor,
    Op,
    Plane,
    Service,
    Span,
    Stage,
    Store,
    Stream,
    Timeline,
    model,
    sketch,
)
from handbook.estimate import chapter

rag = chapter("case-studies/enterprise-rag")


def serving():
    """Rights are applied before the search and checked again before anything is read.

    The gateway rewrites the question and fetches the tags that the asker may read, at once. Words
    and vectors are searched under those tags, fused and reranked. The eight passages kept are
    checked at the sources, then the generator reads them and streams; every cited sentence is
    compared with its passage as it passes.
    """
    asker = Client("Asker", f"first token {rag.used_ms() / 1e3:.2f} s")
    with Plane("Understand", role="online"):
        api = Service("Gateway", f"{rag.peak_per_s():.1f} questions/s")
        rewrite = Model("Rewriter", f"8 B, {rag.rewrite_ms():.0f} ms")
        rights = Store("Permissions", f"{rag.tag_bitmap_bytes() / 1e3:.0f} kB of tags")
    with Plane("Find the readable", role="data"):
        search = Service("Two searches", "under the tags", icon="mdi-magnify")
        words = Index("Words, BM25", f"{rag.posting_bytes() / 1e9:.0f} GB, 2 shards")
        vectors = Index("Vectors", f"{rag.vector_bytes() / 1e9:.0f} GB, 4 shards")
        rerank = Model("Fuse, rerank", f"{rag.RERANKED:.0f} to {rag.PASSAGES:.0f} chunks")
    with Plane("Answer", role="model"):
        late = Monitor("Late check", "at the source", icon="mdi-shield-check-outline")
        generate = Model("Generator", f"{rag.prefill_cards()} + {rag.decode_cards()} cards")
        cited = Service("Citation check", "each sentence")
    asker >> Edge("question", step=1) >> api
    api >> Edge(step=2) >> rewrite
    api >> rights
    rewrite >> Edge(step=3) >> search
    rights >> Edge("readable tags") >> search
    search >> words
    search >> vectors
    words >> Edge("places", step=4) >> rerank
    vectors >> rerank
    rerank >> Edge("eight", step=5) >> late
    late >> Edge("texts", step=6) >> generate
    generate >> Edge("stream", step=7) >> cited


def ingestion():
    """Text and readers take the same way in; hashes decide what is embedded again.

    Change events feed the parser, and a nightly comparison finds events that were lost. Chunks
    whose hash is known are skipped. Readers become a tag in the permission service, so that a
    closed folder is one row and no chunk is rewritten.
    """
    sources = Client("Sources", "tickets, wiki, files", icon="mdi-folder-multiple-outline")
    nightly = Job("Nightly compare", f"{rag.lost_per_day():.0f} lost events a day")
    with Plane("Ingestion", role="nearline"):
        events = Stream("Change events", f"{rag.changes_per_day() / 1e3:.0f} k a day")
        parse = Job("Parse, OCR", f"{rag.SCANNED_SHARE:.0%} of pages scanned")
        cut = Job("Cut, hash", f"{rag.chunks_per_document():.1f} chunks a document")
        embed = Model("Encoder", f"{rag.embedded_per_day() / 1e3:.0f} k chunks a day")
    with Plane("Stores, three zones", role="data"):
        tags = Store("Readers' tags", f"{rag.TAGS / 1e3:.0f} k places")
        words = Index("Words", f"{rag.posting_bytes() / 1e9:.0f} GB")
        vectors = Index("Vectors", f"{rag.chunks() / 1e6:.0f} M, int8")
        texts = Store("Texts", f"{rag.text_bytes() / 1e9:.0f} GB, versions")
    sources >> Edge("changes", kind="async") >> events
    sources >> Edge(kind="async") >> nightly
    nightly >> Edge("missed", kind="async") >> events
    events >> Edge("readers", kind="async") >> tags
    events >> Edge("text", kind="async") >> parse
    parse >> Edge(kind="async") >> cut
    cut >> Edge("new hashes", kind="async") >> embed
    embed >> Edge(kind="async") >> vectors
    cut >> Edge(kind="async") >> words
    cut >> Edge(kind="async") >> texts


def funnel():
    """A hundred million chunks become three citations, and rights cut first.

    Each band is as wide as the logarithm of what is left. The milliseconds are the stage's limit;
    gateway, late check, prompt and waiting come to them.
    """
    notes = {
        "All chunks": f"of {rag.documents() / 1e6:.0f} million documents",
        "Readable": "tags of a median employee; rewriting runs meanwhile",
        "Two lists": "a hundred by words, a hundred by vectors",
        "Fused": "reciprocal ranks, copies dropped",
        "Reranked, read": f"{rag.rerank_flops() / 1e12:.0f} TFLOP for a question",
        "Cited": f"{rag.prefill_flops() / 1e12:.0f} TFLOP of prefill, then words",
    }
    roles = {"All chunks": "data", "Readable": "monitor", "Cited": "model"}
    return Funnel(
        [
            Stage(name, left, ms=ms, note=notes[name], role=roles.get(name, "online"))
            for name, left, ms in rag.funnel_stages()
        ],
        unit="chunks",
        budget_ms=rag.FIRST_TOKEN_MS,
        around_ms=rag.used_ms() - sum(ms or 0 for _, _, ms in rag.funnel_stages()),
        around="gateway, late check, prompt, waiting",
    )


def survivors():
    """The less somebody may read, the less a filter after the search leaves them.

    Results that remain on average of the first hundred and of the first thousand, if access were
    independent of relevance. The dashed line is what the generator needs.
    """
    shares = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.08, 0.1, 0.2, 0.5, 1.0]
    return Chart(
        x="Readable share of chunks (%)",
        y="Results left",
        x_scale="log",
        y_scale="log",
        series=[
            Line(
                [100 * share for share in shares],
                [rag.survivors(share, top) for share in shares],
                f"of the top {top:,}",
                role=role,
            )
            for top, role in ((100, "monitor"), (1_000, "nearline"))
        ],
        markers=[
            Marker(y=float(rag.PASSAGES), label=f"{rag.PASSAGES:.0f} needed"),
            Marker(x=100 * rag.CONTRACTOR, label="contractor"),
            Marker(x=100 * rag.READABLE, label="employee"),
        ],
    )


def revoked():
    """Four nets catch a revoked right, the fastest at the moment of the answer.

    A right is revoked at second zero. The late check asks the source and refuses at once. The
    cached groups expire within a minute, the tag follows with the change event, and if the event
    was lost the nightly comparison writes it.
    """
    ttl = rag.GROUP_TTL_S
    tagged = rag.FRESHNESS["Change event from the source"] + rag.FRESHNESS["Queue"]
    day = 86_400
    return Timeline(
        unit="s",
        scale="log",
        ticks=[(1, "1 s"), (60, "1 min"), (3_600, "1 h"), (day, "1 day")],
        axis="Time after a right is revoked (logarithmic)",
        lanes=[
            Lane("Source", [Event(0, "right revoked")], role="client"),
            Lane("Late check", [Event(1, "refuses from now on")], role="monitor"),
            Lane("Group cache", [Span(0, ttl, f"old for up to {ttl:.0f} s")], role="online"),
            Lane(
                "Tag", [Span(0, tagged, f"old for up to {tagged:.0f} s, then filtered")], "nearline"
            ),
            Lane("If the event is lost", [Span(0, day, "until the comparison")], role="offline"),
        ],
    )


@model
def encoders():
    """A chunk's vector is made once; a cross-encoder's score is made for each question.

    Above, question and chunk meet only in a dot product, so the chunk's side is computed at
    ingestion. Below, both go through all layers together, and nothing can be kept.
    """
    with Plane("Two sides apart", role="offline"):
        query = Layer("Question", f"{rag.QUESTION_TOKENS:.0f} tokens, online")
        chunk = Layer("Chunk", f"{rag.CHUNK_TOKENS:.0f} tokens, once")
        left = Layer("Encoder", f"{rag.ENCODER_LAYERS:.0f} layers × {rag.ENCODER_WIDTH:,.0f}")
        right = Layer("Same encoder", f"{rag.encoder_parameters() / 1e6:.0f} M compute")
    dot = Op("q·d")
    search = Layer("Search", f"{rag.chunks() / 1e6:.0f} M vectors")
    with Plane("Both together", role="online"):
        pair = Layer("Question + chunk", f"{rag.RERANKED:.0f} × {rag.CHUNK_TOKENS + 40:.0f} tokens")
        cross = Layer("Cross-encoder", f"{rag.rerank_flops() / 1e12:.0f} TFLOP")
        score = Layer("Score", "calibrated: sufficient?")
    query >> left >> Edge("1,024") >> dot
    chunk >> right >> Edge("int8") >> dot
    dot >> search
    search >> Edge("60") >> pair
    pair >> cross >> score


def passages():
    """Every passage is read by every prompt, so the reading pool grows fastest.

    Cards at the peak for the number of passages sent, with six tenths of load and a zone to spare.
    Writing grows too, since longer caches leave fewer answers on a card.
    """
    sent = [2, 4, 6, 8, 10, 12, 14, 16, 18, 20]
    return Chart(
        x="Passages in the prompt",
        y="H100s at the peak",
        series=[
            Line(sent, [rag.generator_cards(n) for n in sent], "together", role="model"),
            Line(sent, [rag.prefill_cards(n) for n in sent], "read (prefill)", role="online"),
            Line(sent, [rag.decode_cards(n) for n in sent], "write (decode)", role="nearline"),
            Line(
                sent,
                [rag.generator_cards(n, rag.INSTRUCTION_TOKENS, True) for n in sent],
                "mixture, together",
                role="data",
                dashed=True,
            ),
        ],
        markers=[
            Marker(x=float(rag.PASSAGES), label=f"design: {rag.generator_cards()} cards"),
        ],
    )


def judged():
    """After a few thousand verdicts only people's reading narrows the interval.

    Half width of the 95 % interval of the share of good answers after the judge's errors are
    undone, against verdicts of the judge, for three numbers of answers that people read as well.
    """
    verdicts = [100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000]
    return Chart(
        x="Answers read by the judge",
        y="± points",
        x_scale="log",
        series=[
            Line(
                verdicts,
                [rag.corrected_margin(n, read) for n in verdicts],
                f"{read:,} read by people",
                role=role,
            )
            for read, role in ((300, "monitor"), (1_200, "nearline"), (4_800, "online"))
        ],
        markers=[Marker(x=float(rag.JUDGED), label=f"± {rag.corrected_margin():.1f} today")],
    )


@sketch
def whiteboard():
    """What you draw by hand: seven boxes, and rights twice.

    The minute beside a box is when it should stand in a round of 45 minutes. Ingestion comes first,
    because rights enter there.
    """
    ingest = Box("Ingest", f"text + readers, {rag.FRESH_TARGET_S / 60:.0f} min", minute=12)
    index = Box("Two indexes", f"{rag.chunks() / 1e6:.0f} M chunks", minute=16)
    ask = Box("Question", f"{rag.peak_per_s():.1f}/s, {rag.FIRST_TOKEN_MS / 1e3:.0f} s", minute=6)
    search = Box("Search", "filter first", minute=20)
    rerank = Box("Rerank", f"{rag.RERANKED:.0f} to {rag.PASSAGES:.0f}, late check", minute=24)
    generate = Box("Generate", f"{rag.prefill_cards()} + {rag.decode_cards()} cards", minute=30)
    judge = Box(
        "Judge, people", f"{100 * rag.corrected():.0f} ± {rag.corrected_margin():.0f} %", minute=38
    )
    ingest >> index >> search
    ask >> search >> rerank >> generate >> judge
    judge >> "train" >> search
