"""Feature stores and skew: what is read, how old it is, what a leak and a skew cost.

The leak is computed over all cases, the skews on simulated requests with a fixed seed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from statistics import NormalDist

from handbook.estimate import LatencyBudget, assumed, chapter, machines, monthly_cost
from handbook.metrics import population_stability_index

feed = chapter("case-studies/news-feed")
data = chapter("framework/3-data")
monitor = chapter("framework/7-monitor")

_NORMAL = NormalDist()

# --------------------------------------------------------------------------- joins in time

# One post's likes: when the phone says it happened, and when the online store could show it.
LIKES = ((5, 35), (50, 80), (130, 160), (290, 3_890))
IMPRESSIONS = (20, 90, 200, 300)


def likes_at(second: float, how: str) -> int:
    """Likes that a join puts into the row of an impression.

    Args:
        second: When the post was shown.
        how: `today` for the table's present value, `event` or `readable` for as-of joins by the
            time of the like or by the time at which it could be read.
    """
    if how == "today":
        return len(LIKES)
    place = ("event", "readable").index(how)
    return sum(like[place] <= second for like in LIKES)


def join_rows() -> list[list[str]]:
    """What three joins say of the same four impressions."""
    head = ["Shown at", "Table of today", "As of, by event time", "As of, by readable time"]
    return [head] + [
        [f"{second} s", *(str(likes_at(second, how)) for how in ("today", "event", "readable"))]
        for second in IMPRESSIONS
    ]


# --------------------------------------------------------------------------- a leak, exactly

# Pairs of a user and an author: share of impressions, likes of the week before, chance of a like.
PAIRS = ((0.70, 0.05, 0.01), (0.25, 0.5, 0.05), (0.05, 4.0, 0.2))
CONTEXT = assumed(1.6, "times the rate", "of one half of the posts; the other half has the rest")
COUNTS = 40


def pair_rows() -> list[list[str]]:
    """The kinds of pairs of the leak's example."""
    head = ["User and author", "Of impressions", "Mean count", "Like rate"]
    names = ("hardly know each other", "now and then", "often")
    return [head] + [
        [name, f"{100 * share:.0f} %", f"{mean:g}", f"{100 * rate:.0f} %"]
        for name, (share, mean, rate) in zip(names, PAIRS, strict=True)
    ]


def _cases() -> Iterator[tuple[int, int, float, float]]:
    """Yields count before, half of the posts, share of rows, and chance of a like."""
    for share, mean, rate in PAIRS:
        for count in range(COUNTS):
            seen = math.exp(-mean) * mean**count / math.factorial(count)
            for half, factor in enumerate((2 - CONTEXT, CONTEXT)):
                yield count, half, share * seen / 2, rate * factor


def _learnt(leaks: bool) -> dict[tuple[int, int], float]:
    """The rate for each count and half that endless training rows teach."""
    rows: dict[tuple[int, int], float] = {}
    likes: dict[tuple[int, int], float] = {}
    for count, half, share, rate in _cases():
        for label, part in ((1, share * rate), (0, share * (1 - rate))):
            key = (_seen(count + label) if leaks else count, half)
            rows[key] = rows.get(key, 0) + part
            likes[key] = likes.get(key, 0) + part * label
    return {key: likes[key] / rows[key] for key in rows}


def _seen(count: int) -> int:
    return min(count, COUNTS - 1)


def _auc(scored: list[tuple[float, float, float]]) -> float:
    """AUC of scores with a mass of positives and one of negatives each; ties count half."""
    masses: dict[float, tuple[float, float]] = {}
    for score, positive, negative in scored:
        before = masses.get(score, (0.0, 0.0))
        masses[score] = (before[0] + positive, before[1] + negative)
    below = won = 0.0
    for score in sorted(masses):
        positive, negative = masses[score]
        won += positive * (below + negative / 2)
        below += negative
    return won / below / sum(positive for positive, _ in masses.values())


def leak_auc(trained: str = "leaking", scored: str = "leaking") -> float:
    """AUC of the model of two features, by what it was trained on and what it is given.

    Args:
        trained: `leaking` if the count holds the like itself, `honest` if it is as served.
        scored: The same for the rows on which it is measured.
    """
    learnt = _learnt(trained == "leaking")
    rows = []
    for count, half, share, rate in _cases():
        shown = _seen(count + 1) if scored == "leaking" else count
        rows.append((learnt[shown, half], share * rate, 0.0))
        rows.append((learnt[count, half], 0.0, share * (1 - rate)))
    return _auc(rows)


