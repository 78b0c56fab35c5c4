"""The numbers worth knowing by heart: measured here, read in a source, or computed from both.

What was measured is stored in `measured.json` by `python -m handbook.measure`; a test compares its
medians with the constants here. Prices carry the day they were read, and are gone soon.
"""

from __future__ import annotations

import math

from handbook.estimate import (
    DAYS_PER_YEAR,
    FLOAT16_BYTES,
    FLOAT32_BYTES,
    GB,
    GIB,
    HOURS_PER_MONTH,
    INT8_BYTES,
    KB,
    KIB,
    MB,
    MIB,
    MILLION,
    MINUTES_PER_HOUR,
    MS_PER_SECOND,
    SECONDS_PER_DAY,
    SECONDS_PER_MINUTE,
    TB,
    TIB,
    assumed,
    chapter,
    embedding_bytes,
    hnsw_bytes,
    inference_flops,
    kv_cache_bytes,
    measured,
    qps,
    si,
    sourced,
    transfer_seconds,
)

feed = chapter("case-studies/news-feed")
framework = chapter("framework")
model = chapter("framework/4-model")

READ = "2026-11-21"
NS_PER_MS = 1e6
US_PER_MS = 1e3

# --------------------------------------------------------------------------- measured here

WHEN = "2026-11-21"
RUN = "python -m handbook.measure, on a shared virtual machine: "

CACHED_READ_NS = measured(32.8, "ns", RUN + "dependent reads in 16 KiB, in Python", WHEN)
FAR_READ_NS = measured(517, "ns", RUN + "dependent reads in 1 GiB, in Python", WHEN)
DICT_LOOKUP_NS = measured(359, "ns", RUN + "a random text key of a dict with a million", WHEN)
DOT_US = measured(2.62, "µs", RUN + "a dot product of 128 floats in plain Python", WHEN)
SQLITE_US = measured(5.24, "µs", RUN + "a row by primary key, SQLite, 200,000 rows, cached", WHEN)
LOOPBACK_US = measured(6.11, "µs", RUN + "a TCP round trip of 4 bytes to a process nearby", WHEN)
SPAWN_MS = measured(9.23, "ms", RUN + "start of an empty Python process", WHEN)
SORT_MS = measured(198, "ms", RUN + "sorting a million random floats", WHEN)
SYNC_MS = measured(0.236, "ms", RUN + "4 KiB appended and forced to the disk", WHEN)
COPY_GB_S = measured(9.74, "GB/s", RUN + "256 MiB copied from memory to memory", WHEN)
SHA256_GB_S = measured(1.17, "GB/s", RUN + "SHA-256 of 16 MiB", WHEN)
JSON_MB_S = measured(133, "MB/s", RUN + "parsing log events as JSON", WHEN)
GZIP_MB_S = measured(49.8, "MB/s", RUN + "compressing log events, gzip level 6", WHEN)
GUNZIP_MB_S = measured(471, "MB/s", RUN + "decompressing them, by bytes that come out", WHEN)
WRITE_MB_S = measured(1660, "MB/s", RUN + "64 MiB written and forced to the disk", WHEN)

MEASURED = {
    "cached_read_ns": CACHED_READ_NS,
    "far_read_ns": FAR_READ_NS,
    "dict_lookup_ns": DICT_LOOKUP_NS,
    "dot_us": DOT_US,
    "sqlite_us": SQLITE_US,
    "loopback_us": LOOPBACK_US,
    "spawn_ms": SPAWN_MS,
    "sort_ms": SORT_MS,
    "sync_ms": SYNC_MS,
    "copy_gb_s": COPY_GB_S,
    "sha256_gb_s": SHA256_GB_S,
    "json_mb_s": JSON_MB_S,
    "gzip_mb_s": GZIP_MB_S,
    "gunzip_mb_s": GUNZIP_MB_S,
    "write_mb_s": WRITE_MB_S,
}
# The quartiles: half of the runs lie between.
SPREAD = {
    "cached_read_ns": (32.5, 33.6),
    "far_read_ns": (411, 874),
    "dict_lookup_ns": (351, 368),
    "dot_us": (2.55, 2.67),
    "sqlite_us": (5.19, 5.36),
    "loopback_us": (6.06, 6.27),
    "spawn_ms": (9.14, 9.43),
    "sort_ms": (191, 201),
    "sync_ms": (0.196, 0.252),
    "copy_gb_s": (9.5, 9.9),
    "sha256_gb_s": (1.17, 1.19),
    "json_mb_s": (131, 135),
    "gzip_mb_s": (49.1, 49.9),
    "gunzip_mb_s": (461, 475),
    "write_mb_s": (1630, 1670),
}


def far_miss_ns(far: float = FAR_READ_NS, near: float = CACHED_READ_NS) -> float:
    """Nanoseconds that a read from far memory costs more than one from the nearest cache.

    Args:
        far: A dependent read in a gibibyte, Python's own time included.
        near: The same in 16 KiB.
    """
    return far - near


def python_dots_per_second(microseconds: float = DOT_US) -> float:
    """Dot products of 128 values that one core does in a second of plain Python.

    Args:
        microseconds: For one.
    """
    return 1e6 / microseconds


# --------------------------------------------------------------------------- waiting

DEAN = "http://blog.hydromatic.net/2010/11/17/numbers-everyone-should-know.html"
DEAN_TITLE = "J. Dean, talk at Stanford, November 2010, its slide of numbers quoted by J. Hyde"
L1_NS = sourced(0.5, "ns", DEAN, DEAN_TITLE, READ)
L2_NS = sourced(7, "ns", DEAN, DEAN_TITLE, READ)
MEMORY_NS = sourced(100, "ns", DEAN, DEAN_TITLE, READ)
DATACENTRE_MS = sourced(0.5, "ms", DEAN, DEAN_TITLE, READ)
SEEK_MS = sourced(10, "ms", DEAN, DEAN_TITLE, READ)

