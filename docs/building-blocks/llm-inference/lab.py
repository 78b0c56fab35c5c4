"""Serving a language model: static batches, continuous ones, and memory handed out in pages.

A simulation of one card, step by step: a step reads all weights and all cached keys and values
once, computes up to a chunk of prompts, and gives each running answer one token. Requests arrive
at random, with made-up lengths like those of a support assistant. Static batches wait for their
longest answer; continuous ones admit at every step but reserve room for the longest answer that
is allowed; pages hold what is there, and who finds no page is put back and computed again.
"""

from __future__ import annotations

import heapq
from collections import deque
from functools import partial

import numpy as np

SEED = 20261121
WEIGHT_BYTES = 32.8e9  # 32.8 billion parameters in 8 bits
CACHE_BYTES = 262_144  # of one token: 64 layers, 8 heads, width 128, keys and values, 2 bytes
ROOM = int((0.9 * 80e9 - WEIGHT_BYTES) / CACHE_BYTES)  # tokens that the card can cache
BANDWIDTH = 0.7 * 3.35e12  # bytes a second that decoding reaches
FLOPS = 0.5 * 989e12  # a second, that prompts reach
CHUNK, PAGE = 1_024, 16  # tokens: prompts that one step computes, a page of memory
FIRST_S, PACE_S = 1.0, 0.05  # what a reader accepts: first token, and each one after it
UNITS = {"seconds": "s", "room": "tokens", "chunk": "tokens"}
COLUMNS = ("wait_p50", "wait_p95", "pace", "good", "tokens", "again")
KINDS = ("static", "continuous", "paged")
# Mean tokens of a prompt and an answer, the longest answer allowed, requests a second.
LOADS = {"assistant": (2_800, 200, 1_024, 0.1), "writer": (400, 600, 4_096, 0.5)}


