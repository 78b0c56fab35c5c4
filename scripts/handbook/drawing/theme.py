"""Reads `theme.css`: for the style inside standalone files, and for the test of contrast."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROLES = ("online", "nearline", "offline", "data", "monitor", "model", "client")
LOCAL = ("accent", "line", "tint", "rim", "chip")

_PATH = Path(__file__).with_name("theme.css")
_VAR = re.compile(r"var\(--hb-([a-z-]+)\)")


@dataclass(frozen=True)
class Rule:
    """One rule: its media query ("" for none), selectors and declarations."""

    media: str
    selectors: tuple[str, ...]
    declarations: tuple[tuple[str, str], ...]


def theme_css() -> str:
    """Returns the style as it was written."""
    return _PATH.read_text(encoding="utf-8")


@cache
def rules() -> tuple[Rule, ...]:
    """Returns every rule in order."""
    source = re.sub(r"/\*.*?\*/", "", theme_css(), flags=re.DOTALL)
    found: list[Rule] = []
    media = ""
    for token in re.finditer(r"@media([^{]+)\{|([^{}@]+)\{([^{}]*)\}|(\})", source):
        query, selectors, body, close = token.groups()
        if query:
            media = query.strip()
        elif close:
            media = ""
        else:
            pairs = [part.split(":", 1) for part in body.split(";") if part.strip()]
            found.append(
                Rule(
                    media,
                    tuple(part.strip() for part in selectors.split(",")),
                    tuple((name.strip(), " ".join(value.split())) for name, value in pairs),
                )
            )
    return tuple(found)


@cache
def colours(*, dark: bool) -> dict[str, str]:
    """Returns the colours of a theme by name without `--hb-`, such as `online-chip`.

    Args:
        dark: Whether the dark theme's are meant.
    """
    wanted = '[data-md-color-scheme="slate"]' if dark else ":root"
    return {
        name.removeprefix("--hb-"): value
        for rule in rules()
        if wanted in rule.selectors
        for name, value in rule.declarations
    }


def contrast(first: str, second: str) -> float:
    """Returns the WCAG contrast of two colours, from 1 to 21.

    Args:
        first: A colour as `#rrggbb`.
        second: Another.
    """
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def standalone_css(classes: set[str]) -> str:
    """Returns a style for a file of its own: plain colours, dark where the system is dark.

    Variables are resolved, since few programs but browsers know them; each element must name
    its role itself, as `svg.standalone` sees to.

    Args:
        classes: The classes that the drawing uses; rules for others are left out.
    """
    light = _resolved(classes, colours(dark=False), everything=True)
    dark = _resolved(classes, colours(dark=True), everything=False)
    return f"{light}@media screen and (prefers-color-scheme:dark){{{dark}}}"


def _luminance(colour: str) -> float:
    channels = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _resolved(classes: set[str], palette: dict[str, str], *, everything: bool) -> str:
    """The plain rules for these classes; without `everything` only what a palette changes."""
    roles = [role for role in ROLES if f"hb-role-{role}" in classes]
    out: list[str] = []
    for rule in rules():
        selectors = [s for s in rule.selectors if _used(s, classes)]
        body = [(n, v) for n, v in rule.declarations if not n.startswith("--hb-")]
        if not everything:
            body = [(n, v) for n, v in body if "var(" in v]
        if rule.media or not selectors or not body or ".hb-role-" in rule.selectors[0]:
            continue
        out.append(_rule(selectors, body, palette, "client"))
        local = [(n, v) for n, v in body if any(f"--hb-{name})" in v for name in LOCAL)]
        if local:
            out.extend(
                _rule([f"{s}.hb-role-{role}" for s in selectors], local, palette, role)
                for role in roles
            )
    return "".join(out)


def _used(selector: str, classes: set[str]) -> bool:
    names = re.findall(r"\.(hb-[a-z-]+)", selector)
    return bool(names) and ":" not in selector and all(name in classes for name in names)


def _rule(
    selectors: list[str], body: list[tuple[str, str]], palette: dict[str, str], role: str
) -> str:
    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        if name in LOCAL:
            name = role if name == "accent" else f"{role}-{name}"
        return palette[name]

    text = ";".join(f"{name}:{_VAR.sub(value, raw)}" for name, raw in body)
    return f"{','.join(selectors)}{{{text}}}"
