"""Every number of the harmful content chapter.

Load, hardware and prices come from the news feed, whose network this is; what a person costs comes
from the framework's example. A day's violating posts are followed through every stage, so that
review hours, appeals and what people still see all rest on the same few operating points.
"""

from __future__ import annotations

import math
from statistics import NormalDist

from handbook.estimate import (
    DAYS_PER_YEAR,
    HOURS_PER_DAY,
    HOURS_PER_MONTH,
    MINUTES_PER_HOUR,
    SECONDS_PER_DAY,
    SECONDS_PER_HOUR,
    SECONDS_PER_MINUTE,
    LatencyBudget,
    any_slow,
    assumed,
    chapter,
    cost_per_thousand,
    count,
    dense_parameters,
    device_hours,
    in_flight,
    inference_flops,
    ivf_pq_bytes,
    kv_cache_bytes,
    machines,
    monthly_cost,
    peak_qps,
    sample_size_mean_per_arm,
    si,
    sourced,
    storage_bytes,
)

feed = chapter("case-studies/news-feed")
framework = chapter("framework")
numbers = chapter("reference/numbers")
assistant = chapter("framework/4-model")

READ = "2026-11-21"

# --------------------------------------------------------------------------- load

IMAGES_PER_POST = assumed(0.75, "images per post", "half of the posts carry one or two")
VIDEO_SHARE = assumed(0.1, "of posts", "short videos")
VIDEO_SECONDS = assumed(30, "seconds", "a short video")
FRAMES_PER_VIDEO = assumed(16, "frames", "one in two seconds, and scene changes")
PEAK_FACTOR = assumed(2, "times the average", "as in the news feed")


def posts_per_day() -> float:
    """New posts a day, those of the news feed."""
    return feed.posts_per_day()


def average_posts_per_s() -> float:
    """New posts a second on average."""
    return posts_per_day() / SECONDS_PER_DAY


def peak_posts_per_s() -> float:
    """New posts a second at the evening peak."""
    return peak_qps(average_posts_per_s(), PEAK_FACTOR)


def images_per_day() -> float:
    """Images a day."""
    return posts_per_day() * IMAGES_PER_POST


def videos_per_day() -> float:
    """Videos a day."""
    return posts_per_day() * VIDEO_SHARE


def frames_per_day() -> float:
    """Frames sampled from a day's videos."""
    return videos_per_day() * FRAMES_PER_VIDEO


def pictures_per_day() -> float:
    """Images and frames a day."""
    return images_per_day() + frames_per_day()


def pictures_per_post() -> float:
    """Images and frames of a post, on average."""
    return pictures_per_day() / posts_per_day()


def audio_hours_per_day() -> float:
    """Hours of sound a day."""
    return videos_per_day() * VIDEO_SECONDS / SECONDS_PER_HOUR


def views_per_day() -> float:
    """Posts that people see in a day, those of the news feed."""
    return feed.viewed_per_day()


def views_per_post() -> float:
    """Views of a post over its life, on average."""
    return views_per_day() / posts_per_day()


# --------------------------------------------------------------------------- rare labels

PREVALENCE = {
    "Harassment": assumed(0.0003, "of posts", "the most frequent of the eight; sample your own"),
    "Adult nudity": assumed(0.0002, "of posts", "where the policy forbids it"),
    "Hate": assumed(0.00015, "of posts", "depends on the policy's words"),
    "Fraud": assumed(0.00015, "of posts", "what is left after spam filters"),
    "Graphic violence": assumed(0.0001, "of posts", "rises with events"),
    "Regulated goods": assumed(0.00005, "of posts", "offers of drugs and weapons"),
    "Self-harm": assumed(0.00003, "of posts", "promotion, not speaking about it"),
    "Terrorism": assumed(0.00002, "of posts", "rare, and the law's shortest clock"),
}
HARASSMENT = PREVALENCE["Harassment"]
TERRORISM = PREVALENCE["Terrorism"]
RARE = assumed(0.0001, "of posts", "a policy of one in ten thousand")
RECALL_EXAMPLE = assumed(0.8, "of violating posts", "a good detector, to compute with")
FALSE_EXAMPLE = assumed(0.01, "of benign posts", "a false positive rate that sounds small")
WANTED_PRECISION = assumed(0.95, "of actions", "what automatic action must reach")
ENRICHED_SHARE = assumed(0.25, "of training examples", "positives after enrichment")


def prevalence() -> float:
    """Violating posts among all posts, eight policies together."""
    return sum(PREVALENCE.values())


def silent_accuracy() -> float:
    """Accuracy of a detector that never flags anything."""
    return 1 - prevalence()


def violating_posts() -> float:
    """Violating posts a day."""
    return posts_per_day() * prevalence()


def precision_at(
    share: float = 0.001, recall: float = RECALL_EXAMPLE, false_rate: float = FALSE_EXAMPLE
) -> float:
    """Precision of a detector at one in a thousand.

    Args:
        share: Positives among all posts.
        recall: Positives that are flagged.
        false_rate: Negatives that are flagged.
    """
    found = share * recall
    return found / (found + (1 - share) * false_rate)


def precision_rare() -> float:
    """Precision of the same detector at one in ten thousand."""
    return precision_at(RARE)


def flagged_wrongly(false_rate: float = FALSE_EXAMPLE) -> float:
    """Benign posts a day that such a detector flags."""
    return posts_per_day() * (1 - prevalence()) * false_rate


def false_rate_needed(share: float = 0.001, precision: float = WANTED_PRECISION) -> float:
    """False positive rate that the wanted precision allows, at one in a thousand.

    Args:
        share: Positives among all posts.
        precision: Of what is flagged.
    """
    return share * RECALL_EXAMPLE * (1 - precision) / precision / (1 - share)


def false_rate_needed_rare() -> float:
    """The same at one in ten thousand."""
    return false_rate_needed(RARE)


FIRST_ACTIONS = {
    "Harassment": "Remove or reduce; judge for context",
    "Adult nudity": "Label or age limit first, by region",
    "Hate": "Remove; judge for quotation and counter-speech",
    "Fraud": "Limit reach until the account is confirmed",
    "Graphic violence": "Cover with a label; remove praise",
    "Regulated goods": "Remove; account next",
    "Self-harm": "Offer help, reduce; severe lane",
    "Terrorism": "Remove and preserve; severe lane",
}


def policy_rows() -> list[list[str]]:
    """The eight policies with their prevalence and usual first action."""
    rows = [["Policy", "Of posts", "A day", "Usual first action"]]
    for name, share in PREVALENCE.items():
        rows.append(
            [name, f"{100 * share:.3f} %", f"{posts_per_day() * share:,.0f}", FIRST_ACTIONS[name]]
        )
    return rows


def log_odds_shift(share: float = HARASSMENT) -> float:
    """What is added to the log odds to undo the enrichment, for harassment."""
    return math.log(share / (1 - share)) - math.log(ENRICHED_SHARE / (1 - ENRICHED_SHARE))


def corrected_probability(score: float = 0.5) -> float:
    """What a score of one half means on the stream, for harassment.

    Args:
        score: Probability that the model trained on enriched examples gives.
    """
    odds = score / (1 - score) * math.exp(log_odds_shift())
    return odds / (1 + odds)


def rarity_rows() -> list[list[str]]:
    """Precision at three prevalences and the false positive rate that 95 % needs."""
    head = ["Prevalence", "Precision at recall 80 %, FPR 1 %", "FPR that precision 95 % allows"]
    return [head] + [
        [
            f"{100 * share:.2f} %",
            f"{100 * precision_at(share):.1f} %",
            f"{100 * false_rate_needed(share):.4f} %",
        ]
        for share in (0.01, 0.001, 0.0001)
    ]


# --------------------------------------------------------------------------- the cascade

