"""Every number of the chapter on answers from a company's own documents.

Load, chunks, indexes, permissions, the generator's two phases, cost, statistics of evaluation.
Prices are the news feed's and the reference page's, so that the same thing costs the same
everywhere; the generator is the one that step 6 of the framework serves.
"""

from __future__ import annotations

import math
from statistics import NormalDist

from handbook.estimate import (
    FLOAT16_BYTES,
    FLOAT32_BYTES,
    GB,
    HOURS_PER_MONTH,
    INT8_BYTES,
    MILLION,
    MINUTES_PER_HOUR,
    MS_PER_SECOND,
    SECONDS_PER_HOUR,
    LatencyBudget,
    any_slow,
    assumed,
    chapter,
    count,
    embedding_bytes,
    hnsw_bytes,
    inference_flops,
    kv_cache_bytes,
    machines,
    monthly_cost,
    peak_qps,
    qps,
    results,
    sample_size_per_arm,
    si,
    sourced,
    training_flops,
    transfer_seconds,
)

feed = chapter("case-studies/news-feed")
serve = chapter("framework/6-serve")
model = chapter("framework/4-model")
numbers = chapter("reference/numbers")
LAB = results("building-blocks/retrieval-augmented-generation")

READ = "2026-11-21"

# --------------------------------------------------------------------------- load

EMPLOYEES = assumed(100e3, "employees", "a large company; agreed with the interviewer")
ACTIVE_SHARE = assumed(0.3, "of employees", "who ask something on a working day")
QUESTIONS_PER_USER = assumed(6, "questions per user and day", "two topics, each with follow-ups")
PEAK_FACTOR = assumed(6, "times the average", "one continent, Monday at ten; nights are empty")
WORKING_DAYS = assumed(22, "days a month", "weekends bring next to nothing")
FOLLOW_UPS = assumed(0.6, "of questions", "that need the conversation to be understood")


def questions_per_day(employees: float = EMPLOYEES) -> float:
    """Questions on a working day.

    Args:
        employees: People who may ask.
    """
    return employees * ACTIVE_SHARE * QUESTIONS_PER_USER


def questions_per_month() -> float:
    """Questions in a month of working days."""
    return questions_per_day() * WORKING_DAYS


def average_per_s() -> float:
    """Questions a second, averaged over the 24 hours of a working day."""
    return qps(questions_per_day())


def peak_per_s(factor: float = PEAK_FACTOR) -> float:
    """Questions a second at the peak.

    Args:
        factor: Peak over average.
    """
    return peak_qps(average_per_s(), factor)


# --------------------------------------------------------------------------- corpus and chunks

THREADS = assumed(12e6, "documents", "tickets, messages and e-mail lists, a thread each")
THREAD_TOKENS = assumed(250, "tokens", "a short thread")
PAGES = assumed(5e6, "documents", "wiki pages")
PAGE_TOKENS = assumed(1_500, "tokens", "two printed pages")
FILES = assumed(3e6, "documents", "PDFs, slides and office files")
FILE_TOKENS = assumed(9_000, "tokens", "some fourteen printed pages")
CHUNK_TOKENS = assumed(400, "tokens", "a section; an ablation on your questions decides")
OVERLAP_TOKENS = assumed(60, "tokens", "a sentence or three, so that none is cut in half")
CHARACTERS = numbers.LETTERS_PER_TOKEN
POSTING_SHARE = assumed(0.5, "bytes per byte of text", "postings with positions, compressed")
RECORD_BYTES = assumed(64, "bytes per chunk", "ids, tag of the readers, version, time, place")

KINDS = {
    "Threads: tickets, messages": (THREADS, THREAD_TOKENS),
    "Wiki pages": (PAGES, PAGE_TOKENS),
    "Files: PDF, slides, office": (FILES, FILE_TOKENS),
}


def documents() -> float:
    """Documents of all kinds."""
    return THREADS + PAGES + FILES


def corpus_tokens() -> float:
    """Tokens of all documents, overlap not counted."""
    return THREADS * THREAD_TOKENS + PAGES * PAGE_TOKENS + FILES * FILE_TOKENS


def chunks_of(
    tokens: float = FILE_TOKENS, size: float = CHUNK_TOKENS, overlap: float = OVERLAP_TOKENS
) -> float:
    """Chunks of one document: at least one, then one for each further stride.

    Args:
        tokens: Its length.
        size: Tokens of a chunk.
        overlap: Tokens that a chunk shares with the one before.
    """
    return 1 + math.ceil(max(0.0, tokens - size) / (size - overlap))


def chunks(size: float = CHUNK_TOKENS, overlap: float = OVERLAP_TOKENS) -> float:
    """Chunks of the whole corpus.

    Args:
        size: Tokens of a chunk.
        overlap: Tokens that a chunk shares with the one before.
    """
    return math.fsum(number * chunks_of(length, size, overlap) for number, length in KINDS.values())


def chunks_per_document() -> float:
    """Chunks for each document, on average."""
    return chunks() / documents()


def chunks_if_spread() -> float:
    """Chunks if lengths spread exponentially around the same means.

    A document has one more chunk for each stride that its length exceeds.
    """
    stride = CHUNK_TOKENS - OVERLAP_TOKENS
    total = 0.0
    for number, mean in KINDS.values():
        further = math.exp(-CHUNK_TOKENS / mean) / (1 - math.exp(-stride / mean))
        total += number * (1 + further)
    return total


def chunked_tokens() -> float:
    """Tokens in all chunks, the overlap counted as often as it is stored."""
    return corpus_tokens() + (chunks() - documents()) * OVERLAP_TOKENS


def overlap_percent() -> float:
    """Per cent by which overlap makes the indexed text longer."""
    return 100 * (chunked_tokens() / corpus_tokens() - 1)


def corpus_rows() -> list[list[str]]:
    """Documents, tokens and chunks by kind."""
    rows = [["Kind", "Documents", "Tokens each", "Chunks each", "Chunks"]]
    for name, (number, length) in KINDS.items():
        each = chunks_of(length)
        rows.append([name, count(number), f"{length:,.0f}", f"{each:.0f}", count(number * each)])
    total = f"**{count(chunks())}**"
    return [*rows, ["**Together**", f"**{count(documents())}**", "", "", total]]


# --------------------------------------------------------------------------- indexes

RERANKER = "https://huggingface.co/BAAI/bge-reranker-v2-m3"
RERANKER_TITLE = "BAAI, bge-reranker-v2-m3 model card and configuration, 2024"
ENCODER_LAYERS = sourced(24, "layers", RERANKER, RERANKER_TITLE, READ)
ENCODER_WIDTH = sourced(1_024, "values", RERANKER, RERANKER_TITLE, READ)
VOCABULARY = sourced(250_002, "rows", RERANKER, RERANKER_TITLE, READ)
LINKS = assumed(16, "links (M)", "as in the news feed; index recall decides")
SHARDS = assumed(4, "shards", "three would be full while one is rebuilt beside itself")
COPIES = feed.REPLICAS
WORD_SHARDS = assumed(2, "shards", "postings on SSD, the hot ones in memory")


def vector_bytes(bytes_per_value: float = INT8_BYTES) -> float:
    """Memory of one copy of the vector index, vectors and graph.

    Args:
        bytes_per_value: 1 for int8, 4 for float32.
    """
    return hnsw_bytes(chunks(), ENCODER_WIDTH, LINKS, bytes_per_value)


def vector_float32_bytes() -> float:
    """Memory of one copy with unquantised vectors."""
    return vector_bytes(FLOAT32_BYTES)


def record_bytes() -> float:
    """Memory of one copy of the records beside the vectors."""
    return chunks() * RECORD_BYTES


def shard_bytes(shards: float = SHARDS) -> float:
    """Memory of one shard: vectors, graph and records.

    Args:
        shards: Parts of the index.
    """
    return (vector_bytes() + record_bytes()) / shards


def rebuild_bytes() -> float:
    """Memory of a shard's machine while a second one is built beside it."""
    return 2 * shard_bytes()


def usable_bytes() -> float:
    """Memory of a machine that data may take."""
    return float(feed.MACHINE_MEMORY_BYTES * feed.MEMORY_TARGET)