ZONES = "https://www.xkyle.com/Measuring-AWS-Region-and-AZ-Latency/"
ZONES_TITLE = "xkyle.com, Measuring AWS Region and AZ Latency: best of 50 pings, all regions"
ZONE_LOW_MS = sourced(0.25, "ms", ZONES, ZONES_TITLE, READ)
ZONE_HIGH_MS = sourced(3.37, "ms", ZONES, ZONES_TITLE, READ)

PING = "https://www.cloudping.co/"
PING_TITLE = "AWS Region Latency Matrix, as the site showed it in 2026"
GIST = "https://gist.github.com/caius/21eca095ba281393f0616e2325410278"
GIST_TITLE = "caius, average of ten pings between EC2 regions"
CAPE_LONDON_MS = sourced(150.06, "ms", PING, PING_TITLE, READ)
HONG_KONG_SYDNEY_MS = sourced(125.46, "ms", PING, PING_TITLE, READ)
HONG_KONG_TOKYO_MS = sourced(52.55, "ms", PING, PING_TITLE, READ)
VIRGINIA_OREGON_MS = sourced(71.4, "ms", GIST, GIST_TITLE, READ)
VIRGINIA_IRELAND_MS = sourced(66.6, "ms", GIST, GIST_TITLE, READ)

# Exactly, by the definition of the metre.
LIGHT_KM_S = 299_792.458
GROUP_INDEX = sourced(
    1.4682,
    "times slower than in a vacuum",
    "https://mapyourtech.com/the-5-microsecond-rule-fiber-propagation-latency-per-kilometer/",
    "MapYourTech, The 5-Microsecond Rule: index 1.4682, 204,190 km/s, at 1,550 nm",
    READ,
)
EARTH_KM = assumed(6_371, "km", "the mean radius of the earth, as a sphere")
LONG_KM = assumed(1_000, "km", "a distance to scale from")
DETOUR = assumed(1.5, "times the floor", "between the best and the worst route of the table")

PLACES = {
    "N. Virginia": (39.04, -77.49),
    "Oregon": (45.84, -119.70),
    "Ireland": (53.35, -6.26),
    "London": (51.51, -0.13),
    "Cape Town": (-33.92, 18.42),
    "Hong Kong": (22.32, 114.17),
    "Tokyo": (35.68, 139.69),
    "Sydney": (-33.87, 151.21),
}
ROUTES = {
    ("Hong Kong", "Tokyo"): HONG_KONG_TOKYO_MS,
    ("N. Virginia", "Oregon"): VIRGINIA_OREGON_MS,
    ("N. Virginia", "Ireland"): VIRGINIA_IRELAND_MS,
    ("Hong Kong", "Sydney"): HONG_KONG_SYDNEY_MS,
    ("Cape Town", "London"): CAPE_LONDON_MS,
}


def fibre_rtt_ms(
    km: float = LONG_KM, light_km_s: float = LIGHT_KM_S, group_index: float = GROUP_INDEX
) -> float:
    """Milliseconds there and back through straight fibre, with nothing in between.

    Args:
        km: One way.
        light_km_s: Speed of light in a vacuum.
        group_index: How many times slower it is in glass.
    """
    return 2 * km * group_index / light_km_s * MS_PER_SECOND


def distance_km(one: str = "N. Virginia", other: str = "Ireland") -> float:
    """Kilometres between two regions along the earth's surface (haversine formula).

    Args:
        one: A region of `PLACES`.
        other: Another.
    """
    (a_lat, a_lon), (b_lat, b_lon) = PLACES[one], PLACES[other]
    a, b = math.radians(a_lat), math.radians(b_lat)
    lon = math.radians(b_lon - a_lon)
    half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(lon / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(half))


def floor_ms(one: str = "N. Virginia", other: str = "Ireland") -> float:
    """Milliseconds of a round trip that no network between two regions can beat.

    Args:
        one: A region.
        other: Another.
    """
    return fibre_rtt_ms(distance_km(one, other))


def over_floor(one: str = "N. Virginia", other: str = "Ireland") -> float:
    """How many times the floor the reported round trip takes.

    Args:
        one: A region.
        other: Another, so that the pair is in `ROUTES`.
    """
    return float(ROUTES[one, other]) / floor_ms(one, other)


def least_over_floor() -> float:
    """The best of the table's routes, in times the floor."""
    return min(over_floor(*route) for route in ROUTES)


def most_over_floor() -> float:
    """The worst of the table's routes, in times the floor."""
    return max(over_floor(*route) for route in ROUTES)


def route_rows() -> list[list[str]]:
    """Five routes: distance, floor and what is reported."""
    rows = [["Route", "km", "Floor (ms)", "Reported (ms)", "Times the floor"]]
    return rows + [
        [
            f"{one}, {other}",
            f"{distance_km(one, other):,.0f}",
            f"{floor_ms(one, other):.0f}",
            f"{reported:.0f}",
            f"{over_floor(one, other):.1f}",
        ]
        for (one, other), reported in ROUTES.items()
    ]


def _spread(name: str, digits: int = 2) -> str:
    return " to ".join(si(value, digits=digits) for value in SPREAD[name])