HASH_RECALL = assumed(0.15, "of violating posts", "copies of what is known; measure by policy")
HASH_FALSE = assumed(0.001, "of matches", "wrong entries in the bank")
GATE_RECALL = assumed(0.10, "of violating posts", "only what a small model is sure of")
GATE_PRECISION = assumed(0.98, "of blocks", "a block before publication must be nearly certain")
FULL_RECALL = assumed(0.35, "of violating posts", "above the upper threshold")
BAND_RECALL = assumed(0.30, "of violating posts", "between the two thresholds")
BAND_POSTS = assumed(1e6, "posts a day", "what lies between the thresholds")
JUDGE_ACTS = assumed(0.50, "of the band's violating posts", "the judge is sure and right")
JUDGE_PRECISION = assumed(0.94, "of the judge's removals", "measured on double-labelled posts")
JUDGE_CLEARS = assumed(0.85, "of the band's benign posts", "the judge is sure and right")
JUDGE_MISSES = assumed(0.10, "of the band's violating posts", "the judge clears them wrongly")
PERSON_RECALL = assumed(0.90, "of violating posts in the queue", "one reviewer, first look")
PERSON_FALSE = assumed(0.01, "of benign posts in the queue", "one reviewer, first look")
POSTS_PER_REPORT = assumed(3, "reports per reported post", "the same post angers several people")
REPORTS_PASSED = assumed(0.05, "of reported posts", "what the judge passes to people")
REPORT_FINDS = assumed(0.30, "of what was missed", "people report what they see")
REPORT_PRECISION = assumed(0.97, "of removals after a report", "a person decided")


def hash_true() -> float:
    """Violating posts a day that match known content."""
    return violating_posts() * HASH_RECALL


def hash_wrong() -> float:
    """Benign posts a day that match a wrong entry."""
    return hash_true() * HASH_FALSE / (1 - HASH_FALSE)


def wrong_at(true: float, precision: float) -> float:
    """Benign posts acted on beside so many violating ones.

    Args:
        true: Violating posts acted on.
        precision: Violating among all acted on.
    """
    return true * (1 - precision) / precision


def gate_true() -> float:
    """Violating posts a day that the gate blocks."""
    return violating_posts() * GATE_RECALL


def full_true() -> float:
    """Violating posts a day above the full model's upper threshold."""
    return violating_posts() * FULL_RECALL


def band_true() -> float:
    """Violating posts a day between the thresholds."""
    return violating_posts() * BAND_RECALL


def band_benign() -> float:
    """Benign posts a day between the thresholds."""
    return BAND_POSTS - band_true()


def band_share() -> float:
    """Share of all posts that the judge reads because of their score."""
    return BAND_POSTS / posts_per_day()


def band_precision() -> float:
    """Violating posts among those between the thresholds."""
    return band_true() / BAND_POSTS


def judge_true() -> float:
    """Violating posts a day that the judge removes."""
    return band_true() * JUDGE_ACTS


def judge_wrong() -> float:
    """Benign posts a day that the judge removes."""
    return wrong_at(judge_true(), JUDGE_PRECISION)


def judge_missed() -> float:
    """Violating posts a day that the judge clears."""
    return band_true() * JUDGE_MISSES


def queue_true() -> float:
    """Violating posts a day that reach the review queue from the models."""
    return band_true() - judge_true() - judge_missed()


def queue_posts() -> float:
    """Posts a day that reach the review queue from the models."""
    return queue_true() + band_benign() * (1 - JUDGE_CLEARS) - judge_wrong()


def queue_precision() -> float:
    """Violating posts in the review queue."""
    return queue_true() / queue_posts()


def person_true() -> float:
    """Violating posts a day that reviewers remove from the models' queue."""
    return queue_true() * PERSON_RECALL


def person_wrong() -> float:
    """Benign posts a day that reviewers remove."""
    return (queue_posts() - queue_true()) * PERSON_FALSE


def model_missed() -> float:
    """Violating posts a day below the lower threshold."""
    return violating_posts() * (1 - HASH_RECALL - GATE_RECALL - FULL_RECALL - BAND_RECALL)


def missed_before_reports() -> float:
    """Violating posts a day that nothing has found before somebody reports them."""
    return model_missed() + judge_missed() + queue_true() - person_true()


def reports_per_day() -> float:
    """Reports a day, at the news feed's rate."""
    return views_per_day() * feed.REPORT_RATE


def reported_posts() -> float:
    """Different posts reported in a day."""
    return reports_per_day() / POSTS_PER_REPORT


def reports_to_people() -> float:
    """Reported posts a day that people read."""
    return reported_posts() * REPORTS_PASSED


def report_true() -> float:
    """Violating posts a day that are found only because of a report."""
    return missed_before_reports() * REPORT_FINDS


def never_found() -> float:
    """Violating posts a day that nobody finds."""
    return missed_before_reports() - report_true()


def acted_true() -> float:
    """Violating posts a day that are acted on."""
    return violating_posts() - never_found()


def acted_wrong() -> float:
    """Benign posts a day that are acted on."""
    return (
        hash_wrong()
        + wrong_at(gate_true(), GATE_PRECISION)
        + wrong_at(full_true(), WANTED_PRECISION)
        + judge_wrong()
        + person_wrong()
        + wrong_at(report_true(), REPORT_PRECISION)
    )


def actions_per_day() -> float:
    """Posts acted on in a day."""
    return acted_true() + acted_wrong()


def wrong_share() -> float:
    """Share of actions that are wrong."""
    return acted_wrong() / actions_per_day()


def proactive_rate() -> float:
    """Rightful actions taken before anybody reported the post."""
    return (acted_true() - report_true()) / acted_true()


def removed_by_people() -> float:
    """Posts a day that people remove, rightly or wrongly."""
    after_report = report_true() + wrong_at(report_true(), REPORT_PRECISION)
    return person_true() + person_wrong() + after_report


def cascade_stages() -> list[tuple[str, float]]:
    """What each stage reads or removes: its name and posts a day."""
    return [
        ("Full model", posts_per_day()),
        ("LLM judge", judge_calls_per_day()),
        ("People", human_cases()),
        ("Removed by people", removed_by_people()),
    ]


def human_cases() -> float:
    """Posts a day that a person reads, from models and reports."""
    return queue_posts() + reports_to_people()


def flow_rows() -> list[list[str]]:
    """A day's violating posts through every stage as a table."""
    full_wrong = wrong_at(full_true(), WANTED_PRECISION)
    gate_wrong = wrong_at(gate_true(), GATE_PRECISION)
    found = [
        ("Hash match, before publication", hash_true(), hash_wrong(), "0"),
        ("Gate model, before publication", gate_true(), gate_wrong, "0"),
        ("Full model, upper threshold", full_true(), full_wrong, "1 min"),
        ("LLM judge on the band", judge_true(), judge_wrong(), "5 min"),
        ("Reviewer, from the models' queue", person_true(), person_wrong(), "2 h"),
        (
            "After a report",
            report_true(),
            wrong_at(report_true(), REPORT_PRECISION),
            "12 h",
        ),
    ]
    rows = [
        [
            "Found by",
            "Violating posts a day",
            "Benign posts hit",
            "Acts after",
            "Violating views left",
        ]
    ]
    for (name, true, wrong, after), left in zip(found, left_by_channel(), strict=False):
        rows.append(
            [name, f"{true:,.0f}", f"{wrong:,.0f}", after, f"{100 * left / left_total():.1f} %"]
        )
    rows.append(
        ["Nobody", f"{never_found():,.0f}", "", "never", f"{100 * left_share_never():.1f} %"]
    )
    rows.append(
        [
            "**Total**",
            f"**{violating_posts():,.0f}**",
            f"**{acted_wrong():,.0f}**",
            "",
            f"**{left_total():,.0f} posts' worth**",
        ]
    )
    return rows


# --------------------------------------------------------------------------- time and views

VIEW_HOURS = assumed(6, "hours", "mean age of a view: most views come on the first day")
FULL_SECONDS = assumed(60, "seconds", "limit of the full model after publication")
JUDGE_SECONDS = assumed(300, "seconds", "limit of the judge after publication")
QUEUE_HOURS = assumed(2, "hours", "mean wait for a reviewer, all severities")
REPORT_HOURS = assumed(12, "hours", "until somebody reports it and a person has looked")
FAST_QUEUE_HOURS = assumed(0.5, "hours", "a mean wait to compare with")


def seen_before(seconds: float = FULL_SECONDS) -> float:
    """Share of a post's views that come before an action, here the full model's.

    Args:
        seconds: Between publication and action.
    """
    return 1 - math.exp(-seconds / (VIEW_HOURS * SECONDS_PER_HOUR))