def text_bytes() -> float:
    """Bytes of the text of all chunks, one copy."""
    return float(chunked_tokens() * CHARACTERS)


def posting_bytes() -> float:
    """Bytes of the inverted index, one copy."""
    return text_bytes() * POSTING_SHARE


def late_interaction_bytes(dimensions: float = 128) -> float:
    """Bytes of one vector of int8 values for each token instead of each chunk.

    Args:
        dimensions: Values in a token's vector.
    """
    return embedding_bytes(chunked_tokens(), dimensions, INT8_BYTES)


def index_rows() -> list[list[str]]:
    """What is stored, and where."""
    return [
        ["What", "Arithmetic", "One copy", "Where"],
        [
            "Vectors and graph, int8",
            f"{count(chunks())} × ({ENCODER_WIDTH:,.0f} + {LINKS:.0f} × 2 × 4) B",
            si(vector_bytes(), "B"),
            f"memory, {SHARDS:.0f} shards of {si(shard_bytes(), 'B')} with records",
        ],
        ["The same in float32", "4 B a value", si(vector_float32_bytes(), "B"), "not kept"],
        [
            "Records",
            f"{count(chunks())} × {RECORD_BYTES:.0f} B",
            si(record_bytes(), "B"),
            "memory, beside the vectors",
        ],
        [
            "Chunk texts",
            f"{count(chunked_tokens())} tokens × {CHARACTERS:.0f} B",
            si(text_bytes(), "B"),
            "SSD of the text store",
        ],
        [
            "Inverted index (BM25)",
            f"{POSTING_SHARE:g} of the text",
            si(posting_bytes(), "B"),
            f"SSD, {WORD_SHARDS:.0f} shards",
        ],
        [
            "Tags of a reader",
            f"{count(TAGS)} bits",
            si(tag_bitmap_bytes(), "B"),
            "memory of the permission service",
        ],
    ]


# --------------------------------------------------------------------------- ingestion

CHANGED_SHARE = assumed(0.01, "of documents a day", "edited; most edits touch one section")
NEW_SHARE = assumed(0.001, "of documents a day", "created")
TOUCHED_CHUNKS = assumed(0.3, "of a changed document's chunks", "whose hash differs after an edit")
FILE_PAGES = assumed(20, "pages per file", "slides and short pages counted")
PARSE_CORE_S = assumed(1, "core-seconds per page", "layout, reading order, tables")
SCANNED_SHARE = assumed(0.15, "of pages", "images without text, which need OCR")
OCR_CORE_S = assumed(5, "core-seconds per page", "recognising a scanned page on a CPU")
CONTEXT_READ = assumed(1_200, "tokens per chunk", "the section around it and the chunk, if cached")
CONTEXT_WRITTEN = assumed(60, "tokens per chunk", "a sentence or two that places it")


def encoder_parameters() -> float:
    """Parameters of the encoder's layers, which is what computes: 12 × width² a layer."""
    return ENCODER_LAYERS * 12 * ENCODER_WIDTH**2


def encoder_all_parameters() -> float:
    """The same with the table of words, which is only looked up."""
    return encoder_parameters() + VOCABULARY * ENCODER_WIDTH


def encoder_flops(tokens: float = CHUNK_TOKENS) -> float:
    """Operations to encode one text: the weights, and attention to itself.

    Args:
        tokens: Its length.
    """
    attention = 4 * tokens**2 * ENCODER_WIDTH * ENCODER_LAYERS
    return inference_flops(encoder_parameters(), tokens) + attention


def card_flops_per_s() -> float:
    """Operations a second that one L4 reaches."""
    return float(feed.L4_PEAK_FLOPS * feed.SERVING_UTILIZATION)


def embed_hours(number: float | None = None) -> float:
    """L4-hours to embed chunks.

    Args:
        number: How many; the whole corpus where not given, at its mean length.
    """
    tokens = chunked_tokens() / chunks()
    many = chunks() if number is None else number
    return many * encoder_flops(tokens) / card_flops_per_s() / SECONDS_PER_HOUR


def embed_dollars() -> float:
    """Dollars to embed the whole corpus once."""
    return float(embed_hours() * feed.L4_PRICE)


def parse_core_hours() -> float:
    """Core-hours to parse every file once, scanned pages recognised."""
    pages = FILES * FILE_PAGES
    return pages * (PARSE_CORE_S + SCANNED_SHARE * OCR_CORE_S) / SECONDS_PER_HOUR


def parse_dollars() -> float:
    """Dollars to parse every file once."""
    return float(parse_core_hours() / feed.CORES * feed.CPU_PRICE)


def context_slots() -> int:
    """Contexts that one card writes at once; their prompts are shorter than an answer's."""
    room = cache_room_bytes()
    return math.floor(room / ((CONTEXT_READ + CONTEXT_WRITTEN) * kv_bytes_per_token()))


def context_dollars() -> float:
    """Dollars to let the generator write a context for every chunk, on idle cards.

    The prompts are short, so more of them fit a card than answers do; a step costs as much.
    """
    flops = inference_flops(serve.MODEL_PARAMETERS, CONTEXT_READ)
    seconds = (flops + _attention(CONTEXT_READ, 0.0, False)) / h100_flops_per_s()
    at_once = context_slots()
    held = (CONTEXT_READ + CONTEXT_WRITTEN / 2) * kv_bytes_per_token()
    read = weight_bytes() + at_once * held
    step = read / (serve.CARD_BANDWIDTH * serve.DECODE_UTILIZATION)
    seconds += CONTEXT_WRITTEN * step / at_once
    return float(chunks() * seconds / SECONDS_PER_HOUR * feed.H100_PRICE)


def changes_per_day() -> float:
    """Documents that are new or edited on a day."""
    return documents() * (CHANGED_SHARE + NEW_SHARE)


def embedded_per_day() -> float:
    """Chunks that are embedded on a day, if unchanged ones are recognised by their hash."""
    edited = CHANGED_SHARE * TOUCHED_CHUNKS
    return chunks() * (edited + NEW_SHARE)


FRESHNESS = {
    "Change event from the source": assumed(60, "s", "webhook; a poll every five minutes is worse"),
    "Queue": assumed(30, "s", "at the peak of edits"),
    "Fetch and parse": assumed(90, "s", "a long file; a page takes one second"),
    "Chunk, hash, embed": assumed(10, "s", "in small batches"),
    "Insert in both indexes": assumed(30, "s", "until the word index shows new segments"),
}
FRESH_TARGET_S = assumed(300, "s", "p95 from an edit to an answer that can use it")
LOST_EVENTS = assumed(0.001, "of events", "never delivered; the nightly comparison finds them")


def fresh_s() -> float:
    """Seconds from an edit to both indexes, stage limits added."""
    return math.fsum(FRESHNESS.values())


def fresh_minutes() -> float:
    """The same in minutes."""
    return fresh_s() / 60


def fresh_rows() -> list[list[str]]:
    """From an edit to an answer, stage by stage."""
    rows = [["Stage", "Limit (s)", "Running total (s)"]]
    total = 0.0
    for name, seconds in FRESHNESS.items():
        total += seconds
        rows.append([name, f"{seconds:.0f}", f"{total:.0f}"])
    return [*rows, ["Slack", f"{FRESH_TARGET_S - total:.0f}", f"{FRESH_TARGET_S:.0f}"]]


def lost_per_day() -> float:
    """Documents a day that stay stale until the nightly comparison."""
    return changes_per_day() * LOST_EVENTS


# --------------------------------------------------------------------------- permissions

TAGS = assumed(200e3, "tags", "places that define rights; what lies in them inherits")
READABLE = assumed(0.08, "of chunks", "what a median employee may read")
CONTRACTOR = assumed(0.005, "of chunks", "what a contractor may read")
TOP = assumed(100, "chunks", "what a search without a filter would return")
SCAN_BYTES_S = assumed(5e9, "bytes a second and core", "int8 dot products; measure yours")
SCAN_CORES = assumed(8, "cores per shard", "a quarter of a machine for one search")
EXACT_MS = assumed(10, "ms", "what an exact search may take")
GROUP_TTL_S = assumed(60, "s", "how long a user's expanded groups are cached")
SHARED_ACCESS = assumed(0.6, "of documents", "that another asker may read too")
SOURCES_PER_ANSWER = assumed(3, "documents", "that an answer rests on")
REPEATS = assumed(0.1, "of questions", "near enough to an earlier one; measure yours")


