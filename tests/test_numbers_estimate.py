"""The numbers page: its arithmetic by hand, and its measured constants against the stored run."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from handbook import measure
from handbook.estimate import Quantity, chapter

numbers = chapter("reference/numbers")
STORED = json.loads(
    (Path(__file__).parents[1] / measure.RESULTS).read_text(encoding="utf-8"),
)


def test_the_page_quotes_the_stored_run() -> None:
    results = STORED["results"]
    assert set(numbers.MEASURED) == set(numbers.SPREAD) == set(results)
    for name, stored in results.items():
        quoted = getattr(numbers, name.upper())
        assert isinstance(quoted, Quantity)
        assert (float(quoted), quoted.unit, quoted.kind) == (
            stored["median"],
            stored["unit"],
            "measured",
        )
        assert quoted.accessed == STORED["date"]
        assert quoted.note.endswith(stored["how"])
        assert numbers.SPREAD[name] == (stored["low"], stored["high"])


def test_the_stored_run_is_the_scripts_own() -> None:
    assert list(STORED["results"]) == [one.name for one in measure.MEASURES]
    for one in measure.MEASURES:
        assert STORED["results"][one.name]["how"] == one.how
        assert STORED["results"][one.name]["unit"] == one.unit
    for stored in STORED["results"].values():
        assert 0 < stored["low"] <= stored["median"] <= stored["high"]
    assert "host" not in json.dumps(STORED["machine"])


def test_light_needs_ten_milliseconds_a_thousand_kilometres() -> None:
    assert numbers.fibre_rtt_ms() == pytest.approx(2 * 1_000 / 204_190 * 1_000, rel=1e-4)
    assert numbers.fibre_rtt_ms(5_000) == pytest.approx(5 * numbers.fibre_rtt_ms())


def test_distances_are_those_of_a_globe() -> None:
    assert numbers.distance_km("London", "London") == 0
    # By an independent formula, the spherical law of cosines.
    a, b, lon = map(math.radians, (39.04, 53.35, -6.26 + 77.49))
    cosine = math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(lon)
    assert numbers.distance_km() == pytest.approx(6_371 * math.acos(cosine), rel=1e-9)
    assert numbers.distance_km("Ireland", "N. Virginia") == pytest.approx(numbers.distance_km())


def test_nothing_reported_is_faster_than_light() -> None:
    assert 1 < numbers.least_over_floor() < numbers.DETOUR < numbers.most_over_floor()
    assert numbers.over_floor() == pytest.approx(66.6 / 53.49, rel=1e-3)


def test_links_by_hand() -> None:
    assert numbers.pcie_bytes_s() == pytest.approx(63.0e9, rel=1e-3)
    assert numbers.nic_bytes_s() == 12.5e9
    assert numbers.nvlink_bytes_s() == 450e9
    assert numbers.seconds_for(numbers.nic_bytes_s()) == 80
    assert numbers.ssd_random_bytes_s() == 3_686_400_000


def test_moving_rows_go_from_slow_to_fast() -> None:
    taken = [row[2] for row in numbers.moving_rows()[1:]]
    assert taken[0] == "5.6 h"
    assert taken[-1] == "0.1 s"
    assert "80 s" in taken


def test_the_roofline_has_a_slope_and_a_roof() -> None:
    assert numbers.ridge() == pytest.approx(989 / 3.35)
    assert numbers.attainable_flops(1) == 3.35e12
    assert numbers.attainable_flops(1e6) == 989e12
    assert numbers.attainable_flops(numbers.ridge()) == pytest.approx(989e12)
    assert numbers.decode_intensity(1) == 1
    assert numbers.decode_intensity(64) == 64
    read = 16e9 + 64 * 3_000 * 131_072
    assert numbers.cached_intensity() == pytest.approx(64 * 16e9 / read)
    assert numbers.cached_intensity(1, 0) == pytest.approx(1)
    assert numbers.measured_share_percent() == pytest.approx(80.3, abs=0.05)
    assert numbers.sweep_ms() == pytest.approx(80 / 3.35, rel=1e-9)


def test_language_models_by_hand() -> None:
    assert numbers.llama_8b_kv_bytes() == 2 * 32 * 8 * 128 * 2 == 131_072
    assert numbers.llama_70b_kv_bytes() == 2 * 80 * 8 * 128 * 2 == 327_680
    assert numbers.qwen_kv_bytes() == 2 * 64 * 8 * 128 * 2 == 262_144
    assert numbers.deepseek_kv_bytes() == (512 + 64) * 61 * 2 == 70_272
    assert numbers.decode_ms() == pytest.approx(16 / 3.35)
    assert numbers.decode_tokens_per_second() == pytest.approx(3_350 / 16)
    assert numbers.prefill_tokens_per_second() == pytest.approx(989e12 / 16e9)
    assert not numbers.fits("TPU v5e", 8e9)
    assert numbers.fits("H100", 8e9)
    assert [row[0] for row in numbers.decode_rows() if "does not fit" in row] == ["TPU v5e"]


def test_prices_by_hand() -> None:
    assert numbers.h100_month() == pytest.approx(6.88 * 730)
    assert numbers.hbm_dollars() == pytest.approx(6.88 * 730 / 80)
    assert numbers.memory_dollars() == pytest.approx(1.072 * 730 / 137.438953472)
    assert numbers.answers_dollars() == pytest.approx(2.8 * 2 + 0.2 * 10)
    # A thousand times 2,000 fresh tokens, 800 cached at a twentieth, 200 written.
    assert numbers.cached_answers_dollars() == pytest.approx(2.0 * 2 + 0.8 * 0.1 + 0.2 * 10)
    assert numbers.token_rows()[1][-1] == "$0.38"
    assert numbers.small_model_fall() == pytest.approx(10)
    assert numbers.newer_server_percent() == pytest.approx(12.07, abs=0.01)


def test_everyday_arithmetic() -> None:
    assert numbers.per_second() == pytest.approx(11.574, abs=1e-3)
    assert numbers.round_day_error_percent() == pytest.approx(13.6)
    assert numbers.binary_gap_percent() == pytest.approx(7.374, abs=1e-3)
    assert numbers.down_minutes(0.999, 30) == pytest.approx(43.2)
    assert numbers.down_minutes(0.9999) == pytest.approx(52.56)
    assert numbers.serial_availability_percent() == pytest.approx(99.5, abs=0.01)
    assert numbers.catalogue_bytes() == 100e6 * 768 * 4
    assert numbers.link_bytes() == 256


def test_a_cycle_visits_everything_once() -> None:
    successors, seen, index = measure.cycle(1 << 10), set(), 0
    for _ in range(1 << 10):
        seen.add(index)
        index = successors[index]
    assert index == 0
    assert len(seen) == 1 << 10


@pytest.mark.parametrize("length", [0, 2, 3, 1_000])
def test_a_cycle_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match=f"a cycle's length is a power of two, got {length}"):
        measure.cycle(length)


def test_a_summary_is_a_median_between_quartiles() -> None:
    assert measure.summary([4.0, 1.0, 3.0, 2.0, 100.0]) == {
        "median": 3.0,
        "low": 2.0,
        "high": 4.0,
        "runs": 5,
    }
    assert measure.summary([1.23456, 1.23456])["median"] == 1.23


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 0.0], [1.0, -2.0]])
def test_a_summary_of_nothing_is_refused(values: list[float]) -> None:
    with pytest.raises(ValueError, match="two values or more, all above zero"):
        measure.summary(values)


def test_the_warm_up_is_not_counted() -> None:
    calls: list[int] = []
    values = measure.seconds_each(lambda: calls.append(1), operations=10, runs=3)
    assert len(calls) == 4
    assert len(values) == 3
    assert all(value > 0 for value in values)


def test_a_report_holds_what_it_was_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    one = measure.Measure("two_s", "s", "nothing", lambda: [2.0, 2.0, 2.0])
    found = measure.report([one])
    assert found["results"] == {
        "two_s": {"unit": "s", "how": "nothing", "median": 2.0, "low": 2.0, "high": 2.0, "runs": 3}
    }
    assert set(found) == {"date", "machine", "results"}
    assert capsys.readouterr().err.startswith("two_s: ")


def test_events_are_the_same_in_every_run() -> None:
    assert measure.events(3) == measure.events(3)
    assert set(measure.events(1)[0]) == {"user", "item", "action", "position", "score", "time"}
