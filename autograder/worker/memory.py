"""Make the warm process cheap to fork: a fork copies an entry for every page of memory that is in use.

On Linux what is in use is joined to pages of 2 MiB, 512 times as large as plain ones. When a submission writes to
one, the system splits it again and copies the 4 KiB that are written.
"""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Iterator
from pathlib import Path

LARGE_BYTES = 2**21
MADV_COLLAPSE = 25  # since Linux 6.1; older ones refuse it, and all stays as it was


def pack() -> None:
    """Return unused memory to the system and join the rest to large pages, where libc and the system can."""
    with contextlib.suppress(AttributeError, OSError, TypeError):
        libc = ctypes.CDLL(None)
        libc.malloc_trim(0)
        for start in _large_pages(Path("/proc/self/maps").read_text()):
            libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(LARGE_BYTES), MADV_COLLAPSE)


def _large_pages(maps: str) -> Iterator[int]:
    r"""Where a large page fits into memory that can be written and is no file's.

    Examples
    --------
    >>> list(map(hex, _large_pages("1ff000-801000 rw-p 00000000 00:00 0\n")))
    ['0x200000', '0x400000', '0x600000']
    """
    for line in maps.splitlines():
        span, mode, _, _, _, *name = line.split()
        if mode == "rw-p" and name in ([], ["[heap]"]):
            first, last = (int(end, 16) for end in span.split("-"))
            yield from range(
                -(-first // LARGE_BYTES) * LARGE_BYTES, last - LARGE_BYTES + 1, LARGE_BYTES
            )
