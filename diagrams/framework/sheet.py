"""The drawing of the cheat sheet: what every board holds, whatever the prompt."""

from handbook.drawing import Box, sketch
from handbook.estimate import chapter

framework = chapter("framework")


@sketch
def board():
    """What every board holds, whatever the prompt: seven boxes and one way back.

    The number beside a box is the minute at which its step ends. Features are logged as they were
    served, labels follow, and the weights return through a gate.
    """
    request = Box("Request", "load, deadline", minute=_end("Clarify"))
    predict = Box("Predict Y", "given X, so that Z", minute=_end("Frame"))
    rows = Box("Log, labels", "as served, delay", minute=_end("Data"))
    model = Box("Find, rank", "recall@k, then loss", minute=_end("Model"))
    gate = Box("Gate", "offline, A/B, veto", minute=_end("Evaluate"))
    answer = Box("Answer", "fallback, ms, $", minute=_end("Serve"))
    watch = Box("Watch", "signal, action", minute=_end("Monitor"))
    request >> predict >> rows >> model >> gate >> answer >> watch
    watch >> "new weights" >> gate


def _end(step):
    return int(framework.end_minute(step))
