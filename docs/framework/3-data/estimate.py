"""The arithmetic of the data step: from log lines to training rows, for the feed and the assistant.

The feed's load, labels and training examples come from its own chapter, the assistant's
conversations from the framework's; here is what happens to them between the log and the model.
"""

from __future__ import annotations

import math

from handbook.estimate import (
    DAYS_PER_MONTH,
    FLOAT32_BYTES,
    MINUTES_PER_HOUR,
    SECONDS_PER_HOUR,
    assumed,
    chapter,
    embedding_bytes,
    storage_bytes,
)

feed = chapter("case-studies/news-feed")
base = chapter("framework")

# --------------------------------------------------------------------------- the log

LINE_BYTES = assumed(500, "bytes per line", "the line printed in the chapter, rounded up")
DUPLICATE_SHARE = assumed(0.02, "of lines", "phones that retry after a lost answer")
BOT_SHARE = assumed(0.05, "of the lines left", "scripts and farms; your integrity team knows")
IMPLAUSIBLE_SHARE = assumed(0.003, "of the lines left", "unreadable, or a clock that cannot be")
EVENT_ID_BYTES = assumed(16, "bytes per event id", "a random 128-bit id made on the phone")
DEDUP_HOURS = assumed(1, "hours", "nearly all retries come within it")
LATE_SHARE = assumed(0.02, "of events", "more than an hour late: no network, app closed")
UNREAD_SHARE = assumed(0.01, "of rows", "a feature read that missed its deadline")
BUFFER_DAYS = feed.BUFFER_DAYS
LOG_DAYS = assumed(14, "days", "raw lines are kept to rebuild a broken day, not longer")


def events_per_day() -> float:
    """Valid events a day: impressions and the actions on them."""
    return feed.viewed_per_day() * feed.EVENTS_PER_IMPRESSION


def valid_share(
    duplicates: float = DUPLICATE_SHARE,
    bots: float = BOT_SHARE,
    implausible: float = IMPLAUSIBLE_SHARE,
) -> float:
    """Share of raw lines that are left after cleaning.

    Args:
        duplicates: Share of lines that repeat another.
        bots: Share of the rest that no person caused.
        implausible: Share of the rest that cannot be read or cannot be true.
    """
    return (1 - duplicates) * (1 - bots) * (1 - implausible)


def raw_lines_per_day() -> float:
    """Raw log lines a day, before cleaning."""
    return events_per_day() / valid_share()


def raw_bytes_per_day() -> float:
    """Bytes of raw log lines a day, uncompressed."""
    return raw_lines_per_day() * LINE_BYTES


def raw_log_bytes(days: float = LOG_DAYS) -> float:
    """Bytes of the raw log that is kept, one copy, uncompressed.

    Args:
        days: Days it is kept.
    """
    return raw_bytes_per_day() * days


def lines_after_duplicates() -> float:
    """Lines a day left without repeats."""
    return raw_lines_per_day() * (1 - DUPLICATE_SHARE)


def dedup_state_bytes(hours: float = DEDUP_HOURS) -> float:
    """Memory of the event ids that duplicates are recognised by, at the peak.

    Args:
        hours: How far back a repeat is recognised.
    """
    raw_events_per_s = feed.events_per_s() / valid_share()
    return raw_events_per_s * hours * SECONDS_PER_HOUR * EVENT_ID_BYTES


def late_events_per_day(share: float = LATE_SHARE) -> float:
    """Events a day that arrive more than an hour after they happened.

    Args:
        share: Share of events that come so late.
    """
    return events_per_day() * share


def sessions_per_day() -> float:
    """Sessions a day, from requests and requests per session."""
    return feed.requests_per_day() / feed.PAGES_PER_SESSION


# --------------------------------------------------------------------------- from events to rows


def returned_per_day() -> float:
    """Posts returned in a day, seen or not."""
    return feed.returned_per_day()


def feature_buffer_bytes() -> float:
    """Features as served of every post returned in a day, held until its labels are known."""
    return feed.held_features_bytes(1)


def held_features_bytes(days: float = BUFFER_DAYS) -> float:
    """The same for as many days as the nightly build finds in the buffer.

    Args:
        days: Days of requests that are held.
    """
    return feed.held_features_bytes(days)