def waiting_rows() -> list[list[str]]:
    """How long one thing takes, from the processor to the other side of the earth."""
    return [
        ["One of these", "Takes", "Remember", "Where from"],
        ["First-level cache read", f"{L1_NS:g} ns", "1 ns", "Dean, 2010 [^dean]"],
        ["Second-level cache read", f"{L2_NS:g} ns", "10 ns", "Dean, 2010 [^dean]"],
        ["Memory read", f"{MEMORY_NS:g} ns", "100 ns", "Dean, 2010 [^dean]"],
        [
            "Memory read, extra, in a gibibyte",
            f"{far_miss_ns():.0f} ns",
            "500 ns",
            "computed from two measured here",
        ],
        _measured_row("Dict lookup, a million text keys", DICT_LOOKUP_NS, "500 ns"),
        _measured_row("Dot product of 128 floats, plain Python", DOT_US, "3 µs"),
        _measured_row("SQLite row by key, cached", SQLITE_US, "5 µs"),
        _measured_row("TCP round trip on one machine", LOOPBACK_US, "10 µs"),
        ["Round trip in a data centre", f"{DATACENTRE_MS:g} ms", "0.5 ms", "Dean, 2010 [^dean]"],
        [
            "Round trip between zones of a region",
            f"{ZONE_LOW_MS:g} to {ZONE_HIGH_MS:g} ms",
            "1 ms",
            "best pings, all AWS regions [^zones]",
        ],
        _measured_row("4 KiB appended and forced to disk", SYNC_MS, "1 ms"),
        _measured_row("Start of a Python process", SPAWN_MS, "10 ms"),
        ["Seek of a spinning disk", f"{SEEK_MS:g} ms", "10 ms", "Dean, 2010 [^dean]"],
        [
            f"Light through {LONG_KM:,.0f} km of fibre and back",
            f"{fibre_rtt_ms():.1f} ms",
            "10 ms",
            "computed, index 1.4682 [^fibre]",
        ],
        [
            "Round trip, N. Virginia to Ireland",
            f"{VIRGINIA_IRELAND_MS:g} ms",
            "70 ms",
            "ten pings [^gist]",
        ],
        [
            "Round trip, Cape Town to London",
            f"{CAPE_LONDON_MS:.0f} ms",
            "150 ms",
            "AWS matrix [^ping]",
        ],
    ]


def _measured_row(what: str, value: float, remember: str) -> list[str]:
    name = next(key for key, known in MEASURED.items() if known is value)
    unit = MEASURED[name].unit
    return [
        what,
        f"{value:g} {unit}",
        remember,
        f"measured here, half of the runs {_spread(name)} {unit}",
    ]


# --------------------------------------------------------------------------- moving bytes

SSD = "https://www.computerbase.de/2020-05/samsung-pm9a3-e1.s-pcie-4.0-ssd/"
SSD_TITLE = "ComputerBase, 2020, after Samsung: PM9A3, U.2, PCIe 4.0"
SSD_READ_BYTES_S = sourced(6.5e9, "bytes a second", SSD, SSD_TITLE, READ)
SSD_READS_PER_SECOND = sourced(900e3, "reads a second", SSD, SSD_TITLE, READ)
SSD_BLOCK_BYTES = assumed(4_096, "bytes", "the block that random reads are quoted for")
MLPERF = (
    "https://raw.githubusercontent.com/mlcommons/inference_results_v4.1/main/closed/NVIDIA/"
    "systems/H200-SXM-141GBx8_TRT_MaxQ.json"
)
MLPERF_TITLE = "NVIDIA in MLPerf Inference 4.1, 2024, system of eight H200"
NVLINK_BYTES_S = sourced(900e9, "bytes a second", MLPERF, MLPERF_TITLE, READ)
PCIE = "https://www.mail-archive.com/netdev%40vger.kernel.org/msg227190.html"
PCIE_TITLE = (
    "T. Gilboa, B. Helgaas, PCI: link bandwidth in the kernel, 2018: 128b/130b from 8 GT/s on"
)
PCIE_LANE_BITS_S = sourced(
    32e9,
    "bits a second and lane",
    "https://onlinedocs.microchip.com/oxy/GUID-DB02CFA4-56E0-46A5-A235-B78A43EA7D67-en-US-1/"
    "GUID-E99590CA-69AB-42F6-AAE0-533661C27CA3.html",
    "Microchip, PCIe 5.0: 32 Gbps",
    READ,
)
PCIE_LANES = assumed(16, "lanes", "the widest slot, which accelerators use")
PCIE_ENCODING = sourced(128 / 130, "of the bits", PCIE, PCIE_TITLE, READ)
FAST_NIC_BITS_S = assumed(100e9, "bits a second", "a common network card of a large server")
SLOW_NIC_BITS_S = assumed(10e9, "bits a second", "a common network card of a small server")


def pcie_bytes_s(
    lane_bits_s: float = PCIE_LANE_BITS_S,
    lanes: float = PCIE_LANES,
    encoding: float = PCIE_ENCODING,
) -> float:
    """Bytes a second one way through a PCIe 5.0 slot, before packet headers.

    Args:
        lane_bits_s: Raw bits a second of one lane.
        lanes: Lanes of the slot.
        encoding: Share of the bits that carries data.
    """
    return lane_bits_s * lanes * encoding / 8


def nvlink_bytes_s(both_ways: float = NVLINK_BYTES_S) -> float:
    """Bytes a second one way between two accelerators.

    Args:
        both_ways: What it is sold as, both directions added.
    """
    return both_ways / 2


def nic_bytes_s(bits_s: float = FAST_NIC_BITS_S) -> float:
    """Bytes a second of a network card.

    Args:
        bits_s: What it is sold as, in bits.
    """
    return bits_s / 8


def ssd_random_bytes_s(
    reads: float = SSD_READS_PER_SECOND, block: float = SSD_BLOCK_BYTES
) -> float:
    """Bytes a second of random reads.

    Args:
        reads: Reads a second.
        block: Bytes of each.
    """
    return reads * block