def tag_bitmap_bytes() -> float:
    """Bytes of the tags that one user may read, a bit each."""
    return TAGS / 8


def readable_chunks(share: float = READABLE) -> float:
    """Chunks that a user may read.

    Args:
        share: Of all chunks.
    """
    return chunks() * share


def survivors(share: float = READABLE, top: float = TOP) -> float:
    """Results left on average when an unfiltered top list is filtered afterwards.

    Args:
        share: Chunks that the user may read, as a share of all.
        top: Length of the list.
    """
    return top * share


def too_few(share: float = READABLE, wanted: int = 8, top: float = TOP) -> float:
    """Probability that fewer than `wanted` results survive a filter after the search.

    Binomial, as if access were independent of relevance: a user's questions are nearer to what
    they may read, so this is the pessimistic end.

    Args:
        share: Chunks that the user may read, as a share of all.
        wanted: Results that are needed.
        top: Length of the unfiltered list.
    """
    n = round(top)
    return math.fsum(math.comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(wanted))


def nothing_left() -> float:
    """Probability that nothing survives for a contractor."""
    return too_few(CONTRACTOR, 1)


def scan_ms(share: float = CONTRACTOR) -> float:
    """Milliseconds to compare a question with everything a user may read, without a graph.

    Args:
        share: Chunks that the user may read, as a share of all.
    """
    read = readable_chunks(share) * ENCODER_WIDTH * INT8_BYTES
    return read / (SHARDS * SCAN_CORES * SCAN_BYTES_S) * MS_PER_SECOND


def exact_below() -> float:
    """Largest readable share for which an exact search keeps its limit."""
    return EXACT_MS / scan_ms(1.0)


def cache_leak() -> float:
    """Share of another asker's cache hits that rest on a document they may not read."""
    return 1 - math.pow(SHARED_ACCESS, SOURCES_PER_ANSWER)


def leaks_per_day() -> float:
    """Such answers a day, if a cache by meaning served every repeat."""
    return questions_per_day() * REPEATS * cache_leak()


# --------------------------------------------------------------------------- retrieval

PER_LIST = assumed(100, "chunks", "from each of the two searches")
FUSED = 60.0
RERANKED = assumed(60, "chunks", "what the cross-encoder reads")
PASSAGES = assumed(8, "passages", "what the generator reads")
CITED = assumed(3, "passages", "that a good answer cites")
QUESTION_TOKENS = assumed(40, "tokens", "a question, rewritten to stand alone")
RECALL_TARGET = assumed(0.92, "of answerable questions", "a right passage among the 60")
KEPT_TARGET = assumed(0.88, "of answerable questions", "a right passage among the 8")
INDEX_RECALL = feed.ANN_RECALL_TARGET
RIGHT_WITH = assumed(0.9, "of answers", "right, where the passages suffice")
RIGHT_WITHOUT = assumed(0.1, "of answers", "right all the same, where they do not")


def rrf(*places: float) -> float:
    """Score of a chunk from its places, by reciprocal rank fusion with a constant of 60.

    Args:
        *places: Its place in each list that has it, from 1.
    """
    return math.fsum(1 / (FUSED + place) for place in places)


def both_fifth() -> float:
    """Fused score of a chunk that is fifth in both lists."""
    return rrf(5, 5)


def one_first() -> float:
    """Fused score of a chunk that is first in one list and missing in the other."""
    return rrf(1)


def rerank_flops(candidates: float = RERANKED) -> float:
    """Operations of the cross-encoder for one question.

    Args:
        candidates: Chunks that it reads, each beside the question.
    """
    return candidates * encoder_flops(CHUNK_TOKENS + QUESTION_TOKENS)


def rerank_l4_ms() -> float:
    """Milliseconds of that on one L4."""
    return rerank_flops() / card_flops_per_s() * MS_PER_SECOND


def h100_flops_per_s() -> float:
    """Operations a second that one H100 reaches on large batches."""
    return float(feed.H100_PEAK_FLOPS * serve.PREFILL_UTILIZATION)


def rerank_ms() -> float:
    """Milliseconds of that on one H100."""
    return rerank_flops() / h100_flops_per_s() * MS_PER_SECOND


def rerank_cards() -> int:
    """H100s for reranking at the peak, at least one a zone."""
    each = MS_PER_SECOND / rerank_ms()
    return max(3, machines(peak_per_s(), each, feed.LOAD_TARGET, feed.SPARE))


SENTENCES = assumed(12, "sentences", "of an answer that carry a citation")


def check_share() -> float:
    """Operations of checking an answer's citations, as a share of the reranker's."""
    return SENTENCES * encoder_flops(CHUNK_TOKENS + QUESTION_TOKENS) / rerank_flops()


def late_checks_per_s() -> float:
    """Passages checked a second at the peak."""
    return peak_per_s() * PASSAGES


def right_share(recall: float = KEPT_TARGET) -> float:
    """Right answers as a share of answerable questions.

    Args:
        recall: Questions whose passages suffice.
    """
    return recall * RIGHT_WITH + (1 - recall) * RIGHT_WITHOUT


def right_per_recall_point() -> float:
    """Points of right answers for each point of recall, both of answerable questions."""
    return RIGHT_WITH - RIGHT_WITHOUT


def recall_point_dollars() -> float:
    """Dollars a month that a point of recall is worth; unanswerable questions gain nothing."""
    return point_dollars_per_month() * right_per_recall_point() * (1 - UNANSWERABLE)


# --------------------------------------------------------------------------- generator

INSTRUCTION_TOKENS = assumed(900, "tokens", "role, rules of citing and refusing, format; fixed")
HISTORY_TOKENS = assumed(600, "tokens", "the conversation so far, summarised")
PASSAGE_TOKENS = assumed(420, "tokens", "a chunk with its title, path and date")
ANSWER_TOKENS = assumed(350, "tokens", "some 260 words with citations")
PACE_TARGET = assumed(20, "tokens a second", "several times a quick reader's pace")

SPARSE = "https://huggingface.co/Qwen/Qwen3-30B-A3B"
SPARSE_TITLE = "Qwen, Qwen3-30B-A3B model card, 2025"
SPARSE_TOTAL = sourced(30.5e9, "parameters", SPARSE, SPARSE_TITLE, READ)
SPARSE_ACTIVE = sourced(3.3e9, "parameters a token", SPARSE, SPARSE_TITLE, READ)
SPARSE_LAYERS = sourced(48, "layers", SPARSE, SPARSE_TITLE, READ)
SPARSE_QUERY_HEADS = sourced(32, "query heads", SPARSE, SPARSE_TITLE, READ)
SPARSE_KV_HEADS = sourced(4, "heads", SPARSE, SPARSE_TITLE, READ)
SPARSE_UTILIZATION = assumed(0.25, "of the peak", "experts get small matrices; profile yours")


def new_tokens(passages: float = PASSAGES) -> float:
    """Tokens of a prompt that no other prompt has read before.

    Args:
        passages: Passages in it.
    """
    return HISTORY_TOKENS + QUESTION_TOKENS + passages * PASSAGE_TOKENS


def prompt_tokens(passages: float = PASSAGES) -> float:
    """Tokens of a whole prompt.

    Args:
        passages: Passages in it.
    """
    return INSTRUCTION_TOKENS + new_tokens(passages)


def _attention(new: float, before: float, sparse: bool) -> float:
    """Operations of new tokens that attend to those before and to themselves."""
    heads = SPARSE_QUERY_HEADS if sparse else serve.QUERY_HEADS
    layers = SPARSE_LAYERS if sparse else serve.LAYERS
    return float(4 * new * (before + new / 2) * heads * serve.HEAD_DIM * layers)