def held_features_dollars_per_month() -> float:
    """Dollars a month for that buffer in object storage."""
    return held_features_bytes() / 1e9 * feed.STORAGE_PRICE


def stream_join_bytes(minutes: float = feed.JOIN_WINDOW_MIN) -> float:
    """Features as served that the stream's join holds at the peak.

    Args:
        minutes: How long it waits for actions.
    """
    seconds = minutes * SECONDS_PER_HOUR / MINUTES_PER_HOUR
    return feed.peak_qps() * feed.POSTS_PER_REQUEST * feed.EXAMPLE_BYTES * seconds


def unsampled_log_bytes() -> float:
    """Bytes of training examples if every impression were kept as long as the sample is."""
    return storage_bytes(feed.viewed_per_day(), feed.EXAMPLE_BYTES, 1, feed.EXAMPLE_DAYS)


def sampling_saves_dollars_per_month() -> float:
    """Dollars a month of storage that downsampling the negatives saves."""
    return (unsampled_log_bytes() - feed.example_log_bytes()) / 1e9 * feed.STORAGE_PRICE


def unread_rows_per_day(share: float = UNREAD_SHARE) -> float:
    """Training rows a day that lack a value because serving could not read it in time.

    Args:
        share: Share of rows.
    """
    return feed.examples_per_day() * share


def missed_share_percent() -> float:
    """Per cent of shares that the stream's window calls negatives."""
    return 100 * (1 - feed.share_coverage())


def observed_share_rate() -> float:
    """Share rate that the stream's labels show, where the true one is that of the feed."""
    return feed.SHARE_RATE * feed.share_coverage()


def reports_per_day() -> float:
    """Reports a day, the rarest of the feed's labels."""
    return feed.viewed_per_day() * feed.REPORT_RATE


def examples_per_user() -> float:
    """Training examples in the log about one daily user."""
    return feed.examples_per_day() * feed.EXAMPLE_DAYS / feed.DAILY_USERS


DELETING_SHARE = assumed(0.0001, "of daily users a day", "close the account or ask for erasure")
DELETION_RUNS = assumed(2, "runs a month", "half of the thirty days is the slack for a failed run")


def scattered_rows_per_day(share: float = DELETING_SHARE) -> float:
    """Training examples a day that erasure requests ask to find and remove.

    Args:
        share: Share of daily users who ask on a day.
    """
    return feed.DAILY_USERS * share * examples_per_user()


def rewritten_bytes_per_month(runs: float = DELETION_RUNS) -> float:
    """Bytes of examples that the deletion job reads and writes again in a month.

    Args:
        runs: Times it goes through the whole log.
    """
    return feed.example_log_bytes() * runs


ROW_LINES = (
    ("Raw lines", raw_lines_per_day),
    ("Without repeats", lines_after_duplicates),
    ("Events of people", events_per_day),
    ("Impressions", feed.viewed_per_day),
    ("Training rows", feed.examples_per_day),
)


def row_path() -> list[tuple[str, float]]:
    """What is left of a day's log after each step, by name.

    Raises:
        ValueError: A later step holds more than an earlier one.
    """
    steps = [(name, float(lines())) for name, lines in ROW_LINES]
    counts = [left for _, left in steps]
    if counts != sorted(counts, reverse=True):
        raise ValueError("a step of the path from lines to rows adds rows")
    return steps