def seconds_for(bytes_s: float, size: float = TB) -> float:
    """Seconds to move a terabyte at a rate.

    Args:
        bytes_s: The rate.
        size: What is moved, in bytes.
    """
    return transfer_seconds(size, 8 * bytes_s)


def moving_rows() -> list[list[str]]:
    """How fast bytes move, and how long a terabyte takes at that rate."""
    rates: list[tuple[str, float, str]] = [
        ("gzip, level 6, one core", GZIP_MB_S * MB, "measured here"),
        ("JSON parsing, one core", JSON_MB_S * MB, "measured here"),
        ("gunzip, one core", GUNZIP_MB_S * MB, "measured here"),
        ("SHA-256, one core", SHA256_GB_S * GB, "measured here"),
        ("10 Gb/s Ethernet", nic_bytes_s(SLOW_NIC_BITS_S), "by its name, ÷ 8"),
        ("Write forced to disk, this machine", WRITE_MB_S * MB, "measured here"),
        ("Random 4 KiB reads, NVMe", ssd_random_bytes_s(), "900,000 a second [^ssd]"),
        ("Copy in memory, one core", COPY_GB_S * GB, "measured here"),
        ("Sequential read, NVMe, PCIe 4.0", SSD_READ_BYTES_S, "Samsung PM9A3 [^ssd]"),
        ("100 Gb/s Ethernet", nic_bytes_s(), "by its name, ÷ 8"),
        ("PCIe 5.0, 16 lanes, one way", pcie_bytes_s(), "computed [^pcie]"),
        ("NVLink 4, one way", nvlink_bytes_s(), "half of 900 GB/s [^mlperf]"),
        ("HBM of an H100", BANDWIDTH["H100"], "NVIDIA [^h100]"),
        ("HBM of a B200", BANDWIDTH["B200"], "data sheet [^b200]"),
    ]
    rows = [["Path", "Bytes a second", "1 TB takes", "Where from"]]
    for what, rate, where in sorted(rates, key=lambda one: one[1]):
        rows.append([what, si(rate, "B/s"), _duration(seconds_for(rate)), where])
    return rows


def _duration(seconds: float) -> str:
    if seconds >= 2 * SECONDS_PER_DAY:
        return f"{seconds / SECONDS_PER_DAY:.1f} days"
    if seconds >= 2 * SECONDS_PER_MINUTE * MINUTES_PER_HOUR:
        return f"{seconds / SECONDS_PER_MINUTE / MINUTES_PER_HOUR:.1f} h"
    if seconds >= 2 * SECONDS_PER_MINUTE:
        return f"{seconds / SECONDS_PER_MINUTE:.0f} min"
    return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"


# --------------------------------------------------------------------------- accelerators

GUIDE = (
    "https://raw.githubusercontent.com/stas00/ml-engineering/"
    "7bc7c3054eb93c277a4755c597ae0864d77a63f1/insights/when-to-upgrade-gpus/README.md"
)
GUIDE_TITLE = (
    "S. Bekman, ML Engineering, When Is It Worth Upgrading GPUs?, data sheets of H200, B200"
)
V5E = "https://docs.cloud.google.com/tpu/docs/v5e"
V5E_TITLE = "Google Cloud, TPU v5e"
V6E = "https://docs.cloud.google.com/tpu/docs/v6e"
V6E_TITLE = "Google Cloud, TPU v6e"
H200_BYTES = sourced(141e9, "bytes", MLPERF, MLPERF_TITLE, READ)
H200_BANDWIDTH = sourced(4.8e12, "bytes a second", GUIDE, GUIDE_TITLE, READ)
H200_FLOPS = sourced(989e12, "FLOP/s", GUIDE, GUIDE_TITLE, READ)
B200_BYTES = sourced(180e9, "bytes", GUIDE, GUIDE_TITLE, READ)
B200_BANDWIDTH = sourced(8.0e12, "bytes a second", GUIDE, GUIDE_TITLE, READ)
B200_FLOPS = sourced(2_250e12, "FLOP/s", GUIDE, GUIDE_TITLE, READ)
V5E_BYTES = sourced(16e9, "bytes", V5E, V5E_TITLE, READ)
V5E_BANDWIDTH = sourced(819e9, "bytes a second", V5E, V5E_TITLE, READ)
V5E_FLOPS = sourced(197e12, "FLOP/s", V5E, V5E_TITLE, READ)
V6E_BYTES = sourced(32e9, "bytes", V6E, V6E_TITLE, READ)
V6E_BANDWIDTH = sourced(1_638e9, "bytes a second", V6E, V6E_TITLE, READ)
V6E_FLOPS = sourced(918e12, "FLOP/s", V6E, V6E_TITLE, READ)
B200_MEASURED_BANDWIDTH = sourced(
    7.672e12,
    "bytes a second",
    "https://github.com/pytorch/ao/pull/4002",
    "D. Vega-Myhre, update b200 peak memory bandwidth, pytorch/ao, March 2026",
    READ,
)

MEMORY = {
    "H100": model.CARD_MEMORY_BYTES,
    "H200": H200_BYTES,
    "B200": B200_BYTES,
    "TPU v5e": V5E_BYTES,
    "TPU v6e": V6E_BYTES,
}
BANDWIDTH = {
    "H100": model.H100_BANDWIDTH,
    "H200": H200_BANDWIDTH,
    "B200": B200_BANDWIDTH,
    "TPU v5e": V5E_BANDWIDTH,
    "TPU v6e": V6E_BANDWIDTH,
}
FLOPS = {
    "H100": feed.H100_PEAK_FLOPS,
    "H200": H200_FLOPS,
    "B200": B200_FLOPS,
    "TPU v5e": V5E_FLOPS,
    "TPU v6e": V6E_FLOPS,
}


