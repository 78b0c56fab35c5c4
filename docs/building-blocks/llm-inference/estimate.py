"""Inference of language models: what bounds a step, and what each technique moves."""

from __future__ import annotations

import math

from handbook.estimate import (
    FLOAT16_BYTES,
    GB,
    INT8_BYTES,
    MILLION,
    MS_PER_SECOND,
    SECONDS_PER_HOUR,
    SECONDS_PER_MINUTE,
    assumed,
    chapter,
    inference_flops,
    kv_cache_bytes,
    machines,
    monthly_cost,
    results,
    sourced,
)

LAB = results("building-blocks/llm-inference")
feed = chapter("case-studies/news-feed")
base = chapter("framework")
serve = chapter("framework/6-serve")
numbers = chapter("reference/numbers")

READ = "2026-11-21"
CARD_SPEED = feed.H100_PEAK_FLOPS * serve.PREFILL_UTILIZATION  # operations a second, reached
CARD_READS = serve.CARD_BANDWIDTH * serve.DECODE_UTILIZATION  # bytes a second, reached
HALF_BYTE = 0.5

# --------------------------------------------------------------------------- two phases


def critical_batch(bytes_per_weight: float = INT8_BYTES) -> float:
    """Answers in a batch from which reading the weights takes less time than using them.

    Args:
        bytes_per_weight: 1 for FP8; arithmetic is counted at the 16-bit peak.
    """
    return numbers.ridge() * bytes_per_weight / 2


def reached_batch(bytes_per_weight: float = INT8_BYTES) -> float:
    """The same at the shares of both peaks that are reached.

    Args:
        bytes_per_weight: 1 for FP8; arithmetic is counted at the 16-bit peak.
    """
    return CARD_SPEED / CARD_READS * bytes_per_weight / 2


def arithmetic_ms(batch: float | None = None, tokens: float | None = None) -> float:
    """Milliseconds that the arithmetic of one step takes: the weights' and attention's.

    Args:
        batch: Answers, or tokens that are checked at once; a full card if not given.
        tokens: That each attends to; the assistant's if not given.
    """
    answers = serve.slots() if batch is None else batch
    held = held_tokens() if tokens is None else tokens
    attention = 4 * held * serve.QUERY_HEADS * serve.HEAD_DIM * serve.LAYERS
    flops = answers * (inference_flops(serve.MODEL_PARAMETERS, 1) + attention)
    return flops / CARD_SPEED * MS_PER_SECOND


def weights_ms() -> float:
    """Milliseconds to read the weights once."""
    return serve.weight_bytes() / CARD_READS * MS_PER_SECOND


def batch_rows() -> list[list[str]]:
    """Pace, tokens and the share of bytes that are weights, by answers in a batch."""
    rows = [["Answers at once", "A step", "Tokens/s for each", "Tokens/s of the card", "Weights"]]
    for batch in (1, 8, 32, serve.slots()):
        step = serve.step_ms(batch)
        rows.append(
            [
                f"{batch}",
                f"{step:.0f} ms",
                f"{serve.pace(batch):.0f}",
                f"{serve.decode_tokens_per_second(batch):,.0f}",
                f"{100 * weights_ms() / step:.0f} % of bytes",
            ]
        )
    return rows


# --------------------------------------------------------------------------- memory


def held_tokens() -> float:
    """Tokens in one answer's cache on average while it is written, instructions included."""
    return base.input_tokens() + base.TOKENS_PER_ANSWER / 2


def step_ms(
    batch: float,
    tokens: float,
    bytes_per_weight: float = INT8_BYTES,
    bytes_per_key: float = FLOAT16_BYTES,
) -> float:
    """Milliseconds of a decoding step that is bound by what it reads.

    Args:
        batch: Answers.
        tokens: Tokens in the cache of each.
        bytes_per_weight: Of the weights.
        bytes_per_key: Of keys and values.
    """
    read = serve.weight_bytes(bytes_per_weight) + batch * cache_bytes(tokens, bytes_per_key)
    return read / CARD_READS * MS_PER_SECOND


