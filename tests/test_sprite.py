"""Icons that recur on a page stand there once."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from handbook.drawing.sprite import share_icons

SERVER, CLOCK, ONCE = "M1 1h2v2z", "M5 5h1v1z", "M9 9h1"


def icon(outline: str, at: int = 0) -> str:
    return f'<path class="hb-icon" transform="translate({at} 0)scale(.8)" d="{outline}"/>'


def figure(*inside: str) -> str:
    return f"<figure><svg>{''.join(inside)}</svg></figure>"


def test_an_icon_that_recurs_is_drawn_once_and_referred_to() -> None:
    first, second = share_icons(
        [figure(icon(SERVER), icon(CLOCK), icon(ONCE)), figure(icon(CLOCK, 7), icon(SERVER, 8))]
    )
    both = first + second
    assert both.count(SERVER) == both.count(CLOCK) == 1
    ids = dict(re.findall(r'<path id="(hb-icon-[0-9a-f]{8})" d="([^"]*)"/>', first))
    assert sorted(ids.values()) == [SERVER, CLOCK]
    uses = re.findall(r'<use class="hb-icon" transform="([^"]*)" href="#([^"]*)"/>', second)
    assert [(place, ids[name]) for place, name in uses] == [
        ("translate(7 0)scale(.8)", CLOCK),
        ("translate(8 0)scale(.8)", SERVER),
    ]
    assert icon(ONCE) in first


def test_the_outlines_stand_in_the_first_figure_and_are_not_seen_or_read_out() -> None:
    first, second = share_icons([figure(icon(SERVER)), figure(icon(SERVER))])
    outlines = ElementTree.fromstring(first)[-1]
    assert outlines.attrib == {
        "class": "hb-sprite",
        "width": "0",
        "height": "0",
        "aria-hidden": "true",
    }
    assert "hb-sprite" not in second


def test_an_icon_has_the_same_id_on_every_page() -> None:
    one = share_icons([figure(icon(SERVER), icon(SERVER))])[0]
    other = share_icons([figure(icon(CLOCK), icon(CLOCK), icon(SERVER), icon(SERVER))])[0]
    (name,) = re.findall(r'id="([^"]*)"', one)
    assert f'<path id="{name}" d="{SERVER}"/>' in other


def test_figures_without_recurring_icons_stay_as_they_are() -> None:
    assert share_icons([]) == []
    alone = [figure(icon(ONCE)), figure("<rect/>")]
    assert share_icons(alone) == alone