def prefill_flops(
    passages: float = PASSAGES, cached: float = INSTRUCTION_TOKENS, sparse: bool = False
) -> float:
    """Operations to read one prompt: the weights, and attention to what stands before.

    Args:
        passages: Passages in it.
        cached: Tokens whose keys and values are there already.
        sparse: The mixture of experts instead of the dense model.
    """
    new = prompt_tokens(passages) - cached
    weights = SPARSE_ACTIVE if sparse else serve.MODEL_PARAMETERS
    return inference_flops(weights, new) + _attention(new, cached, sparse)


def prefill_ms(
    passages: float = PASSAGES, cached: float = INSTRUCTION_TOKENS, sparse: bool = False
) -> float:
    """Milliseconds to read one prompt on an idle card; its end is the first token.

    Args:
        passages: Passages in it.
        cached: Tokens whose keys and values are there already.
        sparse: The mixture of experts instead of the dense model.
    """
    share = SPARSE_UTILIZATION if sparse else serve.PREFILL_UTILIZATION
    flops = prefill_flops(passages, cached, sparse)
    return float(flops / (feed.H100_PEAK_FLOPS * share) * MS_PER_SECOND)


def prefill_cards(
    passages: float = PASSAGES, cached: float = INSTRUCTION_TOKENS, sparse: bool = False
) -> int:
    """Cards that read prompts at the peak, with headroom and a zone to spare.

    Args:
        passages: Passages in a prompt.
        cached: Tokens whose keys and values are there already.
        sparse: The mixture of experts instead of the dense model.
    """
    each = MS_PER_SECOND / prefill_ms(passages, cached, sparse)
    return machines(peak_per_s(), each, feed.LOAD_TARGET, feed.SPARE)


def kv_bytes_per_token(sparse: bool = False) -> float:
    """Bytes of keys and values for one token, in 16 bits.

    Args:
        sparse: The mixture of experts instead of the dense model.
    """
    if sparse:
        return kv_cache_bytes(1, SPARSE_LAYERS, SPARSE_KV_HEADS, serve.HEAD_DIM, FLOAT16_BYTES)
    return kv_cache_bytes(1, serve.LAYERS, serve.KV_HEADS, serve.HEAD_DIM, FLOAT16_BYTES)


def weight_bytes(sparse: bool = False) -> float:
    """Bytes of the weights in FP8.

    Args:
        sparse: The mixture of experts instead of the dense model.
    """
    return (SPARSE_TOTAL if sparse else serve.MODEL_PARAMETERS) * INT8_BYTES


def cache_bytes_per_answer(passages: float = PASSAGES, sparse: bool = False) -> float:
    """Bytes of keys and values that one answer holds when it ends, the instructions shared.

    Args:
        passages: Passages in its prompt.
        sparse: The mixture of experts instead of the dense model.
    """
    return (new_tokens(passages) + ANSWER_TOKENS) * kv_bytes_per_token(sparse)


def cache_room_bytes(sparse: bool = False) -> float:
    """Bytes of a card that are left for keys and values, the shared instructions taken off.

    Args:
        sparse: The mixture of experts instead of the dense model.
    """
    usable = serve.CARD_BYTES * serve.USABLE_MEMORY - serve.ACTIVATION_BYTES
    return float(usable - weight_bytes(sparse) - INSTRUCTION_TOKENS * kv_bytes_per_token(sparse))


def slots(passages: float = PASSAGES, sparse: bool = False) -> int:
    """Answers that one card writes at the same time.

    Args:
        passages: Passages in a prompt.
        sparse: The mixture of experts instead of the dense model.
    """
    return math.floor(cache_room_bytes(sparse) / cache_bytes_per_answer(passages, sparse))


def step_ms(passages: float = PASSAGES, sparse: bool = False) -> float:
    """Milliseconds of one decoding step of a full card: weights once, and every cache.

    A full batch of the mixture touches nearly every expert, so all weights count there too.

    Args:
        passages: Passages in a prompt.
        sparse: The mixture of experts instead of the dense model.
    """
    held = read_tokens(passages) * kv_bytes_per_token(sparse)
    read = weight_bytes(sparse) + slots(passages, sparse) * held
    return float(read / (serve.CARD_BANDWIDTH * serve.DECODE_UTILIZATION) * MS_PER_SECOND)


def read_tokens(passages: float = PASSAGES) -> float:
    """Tokens whose keys and values a step reads for each answer, halfway through it.

    The instructions' are stored once a card, but each answer's attention reads them.

    Args:
        passages: Passages in a prompt.
    """
    return prompt_tokens(passages) + ANSWER_TOKENS / 2


def pace() -> float:
    """Tokens a second that one reader sees on a full card."""
    return MS_PER_SECOND / step_ms()


def decode_tokens_per_s(passages: float = PASSAGES, sparse: bool = False) -> float:
    """Tokens a second that one full card writes.

    Args:
        passages: Passages in a prompt.
        sparse: The mixture of experts instead of the dense model.
    """
    return slots(passages, sparse) * MS_PER_SECOND / step_ms(passages, sparse)


def peak_written_per_s() -> float:
    """Tokens written a second at the peak."""
    return peak_per_s() * ANSWER_TOKENS


def peak_read_per_s() -> float:
    """New tokens read a second at the peak."""
    return peak_per_s() * new_tokens()


def decode_cards(passages: float = PASSAGES, sparse: bool = False) -> int:
    """Cards that write answers at the peak, with headroom and a zone to spare.

    Args:
        passages: Passages in a prompt.
        sparse: The mixture of experts instead of the dense model.
    """
    each = decode_tokens_per_s(passages, sparse)
    return machines(peak_written_per_s(), each, feed.LOAD_TARGET, feed.SPARE)


def generator_cards(
    passages: float = PASSAGES, cached: float = INSTRUCTION_TOKENS, sparse: bool = False
) -> int:
    """Cards of the generator: those that read and those that write.

    Args:
        passages: Passages in a prompt.
        cached: Tokens whose keys and values are there already.
        sparse: The mixture of experts instead of the dense model.
    """
    return prefill_cards(passages, cached, sparse) + decode_cards(passages, sparse)


def sparse_cards() -> int:
    """Cards of the generator as a mixture of experts."""
    return generator_cards(PASSAGES, INSTRUCTION_TOKENS, True)


def sparse_prefill_ms() -> float:
    """Milliseconds to read one prompt with the mixture of experts."""
    return prefill_ms(PASSAGES, INSTRUCTION_TOKENS, True)


def hand_over_ms() -> float:
    """Milliseconds to move a prompt's new keys and values from a reading to a writing card."""
    moved = new_tokens() * kv_bytes_per_token()
    return transfer_seconds(moved, serve.LINK_BITS) * MS_PER_SECOND


UNRANKED = assumed(20, "passages", "what you send if nothing reranks them")


def unranked_cards() -> int:
    """Cards of the generator if the first twenty fused chunks are sent unranked."""
    return generator_cards(UNRANKED)


def rerank_share() -> float:
    """The reranker's operations as a share of prefill's."""
    return rerank_flops() / prefill_flops()


def rerank_pays() -> float:
    """Operations of prefill that the reranker saves, for each of its own."""
    return (prefill_flops(UNRANKED) - prefill_flops()) / rerank_flops()


REWRITE_READ = assumed(700, "tokens", "the conversation and the question")
REWRITE_WRITTEN = assumed(30, "tokens", "the question, standing alone")
REWRITE_CARDS = assumed(3, "cards", "one a zone; the load is a fraction of one")


HYPOTHETICAL = assumed(100, "tokens", "an invented passage to search with, a short paragraph")


def rewrite_ms(written: float = REWRITE_WRITTEN) -> float:
    """Milliseconds of a rewriting by the smallest Llama 3.1 in FP8, alone on its card.

    Args:
        written: Tokens that it writes.
    """
    read = inference_flops(model.SMALL_PARAMETERS, REWRITE_READ) / h100_flops_per_s()
    step = model.SMALL_PARAMETERS * INT8_BYTES / (serve.CARD_BANDWIDTH * serve.DECODE_UTILIZATION)
    return float((read + written * step) * MS_PER_SECOND)