def seen_before_judge() -> float:
    """Share of views before the judge's action."""
    return seen_before(JUDGE_SECONDS)


def seen_before_person(hours: float = QUEUE_HOURS) -> float:
    """Share of views before a reviewer's action.

    Args:
        hours: Mean wait.
    """
    return seen_before(hours * SECONDS_PER_HOUR)


def seen_before_spread(hours: float = QUEUE_HOURS) -> float:
    """Share of views before a reviewer's action if waits are spread exponentially.

    Args:
        hours: Mean wait.
    """
    return hours / (hours + VIEW_HOURS)


def seen_before_report() -> float:
    """Share of views before an action on a report."""
    return seen_before(REPORT_HOURS * SECONDS_PER_HOUR)


def left_by_channel() -> list[float]:
    """Views left by channel, in violating posts' whole lives, in the order of the table."""
    return [
        0.0,
        0.0,
        full_true() * seen_before(),
        judge_true() * seen_before_judge(),
        person_true() * seen_before_person(),
        report_true() * seen_before_report(),
    ]


def left_total() -> float:
    """Views of violating posts that are left, in whole lives of a post."""
    return sum(left_by_channel()) + never_found()


def left_share() -> float:
    """Share of the views that violating posts would have had without enforcement."""
    return left_total() / violating_posts()


def left_share_never() -> float:
    """Share of what is left that belongs to posts nobody finds."""
    return never_found() / left_total()


def left_share_async() -> float:
    """Share of what is left that is seen before the two automatic stages act."""
    return (left_by_channel()[2] + left_by_channel()[3]) / left_total()


def prevalence_by_views() -> float:
    """Share of all views that goes to violating posts."""
    return prevalence() * left_share()


def violating_views() -> float:
    """Views of violating posts a day."""
    return views_per_day() * prevalence_by_views()


def fast_queue_gain() -> float:
    """Share of violating views that a mean wait of half an hour would save."""
    saved = seen_before_person() - seen_before_person(FAST_QUEUE_HOURS)
    return person_true() * saved / left_total()


def fewer_never_gain(found: float = 0.2) -> float:
    """Share of violating views saved if a fifth of what nobody finds were found at once.

    Args:
        found: Of what nobody finds today.
    """
    return never_found() * found / left_total()


def instant_model_gain() -> float:
    """Share of violating views saved if the full model acted before publication."""
    return left_by_channel()[2] / left_total()


def missed_doubled() -> float:
    """Prevalence by views if twice as many violating posts were never found."""
    lives = left_total() + never_found() * (1 - seen_before())
    return prevalence() * lives / violating_posts()


def proactive_missed_doubled() -> float:
    """The proactive rate in that case, the posts missing from the full model's share."""
    found = acted_true() - never_found()
    return (found - report_true()) / found


# --------------------------------------------------------------------------- known content

BANK_HASHES = assumed(10e6, "hashes", "own confirmed content and shared lists")
HASH_BITS = sourced(
    256,
    "bits",
    "https://github.com/facebook/ThreatExchange/tree/main/pdq",
    "facebook/ThreatExchange, PDQ",
    READ,
)
HASH_DISTANCE = sourced(
    31,
    "bits",
    "https://github.com/facebook/ThreatExchange/tree/main/python-threatexchange",
    "facebook/ThreatExchange, PDQ_CONFIDENT_MATCH_THRESHOLD",
    READ,
)
BANDS = assumed(16, "bands", "sixteen bits each")
HASH_CORE_MS = assumed(1.0, "core-milliseconds per lookup", "compare the candidates; measure yours")
SWEEP_CODE_BYTES = assumed(64, "bytes", "a product-quantised post vector")
SWEEP_LISTS = assumed(65_536, "lists", "about the square root of the posts, rounded to a power")
SWEEP_PROBES = assumed(32, "lists read", "tune for recall on known copies")
SWEEP_RECALL = assumed(0.95, "of the exact nearest hundred", "a missed copy is found by the model")


def band_bits() -> float:
    """Bits of one band."""
    return HASH_BITS / BANDS


def nearest_band_distance() -> float:
    """Bits by which the best band of a match differs at most."""
    return math.floor(HASH_DISTANCE / BANDS)


def buckets_per_lookup() -> float:
    """Buckets read for a lookup: each band, and its neighbours at one bit."""
    return BANDS * (1 + band_bits())


def hash_candidates() -> float:
    """Bank entries compared for a lookup, if hashes spread evenly."""
    return buckets_per_lookup() * BANK_HASHES / 2 ** band_bits()


def hash_candidates_share() -> float:
    """Share of the bank that is compared."""
    return hash_candidates() / BANK_HASHES


def hash_index_bytes() -> float:
    """Memory of the bank: hashes, and a four-byte number in each band's table."""
    return BANK_HASHES * (HASH_BITS / 8 + BANDS * 4)


def hash_lookups_per_s() -> float:
    """Images and frames looked up a second at the peak."""
    return peak_qps(pictures_per_day() / SECONDS_PER_DAY, PEAK_FACTOR)


def sweep_index_bytes() -> float:
    """Memory of one copy of the index that finds copies of what was just confirmed."""
    return ivf_pq_bytes(feed.eligible_posts(), SWEEP_CODE_BYTES)


def sweep_codes_read() -> float:
    """Codes compared for one sweep."""
    return feed.eligible_posts() / SWEEP_LISTS * SWEEP_PROBES


# --------------------------------------------------------------------------- models

WIDTH = assumed(768, "values", "a base-size encoder")
LAYERS = assumed(12, "layers", "a base-size encoder")
VOCABULARY = sourced(
    250_000,
    "tokens",
    "https://arxiv.org/abs/1911.02116",
    "A. Conneau et al., XLM-R, ACL 2020",
    READ,
)
TEXT_TOKENS = assumed(192, "tokens", "post and text read from its images")
TRANSCRIPT_TOKENS = assumed(256, "tokens", "speech of a short video, cut")
PATCHES = assumed(197, "tokens", "224 × 224 pixels in patches of 16, and one for the whole")
PATCH_VALUES = assumed(768, "values", "16 × 16 pixels of three colours")
FUSION_LAYERS = assumed(4, "layers", "on the parts' tokens together")
FUSION_TOKENS = assumed(288, "tokens", "text 192, pictures 64, speech 16, author 1; padded")
CONTEXT_FEATURES = assumed(200, "values", "author, network, history, place")
POLICIES = assumed(8, "heads", "one a policy")
CONTEXTS = assumed(4, "heads", "condemns, reports, educates, jokes")
HEAD_HIDDEN = assumed(256, "values", "hidden layer of a head")
GATE_WIDTH = assumed(384, "values", "a small distilled encoder")
GATE_TOKENS = assumed(128, "tokens", "the post's text only")
SPEECH_FLOPS = assumed(300e9, "FLOP per video", "a small speech model on 30 s; its own size")
OCR_FLOPS = assumed(10e9, "FLOP per picture", "find and read text; most pictures have little")


def encoder_parameters(layers: float = LAYERS, width: float = WIDTH) -> float:
    """Parameters of a transformer encoder without its vocabulary: 12 d² a layer.

    Args:
        layers: Layers.
        width: Values of a token.
    """
    return 12 * layers * width**2


def attention_share() -> float:
    """Operations of attention itself, relative to those of the picture encoder's weights."""
    return 4 * PATCHES**2 * WIDTH * LAYERS / inference_flops(encoder_parameters(), PATCHES)


def large_trunk_factor() -> float:
    """How many times larger a large encoder is: 24 layers of width 1,024."""
    return encoder_parameters(24, 1_024) / encoder_parameters()


def vocabulary_parameters() -> float:
    """Parameters of the table of tokens."""
    return VOCABULARY * WIDTH


def vision_parameters() -> float:
    """Parameters of the picture encoder: patches and layers."""
    return encoder_parameters() + dense_parameters(PATCH_VALUES, WIDTH)


def fusion_parameters() -> float:
    """Parameters of the fusion layers."""
    return encoder_parameters(FUSION_LAYERS)


def context_parameters() -> float:
    """Parameters that turn author and network features into a token."""
    return dense_parameters(CONTEXT_FEATURES, WIDTH, WIDTH)


