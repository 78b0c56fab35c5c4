"""Cuts the site's fonts and the table of advance widths from upstream font files.

Run once when a font is updated; what it writes is committed. It needs `fonttools` and `brotli`
(the `test` extra) and two files that are not kept here, the variable faces of Inter 4 and of
JetBrains Mono as their authors publish them:

    python -m handbook.drawing.fonts InterVariable.woff2 JetBrainsMono.woff2 docs/assets/fonts

The optical size axis of Inter is pinned at 14: a face whose widths change with the size could not
be measured by one table. Weights stay variable from 400 to 700.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

WEIGHTS = (400, 500, 600, 700)
TABLE = Path(__file__).with_name("inter_widths.json")
# What pictures for link previews are set in: their renderer reads no woff2 and no variable font.
CARD_FONTS = Path(__file__).parents[1] / "fonts"
CARD_WEIGHTS = (500, 700)

# What nearly every page shows. Browsers fetch the other files only where a page needs them, so a
# range here must be one in docs/assets/fonts.css too (a test compares them).
BASIC = (
    (0x20, 0x7E),
    (0xA0, 0xA0),
    (0xA7, 0xA7),
    (0xA9, 0xA9),
    (0xB0, 0xB3),
    (0xB5, 0xB7),
    (0xB9, 0xB9),
    (0xD7, 0xD7),
    (0xF7, 0xF7),
    (0x2010, 0x2026),
    (0x20AC, 0x20AC),
    (0x2190, 0x2193),
    (0x2212, 0x2212),
    (0x2248, 0x2248),
    (0x2264, 0x2265),
)
# The letters of western Europe, for names.
LATIN = (
    (0xA1, 0xA6),
    (0xA8, 0xA8),
    (0xAA, 0xAF),
    (0xB4, 0xB4),
    (0xB8, 0xB8),
    (0xBA, 0xD6),
    (0xD8, 0xF6),
    (0xF8, 0xFF),
)
# What formulas in text and figures of models write: Greek letters, powers, indices, a few signs.
MATH = (
    (0x391, 0x3C9),
    (0x2032, 0x2033),
    (0x2070, 0x208E),
    (0x2202, 0x2202),
    (0x2207, 0x2208),
    (0x220F, 0x220F),
    (0x2211, 0x2211),
    (0x221A, 0x221A),
    (0x221D, 0x221E),
    (0x2260, 0x2260),
    (0x22C5, 0x22C5),
)
# Other Latin letters and the rarer signs.
EXTENDED = (
    (0x100, 0x17F),
    (0x2027, 0x2027),
    (0x2030, 0x2031),
    (0x2034, 0x203A),
    (0x2090, 0x209C),
    (0x2122, 0x2122),
    (0x2194, 0x2199),
    (0x21D0, 0x21D4),
    (0x2200, 0x2201),
    (0x2203, 0x2206),
    (0x2209, 0x220E),
    (0x2210, 0x2210),
    (0x2213, 0x2219),
    (0x221B, 0x221C),
    (0x221F, 0x2247),
    (0x2249, 0x225F),
    (0x2261, 0x2263),
    (0x2266, 0x22C4),
    (0x22C6, 0x22FF),
    (0x2318, 0x2318),
    # Without the two triangles that browsers put before what folds: nearly every page has one.
    (0x25A0, 0x25B7),
    (0x25B9, 0x25BD),
    (0x25BF, 0x25CF),
    (0x2605, 0x2606),
    (0x2713, 0x2717),
)
INTER = {
    "inter": BASIC,
    "inter-latin": LATIN,
    "inter-math": MATH,
    "inter-extended": EXTENDED,
}


def main(argv: list[str] | None = None) -> int:
    """Writes the table and the font files, and prints what each weighs.

    Args:
        argv: Arguments after the program's name; the process's own where none are given.
    """
    parser = argparse.ArgumentParser(prog="python -m handbook.drawing.fonts")
    parser.add_argument("inter", type=Path)
    parser.add_argument("mono", type=Path)
    parser.add_argument("folder", type=Path)
    args = parser.parse_args(argv)
    TABLE.write_text(width_table(args.inter), encoding="utf-8")
    args.folder.mkdir(parents=True, exist_ok=True)
    for name, ranges in INTER.items():
        woff = args.folder / f"{name}.woff2"
        cut(args.inter, woff, ranges, {"opsz": 14, "wght": (400, 700)}, ["kern", "tnum"])
        for weight in CARD_WEIGHTS:
            cut_static(woff, CARD_FONTS / f"{name}-{weight}.ttf", weight)
    cut(args.mono, args.folder / "jetbrains-mono.woff2", BASIC, {"wght": (400, 700)}, [])
    for path in (TABLE, *sorted(args.folder.glob("*.woff2")), *sorted(CARD_FONTS.glob("*.ttf"))):
        print(f"{path.name}: {path.stat().st_size} bytes")
    return 0


def width_table(source: Path) -> str:
    """Returns the advance widths of each weight as compact JSON, in font units.

    Args:
        source: The variable face of Inter.
    """
    tools = _font_tools()
    columns: dict[int, list[int]] = {}
    chars = ""
    for weight in WEIGHTS:
        font: Any = tools.varLib.instancer.instantiateVariableFont(
            tools.ttLib.TTFont(source), {"opsz": 14, "wght": weight}
        )
        cmap, metrics = font.getBestCmap(), font["hmtx"].metrics
        points = sorted(set(_points(BASIC + LATIN + MATH + EXTENDED)) & set(cmap))
        chars = "".join(map(chr, points))
        columns[weight] = [metrics[cmap[point]][0] for point in points]
        units = font["head"].unitsPerEm
    table = {"font": "Inter", "units_per_em": units, "chars": chars, "widths": columns}
    return json.dumps(table, ensure_ascii=True, separators=(",", ":")) + "\n"


def cut(
    source: Path,
    target: Path,
    ranges: Iterable[tuple[int, int]],
    axes: dict[str, Any],
    features: list[str],
) -> None:
    """Writes the part of a variable font that the site uses, as woff2.

    Args:
        source: The face to cut from.
        target: The file to write.
        ranges: First and last code point of each range to keep.
        axes: What each axis is limited to; as fontTools takes it.
        features: Those to keep: kerning costs a sixth of Inter and shows, others do neither.
    """
    tools = _font_tools()
    options = tools.subset.Options()
    options.layout_features = features
    options.flavor = "woff2"
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.hinting = False
    font: Any = tools.ttLib.TTFont(source, recalcTimestamp=False)
    _leave_figures_to_figures(font)
    subsetter = tools.subset.Subsetter(options)
    subsetter.populate(unicodes=list(_points(ranges)))
    subsetter.subset(font)
    font = tools.varLib.instancer.instantiateVariableFont(font, axes)
    font.flavor = "woff2"
    font.save(target)


def _leave_figures_to_figures(font: Any) -> None:
    """Tabular figures widen hyphens too, which tears the words of a table apart."""
    if "GSUB" not in font:
        return
    layout, cmap = font["GSUB"].table, font.getBestCmap()
    figures = {cmap[point] for point in range(0x30, 0x3A)}
    wanted = {
        index
        for record in layout.FeatureList.FeatureRecord
        if record.FeatureTag == "tnum"
        for index in record.Feature.LookupListIndex
    }
    for index in wanted:
        for table in layout.LookupList.Lookup[index].SubTable:
            mapping = getattr(table, "ExtSubTable", table).mapping
            for glyph in set(mapping) - figures:
                del mapping[glyph]


def cut_static(source: Path, target: Path, weight: int) -> None:
    """Writes one weight of a cut font as TrueType, without what only browsers use.

    Args:
        source: A variable font as `cut` wrote it.
        target: The file to write.
        weight: 400 to 700.
    """
    tools = _font_tools()
    font: Any = tools.ttLib.TTFont(source, recalcTimestamp=False)
    font = tools.varLib.instancer.instantiateVariableFont(font, {"wght": weight})
    for table in {"GDEF", "GPOS", "GSUB", "STAT"} & set(font.keys()):
        del font[table]
    font.flavor = None
    target.parent.mkdir(parents=True, exist_ok=True)
    font.save(target)


def _font_tools() -> Any:
    """Imports fontTools, which only this module needs and the site's build does not install."""
    for name in ("subset", "ttLib", "varLib.instancer"):
        import_module(f"fontTools.{name}")
    return import_module("fontTools")


def _points(ranges: Iterable[tuple[int, int]]) -> Iterator[int]:
    for first, last in ranges:
        yield from range(first, last + 1)


if __name__ == "__main__":
    raise SystemExit(main())
