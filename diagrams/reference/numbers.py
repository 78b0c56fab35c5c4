"""Figures of the numbers page; every value comes from its estimate."""

from handbook.drawing import Bars, Chart, Event, Lane, Line, Marker, Span, Timeline
from handbook.estimate import chapter

numbers = chapter("reference/numbers")


def ladder():
    """From a cache to the other side of the earth: seven powers of ten.

    Each mark is one wait, on a logarithmic axis. A read from memory, a round trip between two zones
    and one between two continents are the three rungs to remember.
    """
    ms = numbers.NS_PER_MS
    us = ms / numbers.US_PER_MS
    return Timeline(
        unit="ns",
        scale="log",
        axis="Time for one (logarithmic)",
        ticks=[
            (1, "1 ns"),
            (100, "100 ns"),
            (10 * us, "10 µs"),
            (ms, "1 ms"),
            (100 * ms, "100 ms"),
        ],
        lanes=[
            Lane(
                "Processor",
                [
                    Event(numbers.L2_NS, f"L2 cache, {numbers.L2_NS:.0f} ns"),
                    Event(numbers.MEMORY_NS, f"memory, {numbers.MEMORY_NS:.0f} ns"),
                ],
                role="model",
            ),
            Lane(
                "Python",
                [
                    Event(numbers.DICT_LOOKUP_NS, f"dict, {numbers.DICT_LOOKUP_NS:.0f} ns"),
                    Event(numbers.DOT_US * us, f"dot product, {numbers.DOT_US:.1f} µs"),
                    Event(numbers.SPAWN_MS * ms, f"start, {numbers.SPAWN_MS:.0f} ms"),
                ],
                role="online",
            ),
            Lane(
                "One machine",
                [
                    Event(numbers.LOOPBACK_US * us, f"TCP to itself, {numbers.LOOPBACK_US:.0f} µs"),
                    Event(numbers.SYNC_MS * ms, f"forced write, {numbers.SYNC_MS:.1f} ms"),
                ],
                role="data",
            ),
            Lane(
                "One region",
                [
                    Span(
                        numbers.ZONE_LOW_MS * ms,
                        numbers.ZONE_HIGH_MS * ms,
                        f"zone to zone, {numbers.ZONE_LOW_MS:.2f} to {numbers.ZONE_HIGH_MS:.1f} ms",
                    )
                ],
                role="nearline",
            ),
            Lane(
                "The earth",
                [
                    Event(
                        numbers.fibre_rtt_ms() * ms,
                        f"{numbers.LONG_KM:,.0f} km, {numbers.fibre_rtt_ms():.0f} ms",
                    ),
                    Event(
                        numbers.CAPE_LONDON_MS * ms,
                        f"Cape Town, London: {numbers.CAPE_LONDON_MS:.0f} ms",
                    ),
                ],
                role="offline",
            ),
        ],
    )


def routes():
    """Light sets the floor, and networks take a quarter more to twice as much.

    Five reported round trips between cloud regions. The bar is light in straight fibre along the
    earth's surface, there and back; the mark is what was reported.
    """
    return Timeline(
        unit="ms",
        axis="Round trip (ms)",
        lanes=[
            Lane(
                f"{one}, {other}",
                [
                    Span(0, numbers.floor_ms(one, other), f"{numbers.floor_ms(one, other):.0f}"),
                    Event(float(reported), f"{reported:.0f} ms", role="monitor"),
                ],
                role="offline",
            )
            for (one, other), reported in numbers.ROUTES.items()
        ],
    )


def roofline():
    """One sequence alone uses a three-hundredth of an H100; only a batch makes it compute.

    Operations a second that four accelerators reach at best, against operations for each byte read.
    On the slope, memory is what you wait for; on the roof, arithmetic. Decoding one sequence in
    16 bits does one operation a byte; 64 together do 64 by the weights alone, and 25 once each
    also reads a cache of 3,000 tokens (8 billion parameters).
    """
    steps = [2 ** (power / 4) for power in range(-4, 49)]
    roles = {"H100": "online", "B200": "model", "TPU v5e": "data", "TPU v6e": "nearline"}
    return Chart(
        x="Operations a byte",
        y="TFLOP/s at best",
        x_scale="log",
        y_scale="log",
        series=[
            Line(steps, [numbers.attainable_flops(x, card) / 1e12 for x in steps], card, role=role)
            for card, role in roles.items()
        ],
        markers=[
            Marker(x=numbers.decode_intensity(1), label="decode, 1 sequence"),
            Marker(x=numbers.cached_intensity(), label="64, caches read"),
            Marker(x=numbers.decode_intensity(64), label="64"),
        ],
    )


def storage():
    """A byte costs five thousand times as much beside the arithmetic as in a cold store.

    Dollars of a gigabyte for a month, on a logarithmic axis. Memory is priced with the machine that
    it comes in.
    """
    return Chart(
        x="Where the gigabyte is",
        y="Dollars a month",
        y_scale="log",
        series=[
            Bars(
                ["H100", "Server", "SSD", "Objects", "Cold"],
                [
                    round(numbers.hbm_dollars(), 2),
                    round(numbers.memory_dollars(), 2),
                    numbers.SSD_VOLUME,
                    numbers.OBJECT_STORE,
                    numbers.COLD_STORE,
                ],
                role="data",
            )
        ],
    )