def cache_bytes(tokens: float, bytes_per_key: float = FLOAT16_BYTES) -> float:
    """Bytes of keys and values of one sequence.

    Args:
        tokens: Its tokens.
        bytes_per_key: 2 for 16 bits, 1 for 8.
    """
    return kv_cache_bytes(tokens, serve.LAYERS, serve.KV_HEADS, serve.HEAD_DIM, bytes_per_key)


def slots(
    tokens: float,
    bytes_per_weight: float = INT8_BYTES,
    bytes_per_key: float = FLOAT16_BYTES,
    cards: float = 1,
) -> int:
    """Sequences that fit, when nothing is shared.

    Args:
        tokens: Of each when it ends.
        bytes_per_weight: Of the weights.
        bytes_per_key: Of keys and values.
        cards: That hold one copy of the weights together.
    """
    each = serve.CARD_BYTES * serve.USABLE_MEMORY - serve.ACTIVATION_BYTES
    room = cards * each - serve.weight_bytes(bytes_per_weight)
    return math.floor(room / cache_bytes(tokens, bytes_per_key))


ENDS_AT = base.input_tokens() + base.TOKENS_PER_ANSWER
LONG_TOKENS = assumed(32_000, "tokens", "a contract or a long agent's history")


def long_pace() -> float:
    """Tokens a second that each long sequence gets on a card full of them."""
    return MS_PER_SECOND / step_ms(slots(LONG_TOKENS), LONG_TOKENS)


def long_cache_gb() -> float:
    """Gigabytes of one long sequence."""
    return cache_bytes(LONG_TOKENS) / GB


def shared_pace() -> float:
    """Tokens a second of each on a full card whose kernel reads the shared prefix once for all."""
    answers = serve.slots()
    again = (answers - 1) * cache_bytes(base.INSTRUCTION_TOKENS) / CARD_READS * MS_PER_SECOND
    return MS_PER_SECOND / (serve.step_ms() - again)


def slots_unshared_heads() -> int:
    """Answers that would fit if every query head kept its own keys and values."""
    return slots(ENDS_AT, bytes_per_key=FLOAT16_BYTES * serve.QUERY_HEADS / serve.KV_HEADS)


def bits_rows() -> list[list[str]]:
    """Weights and caches in fewer bits: what fits, how fast a full card is."""
    kinds = (
        ("16 bits", FLOAT16_BYTES, "16 bits", FLOAT16_BYTES),
        ("8 bits", INT8_BYTES, "16 bits", FLOAT16_BYTES),
        ("4 bits", HALF_BYTE, "16 bits", FLOAT16_BYTES),
        ("8 bits", INT8_BYTES, "8 bits", INT8_BYTES),
        ("4 bits", HALF_BYTE, "8 bits", INT8_BYTES),
    )
    head = ["Weights", "Cache", "Answers that fit", "Tokens/s for each", "Tokens/s of the card"]
    rows = [[*head, "Alone"]]
    for weights, weight, cache, key in kinds:
        fit = slots(ENDS_AT, weight, key)
        step = step_ms(fit, held_tokens(), weight, key)
        alone = step_ms(1, held_tokens(), weight, key)
        rows.append(
            [
                weights,
                cache,
                f"{fit}",
                f"{MS_PER_SECOND / step:.0f}",
                f"{card_tokens(weight, key):,.0f}",
                f"{MS_PER_SECOND / alone:.0f}",
            ]
        )
    return rows


def card_tokens(
    bytes_per_weight: float = INT8_BYTES, bytes_per_key: float = FLOAT16_BYTES
) -> float:
    """Tokens a second that a full card writes when nothing is shared.

    Args:
        bytes_per_weight: Of the weights.
        bytes_per_key: Of keys and values.
    """
    fit = slots(ENDS_AT, bytes_per_weight, bytes_per_key)
    return fit * MS_PER_SECOND / step_ms(fit, held_tokens(), bytes_per_weight, bytes_per_key)


FP8_SPEED = sourced(
    2,
    "times the 16-bit peak",
    "https://www.nvidia.com/en-us/data-center/h100/",
    "NVIDIA, H100 Tensor Core GPU: 3,958 against 1,979 TFLOPS, both with sparsity",
    READ,
)