BATCH = assumed(64, "sequences", "a batch to compare with one")
MEASURED_FLOPS = sourced(794.5e12, "FLOP/s", GUIDE, GUIDE_TITLE + ": measured on H100, H200", READ)


def measured_share_percent(
    reached: float = MEASURED_FLOPS, peak: float = feed.H100_PEAK_FLOPS
) -> float:
    """Per cent of its peak that an H100 or H200 was measured to reach in matrix products.

    Args:
        reached: FLOP/s, the best over shapes.
        peak: FLOP/s of the data sheet.
    """
    return 100 * reached / peak


def ridge(card: str = "H100") -> float:
    """Operations a byte above which an accelerator computes rather than waits for its memory.

    Args:
        card: One of `FLOPS`.
    """
    return FLOPS[card] / BANDWIDTH[card]


def attainable_flops(intensity: float, card: str = "H100") -> float:
    """Operations a second that an accelerator reaches at best (the roofline model).

    Args:
        intensity: Operations for each byte read from memory.
        card: One of `FLOPS`.
    """
    return min(FLOPS[card], BANDWIDTH[card] * intensity)


def sweep_ms(card: str = "H100") -> float:
    """Milliseconds to read an accelerator's whole memory once.

    Args:
        card: One of `MEMORY`.
    """
    return MEMORY[card] / BANDWIDTH[card] * MS_PER_SECOND


def decode_intensity(batch: float = 1, bytes_per_weight: float = FLOAT16_BYTES) -> float:
    """Operations a byte while decoding: two a weight and sequence, over the weight's bytes.

    Args:
        batch: Sequences that share one read of the weights.
        bytes_per_weight: 2 for bfloat16.
    """
    return inference_flops(1, batch) / bytes_per_weight


def cached_intensity(batch: float = BATCH, tokens: float | None = None) -> float:
    """Operations a byte while decoding the smallest Llama 3.1, each sequence's cache read too.

    The arithmetic of attention itself is left out: it is small beside the weights' here.

    Args:
        batch: Sequences that share one read of the weights.
        tokens: Tokens in each cache; a question and answer of the support assistant if not given.
    """
    held = framework.input_tokens() + framework.TOKENS_PER_ANSWER if tokens is None else tokens
    weights = model.SMALL_PARAMETERS * FLOAT16_BYTES
    read = weights + batch * held * llama_8b_kv_bytes()
    return float(inference_flops(model.SMALL_PARAMETERS, batch) / read)


def card_rows() -> list[list[str]]:
    """Five accelerators: memory, bandwidth, arithmetic and what follows."""
    rows = [["Card", "Memory", "Bandwidth", "bfloat16, dense", "FLOP a byte", "Reads itself in"]]
    return rows + [
        [
            card,
            f"{MEMORY[card] / GB:.0f} GB",
            f"{BANDWIDTH[card] / TB:.2f} TB/s",
            f"{FLOPS[card] / 1e12:,.0f} TFLOP/s",
            f"{ridge(card):.0f}",
            f"{sweep_ms(card):.0f} ms",
        ]
        for card in FLOPS
    ]


# --------------------------------------------------------------------------- language models

TOKENS = "https://help.openai.com/en/articles/4936856-what-are-tokens-and-how-to-count-them"
TOKENS_TITLE = "OpenAI, What are tokens and how to count them?"
WORDS_PER_TOKEN = sourced(0.75, "English words", TOKENS, TOKENS_TITLE, READ)
LETTERS_PER_TOKEN = sourced(4, "characters of English", TOKENS, TOKENS_TITLE, READ)
PAGE_WORDS = assumed(500, "words", "a printed page, single-spaced")

QWEN_LAYERS = sourced(
    64, "layers", "https://huggingface.co/Qwen/Qwen3-32B", "Qwen3-32B model card, 2025", READ
)
QWEN_KV_HEADS = sourced(
    8, "heads", "https://huggingface.co/Qwen/Qwen3-32B", "Qwen3-32B model card, 2025", READ
)
QWEN_HEAD_WIDTH = sourced(
    128, "values", "https://huggingface.co/Qwen/Qwen3-32B", "Qwen3-32B, head_dim, 2025", READ
)
LATENT = "https://docs.vllm.ai/en/v0.11.0/api/vllm/transformers_utils/configs/deepseek_v3.html"
LATENT_TITLE = "vLLM 0.11, configuration of DeepSeek-V3: kv_lora_rank, qk_rope_head_dim, layers"
LATENT_WIDTH = sourced(512, "values", LATENT, LATENT_TITLE, READ)
LATENT_POSITION = sourced(64, "values", LATENT, LATENT_TITLE, READ)
LATENT_LAYERS = sourced(61, "layers", LATENT, LATENT_TITLE, READ)
CONTEXT_TOKENS = assumed(8_192, "tokens", "a conversation with some passages in it")


def page_tokens(words: float = PAGE_WORDS, words_per_token: float = WORDS_PER_TOKEN) -> float:
    """Tokens of a printed page of English.

    Args:
        words: Words on it.
        words_per_token: Words a token stands for.
    """
    return words / words_per_token


def llama_8b_kv_bytes() -> float:
    """Bytes that Llama 3.1 8B keeps for a token, in 16 bits."""
    return kv_cache_bytes(1, model.SMALL_LAYERS, model.KV_HEADS, model.HEAD_WIDTH)


def llama_70b_kv_bytes() -> float:
    """Bytes that Llama 3.1 70B keeps for a token, in 16 bits."""
    return kv_cache_bytes(1, model.BIG_LAYERS, model.KV_HEADS, model.HEAD_WIDTH)


