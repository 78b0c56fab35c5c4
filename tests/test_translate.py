"""Python into JavaScript: what is refused, and that both languages compute the same.

Every function here is translated and run by Node on 1,000 random vectors beside Python.
"""

from __future__ import annotations

import ast
import json
import math
import random
import re
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from handbook import estimate, translate
from handbook.bench.lighthouse import find_node
from handbook.estimate import load
from handbook.report import HandbookError

VECTORS = 1_000
SCRIPT = Path(__file__).parents[1] / "docs/assets/calc.js"
RUN = r"""
const { readFileSync } = require("node:fs");
const [runtime, program, vectors] = process.argv.slice(1).map((path) => readFileSync(path, "utf8"));
globalThis.window = globalThis;
globalThis.hbProgress = {};
globalThis.document = { querySelector: () => null, querySelectorAll: () => [] };
(0, eval)(runtime);
const { $, written } = window.hbCalculators;
const compute = (0, eval)(program)($, written);
console.log(JSON.stringify(JSON.parse(vectors).map((vector) => {
  try {
    const value = compute(...vector);
    return typeof value === "number" ? (Object.is(value, -0) ? "-0" : `${value}`) : value;
  } catch (error) {
    return error instanceof RangeError ? "error" : `broken: ${error}`;
  }
})));
"""