def fp8_prefill_ms() -> float:
    """Milliseconds to read a prompt with matrices multiplied in FP8 and attention in 16 bits."""
    matrices = inference_flops(serve.MODEL_PARAMETERS, uncached_tokens())
    rest = serve.prefill_flops() - matrices
    return (matrices / FP8_SPEED + rest) / CARD_SPEED * MS_PER_SECOND


def fp8_prefill_cards() -> int:
    """Cards that then read the assistant's prompts, headroom and spare included."""
    each = MS_PER_SECOND / fp8_prefill_ms()
    return machines(base.peak_answers_per_second(), each, feed.LOAD_TARGET, feed.SPARE)


# --------------------------------------------------------------------------- one pool or two

PACE_MS = MS_PER_SECOND / base.READING_TOKENS_PER_SECOND


def uncached_tokens() -> float:
    """Tokens of the assistant's prompt that the prefix cache does not hold."""
    return base.input_tokens() - base.INSTRUCTION_TOKENS


def cache_ms() -> float:
    """Milliseconds of a step that reading one more answer's cache takes."""
    return cache_bytes(held_tokens()) / CARD_READS * MS_PER_SECOND


def batch_at(pace: float = base.READING_TOKENS_PER_SECOND) -> float:
    """Answers that a card which only writes can hold at a pace, by time and by memory.

    Args:
        pace: Tokens a second that each answer is promised.
    """
    return min(serve.slots(), (MS_PER_SECOND / pace - weights_ms()) / cache_ms())


def separate_per_card(pace: float = base.READING_TOKENS_PER_SECOND) -> float:
    """Answers a second for each card, with cards that only read and cards that only write.

    Args:
        pace: Tokens a second that each answer is promised.
    """
    written = serve.decode_tokens_per_second(batch_at(pace))
    return 1 / (serve.prefill_ms() / MS_PER_SECOND + base.TOKENS_PER_ANSWER / written)


def mixed_per_card(overlap: bool = False, pace: float = base.READING_TOKENS_PER_SECOND) -> float:
    """Answers a second of a card that does both and keeps the pace it promised.

    Each step lasts as long as the pace allows. It reads weights and caches, and computes prompts.
    Memory never binds here: prompts leave time for fewer answers than fit.

    Args:
        overlap: Whether reading and computing go on at once; else prompts are computed after the
            step that reads. A step's own arithmetic hides behind its reading in either case, and
            competes with prompts only where these overlap.
        pace: Tokens a second that each answer is promised.
    """
    prompt = serve.prefill_ms() / MS_PER_SECOND
    # By Little's law an answer is open for as many steps as it has tokens.
    caches = base.TOKENS_PER_ANSWER * cache_ms() / MS_PER_SECOND
    weights = weights_ms() * pace / MS_PER_SECOND
    if overlap:
        computed = prompt + base.TOKENS_PER_ANSWER * arithmetic_ms(1) / MS_PER_SECOND
        return min(1 / computed, (1 - weights) / caches)
    return (1 - weights) / (prompt + caches)


def mixed_batch() -> float:
    """Answers that such a card writes at once."""
    return mixed_per_card() * base.TOKENS_PER_ANSWER * PACE_MS / MS_PER_SECOND


def chunk_tokens(overlap: bool = False) -> float:
    """Tokens of prompt that fit beside the decoding of a card full of answers, in one step.

    Args:
        overlap: Whether they are computed while memory is read; else when it has been.
    """
    taken = arithmetic_ms() if overlap else serve.step_ms()
    return (PACE_MS - taken) / (serve.prefill_ms() / uncached_tokens())


def chunked_prompt_seconds(overlap: bool = False) -> float:
    """Seconds until a prompt is read in such chunks.

    Args:
        overlap: As for the chunk.
    """
    return uncached_tokens() / chunk_tokens(overlap) * PACE_MS / MS_PER_SECOND


def stall_ms(tokens: float = LONG_TOKENS) -> float:
    """Milliseconds that everybody waits if a prompt is computed in one piece.

    Args:
        tokens: Of the prompt.
    """
    attention = 2 * tokens**2 * serve.QUERY_HEADS * serve.HEAD_DIM * serve.LAYERS
    flops = inference_flops(serve.MODEL_PARAMETERS, tokens) + attention
    return flops / CARD_SPEED * MS_PER_SECOND