def head_parameters() -> float:
    """Parameters of all heads."""
    return (POLICIES + CONTEXTS) * dense_parameters(WIDTH, HEAD_HIDDEN, 1)


def model_parameters() -> float:
    """Parameters of the full model, table of tokens included."""
    return (
        encoder_parameters()
        + vocabulary_parameters()
        + vision_parameters()
        + fusion_parameters()
        + context_parameters()
        + head_parameters()
    )


def head_share() -> float:
    """Share of the parameters that belongs to the heads."""
    return head_parameters() / model_parameters()


def full_flops() -> float:
    """Operations of the full model for an average post."""
    return (
        inference_flops(encoder_parameters(), TEXT_TOKENS + VIDEO_SHARE * TRANSCRIPT_TOKENS)
        + inference_flops(vision_parameters(), PATCHES) * pictures_per_post()
        + inference_flops(fusion_parameters(), FUSION_TOKENS)
        + inference_flops(context_parameters() + head_parameters())
    )


def reading_flops() -> float:
    """Operations to read text in pictures and speech in videos, for an average post."""
    return OCR_FLOPS * pictures_per_post() + SPEECH_FLOPS * VIDEO_SHARE


def gate_flops() -> float:
    """Operations of the gate model for an average post: text and images, no frames."""
    small = encoder_parameters(LAYERS, GATE_WIDTH)
    return inference_flops(small, GATE_TOKENS + PATCHES * IMAGES_PER_POST)


def l4_cards(flops_per_post: float) -> int:
    """Accelerators (L4) that do so many operations a post at the peak.

    Args:
        flops_per_post: Operations for an average post.
    """
    each = feed.L4_PEAK_FLOPS * feed.SERVING_UTILIZATION
    return machines(peak_posts_per_s() * flops_per_post, each, feed.LOAD_TARGET, feed.SPARE)


def gate_cards() -> int:
    """Accelerators (L4) for the gate."""
    return l4_cards(gate_flops())


def full_cards() -> int:
    """Accelerators (L4) for the full model."""
    return l4_cards(full_flops())


def reading_cards() -> int:
    """Accelerators (L4) that read pictures and speech."""
    return l4_cards(reading_flops())


def fusion_rows() -> list[list[str]]:
    """The full model's parts as a table."""
    flops = {
        "Text encoder": inference_flops(encoder_parameters(), TEXT_TOKENS),
        "Transcript, same encoder": inference_flops(encoder_parameters(), TRANSCRIPT_TOKENS),
        "Picture encoder, each": inference_flops(vision_parameters(), PATCHES),
        "Fusion": inference_flops(fusion_parameters(), FUSION_TOKENS),
    }
    return [
        ["Part", "Input", "Parameters", "Operations"],
        [
            "Token table",
            f"{VOCABULARY:,.0f} × {WIDTH:.0f}",
            si(vocabulary_parameters()),
            "a lookup",
        ],
        [
            "Text encoder",
            f"{TEXT_TOKENS:.0f} × {WIDTH:.0f}",
            si(encoder_parameters()),
            si(flops["Text encoder"], "FLOP"),
        ],
        [
            "Transcript, same encoder",
            f"{TRANSCRIPT_TOKENS:.0f} × {WIDTH:.0f}",
            "shared",
            si(flops["Transcript, same encoder"], "FLOP"),
        ],
        [
            "Picture encoder, each",
            f"{PATCHES:.0f} × {WIDTH:.0f}",
            si(vision_parameters()),
            si(flops["Picture encoder, each"], "FLOP"),
        ],
        [
            "Author and network",
            f"{CONTEXT_FEATURES:.0f} values to 1 token",
            si(context_parameters()),
            si(inference_flops(context_parameters()), "FLOP"),
        ],
        [
            "Fusion, 4 layers",
            f"{FUSION_TOKENS:.0f} × {WIDTH:.0f}",
            si(fusion_parameters()),
            si(flops["Fusion"], "FLOP"),
        ],
        [
            f"Heads, {POLICIES:.0f} + {CONTEXTS:.0f}",
            f"{WIDTH:.0f} to {HEAD_HIDDEN:.0f} to 1",
            si(head_parameters()),
            si(inference_flops(head_parameters()), "FLOP"),
        ],
        [
            "**All, average post**",
            f"{pictures_per_post():.2f} pictures",
            si(model_parameters()),
            si(full_flops(), "FLOP"),
        ],
    ]


# --------------------------------------------------------------------------- the judge

JUDGE_PARAMETERS = assumed(8e9, "parameters", "an open-weight model that reads pictures")
JUDGE_LAYERS = assumed(32, "layers", "of such a model")
JUDGE_KV_HEADS = assumed(8, "heads", "grouped queries")
JUDGE_HEAD_WIDTH = assumed(128, "values", "of a head")
POLICY_TOKENS = assumed(1_200, "tokens", "the policy's text, the same for each call, cached")
CASE_TEXT_TOKENS = assumed(250, "tokens", "post, transcript, context")
PICTURE_TOKENS = assumed(256, "tokens per picture", "after pooling")
EYE_PARAMETERS = assumed(400e6, "parameters", "its picture encoder")
EYE_PATCHES = assumed(1_024, "tokens per picture", "before pooling")
VERDICT_TOKENS = assumed(80, "tokens", "verdict, clause, one sentence of reason")
PREFILL_UTILIZATION = assumed(0.4, "of the peak", "large batches; measure yours")
DECODE_BATCH = assumed(64, "sequences", "decoded together")
JUDGE_FALSE = assumed(0.005, "of benign posts", "the judge's false positive rate on any post")


def judge_calls_per_day() -> float:
    """Calls of the judge a day: the band and reported posts."""
    return BAND_POSTS + reported_posts()


def judge_share() -> float:
    """Share of all posts that the judge reads."""
    return judge_calls_per_day() / posts_per_day()


def judge_peak_per_s(calls: float | None = None) -> float:
    """Calls a second at the peak.

    Args:
        calls: Calls a day; those of the cascade where none is given.
    """
    day = judge_calls_per_day() if calls is None else calls
    return peak_qps(day / SECONDS_PER_DAY, PEAK_FACTOR)


def case_tokens() -> float:
    """Tokens of a case that no cache holds."""
    return CASE_TEXT_TOKENS + PICTURE_TOKENS * pictures_per_post()


def prefill_flops() -> float:
    """Operations to read one case, its pictures included, the policy's text being cached."""
    eyes = inference_flops(EYE_PARAMETERS, EYE_PATCHES) * pictures_per_post()
    return inference_flops(JUDGE_PARAMETERS, case_tokens()) + eyes


def prefill_flops_uncached() -> float:
    """The same when the policy's text is read each time."""
    return prefill_flops() + inference_flops(JUDGE_PARAMETERS, POLICY_TOKENS)


def prefill_cases_per_s() -> float:
    """Cases that one H100 reads in a second."""
    return numbers.FLOPS["H100"] * PREFILL_UTILIZATION / prefill_flops()


def decode_cache_bytes() -> float:
    """Keys and values of a batch at its longest."""
    tokens = POLICY_TOKENS + case_tokens() + VERDICT_TOKENS
    return kv_cache_bytes(DECODE_BATCH * tokens, JUDGE_LAYERS, JUDGE_KV_HEADS, JUDGE_HEAD_WIDTH)


def decode_step_ms() -> float:
    """Milliseconds of a decoding step: weights and caches read once."""
    read = JUDGE_PARAMETERS * 2 + decode_cache_bytes()
    return read / (numbers.BANDWIDTH["H100"] * assistant.DECODE_BANDWIDTH) * 1_000


def decode_tokens_per_s() -> float:
    """Tokens that one H100 writes in a second."""
    return DECODE_BATCH / decode_step_ms() * 1_000


def judge_cards_busy(calls: float | None = None) -> float:
    """H100s that reading and writing keep busy at the peak.

    Args:
        calls: Calls a day; those of the cascade where none is given.
    """
    rate = judge_peak_per_s(calls)
    return rate / prefill_cases_per_s() + rate * VERDICT_TOKENS / decode_tokens_per_s()


def judge_cards(calls: float | None = None) -> int:
    """H100s for the judge, six tenths full, with a zone to lose.

    Args:
        calls: Calls a day; those of the cascade where none is given.
    """
    return machines(judge_cards_busy(calls), 1, feed.LOAD_TARGET, feed.SPARE)


