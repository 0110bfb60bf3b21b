"""Small pictures as files, drawn here: nothing binary is kept in git."""

import struct
import zlib
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def blocks(height: int = 24, width: int = 40) -> NDArray[np.uint8]:
    """(H, W, 3): four flat quarters with different colours, so that every turn and flip shows."""
    rgb8 = np.empty((height, width, 3), np.uint8)
    rgb8[: height // 2, : width // 2] = (200, 40, 40)
    rgb8[: height // 2, width // 2 :] = (40, 180, 60)
    rgb8[height // 2 :, : width // 2] = (50, 60, 190)
    rgb8[height // 2 :, width // 2 :] = (230, 220, 210)
    return rgb8


def saved(picture: Image.Image | NDArray[np.uint8], name: str, **options: object) -> bytes:
    """A picture as Pillow writes it."""
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    file = BytesIO()
    image.save(file, name, **options)
    return file.getvalue()


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(
    width: int, height: int, depth: int, colour_type: int, rows: bytes = b"", extra: bytes = b""
) -> bytes:
    """A PNG by hand, for what Pillow cannot write; ``rows`` are raw samples without filter bytes."""
    stride = len(rows) // height if height else 0
    raw = b"".join(b"\0" + rows[i : i + stride] for i in range(0, len(rows), stride or 1))
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + extra
        + png_chunk(b"IDAT", zlib.compress(raw))
        + png_chunk(b"IEND", b"")
    )


def tiff(width: int, height: int, tags: dict[int, int | tuple[int, ...]], samples: bytes) -> bytes:
    """A little-endian, uncompressed TIFF by hand; a tag with several values is a list of shorts."""
    entries = {256: width, 257: height, 259: 1, 262: 1, 273: 0, 277: 1, 278: height, 279: len(samples)} | tags
    lists_at = 8 + 2 + 12 * len(entries) + 4
    records, lists = b"", b""
    for tag in sorted(entries):
        value = entries[tag]
        if isinstance(value, tuple):
            body = struct.pack(f"<{len(value)}H", *value)
            if len(body) > 4:
                lists, body = lists + body, struct.pack("<I", lists_at + len(lists))
            records += struct.pack("<HHI4s", tag, 3, len(value), body)
        else:
            records += struct.pack("<HHI", tag, 4, 1) + (b"HERE" if tag == 273 else struct.pack("<I", value))
    records = records.replace(b"HERE", struct.pack("<I", lists_at + len(lists)))
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + records + b"\0\0\0\0" + lists + samples