def qwen_kv_bytes() -> float:
    """Bytes that Qwen3-32B keeps for a token, in 16 bits."""
    return kv_cache_bytes(1, QWEN_LAYERS, QWEN_KV_HEADS, QWEN_HEAD_WIDTH)


def deepseek_kv_bytes(
    latent: float = LATENT_WIDTH, position: float = LATENT_POSITION, layers: float = LATENT_LAYERS
) -> float:
    """Bytes that DeepSeek-V3 keeps for a token: one compressed vector a layer, in 16 bits.

    Args:
        latent: Values of the vector from which keys and values are restored.
        position: Values of the part that carries the position.
        layers: Layers.
    """
    return (latent + position) * layers * FLOAT16_BYTES


def latent_saving() -> float:
    """How many times the cache of DeepSeek-V3 Llama 3.1 70B keeps for a token."""
    return llama_70b_kv_bytes() / deepseek_kv_bytes()


def kv_rows() -> list[list[str]]:
    """What four open models keep for each token, in 16 bits."""
    head = ["Model", "Layers", "Kept in a layer", "A token", f"{CONTEXT_TOKENS:,.0f} tokens"]
    pair = f"2 × {model.KV_HEADS:.0f} heads × {model.HEAD_WIDTH:.0f}"
    rows = [
        ("Llama 3.1 8B", model.SMALL_LAYERS, pair, llama_8b_kv_bytes()),
        ("Qwen3-32B", QWEN_LAYERS, pair, qwen_kv_bytes()),
        ("Llama 3.1 70B", model.BIG_LAYERS, pair, llama_70b_kv_bytes()),
        (
            "DeepSeek-V3",
            LATENT_LAYERS,
            f"{LATENT_WIDTH:.0f} + {LATENT_POSITION:.0f} values",
            deepseek_kv_bytes(),
        ),
    ]
    return [head] + [
        [name, f"{layers:.0f}", kept, f"{each / KB:.0f} kB", f"{each * CONTEXT_TOKENS / GB:.2f} GB"]
        for name, layers, kept, each in rows
    ]


def weight_bytes(parameters: float = model.SMALL_PARAMETERS) -> float:
    """Bytes of a model's weights in 16 bits.

    Args:
        parameters: Its parameters.
    """
    return parameters * FLOAT16_BYTES


def decode_ms(card: str = "H100", parameters: float = model.SMALL_PARAMETERS) -> float:
    """Milliseconds at least for the next token of one sequence: every weight is read once.

    Args:
        card: One of `BANDWIDTH`.
        parameters: Parameters of the model.
    """
    return weight_bytes(parameters) / BANDWIDTH[card] * MS_PER_SECOND


def decode_tokens_per_second(
    card: str = "H100", parameters: float = model.SMALL_PARAMETERS
) -> float:
    """Tokens a second at most for one sequence alone.

    Args:
        card: One of `BANDWIDTH`.
        parameters: Parameters of the model.
    """
    return MS_PER_SECOND / decode_ms(card, parameters)


def prefill_tokens_per_second(
    card: str = "H100", parameters: float = model.SMALL_PARAMETERS
) -> float:
    """Tokens a second at most that are read, at the peak of the data sheet.

    Args:
        card: One of `FLOPS`.
        parameters: Parameters of the model.
    """
    return FLOPS[card] / inference_flops(parameters)


def fits(card: str, parameters: float) -> bool:
    """Whether a model's weights in 16 bits leave any room in one accelerator, as caches need.

    Args:
        card: One of `MEMORY`.
        parameters: Parameters of the model.
    """
    return weight_bytes(parameters) < MEMORY[card]


def decode_rows() -> list[list[str]]:
    """Ceilings for an 8-billion model on one card: alone, and reading a prompt."""
    rows = [["Card", "ms a token, alone", "Tokens/s, alone", "Prompt tokens/s"]]
    for card in FLOPS:
        if not fits(card, model.SMALL_PARAMETERS):
            rows.append([card, "does not fit", "", ""])
            continue
        rows.append(
            [
                card,
                f"{decode_ms(card):.1f}",
                f"{decode_tokens_per_second(card):,.0f}",
                f"{prefill_tokens_per_second(card):,.0f}",
            ]
        )
    return rows


# --------------------------------------------------------------------------- prices