def volume_rows() -> list[list[str]]:
    """The feed's day from log lines to training rows, as a table."""
    path = dict(row_path())
    example, line, positive = feed.EXAMPLE_BYTES, LINE_BYTES, feed.POSITIVE_SHARE
    views = f"{feed.viewed_per_day() / 1e9:.0f} billion views"
    requests = (
        f"{sessions_per_day() / 1e9:.0f} billion sessions × {feed.PAGES_PER_SESSION:.0f} requests"
    )
    kept = f"{positive:.1f} + {1 - positive:.1f} × {feed.NEGATIVE_KEEP:.1f}"
    rows = [["What", "Arithmetic", "Billions a day", "TB a day"]]
    rows += [
        [
            "Raw lines",
            f"events ÷ {valid_share():.3f} valid, {line:.0f} B each",
            f"{path['Raw lines'] / 1e9:.1f}",
            f"{raw_bytes_per_day() / 1e12:.1f}",
        ],
        [
            "Events after cleaning",
            f"{views} × {feed.EVENTS_PER_IMPRESSION:.1f} (the view and its actions)",
            f"{path['Events of people'] / 1e9:.1f}",
            f"{events_per_day() * line / 1e12:.1f}",
        ],
        [
            "Features as served",
            f"{requests} × {feed.POSTS_PER_REQUEST:.0f} posts, {example:,.0f} B each",
            f"{returned_per_day() / 1e9:.0f}",
            f"{feature_buffer_bytes() / 1e12:.0f}",
        ],
        [
            "Training rows",
            f"views × ({kept}), {example:,.0f} B each",
            f"{path['Training rows'] / 1e9:.2f}",
            f"{feed.example_log_per_day_bytes() / 1e12:.1f}",
        ],
    ]
    return rows


# --------------------------------------------------------------------------- encodings

ONE_HOT_SHARE = assumed(0.05, "of a row's bytes", "no single field may take more, written dense")
EVENTS_FOR_A_RATE = assumed(100, "events", "a count of 100 has a standard error of a tenth")
COUNT_MEDIAN = assumed(20, "followers", "the middle account")
COUNT_MAXIMUM = assumed(1e6, "followers", "the largest account in the training data")
ADAM_BYTES = assumed(8, "bytes per value", "two float32 moments beside each float32 value")


def one_hot_limit(share: float = ONE_HOT_SHARE, row_bytes: float = feed.EXAMPLE_BYTES) -> float:
    """Categories of a dense float32 one-hot that take their share of a row.

    Args:
        share: Share of the row that one field may take.
        row_bytes: Bytes of the row.
    """
    return share * row_bytes / FLOAT32_BYTES


def one_hot_fills_row(row_bytes: float = feed.EXAMPLE_BYTES) -> float:
    """Categories whose dense float32 one-hot is as large as a whole row.

    Args:
        row_bytes: Bytes of the row.
    """
    return row_bytes / FLOAT32_BYTES


def rows_to_learn_a_category(
    rate: float = feed.HIDE_RATE, events: float = EVENTS_FOR_A_RATE
) -> float:
    """Impressions of one category until its rate is known to about a tenth of itself.

    Args:
        rate: How often the event happens.
        events: Events that make the rate known.
    """
    return events / rate


def colliding_share(ids: float = feed.DAILY_USERS, rows: float = feed.TABLE_ROWS) -> float:
    """Share of ids that share their row with at least one other id.

    Args:
        ids: Different ids that are hashed.
        rows: Rows of the table.
    """
    return 1 - math.pow(1 - 1 / rows, ids - 1)


def ids_per_used_row(ids: float = feed.DAILY_USERS, rows: float = feed.TABLE_ROWS) -> float:
    """Ids in a row of the table that is used at all, on average.

    Args:
        ids: Different ids that are hashed.
        rows: Rows of the table.
    """
    return ids / (rows * (1 - math.pow(1 - 1 / rows, ids)))


def rows_for_collisions(share: float = 0.05, ids: float = feed.DAILY_USERS) -> float:
    """Rows that keep the share of colliding ids at a target.

    Args:
        share: Share of ids that may share a row.
        ids: Different ids that are hashed.
    """
    return (ids - 1) / -math.log(1 - share)


def twice_hashed_share(ids: float = feed.DAILY_USERS, rows: float = feed.TABLE_ROWS) -> float:
    """Share of ids that share both rows with one other id, with two tables and two hashes.

    Args:
        ids: Different ids that are hashed.
        rows: Rows of each of the two tables.
    """
    return -math.expm1((ids - 1) * math.log1p(-1 / rows**2))


def collision_rows() -> list[list[str]]:
    """Colliding ids for several sizes of table, as a table."""
    dims = feed.TABLE_DIM
    out = [["Rows per id", "Ids that share a row", "Ids per used row", "Float16 table"]]
    for ratio in (0.5, 1, 2, 5, 10, 20):
        rows = ratio * feed.DAILY_USERS
        out.append(
            [
                f"{ratio:g}",
                f"{100 * colliding_share(feed.DAILY_USERS, rows):.1f} %",
                f"{ids_per_used_row(feed.DAILY_USERS, rows):.2f}",
                f"{embedding_bytes(rows, dims, 2) / 1e9:,.0f} GB",
            ]
        )
    return out


