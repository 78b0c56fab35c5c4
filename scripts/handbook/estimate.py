"""The arithmetic behind the chapters: quantities with a source, and the estimates everyone makes.

A chapter's `estimate.py` is plain functions with units in their names. Its inputs are module
constants made by `assumed`, `sourced` or `measured`, and serve as default parameters, so that
`f()` is the chapter's number and `f(other)` answers "what if":

    DAILY_USERS = assumed(500e6, "users", "a large network's daily audience")

    def average_qps(daily_users: float = DAILY_USERS) -> float:
        '''Average feed requests a second.'''
        return qps(daily_users, 10)

Sizes are decimal (1 GB = 10^9 bytes), as disks, networks and cloud bills count them.
"""

from __future__ import annotations

import difflib
import hashlib
import math
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from handbook import sandbox
from handbook.project import Project, find_project
from handbook.report import HandbookError, Problem

Kind = Literal["assumed", "sourced", "measured"]

THOUSAND, MILLION, BILLION, TRILLION = 1e3, 1e6, 1e9, 1e12
KB, MB, GB, TB, PB, EB = 1e3, 1e6, 1e9, 1e12, 1e15, 1e18
KIB, MIB, GIB, TIB = 2.0**10, 2.0**20, 2.0**30, 2.0**40
MS_PER_SECOND = 1e3
SECONDS_PER_MINUTE, SECONDS_PER_HOUR, SECONDS_PER_DAY = 60.0, 3_600.0, 86_400.0
MINUTES_PER_HOUR = 60.0
HOURS_PER_DAY, DAYS_PER_WEEK, DAYS_PER_MONTH, DAYS_PER_YEAR = 24.0, 7.0, 30.0, 365.0
HOURS_PER_MONTH = 730.0
SECONDS_PER_MONTH, SECONDS_PER_YEAR = 30 * SECONDS_PER_DAY, 365 * SECONDS_PER_DAY
FLOAT32_BYTES, FLOAT16_BYTES, INT8_BYTES = 4.0, 2.0, 1.0
INT32_BYTES, INT64_BYTES = 4.0, 8.0


# --------------------------------------------------------------------------- quantities


class Quantity(float):
    """A number that knows its unit and where it comes from; arithmetic on it gives plain floats.

    Attributes:
        unit: What it counts, as written after the number: `users`, `ms`, `bytes`.
        kind: `assumed`, `sourced` or `measured`.
        note: Why it is assumed so, the title of its source, or how it was measured.
        url: Where the source is; empty where there is none.
        accessed: The day the source was read, or the measurement made; empty where unknown.
    """

    unit: str
    kind: Kind
    note: str
    url: str
    accessed: str

    def __new__(
        cls,
        value: float,
        unit: str = "",
        kind: Kind = "assumed",
        note: str = "",
        url: str = "",
        accessed: str = "",
    ) -> Quantity:
        """Makes a quantity; authors use `assumed`, `sourced` or `measured`."""
        self = super().__new__(cls, value)
        self.unit, self.kind, self.note, self.url, self.accessed = unit, kind, note, url, accessed
        return self

    def __reduce__(self) -> tuple[type[Quantity], tuple[float, str, Kind, str, str, str]]:
        fields = (self.unit, self.kind, self.note, self.url, self.accessed)
        return type(self), (float(self), *fields)


def assumed(value: float, unit: str, why: str) -> Quantity:
    """Returns a quantity that the chapter assumes.

    Args:
        value: The number.
        unit: What it counts, such as `users` or `ms`.
        why: Why it is a fair assumption, in one phrase.

    Raises:
        ValueError: `why` is empty, or `value` is not a finite number.
    """
    return Quantity(_finite(value), unit, "assumed", _said("why", why))


def sourced(value: float, unit: str, url: str, title: str, accessed: str) -> Quantity:
    """Returns a quantity that somebody published.

    Args:
        value: The number.
        unit: What it counts.
        url: Where it is published; http or https.
        title: What the source calls itself, with its year.
        accessed: The day it was read, as `2026-11-20`.

    Raises:
        ValueError: The address is not http or https, a text is empty, or the day is no date.
    """
    if not url.startswith(("https://", "http://")):
        raise ValueError(f"sourced: url must start with https://, got {url!r}")
    return Quantity(_finite(value), unit, "sourced", _said("title", title), url, _day(accessed))