@pytest.fixture
def module(tmp_path: Path) -> Callable[[str], ModuleType]:
    """Makes an estimate of a text."""

    def make(text: str) -> ModuleType:
        path = tmp_path / "chapter" / "estimate.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f'"""Made up."""\n\nimport math\n\n{text}', encoding="utf-8")
        return load(path)

    return make


def program_of(expression: str, names: dict[str, Any], inputs: list[str]) -> str:
    program = translate.Program()
    text = translate.translate(
        ast.parse(expression, mode="eval").body, names, inputs, program, (Path("page.md"), 7)
    )
    return f"(($, written) => {{\n{program.text()}  return ({', '.join(inputs)}) => {text};\n}})"


def in_node(program: str, vectors: list[list[float]], folder: Path) -> list[str]:
    texts = {"program.js": program, "vectors.json": json.dumps(vectors)}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    files = [str(SCRIPT), *(str(folder / name) for name in texts)]
    asked = subprocess.run(
        [str(find_node()), "-e", RUN, *files], capture_output=True, text=True, check=False
    )
    assert asked.returncode == 0, asked.stderr
    return list(json.loads(asked.stdout))


def bits(value: float) -> bytes:
    return struct.pack(">d", value)


def as_javascript(text: str) -> float:
    return float(text.replace("Infinity", "inf").replace("NaN", "nan"))


def compare(
    function: Callable[..., Any], vectors: list[list[float]], found: list[str], close: float
) -> int:
    """Holds Node's answers against Python's; returns how many were numbers and no errors."""
    numbers = 0
    for vector, text in zip(vectors, found, strict=True):
        try:
            value = function(*vector)
        except (ArithmeticError, ValueError):
            assert text == "error", (vector, text)
            continue
        if isinstance(value, int) and abs(value) > translate.LARGEST_INTEGER:
            assert text == "error", (vector, text)
            continue
        numbers += 1
        got = as_javascript(text)
        if close:
            assert got == pytest.approx(value, rel=close, abs=0), (vector, text, value)
        else:
            assert bits(got) == bits(float(value)), (vector, text, value)
    return numbers


def random_vectors(seed: int, count: int) -> list[list[float]]:
    rng = random.Random(seed)

    def one() -> float:
        kind = rng.randrange(6)
        if kind == 0:
            return float(rng.randint(-20, 20))
        if kind == 1:
            return rng.randint(-40, 40) / 8  # ties for `round`
        if kind == 2:
            return rng.uniform(-1, 1) * 10 ** rng.uniform(-8, 18)
        return rng.uniform(-1, 1) * 10 ** rng.uniform(-2, 4)

    return [[one() for _ in range(count)] for _ in range(VECTORS)]


EXACT = {
    "plus": "a + b * 3 - b / 7",
    "divide": "a / b",
    "floor division": "a // b",
    "remainder": "a % b",
    "round": "round(a)",
    "round to digits": "round(a, 2)",
    "floor and ceil": "math.floor(a) - math.ceil(b)",
    "truncate": "int(a) + math.trunc(b)",
    "root": "math.sqrt(abs(a)) + math.sqrt(b)",
    "least and most": "min(a, b, 2) + max(a, b) - abs(b)",
    "either": "a if a < b <= 9 else -b",
    "or": "(a or 3) + (b and 2)",
    "not": "1 if not (a < b or a is None) else 2",
    "float": "float(a) + math.fabs(b)",
    "minus": "-a - +b",
}
CLOSE = {
    "power": "a ** b",
    "root by power": "abs(a) ** 0.5",
    "math power": "math.pow(a, 3)",
    "exponential": "math.exp(a) * math.exp(b / 9)",
    "small exponential": "math.expm1(a)",
    "logarithm": "math.log(a)",
    "other logarithms": "math.log10(a)",
    "logarithm of two": "math.log2(a)",
    "logarithm near one": "math.log1p(a)",
}


@pytest.mark.parametrize("name", [*EXACT, *CLOSE])
def test_both_languages_compute_the_same(name: str, tmp_path: Path) -> None:
    expression = EXACT.get(name) or CLOSE[name]
    vectors = random_vectors(len(name), 2)
    program = program_of(expression, {"math": math}, ["a", "b"])

    def python(a: float, b: float) -> float:
        value = eval(expression, {"math": math}, {"a": a, "b": b})
        if isinstance(value, complex):
            raise ValueError("complex")
        return value

    found = in_node(program, vectors, tmp_path)
    assert compare(python, vectors, found, 1e-12 if name in CLOSE else 0) > VECTORS // 10


CODE = '''
LIMITS = {"small": 3.5, "large": 70}
SHARE = 0.25


def helper(x: float, by: float = SHARE, kind: str = "small") -> float:
    """Scales."""
    return x * by + LIMITS[kind]


def looped(x: float, *, rounds: float = 5) -> float:
    """Statements of every kind."""
    if x < -1e6:
        raise ValueError(f"too low: {x:g}")
    total: float = 0
    new = x
    for n in range(1, 6):
        total += helper(new, kind="large") / n
        new -= 1
    if total > 100:
        total = total // 3
    elif total < 0:
        total = helper(total, 2) % 7
    else:
        total *= rounds
    return total
'''


def test_statements_calls_and_defaults(module: Callable[[str], ModuleType], tmp_path: Path) -> None:
    made = module(CODE)
    vectors = random_vectors(3, 1)
    program = program_of("chapter.looped(a) + chapter.helper(a)", {"chapter": made}, ["a"])
    found = in_node(program, vectors, tmp_path)

    def python(a: float) -> float:
        return float(made.looped(a) + made.helper(a))

    assert compare(python, vectors, found, 0) > VECTORS // 2
    assert "error" in found


TOOLKIT = {
    "qps(a, b)": (1e3, 1e9),
    "machines(a, b, 0.6, 0.5)": (1, 1e6),
    "storage_bytes(a, b, 3, 30)": (1, 1e9),
    "hnsw_bytes(a, b, 16, 1)": (1, 1e9),
    "ivf_pq_bytes(a, b)": (1, 1e9),
    "kv_cache_bytes(a, 64, 8, 128) + monthly_cost(b, 3)": (1, 1e6),
    "sample_size_per_arm(a, b)": (0.001, 0.4),
    "sample_size_mean_per_arm(a, b, 0.01, 0.9)": (0.01, 10),
    "normal_quantile(a) + normal_quantile(b)": (0, 1),
    "any_slow(a, b)": (0, 1),
    "amdahl_speedup(a, b)": (0.01, 1),
    "cost_per_thousand(a, b)": (1, 1e6),
}


@pytest.mark.parametrize("expression", TOOLKIT)
def test_the_toolkit_computes_the_same_in_a_browser(expression: str, tmp_path: Path) -> None:
    low, high = TOOLKIT[expression]
    rng = random.Random(expression)
    vectors = [[rng.uniform(low, high) for _ in range(2)] for _ in range(VECTORS)]
    names = dict(vars(estimate))
    found = in_node(program_of(expression, names, ["a", "b"]), vectors, tmp_path)

    def python(a: float, b: float) -> Any:
        return eval(expression, names, {"a": a, "b": b})

    assert compare(python, vectors, found, 1e-12) == VECTORS


def test_numbers_are_written_the_same(tmp_path: Path) -> None:
    values = [[x * sign] for (x,) in random_vectors(9, 1) for sign in (1, -1)]
    values += [[0.125], [0.375], [2.5], [-0.0], [0.5], [1e20], [123456.789], [-0.004]]
    for form in (",.0f", ".1f", ",.2f", ".3f", ".0%", ".1%"):
        program = f'(($, written) => (x) => written(x, "{form}"))'
        found = in_node(program, values, tmp_path)
        assert found == [f"{value:{form}}" for (value,) in values]


@pytest.mark.parametrize(
    ("body", "line", "message"),
    [
        ("return sum([x, 1])", 7, "sum"),
        ("return [x][0]", 7, "not known beforehand"),
        ("return x + 9007199254740993", 7, "above 2 ** 53"),
        ("while x > 1:\n        x /= 2\n    return x", 7, "a while"),
        ("a, b = x, 1\n    return a", 7, "only one name"),
        ("for n in (1, 2):\n        x += n\n    return x", 7, "range"),
        ("return f(x - 1)", 6, "needs itself"),
        ("return x if x in (1, 2) else 0", 7, "an in"),
        ("return math.sin(x)", 7, "math.sin"),
        ("return x.real", 7, "no name of a module"),
        ("return max(x)", 7, "max() takes 2 to 9"),
        ("return round(x, 20)", 7, "0 to 12 digits"),
        ("return (lambda y: y)(x)", 7, "cannot be translated"),
        ("return x & 3", 7, "a bit and"),
        ("return name", 7, "'name' is not known"),
        ("return math", 7, "not a number"),
        ('raise ValueError("a", x)', 7, "one text"),
        ("return math.log(x, 2)", 7, "math.log takes 1"),
        ("return f(*[x])", 7, "written out"),
        ("del x\n    return 1", 7, "a delete"),
        ("return x is 3", 7, "None only"),
    ],
)
@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_what_is_not_in_the_subset_is_refused_with_its_line(
    module: Callable[[str], ModuleType], body: str, line: int, message: str
) -> None:
    made = module(f"\ndef f(x: float) -> float:\n    {body}\n")
    with pytest.raises(HandbookError) as refused:
        program_of("chapter.f(a)", {"chapter": made}, ["a"])
    (problem,) = refused.value.problems
    assert (problem.code, problem.line) == ("calc-translate", line)
    assert message in problem.message
    assert "\n" not in problem.text()


@pytest.mark.parametrize(
    ("code", "call", "message"),
    [
        ("def f(*x: float) -> float:\n    return 1\n", "f(a)", "any number of arguments"),
        ("def f(x, y):\n    return x\n", "f(a)", "missing a required argument"),
        ("def f(x, y=[]):\n    return x\n", "f(a)", "the default of y"),
        ("f = lambda x: x\n", "f(a)", "no function with a name"),
        ("class f:\n    pass\n", "f(a)", "cannot be translated"),
        ("def f(x):\n    return x\n", "f", "a function; call it"),
        ("def f(x):\n    return x\n", "g(a)", "no name of a module"),
    ],
)
def test_functions_that_cannot_be_taken(
    module: Callable[[str], ModuleType], code: str, call: str, message: str
) -> None:
    made = module(f"\n{code}")
    with pytest.raises(HandbookError) as refused:
        program_of(f"chapter.{call}", {"chapter": made}, ["a"])
    assert message in refused.value.problems[0].message


def test_names_of_javascript_do_not_get_in_the_way(
    module: Callable[[str], ModuleType], tmp_path: Path
) -> None:
    made = module(
        "\ndef new(delete: float, var: float = 2) -> float:\n"
        "    function = delete + var\n    const = function * 2\n    return const\n"
        "\n\ndef twice(new_: float) -> float:\n    helped = new(new_)\n    return helped\n"
    )
    program = program_of("chapter.twice(a)", {"chapter": made}, ["a"])
    assert in_node(program, [[1.0], [5.0]], tmp_path) == ["6", "14"]


def test_a_local_name_never_hides_a_function(
    module: Callable[[str], ModuleType], tmp_path: Path
) -> None:
    made = module(
        "\ndef rate(x: float) -> float:\n    return x + 1\n"
        "\n\ndef other(x: float) -> float:\n    return rate(x)\n"
        "\n\ndef total(x: float) -> float:\n    rate = 10\n    return rate * other(x)\n"
    )
    program = program_of("chapter.total(a)", {"chapter": made}, ["a"])
    assert in_node(program, [[2.0]], tmp_path) == ["30"]
    assert len(re.findall("const", program)) == 3
