"""Fewer negatives, and the probability that would have been."""

from hashlib import blake2b


def kept(impression: str, positive: bool, share: float) -> bool:
    """Keeps positives, and a share of negatives that a rerun keeps again."""
    digest = blake2b(impression.encode(), digest_size=8).digest()
    return positive or int.from_bytes(digest, "big") / 2**64 < share


def corrected(prediction: float, share: float) -> float:
    """Maps a prediction learned on the sample back to the full stream."""
    return prediction / (prediction + (1 - prediction) / share)