def judge_dollars(calls: float | None = None) -> float:
    """Dollars a month for the judge on cards of one's own.

    Args:
        calls: Calls a day; those of the cascade where none is given.
    """
    return monthly_cost(judge_cards(calls), feed.H100_PRICE)


def judge_cards_everything() -> int:
    """H100s if the judge read every post."""
    return judge_cards(posts_per_day())


def judge_dollars_everything() -> float:
    """Dollars a month if the judge read every post."""
    return judge_dollars(posts_per_day())


def hosted_dollars_per_case() -> float:
    """Dollars for one case at the list price of a small hosted model, nothing cached."""
    tokens_in = POLICY_TOKENS + case_tokens()
    return (tokens_in * numbers.HAIKU_IN + VERDICT_TOKENS * numbers.HAIKU_OUT) / 1e6


def hosted_dollars() -> float:
    """Dollars a month for the judge's calls at that price."""
    return hosted_dollars_per_case() * judge_calls_per_day() * DAYS_IN_MONTH


def judge_false_everything() -> float:
    """Benign posts a day that the judge would flag if it read every post."""
    return posts_per_day() * (1 - prevalence()) * JUDGE_FALSE


def judge_precision_below() -> float:
    """Precision of the judge on posts below the band."""
    found = model_missed() * JUDGE_SENSITIVITY
    return found / (found + judge_false_everything())


# --------------------------------------------------------------------------- people

DAYS_IN_MONTH = HOURS_PER_MONTH / HOURS_PER_DAY
REVIEW_SECONDS = assumed(60, "seconds", "one post with its context, one reviewer")
LEGAL_SECONDS = assumed(180, "seconds", "a legal notice or an appeal needs reading and a reason")
NOTICES = assumed(8_000, "legal notices a day", "one reported post in a hundred")
SECOND_LOOKS = assumed(0.1, "of decisions", "read again by a second reviewer")
RATERS = assumed(3, "people", "label a post that is measured or trained on")
NEGATIVE_CHECKS = assumed(1_000, "posts a day", "the judge calls them benign; people look too")
TRAINING_LABELS = assumed(3_000, "posts a day", "chosen by active learning and at random")
PRODUCTIVE_HOURS = assumed(5.5, "hours of a day's eight", "breaks, training, calibration, care")
STAFF_OVER_MEAN = assumed(1.15, "times the mean work", "flat; at the mean itself queues only grow")
PRESENCE = assumed(0.88, "of working days", "leave and illness")
WORK_DAYS = assumed(5, "days a week", "of one person")
WEEK_HOURS = assumed(40, "paid hours a week", "of one person")


def judge_positives() -> float:
    """Posts of a day's prevalence sample that the judge calls violating."""
    return sum(
        allocation(name) * (rate * JUDGE_SENSITIVITY + (1 - rate) * JUDGE_FALSE)
        for name, (_, rate) in STRATA.items()
    )


def sampled_posts_per_day() -> float:
    """Posts of the prevalence sample that people label in a day: positives and checks."""
    return judge_positives() + NEGATIVE_CHECKS


def work_lines() -> list[tuple[str, float, float]]:
    """Review work: what, cases a day, seconds of people for each."""
    return [
        ("Models' queue", queue_posts(), REVIEW_SECONDS),
        ("Reports passed on", reports_to_people(), REVIEW_SECONDS),
        ("Legal notices", NOTICES, LEGAL_SECONDS),
        ("Appeals", appeals_per_day(), LEGAL_SECONDS),
        ("Second looks", SECOND_LOOKS * human_cases(), REVIEW_SECONDS),
        ("Prevalence sample", sampled_posts_per_day(), RATERS * REVIEW_SECONDS),
        ("Training labels", TRAINING_LABELS, RATERS * REVIEW_SECONDS),
    ]


def review_hours(lines: list[tuple[str, float, float]] | None = None) -> float:
    """Hours of reading a day.

    Args:
        lines: What, cases a day, seconds each; the chapter's where none are given.
    """
    every = work_lines() if lines is None else lines
    return sum(cases * seconds for _, cases, seconds in every) / SECONDS_PER_HOUR


def staff_for(hours: float) -> float:
    """People on the payroll for so many hours of reading a day, not rounded.

    Args:
        hours: Of reading, each day of the week.
    """
    return hours * STAFF_OVER_MEAN / PRODUCTIVE_HOURS / (WORK_DAYS / 7 * PRESENCE)


def reviewers_for(hours: float) -> int:
    """People on the payroll for so many hours of reading a day.

    Args:
        hours: Of reading, each day of the week.
    """
    return math.ceil(round(staff_for(hours), 9))


def reviewers() -> int:
    """People on the payroll."""
    return reviewers_for(review_hours())


def people_dollars(staff: float | None = None) -> float:
    """Dollars a month for reviewers.

    Args:
        staff: People on the payroll; the chapter's where none is given.
    """
    people = reviewers() if staff is None else staff
    weeks = DAYS_PER_YEAR / 7 / 12
    return people * WEEK_HOURS * weeks * framework.AGENT_DOLLARS_PER_HOUR


def dollars_per_minute() -> float:
    """Dollars for a minute of reading, everything included."""
    return people_dollars() / (review_hours() * DAYS_IN_MONTH * MINUTES_PER_HOUR)


def dollars_per_review() -> float:
    """Dollars for one review."""
    return dollars_per_minute() * REVIEW_SECONDS / SECONDS_PER_MINUTE


def review_rows() -> list[list[str]]:
    """Review work as a table."""
    rows = [["Work", "Cases a day", "Seconds each", "Hours a day"]]
    for name, cases, seconds in work_lines():
        hours = cases * seconds / SECONDS_PER_HOUR
        rows.append([name, f"{cases:,.0f}", f"{seconds:,.0f}", f"{hours:,.0f}"])
    total = f"**{review_hours():,.0f}**"
    return [*rows, [f"**Together: {reviewers():,} people on the payroll**", "", "", total]]


def without_judge_reviewers() -> int:
    """People on the payroll if they read the whole band and all reported posts."""
    lines = [
        (name, {"Models' queue": BAND_POSTS, "Reports passed on": reported_posts()}.get(name, n), s)
        for name, n, s in work_lines()
    ]
    return reviewers_for(review_hours(lines))


def judge_saves_dollars() -> float:
    """Dollars a month that the judge saves in review, its own cost taken off."""
    more = without_judge_reviewers() - reviewers()
    return people_dollars(more) - judge_dollars()


COPIES = assumed(1.4, "posts per decision", "near copies grouped and decided once")
STRONG_SETTLES = assumed(0.4, "of the models' queue", "a larger model settles; prove it first")
LARGER_IN = numbers.SONNET_IN
LARGER_OUT = numbers.SONNET_OUT


def queue_saving(share: float) -> float:
    """Dollars a month saved when so much of the models' queue needs no person.

    Args:
        share: Of the models' queue and of the second looks at it.
    """
    hours = queue_posts() * (1 + SECOND_LOOKS) * share * REVIEW_SECONDS / SECONDS_PER_HOUR
    return people_dollars(staff_for(hours))


def grouping_saving() -> float:
    """Dollars a month saved by deciding near copies once."""
    return queue_saving(1 - 1 / COPIES)


def larger_judge_dollars() -> float:
    """Dollars a month for a larger hosted model on the models' queue, nothing cached."""
    tokens_in = POLICY_TOKENS + case_tokens()
    each = (tokens_in * LARGER_IN + VERDICT_TOKENS * LARGER_OUT) / 1e6
    return each * queue_posts() * DAYS_IN_MONTH


def larger_judge_saving() -> float:
    """Dollars a month that it saves, its own cost taken off."""
    return queue_saving(STRONG_SETTLES) - larger_judge_dollars()


def larger_judge_saving_share() -> float:
    """The same as a share of the whole bill."""
    return larger_judge_saving() / cost_per_month()


def both_levers_share() -> float:
    """What both save together: copies grouped, and the larger model on what is left."""
    left = (1 - STRONG_SETTLES) / COPIES
    return (queue_saving(1 - left) - larger_judge_dollars() / COPIES) / cost_per_month()