def measured(value: float, unit: str, how: str, when: str = "", url: str = "") -> Quantity:
    """Returns a quantity that a lab or a benchmark of ours measured.

    Args:
        value: The number.
        unit: What it counts.
        how: What was run, and on which machine.
        when: The day, as `2026-11-20`; empty where it does not matter.
        url: Where the measurement is stored; empty where it is this chapter's lab.

    Raises:
        ValueError: `how` is empty, or the day is no date.
    """
    return Quantity(
        _finite(value), unit, "measured", _said("how", how), url, _day(when) if when else ""
    )


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError(f"a quantity must be a finite number, got {value}")
    return float(value)


def _said(name: str, text: str) -> str:
    if not text.strip():
        raise ValueError(f"a quantity needs its {name!r} in words")
    return text.strip()


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError(f"expected a day such as 2026-11-20, got {text!r}") from None


# --------------------------------------------------------------------------- load and size


def qps(daily_users: float, requests_per_user_per_day: float = 1.0) -> float:
    """Average requests a second.

    Args:
        daily_users: Users on one day.
        requests_per_user_per_day: Requests each of them makes.
    """
    return daily_users * requests_per_user_per_day / SECONDS_PER_DAY


def peak_qps(average_qps: float, peak_to_average: float) -> float:
    """Requests a second in the busiest minutes.

    Args:
        average_qps: Average requests a second over a day.
        peak_to_average: How many times the average the peak is; at least 1.

    Raises:
        ValueError: The ratio is below 1.
    """
    if peak_to_average < 1:
        raise ValueError(f"a peak is at least the average, got a ratio of {peak_to_average:g}")
    return average_qps * peak_to_average


def in_flight(requests_per_second: float, latency_ms: float) -> float:
    """Requests in the system at once.

    Little's law, L = lambda W: J. D. C. Little, "A Proof for the Queuing Formula", Operations
    Research 9(3), 1961, https://doi.org/10.1287/opre.9.3.383.

    Args:
        requests_per_second: Arrival rate.
        latency_ms: Mean time a request spends in the system.
    """
    return requests_per_second * latency_ms / MS_PER_SECOND


def machines(
    peak_requests_per_second: float,
    requests_per_second_per_machine: float,
    utilization: float = 1.0,
    spare: float = 0.0,
) -> int:
    """Machines that carry a peak, rounded up.

    Args:
        peak_requests_per_second: The load at the peak.
        requests_per_second_per_machine: What one machine carries when full.
        utilization: The share of that which is used at the peak, above 0 and at most 1.
        spare: The share added on top, for losing a zone or for a rollout; 0.5 covers one of three.

    Raises:
        ValueError: A rate or the utilization is out of range.
    """
    if requests_per_second_per_machine <= 0 or not 0 < utilization <= 1 or spare < 0:
        raise ValueError("machines: a rate above 0, utilization in (0, 1] and spare of at least 0")
    needed = peak_requests_per_second / (requests_per_second_per_machine * utilization)
    # Float noise must not buy a machine: 10.000000000000002 is ten.
    return math.ceil(round(needed * (1 + spare), 9))


def storage_bytes(
    items: float, bytes_per_item: float, replicas: float = 1.0, days: float = 1.0
) -> float:
    """Bytes on disk.

    Args:
        items: Items stored, or items a day where `days` is given.
        bytes_per_item: Bytes of one.
        replicas: Copies kept of each.
        days: Days of items kept.
    """
    return items * bytes_per_item * replicas * days


def embedding_bytes(
    rows: float, dimensions: float, bytes_per_value: float = FLOAT32_BYTES
) -> float:
    """Bytes of a table of vectors, without any index.

    Args:
        rows: Vectors.
        dimensions: Values in each.
        bytes_per_value: 4 for float32, 2 for float16, 1 for int8.
    """
    return rows * dimensions * bytes_per_value


