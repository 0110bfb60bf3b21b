"""One method in a process of its own, so that its peak memory is its own.

Argument: the method. Standard input: a JSON list of [photograph, matte, cutout to write], one line each; the first is
done twice, because compilers run then. Standard output: one JSON object each, with the seconds of the method alone,
without files, and the process's peak so far.
"""

import json
import sys
import time
from pathlib import Path

from bench.cutting import METHODS, Cut
from cutout.codec import Limits, decode, decode_grey, encode_png
from cutout.service.stopwatch import peak_memory_mb

LIMITS = Limits(max_bytes=200_000_000, max_pixels=100_000_000)


def cut_out(cut: Cut, photo: Path, matte: Path, out: Path) -> float:
    """Write one cutout; the seconds that it took."""
    picture, matte8 = decode(photo.read_bytes(), LIMITS), decode_grey(matte.read_bytes())
    began = time.perf_counter()
    rgb8, alpha8 = cut(picture, matte8)
    seconds = time.perf_counter() - began
    out.write_bytes(encode_png(rgb8, alpha8))
    return seconds


def main() -> None:
    """Serve until standard input ends."""
    cut, warm = METHODS[sys.argv[1]](), False
    for line in sys.stdin:
        photo, matte, out = (Path(path) for path in json.loads(line))
        if not warm:
            cut_out(cut, photo, matte, out)
            warm = True
        seconds = cut_out(cut, photo, matte, out)
        print(json.dumps({"seconds": seconds, "peak_mb": peak_memory_mb()}), flush=True)


if __name__ == "__main__":
    main()
