"""Two-stage recommendation: what retrieval keeps, what a ranker adds, what approximation loses.

Made-up people and items: a person acts on what fits their taste, on what is popular, on what is
new if they like news, and on a few favourite authors. The true utility is known, so the last row
is an oracle. Retrieval factorises past actions into vectors. A ranker, boosted trees over features
that vectors cannot hold, orders what retrieval hands on. An approximate index is compared with
exact search for the neighbours it misses and the time it saves.
"""

from __future__ import annotations

import time

import lightgbm as lgb
import numpy as np
from scipy.sparse import csr_matrix, diags
from scipy.sparse.linalg import svds
from usearch.index import Index

SEED = 20261121
HANDED_ON, SHOWN, WIDTH, AUTHORS = 200, 10, 24, 400
HISTORY, LABELS, FUTURE = 30, 10, 10  # actions of a person: to learn vectors, to rank, to test
CUTS = [10, 20, 50, 100, 200, 500]
EFFORTS = [50, 100, 200, 400, 800]  # nodes that a search looks at
NEAR = 50  # neighbours asked of the index
FEATURES = ("retrieval score", "popularity", "newness", "habit of new items", "author's past")
TREES = {
    "objective": "binary",
    "num_leaves": 15,
    "learning_rate": 0.05,
    "min_data_in_leaf": 500,
    "num_threads": 1,
    "deterministic": True,
    "verbosity": -1,
    "seed": SEED,
}
ROUNDS = 150
UNITS = {"people": "people", "items": "items", "exact_ms": "ms", "handed_on": "items"}


