"""The drawing of the cheat sheet: what every board holds, whatever the prompt."""

from handbook.drawing import Box, sketch
from handbook.estimate import chapter

framework = chapter("framework")


@sketch
def board():
    """What every board holds, whatever the prompt: a request's path, and the loop that trains it.

    The number beside a box is the minute at which its step ends. A request is answered along the
    upper row; what its rank predicts is settled first. What was served is logged, labels follow,
    and weights return through a gate.
    """
    request = Box("Request", "load, deadline", minute=_end("Clarify"))
    find = Box("Find", "baseline, recall@k", minute=_end("Model"))
    rank = Box("Rank", "Y given X, for Z", minute=_end("Frame"))
    answer = Box("Answer", "fallback, ms, $", minute=_end("Serve"))
    rows = Box("Log, labels", "as served, delay", minute=_end("Data"))
    gate = Box("Train, gate", "offline, A/B, veto", minute=_end("Evaluate"))
    watch = Box("Watch", "signal, action", minute=_end("Monitor"))
    request >> find >> rank >> answer >> rows >> gate
    gate >> "weights" >> rank
    watch >> gate


def _end(step):
    return int(framework.end_minute(step))
