"""Pictures that nobody can cut out: each ends as a refusal that says why, and never as a retry."""

import struct
import zlib
from collections.abc import Callable

from bench.load_calls import picture

BOMB_SIDE = 30_000  # 900 megapixels, in a header of a few bytes


def bomb(_number: int) -> bytes:
    """A PNG whose header promises more pixels than anybody's memory has."""
    header = struct.pack(">IIBBBBB", BOMB_SIDE, BOMB_SIDE, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(100_000))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def cut_off(number: int) -> bytes:
    """A PNG that ends in its middle."""
    whole = picture(number)
    return whole[: len(whole) // 2]


def wrong_type(number: int) -> bytes:
    """A text that is called a picture."""
    return f"order {number} is a letter".encode() * 20


def nothing(_number: int) -> bytes:
    """A file without a byte."""
    return b""


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


POISONS: dict[str, Callable[[int], bytes]] = {
    "bomb": bomb,
    "cut off": cut_off,
    "empty": nothing,
    "wrong type": wrong_type,
}
