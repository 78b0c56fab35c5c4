"""Runs work in copies of this process, where a copy costs next to nothing: on Linux.

A copy has everything in memory that there was, and shares nothing that it changes. What it returns,
raises or logs is handed over; what it writes to files is there.
"""

from __future__ import annotations

import logging
import logging.handlers
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import TypeVar

Made = TypeVar("Made")


def copies_pay() -> bool:
    """Tells whether work is done sooner with copies of this process than without."""
    return sys.platform == "linux" and (os.cpu_count() or 1) > 1


@contextmanager
def beside(work: Callable[[], Made]) -> Iterator[Callable[[], Made]]:
    """Runs something in a copy of this process while the block runs.

    Args:
        work: What to run. It may run a second time, here, should the copy have died over it.

    Yields:
        What waits for it, and returns or raises what it did. Asked for nothing, it is ended with
        the block.
    """
    if not copies_pay():
        yield work
        return
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(work, there), daemon=True)
    process.start()
    there.close()

    def made() -> Made:
        try:
            answer: tuple[Made, Exception | None, list[logging.LogRecord]] = here.recv()
        except EOFError:
            return work()
        found, error, records = answer
        handle(records)
        if error is not None:
            raise error
        return found

    try:
        yield made
    finally:
        process.terminate()
        process.join()
        here.close()


def _work(work: Callable[[], Made], pipe: Connection) -> None:
    notes = Notes()
    try:
        answer: tuple[Made | None, Exception | None] = (work(), None)
    except Exception as error:  # raised again by whoever waits
        answer = (None, error)
    pipe.send((*answer, notes.records))
    pipe.close()


class Notes(logging.handlers.QueueHandler):
    """Keeps what a copy logs, as text; nothing else of the process listens any more."""

    def __init__(self) -> None:
        super().__init__(None)  # type: ignore[arg-type]
        self.records: list[logging.LogRecord] = []
        loggers = [logging.getLogger(name) for name in logging.root.manager.loggerDict]
        for logger in (logging.root, *loggers):
            logger.handlers = []
        logging.root.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Notes a record, its message written out."""
        self.records.append(self.prepare(record))


def handle(records: list[logging.LogRecord]) -> None:
    """Logs what a copy logged.

    Args:
        records: As `Notes` keeps them.
    """
    for record in records:
        logging.getLogger(record.name).handle(record)
