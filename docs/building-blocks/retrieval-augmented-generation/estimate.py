"""Retrieval-augmented generation: what each mechanism adds, misses and costs.

The example is the framework's support assistant; its tokens, prices and budget are those of the
steps. How far a hundred questions reach is the lab's.
"""

from __future__ import annotations

import math
from statistics import NormalDist

from handbook.estimate import (
    INT8_BYTES,
    MILLION,
    MINUTES_PER_HOUR,
    MS_PER_SECOND,
    SECONDS_PER_HOUR,
    LatencyBudget,
    any_slow,
    assumed,
    chapter,
    embedding_bytes,
    inference_flops,
    results,
)

ann = chapter("building-blocks/approximate-nearest-neighbours")
base = chapter("framework")
case = chapter("case-studies/enterprise-rag")
feed = chapter("case-studies/news-feed")
guides = chapter("reference/decision-guides")
inference = chapter("building-blocks/llm-inference")
model = chapter("framework/4-model")
serve = chapter("framework/6-serve")
LAB = results("building-blocks/retrieval-augmented-generation")

_NORMAL = NormalDist()
_DETECTS = (_NORMAL.inv_cdf(0.975) + _NORMAL.inv_cdf(0.8)) ** 2  # 5 % two-sided, 80 % power

# --------------------------------------------------------------------------- two halves

FOUND = assumed(0.85, "of questions", "a sufficient passage is among those read; the lab's level")


def right_percent(
    found: float = FOUND,
    right_with: float = case.RIGHT_WITH,
    right_without: float = case.RIGHT_WITHOUT,
) -> float:
    """Per cent of answers that are right.

    Args:
        found: Share of questions with a sufficient passage in the prompt.
        right_with: Share of right answers among those.
        right_without: Share of right answers among the others.
    """
    return 100 * (found * right_with + (1 - found) * right_without)


def wrong_unfound_percent() -> float:
    """Per cent of wrong answers for which no sufficient passage was in the prompt."""
    wrong = 100 - right_percent()
    return 100 * 100 * (1 - FOUND) * (1 - case.RIGHT_WITHOUT) / wrong


def found_gain() -> float:
    """Points of right answers for a point more found."""
    return right_percent(FOUND + 0.01) - right_percent()


def reading_gain() -> float:
    """Points of right answers for a point more right where a passage was found."""
    return right_percent(FOUND, case.RIGHT_WITH + 0.01) - right_percent()


def half_rows() -> list[list[str]]:
    """A hundred questions by what was found and what was answered."""
    rows = [["Of 100 questions", "Right", "Wrong", "Work on"]]
    for name, share, right, work in (
        ("A sufficient passage was read", FOUND, case.RIGHT_WITH, "prompt, model, order"),
        ("None was", 1 - FOUND, case.RIGHT_WITHOUT, "chunks, search, or refuse"),
    ):
        rows.append([name, f"{100 * share * right:.1f}", f"{100 * share * (1 - right):.1f}", work])
    return rows


# --------------------------------------------------------------------------- chunks

PAGE_TOKENS = assumed(1_500, "tokens", "a help page, two printed pages")
FACT_TOKENS = assumed(60, "tokens", "a rule with its exception, two sentences")
QUESTION_TOKENS = assumed(40, "tokens", "a question that stands alone")


def cut_percent(size: float = 300, overlap: float = 0, fact: float = FACT_TOKENS) -> float:
    """Per cent of facts that no chunk holds whole, for facts at random places of a long text.

    Args:
        size: Tokens of a chunk.
        overlap: Tokens that a chunk shares with the one before.
        fact: Tokens of the fact.
    """
    return 100 * min(1.0, max(0.0, fact - 1 - overlap) / (size - overlap))


def chunks_a_page(size: float = 300, overlap: float = 0, tokens: float = PAGE_TOKENS) -> float:
    """Chunks of one page.

    Args:
        size: Tokens of a chunk.
        overlap: Tokens that a chunk shares with the one before.
        tokens: Of the page.
    """
    return 1 + math.ceil(max(0.0, tokens - size) / (size - overlap))


def page_cut_percent(
    size: float = 300,
    overlap: float = 0,
    fact: float = FACT_TOKENS,
    tokens: float = PAGE_TOKENS,
) -> float:
    """The same on one page, whose ends cut nothing.

    Args:
        size: Tokens of a chunk.
        overlap: Tokens that a chunk shares with the one before.
        fact: Tokens of the fact.
        tokens: Of the page.
    """
    cut = 0.0
    for border in range(round(chunks_a_page(size, overlap, tokens)) - 1):
        end = border * (size - overlap) + size
        last = min(end - overlap - 1, tokens - fact)
        cut += max(0.0, last - (end - fact + 1) + 1)
    return 100 * cut / (tokens - fact + 1)


