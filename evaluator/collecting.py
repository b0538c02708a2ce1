"""Fewer runs of the garbage collector while many lasting objects are made. Imports nothing of ours."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_LOCK = Lock()
_inside: list[tuple[int, int, int]] = []
"""The thresholds before the first that is inside came in, once for each that is."""


@contextmanager
def seldom() -> Iterator[None]:
    """Collect seldom for a while.

    Of a rulebook's many objects none is in a cycle, and looking for one takes longer than to read them. The thresholds
    are those of the whole process: the last to leave, in whichever thread, puts them back.
    """
    with _LOCK:
        _inside.append(_inside[0] if _inside else gc.get_threshold())
        gc.set_threshold(200_000, 20, 100)
    try:
        yield
    finally:
        with _LOCK:
            before = _inside.pop()
            if not _inside:
                gc.set_threshold(*before)
