"""Frames arrive whole, or a WireError comes: in time, whatever the other side sends or does not take."""

from __future__ import annotations

import json
import os
import struct
import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.worker.wire import MAX_BUFFERS, MAX_HEADER, Channel, LateError, WireError

headers = st.dictionaries(
    st.text(max_size=5).filter(lambda key: key != "buffers"),
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.lists(st.integers()),
    max_size=4,
)


@pytest.fixture
def ends() -> Iterator[tuple[Channel, Channel]]:
    there, back = os.pipe(), os.pipe()
    near, far = Channel(back[0], there[1]), Channel(there[0], back[1])
    yield near, far
    for fd in (*there, *back):
        try:
            os.close(fd)
        except OSError:
            continue


def received(data: bytes) -> tuple[dict[str, object], list[bytes]]:
    """What is read when these bytes, and then the end, come through a pipe."""
    read_fd, write_fd = os.pipe()
    writer = threading.Thread(target=_pour, args=(write_fd, data))
    writer.start()
    try:
        frame = Channel(read_fd, -1).receive(timeout_s=5)
    finally:
        os.close(read_fd)
        writer.join()
    return frame.header, frame.buffers


def _pour(fd: int, data: bytes) -> None:
    try:
        os.write(fd, data)
    except BrokenPipeError:
        pass
    finally:
        os.close(fd)


def framed(text: bytes, rest: bytes = b"") -> bytes:
    return struct.pack(">I", len(text)) + text + rest


@given(headers, st.lists(st.binary(max_size=50), max_size=3))
def test_a_frame_arrives_as_it_was_sent(header: dict[str, object], buffers: list[bytes]) -> None:
    there = os.pipe()
    channel = Channel(*there)
    channel.send(header, buffers)
    frame = channel.receive(timeout_s=5)
    channel.close()
    assert (frame.header, frame.buffers) == (header, buffers)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_frame_or_a_wire_error(data: bytes) -> None:
    with pytest.raises(WireError):
        received(data[:3] + b"\xff" + data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\0",
        framed(b""),
        framed(b"[]"),
        framed(b'"text"'),
        framed(b"{"),
        framed(b"\xff\xfe"),
        framed(b"[" * 100_000),
        framed(b'{"n": ' + b"9" * 10_000 + b"}"),
        framed(b'{"buffers": 1}'),
        framed(b'{"buffers": [-1]}'),
        framed(b'{"buffers": [true]}', b"x"),
        framed(b'{"buffers": [1.0]}', b"x"),
        framed(b'{"buffers": ["1"]}', b"x"),
        framed(b'{"buffers": [3]}', b"xx"),
        framed(json.dumps({"buffers": [MAX_BUFFERS, 1]}).encode()),
        framed(json.dumps({"buffers": [0] * 20_000}).encode()),
        struct.pack(">I", MAX_HEADER + 1),
        struct.pack(">I", 2**32 - 1) + b"{}",
    ],
)
def test_what_is_not_a_frame_is_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        received(data)


def test_silence_is_late(ends: tuple[Channel, Channel]) -> None:
    near, _far = ends
    began = time.monotonic()
    with pytest.raises(LateError):
        near.receive(timeout_s=0.1)
    assert 0.1 <= time.monotonic() - began < 2


def test_half_a_frame_is_late(ends: tuple[Channel, Channel]) -> None:
    near, far = ends
    os.write(far.write_fd, framed(b'{"half": true}')[:-1])
    with pytest.raises(LateError):
        near.receive(timeout_s=0.1)


def test_a_drip_is_late(ends: tuple[Channel, Channel]) -> None:
    near, far = ends
    stop = threading.Event()

    def drip() -> None:
        os.write(far.write_fd, struct.pack(">I", 1000))
        while not stop.wait(0.02):
            os.write(far.write_fd, b" ")

    dripping = threading.Thread(target=drip)
    dripping.start()
    with pytest.raises(LateError):
        near.receive(timeout_s=0.3)
    stop.set()
    dripping.join()


def test_a_request_that_nobody_takes_is_late(ends: tuple[Channel, Channel]) -> None:
    near, _far = ends
    with pytest.raises(LateError):
        near.send({"source": "x" * 2**20}, timeout_s=0.2)


def test_a_request_to_nobody_is_a_wire_error(ends: tuple[Channel, Channel]) -> None:
    near, far = ends
    far.close()
    with pytest.raises(WireError):
        near.send({"source": "x"}, timeout_s=1)


def test_the_end_of_the_other_side_is_a_wire_error_and_not_late(
    ends: tuple[Channel, Channel],
) -> None:
    near, far = ends
    os.close(far.write_fd)
    with pytest.raises(WireError) as caught:
        near.receive(timeout_s=5)
    assert not isinstance(caught.value, LateError)


def test_a_closed_descriptor_is_a_wire_error() -> None:
    with pytest.raises(WireError):
        Channel(-1, -1).receive()
