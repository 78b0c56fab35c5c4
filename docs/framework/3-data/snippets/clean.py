"""From raw lines to events: read, set the clock right, drop with a reason."""

import json
from collections import Counter
from datetime import datetime, timedelta

CLOCKS = ("client_time", "sent_time", "server_time")


def clean(lines: list[str], seen: set[str]) -> tuple[list[dict], Counter]:
    """Returns events, and how many lines were dropped for which reason."""
    kept, dropped = [], Counter()
    for line in lines:
        try:
            event = json.loads(line)
            repeat, bot = event["event_id"] in seen, event["bot_score"] > 0.9
            times = [datetime.fromisoformat(event[name]) for name in CLOCKS]
            happened, sent, received = times
            waited = sent - happened  # both by the phone: its error cancels out
        except (ValueError, KeyError, TypeError):
            dropped["unreadable"] += 1
            continue
        if repeat:
            dropped["repeat"] += 1
        elif bot:
            dropped["bot"] += 1
        elif not timedelta(0) <= waited <= timedelta(days=2):
            dropped["clock"] += 1
        else:
            kept.append(event | {"time": received - waited})
            seen.add(event["event_id"])
    return kept, dropped