def hnsw_bytes(
    vectors: float, dimensions: float, links: float = 32, bytes_per_value: float = FLOAT32_BYTES
) -> float:
    """Bytes of a graph index (HNSW): the vectors, and two times `links` neighbours of 4 bytes.

    The rule (d * 4 + M * 2 * 4) bytes a vector is from Faiss, "Guidelines to choose an index",
    https://github.com/facebookresearch/faiss/wiki/Guidelines-to-choose-an-index; the upper
    layers, a few per cent, are left out.

    Args:
        vectors: Vectors in the index.
        dimensions: Values in each.
        links: M, neighbours of a vector in the upper layers; the lowest keeps twice as many.
        bytes_per_value: 4 for float32, 2 for float16, 1 for int8.
    """
    return vectors * (dimensions * bytes_per_value + links * 2 * INT32_BYTES)


def ivf_pq_bytes(vectors: float, code_bytes: float, id_bytes: float = INT64_BYTES) -> float:
    """Bytes of an inverted-file index with product-quantised codes (IVF-PQ), without centroids.

    H. Jegou, M. Douze, C. Schmid, "Product Quantization for Nearest Neighbor Search", IEEE TPAMI
    33(1), 2011, https://doi.org/10.1109/TPAMI.2010.57.

    Args:
        vectors: Vectors in the index.
        code_bytes: Bytes of one code.
        id_bytes: Bytes of one identifier.
    """
    return vectors * (code_bytes + id_bytes)


# --------------------------------------------------------------------------- compute and cost


def dense_parameters(*widths: float) -> float:
    """Parameters of a stack of dense layers, weights and biases.

    Args:
        *widths: Width of the input, of every hidden layer and of the output, in order.

    Raises:
        ValueError: Fewer than two widths.
    """
    if len(widths) < 2:
        raise ValueError("dense_parameters needs an input and an output width")
    return float(sum((a + 1) * b for a, b in pairwise(widths)))


def training_flops(parameters: float, examples: float) -> float:
    """Floating-point operations to train a dense network: 6 for each parameter and example.

    Two forward and four backward: J. Kaplan et al., "Scaling Laws for Neural Language Models",
    2020, https://arxiv.org/abs/2001.08361, section 2.1. Attention and embedding lookups are not
    in it.

    Args:
        parameters: Parameters each example passes through.
        examples: Examples (tokens, for a language model), times epochs.
    """
    return 6 * parameters * examples


def inference_flops(parameters: float, examples: float = 1.0) -> float:
    """Floating-point operations of a forward pass: 2 for each parameter and example.

    Kaplan et al., 2020 (see `training_flops`).

    Args:
        parameters: Parameters each example passes through.
        examples: Examples, or tokens.
    """
    return 2 * parameters * examples


def device_hours(flops: float, peak_flops_per_second: float, utilization: float) -> float:
    """Hours that one accelerator needs.

    Args:
        flops: Operations in all.
        peak_flops_per_second: What its data sheet says, for the number format in use.
        utilization: The share of the peak that is reached, above 0 and at most 1.

    Raises:
        ValueError: The utilization is out of range.
    """
    if not 0 < utilization <= 1:
        raise ValueError(f"utilization must be above 0 and at most 1, got {utilization:g}")
    return flops / (peak_flops_per_second * utilization) / SECONDS_PER_HOUR


def kv_cache_bytes(
    tokens: float,
    layers: float,
    kv_heads: float,
    head_dimensions: float,
    bytes_per_value: float = FLOAT16_BYTES,
) -> float:
    """Bytes of keys and values that a decoder keeps for `tokens` tokens.

    R. Pope et al., "Efficiently Scaling Transformer Inference", 2022,
    https://arxiv.org/abs/2211.05102, section 3.3.

    Args:
        tokens: Tokens in all sequences at once.
        layers: Layers of the decoder.
        kv_heads: Heads that keep keys and values (fewer than query heads under grouped queries).
        head_dimensions: Values in one head.
        bytes_per_value: 2 for float16 and bfloat16, 1 for 8-bit.
    """
    return 2 * tokens * layers * kv_heads * head_dimensions * bytes_per_value


def monthly_cost(
    machine_count: float, price_per_hour: float, hours: float = HOURS_PER_MONTH
) -> float:
    """Cost a month of machines that run all the time, in the currency of the price.

    Args:
        machine_count: Machines.
        price_per_hour: Price of one for an hour.
        hours: Hours billed a month; 730 is 8,760 / 12, as cloud price lists count.
    """
    return machine_count * price_per_hour * hours