def like_rate() -> float:
    """Likes per impression of the example."""
    return math.fsum(share * rate for *_, share, rate in _cases())


def leak_ratio() -> float:
    """Predicted over observed likes when the leaking model is served."""
    learnt = _learnt(True)
    said = math.fsum(share * learnt[count, half] for count, half, share, _ in _cases())
    return said / like_rate()


def blind_likes() -> float:
    """Share of all likes that fall on rows with a count of zero, which the leak calls hopeless."""
    return math.fsum(share * rate for count, _, share, rate in _cases() if not count) / like_rate()


# --------------------------------------------------------------------------- ages

DAILY_H = assumed(24, "hours", "between two runs of the daily job")
DAILY_RUN_H = assumed(3, "hours", "from the cut of the data to the last value loaded")
HOURLY_RUN_H = assumed(0.4, "hours", "the same for an hourly job")
STREAM_S = assumed(30, "seconds", "from an action to its counter")


def mean_age_hours(period: float = DAILY_H, run: float = DAILY_RUN_H) -> float:
    """Mean age of a value when it is read.

    Args:
        period: Hours between runs.
        run: Hours from the cut of the data to the load.
    """
    return run + period / 2


def worst_age_hours(period: float = DAILY_H, run: float = DAILY_RUN_H, missed: float = 0) -> float:
    """Age of a value just before the next one replaces it.

    Args:
        period: Hours between runs.
        run: Hours from the cut of the data to the load.
        missed: Runs in a row that fail.
    """
    return run + period * (1 + missed)


TTL_H = assumed(24, "hours", "a TTL that looks right for a daily job")


def expired_percent(ttl: float = TTL_H, missed: float = 0) -> float:
    """Per cent of the last cycle's reads that find a value too old, ages being uniform in it.

    Args:
        ttl: Hours that a value stays valid.
        missed: Runs in a row that fail.
    """
    worst = worst_age_hours(missed=missed)
    return 100 * min(max(worst - ttl, 0) / DAILY_H, 1)


def user_writes_per_s(hours: float = DAILY_RUN_H) -> float:
    """Writes a second if all monthly users are loaded within a daily job.

    Args:
        hours: That the load may take.
    """
    return feed.MONTHLY_USERS / (hours * 3_600)


# --------------------------------------------------------------------------- late events

PROMPT_S = assumed(5, "seconds", "mean delay of an event from a phone that is online")
OFFLINE = assumed(0.05, "of events", "come from phones that were offline")


def offline_minutes() -> float:
    """Mean delay of an offline phone's event, so that the data step's share is over an hour."""
    return -60 / math.log(data.LATE_SHARE / OFFLINE)


def arrived(minutes: float) -> float:
    """Share of events that have arrived so long after they happened.

    Args:
        minutes: Since the event.
    """
    prompt = math.exp(-60 * minutes / PROMPT_S)
    return 1 - (1 - OFFLINE) * prompt - OFFLINE * math.exp(-minutes / offline_minutes())


def missing_percent(window_minutes: float = 60) -> float:
    """Per cent of a trailing counter that has not arrived when it is read.

    Args:
        window_minutes: The counter's window.
    """
    mean = offline_minutes()
    prompt = (1 - OFFLINE) * PROMPT_S / 60
    offline = OFFLINE * mean * (1 - math.exp(-window_minutes / mean))
    return 100 * (prompt + offline) / window_minutes


# --------------------------------------------------------------------------- size


def requested_keys() -> float:
    """Keys of one request that reach the store."""
    return feed.feature_keys_per_s() / feed.peak_qps()


CACHED_BETTER = assumed(0.9, "of a candidate's keys", "if caches were twice as tight")


def reads_with_better_cache(hits: float = CACHED_BETTER) -> float:
    """Keys a second at the peak if more of them are found in local caches.

    Args:
        hits: Share of a candidate's keys.
    """
    keys = feed.FEATURE_KEYS_PER_USER + feed.FEATURE_KEYS_PER_CANDIDATE * feed.RANKED * (1 - hits)
    return feed.peak_qps() * keys


