"""Small pictures as files, drawn here: nothing binary is kept in git."""

import struct
import zlib
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cutout.codec import Limits

LIMITS = Limits(max_bytes=10_000_000, max_pixels=1_000_000)


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


def tiff(
    width: int,
    height: int,
    tags: dict[int, int | tuple[int, ...]],
    samples: bytes,
    after_header: bytes = b"",
) -> bytes:
    """A little-endian, uncompressed TIFF by hand; a tag with several values is a list of shorts."""
    entries = {
        256: width,
        257: height,
        259: 1,
        262: 1,
        273: -1,
        277: 1,
        278: height,
        279: len(samples),
    } | tags
    start = 8 + len(after_header)
    lists_at = start + 2 + 12 * len(entries) + 4
    records, lists = b"", b""
    for tag in sorted(entries):
        value = entries[tag]
        if isinstance(value, tuple):
            body = struct.pack(f"<{len(value)}H", *value)
            if len(body) > 4:
                lists, body = lists + body, struct.pack("<I", lists_at + len(lists))
            records += struct.pack("<HHI4s", tag, 3, len(value), body)
        else:
            records += struct.pack("<HHI", tag, 4, 1) + (b"HERE" if value < 0 else struct.pack("<I", value))
    records = records.replace(b"HERE", struct.pack("<I", lists_at + len(lists)))
    header = b"II*\0" + struct.pack("<I", start) + after_header
    return header + struct.pack("<H", len(entries)) + records + bytes(4) + lists + samples


def _fixed(*values: float) -> bytes:
    """ICC's numbers: 16 bits before the point, 16 behind."""
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))


def icc_profile(space: bytes, connection: bytes, tags: dict[bytes, bytes]) -> bytes:
    """A version 2 ICC profile (ICC.1:2001-04) with just the tags that a conversion needs."""
    start = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for name, value in tags.items():
        table += name + struct.pack(">II", start + len(body), len(value))
        body += value + bytes(-len(value) % 4)
    header = struct.pack(">I4sI4s4s4s", start + len(body), b"", 0x02400000, b"mntr", space, connection)
    header += bytes(12) + b"acsp" + bytes(28) + _fixed(0.9642, 1.0, 0.8249)
    return header.ljust(128, b"\0") + table + body


def adobe_rgb() -> bytes:
    """Adobe RGB (1998): its colorants and its gamma, 2 51/256."""
    gamma = b"curv" + bytes(4) + struct.pack(">IH", 1, 0x0233)
    colorants = {
        b"rXYZ": _fixed(0.60974, 0.31111, 0.01947),
        b"gXYZ": _fixed(0.20528, 0.62567, 0.06087),
        b"bXYZ": _fixed(0.14919, 0.06322, 0.74457),
    }
    tags = {b"wtpt": b"XYZ " + bytes(4) + _fixed(0.9642, 1.0, 0.8249)}
    tags |= {name: b"XYZ " + bytes(4) + value for name, value in colorants.items()}
    return icc_profile(b"RGB ", b"XYZ ", tags | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), gamma))


def linear_grey() -> bytes:
    """Grey whose numbers are proportional to light."""
    curve = b"curv" + bytes(4) + struct.pack(">I", 0)
    white = b"XYZ " + bytes(4) + _fixed(0.9642, 1.0, 0.8249)
    return icc_profile(b"GRAY", b"XYZ ", {b"wtpt": white, b"kTRC": curve})


def press_with_grey_cyan() -> bytes:
    """CMYK whose cyan ink, absurdly, looks like CIELAB (50, 0, 0), and whose blackest black is (20, 0, 0).

    That is the table for relative colorimetry; in the one for perception there is only paper white.
    """
    corners = np.full(
        (2, 2, 2, 2, 3), (255, 128, 128), np.uint8
    )  # C, M, Y, K; L* = 100 is 255, a* = 0 is 128
    paper = _lut_of_4_inks(corners)
    corners[1, :, :, 0] = (128, 128, 128)
    corners[:, :, :, 1] = (51, 128, 128)
    return icc_profile(b"CMYK", b"Lab ", {b"A2B0": paper, b"A2B1": _lut_of_4_inks(corners)})


def _lut_of_4_inks(corners: NDArray[np.uint8]) -> bytes:
    """ICC's lut8Type: 4 channels in, 3 out, a grid of 2 points, ramps before and after."""
    ramp, identity = bytes(range(256)), _fixed(1, 0, 0, 0, 1, 0, 0, 0, 1)
    return b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + identity + ramp * 4 + corners.tobytes() + ramp * 3


NOISE = np.random.default_rng(1).integers(0, 256, (24, 40, 3), np.uint8)
CUTOUT = Image.fromarray(np.dstack((blocks(), NOISE[..., 0])))
EXIF = Image.Exif()
EXIF[0x0112] = 6

FILES = {
    "JPEG": saved(NOISE, "JPEG", exif=EXIF.tobytes()),
    "progressive JPEG": saved(NOISE, "JPEG", progressive=True),
    "CMYK JPEG": saved(CUTOUT.convert("CMYK"), "JPEG"),
    "PNG": saved(NOISE, "PNG", exif=EXIF.tobytes()),
    "palette PNG": saved(Image.fromarray(blocks()).quantize(8), "PNG", transparency=bytes([1, 2, 3])),
    "animated PNG": saved(CUTOUT, "PNG", save_all=True, append_images=[Image.new("RGBA", (40, 24))]),
    "WEBP": saved(NOISE, "WEBP"),
    "lossless WEBP": saved(CUTOUT, "WEBP", lossless=True, exif=EXIF.tobytes()),
    "TIFF": saved(NOISE, "TIFF", exif=EXIF.tobytes()),
    "LZW TIFF": saved(NOISE, "TIFF", compression="tiff_lzw"),
    "BMP": saved(NOISE, "BMP"),
    "palette BMP": saved(Image.fromarray(blocks()).quantize(8), "BMP"),
    "GIF": saved(Image.fromarray(NOISE), "GIF", save_all=True, append_images=[CUTOUT], disposal=2),
    "AVIF": saved(CUTOUT, "AVIF", exif=EXIF.tobytes()),
}