def cost_per_thousand(
    cost_per_month: float, average_qps: float, hours: float = HOURS_PER_MONTH
) -> float:
    """Cost of a thousand requests, in the currency of the cost.

    Args:
        cost_per_month: What the month costs.
        average_qps: Average requests a second.
        hours: Hours in the month; the same as in `monthly_cost`.
    """
    return cost_per_month / (average_qps * hours * SECONDS_PER_HOUR) * THOUSAND


def transfer_seconds(size_bytes: float, bits_per_second: float) -> float:
    """Seconds to move bytes over a link that is otherwise idle.

    Args:
        size_bytes: What is moved.
        bits_per_second: Bandwidth, in bits as links are sold.
    """
    return size_bytes * 8 / bits_per_second


# --------------------------------------------------------------------------- statistics


def sample_size_per_arm(
    baseline_rate: float, relative_lift: float, alpha: float = 0.05, power: float = 0.8
) -> int:
    """Users in each arm of a test that compares two rates, two-sided, rounded up.

    The usual normal approximation with unpooled variances: J. L. Fleiss, B. Levin, M. C. Paik,
    "Statistical Methods for Rates and Proportions", 3rd edition, 2003, chapter 4,
    https://doi.org/10.1002/0471445428.

    Args:
        baseline_rate: Rate in the control arm, between 0 and 1.
        relative_lift: Smallest relative change worth finding; 0.01 is 1 %.
        alpha: Probability of a false alarm.
        power: Probability of finding the change if it is there.

    Raises:
        ValueError: A rate is outside (0, 1) or the lift is zero.
    """
    treated = baseline_rate * (1 + relative_lift)
    if not (0 < baseline_rate < 1 and 0 < treated < 1 and relative_lift):
        raise ValueError("sample_size_per_arm: both rates between 0 and 1 and a lift other than 0")
    variance = baseline_rate * (1 - baseline_rate) + treated * (1 - treated)
    return math.ceil(_z(alpha, power) ** 2 * variance / (treated - baseline_rate) ** 2)


def sample_size_mean_per_arm(
    standard_deviation: float, difference: float, alpha: float = 0.05, power: float = 0.8
) -> int:
    """Users in each arm of a test that compares two means, two-sided, rounded up.

    With power 0.8 and alpha 0.05 it is the "16 sigma^2 / delta^2" rule: G. van Belle, "Statistical
    Rules of Thumb", 2nd edition, 2008, chapter 2, https://doi.org/10.1002/9780470377963.

    Args:
        standard_deviation: Of the metric, between users.
        difference: Smallest absolute change worth finding, in the metric's unit.
        alpha: Probability of a false alarm.
        power: Probability of finding the change if it is there.

    Raises:
        ValueError: The difference is zero.
    """
    if not difference:
        raise ValueError("sample_size_mean_per_arm: a difference other than 0")
    return math.ceil(2 * (_z(alpha, power) * standard_deviation / difference) ** 2)


def _z(alpha: float, power: float) -> float:
    if not (0 < alpha < 1 and 0 < power < 1):
        raise ValueError("alpha and power must be between 0 and 1")
    return normal_quantile(1 - alpha / 2) + normal_quantile(power)


def normal_quantile(probability: float) -> float:
    """Value below which a standard normal variable lies with a probability, to 16 digits.

    Plain arithmetic, so that calculators can run it in a browser: M. J. Wichura, "Algorithm AS 241:
    The Percentage Points of the Normal Distribution", Applied Statistics 37(3), 1988,
    https://doi.org/10.2307/2347330, the routine PPND16.

    Args:
        probability: Above 0 and below 1.

    Raises:
        ValueError: The probability is out of range.
    """
    if not 0 < probability < 1:
        raise ValueError(f"a probability between 0 and 1, got {probability:g}")
    offset = probability - 0.5
    if abs(offset) <= 0.425:
        return offset * _central(0.180625 - offset * offset)
    tail = probability if offset < 0 else 1 - probability
    distance = math.sqrt(-math.log(tail))
    found = _near_tail(distance - 1.6) if distance <= 5 else _far_tail(distance - 5)
    return -found if offset < 0 else found