def partitions() -> float:
    """Parts of the keys, each with all its copies."""
    return math.floor(feed.feature_machines() / feed.REPLICAS)


def machines_asked() -> float:
    """Machines that one request asks, its keys being spread at random."""
    parts = partitions()
    return parts * (1 - (1 - 1 / parts) ** requested_keys())


def touched_percent() -> float:
    """Per cent of requests that ask one given partition."""
    return 100 * machines_asked() / partitions()


def any_late_percent(late: float = 0.01) -> float:
    """Per cent of requests for which at least one machine is late.

    Args:
        late: Share of answers of one machine that are.
    """
    return 100 * (1 - (1 - late) ** machines_asked())


def machine_quantile_percent(requests: float = 0.99) -> float:
    """Per cent of one machine's answers that must be in time.

    Args:
        requests: Share of requests for which all machines asked are to be.
    """
    return 100 * math.pow(requests, 1 / machines_asked())


def slot() -> LatencyBudget:
    """The feed's slot for its candidates' features, split among its stages."""
    return (
        LatencyBudget(feed.stage_ms("Feature fetch"))
        .stage("Build the keys, ask the local cache", 1)
        .stage(f"To {machines_asked():.0f} machines and back", 5)
        .stage("Hedge for those that have not answered", 5)
        .stage("Decode; defaults and flags for the rest", 2)
    )


def slot_rows() -> list[list[str]]:
    """That slot as a table."""
    rows = slot().rows()
    rows[0][1] = "Limit (ms)"
    return rows


def hedged_gap_percent(late: float = 0.01) -> float:
    """Per cent of requests that lack something, a hedge being late as often as a first answer.

    Args:
        late: Share of answers of one machine that are.
    """
    return any_late_percent(late**2)


CACHE_S = assumed(60, "seconds", "that a local cache keeps a candidate's features")


def cache_age_seconds(expiry: float = CACHE_S) -> float:
    """Mean age that a cache adds to the values of a key that is read all the time.

    Args:
        expiry: Seconds that an entry is kept.
    """
    return expiry / 2


def disk_machines() -> float:
    """Machines if every key were read from SSD, reads being what they wait for."""
    return machines(feed.feature_keys_per_s(), feed.DOCUMENTS_PER_S, feed.LOAD_TARGET, feed.SPARE)


def disk_reads_per_s() -> float:
    """Keys a second up to which SSDs need no more machines than memory does."""
    usable = feed.DOCUMENTS_PER_S * feed.LOAD_TARGET / (1 + feed.SPARE)
    return feed.feature_machines() * usable


KEYS_PER_EVENT = assumed(3, "keys an event", "the post's, the user's, and the pair's or the filter")


def writes_per_s() -> float:
    """Keys written a second at the peak, in all copies."""
    return feed.events_per_s() * KEYS_PER_EVENT * feed.REPLICAS


def machines_for_load() -> float:
    """Machines that reads and writes need together, a write costing what a read does."""
    load = feed.feature_keys_per_s() + writes_per_s()
    return machines(load, feed.FEATURE_KEYS_PER_S, feed.LOAD_TARGET, feed.SPARE)


def hot_key_percent() -> float:
    """Per cent of one machine's reads that a key takes if every request asks for it."""
    return 100 * feed.peak_qps() / feed.FEATURE_KEYS_PER_S


def store_dollars() -> float:
    """Dollars a month of the online store."""
    return monthly_cost(feed.feature_machines(), feed.CPU_PRICE)


def store_share() -> float:
    """The online store's part of the feed's bill."""
    return store_dollars() / feed.cost_per_month()


def memory_per_machine_gb() -> float:
    """Features on one machine."""
    return feed.online_features_bytes() / feed.feature_machines() / 1e9


def ttl_saves_dollars(share: float = 0.5) -> float:
    """Dollars a month that fewer bytes save, since bytes set the number of machines.

    Args:
        share: Of the pair counters that a shorter TTL drops.
    """
    left = feed.online_features_bytes() - share * feed.REPLICAS * feed.pair_counter_bytes()
    needed = math.ceil(left / (feed.MACHINE_MEMORY_BYTES * feed.MEMORY_TARGET))
    return monthly_cost(feed.feature_machines() - needed, feed.CPU_PRICE)