# --------------------------------------------------------------------------- drafts

ACCEPTED = assumed(0.7, "of drafted tokens", "kept, each independently; measure it on your traffic")
DRAFTED = assumed(4, "tokens", "that the draft proposes for each step")
DRAFT_SHARE = assumed(0.05, "of the step", "one token of a draft a twentieth the size")
SHORT_TOKENS = assumed(500, "tokens", "a short question and its answer")


def tokens_a_pass(accepted: float = ACCEPTED, drafted: float = DRAFTED) -> float:
    """Tokens that one checked draft yields on average.

    Y. Leviathan et al., "Fast Inference from Transformers via Speculative Decoding", 2023,
    https://arxiv.org/abs/2211.17192, section 3.1.

    Args:
        accepted: Probability that a drafted token is kept.
        drafted: Tokens drafted.
    """
    return (1 - accepted ** (drafted + 1)) / (1 - accepted)


def step_with_arithmetic_ms(batch: float, tokens: float, checked: float = 1) -> float:
    """Milliseconds of a step whose reading and computing overlap.

    Args:
        batch: Answers.
        tokens: Tokens in the cache of each.
        checked: Tokens that are computed for each answer.
    """
    return max(step_ms(batch, tokens), arithmetic_ms(batch * checked, tokens))


def draft_speedup(
    batch: float = 1, tokens: float | None = None, accepted: float = ACCEPTED
) -> float:
    """How many times the tokens a second by drafting.

    Args:
        batch: Answers.
        tokens: Tokens in the cache of each; the assistant's if not given.
        accepted: Probability that a drafted token is kept.
    """
    held = held_tokens() if tokens is None else tokens
    plain = step_with_arithmetic_ms(batch, held)
    passed = step_with_arithmetic_ms(batch, held, 1 + DRAFTED) + DRAFTED * DRAFT_SHARE * plain
    return tokens_a_pass(accepted) * plain / passed


def accepted_at_no_gain() -> float:
    """Share of drafted tokens that must be kept for drafts to gain on a full card, by bisection."""
    low, high = 0.0, 1.0 - 1e-9
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (
            (middle, high) if draft_speedup(serve.slots(), accepted=middle) < 1 else (low, middle)
        )
    return high


# --------------------------------------------------------------------------- several cards

HIDDEN = sourced(
    5_120,
    "values",
    "https://huggingface.co/Qwen/Qwen3-32B",
    "Qwen3-32B, hidden_size in config.json, 2025",
    READ,
)
REDUCES_PER_LAYER = assumed(2, "sums over cards", "after attention and after the wide layer")
REDUCE_US = assumed(10, "microseconds", "a small sum over cards on one board, start-up included")
GROUP = assumed(2, "cards", "that share one copy of the weights")


def sums_a_step() -> float:
    """Sums over all cards in one step."""
    return REDUCES_PER_LAYER * serve.LAYERS


def reduce_ms() -> float:
    """Milliseconds that those sums add to a decoding step, where starting them takes the time."""
    return sums_a_step() * REDUCE_US / 1_000


def group_slots() -> int:
    """Answers that fit into cards which share one copy of the weights."""
    return slots(ENDS_AT, cards=GROUP)


def group_gain_percent() -> float:
    """Per cent more tokens a second than from as many cards on their own, all full."""
    fit = group_slots()
    step = step_ms(fit, held_tokens()) / GROUP + reduce_ms()
    return 100 * (fit * MS_PER_SECOND / step / (GROUP * card_tokens()) - 1)


def alone_ms(cards: float = 1) -> float:
    """Milliseconds a token for one answer alone.

    Args:
        cards: That share the weights.
    """
    return step_ms(1, held_tokens()) / cards + (reduce_ms() if cards > 1 else 0)