def chunk_rows() -> list[list[str]]:
    """Sizes of chunks with and without overlap."""
    rows = [["Chunk", "Overlap", "Of a page", "Cut, long text", "Cut, this page", "Fit 1,500"]]
    return rows + [
        [
            f"{size}",
            f"{overlap}",
            f"{chunks_a_page(size, overlap):.0f}",
            f"{cut_percent(size, overlap):.0f} %",
            f"{page_cut_percent(size, overlap):.0f} %",
            f"{math.floor(base.passage_tokens() / size)}",
        ]
        for size, overlap in ((100, 0), (100, 50), (300, 0), (300, 60), (750, 0), (750, 60))
    ]


CHUNK_OVERLAP = assumed(60, "tokens", "as long as the longest rule")


def assistant_chunks() -> float:
    """Chunks of all help pages."""
    pages = guides.CORPUS_TOKENS / PAGE_TOKENS
    return pages * chunks_a_page(base.TOKENS_PER_PASSAGE, CHUNK_OVERLAP)


def assistant_vector_bytes() -> float:
    """Bytes of their vectors in int8, as wide as the case study's."""
    return embedding_bytes(assistant_chunks(), case.ENCODER_WIDTH, INT8_BYTES)


def assistant_scan_ms() -> float:
    """Milliseconds of one core to read all of them."""
    return (
        assistant_vector_bytes() / (ann.clarify.SCAN_BYTES_PER_SECOND / feed.CORES) * MS_PER_SECOND
    )


def size_rows() -> list[list[str]]:
    """What the assistant and the case study hold and do."""
    embed = case.embed_dollars() * assistant_chunks() / case.chunks()
    return [
        ["", "The assistant", "Enterprise RAG"],
        ["Questions a second, average", *(f"{n:.1f}" for n in _loads())],
        ["At the peak", *(f"{n:.1f}" for n in _peaks())],
        [
            "Text, tokens",
            f"{guides.CORPUS_TOKENS:,.0f}",
            f"{case.corpus_tokens() / 1e9:.0f} billion",
        ],
        ["Chunks", f"{assistant_chunks():,.0f}", f"{case.chunks() / 1e6:.0f} million"],
        [
            "Vectors in int8, no links",
            f"{assistant_vector_bytes() / 1e6:.1f} MB",
            f"{embedding_bytes(case.chunks(), case.ENCODER_WIDTH, INT8_BYTES) / 1e9:.0f} GB",
        ],
        [
            "Search by vectors",
            f"scan, {assistant_scan_ms():.1f} core-ms",
            f"graph, {case.SHARDS:.0f} shards",
        ],
        ["To embed all once", f"${embed:.3f}", f"${case.embed_dollars():.0f}"],
    ]


def _loads() -> tuple[float, float]:
    return base.average_answers_per_second(), case.average_per_s()


def _peaks() -> tuple[float, float]:
    return base.peak_answers_per_second(), case.peak_per_s()


# --------------------------------------------------------------------------- fusion

CONSTANT = assumed(60, "places", "of reciprocal rank fusion, the paper's value")


def place_score(place: float = 1, constant: float = CONSTANT) -> float:
    """What one list gives to a chunk at a place.

    Args:
        place: From 1.
        constant: Of the fusion.
    """
    return 1 / (constant + place)


def first_over_tenth(constant: float = CONSTANT) -> float:
    """How many times as much the first place counts as the tenth.

    Args:
        constant: Of the fusion.
    """
    return place_score(1, constant) / place_score(10, constant)


def both_at() -> float:
    """The last place at which being in both lists still beats being first in one."""
    return 2 * (CONSTANT + 1) - CONSTANT - 1


# --------------------------------------------------------------------------- reranking, rewriting

RERANKED = assumed(50, "chunks", "that a cross-encoder reads for a question")
REWRITE_TOKENS = assumed(25, "tokens", "of a question rewritten to stand alone")
GUESS_TOKENS = assumed(120, "tokens", "of a made-up answer to search with")
REWRITE_READS = assumed(600, "tokens", "the conversation and a short instruction")
FOLLOW_UPS = assumed(0.75, "of questions", "three of the four in a conversation")


def rerank_flops(candidates: float = RERANKED) -> float:
    """Operations to rerank for one question, by the case study's cross-encoder.

    Args:
        candidates: Chunks.
    """
    return candidates * case.encoder_flops(base.TOKENS_PER_PASSAGE + QUESTION_TOKENS)


def rerank_ms() -> float:
    """Milliseconds of one H100 for it."""
    return rerank_flops() / inference.CARD_SPEED * MS_PER_SECOND


def rerank_in_passages() -> float:
    """Passages that the generator could read for the same arithmetic."""
    passage = inference_flops(serve.MODEL_PARAMETERS, base.TOKENS_PER_PASSAGE)
    return rerank_flops() / passage


