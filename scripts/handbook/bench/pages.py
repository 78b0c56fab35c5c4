"""What a first visit to a page costs and what axe finds there, in the browser of this machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from handbook.bench.table import Bar, Row

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request

    from handbook.bench import Bench

KINDS = ("HTML", "CSS", "JS", "font", "image", "other")
WIDE, NARROW = (1280, 900), (390, 844)
SIZES = {"wide": WIDE, "narrow": NARROW}
# The widths and themes that axe looks at.
LOOKS = tuple((size, scheme) for size in (WIDE, NARROW) for scheme in ("light", "dark"))
# What scrolling asks for is asked by then; it is waited for however long it takes.
SETTLED_MS = 100
AXE_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_KIND_OF = {
    "document": "HTML",
    "stylesheet": "CSS",
    "script": "JS",
    "font": "font",
    "image": "image",
}


@dataclass(frozen=True)
class Template:
    """A kind of page and the page that stands for it.

    Attributes:
        name: What the table calls it.
        path: The page, relative to the site's root.
        most_kb: The bar for all bytes of a first visit, if there is one.
    """

    name: str
    path: str
    most_kb: float | None = None


# The pages that bytes, requests and Lighthouse are measured on.
TEMPLATES = (
    Template("landing page", ""),
    Template("case study", "case-studies/news-feed/", 140),
    Template("API page", "reference/diagram-kit/"),
    Template("practice page", "practice/review/"),
    Template("chapter without figures", "reference/glossary/", 85),
)
# What axe looks at besides: prose, a gallery, the longest API page, the error page.
MORE_TEMPLATES = (
    Template("prose", "contributing/"),
    Template("gallery", "contributing/diagrams/"),
    Template("long API page", "reference/tooling/"),
    Template("error page", "no/such/page/"),
)


@dataclass
class Visit:
    """What a first visit fetched.

    Attributes:
        sizes: Bytes of the bodies as they travelled, by kind.
        requests: How many requests, those for embedded `data:` left out.
        foreign: Addresses outside the site.
        cookies: How many cookies are there afterwards.
        workers: How many service workers were started.
    """

    sizes: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    foreign: list[str] = field(default_factory=list)
    cookies: int = 0
    workers: int = 0

    @property
    def total(self) -> int:
        """All bytes."""
        return sum(self.sizes.values())


def visit(browser: Browser, address: str, path: str, size: tuple[int, int]) -> Visit:
    """Visits a page as somebody who has never been here, and scrolls to its end.

    Args:
        browser: A browser.
        address: The site's address.
        path: The page, relative to it.
        size: Of the window, in CSS pixels.
    """
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    page = context.new_page()
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    page.goto(address + path, wait_until="networkidle")
    page.evaluate(_SCROLL)
    page.wait_for_timeout(SETTLED_MS)
    found = Visit(cookies=len(context.cookies()), workers=len(context.service_workers))
    for request in asked:
        if request.url.startswith(("data:", "blob:")):
            continue
        found.requests += 1
        if request.url.startswith(address):
            found.sizes[_kind(request)] += request.sizes()["responseBodySize"]
        else:
            found.foreign.append(request.url)
    context.close()
    return found


# In steps: what loads as it comes near must have its chance.
_SCROLL = """async () => {
    for (let y = 0; y < document.body.scrollHeight; y += innerHeight) {
        scrollTo(0, y);
        await new Promise(requestAnimationFrame);
    }
}"""


def _kind(request: Request) -> str:
    """Names the kind of a resource; a link to an icon or a manifest counts as what it is."""
    if request.resource_type == "other" and request.url.endswith((".svg", ".png", ".ico")):
        return "image"
    return _KIND_OF.get(request.resource_type, "other")


def heaviest_visit(browser: Browser, address: str, path: str) -> Visit:
    """Returns the heavier of two first visits, on a wide screen and on a phone.

    Args:
        browser: A browser.
        address: The site's address.
        path: The page, relative to it.
    """
    visits = [visit(browser, address, path, size) for size in SIZES.values()]
    return max(visits, key=lambda each: (len(each.foreign), each.total))


def page_rows(bench: Bench) -> Iterator[Row]:
    """Measures a first visit to each template.

    Args:
        bench: The run.
    """
    for template in TEMPLATES:
        found = heaviest_visit(bench.browser, bench.address, template.path)
        parts = ", ".join(
            f"{kind} {found.sizes[kind] / 1e3:.1f}" for kind in KINDS if found.sizes[kind]
        )
        name = f"{template.name} (`/{template.path}`)"
        bar = Bar(template.most_kb) if template.most_kb else None
        how = f"kB, bodies, gzip -9, heavier of {WIDE[0]} and {NARROW[0]} px: {parts}"
        yield Row("pages", f"{name}: first visit", found.total / 1e3, "kB", bar, how)
        counts = (
            ("requests", found.requests, 7),
            ("foreign requests, cookies, service workers", _uninvited(found), 0),
        )
        for what, count, most in counts:
            yield Row("pages", f"{template.name}: {what}", count, "", Bar(most), "the same visit")


def _uninvited(found: Visit) -> int:
    return len(found.foreign) + found.cookies + found.workers


def axe_rows(bench: Bench) -> Iterator[Row]:
    """Counts what axe finds on every template, in both themes and two widths.

    Args:
        bench: The run.
    """
    script = axe_script(bench.project.root)
    for template in (*TEMPLATES, *MORE_TEMPLATES):
        found = axe_findings(bench.browser, bench.address, template.path, script)
        how = "WCAG 2.2 AA and best practice, light and dark, 1280 and 390 px, folds open"
        worst = ", ".join(f"{rule} {count}" for rule, count in found.most_common(4))
        how += f": {worst}" if worst else ""
        yield Row("axe", f"{template.name}: axe", found.total(), "findings", Bar(0), how)


def axe_script(root: Path) -> str:
    """Returns axe itself, which comes with the tests.

    Args:
        root: Of the checkout.
    """
    return (root / "tests" / "vendor" / "axe.min.js").read_text(encoding="utf-8")


def axe_findings(browser: Browser, address: str, path: str, script: str) -> Counter[str]:
    """Counts axe's findings on a page by rule, over both themes and two widths.

    Args:
        browser: A browser.
        address: The site's address.
        path: The page, relative to it.
        script: axe, as `axe_script` returns it.
    """
    found: Counter[str] = Counter()
    for size, scheme in LOOKS:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.goto(address + path)
        found.update(_axe(page, script))
        context.close()
    return found


def _axe(page: Page, script: str) -> Counter[str]:
    # Evaluated and not added as an element: no policy of the page stands in the way.
    page.evaluate(script)
    # What is folded away is read too.
    page.evaluate("document.querySelectorAll('.md-content details').forEach(d => d.open = true)")
    violations = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})"
        ".then(result => result.violations.map(rule => [rule.id, rule.nodes.length]))",
        list(AXE_RULES),
    )
    return Counter(dict(violations))