def noise_auc(rate: float = feed.LIKE_RATE) -> float:
    """AUC, on its own training rows, of a random id with two rows encoded by their mean label.

    The other row's label is independent, so a positive is encoded as 1 or a half and a negative as
    a half or 0; only where both are a half are they tied.

    Args:
        rate: Share of positives.
    """
    return 1 - rate * (1 - rate) / 2


def min_max_median() -> float:
    """Where the median lands when counts are divided by the largest."""
    return COUNT_MEDIAN / COUNT_MAXIMUM


def log_median() -> float:
    """Where the median lands when the logarithm of one plus the count is divided likewise."""
    return math.log1p(COUNT_MEDIAN) / math.log1p(COUNT_MAXIMUM)


def adam_table_bytes() -> float:
    """Memory of the feed's id table in training: float32 values and two moments each."""
    return embedding_bytes(feed.TABLE_ROWS, feed.TABLE_DIM, FLOAT32_BYTES + ADAM_BYTES)


def rowwise_table_bytes() -> float:
    """Memory of the same table with one float32 of optimiser state a row instead."""
    values = embedding_bytes(feed.TABLE_ROWS, feed.TABLE_DIM, FLOAT32_BYTES)
    return values + feed.TABLE_ROWS * FLOAT32_BYTES


# --------------------------------------------------------------------------- the split

TRAIN_DAYS = assumed(28, "days", "four whole weeks, as in the news feed")
LABEL_DAYS = assumed(1, "days", "the window of the nightly build, as in the news feed")
VALIDATION_DAYS = assumed(1, "days", "the day after the gap")


def gap_end_day(train: float = TRAIN_DAYS, label: float = LABEL_DAYS) -> float:
    """Day at whose start validation may begin: the last training label is known.

    Args:
        train: Days of training impressions.
        label: Days until a label is final.
    """
    return train + label


# --------------------------------------------------------------------------- the assistant

HELP_PAGES = assumed(20e3, "pages", "help, policy and product care of a large shop, one language")
SHORT_SHARE = assumed(0.6, "of pages", "single questions with a short answer")
SHORT_TOKENS = assumed(250, "tokens per short page", "one screen")
LONG_TOKENS = assumed(2_000, "tokens per long page", "a return policy with its cases")
OVERLAP_TOKENS = assumed(50, "tokens", "shared by neighbouring passages, so no sentence is cut off")
PASSAGE_DIM = assumed(1_024, "values", "a common width of text embeddings")
BYTES_PER_TOKEN = assumed(4, "bytes per token", "English text, roughly four letters")
REOPENED_SHARE = assumed(0.1, "of contained conversations", "come back with the same matter")
REOPEN_DAYS = assumed(7, "days", "how long a conversation may be reopened or repeated")
RATED_SHARE = assumed(0.05, "of conversations", "answer the question after the chat")
JUDGE_MINUTES = assumed(6, "minutes per conversation", "read it, check the policy, fill the form")
JUDGED_PER_DAY = assumed(200, "conversations a day", "two and a half people, drawn at random")
JUDGED_RATE = assumed(0.9, "of answers", "the share found right, near which the error is wanted")
JUDGED_MARGIN = assumed(0.02, "of answers", "half width of the interval at the usual 95 %")
Z_95 = assumed(1.96, "standard errors", "two-sided 95 % of a normal distribution")
PERSONAL_SPANS = assumed(1.5, "per conversation", "names, addresses, order and card numbers")
REDACTION_RECALL = assumed(0.95, "of personal spans", "measure yours, by kind and language")
TRANSCRIPT_DAYS = assumed(90, "days", "disputes and quality review; then aggregates only")