def small_token_ms() -> float:
    """Milliseconds a token of a small model in eight bits, alone on a card."""
    return model.SMALL_PARAMETERS / inference.CARD_READS * MS_PER_SECOND


def rewrite_ms(tokens: float = REWRITE_TOKENS) -> float:
    """Milliseconds until a small model has rewritten a question.

    Args:
        tokens: That it writes.
    """
    reads = inference_flops(model.SMALL_PARAMETERS, REWRITE_READS)
    return reads / inference.CARD_SPEED * MS_PER_SECOND + tokens * small_token_ms()


def gather_rows() -> list[list[str]]:
    """Gathering, stage by stage, in its slot of step 6."""
    rows = gather().rows()
    rows[0][1] = "p95 (ms)"
    return rows


def gather() -> LatencyBudget:
    """What step 6 gives to gathering, split."""
    return (
        LatencyBudget(serve.first_token_slot_ms("Gather"))
        .stage("Embed the question", 10)
        .parallel("Search", {"words": 25, "vectors, behind the filter": 20})
        .stage("Fuse, drop duplicates, fetch texts", 15)
        .stage(f"Rerank {RERANKED:.0f} chunks", 60)
        .stage("Check rights at the source", 25)
    )


# --------------------------------------------------------------------------- grounding

SENTENCES = assumed(8, "sentences", "of an answer of some 150 words")
UNSUPPORTED = assumed(0.03, "of sentences", "that their passage does not support")
CAUGHT = assumed(0.8, "of unsupported sentences", "that a checker flags")
FALSE_FLAGS = assumed(0.05, "of supported sentences", "that it flags too")


def bad_answers_percent(share: float = UNSUPPORTED) -> float:
    """Per cent of answers with an unsupported sentence, were they independent.

    Args:
        share: Of sentences.
    """
    return 100 * any_slow(share, SENTENCES)


def bad_after_percent() -> float:
    """The same for what the checker leaves."""
    return bad_answers_percent(UNSUPPORTED * (1 - CAUGHT))


def flagged_percent() -> float:
    """Per cent of fully supported answers in which a sentence is flagged all the same."""
    return 100 * any_slow(FALSE_FLAGS, SENTENCES)


def flag_precision_percent() -> float:
    """Per cent of flags that are right."""
    right, false = UNSUPPORTED * CAUGHT, (1 - UNSUPPORTED) * FALSE_FLAGS
    return 100 * right / (right + false)


# --------------------------------------------------------------------------- statistics


def lab_percent(name: str) -> float:
    """A share that the lab found, in per cent.

    Args:
        name: Of the result.
    """
    return 100 * LAB[name]


def lab_sd(name: str = "fusion_over_bm25") -> float:
    """Standard deviation of one question's gain in reciprocal rank.

    Args:
        name: A comparison of the lab.
    """
    return abs(LAB[name]) * math.sqrt(LAB[f"{name}_needed"] / 7.85)


def detectable(questions: float = LAB["questions"], name: str = "fusion_over_bm25") -> float:
    """Smallest gain in MRR that is told from nothing four times in five.

    Args:
        questions: Asked of both systems.
        name: A comparison of the lab, for its spread.
    """
    return math.sqrt(_DETECTS / questions) * lab_sd(name)


def share_error_points(share: float = FOUND, questions: float = LAB["questions"]) -> float:
    """Half width of a 95 % interval for a share, in points.

    Args:
        share: That is measured.
        questions: It is measured on.
    """
    return 100 * _NORMAL.inv_cdf(0.975) * math.sqrt(share * (1 - share) / questions)


VARIANTS = len([name for name in LAB if name.endswith("_mrr")])


def luckiest(variants: float = VARIANTS) -> float:
    """Standard deviations by which the best of several equal variants is above their mean.

    Args:
        variants: Independent ones, errors normal.
    """
    step = 0.01
    # The mean of the largest: the integral of what its distribution leaves on either side of 0.
    return math.fsum(
        step
        * (
            1
            - math.pow(_NORMAL.cdf((n + 0.5) * step), variants)
            - math.pow(_NORMAL.cdf(-(n + 0.5) * step), variants)
        )
        for n in range(800)
    )


def luck() -> float:
    """What the best of the lab's variants gains over their mean by luck, on average, in MRR.

    Each variant is taken to err by itself, by the part of a pair's difference that is its own. The
    pair is words and meaning, the least alike of those that the lab compares.
    """
    return luckiest() * lab_sd("bm25_over_lsa") / math.sqrt(2 * LAB["questions"])


