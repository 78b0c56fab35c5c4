"""Built content: the article holds what texts, figures and quizzes need, and nothing that acts.

A list of what is allowed, since a list of what is forbidden is never whole. The policy in every
page would stop most of it in the browser as well; here its author hears of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from handbook import policy
from handbook.markup import Tag
from handbook.report import Problem
from handbook.rules import Code, SiteRule
from handbook.site import ARTICLE, Site

# Allowed on every element of an article.
EVERYWHERE = {"class", "dir", "hidden", "id", "lang", "role", "tabindex", "title"}
PREFIXES = ("aria-", "data-hb-", "data-pagefind-", "data-search-")
_SHAPE = "fill fill-rule clip-rule stroke stroke-width transform pathlength"
_TEXT = "x y dx dy font-size font-weight text-anchor textlength lengthadjust transform"
# Everything else is refused. Names in SVG are compared in lower case, as browsers read them here.
HTML = """
a href download rel target hreflang data-figure data-clipboard-target data-clipboard-text
abbr
article
aside
b
bdi
bdo
blockquote cite
br
button type value name disabled data-figure data-clipboard-target data-clipboard-text data-option
caption
cite
code
col span
colgroup span
data value
dd
del datetime
details open name data-quiz
dfn
div data-tabs data-figure data-quiz data-option data-tag
dl
dt
em
figcaption
figure data-figure
footer
h1
h2
h3
h4
h5
h6
header
hr
i
img src srcset sizes alt width height loading decoding
input type name checked disabled value data-option
ins datetime
kbd
label for
li value data-option
main
mark
nav
ol start type reversed
output for name
p
picture
pre
q cite
rp
rt
ruby
s
samp
section data-quiz
small
source srcset sizes media type width height
span
strong
sub
summary
sup
table
tbody
td colspan rowspan headers
tfoot
th colspan rowspan headers scope abbr
thead
time datetime
tr
u
ul
var
wbr
"""
SVG = f"""
svg viewbox width height x y xmlns xmlns:xlink preserveaspectratio version focusable fill stroke
a href xlink:href target rel
circle cx cy r {_SHAPE}
clippath clippathunits
defs
desc
ellipse cx cy rx ry {_SHAPE}
g {_SHAPE} font-size font-weight font-family text-anchor
image href xlink:href x y width height preserveaspectratio transform
line x1 y1 x2 y2 {_SHAPE}
lineargradient x1 y1 x2 y2 gradientunits gradienttransform href xlink:href
marker markerwidth markerheight refx refy orient viewbox markerunits
mask maskunits x y width height
metadata
path d {_SHAPE}
pattern x y width height patternunits patterntransform viewbox
polygon points {_SHAPE}
polyline points {_SHAPE}
radialgradient cx cy r fx fy gradientunits gradienttransform href xlink:href
rect x y width height rx ry {_SHAPE}
stop offset stop-color stop-opacity
symbol viewbox width height x y preserveaspectratio
text {_TEXT}
textpath href xlink:href startoffset
title
tspan {_TEXT}
use href xlink:href x y width height transform
"""
MATH = """
annotation encoding
math display xmlns alttext
maction
menclose notation
merror
mfenced open close separators
mfrac linethickness
mi mathvariant
mmultiscripts
mn mathvariant
mo fence form maxsize minsize stretchy separator lspace rspace largeop movablelimits accent
mover accent
mpadded width height depth lspace voffset
mphantom
mprescripts
mroot
mrow
ms
mspace width height depth linebreak
msqrt
mstyle displaystyle scriptlevel mathsize mathcolor
msub
msubsup
msup
mtable columnalign rowalign columnspacing rowspacing columnlines rowlines displaystyle
mtd columnalign rowalign columnspan rowspan
mtext
mtr columnalign rowalign
munder accentunder
munderover accent accentunder
semantics
"""
# Refused on the whole page, whoever wrote it.
NOWHERE = {
    "applet": "runs a program",
    "embed": "shows another document",
    "frame": "shows another document",
    "frameset": "shows other documents",
    "iframe": "shows another document",
    "object": "shows another document",
    "portal": "shows another document",
}
# The theme's own names; an id of content that is the same takes their place in scripts.
_THEMES = re.compile(r"__(?!tabbed_|codelineno|span|skip$)")
OUTSIDE = re.compile(r"url\(\s*[\"']?(?!#)", re.IGNORECASE)


def _allowed(table: str) -> dict[str, set[str]]:
    rows = [line.split() for line in table.strip().splitlines()]
    return {name: set(attributes) for name, *attributes in rows}


def _merged(*tables: str) -> dict[str, set[str]]:
    merged: dict[str, set[str]] = {}
    for table in tables:
        for name, attributes in _allowed(table).items():
            merged.setdefault(name, set()).update(attributes)
    return merged


ALLOWED = _merged(HTML, SVG, MATH)
DRAWN = _allowed(SVG)

# A finding of a tag, without its place: code, message, fix.
Said = tuple[str, str, str]


class Content(SiteRule):
    """The article holds allowed elements with allowed attributes; nothing on a page acts."""

    codes = (
        Code(
            "html-element",
            "An element that content may not use: it shows another document, sends a form, plays "
            "something or hides what it holds. Inline SVG and MathML have their lists too.",
            '<iframe src="https://example.org/"></iframe>',
            "Link to what it would show. A new element that a page needs is added to the list in "
            "`rules/built_content.py`, with a review.",
            "html",
        ),
        Code(
            "html-attribute",
            "An attribute, or a value of one, that content may not use.",
            '<a href="https://example.org/" target="_blank">Elsewhere</a>',
            "Delete it. A link that opens a new window says `rel=noopener`; an input is a box to "
            'tick; a button says `type="button"`.',
            "html",
        ),
        Code(
            "html-handler",
            "An attribute runs a script when something happens.",
            '<p onclick="go()">Go</p>',
            "Delete it. What a page does stands in `docs/assets`, for all pages.",
            "html",
        ),
        Code(
            "html-style",
            "A style stands in the page. The policy of the site ignores it, so the page would "
            "look other than its author saw it.",
            '<p style="color: red">Red</p>',
            "Use a class, `{ .hb-wide }` in Markdown, and write its rule into `docs/assets`.",
            "html",
        ),
        Code(
            "html-script",
            "A script stands in the page and no template of the theme wrote it. The policy stops "
            "it, wherever it came from: an article, a title, a line of the navigation.",
            "<script>go()</script>",
            "Delete it. What a page does stands in `docs/assets`, for all pages.",
            "html",
        ),
    )

    def over(self, site: Site) -> Iterator[Problem]:
        """Yields a finding for each tag, where it first stands on its page."""
        trusted = policy.trusted(site.project)
        for page in site.pages.values():
            for (region, _), (tag, offset) in page.tags.items():
                for code, said, fix in _tag_findings(tag, region == ARTICLE):
                    near = (tag.source, f"<{tag.name}", *_values(tag))
                    yield site.at(page, offset, code, said, *near, fix=fix)
            for offset, region, tag, text in page.scripts:
                said = _script_finding(tag, text, region, trusted)
                if said:
                    near = (tag.source, "<script", text)
                    yield site.at(page, offset, "html-script", said, *near)


def _values(tag: Tag) -> list[str]:
    return [value for name, value in tag.attributes.items() if len(value) > 3 or name == "id"]


def _script_finding(tag: Tag, text: str, region: str, trusted: Callable[[str], bool]) -> str:
    if region == ARTICLE:
        return "a script stands in the article"
    if "src" in tag.attributes or not policy.runs(tag) or trusted(text):
        return ""
    return f"no template of the theme writes this script: {' '.join(text.split())[:40]!r}"


@lru_cache(maxsize=65536)
def _tag_findings(tag: Tag, content: bool) -> tuple[Said, ...]:
    """What is wrong with a tag; each distinct one is looked at once."""
    found: list[Said] = []
    for name, value in tag.attributes.items():
        if name.startswith("on"):
            found.append(("html-handler", f"<{tag.name} {name}> runs a script", ""))
        elif name == "style":
            found.append(("html-style", f"<{tag.name}> has a style: {value[:40]!r}", "a class"))
        elif name == "srcdoc":
            found.append(("html-attribute", f"<{tag.name} srcdoc> holds a document", ""))
    if tag.name == "style":
        found.append(("html-style", "<style> stands in the page", ""))
    elif tag.name in NOWHERE:
        found.append(("html-element", f"<{tag.name}> {NOWHERE[tag.name]}", "link to it"))
    elif content and tag.name not in ("!", "script"):
        found += _content(tag)
    elif content and tag.source.startswith("<![CDATA["):
        found.append(("html-element", "a CDATA section hides what it holds", ""))
    return tuple(found)


def _content(tag: Tag) -> Iterator[Said]:
    allowed = ALLOWED.get(tag.name)
    if allowed is None:
        yield "html-element", f"<{tag.name}> is no element for content", ""
        return
    for name, value in tag.attributes.items():
        known = name in allowed or name in EVERYWHERE or name.startswith(PREFIXES)
        if not known and not name.startswith("on") and name not in ("style", "srcdoc"):
            yield "html-attribute", f"<{tag.name}> may not have {name}={value[:40]!r}", ""
        elif OUTSIDE.search(value) and tag.name in DRAWN:
            yield "html-attribute", f"<{tag.name} {name}> points out of the page: {value!r}", ""
        elif name in ("id", "name") and _THEMES.match(value):
            yield "html-attribute", f"{value!r} is a name of the theme's", "another id"
    yield from _values_of(tag)


def _values_of(tag: Tag) -> Iterator[Said]:
    """What an element says with a value: a window to open, a kind of input, a picture's text."""
    if tag.name == "a" and "target" in tag.attributes:
        if tag.get("target") != "_blank" or "noopener" not in tag.get("rel").split():
            said = f"<a target={tag.get('target')!r}> without rel=noopener"
            yield "html-attribute", said, "delete target: readers choose for themselves"
    elif tag.name == "input" and tag.get("type") not in ("radio", "checkbox"):
        yield "html-attribute", f"<input type={tag.get('type')!r}> takes what a reader types", ""
    elif tag.name == "button" and tag.get("type") != "button":
        yield "html-attribute", "<button> would send a form", 'type="button"'
    elif tag.name == "img" and "alt" not in tag.attributes:
        yield "html-attribute", "<img> has no alt", 'alt="what it shows", or alt="" for ornament'
    elif tag.get("tabindex", "0") not in ("0", "-1"):
        said = f"tabindex={tag.get('tabindex')!r} leaves the order of reading"
        yield "html-attribute", said, "0 or -1"
