"""The full-size steps alone, in a process of their own, so that the peak memory is theirs.

Arguments: the photograph and the coarse matte as .npy, and how many rounds after the first. Standard output: one JSON
object with the median seconds of ``full_matte`` and ``clean``, the soft share of the result and the peak memory.
"""

import json
import statistics
import sys
import time

import numpy as np

from cutout.codec import Header, Photo
from cutout.pipeline import clean, full_matte
from cutout.service.stopwatch import peak_memory_mb


def main() -> None:
    """Measure once."""
    rgb8, coarse8 = np.load(sys.argv[1]), np.load(sys.argv[2])
    header = Header(format="PNG", width=rgb8.shape[1], height=rgb8.shape[0])
    photo = Photo(rgb8=rgb8, alpha8=None, header=header, notes=())
    times = []
    for _ in range(int(sys.argv[3]) + 1):
        began = time.perf_counter()
        matte = full_matte(photo, coarse8)
        between = time.perf_counter()
        cutout = clean(photo, matte)
        times.append((between - began, time.perf_counter() - between))
    refined, colours = (statistics.median(step) for step in zip(*times[1:], strict=True))
    print(
        json.dumps(
            {"matte": refined, "clean": colours, "soft": cutout.soft_share, "peak_mb": peak_memory_mb()}
        )
    )


if __name__ == "__main__":
    main()