def prompt_sum_ms(bytes_per_second: float | None = None) -> float:
    """Milliseconds that a prompt's activations take between two cards, in all layers.

    Each card sends and receives half of every sum twice.

    Args:
        bytes_per_second: One way; NVLink's if not given.
    """
    rate = numbers.nvlink_bytes_s() if bytes_per_second is None else bytes_per_second
    size = uncached_tokens() * HIDDEN * FLOAT16_BYTES
    return sums_a_step() * size / rate * MS_PER_SECOND


EXPERTS = sourced(
    128,
    "experts",
    "https://huggingface.co/Qwen/Qwen3-235B-A22B",
    "Qwen3-235B-A22B model card, 2025",
    READ,
)
CHOSEN = sourced(
    8,
    "experts a token",
    "https://huggingface.co/Qwen/Qwen3-235B-A22B",
    "Qwen3-235B-A22B model card, 2025",
    READ,
)


def experts_read_percent(batch: float = 1) -> float:
    """Per cent of a layer's experts that a step reads, if tokens choose independently and evenly.

    Args:
        batch: Answers.
    """
    return 100 * (1 - (1 - CHOSEN / EXPERTS) ** batch)


# --------------------------------------------------------------------------- the fleet

PEAK = base.peak_answers_per_second()


def fleet_cards(answers_per_second: float, peak: float = PEAK) -> int:
    """Cards for a peak, with the handbook's headroom and a zone to spare.

    Args:
        answers_per_second: That one card carries when full.
        peak: Answers a second.
    """
    return machines(peak, answers_per_second, feed.LOAD_TARGET, feed.SPARE)


def month(cards: float) -> float:
    """Dollars a month of cards that are rented on commitment.

    Args:
        cards: How many.
    """
    return monthly_cost(cards, feed.H100_PRICE)


def pool_rows() -> list[list[str]]:
    """The assistant's two pools: load, what one card carries, cards, dollars."""
    peak, factor = PEAK, base.ASSISTANT_PEAK_FACTOR
    written, each = base.peak_output_tokens_per_second(), serve.decode_tokens_per_second()
    reads, writes = serve.prefill_cards(), serve.decode_cards()
    return [
        ["Pool", "Average", "Peak", "One card, full", "Cards", "$ a month"],
        [
            "Reads, prompts/s",
            f"{peak / factor:.1f}",
            f"{peak:.1f}",
            f"{MS_PER_SECOND / serve.prefill_ms():.2f}",
            f"{reads}",
            f"{month(reads):,.0f}",
        ],
        [
            "Writes, tokens/s",
            f"{written / factor:,.0f}",
            f"{written:,.0f}",
            f"{each:,.0f}",
            f"{writes}",
            f"{month(writes):,.0f}",
        ],
        ["**Both**", "", "", "", f"**{reads + writes}**", f"**{month(reads + writes):,.0f}**"],
    ]


def writing_cards(gain: float = 1) -> int:
    """Cards that write the assistant's answers if each writes more than a plain full one.

    Args:
        gain: Times the tokens a second.
    """
    written = base.peak_output_tokens_per_second()
    return fleet_cards(gain * serve.decode_tokens_per_second(), written)


def small_cache_gain() -> float:
    """Times the tokens a second of a full card with caches in eight bits, instructions shared."""
    half = cache_bytes(1, INT8_BYTES)
    room = serve.cache_room_bytes() - base.INSTRUCTION_TOKENS * half
    fit = math.floor(room / (serve.private_tokens() * half))
    step = step_ms(fit, held_tokens(), INT8_BYTES, INT8_BYTES)
    return fit * MS_PER_SECOND / step / serve.decode_tokens_per_second()


def lever_cards(lever: str) -> int:
    """Cards of the whole assistant after one change to two plain pools.

    Args:
        lever: A key of the table below.
    """
    reads, writes = serve.prefill_cards(), serve.decode_cards()
    return {
        "two pools": reads + writes,
        "no prefix cache": serve.cards(0),
        "one pool, in turn": fleet_cards(mixed_per_card()),
        "one pool, at once": fleet_cards(mixed_per_card(True)),
        "drafts": reads + writing_cards(draft_speedup(serve.slots())),
        "small caches": reads + writing_cards(small_cache_gain()),
        "fast prompts": fp8_prefill_cards() + writes,
        "both": fp8_prefill_cards() + writing_cards(small_cache_gain()),
    }[lever]


