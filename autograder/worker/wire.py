"""Frames: a length-prefixed JSON header and raw buffers, over a pair of pipes or a socket.

A frame is 4 bytes (big endian) with the header's length, the header, and the buffers that its list
``"buffers"`` of lengths announces. Reading checks every length against a limit before it allocates, and
neither reading nor writing waits longer than it is told: the other side may be hostile.
"""

from __future__ import annotations

import itertools
import json
import os
import select
import struct
import time
from dataclasses import dataclass
from typing import Any

MAX_HEADER = 8 * 2**20
MAX_BUFFERS = 64 * 2**20
MAX_BUFFER_COUNT = 10_000
CHUNK = 2**20
WRITTEN_AT_ONCE = getattr(select, "PIPE_BUF", 512)  # so much fits when a pipe can be written at all


class WireError(Exception):
    """The other side closed the channel or sent something that is not a frame."""


class LateError(WireError):
    """No whole frame came, or went, in time."""


@dataclass(frozen=True)
class Frame:
    """One message: JSON types, and the bytes of its arrays."""

    header: dict[str, Any]
    buffers: list[bytes]


@dataclass(frozen=True)
class Channel:
    """Two file descriptors: one to read frames from, one to write them to."""

    read_fd: int
    write_fd: int

    def send(
        self,
        header: dict[str, Any],
        buffers: list[bytes] | None = None,
        timeout_s: float | None = None,
    ) -> None:
        """Write one frame.

        Raises
        ------
        LateError
            If the other side did not take it within `timeout_s` seconds.
        WireError
            If the other side is gone.
        """
        parts = buffers or []
        text = json.dumps({**header, "buffers": [len(part) for part in parts]}).encode()
        try:
            _write(
                self.write_fd,
                b"".join([struct.pack(">I", len(text)), text, *parts]),
                _until(timeout_s),
            )
        except OSError as error:
            raise WireError("the other side is gone") from error

    def receive(self, timeout_s: float | None = None) -> Frame:
        """Read one frame.

        Raises
        ------
        LateError
            If no whole frame came within `timeout_s` seconds.
        WireError
            If the channel was closed, or what came is not a frame within the limits.
        """
        until = _until(timeout_s)
        (size,) = struct.unpack(">I", _read(self.read_fd, 4, until))
        if size > MAX_HEADER:
            raise WireError(f"a header of {size} bytes came, at most {MAX_HEADER} are read")
        header = _parse(_read(self.read_fd, size, until))
        sizes = header.pop("buffers", [])
        if not _are_sizes(sizes):
            raise WireError(f"buffers of at most {MAX_BUFFERS} bytes in all were wanted")
        body, starts = _read(self.read_fd, sum(sizes), until), [0, *itertools.accumulate(sizes)]
        return Frame(header, [body[i:j] for i, j in itertools.pairwise(starts)])

    def close(self) -> None:
        """Close both ends."""
        for fd in {self.read_fd, self.write_fd}:
            os.close(fd)


def _parse(text: bytes) -> dict[str, Any]:
    try:
        header = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WireError("a header is one JSON object") from error
    if not isinstance(header, dict):
        raise WireError("a header is one JSON object")
    return header


def _are_sizes(sizes: Any) -> bool:
    return (
        isinstance(sizes, list)
        and len(sizes) <= MAX_BUFFER_COUNT
        and all(type(size) is int and size >= 0 for size in sizes)
        and sum(sizes) <= MAX_BUFFERS
    )


def _until(timeout_s: float | None) -> float | None:
    return None if timeout_s is None else time.monotonic() + timeout_s


def _write(fd: int, data: bytes, until: float | None) -> None:
    view, at_once = memoryview(data), CHUNK if until is None else WRITTEN_AT_ONCE
    while view:
        if (
            until is not None
            and not select.select([], [fd], [], max(0.0, until - time.monotonic()))[1]
        ):
            raise LateError("the other side takes nothing")
        view = view[os.write(fd, view[:at_once]) :]


def _read(fd: int, size: int, until: float | None) -> bytes:
    parts = []
    while size:
        if (
            until is not None
            and not select.select([fd], [], [], max(0.0, until - time.monotonic()))[0]
        ):
            raise LateError("no answer in time")
        try:
            part = os.read(fd, min(size, CHUNK))
        except OSError as error:
            raise WireError("the channel is broken") from error
        if not part:
            raise WireError("the other side closed the channel")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
