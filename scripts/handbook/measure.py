"""Measures the everyday numbers of one machine, for the page of numbers worth knowing.

Run it as `python -m handbook.measure`: it takes about two minutes and writes
`docs/reference/numbers/measured.json`, with the machine, the day and the versions. The page's
estimate quotes the medians, and a test compares the two. Only the standard library is used, so
the numbers are those of Python; what is its own overhead and what is the machine's is said with
each. Nothing here is a benchmark of a product: load and virtual machines move every figure, which
is why quartiles are kept beside the median.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import platform
import random
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import Process
from operator import mul
from pathlib import Path
from time import perf_counter

from handbook.project import find_project

RESULTS = Path("docs/reference/numbers/measured.json")

_RUNS = 31
_SLOW_RUNS = 11
_MIB = 1 << 20
_COPY_BYTES = 256 * _MIB
_STEPS = 300_000
# Eight bytes each: a gibibyte, which is more than the caches hold, and what a first-level one does.
_LARGE, _SMALL = 1 << 27, 1 << 11


@dataclass(frozen=True)
class Measure:
    """One thing to measure.

    Attributes:
        name: Its key in the file, with the unit at the end.
        unit: What the values count.
        how: What is run, in one phrase.
        values: Runs it and returns one value a run.
    """

    name: str
    unit: str
    how: str
    values: Callable[[], list[float]]


def seconds_each(work: Callable[[], object], operations: float, runs: int = _RUNS) -> list[float]:
    """Returns seconds an operation, one value a run; a first run warms up and is not counted.

    Args:
        work: Does all the operations of one run.
        operations: How many those are.
        runs: How often it is timed.
    """
    work()
    values = []
    for _ in range(runs):
        start = perf_counter()
        work()
        values.append((perf_counter() - start) / operations)
    return values


def summary(values: Sequence[float]) -> dict[str, float | int]:
    """Returns the median of the runs, the quartiles around it and how many runs there were.

    Args:
        values: One value a run; at least two.

    Raises:
        ValueError: There are fewer than two values, or one is not above zero.
    """
    if len(values) < 2 or min(values) <= 0:
        raise ValueError("a summary needs two values or more, all above zero")
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return {
        "median": _rounded(middle),
        "low": _rounded(low),
        "high": _rounded(high),
        "runs": len(values),
    }


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")


def _random() -> random.Random:
    # The same on every machine and in every run; nothing here is a secret.
    return random.Random(7)  # noqa: S311


def cycle(length: int) -> array[int]:
    """Returns successors that visit every index once before they come back, in no usable order.

    A linear congruential step has full period for a power of two if the increment is odd and the
    multiplier is one more than a multiple of four (Hull and Dobell, 1962).

    Args:
        length: How many indices; a power of two.

    Raises:
        ValueError: The length is no power of two.
    """
    if length < 4 or length & (length - 1):
        raise ValueError(f"a cycle's length is a power of two, got {length}")
    step, increment, mask = 1_664_525, 1_013_904_223, length - 1
    return array("q", ((step * index + increment) & mask for index in range(length)))


def _chase(successors: array[int]) -> Callable[[], int]:
    def work() -> int:
        index = 0
        for _ in range(_STEPS):
            index = successors[index]
        return index

    return work


def _scaled(values: list[float], factor: float) -> list[float]:
    return [value * factor for value in values]


def _rates(values: list[float]) -> list[float]:
    return [1 / value for value in values]


def _read_ns(length: int) -> list[float]:
    return _scaled(seconds_each(_chase(cycle(length)), _STEPS), 1e9)


def _copy() -> list[float]:
    source, target = memoryview(bytearray(_COPY_BYTES)), memoryview(bytearray(_COPY_BYTES))

    def work() -> None:
        target[:] = source

    return _scaled(_rates(seconds_each(work, _COPY_BYTES)), 1e-9)


def _dict_lookup() -> list[float]:
    table = {f"user:{number}": number for number in range(1_000_000)}
    keys = _random().sample(list(table), _STEPS)

    def work() -> None:
        for key in keys:
            table[key]

    return _scaled(seconds_each(work, _STEPS), 1e9)


def _dot() -> list[float]:
    source = _random()
    one = [source.random() for _ in range(128)]
    many = [[source.random() for _ in range(128)] for _ in range(500)]

    def work() -> None:
        for other in many:
            sum(map(mul, one, other))

    return _scaled(seconds_each(work, len(many)), 1e6)


def _sort() -> list[float]:
    source = _random()
    scores = [source.random() for _ in range(1_000_000)]
    return _scaled(seconds_each(lambda: sorted(scores), 1, _SLOW_RUNS), 1e3)


def events(count: int) -> list[dict[str, object]]:
    """Returns log lines as they are met in practice, for parsing and compression.

    Args:
        count: How many.
    """
    source = _random()
    return [
        {
            "user": source.randrange(10**9),
            "item": source.randrange(10**7),
            "action": source.choice(("view", "click", "like", "hide")),
            "position": source.randrange(50),
            "score": round(source.random(), 6),
            "time": 1_700_000_000 + source.randrange(86_400),
        }
        for _ in range(count)
    ]


def _parse() -> list[float]:
    text = json.dumps(events(20_000))
    return _scaled(_rates(seconds_each(lambda: json.loads(text), len(text))), 1e-6)


def _compress() -> list[float]:
    data = json.dumps(events(20_000)).encode()
    work = seconds_each(lambda: gzip.compress(data, 6), len(data), _SLOW_RUNS)
    return _scaled(_rates(work), 1e-6)


def _decompress() -> list[float]:
    data = json.dumps(events(20_000)).encode()
    packed = gzip.compress(data, 6)
    return _scaled(_rates(seconds_each(lambda: gzip.decompress(packed), len(data))), 1e-6)


def _hash() -> list[float]:
    data = bytes(16 * _MIB)
    work = seconds_each(lambda: hashlib.sha256(data).digest(), len(data))
    return _scaled(_rates(work), 1e-9)


def _lookup() -> list[float]:
    with tempfile.TemporaryDirectory() as folder:
        base = sqlite3.connect(Path(folder) / "rows.db")
        base.execute("create table rows (id integer primary key, body text)")
        base.executemany("insert into rows values (?, ?)", ((n, "x" * 200) for n in range(200_000)))
        base.commit()
        keys = _random().sample(range(200_000), 10_000)

        def work() -> None:
            for key in keys:
                base.execute("select body from rows where id = ?", (key,)).fetchone()

        values = _scaled(seconds_each(work, len(keys)), 1e6)
        base.close()
    return values


def _write() -> list[float]:
    block = os.urandom(64 * _MIB)
    with tempfile.TemporaryFile(buffering=0) as file:

        def work() -> None:
            file.seek(0)
            file.write(block)
            os.fsync(file.fileno())

        return _scaled(_rates(seconds_each(work, len(block), _SLOW_RUNS)), 1e-6)


def _sync() -> list[float]:
    with tempfile.TemporaryFile(buffering=0) as file:

        def work() -> None:
            for _ in range(20):
                file.write(b"x" * 4096)
                os.fsync(file.fileno())

        return _scaled(seconds_each(work, 20), 1e3)


def _echo(server: socket.socket) -> None:
    connection, _ = server.accept()
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while data := connection.recv(64):
        connection.sendall(data)


@contextmanager
def _echoing() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        process = Process(target=_echo, args=(server,), daemon=True)
        process.start()
        with socket.create_connection(server.getsockname()) as client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            yield client
        process.join(5)


def _loopback() -> list[float]:
    with _echoing() as client:

        def work() -> None:
            for _ in range(2_000):
                client.sendall(b"ping")
                client.recv(64)

        return _scaled(seconds_each(work, 2_000), 1e6)


def _spawn() -> list[float]:
    def work() -> None:
        subprocess.run([sys.executable, "-I", "-c", ""], check=True)

    return _scaled(seconds_each(work, 1), 1e3)


MEASURES = (
    Measure(
        "cached_read_ns", "ns", "dependent reads in 16 KiB, in Python", lambda: _read_ns(_SMALL)
    ),
    Measure("far_read_ns", "ns", "dependent reads in 1 GiB, in Python", lambda: _read_ns(_LARGE)),
    Measure("dict_lookup_ns", "ns", "a random text key of a dict with a million", _dict_lookup),
    Measure("dot_us", "µs", "a dot product of 128 floats in plain Python", _dot),
    Measure("sqlite_us", "µs", "a row by primary key, SQLite, 200,000 rows, cached", _lookup),
    Measure("loopback_us", "µs", "a TCP round trip of 4 bytes to a process nearby", _loopback),
    Measure("spawn_ms", "ms", "start of an empty Python process", _spawn),
    Measure("sort_ms", "ms", "sorting a million random floats", _sort),
    Measure("sync_ms", "ms", "4 KiB appended and forced to the disk", _sync),
    Measure("copy_gb_s", "GB/s", "256 MiB copied from memory to memory", _copy),
    Measure("sha256_gb_s", "GB/s", "SHA-256 of 16 MiB", _hash),
    Measure("json_mb_s", "MB/s", "parsing log events as JSON", _parse),
    Measure("gzip_mb_s", "MB/s", "compressing log events, gzip level 6", _compress),
    Measure("gunzip_mb_s", "MB/s", "decompressing them, by bytes that come out", _decompress),
    Measure("write_mb_s", "MB/s", "64 MiB written and forced to the disk", _write),
)


def machine() -> dict[str, str | int | float]:
    """Returns what the numbers were measured on, without anything that names the host."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count() or 0,
        "system": platform.system(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "load_before": round(os.getloadavg()[0], 2),
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()


def report(measures: Sequence[Measure]) -> dict[str, object]:
    """Measures and returns what is stored.

    Args:
        measures: What to measure, in order.
    """
    found: dict[str, object] = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
    }
    results = {}
    for one in measures:
        results[one.name] = {"unit": one.unit, "how": one.how, **summary(one.values())}
        print(f"{one.name}: {results[one.name]}", file=sys.stderr, flush=True)
    return {**found, "results": results}


def main() -> None:
    """Measures everything and writes the file."""
    path = find_project().root / RESULTS
    text = json.dumps(report(MEASURES), indent=2, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