def l4_share() -> float:
    """Share of the bill that pays all L4 cards."""
    cards = gate_cards() + reading_cards() + full_cards()
    return monthly_cost(cards, feed.L4_PRICE) / cost_per_month()


def grouping_saving_share() -> float:
    """What grouping saves as a share of the whole bill."""
    return grouping_saving() / cost_per_month()


# --------------------------------------------------------------------------- the queue

PEAK_HOURS = assumed(4, "hours", "the evening, at twice the average")
SEVERE_WAIT_MIN = assumed(15, "minutes", "the severe lane's target")


def queue_per_hour() -> float:
    """Posts an hour that reach the models' queue."""
    return queue_posts() / HOURS_PER_DAY


def waiting_posts() -> float:
    """Posts waiting, by Little's law, at the mean wait."""
    return in_flight(queue_posts() / SECONDS_PER_DAY, QUEUE_HOURS * SECONDS_PER_HOUR * 1_000)


def off_peak_factor() -> float:
    """Arrivals outside the peak, relative to the mean."""
    return (HOURS_PER_DAY - PEAK_FACTOR * PEAK_HOURS) / (HOURS_PER_DAY - PEAK_HOURS)


def backlog() -> float:
    """Posts waiting at the end of the evening peak under flat staffing."""
    return (PEAK_FACTOR - STAFF_OVER_MEAN) * queue_per_hour() * PEAK_HOURS


def drain_hours() -> float:
    """Hours until that is worked off."""
    return backlog() / ((STAFF_OVER_MEAN - off_peak_factor()) * queue_per_hour())


def longest_wait_hours() -> float:
    """Longest wait if the queue were served in order of arrival."""
    return backlog() / (STAFF_OVER_MEAN * queue_per_hour())


PRIORITY_CASES = {
    "A: sure, small": (0.90, 1.0, 200.0),
    "B: unsure, spreading fast": (0.20, 1.0, 50_000.0),
    "C: self-harm, few readers": (0.60, 20.0, 500.0),
}


def priority(name: str = "A: sure, small") -> float:
    """Expected harm of a waiting post: probability × severity × views ahead.

    Args:
        name: One of the three worked cases.
    """
    probability, severity, views = PRIORITY_CASES[name]
    return probability * severity * views


def priority_rows() -> list[list[str]]:
    """Three waiting posts and their order."""
    rows = [["Post", "Probability", "Severity", "Views ahead", "Expected harm"]]
    for name in sorted(PRIORITY_CASES, key=priority, reverse=True):
        probability, severity, views = PRIORITY_CASES[name]
        rows.append(
            [
                name,
                f"{probability:.2f}",
                f"{severity:g}",
                f"{views:,.0f}",
                f"**{priority(name):,.0f}**",
            ]
        )
    return rows


# --------------------------------------------------------------------------- thresholds

WRONG_REMOVAL = assumed(10, "dollars", "what policy owners agree a wrong removal costs its author")
VIEW_HARM = assumed(0.05, "dollars a view", "what they agree a view of ordinary harm costs")


def upper_threshold() -> float:
    """Probability above which acting is cheaper than reading."""
    return 1 - dollars_per_review() / WRONG_REMOVAL


def lower_threshold(views: float = 1_000) -> float:
    """Probability below which a post with a thousand views ahead is not worth reading.

    Args:
        views: Views ahead.
    """
    return dollars_per_review() / (VIEW_HARM * views)


def lower_threshold_small() -> float:
    """The same for a post with twenty views ahead."""
    return lower_threshold(20)


def lower_threshold_large() -> float:
    """The same for a post with a hundred thousand views ahead."""
    return lower_threshold(100_000)


def lower_threshold_judge() -> float:
    """The same at a thousand views ahead, with the judge's price for that of a review."""
    return hosted_dollars_per_case() / (VIEW_HARM * 1_000)


def never_reviewed_views() -> float:
    """Views ahead at which the two thresholds meet."""
    return dollars_per_review() / (VIEW_HARM * upper_threshold())


def act_without_review(views: float = 1_000) -> float:
    """Probability above which acting beats leaving it, where nobody can read it.

    Args:
        views: Views ahead.
    """
    return WRONG_REMOVAL / (WRONG_REMOVAL + VIEW_HARM * views)


def act_alone_few() -> float:
    """The same for a post with ten views ahead, which nobody would read."""
    return act_without_review(10)


# --------------------------------------------------------------------------- measuring

LOW_WEIGHT = assumed(0.989, "of views", "posts that every head scores low")
MIDDLE_WEIGHT = assumed(0.010, "of views", "posts near a lower threshold")
HIGH_WEIGHT = assumed(0.001, "of views", "posts near an upper threshold, not acted on yet")
LOW_RATE = assumed(0.000019, "of the stratum's views", "fits the prevalence of the day above")
MIDDLE_RATE = assumed(0.0082, "of the stratum's views", "fits the prevalence of the day above")
HIGH_RATE = assumed(0.07, "of the stratum's views", "fits the prevalence of the day above")
STRATA = {
    "low": (LOW_WEIGHT, LOW_RATE),
    "middle": (MIDDLE_WEIGHT, MIDDLE_RATE),
    "high": (HIGH_WEIGHT, HIGH_RATE),
}
MARGIN = assumed(0.1, "of the prevalence", "half of a 95 % interval that steers a week")
WEEKLY_LABELS = assumed(350_000, "posts a week", "labelled by the judge, 50,000 a day")


def stratified_prevalence() -> float:
    """Prevalence by views that the strata add up to."""
    return sum(weight * rate for weight, rate in STRATA.values())


def stratum_spread(name: str = "low") -> float:
    """Weight times standard deviation of one view's label, in a stratum.

    Args:
        name: The stratum.
    """
    weight, rate = STRATA[name]
    return weight * math.sqrt(rate * (1 - rate))


def design_deviation() -> float:
    """Standard deviation of one label under the best allocation over the strata."""
    return sum(stratum_spread(name) for name in STRATA)


def allocation(name: str = "low", labels_a_day: float = WEEKLY_LABELS / 7) -> float:
    """Labels a day in a stratum under the best allocation.

    Args:
        name: The stratum.
        labels_a_day: In all strata.
    """
    return labels_a_day * stratum_spread(name) / design_deviation()


def labels_for_margin(deviation: float) -> float:
    """Labels for the wanted margin at that standard deviation of one label.

    Args:
        deviation: Of one label.
    """
    z = NormalDist().inv_cdf(0.975)
    return (z * deviation / (MARGIN * stratified_prevalence())) ** 2


def random_labels() -> float:
    """Labels for the margin when views are drawn at random."""
    rate = stratified_prevalence()
    return labels_for_margin(math.sqrt(rate * (1 - rate)))


def stratified_labels() -> float:
    """Labels for the margin when views are drawn by stratum."""
    return labels_for_margin(design_deviation())


def stratified_gain() -> float:
    """How many times fewer labels strata need."""
    return random_labels() / stratified_labels()


def weekly_margin(labels: float = WEEKLY_LABELS) -> float:
    """Half of the 95 % interval, relative to the prevalence, with a week's labels.

    Args:
        labels: In the week.
    """
    z = NormalDist().inv_cdf(0.975)
    return z * design_deviation() / math.sqrt(labels) / stratified_prevalence()


def daily_margin() -> float:
    """The same with a day's labels."""
    return weekly_margin(WEEKLY_LABELS / 7)


def judge_label_dollars() -> float:
    """Dollars a week for labels by the judge, at the hosted price."""
    return WEEKLY_LABELS * hosted_dollars_per_case()


def people_label_dollars() -> float:
    """Dollars a week if three people labelled the whole sample."""
    return WEEKLY_LABELS * RATERS * dollars_per_review()


def naive_judge_prevalence() -> float:
    """What the judge's labels alone would report."""
    rate = stratified_prevalence()
    return rate + (1 - rate) * JUDGE_FALSE


def naive_judge_factor() -> float:
    """How many times too high that is."""
    return naive_judge_prevalence() / stratified_prevalence()


def experiment_labels() -> int:
    """Labels in each arm of a test that must find a tenth less prevalence."""
    return sample_size_mean_per_arm(design_deviation(), 0.1 * stratified_prevalence())


def experiment_dollars() -> float:
    """Dollars for both arms' labels by the judge, at the hosted price."""
    return 2 * experiment_labels() * hosted_dollars_per_case()