def requests(load: str, rate: float, seconds: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Arrival times in seconds, prompt and answer lengths in tokens."""
    prompt, answer, longest, _ = LOADS[load]
    rng = np.random.default_rng(SEED)
    arrive = np.cumsum(rng.exponential(1 / rate, int(rate * seconds)))
    asked = rng.lognormal(np.log(prompt) - 0.08, 0.4, arrive.size).clip(20, 8_000)
    written = rng.lognormal(np.log(answer) - 0.32, 0.8, arrive.size).clip(2, longest)
    return arrive, asked.astype(int), written.astype(int)


def step_s(cached: float, prompts: float) -> float:
    """Seconds of one step: bytes that are read, then prompts that are computed."""
    return (WEIGHT_BYTES + cached * CACHE_BYTES) / BANDWIDTH + prompts * 2 * WEIGHT_BYTES / FLOPS


def static(
    arrive: np.ndarray, prompt: np.ndarray, answer: np.ndarray, longest: int
) -> tuple[np.ndarray, np.ndarray, int]:
    """Batches that are padded to their longest prompt and run until their longest answer."""
    first, last = np.zeros(arrive.size), np.zeros(arrive.size)
    now, at = 0.0, 0
    while at < arrive.size:
        now = max(now, arrive[at])
        end = at + 1
        while end < arrive.size and arrive[end] <= now:
            if (end + 1 - at) * (prompt[at : end + 1].max() + longest) > ROOM:
                break
            end += 1
        size, width, most = end - at, prompt[at:end].max(), answer[at:end].max()
        now += step_s(0, size * width)
        first[at:end] = now
        steps = [0.0] + [step_s(size * (width + done), 0) for done in range(1, most)]
        last[at:end] = now + np.cumsum(steps)[answer[at:end] - 1]
        now, at = last[at:end].max(), end
    return first, last, 0


class Card:
    """Admits at every step; memory is reserved for the longest answer, or handed out in pages."""

    def __init__(self, prompt: np.ndarray, answer: np.ndarray, longest: int, *, paged: bool):
        self.prompt, self.answer, self.longest, self.paged = prompt, answer, longest, paged
        self.done = np.zeros(prompt.size, int)  # tokens written before a request was put back
        self.waiting: deque[int] = deque()
        self.running: dict[int, int] = {}  # request -> the step from which its tokens count
        self.ends: list[tuple[int, int]] = []  # last step, request
        self.step, self.cached, self.held, self.again = 0, 0, 0, 0
        self.current, self.left = -1, 0  # the request whose prompt is computed, tokens to go

    def busy(self) -> bool:
        """Whether any request is here."""
        return bool(self.waiting or self.running or self.current >= 0)

    def room(self, one: int) -> int:
        """Tokens of memory that a request takes when it is admitted."""
        return self.prompt[one] + (self.done[one] + PAGE if self.paged else self.longest)

    def prompts(self) -> tuple[int, list[int]]:
        """Computes up to a chunk of prompts; returns its tokens and the requests that are read."""
        budget, joined = CHUNK, []
        while budget and (self.current >= 0 or self.waiting):
            if self.current < 0:
                one = self.waiting[0]
                spare = PAGE * len(self.running) if self.paged else 0
                if self.held + self.room(one) + spare > ROOM:
                    break
                self.current, self.left = self.waiting.popleft(), self.prompt[one] + self.done[one]
                self.held += self.room(one)
            part = min(self.left, budget)
            self.left, budget = self.left - part, budget - part
            if not self.left:
                joined.append(self.current)
                self.current = -1
        return CHUNK - budget, joined

    def write(self, joined: list[int]) -> list[int]:
        """Gives each running answer a token and returns those that are whole."""
        self.step += 1
        for one in joined:
            self.running[one] = self.step - 1 - self.done[one]
            self.cached += self.prompt[one] + self.done[one]
            heapq.heappush(self.ends, (self.running[one] + self.answer[one], one))
        self.cached += len(self.running)
        self.held += len(self.running) if self.paged else 0
        whole = []
        while self.ends and self.ends[0][0] <= self.step:
            end, one = heapq.heappop(self.ends)
            if self.running.get(one) == end - self.answer[one]:  # not put back meanwhile
                self.leave(one, self.answer[one])
                whole.append(one)
        while self.paged and self.held > ROOM:
            one = next(reversed(self.running))
            self.done[one] = self.step - self.running[one]
            self.leave(one, self.done[one])
            self.waiting.appendleft(one)
            self.again += 1
        return whole

    def leave(self, one: int, written: int) -> None:
        """Frees the memory of a request."""
        del self.running[one]
        self.cached -= self.prompt[one] + written
        self.held -= self.prompt[one] + (written + PAGE if self.paged else self.longest)


def dynamic(
    arrive: np.ndarray, prompt: np.ndarray, answer: np.ndarray, longest: int, *, paged: bool
) -> tuple[np.ndarray, np.ndarray, int]:
    """Runs a card until every answer is whole."""
    card = Card(prompt, answer, longest, paged=paged)
    first, last = np.zeros(arrive.size), np.zeros(arrive.size)
    now, at = 0.0, 0
    while at < arrive.size or card.busy():
        now = now if card.busy() else max(now, arrive[at])
        while at < arrive.size and arrive[at] <= now:
            card.waiting.append(at)
            at += 1
        computed, joined = card.prompts()
        now += step_s(card.cached, computed)
        last[card.write(joined)] = now
        first[[one for one in joined if not first[one]]] = now
    return first, last, card.again


def measure(load: str, kind: str, rate: float, seconds: float) -> list[float]:
    """Median and p95 wait, seconds a token, share in time, tokens a second, answers put back."""
    arrive, prompt, answer = requests(load, rate, seconds)
    rule = static if kind == "static" else partial(dynamic, paged=kind == "paged")
    first, last, again = rule(arrive, prompt, answer, LOADS[load][2])
    wait, pace = first - arrive, (last - first) / np.maximum(answer - 1, 1)
    good = np.mean((wait <= FIRST_S) & (pace <= PACE_S))
    return [*np.quantile(wait, (0.5, 0.95)), pace.mean(), good, answer.sum() / last.max(), again]


def run(smoke: bool) -> dict[str, object]:
    """Serves the same requests at twenty rates in three ways, for both loads."""
    seconds = 300 if smoke else 1_800
    found = {"room": ROOM, "chunk": CHUNK, "seconds": seconds}
    for load, (*_, step) in LOADS.items():
        rates = [round(step * n, 1) for n in range(1, 21)]
        found[f"{load}_rates"] = rates
        for kind in KINDS:
            rows = np.array([measure(load, kind, rate, seconds) for rate in rates])
            name, in_time = f"{load}_{kind}", np.array(rates)[rows[:, 3] >= 0.9]
            found |= {f"{name}_{each}": rows[:, at] for at, each in enumerate(COLUMNS)}
            found[f"{name}_goodput"] = in_time.max(initial=0)
            found[f"{name}_most_tokens"] = rows[:, 4].max()
    return found


def claims(found: dict[str, float]) -> dict[str, bool]:
    """What the chapter rests on."""
    most, rate = (
        {load: [found[f"{load}_{kind}_{what}"] for kind in KINDS] for load in LOADS}
        for what in ("most_tokens", "goodput")
    )
    again = found["writer_paged_again"][:7]  # below four requests a second
    continuous = min(each[1] / each[0] for each in most.values())
    paged = {load: each[2] / each[1] for load, each in rate.items()}
    return {
        "static batches keep nine in ten answers in time at no rate": rate["writer"][0] == 0,
        "continuous batches write more than twice as much": continuous > 2,
        "pages double the rate in time where answers are long": paged["writer"] >= 2,
        "pages change little where prompts are long": paged["assistant"] <= 1.3,
        "below the limit nobody is put back": sum(again) == 0,
    }