RECEIPTS = (
    "https://raw.githubusercontent.com/datareceipts/data-receipts/main/109-gpu-pricing/README.md"
)
RECEIPTS_TITLE = (
    "Data Receipts, What an H100 actually costs per hour, read by them on 9 November 2026"
)
H100_CHEAP = sourced(2.69, "$ an hour", RECEIPTS, RECEIPTS_TITLE + ": RunPod Community", READ)
H100_AWS = sourced(6.88, "$ an hour", RECEIPTS, RECEIPTS_TITLE + ": AWS p5.48xlarge", READ)
H100_AZURE = sourced(12.29, "$ an hour", RECEIPTS, RECEIPTS_TITLE + ": Azure ND96isr", READ)
BLOCKS = (
    "https://raw.githubusercontent.com/aws/agent-toolkit-for-aws/main/skills/core-skills/"
    "aws-billing-and-cost-management/references/ebs-optimization.md"
)
BLOCKS_TITLE = "AWS, EBS Volume Optimization: us-east-1, early 2026"
SSD_VOLUME = sourced(0.08, "$ a GB and month", BLOCKS, BLOCKS_TITLE + ", gp3", READ)
OBJECTS = "https://zeonedge.com/blog/cloud-storage-cost-guide-s3-ebs-efs-fsx-choosing-right-tier"
OBJECTS_TITLE = "E. Watson, Cloud Storage Cost Guide, 9 April 2026: us-east-1"
OBJECT_STORE = sourced(0.023, "$ a GB and month", OBJECTS, OBJECTS_TITLE + ", S3 Standard", READ)
COLD_STORE = sourced(0.0125, "$ a GB and month", OBJECTS, OBJECTS_TITLE + ", Standard-IA", READ)
SERVERS = "https://gist.github.com/vivekkr12/680730870b6b7f6bfa46fe66ce715d6c"
SERVERS_TITLE = "AWS price list of 4 June 2019, eu-north-1, r5.4xlarge with 128 GiB"
SERVER_DOLLARS = sourced(1.072, "$ an hour", SERVERS, SERVERS_TITLE, READ)
NEWER = "https://huggingface.co/spaces/arcee-ai/Benchmarks/commit/ce951db0c6aba42af414403e0f9bf087d4d70c2f"
NEWER_TITLE = "J. Simon, arcee-ai/Benchmarks, after Vantage: AWS r8g.4xlarge"
NEWER_SERVER_DOLLARS = sourced(0.9426, "$ an hour", NEWER, NEWER_TITLE, READ)
SERVER_BYTES = sourced(128 * GIB, "bytes", SERVERS, SERVERS_TITLE, READ)
# One price list for the handbook: the model step decides by it, so it keeps it.
HAIKU_IN = model.SMALL_IN
HAIKU_OUT = model.SMALL_OUT
OLDER_IN = model.OLDER_IN
HAIKU_CACHED = model.SMALL_CACHED
SONNET_CACHED = model.LARGE_CACHED
SONNET_IN = model.LARGE_IN
SONNET_OUT = model.LARGE_OUT
FABLE_TITLE = model.CLAUDE_TITLE + ": Fable 5.1"
FABLE_IN = sourced(10, "$ per million tokens", model.CLAUDE, FABLE_TITLE, READ)
FABLE_OUT = sourced(50, "$ per million tokens", model.CLAUDE, FABLE_TITLE, READ)


def h100_spread(dear: float = H100_AZURE, cheap: float = H100_CHEAP) -> float:
    """How many times the cheapest hour of an H100 the dearest costs.

    Args:
        dear: Dollars an hour.
        cheap: The same.
    """
    return dear / cheap


def h100_month(dollars_per_hour: float = H100_AWS, hours: float = HOURS_PER_MONTH) -> float:
    """Dollars of an H100 that runs for a month.

    Args:
        dollars_per_hour: Its price.
        hours: Hours of the month.
    """
    return dollars_per_hour * hours


def memory_dollars(
    dollars_per_hour: float = SERVER_DOLLARS,
    size: float = SERVER_BYTES,
    hours: float = HOURS_PER_MONTH,
) -> float:
    """Dollars of a gigabyte of server memory for a month, its processor thrown in.

    Args:
        dollars_per_hour: Price of the server.
        size: Its memory, in bytes.
        hours: Hours of the month.
    """
    return dollars_per_hour * hours / (size / GB)


def hbm_dollars(
    dollars_per_hour: float = H100_AWS,
    size: float = model.CARD_MEMORY_BYTES,
    hours: float = HOURS_PER_MONTH,
) -> float:
    """Dollars of a gigabyte of accelerator memory for a month, its arithmetic thrown in.

    Args:
        dollars_per_hour: Price of the accelerator.
        size: Its memory, in bytes.
        hours: Hours of the month.
    """
    return dollars_per_hour * hours / (size / GB)


def memory_over_objects() -> float:
    """How many times a byte in an object store a byte of server memory costs."""
    return memory_dollars() / OBJECT_STORE


def small_model_fall(before: float = OLDER_IN, now: float = HAIKU_IN) -> float:
    """How many times cheaper a million tokens read by the small model became in a day.

    Args:
        before: Dollars per million tokens of the model before.
        now: Dollars of its successor.
    """
    return before / now


def newer_server_percent(old: float = SERVER_DOLLARS, new: float = NEWER_SERVER_DOLLARS) -> float:
    """Per cent by which a newer server of the same memory is cheaper.

    Args:
        old: Dollars an hour.
        new: The same.
    """
    return 100 * (1 - new / old)


def hbm_over_memory() -> float:
    """How many times a byte of server memory a byte of accelerator memory costs."""
    return hbm_dollars() / memory_dollars()


def storage_rows() -> list[list[str]]:
    """What a gigabyte costs a month, and a terabyte."""
    prices: list[tuple[str, float, str]] = [
        ("Memory of an H100", hbm_dollars(), "$6.88 an hour, computed [^receipts]"),
        ("Memory of a server", memory_dollars(), "list of 2019, computed [^servers]"),
        ("SSD volume, gp3", SSD_VOLUME, "early 2026 [^blocks]"),
        ("Object store", OBJECT_STORE, "April 2026 [^objects]"),
        ("Object store, seldom read", COLD_STORE, "April 2026 [^objects]"),
    ]
    rows = [["A gigabyte for a month", "Dollars", "A terabyte", "Where from"]]
    return rows + [
        [what, f"{each:.3g}", f"{each * TB / GB:,.1f}", where] for what, each, where in prices
    ]


def token_rows() -> list[list[str]]:
    """What a million tokens cost at one provider's three sizes."""
    pairs = [
        ("Small: Claude Haiku 5.5", HAIKU_IN, HAIKU_OUT),
        ("Middle: Claude Sonnet 5.5", SONNET_IN, SONNET_OUT),
        ("Large: Claude Fable 5.1", FABLE_IN, FABLE_OUT),
    ]
    rows = [["Model", "Million in", "Million out", "1,000 answers of 2,800 in, 200 out"]]
    return rows + [
        [name, f"${into:.2f}", f"${out:.2f}", f"${answers_dollars(into, out):.2f}"]
        for name, into, out in pairs
    ]