# --------------------------------------------------------------------------- log or recompute


AUDIT_DAYS = assumed(7, "days", "that the log of compared rows is kept")


def audit_bytes_per_day() -> float:
    """Bytes a day to log every candidate of the compared requests as it was scored."""
    return monitor.compared_rows_per_day() * feed.EXAMPLE_BYTES


def audit_dollars() -> float:
    """Dollars a month to keep them, at the feed's price of storage."""
    return audit_bytes_per_day() * AUDIT_DAYS / 1e9 * feed.STORAGE_PRICE


LONG_WINDOW_DAYS = assumed(90, "days", "the longest window of a counter, as in the feed")


def history_needed_days() -> float:
    """Days of events that a backfill of the longest counter reads."""
    return LONG_WINDOW_DAYS + data.TRAIN_DAYS


BACKFILL_MACHINES = assumed(100, "machines", "borrowed for one backfill")


def backfill_hours(days: float | None = None) -> float:
    """Hours in which they replay so many days of events.

    Args:
        days: Of events; the longest counter's where none is given.
    """
    span = history_needed_days() if days is None else days
    return span * data.events_per_day() / (BACKFILL_MACHINES * feed.EVENTS_PER_S) / 3_600


def backfill_dollars() -> float:
    """Dollars for these machines while they replay."""
    return BACKFILL_MACHINES * backfill_hours() * feed.CPU_PRICE


def wait_days() -> float:
    """Days until a feature that is logged from today fills the training window, labels final."""
    return data.TRAIN_DAYS + data.LABEL_DAYS


# --------------------------------------------------------------------------- detectors

MISMATCH = assumed(0.001, "of rows", "that may differ, as with a rare race of two writes")


def rows_to_exclude(share: float = MISMATCH) -> float:
    """Equal rows without a difference that exclude a larger share at 95 %.

    Args:
        share: The share to exclude.
    """
    return math.ceil(math.log(0.05) / math.log(1 - share))


SLICE_ROWS = assumed(10_000, "rows an hour", "compared in one slice")


def default_alarm_percent(usual: float | None = None, rows: float = SLICE_ROWS) -> float:
    """Share of defaults in an hour that chance passes less than once in 700 hours.

    Args:
        usual: The share in training rows; that of late reads where none is given.
        rows: Compared.
    """
    share = data.UNREAD_SHARE if usual is None else usual
    return 100 * (share + 3 * math.sqrt(share * (1 - share) / rows))


# --------------------------------------------------------------------------- what a skew costs

REQUESTS = assumed(2_000, "requests", "simulated, with a fixed seed")
CANDIDATES = assumed(20, "candidates", "of which the best-scored one is shown")
SKEWED = assumed(0.05, "of rows", "as when one server in twenty has the fault")
ALIKE = assumed(0.8, "correlation", "of a stale value with the present one")
BIAS = assumed(-3.5, "log-odds", "of a candidate with two average features")
WEIGHT = assumed(1.0, "log-odds", "for each standard deviation of the feature that is skewed")
OTHER_WEIGHT = assumed(0.7, "log-odds", "for each of the other one")
KINDS = (
    "None",
    "Default in 5 %",
    "Other entity in 5 %",
    "Sign flipped in 5 %",
    "log2 for ln, all rows",
    "Stale, all rows",
    "Stale, but trained so",
)
# Three nodes and weights that integrate over a normal distribution.
NODES = ((-math.sqrt(3), 1 / 6), (0.0, 2 / 3), (math.sqrt(3), 1 / 6))


def _odds(score: float) -> float:
    return 1 / (1 + math.exp(-score))


def _score(value: float, other: float) -> float:
    """What the model says that was trained on present values."""
    return _odds(BIAS + WEIGHT * value + OTHER_WEIGHT * other)


def _score_of_stale(value: float, other: float) -> float:
    """What the model says that was trained on values as old as those that are served."""
    spread = math.sqrt(1 - ALIKE**2)
    return math.fsum(
        weight * _score(ALIKE * value + spread * node, other) for node, weight in NODES
    )