def lever_rows() -> list[list[str]]:
    """Each change to the fleet: its cards, its bill, what it costs, and what turns it back."""
    mixed, apart = f"{mixed_per_card():.2f}", f"{separate_per_card():.2f}"
    kept = f"{100 * accepted_at_no_gain():.0f} %"
    kinds = (
        ("One pool, in turn", "one pool, in turn", "Cards", f"Now: {mixed} is below {apart}"),
        ("One pool, at once", "one pool, at once", "Kernels that overlap", f"Below {apart}"),
        ("Two pools", "two pools", "A network for caches", f"A mixed card is above {apart}"),
        ("… prefix cache off", "no prefix cache", "Cards, for a changing first line", "Now"),
        ("… drafts", "drafts", "A second model to feed and watch", f"Fewer than {kept} are kept"),
        ("… caches in 8 bits", "small caches", "Scales for your text", "Long prompts lose quality"),
        ("… prompts in FP8", "fast prompts", "Activations in 8 bits", "The golden set falls"),
        ("… the last two", "both", "Both", "Either"),
    )
    rows = [["Set-up", "Cards", "$ a month", "What it costs", "Leave it when"]]
    for name, lever, costs, back in kinds:
        cards = lever_cards(lever)
        rows.append([name, f"{cards}", f"{month(cards):,.0f}", costs, back])
    return rows


WRITER_ASKED = assumed(400, "tokens", "the lab's writer: what a draft or a report starts from")
WRITER_WRITES = assumed(600, "tokens", "and how long it gets")
AGENT_WRITES = assumed(500, "tokens", "one step of an agent with a long history")
KNOWN = assumed(0.9, "of the agent's prompt", "is what its last step has read already")
NIGHT_HOURS = assumed(8, "hours", "in which a day's answers are written as a batch")


def read_seconds(tokens: float, known: float = 0) -> float:
    """Seconds of a card to read a prompt.

    Args:
        tokens: Of the prompt.
        known: Share of them, from the start, whose keys and values are kept.
    """
    return (stall_ms(tokens) - stall_ms(known * tokens)) / MS_PER_SECOND


def readers(tokens: float, known: float = 0) -> int:
    """Cards that read such prompts at the assistant's peak.

    Args:
        tokens: Of a prompt.
        known: Share that is kept.
    """
    return fleet_cards(1 / read_seconds(tokens, known))


def writers(asked: float, written: float) -> int:
    """Cards that write such answers at the assistant's peak, nothing shared.

    Args:
        asked: Tokens of a prompt.
        written: Tokens of an answer.
    """
    fit, held = slots(asked + written), asked + written / 2
    each = fit * MS_PER_SECOND / step_with_arithmetic_ms(fit, held)
    return fleet_cards(each / written)


def night_cards(shared: bool = False) -> int:
    """Cards that read and write a day's prompts in a night, all of them full and none to spare.

    Args:
        shared: Whether the instructions are cached; else nothing is shared.
    """
    rate = base.answers_per_day() / (NIGHT_HOURS * SECONDS_PER_HOUR)
    alone = read_seconds(base.input_tokens()) + base.TOKENS_PER_ANSWER / card_tokens()
    return machines(rate, separate_per_card() if shared else 1 / alone)


def night_dollars() -> float:
    """Dollars of one such night."""
    return night_cards() * NIGHT_HOURS * feed.H100_PRICE


# --------------------------------------------------------------------------- load and price

OVER = assumed(0.1, "of capacity", "by which arrivals exceed what the fleet carries")
BURST_MINUTES = assumed(5, "minutes", "that the excess lasts, about what a new card takes to start")


def backlog_prompts() -> float:
    """Prompts that wait after the burst before a fleet that carries just the peak."""
    served = base.peak_answers_per_second()
    return OVER * served * BURST_MINUTES * SECONDS_PER_MINUTE


def backlog_seconds() -> float:
    """Seconds that the last of them waits."""
    return backlog_prompts() / base.peak_answers_per_second()