def hypothetical_ms() -> float:
    """Milliseconds until an invented passage is written instead of a question."""
    return rewrite_ms(HYPOTHETICAL)


def cards() -> float:
    """All H100s: reading, writing, reranking, rewriting."""
    return generator_cards() + rerank_cards() + REWRITE_CARDS


def generator_rows() -> list[list[str]]:
    """The generator's two phases side by side."""
    return [
        ["", "Prefill (reads)", "Decode (writes)"],
        ["Bound by", "arithmetic", "memory: size, then bandwidth"],
        [
            "Tokens a question",
            f"{new_tokens():,.0f} new, {INSTRUCTION_TOKENS:.0f} cached",
            f"{ANSWER_TOKENS:.0f}",
        ],
        [
            "Tokens a second at the peak",
            f"{peak_read_per_s():,.0f}",
            f"{peak_written_per_s():,.0f}",
        ],
        [
            "Work a question",
            si(prefill_flops(), "FLOP"),
            f"{si(cache_bytes_per_answer(), 'B')} of keys and values held",
        ],
        [
            "One card",
            f"{MS_PER_SECOND / prefill_ms():.2f} prompts a second",
            f"{slots()} answers at once, {decode_tokens_per_s():,.0f} tokens a second",
        ],
        ["Cards at the peak", f"**{prefill_cards()}**", f"**{decode_cards()}**"],
    ]


# --------------------------------------------------------------------------- time

FIRST_TOKEN_MS = assumed(2_000, "ms", "p95 from the edge to the first token; agreed")


def latency_budget() -> LatencyBudget:
    """The two seconds to the first token; raises if the stages do not fit."""
    return (
        LatencyBudget(FIRST_TOKEN_MS)
        .stage("Gateway, authentication, internal network", 60)
        .parallel(
            "Understand",
            {"rewrite the question": 300, "groups and readable tags": 40, "input check": 40},
        )
        .parallel("Search", {"embed, then vectors": 90, "words (BM25)": 70})
        .stage("Fuse, drop duplicates", 10)
        .stage("Rerank 60 chunks", 150)
        .stage("Late permission check", 50)
        .stage("Fetch texts, build the prompt", 30)
        .stage("Wait for a prefill card", 100)
        .stage("Prefill, whose end is the first token", 950)
        .stage("Send it", 30)
    )


def latency_rows() -> list[list[str]]:
    """The budget as a table."""
    return latency_budget().rows()


def used_ms() -> float:
    """Milliseconds given out."""
    return latency_budget().used_ms


def slack_ms() -> float:
    """Milliseconds left."""
    return latency_budget().slack_ms


def stage_ms(name: str = "Prefill, whose end is the first token") -> float:
    """Milliseconds that a stage may take.

    Args:
        name: The stage or the branch.
    """
    return latency_budget().stage_ms(name)


def longest_new_tokens() -> float:
    """New tokens that prefill reads in its slot: the root of weights plus attention."""
    square = _attention(1.0, 0.0, False)  # of n times n
    linear = inference_flops(serve.MODEL_PARAMETERS, 1.0)
    linear += square * 2 * INSTRUCTION_TOKENS
    flops = h100_flops_per_s() * stage_ms() / MS_PER_SECOND
    root = math.sqrt(linear**2 + 4 * square * flops)
    return float(math.floor((root - linear) / (2 * square)))


def limit_count() -> float:
    """Limits in the budget: single stages, and each branch."""
    return math.fsum(len(stage.branches) or 1 for stage in latency_budget().stages)


def guaranteed() -> float:
    """Share of questions that surely meet the sum if each limit holds at p99."""
    return 1 - 0.01 * limit_count()


def quantile_needed() -> float:
    """Quantile that each limit must hold for the sum to be sure at p95."""
    return 1 - 0.05 / limit_count()


def answer_s() -> float:
    """Seconds from the question to the last token, at the pace of a full card."""
    return FIRST_TOKEN_MS / MS_PER_SECOND + ANSWER_TOKENS / pace()


def shards_slow() -> float:
    """Share of vector searches with at least one slow shard."""
    return any_slow(0.01, SHARDS)


# --------------------------------------------------------------------------- longer prompts, rounds

WINDOW = assumed(128e3, "tokens", "a long prompt; what fits is not what is used well")
ROUNDS = assumed(4, "searches", "an agent that searches until it is content")
AGENT_SHARE = assumed(0.1, "of questions", "that one search does not answer; a router finds them")
CALL_TOKENS = assumed(80, "tokens", "a search request that the model writes, with a thought")


def window_flops(tokens: float = WINDOW) -> float:
    """Operations to read a long prompt.

    Args:
        tokens: Its length.
    """
    return inference_flops(serve.MODEL_PARAMETERS, tokens) + _attention(tokens, 0.0, False)


def window_s() -> float:
    """Seconds of one card for that."""
    return window_flops() / h100_flops_per_s()


def window_times() -> float:
    """Times the arithmetic of a prompt with eight passages."""
    return window_flops() / prefill_flops()


def corpus_windows() -> float:
    """Such prompts that the corpus would fill."""
    return corpus_tokens() / WINDOW


def file_ms() -> float:
    """Milliseconds to read one whole file instead of passages."""
    cached = INSTRUCTION_TOKENS
    new = HISTORY_TOKENS + QUESTION_TOKENS + FILE_TOKENS
    flops = inference_flops(serve.MODEL_PARAMETERS, new) + _attention(new, cached, False)
    return flops / h100_flops_per_s() * MS_PER_SECOND


def agent_new_tokens(rounds: float = ROUNDS) -> float:
    """New tokens read over all rounds, if earlier ones stay cached.

    Args:
        rounds: Searches.
    """
    return new_tokens() + (rounds - 1) * (PASSAGES * PASSAGE_TOKENS + CALL_TOKENS)


def agent_uncached_tokens(rounds: float = ROUNDS) -> float:
    """Tokens read over all rounds, if each starts from nothing.

    Args:
        rounds: Searches.
    """
    step = PASSAGES * PASSAGE_TOKENS + CALL_TOKENS
    return rounds * prompt_tokens() + step * rounds * (rounds - 1) / 2


def agent_times() -> float:
    """New tokens of such an agent, cached, over those of one shot."""
    return agent_new_tokens() / new_tokens()


def agent_extra_percent(share: float = AGENT_SHARE) -> float:
    """Per cent by which prefill grows if a share of questions goes through the rounds.

    Args:
        share: Of all questions.
    """
    return 100 * share * (agent_times() - 1)


def agent_more_cards(share: float = AGENT_SHARE) -> float:
    """Cards that read for such questions, on top of those of the design.

    Args:
        share: Of all questions.
    """
    each = MS_PER_SECOND / prefill_ms()
    load = peak_per_s() * (1 + agent_extra_percent(share) / 100)
    return machines(load, each, feed.LOAD_TARGET, feed.SPARE) - prefill_cards()


def agent_extra_written_percent(share: float = AGENT_SHARE) -> float:
    """Per cent by which decoding grows: the searches are written too.

    Args:
        share: Of all questions.
    """
    return 100 * share * (ROUNDS - 1) * CALL_TOKENS / ANSWER_TOKENS


def agent_more_writing_cards(share: float = AGENT_SHARE) -> float:
    """Cards that write those searches, on top of those of the design.

    Args:
        share: Of all questions.
    """
    load = peak_written_per_s() * (1 + agent_extra_written_percent(share) / 100)
    return machines(load, decode_tokens_per_s(), feed.LOAD_TARGET, feed.SPARE) - decode_cards()


def agent_first_token_s(rounds: float = ROUNDS) -> float:
    """Seconds to the first token of its answer: each round thinks, searches, reads.

    Args:
        rounds: Searches.
    """
    search = used_ms() - stage_ms() - stage_ms("Understand")
    think = CALL_TOKENS * step_ms()
    each = think + search + prefill_ms()
    return (stage_ms("Understand") + search + prefill_ms() + (rounds - 1) * each) / MS_PER_SECOND


# --------------------------------------------------------------------------- cost

