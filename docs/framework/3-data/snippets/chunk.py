"""Documents to passages: at least one each, however short."""


def passages(tokens: list[str], size=300, overlap=50) -> list[list[str]]:
    """Cuts a document; neighbours share `overlap` tokens."""
    starts = range(0, max(len(tokens) - overlap, 1), size - overlap)
    return [tokens[start : start + size] for start in starts]