def bearable_wait_seconds() -> float:
    """Seconds of waiting that the budget of the first token can take, slack included."""
    spare = base.FIRST_TOKEN_MS - serve.first_token_ms()
    return (serve.first_token_slot_ms("Wait for a prefill card") + spare) / MS_PER_SECOND


def swap_ms() -> float:
    """Milliseconds to move an answer's own cache to the host's memory and back.

    The instructions stay on the card, for the others need them.
    """
    return 2 * cache_bytes(uncached_tokens()) / numbers.pcie_bytes_s() * MS_PER_SECOND


def dollars_per_million_written(
    batch: float | None = None, price: float = feed.H100_PRICE
) -> float:
    """Dollars of a million written tokens on a card that only writes, always this full.

    Args:
        batch: Answers at once; a full card if not given.
        price: Dollars of a card for an hour.
    """
    return price / SECONDS_PER_HOUR / serve.decode_tokens_per_second(batch) * MILLION


def dollars_per_million_read(price: float = feed.H100_PRICE) -> float:
    """Dollars of a million uncached prompt tokens on a card that only reads, always busy.

    Args:
        price: Dollars of a card for an hour.
    """
    seconds = serve.prefill_ms() / MS_PER_SECOND
    return price / SECONDS_PER_HOUR * seconds / uncached_tokens() * MILLION


PROMISED_AT = assumed(0.95, "of answers", "keep both promises: a promise at p95")


def lab_rate(share: float = PROMISED_AT, load: str = "assistant") -> float:
    """Most requests a second of the lab's continuous batches at which a share is in time.

    Args:
        share: That keeps both promises.
        load: One of the lab's loads.
    """
    rates, good = LAB[f"{load}_rates"], LAB[f"{load}_continuous_good"]
    return max(rate for rate, kept in zip(rates, good, strict=True) if kept >= share)


def lab_at(what: str, load: str = "assistant") -> float:
    """A result of the lab's continuous batches at their goodput.

    Args:
        what: A column of the lab, such as `good`, `tokens` or `wait_p95`.
        load: One of the lab's loads.
    """
    at = LAB[f"{load}_rates"].index(LAB[f"{load}_continuous_goodput"])
    return float(LAB[f"{load}_continuous_{what}"][at])


REPLAY_MINUTES = assumed(10, "minutes", "of replayed load at one rate")
PROMISED_SHARE = assumed(0.9, "of answers", "keep both promises, the lab's line")
GOLDEN = assumed(1_000, "questions", "in the golden set")
SLICE = assumed(100, "questions", "of one language or length in it")
CHANGED = assumed(0.05, "of questions", "judged differently before and after; read your own")


def replay_points(minutes: float = REPLAY_MINUTES) -> float:
    """Per cent points, either way, to which a replay at the lab's rate knows the share in time.

    At best: answers are counted as independent, though late ones come together.

    Args:
        minutes: That it lasts.
    """
    answers = LAB["assistant_continuous_goodput"] * minutes * SECONDS_PER_MINUTE
    return 196 * math.sqrt(PROMISED_SHARE * (1 - PROMISED_SHARE) / answers)


def golden_points(questions: float = GOLDEN) -> float:
    """Per cent points, either way, to which a paired golden set knows a change.

    Args:
        questions: In the set; by the normal law, so dozens have to change their verdict.
    """
    return 196 * math.sqrt(CHANGED / questions)


def golden_found_points(questions: float = GOLDEN) -> float:
    """Per cent points of a fall that a paired golden set finds four times in five.

    Args:
        questions: In the set.
    """
    return (1.96 + 0.84) / 1.96 * golden_points(questions)


def slice_p() -> float:
    """Two-sided p of a slice in which every changed verdict is a fall, by the exact sign test."""
    return 2 * 0.5 ** round(CHANGED * SLICE)


def written_over_read() -> float:
    """How many times a read token a written one costs, both on full cards."""
    return dollars_per_million_written() / dollars_per_million_read()


def idle_factor() -> float:
    """How many times the price of a full fleet, for one that is sized for the peak."""
    return base.ASSISTANT_PEAK_FACTOR / feed.LOAD_TARGET * (1 + feed.SPARE)