ORIGINAL_BYTES = assumed(1e6, "bytes per document", "files as they came, mean of all kinds")
GATEWAY_MACHINES = assumed(3, "machines", "one a zone; the load is a few requests a second")
TEXT_MACHINES = assumed(3, "machines", "one a zone, texts on SSD")
PERMISSION_MACHINES = assumed(3, "machines", "one a zone")
INGEST_MACHINES = assumed(3, "machines", "one a zone; parsing of a day's changes fits one")
ENCODER_CARDS = assumed(3, "L4s", "one a zone: questions, and the day's chunks")
LABEL_HOURS = assumed(60, "hours a month", "people who read answers and passages")
LABEL_DOLLARS = assumed(60, "$ an hour", "an employee who knows the subject")
JUDGED_PER_DAY = assumed(
    2_000, "answers a day", "a random sample, read by a judge model on idle cards at night"
)
JUDGE_TOKENS = assumed(6_000, "tokens per verdict", "the passages, the answer, the rubric")
LARGE_CACHED = model.LARGE_CACHED


def vector_machines() -> float:
    """Machines of the vector index: memory rules, so one a shard and copy."""
    return float(SHARDS * COPIES)


def word_machines() -> float:
    """Machines of the word index, one a shard and copy."""
    return float(WORD_SHARDS * COPIES)


def cpu_machines() -> float:
    """Machines without accelerators."""
    fixed = GATEWAY_MACHINES + TEXT_MACHINES + PERMISSION_MACHINES + INGEST_MACHINES
    return vector_machines() + word_machines() + fixed


def cards_per_month(number: float | None = None) -> float:
    """Dollars a month of H100s.

    Args:
        number: How many; all where not given.
    """
    return monthly_cost(cards() if number is None else number, feed.H100_PRICE)


def cpu_per_month() -> float:
    """Dollars a month of machines without accelerators."""
    return monthly_cost(cpu_machines(), feed.CPU_PRICE)


def encoder_per_month() -> float:
    """Dollars a month of the cards that embed."""
    return monthly_cost(ENCODER_CARDS, feed.L4_PRICE)


def storage_per_month() -> float:
    """Dollars a month of originals and texts in the object store."""
    return float((documents() * ORIGINAL_BYTES + text_bytes()) / GB * feed.STORAGE_PRICE)


def judge_card_hours() -> float:
    """Card-hours a day of the judge, an open model of 70 billion that runs at night.

    Only reading is counted; a verdict is a few words.
    """
    read = JUDGED_PER_DAY * inference_flops(model.BIG_PARAMETERS, JUDGE_TOKENS)
    return read / h100_flops_per_s() / SECONDS_PER_HOUR


def people_per_month() -> float:
    """Dollars a month of people who label."""
    return LABEL_HOURS * LABEL_DOLLARS


def month(cards_used: float | None = None) -> float:
    """Dollars a month, everything.

    Args:
        cards_used: H100s; the design's where not given.
    """
    rest = cpu_per_month() + encoder_per_month() + storage_per_month()
    return cards_per_month(cards_used) + rest + people_per_month()


def per_thousand(dollars: float | None = None) -> float:
    """Dollars for a thousand answers.

    Args:
        dollars: A month's; the design's where not given.
    """
    return 1_000 * (month() if dollars is None else dollars) / questions_per_month()


def cost_rows() -> list[list[str]]:
    """The month's bill by tier."""
    tiers = [
        ("Generator, reading (H100)", f"{prefill_cards()}", cards_per_month(prefill_cards())),
        ("Generator, writing (H100)", f"{decode_cards()}", cards_per_month(decode_cards())),
        (
            "Reranking and rewriting (H100)",
            f"{rerank_cards() + REWRITE_CARDS:.0f}",
            cards_per_month(rerank_cards() + REWRITE_CARDS),
        ),
        ("Embedding (L4)", f"{ENCODER_CARDS:.0f}", encoder_per_month()),
        (
            "Vector index",
            f"{vector_machines():.0f}",
            monthly_cost(vector_machines(), feed.CPU_PRICE),
        ),
        ("Word index", f"{word_machines():.0f}", monthly_cost(word_machines(), feed.CPU_PRICE)),
        (
            "Gateway, texts, permissions, ingestion",
            f"{cpu_machines() - vector_machines() - word_machines():.0f}",
            monthly_cost(cpu_machines() - vector_machines() - word_machines(), feed.CPU_PRICE),
        ),
        ("Originals and texts", si(documents() * ORIGINAL_BYTES, "B"), storage_per_month()),
        ("People who label", f"{LABEL_HOURS:.0f} hours", people_per_month()),
    ]
    rows = [["Tier", "How many", "$ a month"]]
    rows += [[name, many, f"{dollars:,.0f}"] for name, many, dollars in tiers]
    return [*rows, ["**Total**", "", f"**{month():,.0f}**"]]


def hosted_per_answer(into: float = numbers.SONNET_IN, out: float = numbers.SONNET_OUT) -> float:
    """Dollars of one answer by a hosted model, the instructions cached.

    Args:
        into: Dollars per million tokens read.
        out: Dollars per million tokens written.
    """
    read = new_tokens() + INSTRUCTION_TOKENS * LARGE_CACHED
    return float((read * into + ANSWER_TOKENS * out) / MILLION)


def hosted_per_month(into: float = numbers.SONNET_IN, out: float = numbers.SONNET_OUT) -> float:
    """Dollars a month of a hosted generator.

    Args:
        into: Dollars per million tokens read.
        out: Dollars per million tokens written.
    """
    return hosted_per_answer(into, out) * questions_per_month()


SMALL_DOCUMENTS = assumed(2_000, "documents", "a start-up's help pages, open to everybody")


def small_chunks() -> float:
    """Chunks of a small corpus of the same mix."""
    return SMALL_DOCUMENTS * chunks_per_document()


def small_scan_ms() -> float:
    """Milliseconds to compare a question with all of them on one core, in int8."""
    return small_chunks() * ENCODER_WIDTH / SCAN_BYTES_S * MS_PER_SECOND


def small_per_thousand() -> float:
    """Dollars for a thousand answers of a small hosted model."""
    return 1_000 * hosted_per_answer(numbers.HAIKU_IN, numbers.HAIKU_OUT)


def hosted_small_per_month() -> float:
    """The same by a small hosted model."""
    return hosted_per_month(numbers.HAIKU_IN, numbers.HAIKU_OUT)


def generator_per_month() -> float:
    """Dollars a month of the generator's own cards."""
    return cards_per_month(generator_cards())


def constraint_dollars() -> float:
    """Dollars a month that keeping the generator in house costs, against the middle model."""
    return generator_per_month() - hosted_per_month()


def card_price_full() -> float:
    """Dollars of one answer if its cards were busy all the time, no headroom, no spare."""
    busy = prefill_ms() / MS_PER_SECOND + ANSWER_TOKENS / decode_tokens_per_s()
    return float(busy / SECONDS_PER_HOUR * feed.H100_PRICE)


def card_price_now() -> float:
    """Dollars of one answer on the generator's cards as they are."""
    return generator_per_month() / questions_per_month()


def busy_share() -> float:
    """Share of the generator's card-hours that are used over a month."""
    return card_price_full() / card_price_now()


def busy_needed() -> float:
    """Share of card-hours that must be used for own cards to cost what the middle model does."""
    return card_price_full() / hosted_per_answer()


def full_cards_cheaper() -> float:
    """How many times cheaper than the middle model an answer on cards that are always busy is."""
    return hosted_per_answer() / card_price_full()


def uncached_saving() -> float:
    """Share of the month's bill that caching the instructions saves."""
    without = month(generator_cards(PASSAGES, 0.0) + rerank_cards() + REWRITE_CARDS)
    return 1 - month() / without


def five_saving() -> float:
    """Share of the bill saved by five passages instead of eight."""
    return 1 - month(generator_cards(5) + rerank_cards() + REWRITE_CARDS) / month()


def graph_dollars() -> float:
    """Dollars to let the generator read the whole corpus once, as a graph of entities needs."""
    flops = inference_flops(serve.MODEL_PARAMETERS, corpus_tokens())
    return float(flops / h100_flops_per_s() / SECONDS_PER_HOUR * feed.H100_PRICE)