def _uniforms(count: int, seed: int = 20_261_121) -> Iterator[float]:
    # Park and Miller's minimal standard generator: short, and the same on every machine.
    state = seed
    for _ in range(count):
        state = 16_807 * state % 2_147_483_647
        yield state / 2_147_483_647


@lru_cache
def _world() -> list[tuple[float, float, float, float, float]]:
    """Rows: the skewed feature, another one, two draws of luck, and the true rate."""
    draws = _uniforms(4 * int(REQUESTS * CANDIDATES))
    rows = []
    for a, b, c, draw in zip(draws, draws, draws, draws, strict=True):
        first, second, luck = (_NORMAL.inv_cdf(each) for each in (a, b, c))
        rows.append((first, second, luck, draw, _score(first, second)))
    return rows


def _served(kind: str, value: float, luck: float, draw: float) -> float:
    """What serving reads where training saw `value`."""
    if kind.startswith("Stale"):
        return ALIKE * value + math.sqrt(1 - ALIKE**2) * luck
    if kind == "log2 for ln, all rows":
        return value / math.log(2)
    if kind == "None" or draw >= SKEWED:
        return value
    return {"Default in 5 %": 0.0, "Other entity in 5 %": luck, "Sign flipped in 5 %": -value}[kind]


@lru_cache
def outcome(kind: str) -> dict[str, float]:
    """AUC, calibration ratio, value of what is shown, PSI and mismatches of one kind of skew."""
    rows = _world()
    given = [_served(kind, first, luck, draw) for first, _, luck, draw, _ in rows]
    score = _score_of_stale if kind == "Stale, but trained so" else _score
    scores = [score(value, row[1]) for value, row in zip(given, rows, strict=True)]
    true = [row[4] for row in rows]
    size = int(CANDIDATES)
    best = [
        max(range(at, at + size), key=lambda place: scores[place])
        for at in range(0, len(rows), size)
    ]
    return {
        "auc": _auc([(s, p, 1 - p) for s, p in zip(scores, true, strict=True)]),
        "ratio": math.fsum(scores) / math.fsum(true),
        "value": math.fsum(true[at] for at in best) / len(best),
        "psi": population_stability_index(_histogram([row[0] for row in rows]), _histogram(given)),
        "mismatch": sum(a != row[0] for a, row in zip(given, rows, strict=True)) / len(rows),
    }


def _histogram(values: list[float]) -> list[int]:
    """Counts in ten bins that are equally full when nothing is skewed."""
    counts = [0] * 10
    for value in values:
        counts[int(10 * _NORMAL.cdf(value))] += 1
    return counts


def lost_percent(kind: str = "Stale, all rows") -> float:
    """Per cent of the shown items' value that a skew loses.

    Args:
        kind: One of `KINDS`.
    """
    return 100 * (1 - outcome(kind)["value"] / outcome("None")["value"])


def psi_limit() -> float:
    """PSI that chance passes once in a hundred comparisons of so many rows."""
    return float(monitor.psi_noise(REQUESTS * CANDIDATES))


def skew_rows() -> list[list[str]]:
    """What each skew does, and which of two alarms sees it."""
    rows = [["Skew of one feature", "Value", "PSI", "Predicted/true", "AUC", "Rows that differ"]]
    for kind in KINDS:
        found = outcome(kind)
        rows.append(
            [
                kind,
                f"{-lost_percent(kind):+.1f} %" if kind != "None" else "",
                f"{found['psi']:.4f}",
                f"{found['ratio']:.2f}",
                f"{found['auc']:.3f}",
                f"{100 * found['mismatch']:.0f} %",
            ]
        )
    return rows


# --------------------------------------------------------------------------- whether to have one

GLUE = assumed(0.3, "engineers", "a team that serves models keeps busy with feature plumbing")
BUILT = assumed(4, "engineers", "to build and run a store of one's own")
BOUGHT = assumed(2, "engineers", "to run a managed one, its fee included as their equal")
LEFT = assumed(0.1, "engineers", "of plumbing that a team keeps all the same")


def teams_to_pay(platform: float = BUILT) -> float:
    """Teams from which a platform costs less than the plumbing it saves.

    Args:
        platform: Engineers, or their equal in fees.
    """
    return math.ceil(platform / (GLUE - LEFT))
