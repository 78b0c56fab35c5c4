"""The snippets that the data chapter shows, run on cases whose answers are known."""

from __future__ import annotations

import importlib.util
import json
import random
import re
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from handbook.estimate import chapter

PAGE = Path(__file__).parents[1] / "docs" / "framework" / "3-data" / "index.md"
SNIPPETS = PAGE.parent / "snippets"
data = chapter("framework/3-data")
feed = chapter("case-studies/news-feed")


def snippet(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"snippet_{name}", SNIPPETS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def shown_line() -> dict[str, Any]:
    block = re.search(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    event: dict[str, Any] = json.loads(block[1])
    return event


def test_every_snippet_is_shown_and_every_shown_one_exists() -> None:
    shown = re.findall(r'--8<-- "docs/framework/3-data/snippets/(\w+)\.py"', PAGE.read_text())
    assert sorted(shown) == sorted(path.stem for path in SNIPPETS.glob("*.py"))


# --------------------------------------------------------------------------- cleaning


def test_the_shown_line_has_the_size_that_volumes_are_computed_with() -> None:
    size = len(json.dumps(shown_line(), separators=(",", ":")))
    assert 0.85 * data.LINE_BYTES < size <= data.LINE_BYTES


def test_the_shown_line_is_clean_and_its_phone_thirty_seven_seconds_slow() -> None:
    event = shown_line()
    kept, dropped = snippet("clean").clean([json.dumps(event)], set())
    assert not dropped
    assert kept[0]["time"] == datetime.fromisoformat("2026-11-20T18:04:48.839+00:00")
    slow = kept[0]["time"] - datetime.fromisoformat(event["client_time"])
    assert slow == timedelta(seconds=37.357)


def test_each_bad_line_is_dropped_for_its_reason() -> None:
    good = shown_line()
    lines = [
        json.dumps(good),
        json.dumps(good),
        json.dumps(good | {"event_id": "b", "bot_score": 0.99}),
        json.dumps(good | {"event_id": "c", "client_time": "2019-01-01T00:00:00+00:00"}),
        json.dumps(good | {"event_id": "d", "client_time": "2026-11-20T19:04:17.000+01:00"}),
        "{",
        "{}",
        "[1]",
        json.dumps({name: good[name] for name in good if name != "event_id"}),
        json.dumps({name: good[name] for name in good if name != "bot_score"}),
        json.dumps(good | {"event_id": "e", "bot_score": None}),
        json.dumps(good | {"event_id": "f", "client_time": "2026-11-20T19:04:11.482"}),
    ]
    kept, dropped = snippet("clean").clean(lines, set())
    assert [event["event_id"] for event in kept] == [good["event_id"]]
    assert dropped == {"repeat": 1, "bot": 1, "clock": 2, "unreadable": 7}


# --------------------------------------------------------------------------- joins


def test_a_join_never_reads_what_was_not_yet_readable() -> None:
    as_of = snippet("as_of").as_of
    history = [(10.0, 7.0), (20.0, 9.0)]
    assert [as_of(history, moment) for moment in (9.9, 10.0, 19.9, 20.0)] == [None, 7.0, 7.0, 9.0]


# --------------------------------------------------------------------------- missing values


def test_imputation_takes_its_value_from_training_and_says_that_it_did() -> None:
    impute = snippet("impute")
    fill = impute.fit([1.0, None, 3.0, 100.0])
    assert fill == 3.0
    assert impute.impute(None, fill) == (3.0, 1.0)
    assert impute.impute(0.0, fill) == (0.0, 0.0)


# --------------------------------------------------------------------------- encodings


@pytest.mark.parametrize("ratio", [0.5, 1, 2, 10])
def test_collisions_follow_the_formula(ratio: float) -> None:
    ids = [f"u_{number}" for number in range(20_000)]
    rows = int(ratio * len(ids))
    measured = snippet("hash_ids").colliding_share(ids, rows)
    assert measured == pytest.approx(data.colliding_share(len(ids), rows), abs=0.015)


def test_hashing_is_the_same_in_another_process_and_apart_by_field() -> None:
    row = snippet("hash_ids").row
    code = "from hash_ids import row; print(row('author', 'u_0c44d7e9', 10**9))"
    for seed in ("0", "1"):
        run = subprocess.run(
            [sys.executable, "-c", code],
            cwd=SNIPPETS,
            env={"PYTHONHASHSEED": seed, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert int(run.stdout) == row("author", "u_0c44d7e9", 10**9)
    assert row("author", "7", 10**9) != row("topic", "7", 10**9)
    assert row("author", "7", 10**9) != row("author", "7", 10**9, seed=1)


def test_a_rate_knows_only_labels_that_were_known() -> None:
    encode = snippet("target_encode").encode
    rows = [(0.0, 5.0, "a", 1), (1.0, 6.0, "a", 1), (5.0, 9.0, "a", 0), (5.5, 9.0, "b", 0)]
    assert encode(rows, prior=0.5, strength=2) == pytest.approx([0.5, 0.5, 2 / 3, 0.5])


def test_mean_labels_of_their_own_rows_make_noise_look_strong() -> None:
    draw = random.Random(7)
    labels = [int(draw.random() < feed.LIKE_RATE) for _ in range(20_000)]
    ids = [str(number // 2) for number in range(len(labels))]
    leaky = [
        (labels[row] + labels[row ^ 1]) / 2 for row in range(len(labels))
    ]  # both rows of an id, its own among them
    rows = [(float(at), at + 1.0, ids[at], labels[at]) for at in range(len(labels))]
    honest = snippet("target_encode").encode(rows, prior=feed.LIKE_RATE)
    leaks = snippet("leaks")
    assert leaks.auc(leaky, labels) == pytest.approx(data.noise_auc(), abs=0.01)
    assert leaks.auc(honest, labels) == pytest.approx(0.5, abs=0.03)
    assert leaks.suspects({"leaky": leaky, "honest": honest}, labels) == ["leaky"]


def test_auc_counts_pairs_and_halves_ties() -> None:
    auc = snippet("leaks").auc
    assert auc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]) == 0.75
    assert auc([1.0, 1.0], [0, 1]) == 0.5
    assert auc([0.9, 0.1], [0, 1]) == 0.0


def test_scales_are_fitted_on_training_and_survive_what_they_have_not_seen() -> None:
    scale = snippet("scale")
    edges = scale.fit_edges([float(value) for value in range(1, 1001)])
    assert len(edges) == 19
    assert [scale.by_quantile(value, edges) for value in (-5.0, 500.5, 1e9)] == pytest.approx(
        [0.0, 0.5, 1.0], abs=0.03
    )
    assert scale.by_log(20, 1e6) == pytest.approx(data.log_median())
    assert scale.by_log(1e9, 1e6) == 1.0
    centre, deviation = scale.fit_standard([2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0])
    assert (centre, deviation) == (5.0, 2.0)
    assert scale.by_standard(1.0, centre, deviation) == -2.0
    assert scale.by_standard(3.0, *scale.fit_standard([3.0, 3.0])) == 0.0


# --------------------------------------------------------------------------- sampling


def test_downsampling_keeps_positives_and_the_correction_undoes_it() -> None:
    sample = snippet("downsample")
    kept = [sample.kept(f"i_{number}", False, 0.1) for number in range(20_000)]
    assert sum(kept) / len(kept) == pytest.approx(0.1, abs=0.01)
    assert all(sample.kept(f"i_{number}", True, 0.1) for number in range(100))
    assert sample.corrected(feed.rate_after_downsampling(), 0.1) == pytest.approx(feed.LIKE_RATE)


# --------------------------------------------------------------------------- passages


@pytest.mark.parametrize("length", [0, 1, 50, 51, 250, 300, 301, 550, 551, 2_000])
def test_a_document_makes_as_many_passages_as_the_estimate_says(length: int) -> None:
    tokens = [str(number) for number in range(length)]
    cut = snippet("chunk").passages(tokens)
    assert len(cut) == data.passages_of(length) >= 1
    assert all(len(passage) <= 300 for passage in cut)
    joined = cut[0] + [token for passage in cut[1:] for token in passage[50:]]
    assert joined == tokens