KNOWN_POSITIVES = assumed(1_000, "posts", "confirmed from all sources, blind to the judge")
JUDGE_SENSITIVITY = assumed(0.9, "of violating posts", "what the judge calls violating of those")


def unseen_bound() -> float:
    """Rate that a week of checked negatives without a find can exclude: the rule of three."""
    return 3 / (7 * NEGATIVE_CHECKS)


def sensitivity_margin() -> float:
    """Half of the 95 % interval of the judge's sensitivity, relative to it."""
    spread = math.sqrt(JUDGE_SENSITIVITY * (1 - JUDGE_SENSITIVITY) / KNOWN_POSITIVES)
    return NormalDist().inv_cdf(0.975) * spread / JUDGE_SENSITIVITY


def weekly_margin_found() -> float:
    """The same when only the positives that the judge finds count, divided by its sensitivity."""
    return weekly_margin() / math.sqrt(JUDGE_SENSITIVITY)


def weekly_margin_whole() -> float:
    """Half of the week's interval with the judge's sensitivity estimated too."""
    return math.hypot(weekly_margin_found(), sensitivity_margin())


RECALL_MARGIN = assumed(0.05, "of recall", "half of a 95 % interval of a slice's recall")
SLICE_RECALL = assumed(0.6, "of violating posts", "a slice's recall, to size its sample")
SMALL_LANGUAGE = assumed(0.001, "of posts", "a language of half a million daily users")


def slice_positives() -> float:
    """Violating posts that a slice's test set needs for that margin."""
    z = NormalDist().inv_cdf(0.975)
    return SLICE_RECALL * (1 - SLICE_RECALL) * (z / RECALL_MARGIN) ** 2


def slice_random_labels() -> float:
    """Random labels that would hold so many at one in ten thousand."""
    return slice_positives() / RARE


def small_language_violating() -> float:
    """Violating posts a day in that language and one rare policy."""
    return posts_per_day() * SMALL_LANGUAGE * RARE


def small_language_days() -> float:
    """Days until it has produced a test set, if every one were found."""
    return slice_positives() / small_language_violating()


def small_language_cases() -> float:
    """Posts a day in that language that reach the models' queue."""
    return queue_posts() * SMALL_LANGUAGE


def seat_people() -> float:
    """People who fill one seat around the clock."""
    return 7 * HOURS_PER_DAY / (WEEK_HOURS * PRESENCE)


def reading_seat_people() -> float:
    """People who fill one seat at which somebody reads at any minute, breaks and care covered."""
    return seat_people() * WEEK_HOURS / WORK_DAYS / PRODUCTIVE_HOURS


def small_language_hours() -> float:
    """Hours a day to read them."""
    return small_language_cases() * REVIEW_SECONDS / SECONDS_PER_HOUR


# --------------------------------------------------------------------------- appeals

APPEALS_RIGHT = assumed(0.03, "of rightful actions", "appealed anyway")
APPEALS_WRONG = assumed(0.20, "of wrongful actions", "most people do not appeal")
APPEAL_CATCHES = assumed(0.95, "of wrongful actions appealed", "overturned")
APPEAL_SLIPS = assumed(0.02, "of rightful actions appealed", "overturned by mistake")
EU_SHARE = assumed(0.2, "of actions", "on posts of people in the European Union")
SORS = sourced(
    353.12e6,
    "statements of reasons",
    "https://arxiv.org/abs/2312.10269",
    "A. Trujillo et al., The DSA Transparency Database, 2025: eight platforms, 100 days",
    READ,
)


def appeals_per_day() -> float:
    """Appeals a day."""
    return acted_true() * APPEALS_RIGHT + acted_wrong() * APPEALS_WRONG


def overturned() -> float:
    """Appeals a day that are granted."""
    return (
        acted_wrong() * APPEALS_WRONG * APPEAL_CATCHES + acted_true() * APPEALS_RIGHT * APPEAL_SLIPS
    )


def overturn_rate() -> float:
    """Share of appeals that are granted."""
    return overturned() / appeals_per_day()


def wrong_repaired() -> float:
    """Share of wrongful actions that an appeal repairs."""
    return APPEALS_WRONG * APPEAL_CATCHES


def overturn_rate_easy(times: float = 3) -> float:
    """Overturn rate if three times as many of the rightly removed appealed, all else equal.

    Args:
        times: As many appeals against rightful actions.
    """
    right = acted_true() * APPEALS_RIGHT * times
    wrong = acted_wrong() * APPEALS_WRONG
    return (wrong * APPEAL_CATCHES + right * APPEAL_SLIPS) / (wrong + right)


def eu_statements() -> float:
    """Statements of reasons a day for the European Union."""
    return actions_per_day() * EU_SHARE


def statements_factor() -> float:
    """Published statements for each of ours."""
    return published_statements() / eu_statements()


def published_statements() -> float:
    """Statements a platform and day in the published first hundred days."""
    return SORS / 100 / 8


# --------------------------------------------------------------------------- a bad rule

BAD_RULE = assumed(0.005, "of posts", "a rule that hits one post in two hundred by mistake")
BAD_HOURS = assumed(2, "hours", "until somebody notices without a canary")
CANARY = assumed(0.01, "of posts", "the first step of a release")
CANARY_HOURS = assumed(1, "hours", "before the next step")
RESTORE_PER_S = assumed(500, "posts a second", "restored, with notices and strikes undone")


def bad_rule_posts() -> float:
    """Posts wrongly removed in that time."""
    return posts_per_day() / HOURS_PER_DAY * BAD_HOURS * BAD_RULE


def bad_rule_canary_posts() -> float:
    """Posts wrongly removed if a canary catches it."""
    return posts_per_day() / HOURS_PER_DAY * CANARY_HOURS * CANARY * BAD_RULE


def restore_minutes() -> float:
    """Minutes to put them back."""
    return bad_rule_posts() / RESTORE_PER_S / SECONDS_PER_MINUTE


def views_lost() -> float:
    """Share of their views that those posts have lost, on average over the window."""
    ratio = BAD_HOURS / VIEW_HOURS
    return 1 - (1 - math.exp(-ratio)) / ratio


# --------------------------------------------------------------------------- fleet and cost

EVALUATIONS = assumed(5, "per post", "publication, full model, and three milestones of views")
EVALUATION_CORE_MS = assumed(2, "core-milliseconds", "read features, run the rules, write the log")
ACCOUNT_BYTES = assumed(400, "bytes per account", "author and network features")
LOG_BYTES = assumed(1_000, "bytes per evaluation", "scores, versions, rule, action")
LOG_DAYS = assumed(184, "days", "the longest six months, as complaints may come that late")
VECTOR_BYTES = assumed(768, "bytes per post", "its fused vector in int8, for training and sweeps")
EXAMPLES = assumed(40e6, "labelled posts", "half a year of decisions, sampled and judged")
EPOCHS = assumed(3, "passes", "fine-tuning")
TRAIN_UTILIZATION = assumed(0.3, "of the peak", "dense transformers in BF16; measure yours")
TRAIN_RUNS = assumed(30, "runs a month", "four releases, the rest experiments")


def evaluations_per_s() -> float:
    """Runs of the policy engine a second at the peak."""
    return peak_posts_per_s() * EVALUATIONS


def engine_machines() -> int:
    """Machines for the policy engine."""
    each = feed.CORES * 1_000 / EVALUATION_CORE_MS
    return machines(evaluations_per_s(), each, feed.LOAD_TARGET, feed.SPARE)


def hash_machines() -> int:
    """Machines for hash lookups, at least one in each of three zones."""
    each = feed.CORES * 1_000 / HASH_CORE_MS
    return max(3, machines(hash_lookups_per_s(), each, feed.LOAD_TARGET, feed.SPARE))


def memory_machines(size_bytes: float) -> int:
    """Machines whose memory holds so many bytes.

    Args:
        size_bytes: All copies.
    """
    return machines(size_bytes, feed.MACHINE_MEMORY_BYTES * feed.MEMORY_TARGET)


def sweep_machines() -> int:
    """Machines for two copies of the index of recent posts."""
    return memory_machines(2 * sweep_index_bytes())