def rerank_saving() -> float:
    """Share of the bill that reranking saves against sending twenty passages."""
    return 1 - month() / month(unranked_cards() + REWRITE_CARDS)


def sparse_saving() -> float:
    """Share of the bill saved by the mixture of experts."""
    return 1 - month(sparse_cards() + rerank_cards() + REWRITE_CARDS) / month()


def sparse_dollars() -> float:
    """Dollars a month saved by the mixture of experts."""
    return sparse_saving() * month()


OFFICE_HOURS = assumed(12, "hours a working day", "in which nearly all questions come")


def office_saving(price: float = serve.ON_DEMAND) -> float:
    """Share of the bill saved by renting the generator's cards for office hours only.

    Args:
        price: Price by the hour, in times the committed one.
    """
    hours = OFFICE_HOURS * WORKING_DAYS
    kept = generator_per_month() * (1 - price * hours / HOURS_PER_MONTH)
    return kept / month()


def repeat_saving() -> float:
    """Share of the bill if every near repeat came from a cache, cards in proportion."""
    return generator_per_month() * REPEATS / month()


def lever_rows() -> list[list[str]]:
    """What changes the bill, and by how much."""
    rows = [["Lever", "H100s of the generator", "$ a month, all", "Saves", "Price"]]

    def row(name: str, many: float, dollars: float, price: str) -> list[str]:
        saved = f"{100 * (1 - dollars / month()):.0f} %".replace("-", "−")
        return [name, f"{many:.0f}", f"{dollars:,.0f}", saved, price]

    rest = rerank_cards() + REWRITE_CARDS
    office = month() * (1 - office_saving())
    return [
        *rows,
        row("**As designed**", generator_cards(), month(), ""),
        row(
            "No cache of the instructions",
            generator_cards(PASSAGES, 0.0),
            month(generator_cards(PASSAGES, 0.0) + rest),
            "none; never do without",
        ),
        row(
            "Twenty passages, no reranker",
            unranked_cards(),
            month(unranked_cards() + REWRITE_CARDS),
            "and the right one is harder to use",
        ),
        row("Five passages", generator_cards(5), month(generator_cards(5) + rest), "recall"),
        row("Cards in office hours only", generator_cards(), office, "supply in the morning"),
        row(
            "Mixture of experts, 3.3 of 30.5 billion active",
            sparse_cards(),
            month(sparse_cards() + rest),
            "quality, to be tested",
        ),
    ]


# --------------------------------------------------------------------------- worth

MINUTES_SAVED = assumed(4, "minutes", "a right answer against searching; ask the users")
MINUTES_LOST = assumed(20, "minutes", "a wrong answer that is acted on")
MINUTE_DOLLARS = assumed(45 / MINUTES_PER_HOUR, "$ a minute", "wage and desk, $45 an hour")


def answer_above() -> float:
    """Probability of being right above which answering beats refusing.

    Refusing sends the asker to search, as before: worth nothing, costing nothing.
    """
    return MINUTES_LOST / (MINUTES_SAVED + MINUTES_LOST)


def point_dollars_per_month() -> float:
    """Dollars a month that one more point of right instead of refused answers is worth."""
    return questions_per_month() * 0.01 * MINUTES_SAVED * MINUTE_DOLLARS


def wrong_point_dollars_per_month() -> float:
    """Dollars a month that one point of right answers loses if they turn wrong instead."""
    minutes = MINUTES_SAVED + MINUTES_LOST
    return questions_per_month() * 0.01 * minutes * MINUTE_DOLLARS


UNANSWERABLE = assumed(0.15, "of questions", "that no document the asker may read answers")


def minutes_if_answerable_answered() -> float:
    """Minutes that an answerable question brings if every one is answered."""
    right = right_share()
    return right * MINUTES_SAVED - (1 - right) * MINUTES_LOST


def minutes_if_all_answered() -> float:
    """Minutes that a question brings if all are answered, the unanswerable ones wrongly."""
    return (1 - UNANSWERABLE) * minutes_if_answerable_answered() - UNANSWERABLE * MINUTES_LOST


def minutes_if_refusing() -> float:
    """The same if exactly those with insufficient passages are refused."""
    each = RIGHT_WITH * MINUTES_SAVED - (1 - RIGHT_WITH) * MINUTES_LOST
    return (1 - UNANSWERABLE) * KEPT_TARGET * each


def sparse_wrong_points() -> float:
    """The same if the lost answers turn wrong instead of being refused."""
    return sparse_dollars() / wrong_point_dollars_per_month()


def sparse_points() -> float:
    """Points of right answers whose worth the mixture of experts saves."""
    return sparse_dollars() / point_dollars_per_month()


# --------------------------------------------------------------------------- training

PAIRS = assumed(1.2e6, "pairs", "questions with a right chunk: clicks, citations, synthetic")
HARD = assumed(7, "chunks per pair", "found by the current index and judged not to answer")


def training_hours() -> float:
    """H100-hours to tune the embedding model once."""
    tokens = PAIRS * (QUESTION_TOKENS + (1 + HARD) * CHUNK_TOKENS)
    return training_flops(encoder_parameters(), tokens) / h100_flops_per_s() / SECONDS_PER_HOUR


def rerank_training_hours() -> float:
    """H100-hours to tune the cross-encoder once."""
    tokens = PAIRS * (1 + HARD) * (QUESTION_TOKENS + CHUNK_TOKENS)
    return training_flops(encoder_parameters(), tokens) / h100_flops_per_s() / SECONDS_PER_HOUR


# --------------------------------------------------------------------------- evaluation

LABELLED = assumed(600, "questions", "drawn from the log, right passages marked by people")
BOTH_PASS = assumed(219, "answers", "people and judge pass")
PEOPLE_PASS = assumed(15, "answers", "people pass, the judge fails")
JUDGE_PASS = assumed(18, "answers", "people fail, the judge passes")
BOTH_FAIL = assumed(48, "answers", "both fail")
JUDGED = assumed(4_000, "answers", "that only the judge reads")
OBSERVED = assumed(0.83, "of answers", "that the judge passes among those")
DISCORDANT = assumed(0.1, "of questions", "on which two versions differ")
GAIN = assumed(0.03, "of questions", "the smallest gain worth shipping")
TODAY = assumed(0.8, "of answers", "right today")
_NORMAL = NormalDist()
Z_95 = _NORMAL.inv_cdf(0.975)


def answerable() -> float:
    """Labelled questions that have an answer."""
    return LABELLED * (1 - UNANSWERABLE)


def unanswerable() -> float:
    """Labelled questions that have none."""
    return LABELLED * UNANSWERABLE


def recall_margin(questions: float | None = None) -> float:
    """Half width of the 95 % interval of recall at its target, in points.

    Args:
        questions: Answerable questions; those of the labelled set where not given.
    """
    n = answerable() if questions is None else questions
    return 100 * Z_95 * math.sqrt(RECALL_TARGET * (1 - RECALL_TARGET) / n)


def refusal_margin() -> float:
    """Half width of the interval of a refusal rate of nine in ten, in points."""
    return 100 * Z_95 * math.sqrt(0.9 * 0.1 / unanswerable())


def double_read() -> float:
    """Answers that people and judge have both read."""
    return BOTH_PASS + PEOPLE_PASS + JUDGE_PASS + BOTH_FAIL


def agreement() -> float:
    """Share on which they agree."""
    return (BOTH_PASS + BOTH_FAIL) / double_read()


def kappa() -> float:
    """Cohen's kappa: agreement beyond chance."""
    people = (BOTH_PASS + PEOPLE_PASS) / double_read()
    judge = (BOTH_PASS + JUDGE_PASS) / double_read()
    chance = people * judge + (1 - people) * (1 - judge)
    return (agreement() - chance) / (1 - chance)


def sensitivity() -> float:
    """Share of good answers that the judge passes."""
    return BOTH_PASS / (BOTH_PASS + PEOPLE_PASS)


def specificity() -> float:
    """Share of bad answers that the judge fails."""
    return BOTH_FAIL / (BOTH_FAIL + JUDGE_PASS)


