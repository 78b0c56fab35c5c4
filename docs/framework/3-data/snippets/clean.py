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
            times = [datetime.fromisoformat(event[name]) for name in CLOCKS]
        except (ValueError, KeyError):
            dropped["unreadable"] += 1
            continue
        happened, sent, received = times
        waited = sent - happened  # both by the phone: its error cancels out
        event["time"] = received - waited
        if event["event_id"] in seen:
            dropped["repeat"] += 1
        elif event["bot_score"] > 0.9:
            dropped["bot"] += 1
        elif not timedelta(0) <= waited <= timedelta(days=2):
            dropped["clock"] += 1
        else:
            kept.append(event)
            seen.add(event["event_id"])
    return kept, dropped
