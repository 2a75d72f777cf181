"""Ways to look at real processes without sleeping."""

import os
import select
import time
from pathlib import Path


def descendants(pid: int) -> set[int]:
    """The processes that `pid` started, theirs too."""
    found = set[int]()
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, children.read_text().split()):
            found |= {child} | descendants(child)
    return found


def left_after(pids: set[int], seconds: float) -> set[int]:
    """Those of `pids` that still run after so many seconds; returns as soon as none does."""
    handles = {}
    for pid in pids:
        try:
            handles[os.pidfd_open(pid)] = pid
        except ProcessLookupError:
            continue
    poll = select.poll()
    for handle in handles:
        poll.register(handle, select.POLLIN)
    deadline = time.monotonic() + seconds
    while handles and (left := deadline - time.monotonic()) > 0:
        for handle, _ in poll.poll(left * 1000):
            poll.unregister(handle)
            os.close(handle)
            del handles[handle]
    for handle in handles:
        os.close(handle)
    return set(handles.values())