def _central(r: float) -> float:
    top = 3.3430575583588128105e4 + r * 2.5090809287301226727e3
    top = 4.5921953931549871457e4 + r * (6.7265770927008700853e4 + r * top)
    top = 1.9715909503065514427e3 + r * (1.3731693765509461125e4 + r * top)
    top = 3.3871328727963666080 + r * (1.3314166789178437745e2 + r * top)
    low = 2.8729085735721942674e4 + r * 5.2264952788528545610e3
    low = 2.1213794301586595867e4 + r * (3.9307895800092710610e4 + r * low)
    low = 6.8718700749205790830e2 + r * (5.3941960214247511077e3 + r * low)
    return top / (1 + r * (4.2313330701600911252e1 + r * low))


def _near_tail(r: float) -> float:
    top = 2.27238449892691845833e-2 + r * 7.74545014278341407640e-4
    top = 1.27045825245236838258 + r * (2.41780725177450611770e-1 + r * top)
    top = 5.76949722146069140550 + r * (3.64784832476320460504 + r * top)
    top = 1.42343711074968357734 + r * (4.63033784615654529590 + r * top)
    low = 5.47593808499534494600e-4 + r * 1.05075007164441684324e-9
    low = 1.48103976427480074590e-1 + r * (1.51986665636164571966e-2 + r * low)
    low = 1.67638483018380384940 + r * (6.89767334985100004550e-1 + r * low)
    return top / (1 + r * (2.05319162663775882187 + r * low))


def _far_tail(r: float) -> float:
    top = 2.71155556874348757815e-5 + r * 2.01033439929228813265e-7
    top = 2.65321895265761230930e-2 + r * (1.24266094738807843860e-3 + r * top)
    top = 1.78482653991729133580 + r * (2.96560571828504891230e-1 + r * top)
    top = 6.65790464350110377720 + r * (5.46378491116411436990 + r * top)
    low = 1.42151175831644588870e-7 + r * 2.04426310338993978564e-15
    low = 7.86869131145613259100e-4 + r * (1.84631831751005468180e-5 + r * low)
    low = 1.36929880922735805310e-1 + r * (1.48753612908506148525e-2 + r * low)
    return top / (1 + r * (5.99832206555887937690e-1 + r * low))


def any_slow(slow_share: float, calls: float) -> float:
    """Probability that at least one of several parallel calls is slow.

    J. Dean, L. A. Barroso, "The Tail at Scale", CACM 56(2), 2013,
    https://doi.org/10.1145/2408776.2408794: one call in 100 slow and 100 calls make 63 % slow.

    Args:
        slow_share: Share of single calls that are slow; 0.01 at the p99. Calls are independent.
        calls: Calls that a request waits for.
    """
    return 1 - math.pow(1 - slow_share, calls)


def amdahl_speedup(share: float, speedup: float) -> float:
    """Speedup of the whole where only a share of it gets faster.

    G. M. Amdahl, "Validity of the Single Processor Approach to Achieving Large Scale Computing
    Capabilities", AFIPS 1967, https://doi.org/10.1145/1465482.1465560.

    Args:
        share: Share of the time that gets faster, between 0 and 1.
        speedup: How many times faster that share gets.
    """
    return 1 / ((1 - share) + share / speedup)


# --------------------------------------------------------------------------- latency


@dataclass(frozen=True)
class LatencyStage:
    """One line of a budget.

    Attributes:
        name: What happens.
        p99_ms: What it may take; the slowest branch where there are several.
        branches: Parallel branches by name; empty for a plain stage.
    """

    name: str
    p99_ms: float
    branches: tuple[tuple[str, float], ...] = ()