def unpaired_range(name: str = "words_200_titled_bm25_mrr") -> float:
    """Best less worst of as many equal variants, each asked questions of its own.

    Args:
        name: Of a variant whose interval the lab stored.
    """
    error = (LAB[f"{name}_high"] - LAB[f"{name}_low"]) / 2 / _NORMAL.inv_cdf(0.975)
    return 2 * luckiest() * error


def lucky_range() -> float:
    """Best less worst of as many variants that are equal, on average, in MRR."""
    return 2 * luck()


def spread_of_variants() -> float:
    """Best less worst MRR of all variants in the lab."""
    found = [value for name, value in LAB.items() if name.endswith("_mrr")]
    return max(found) - min(found)


# --------------------------------------------------------------------------- freshness, attacks

CHANGED = assumed(0.01, "of help pages a day", "edited")
NIGHTLY_HOURS = assumed(24, "hours", "between two builds of the index")
PASSES_FILTER = assumed(0.05, "of attacks", "that a detector of injected text does not catch")


def stale_percent(minutes: float = guides.INDEX_MINUTES, changed: float = CHANGED) -> float:
    """Per cent of answers with an outdated passage in the prompt, if all pages are read alike.

    Args:
        minutes: From an edit to the index.
        changed: Share of pages edited a day.
    """
    outdated = changed * minutes / (24 * MINUTES_PER_HOUR)
    return 100 * any_slow(outdated, base.PASSAGES)


def nightly_percent() -> float:
    """The same where the index is built once a day; an edit waits half a day on average."""
    return stale_percent(NIGHTLY_HOURS * MINUTES_PER_HOUR / 2)


def passed_percent(tries: float = 14) -> float:
    """Per cent of attackers who are past the detector after some tries.

    Args:
        tries: Independent ones.
    """
    return 100 * any_slow(PASSES_FILTER, tries)


# --------------------------------------------------------------------------- cost

EMBED_CENTS = assumed(0.0002, "cents a question", "forty tokens through a small encoder, batched")


def card_cents(milliseconds: float) -> float:
    """Cents of so much time of an H100, at a fleet sized for the peak.

    Args:
        milliseconds: Busy for one question.
    """
    hours = milliseconds / MS_PER_SECOND / SECONDS_PER_HOUR
    return 100 * hours * feed.H100_PRICE * inference.idle_factor()


def read_cents(tokens: float) -> float:
    """Cents for tokens that the large hosted model reads.

    Args:
        tokens: Not cached.
    """
    return 100 * tokens * model.LARGE_IN / MILLION


def cost_parts() -> dict[str, float]:
    """Cents of one answer, by what they buy."""
    small = REWRITE_READS * model.SMALL_IN + REWRITE_TOKENS * model.SMALL_OUT
    return {
        "Instructions": read_cents(base.INSTRUCTION_TOKENS),
        "Conversation": read_cents(base.HISTORY_TOKENS),
        "Passages": read_cents(base.passage_tokens()),
        "Written answer": 100 * base.TOKENS_PER_ANSWER * model.LARGE_OUT / MILLION,
        "Rewriting follow-ups, small model": 100 * FOLLOW_UPS * small / MILLION,
        "Embedding the question": float(EMBED_CENTS),
        "Two searches": 2 * 100 * ann.fleet_dollars() / MILLION,
        f"Reranking {RERANKED:.0f} chunks": card_cents(rerank_ms()),
    }


def answer_cents() -> float:
    """Cents of one answer."""
    return math.fsum(cost_parts().values())


def retrieval_share_percent() -> float:
    """Per cent of that for everything before the generator, rewriting included."""
    generator = ("Instructions", "Conversation", "Passages", "Written answer")
    return 100 * (1 - math.fsum(cost_parts()[name] for name in generator) / answer_cents())


def own_rewrite_cents() -> float:
    """Cents an answer if each follow-up is rewritten alone on an own card."""
    return FOLLOW_UPS * card_cents(rewrite_ms())


def own_retrieval_percent() -> float:
    """Per cent of an answer's cents for everything before the generator, rewritten so."""
    hosted = cost_parts()["Rewriting follow-ups, small model"]
    found = retrieval_share_percent() / 100 * answer_cents() - hosted + own_rewrite_cents()
    return 100 * found / (answer_cents() - hosted + own_rewrite_cents())


def cost_rows() -> list[list[str]]:
    """An answer's cents."""
    rows = [["Part", "Cents", "Share"]]
    for name, cents in cost_parts().items():
        rows.append([name, f"{cents:.4f}", f"{100 * cents / answer_cents():.1f} %"])
    return [*rows, ["**Together**", f"**{answer_cents():.2f}**", ""]]


def passage_dollars() -> float:
    """Dollars a month of one passage more in every prompt."""
    return model.answers_per_month() * read_cents(base.TOKENS_PER_PASSAGE) / 100


def passage_points() -> float:
    """Points of contained conversations that pay for it."""
    return passage_dollars() / model.point_dollars()
