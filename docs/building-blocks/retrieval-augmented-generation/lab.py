"""Retrieval for generated answers: words, meaning and both, on the handbook's own sections.

The sections of a snapshot of this handbook are cut into chunks; the questions of its quizzes are
asked, and the page that a question stands on is right. Word matching (BM25), latent semantic
analysis (LSA) and a fusion of both are compared, for three sizes of chunks, and with the titles
above a chunk written into it. Whoever wrote a question also wrote its page, so words agree more
often than between strangers: read the differences, not the levels.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

SEED = 20261121
INPUTS = ("sections.jsonl",)
SIZES = {"sections": 0, "words_200": 200, "words_60": 60}  # words of a chunk; 0 is a whole section
K1, B, WIDTH, FUSED = 1.2, 0.75, 128, 60  # usual settings; the constant of reciprocal ranks
UNITS = {"sections": "sections", "questions": "questions", "pages": "pages"}


def read(smoke: bool) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Sections and questions of the snapshot; every third question where it must be quick."""
    lines = Path(__file__).with_name(INPUTS[0]).read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    questions = [row for row in rows if "question" in row]
    return [row for row in rows if "text" in row], questions[:: 3 if smoke else 1]


def chunks(sections: list[dict[str, str]], size: int, titled: bool) -> tuple[list[str], list[str]]:
    """Texts of chunks, and the page of each; neighbours share a quarter of their words."""
    texts, pages = [], []
    for row in sections:
        words, step = row["text"].split(), max(1, size * 3 // 4)
        starts = range(0, max(1, len(words) - size // 4), step) if size else [0]
        for start in starts:
            part = " ".join(words[start : start + size] if size else words)
            above = f"{row['title']}. {row['heading']}. " if titled else ""
            texts.append(above + part)
            pages.append(row["page"])
    return texts, pages


def bm25(texts: list[str], asked: list[str]) -> np.ndarray:
    """Scores of every chunk for every question, by words: (questions, chunks)."""
    counter = CountVectorizer(stop_words="english")
    counts = counter.fit_transform(texts).astype(float).tocsr()
    length = np.asarray(counts.sum(axis=1)).ravel()
    df = np.bincount(counts.indices, minlength=counts.shape[1])
    idf = np.log(1 + (len(texts) - df + 0.5) / (df + 0.5))
    rows = np.repeat(np.arange(len(texts)), np.diff(counts.indptr))
    damped = counts.data + K1 * (1 - B + B * length[rows] / length.mean())
    weights = idf[counts.indices] * counts.data * (K1 + 1) / damped
    scored = csr_matrix((weights, counts.indices, counts.indptr), counts.shape)
    return (counter.transform(asked) @ scored.T).toarray()


def lsa(texts: list[str], asked: list[str]) -> np.ndarray:
    """Scores by latent dimensions of the chunks themselves: (questions, chunks)."""
    weigher = TfidfVectorizer(stop_words="english", sublinear_tf=True)
    reducer = TruncatedSVD(WIDTH, random_state=SEED)
    items = reducer.fit_transform(weigher.fit_transform(texts))
    queries = reducer.transform(weigher.transform(asked))
    return _unit(queries) @ _unit(items).T


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)


def fusion(*scores: np.ndarray) -> np.ndarray:
    """Reciprocal ranks of several scores, added."""
    ranks = [np.argsort(np.argsort(-each, axis=1, kind="stable"), axis=1) for each in scores]
    return sum(1 / (FUSED + 1 + rank) for rank in ranks)


def first_right(scores: np.ndarray, pages: list[str], right: list[str]) -> np.ndarray:
    """Place, from 1, of the first chunk of the right page, for each question."""
    order = np.argsort(-scores, axis=1, kind="stable")
    hit = np.array(pages)[order] == np.array(right)[:, None]
    return hit.argmax(axis=1) + 1


def summary(name: str, place: np.ndarray, rng: np.random.Generator) -> dict[str, float]:
    """Success at 1 and 5 and the mean reciprocal rank, the last with a bootstrap interval."""
    again = rng.integers(place.size, size=(2_000, place.size))
    low, high = np.quantile((1 / place[again]).mean(axis=1), (0.025, 0.975))
    return {
        f"{name}_at_1": np.mean(place == 1),
        f"{name}_at_5": np.mean(place <= 5),
        f"{name}_mrr": np.mean(1 / place),
        f"{name}_mrr_low": low,
        f"{name}_mrr_high": high,
    }


def run(smoke: bool) -> dict[str, object]:
    """Asks every question of every kind of index."""
    rng = np.random.default_rng(SEED)
    sections, questions = read(smoke)
    asked, right = [q["question"] for q in questions], [q["page"] for q in questions]
    found: dict[str, object] = {"sections": len(sections), "questions": len(questions)}
    found["pages"] = len({row["page"] for row in sections})
    places = {}
    for size_name, size in SIZES.items():
        for titled in (False, True):
            texts, pages = chunks(sections, size, titled)
            by_words, by_meaning = bm25(texts, asked), lsa(texts, asked)
            ways = {"bm25": by_words, "lsa": by_meaning, "fusion": fusion(by_words, by_meaning)}
            kind = f"{size_name}_titled" if titled else size_name
            found[f"{kind}_chunks"] = len(texts)
            for way, scores in ways.items():
                places[f"{kind}_{way}"] = first_right(scores, pages, right)
                found |= summary(f"{kind}_{way}", places[f"{kind}_{way}"], rng)
    for name, one, other in (
        ("fusion_over_bm25", "words_200_titled_fusion", "words_200_titled_bm25"),
        ("bm25_over_lsa", "words_200_titled_bm25", "words_200_titled_lsa"),
        ("titles", "words_200_titled_bm25", "words_200_bm25"),
    ):
        gain = 1 / places[one] - 1 / places[other]
        again = gain[rng.integers(gain.size, size=(2_000, gain.size))].mean(axis=1)
        low, high = np.quantile(again, (0.025, 0.975))
        found |= {name: gain.mean(), f"{name}_low": low, f"{name}_high": high}
        # Questions that tell such a gain from nothing: 5 % two-sided, 80 % power.
        found[f"{name}_needed"] = 7.85 * gain.var() / gain.mean() ** 2
    return found


def claims(found: dict[str, float]) -> dict[str, bool]:
    """What the chapter rests on."""
    five = [found[f"words_200_{way}_at_5"] for way in ("bm25", "lsa", "fusion")]
    return {
        "each way has the right page among five for three questions in four": min(five) >= 0.75,
        "fusion gains less over words than its own error": (
            found["fusion_over_bm25_low"] < 0 < found["fusion_over_bm25_high"]
        ),
        "titles written into chunks change nothing that can be told": (
            found["titles_low"] < 0 < found["titles_high"]
        ),
        "sixty words are too few for latent meaning": (
            found["words_60_lsa_mrr"] < found["words_200_lsa_mrr"]
        ),
        "telling the gain of fusion takes more questions than there are": (
            found["fusion_over_bm25_needed"] > found["questions"]
        ),
    }