class LatencyBudget:
    """A p99 target split over the stages of a request; refuses stages that do not fit.

    Stages are limits given to their owners and add up; parallel branches count as their maximum.
    Percentiles themselves do not add: the p99 of a sum is usually below the sum of the p99s.

    Attributes:
        total_ms: The target for the whole request.
    """

    def __init__(self, total_ms: float) -> None:
        if total_ms <= 0:
            raise ValueError(f"a latency budget must be above 0 ms, got {total_ms:g}")
        self.total_ms = float(total_ms)
        self._stages: list[LatencyStage] = []

    def stage(self, name: str, p99_ms: float) -> LatencyBudget:
        """Adds a stage and returns the budget, so that calls chain.

        Args:
            name: What happens; unique in the budget.
            p99_ms: The milliseconds it may take at the 99th percentile.

        Raises:
            ValueError: The stages together exceed the budget, or the name is taken.
        """
        return self._add(LatencyStage(name, float(p99_ms)))

    def parallel(
        self, name: str, named: Mapping[str, float] | None = None, /, **branches: float
    ) -> LatencyBudget:
        """Adds branches that run at the same time; they cost what the slowest costs.

        Args:
            name: What they do together; unique in the budget.
            named: Milliseconds by branch, for names that are no identifiers.
            **branches: Milliseconds by branch; underscores read as spaces.

        Raises:
            ValueError: There is no branch, the budget is exceeded, or the name is taken.
        """
        every = dict(named or {}) | {key.replace("_", " "): ms for key, ms in branches.items()}
        if not every:
            raise ValueError(f"parallel stage {name!r} has no branch")
        pairs = tuple((key, float(ms)) for key, ms in every.items())
        return self._add(LatencyStage(name, max(ms for _, ms in pairs), pairs))

    def _add(self, stage: LatencyStage) -> LatencyBudget:
        if any(stage.name == other.name for other in self._stages):
            raise ValueError(f"latency budget has two stages called {stage.name!r}")
        if any(ms < 0 for _, ms in (*stage.branches, ("", stage.p99_ms))):
            raise ValueError(f"latency of stage {stage.name!r} is below 0 ms")
        over = self.used_ms + stage.p99_ms - self.total_ms
        if over > 1e-9:
            raise ValueError(
                f"stage {stage.name!r} ({stage.p99_ms:g} ms) takes the request to "
                f"{self.used_ms + stage.p99_ms:g} ms, {over:g} ms over the budget of "
                f"{self.total_ms:g} ms"
            )
        self._stages.append(stage)
        return self

    @property
    def stages(self) -> tuple[LatencyStage, ...]:
        """The stages in order."""
        return tuple(self._stages)

    @property
    def used_ms(self) -> float:
        """What the stages take together, parallel branches as their maximum."""
        return math.fsum(stage.p99_ms for stage in self._stages)

    @property
    def slack_ms(self) -> float:
        """What is left of the budget."""
        return self.total_ms - self.used_ms

    def stage_ms(self, name: str) -> float:
        """Returns what a stage or a parallel branch may take, in milliseconds.

        Args:
            name: The stage's or the branch's name.

        Raises:
            ValueError: There is none of that name.
        """
        every = {stage.name: stage.p99_ms for stage in self._stages}
        for stage in self._stages:
            every = dict(stage.branches) | every
        if name not in every:
            raise ValueError(f"latency budget has no stage {name!r}{did_you_mean(name, every)}")
        return every[name]

    def rows(self, spec: str = ",.0f") -> list[list[str]]:
        """Returns the budget as a table, header first, for `table(...)` in a chapter.

        Args:
            spec: Format of a number of milliseconds.
        """
        rows = [["Stage", "p99 (ms)", "Running total (ms)"]]
        total = 0.0
        for stage in self._stages:
            total += stage.p99_ms
            rows += [[f"{stage.name}: {key}", format(ms, spec), ""] for key, ms in stage.branches]
            name = f"{stage.name} (the slowest counts)" if stage.branches else stage.name
            rows.append([name, format(stage.p99_ms, spec), format(total, spec)])
        rows.append(["Slack", format(self.slack_ms, spec), format(self.total_ms, spec)])
        return rows


# --------------------------------------------------------------------------- words