def account_bytes() -> float:
    """Author and network features of all monthly users, three copies."""
    return storage_bytes(feed.MONTHLY_USERS, ACCOUNT_BYTES, feed.REPLICAS)


def account_machines() -> int:
    """Machines for author and network features."""
    return memory_machines(account_bytes())


def log_bytes() -> float:
    """Decision log that is kept."""
    return storage_bytes(posts_per_day() * EVALUATIONS, LOG_BYTES, 1, LOG_DAYS)


def vector_bytes() -> float:
    """Fused vectors of the posts of thirty days."""
    return feed.eligible_posts() * VECTOR_BYTES


def train_hours() -> float:
    """H100-hours of one fine-tuning of the full model."""
    flops = 3 * full_flops() * EXAMPLES * EPOCHS
    return device_hours(flops, feed.H100_PEAK_FLOPS, TRAIN_UTILIZATION)


def train_dollars() -> float:
    """Dollars a month for fine-tuning."""
    return train_hours() * TRAIN_RUNS * feed.H100_PRICE


def storage_dollars() -> float:
    """Dollars a month for the log and vectors."""
    return (log_bytes() + vector_bytes()) / 1e9 * feed.STORAGE_PRICE


def tiers() -> list[tuple[str, str, str, float]]:
    """Every tier: name, load, machines or cards, dollars a month."""
    l4, cpu = feed.L4_PRICE, feed.CPU_PRICE
    return [
        (
            "Gate model (L4)",
            f"{si(peak_posts_per_s() * gate_flops(), 'FLOP/s')}",
            f"{gate_cards()}",
            monthly_cost(gate_cards(), l4),
        ),
        (
            "Text in pictures, speech (L4)",
            f"{si(peak_posts_per_s() * reading_flops(), 'FLOP/s')}",
            f"{reading_cards()}",
            monthly_cost(reading_cards(), l4),
        ),
        (
            "Full model (L4)",
            f"{si(peak_posts_per_s() * full_flops(), 'FLOP/s')}",
            f"{full_cards()}",
            monthly_cost(full_cards(), l4),
        ),
        (
            "LLM judge (H100)",
            f"{judge_peak_per_s():,.0f} cases/s",
            f"{judge_cards()}",
            judge_dollars(),
        ),
        (
            "Hash bank",
            f"{hash_lookups_per_s():,.0f} lookups/s",
            f"{hash_machines()}",
            monthly_cost(hash_machines(), cpu),
        ),
        (
            "Sweep index, 2 copies",
            f"{si(2 * sweep_index_bytes(), 'B')} in memory",
            f"{sweep_machines()}",
            monthly_cost(sweep_machines(), cpu),
        ),
        (
            "Author and network features",
            f"{si(account_bytes(), 'B')} in memory",
            f"{account_machines()}",
            monthly_cost(account_machines(), cpu),
        ),
        (
            "Policy engine",
            f"{evaluations_per_s():,.0f} runs/s",
            f"{engine_machines()}",
            monthly_cost(engine_machines(), cpu),
        ),
        (
            "Training (H100)",
            f"{train_hours() * TRAIN_RUNS:,.0f} card-hours",
            "",
            train_dollars(),
        ),
        (
            "Storage: decision log, vectors",
            f"{si(log_bytes() + vector_bytes(), 'B')}",
            "",
            storage_dollars(),
        ),
    ]


def machine_dollars() -> float:
    """Dollars a month for everything but people."""
    return sum(dollars for *_, dollars in tiers())


def cost_per_month() -> float:
    """Dollars a month, people included."""
    return machine_dollars() + people_dollars()


def monthly_full_share() -> float:
    """Share of the bill that pays the full model's cards."""
    return monthly_cost(full_cards(), feed.L4_PRICE) / cost_per_month()


def people_share() -> float:
    """Share of the bill that pays people."""
    return people_dollars() / cost_per_month()


def cost_per_1000_posts() -> float:
    """Dollars for a thousand posts, people included."""
    return cost_per_thousand(cost_per_month(), average_posts_per_s())


def machine_cost_per_1000_posts() -> float:
    """Dollars for a thousand posts, machines only."""
    return cost_per_thousand(machine_dollars(), average_posts_per_s())


def cost_rows() -> list[list[str]]:
    """Machines, people and their cost as a table."""
    rows = [["Tier", "Load at the peak", "Machines, cards, people", "$ a month"]]
    rows += [[name, load, n, f"{dollars:,.0f}"] for name, load, n, dollars in tiers()]
    rows.append(["**Machines together**", "", "", f"**{machine_dollars():,.0f}**"])
    rows.append(
        [
            "Reviewers",
            f"{review_hours():,.0f} h a day",
            f"{reviewers():,}",
            f"{people_dollars():,.0f}",
        ]
    )
    return [*rows, ["**Total**", "", "", f"**{cost_per_month():,.0f}**"]]


def load_rows() -> list[list[str]]:
    """Load as a table."""
    return [
        ["Quantity", "Arithmetic", "Result"],
        ["New posts a day", "from the news feed", count(posts_per_day())],
        ["Average load", "/ 86,400 s", f"{average_posts_per_s():,.0f} posts/s"],
        ["Peak load", f"× {PEAK_FACTOR:g}", f"{peak_posts_per_s():,.0f} posts/s"],
        ["Images a day", f"× {IMAGES_PER_POST:g} a post", count(images_per_day())],
        [
            "Frames a day",
            f"{100 * VIDEO_SHARE:.0f} % of posts × {FRAMES_PER_VIDEO:.0f} frames",
            count(frames_per_day()),
        ],
        [
            "Sound a day",
            f"{count(videos_per_day())} videos × {VIDEO_SECONDS:.0f} s",
            f"{audio_hours_per_day():,.0f} h",
        ],
        [
            "Violating posts a day",
            f"× {100 * prevalence():.1f} %, eight policies",
            count(violating_posts()),
        ],
        [
            "Views a day",
            "from the news feed",
            f"{count(views_per_day())}, {views_per_post():.0f} a post",
        ],
        ["Reports a day", f"views × {100 * feed.REPORT_RATE:.2f} %", count(reports_per_day())],
    ]


# --------------------------------------------------------------------------- latency

BUDGET_MS = assumed(300, "ms", "between the tap on Post and the answer, agreed")


def latency_budget() -> LatencyBudget:
    """The gate's stages at p99."""
    return (
        LatencyBudget(BUDGET_MS)
        .stage("Edge, authentication, network", 20)
        .stage("Read the draft and its media's state", 15)
        .parallel(
            "Gather",
            {
                "hash match of each image": 20,
                "links and lists of terms": 10,
                "author and network features": 15,
                "image vectors, if the upload was late": 80,
            },
        )
        .parallel("Score", {"gate model, batched": 60, "near copies of confirmed posts": 25})
        .stage("Policy engine", 10)
        .stage("Write decision, publish or hold", 40)
    )


def latency_rows() -> list[list[str]]:
    """The latency budget as a table."""
    return latency_budget().rows()


def used_ms() -> float:
    """What the gate's stages take together."""
    return latency_budget().used_ms


def slack_ms() -> float:
    """What is left of the gate's budget."""
    return latency_budget().slack_ms


def limits() -> int:
    """Limits in the table: stages, and branches where there are several."""
    return sum(max(1, len(stage.branches)) for stage in latency_budget().stages)


def guaranteed_share() -> float:
    """Share of posts that surely meet the sum, each limit being a p99."""
    return 1 - limits() * 0.01


def independent_share() -> float:
    """Share that would meet every limit if stages were independent."""
    return 1 - any_slow(0.01, limits())


def full_path() -> LatencyBudget:
    """The full model's path after publication, in seconds instead of milliseconds."""
    return (
        LatencyBudget(FULL_SECONDS)
        .stage("Transcode, sample frames", 20)
        .parallel("Read", {"speech": 15, "text in pictures": 8, "hashes of frames": 3})
        .stage("Wait for a batch", 10)
        .stage("Full model", 2)
        .stage("Policy engine, act", 3)
    )


def full_path_rows() -> list[list[str]]:
    """That path as a table."""
    head, *rows = full_path().rows()
    return [[cell.replace("(ms)", "(s)") for cell in head], *rows]


def full_path_seconds() -> float:
    """What that path takes together."""
    return full_path().used_ms