class World:
    """People, items, and who likes what."""

    def __init__(self, people: int, items: int, rng: np.random.Generator):
        topics = rng.normal(size=(30, 12))
        self.taste = topics[rng.integers(30, size=people)] + rng.normal(size=(people, 12)) * 0.7
        self.item = topics[rng.integers(30, size=items)] + rng.normal(size=(items, 12)) * 0.7
        self.appeal = rng.normal(size=items)
        self.newness = np.exp(-rng.exponential(1.0, items))
        self.news = rng.exponential(1.0, people)  # how much a person likes what is new
        self.author = rng.integers(AUTHORS, size=items)
        self.favourites = rng.integers(AUTHORS, size=(people, 3))

    def utility(self, who: np.ndarray) -> np.ndarray:
        """True utility of every item for some people: (people, items)."""
        fan = (self.author == self.favourites[who][:, :, None]).any(axis=1)
        fits = self.taste[who] @ self.item.T / 4
        return fits + 0.7 * self.appeal + 2 * self.news[who, None] * self.newness + 3.5 * fan

    def actions(self, rng: np.random.Generator) -> np.ndarray:
        """Items that each person acts on, in order, none twice: (people, HISTORY + ...)."""
        most = HISTORY + LABELS + FUTURE
        drawn = []
        for who in np.array_split(np.arange(len(self.taste)), max(1, len(self.taste) // 200)):
            # The largest of utility plus Gumbel noise: a draw without replacement by softmax.
            noisy = self.utility(who) + rng.gumbel(size=(who.size, self.appeal.size))
            best = np.argpartition(-noisy, most, axis=1)[:, :most]
            drawn.append(rng.permuted(best, axis=1))
        return np.concatenate(drawn)


def vectors(past: np.ndarray, items: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Vectors of people and items from past actions, rare items weighted up."""
    rows = np.repeat(np.arange(len(past)), past.shape[1])
    seen = csr_matrix((np.ones(past.size), (rows, past.ravel())), (len(past), items))
    count = np.asarray(seen.sum(axis=0)).ravel()
    weighted = seen @ diags(1 / np.sqrt(count + 5))
    people, values, kinds = svds(weighted, k=WIDTH, rng=rng)
    return np.float32(people * values), np.ascontiguousarray(kinds.T, np.float32), count


def top(scores: np.ndarray, seen: np.ndarray, count: int) -> np.ndarray:
    """The best unseen items, best first: (people, count)."""
    lists = []
    for row, known in zip(scores, seen, strict=True):
        open_to = row.copy()
        open_to[known] = -np.inf
        some = np.argpartition(-open_to, count)[:count]
        lists.append(some[np.argsort(-open_to[some], kind="stable")])
    return np.array(lists)


def hits(lists: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Which of the listed items are wanted: (people, listed)."""
    return (lists[:, :, None] == wanted[:, None, :]).any(axis=2)


def ndcg(lists: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """NDCG of the first SHOWN for each person, every wanted item counting the same."""
    discount = 1 / np.log2(np.arange(2, SHOWN + 2))
    best = discount[: min(SHOWN, wanted.shape[1])].sum()
    return hits(lists[:, :SHOWN], wanted) @ discount / best


def features(world: World, past: np.ndarray, lists: np.ndarray, learnt: tuple) -> np.ndarray:
    """What the ranker sees of each listed item: (people x listed, len(FEATURES))."""
    people, kinds, count = learnt
    score = np.einsum("pw,plw->pl", people, kinds[lists])
    by_author = (world.author[lists][:, :, None] == world.author[past][:, None, :]).sum(axis=2)
    habit = np.broadcast_to(world.newness[past].mean(axis=1)[:, None], lists.shape)
    parts = (score, count[lists], world.newness[lists], habit, by_author)
    return np.stack(parts, axis=2).reshape(-1, len(FEATURES))


def neighbours(people: np.ndarray, kinds: np.ndarray) -> dict[str, object]:
    """Recall and time of an approximate index against exact search, by effort."""
    # One more value makes all items equally long, so that the nearest has the largest product.
    length = (kinds**2).sum(axis=1)
    items = np.column_stack([kinds, np.sqrt(length.max() - length)]).astype(np.float32)
    asked = np.column_stack([people, np.zeros(len(people))]).astype(np.float32)
    index = Index(ndim=WIDTH + 1, metric="cos", dtype="f32", connectivity=16, expansion_add=128)
    index.add(np.arange(len(items)), items, threads=1)
    started = time.perf_counter()
    scores = people @ kinds.T
    exact = np.argpartition(-scores, NEAR, axis=1)[:, :NEAR]
    spent = 1e3 * (time.perf_counter() - started) / len(people)
    recall, took = [], []
    for effort in EFFORTS:
        index.expansion_search = effort
        started = time.perf_counter()
        found = index.search(asked, NEAR, threads=1).keys
        took.append(1e3 * (time.perf_counter() - started) / len(people))
        recall.append(np.mean([np.isin(e, f).mean() for e, f in zip(exact, found, strict=True)]))
    return {"ann_effort": EFFORTS, "ann_recall": recall, "ann_ms": took, "exact_ms": spent}


def order_by(lists: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Lists in the order of falling scores of the listed items."""
    return np.take_along_axis(lists, np.argsort(-scores, axis=1, kind="stable"), axis=1)


def run(smoke: bool) -> dict[str, object]:
    """Learns both stages on the past and scores every way of recommending on the future."""
    rng = np.random.default_rng(SEED)
    people, items = (1_500, 3_000) if smoke else (6_000, 12_000)
    world, everyone = World(people, items, rng), np.arange(people)
    past, labels, future = np.split(world.actions(rng), [HISTORY, HISTORY + LABELS], axis=1)
    learnt, seen = vectors(past, items, rng), np.concatenate([past, labels], axis=1)
    scores = learnt[0] @ learnt[1].T
    lists = top(scores, past, HANDED_ON)
    data = lgb.Dataset(features(world, past, lists, learnt), hits(lists, labels).ravel())
    ranker = lgb.train(TREES, data, ROUNDS)
    fresh = top(scores, seen, max(CUTS))
    handed = fresh[:, :HANDED_ON]
    ranked = ranker.predict(features(world, past, handed, learnt), num_threads=1)
    utility = np.concatenate([world.utility(who) for who in np.array_split(everyone, 20)])
    ways = {
        "trending": top(np.broadcast_to(learnt[2], utility.shape), seen, SHOWN),
        "retrieval": fresh,
        "two_stages": order_by(handed, ranked.reshape(handed.shape)),
        "oracle_on_handed": order_by(handed, np.take_along_axis(utility, handed, axis=1)),
        "oracle": top(utility, seen, SHOWN),
    }
    found = {"people": people, "items": items, "handed_on": HANDED_ON, "cuts": CUTS}
    for name, each in ways.items():
        gains = ndcg(each, future)
        found[f"ndcg_{name}"] = gains.mean()
        found[f"ndcg_{name}_error"] = gains.std() / np.sqrt(people)
    found["recall"] = [hits(fresh[:, :cut], future).sum(axis=1).mean() / FUTURE for cut in CUTS]
    found["gain"] = ranker.feature_importance("gain") / ranker.feature_importance("gain").sum()
    return found | neighbours(learnt[0][:1_000], learnt[1])


def claims(found: dict[str, float]) -> dict[str, bool]:
    """What the chapter rests on."""
    two, one = found["ndcg_two_stages"], found["ndcg_retrieval"]
    noise = 2 * found["ndcg_two_stages_error"]
    return {
        "retrieval beats what is trending": one > 1.5 * found["ndcg_trending"],
        "a ranker beats retrieval alone by more than chance": two > one + noise,
        "no ranker beats the oracle on what is handed on": two < found["ndcg_oracle_on_handed"],
        "what retrieval drops is lost to every ranker": (
            found["ndcg_oracle_on_handed"] < found["ndcg_oracle"]
        ),
        "an approximate index finds 95 % of neighbours at some effort": max(found["ann_recall"])
        > 0.95,
        "more effort finds more": found["ann_recall"][0] < found["ann_recall"][-1],
    }