def si(value: float, unit: str = "", digits: int = 3) -> str:
    """Returns a number with an SI prefix: `si(2.56e12, "B")` is `2.56 TB`.

    Args:
        value: The number, in the plain unit.
        unit: The unit's symbol.
        digits: Significant digits.
    """
    if value == 0:
        return f"0 {unit}".rstrip()
    prefixes = ("", "k", "M", "G", "T", "P", "E")
    rounded = float(f"{value:.{digits - 1}e}")
    step = min(max(int(math.floor(math.log10(abs(rounded)) + 1e-12) // 3), 0), len(prefixes) - 1)
    scaled = rounded / 1000**step
    whole = len(str(int(abs(scaled)))) if abs(scaled) >= 1 else 0
    text = f"{scaled:,.{max(digits - whole, 0)}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{text} {prefixes[step]}{unit}".rstrip()


def count(value: float, digits: int = 3) -> str:
    """Returns a number in words: `count(2e9)` is `2 billion`.

    Args:
        value: The number.
        digits: Significant digits.
    """
    for size, word in ((TRILLION, "trillion"), (BILLION, "billion"), (MILLION, "million")):
        if abs(float(f"{value:.{digits - 1}e}")) >= size:
            return f"{si(value / size, digits=digits)} {word}"
    return f"{float(f'{value:.{digits - 1}e}'):,.12g}"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Returns `; did you mean 'x'?` for the nearest known name, or nothing.

    Args:
        name: What was written.
        known: What could have been.
    """
    # Comparing long texts takes minutes, and nobody misspells one.
    near = difflib.get_close_matches(name, list(known), n=1) if len(name) <= 200 else []
    return f"; did you mean {near[0]!r}?" if near else ""


# --------------------------------------------------------------------------- chapters


@dataclass(frozen=True)
class _Loaded:
    module: ModuleType
    stamps: tuple[tuple[Path, tuple[int, int]], ...]


_loaded: dict[Path, _Loaded] = {}
# The estimates being loaded, outermost first: finds cycles, and tells a loader which files its
# result rests on, so that a live preview reloads them all.
_stack: ContextVar[tuple[Path, ...]] = ContextVar("estimates being loaded", default=())
_used: ContextVar[set[Path] | None] = ContextVar("files used", default=None)
_project: ContextVar[Project | None] = ContextVar("project of the estimates", default=None)


@contextmanager
def using(project: Project) -> Iterator[None]:
    """Makes `chapter` look in this project, whatever the working directory is.

    Args:
        project: The checkout whose chapters are meant.
    """
    token = _project.set(project)
    try:
        yield
    finally:
        _project.reset(token)


@contextmanager
def noting(files: set[Path]) -> Iterator[None]:
    """Notes the files that estimates asked for meanwhile rest on, those that fail included.

    Args:
        files: Where they are noted.
    """
    token = _used.set(files)
    try:
        yield
    finally:
        _used.reset(token)


def slug_name(slug: str) -> str:
    """Returns the name a chapter's estimate has in the prose: `a/news-feed` is `news_feed`.

    The number of a step is an order and no name: `framework/6-serve` is `serve`.

    Args:
        slug: The chapter's folder under `docs`.
    """
    last = slug.rstrip("/").rsplit("/", 1)[-1]
    return re.sub(r"^\d+-", "", last).replace("-", "_")


def estimates(project: Project) -> dict[str, Path]:
    """Returns the file of every chapter's estimate by its slug, such as `case-studies/news-feed`.

    Args:
        project: The checkout.
    """
    found = {}
    # `rglob` takes four times as long, and this is asked for often.
    for folder, _, files in os.walk(project.docs):
        if "estimate.py" in files:
            found[os.path.relpath(folder, project.docs).replace(os.sep, "/")] = Path(folder)
    return {slug: found[slug] / "estimate.py" for slug in sorted(found)}


def chapter(slug: str, project: Project | None = None) -> ModuleType:
    """Loads a chapter's `estimate.py` as a module; a second call returns the same one.

    Args:
        slug: The chapter's folder under `docs`, such as `case-studies/news-feed`, or its last
            part, such as `news-feed` or `news_feed`.
        project: The checkout; the one around the working directory where none is given.

    Raises:
        HandbookError: There is no such estimate, or it fails; says the file and the line.
    """
    project = project or _project.get() or _default_project()
    name = slug.strip("/").removesuffix("/estimate.py").removesuffix("/index.md")
    if name and (project.docs / name / "estimate.py").is_file():
        return load(project.docs / name / "estimate.py", project)
    known = estimates(project)
    fits = [] if "/" in name else [s for s in known if slug_name(s) == slug_name(name)]
    if len(fits) == 1:
        return load(known[fits[0]], project)
    message = f"no chapter {slug!r} has an estimate.py{did_you_mean(name, known)}"
    if fits:
        message = f"{slug!r} could be {' or '.join(fits)}"
    raise HandbookError([Problem(project.docs, 0, 0, "estimate-unknown", message)])


def results(slug: str, project: Project | None = None) -> dict[str, Any]:
    """Loads what a chapter's lab has measured, as `handbook labs` stored it.

    Args:
        slug: The chapter's folder under `docs`, such as `building-blocks/calibration`.
        project: The checkout; the one around the working directory where none is given.

    Returns:
        Numbers as measured quantities, texts and series as they are, by name.

    Raises:
        HandbookError: Nothing is stored there, or not as `handbook labs` writes it.
    """
    from handbook.labs import CODE, Lab, read_stored  # labs are rarer than estimates

    project = project or _project.get() or _default_project()
    lab = Lab(project, project.docs / slug.strip("/") / CODE)
    used = _used.get()
    if used is not None:
        used.add(lab.stored)
    kept = read_stored(lab)
    how, units = f"the lab of {lab.slug}, {kept['machine']}", kept["units"]
    return {
        name: measured(value, units.get(name, ""), how, kept["ran"])
        if isinstance(value, (int, float)) and not isinstance(value, bool)
        else value
        for name, value in kept["results"].items()
    }


def _default_project() -> Project:
    try:
        return find_project()
    except HandbookError:
        # Imported from an editor or a notebook elsewhere: the checkout this package is part of.
        return find_project(Path(__file__).parent)


def load(path: Path, project: Project | None = None) -> ModuleType:
    """Loads one `estimate.py` by its path; reloads it when it, or one it uses, has changed.

    Args:
        path: The file.
        project: The checkout that it may ask for other chapters.

    Raises:
        HandbookError: The file is missing, does not parse, raises, or needs itself.
    """
    path = path.resolve()
    chain = _stack.get()
    if path in chain:
        names = " -> ".join(p.parent.name for p in (*chain[chain.index(path) :], path))
        raise HandbookError(
            [
                Problem(
                    path,
                    1,
                    0,
                    "estimate-cycle",
                    f"estimates need each other: {names}",
                    "move what both need into one of them",
                )
            ]
        )
    outer = _used.get()
    used = {path}
    try:
        known = _loaded.get(path)
        if known is None or any(_stamp(file) != stamp for file, stamp in known.stamps):
            known = _loaded[path] = _load(path, project, used)
        used.update(file for file, _ in known.stamps)
    finally:
        if outer is not None:
            outer.update(used)
    return known.module


def _stamp(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError:
        return (-1, -1)
    return (status.st_mtime_ns, status.st_size)


def _load(path: Path, project: Project | None, used: set[Path]) -> _Loaded:
    sandbox.refuse(path)
    stamp = _stamp(path)
    # Unique by path, so that two chapters never share a name, and registered, because
    # dataclasses and pickling look their module up by it.
    digest = hashlib.sha256(str(path).encode()).hexdigest()[:8]
    module = ModuleType(f"handbook_estimate_{slug_name(path.parent.name)}_{digest}")
    module.__file__ = str(path)
    tokens = (_stack.set((*_stack.get(), path)), _used.set(used))
    owner = _project.set(project or _project.get())
    sys.modules[module.__name__] = module
    try:
        # Compiled here, not imported: no `__pycache__` under docs, no stale bytecode.
        with sandbox.limited():
            exec(compile(path.read_bytes(), str(path), "exec"), module.__dict__)  # noqa: S102
    except HandbookError:
        sys.modules.pop(module.__name__, None)
        raise
    except (Exception, SystemExit) as error:
        sys.modules.pop(module.__name__, None)
        raise HandbookError([failure(path, error)]) from error
    finally:
        _stack.reset(tokens[0])
        _used.reset(tokens[1])
        _project.reset(owner)
    stamps = tuple((file, stamp if file == path else _stamp(file)) for file in sorted(used))
    return _Loaded(module, stamps)


def failure(path: Path, error: BaseException) -> Problem:
    """Returns an exception as one line at the last place in `path` that led to it.

    Args:
        path: The file that was run.
        error: What it raised.
    """
    line = 0
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    said = " ".join(str(error).split())
    if isinstance(error, SyntaxError):
        line, said = error.lineno or 0, error.msg
    if isinstance(error, OSError) and not line:
        said = error.strerror or said
    return Problem(path, line, 0, "estimate-error", f"{type(error).__name__}: {said}".rstrip(": "))