def passages_of(tokens: float, size: float = base.TOKENS_PER_PASSAGE) -> int:
    """Passages of one document: at least one, however short it is.

    Args:
        tokens: Tokens of the document.
        size: Tokens of a passage, the overlap included.
    """
    return max(1, math.ceil((tokens - OVERLAP_TOKENS) / (size - OVERLAP_TOKENS)))


def short_pages() -> float:
    """Help pages that make one passage each."""
    return HELP_PAGES * SHORT_SHARE


def long_pages() -> float:
    """Help pages that are cut into several passages."""
    return HELP_PAGES - short_pages()


def passages() -> float:
    """Passages of all help pages.

    Raises:
        ValueError: There are fewer passages than pages.
    """
    count = short_pages() * passages_of(SHORT_TOKENS) + long_pages() * passages_of(LONG_TOKENS)
    if count < HELP_PAGES:
        raise ValueError("fewer passages than pages")
    return count


def passages_by_division() -> float:
    """The tempting wrong count: all tokens divided by the passage's."""
    tokens = short_pages() * SHORT_TOKENS + long_pages() * LONG_TOKENS
    return tokens / base.TOKENS_PER_PASSAGE


def passage_vector_bytes() -> float:
    """Memory of the passages' vectors in float32."""
    return embedding_bytes(passages(), PASSAGE_DIM)


def transcript_bytes_per_day() -> float:
    """Bytes a day of prompts and answers, logged as text."""
    tokens = base.input_tokens() + base.TOKENS_PER_ANSWER
    return base.answers_per_day() * tokens * BYTES_PER_TOKEN


def transcript_bytes(days: float = TRANSCRIPT_DAYS) -> float:
    """Bytes of transcripts that are kept, one copy.

    Args:
        days: Days they are kept.
    """
    return transcript_bytes_per_day() * days


def feed_log_ratio() -> float:
    """Bytes that the feed logs for each byte of the assistant."""
    return raw_bytes_per_day() / transcript_bytes_per_day()


def contained_per_day() -> float:
    """Conversations a day that no person takes over."""
    return base.CONVERSATIONS_PER_DAY * base.CONTAINED_SHARE


def escalated_per_day() -> float:
    """Conversations a day that a person takes over."""
    return base.CONVERSATIONS_PER_DAY - contained_per_day()


def reopened_per_day(share: float = REOPENED_SHARE) -> float:
    """Contained conversations a day that come back, and so were not resolved.

    Args:
        share: Share of contained conversations.
    """
    return contained_per_day() * share


def resolved_share() -> float:
    """Share of all conversations that are contained and stay closed."""
    return (contained_per_day() - reopened_per_day()) / base.CONVERSATIONS_PER_DAY


def rated_per_day(share: float = RATED_SHARE) -> float:
    """Conversations a day whose customer answers the question after the chat.

    Args:
        share: Share of conversations.
    """
    return base.CONVERSATIONS_PER_DAY * share


def judged_needed(rate: float = JUDGED_RATE, margin: float = JUDGED_MARGIN) -> int:
    """Judged conversations that estimate a share to within the margin.

    Args:
        rate: The share, as expected.
        margin: Half the width of the interval.
    """
    return math.ceil(Z_95**2 * rate * (1 - rate) / margin**2)


def judged_days() -> float:
    """Days until enough conversations are judged for one estimate."""
    return judged_needed() / JUDGED_PER_DAY


def judge_dollars(conversations: float | None = None) -> float:
    """Dollars for judging conversations; enough for one estimate where none are given.

    Args:
        conversations: How many.
    """
    number = judged_needed() if conversations is None else conversations
    return number * JUDGE_MINUTES * base.AGENT_DOLLARS_PER_HOUR / MINUTES_PER_HOUR


def judge_dollars_per_month() -> float:
    """Dollars a month for the daily sample of judged conversations."""
    return judge_dollars(JUDGED_PER_DAY * DAYS_PER_MONTH)


def personal_spans_per_day() -> float:
    """Names, addresses and numbers that customers type in a day."""
    return base.CONVERSATIONS_PER_DAY * PERSONAL_SPANS


def missed_spans_per_day(recall: float = REDACTION_RECALL) -> float:
    """Personal spans a day that redaction leaves in the log.

    Args:
        recall: Share of spans that it finds.
    """
    return personal_spans_per_day() * (1 - recall)
