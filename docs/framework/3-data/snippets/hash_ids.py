"""Ids to rows of a table, the same tomorrow and in every process."""

from collections import Counter
from hashlib import blake2b


def row(field: str, value: str, rows: int, seed: int = 0) -> int:
    """Returns a value's row; the field keeps author 7 and topic 7 apart."""
    key = f"{seed}\x1f{field}\x1f{value}".encode()
    return int.from_bytes(blake2b(key, digest_size=8).digest(), "big") % rows


def colliding_share(values: list[str], rows: int) -> float:
    """Counts the share of values that share their row with another."""
    used = Counter(row("author", value, rows) for value in values)
    return sum(ids for ids in used.values() if ids > 1) / len(values)