def corrected() -> float:
    """Share of good answers, the judge's errors undone."""
    return (OBSERVED + specificity() - 1) / (sensitivity() + specificity() - 1)


def variance_shares() -> tuple[float, float, float]:
    """Shares of the corrected variance: verdicts, the good answers read, the bad ones read."""
    se, sp, theta = sensitivity(), specificity(), corrected()
    parts = (
        OBSERVED * (1 - OBSERVED) / JUDGED,
        theta**2 * se * (1 - se) / (BOTH_PASS + PEOPLE_PASS),
        (1 - theta) ** 2 * sp * (1 - sp) / (BOTH_FAIL + JUDGE_PASS),
    )
    verdicts, good, bad = (part / math.fsum(parts) for part in parts)
    return verdicts, good, bad


def corrected_margin(judged: float = JUDGED, read: float = 300.0) -> float:
    """Half width of its 95 % interval, in points (delta method).

    Args:
        judged: Answers that the judge alone reads.
        read: Answers that both read, with the same shares.
    """
    scale = read / double_read()
    good, bad = (BOTH_PASS + PEOPLE_PASS) * scale, (BOTH_FAIL + JUDGE_PASS) * scale
    se, sp, theta = sensitivity(), specificity(), corrected()
    variance = (
        OBSERVED * (1 - OBSERVED) / judged
        + theta**2 * se * (1 - se) / good
        + (1 - theta) ** 2 * sp * (1 - sp) / bad
    )
    return 100 * Z_95 * math.sqrt(variance) / (se + sp - 1)


def naive_margin() -> float:
    """Half width that the judge's share would have if it were the truth, in points."""
    return 100 * Z_95 * math.sqrt(OBSERVED * (1 - OBSERVED) / JUDGED)


def margin_ten_times() -> float:
    """Half width with ten times as many judged answers, in points."""
    return corrected_margin(10 * JUDGED)


def margin_more_people() -> float:
    """Half width with four times as many answers that people read, in points."""
    return corrected_margin(JUDGED, 4 * double_read())


def paired_questions(gain: float = GAIN, discordant: float = DISCORDANT) -> float:
    """Questions to find a gain when both versions answer the same ones (McNemar).

    R. J. Connor, Biometrics 43(1), 1987: two-sided at 5 %, power of 80 %.

    Args:
        gain: The difference of the two shares.
        discordant: Share of questions on which the versions differ.
    """
    z_alpha, z_power = _NORMAL.inv_cdf(0.975), _NORMAL.inv_cdf(0.8)
    root = z_alpha * math.sqrt(discordant) + z_power * math.sqrt(discordant - gain**2)
    return math.ceil((root / gain) ** 2)


def unpaired_questions() -> float:
    """Questions for each version if they answer different ones."""
    return float(sample_size_per_arm(TODAY, GAIN / TODAY))


def harmless_questions(discordant: float = DISCORDANT, points: float | None = None) -> float:
    """Paired questions to exclude a loss that would eat the saving of the mixture of experts.

    One-sided at 5 %, power of 80 %, no true difference.

    Args:
        discordant: Share of questions on which the versions differ.
        points: The loss to exclude; that of answers that become refusals where not given.
    """
    z = _NORMAL.inv_cdf(0.95) + _NORMAL.inv_cdf(0.8)
    loss = sparse_points() if points is None else points
    return math.ceil(discordant * (z / (loss / 100)) ** 2)


def harmless_if_wrong() -> float:
    """The same if the lost answers become wrong ones."""
    return harmless_questions(points=sparse_wrong_points())


def shrinkage() -> float:
    """Factor by which the judge's errors shrink a difference between two versions."""
    return sensitivity() + specificity() - 1


def harmless_judged() -> float:
    """The same if the judge reads instead of people, at least: it adds differences of its own."""
    return math.ceil(harmless_questions() / shrinkage() ** 2)


WRONG_MARGIN = assumed(0.002, "of answers", "more wrong ones than before; a margin to agree on")


def guardrail_questions() -> float:
    """Paired questions, read by people, to exclude more wrong answers than the margin."""
    return harmless_questions(points=100 * WRONG_MARGIN)


def guardrail_judged() -> float:
    """The same if the judge reads instead of people, at least."""
    return math.ceil(guardrail_questions() / shrinkage() ** 2)


RESOLVED = assumed(0.6, "of questions", "no rephrasing and no search within ten minutes")
RESOLVED_GAIN = assumed(0.01, "of questions", "the smallest change worth finding")
PER_PERSON = assumed(30, "questions per person", "of those who ask at all, in two weeks")
CORRELATION = assumed(0.1, "correlation", "between questions of one person")
TEST_DAYS = assumed(10, "working days", "two weeks, because habit forms")


def design_effect() -> float:
    """Factor on the sample because one person asks many questions."""
    return 1 + (PER_PERSON - 1) * CORRELATION


def test_questions() -> float:
    """Questions in each arm of the experiment, people being assigned."""
    return design_effect() * sample_size_per_arm(RESOLVED, RESOLVED_GAIN / RESOLVED)


def test_people() -> float:
    """People in each arm who ask them in two weeks."""
    return test_questions() / PER_PERSON


def test_askers() -> float:
    """People who ask in two weeks."""
    return questions_per_day() * TEST_DAYS / PER_PERSON


def test_share() -> float:
    """Share of all who ask in two weeks that both arms take."""
    return 2 * test_people() / test_askers()


def leak_trials(share: float = 0.001) -> float:
    """Forbidden questions in a row without a leak that exclude such a share at 95 %.

    Args:
        share: The largest share accepted.
    """
    return math.ceil(math.log(0.05) / math.log(1 - share))


# --------------------------------------------------------------------------- the lab


def lab_percent(name: str = "words_200_bm25_at_5") -> float:
    """Questions with the right page, in per cent.

    Args:
        name: A result of the lab that is a share.
    """
    return 100 * float(LAB[name])


def lab_needed() -> float:
    """Questions that telling the gain of fusion would take."""
    return float(LAB["fusion_over_bm25_needed"])


def lab_rows() -> list[list[str]]:
    """Three retrievers on the handbook's own sections, by size of chunk."""
    rows = [["Chunks", "How many", "BM25, among five", "LSA", "Fused", "LSA, MRR"]]
    for name, words in (
        ("sections", "Whole sections"),
        ("words_200", "200 words"),
        ("words_60", "60 words"),
    ):
        rows.append(
            [
                words,
                f"{LAB[f'{name}_chunks']:,.0f}",
                *(
                    f"{lab_percent(f'{name}_{way}_at_5'):.0f} %"
                    for way in ("bm25", "lsa", "fusion")
                ),
                f"{LAB[f'{name}_lsa_mrr']:.2f}",
            ]
        )
    return rows


# --------------------------------------------------------------------------- the funnel


def funnel_stages() -> list[tuple[str, float, float | None]]:
    """What is left after each stage, and the milliseconds it may take."""
    return [
        ("All chunks", chunks(), None),
        ("Readable", readable_chunks(), stage_ms("Understand")),
        ("Two lists", 2 * PER_LIST, stage_ms("Search")),
        ("Fused", float(RERANKED), stage_ms("Fuse, drop duplicates")),
        ("Reranked, read", float(PASSAGES), stage_ms("Rerank 60 chunks")),
        ("Cited", float(CITED), stage_ms()),
    ]


LAB_QUESTIONS = LAB["questions"]
LAB_SECTIONS = LAB["sections"]
LAB_FUSION = LAB["fusion_over_bm25"]
LAB_SIXTY_LOW = LAB["words_60_lsa_mrr_low"]
LAB_SIXTY_HIGH = LAB["words_60_lsa_mrr_high"]
LAB_TWO_HUNDRED_LOW = LAB["words_200_lsa_mrr_low"]
LAB_TWO_HUNDRED_HIGH = LAB["words_200_lsa_mrr_high"]
LAB_TITLES = LAB["titles"]
LAB_TITLES_LOW = LAB["titles_low"]
LAB_TITLES_HIGH = LAB["titles_high"]