def answers_dollars(into: float = SONNET_IN, out: float = SONNET_OUT) -> float:
    """Dollars of a thousand answers of the support assistant, nothing cached.

    Args:
        into: Dollars per million tokens read.
        out: Dollars per million tokens written.
    """
    return 1_000 * (framework.input_tokens() * into + framework.TOKENS_PER_ANSWER * out) / MILLION


def cached_answers_dollars() -> float:
    """Dollars of the same by the middle model, with the fixed instructions read from its cache."""
    saved = framework.INSTRUCTION_TOKENS * SONNET_IN * (1 - SONNET_CACHED)
    return answers_dollars() - 1_000 * saved / MILLION


# --------------------------------------------------------------------------- arithmetic

ROUND_DAY = assumed(100e3, "seconds", "a day, rounded to divide in your head")
GRAPH_LINKS = assumed(32, "links", "a usual setting of a graph index")
VECTORS = assumed(100e6, "vectors", "a large catalogue")


def per_second(requests_per_day: float = MILLION) -> float:
    """Requests a second of so many a day.

    Args:
        requests_per_day: Requests a day.
    """
    return qps(requests_per_day)


def round_day_error_percent(day: float = ROUND_DAY) -> float:
    """Per cent by which dividing by the rounded day comes out too low.

    Args:
        day: Seconds of the rounded day.
    """
    return 100 * (1 - SECONDS_PER_DAY / day)


def rate_rows() -> list[list[str]]:
    """From a day to a second."""
    rows = [["A day", "A second", "Remember"]]
    sizes = [(1e6, "10"), (10e6, "100"), (100e6, "1,000"), (1e9, "10,000"), (10e9, "100,000")]
    return rows + [[f"{each:,.0f}", f"{per_second(each):,.1f}", known] for each, known in sizes]


def binary_gap_percent(binary: float = GIB, decimal: float = GB) -> float:
    """Per cent by which a binary unit is larger than the decimal one of nearly the same name.

    Args:
        binary: Bytes of the binary unit.
        decimal: Bytes of the decimal one.
    """
    return 100 * (binary / decimal - 1)


def power_rows() -> list[list[str]]:
    """Powers of two beside powers of ten."""
    rows = [["Power", "Exactly", "About", "Binary unit", "Larger than the decimal one by"]]
    units = [
        (10, "a thousand", "KiB", KIB, KB),
        (20, "a million", "MiB", MIB, MB),
        (30, "a billion", "GiB", GIB, GB),
        (40, "a trillion", "TiB", TIB, TB),
    ]
    rows += [
        [f"2^{n}", f"{2**n:,}", about, unit, f"{binary_gap_percent(big, small):.1f} %"]
        for n, about, unit, big, small in units
    ]
    rows.insert(1, ["2^8", "256", "", "one byte's values", ""])
    rows.append(["2^32", f"{2**32:,}", "four billion", "ids of 4 bytes", ""])
    return rows


def down_minutes(availability: float = 0.999, days: float = DAYS_PER_YEAR) -> float:
    """Minutes that a service may be down.

    Args:
        availability: Share of the time that it is up.
        days: Days of the period.
    """
    return (1 - availability) * days * SECONDS_PER_DAY / SECONDS_PER_MINUTE


def nines_rows() -> list[list[str]]:
    """What each nine leaves."""
    rows = [["Up", "Down a day", "Down in 30 days", "Down a year"]]
    shares = (0.99, 0.999, 0.9995, 0.9999, 0.99999)
    return rows + [
        [f"{100 * share:.6g} %", *(_downtime(share, days) for days in (1, 30, DAYS_PER_YEAR))]
        for share in shares
    ]


def _downtime(share: float, days: float) -> str:
    minutes = down_minutes(share, days)
    if minutes >= 2 * 24 * MINUTES_PER_HOUR:
        return f"{minutes / 24 / MINUTES_PER_HOUR:.1f} days"
    if minutes >= 2 * MINUTES_PER_HOUR:
        return f"{minutes / MINUTES_PER_HOUR:.1f} h"
    return f"{minutes:.1f} min" if minutes >= 2 else f"{minutes * SECONDS_PER_MINUTE:.1f} s"


def serial_availability_percent(services: float = 5, availability: float = 0.999) -> float:
    """Per cent of requests that pass a chain of services which fail independently.

    Args:
        services: How many a request needs, all of them.
        availability: Share of the time that each is up.
    """
    return 100 * math.pow(availability, services)


def catalogue_bytes(
    dimensions: float = 768, bytes_per_value: float = FLOAT32_BYTES, vectors: float = VECTORS
) -> float:
    """Bytes of a catalogue's embeddings, without an index.

    Args:
        dimensions: Values of one.
        bytes_per_value: 4 for float32.
        vectors: How many.
    """
    return embedding_bytes(vectors, dimensions, bytes_per_value)


def link_bytes(links: float = GRAPH_LINKS) -> float:
    """Bytes that a graph index (HNSW) adds to each vector.

    Args:
        links: Neighbours of a vector in the upper layers.
    """
    return hnsw_bytes(1, 0, links)


def embedding_rows() -> list[list[str]]:
    """Bytes of one embedding, and of a hundred million."""
    rows = [["Values", "float32", "float16", "int8", "100 million in float32", "in int8"]]
    return rows + [
        [
            f"{width:,}",
            *(
                f"{embedding_bytes(1, width, each):,.0f} B"
                for each in (FLOAT32_BYTES, FLOAT16_BYTES, INT8_BYTES)
            ),
            si(catalogue_bytes(width), "B"),
            si(catalogue_bytes(width, INT8_BYTES), "B"),
        ]
        for width in (64, 128, 256, 768, 1_536)
    ]
