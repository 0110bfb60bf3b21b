"""rembg's network in a process of its own: its masks, before anything is made of them.

Arguments: the model's path and the number of threads. Standard input: [photograph, mask to write], one JSON list a
line; standard output: a line each when it is written.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import rembg
from PIL import Image

from cutout.codec import Limits, decode, encode_grey
from cutout.pipeline import opaque

LIMITS = Limits(max_bytes=200_000_000, max_pixels=100_000_000)


def main() -> None:
    """Serve until standard input ends."""
    model, threads = sys.argv[1:]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(threads)
    session = rembg.new_session("dis_custom", sess_opts=options, model_path=model)
    for line in sys.stdin:
        photo, out = (Path(path) for path in json.loads(line))
        picture = Image.fromarray(opaque(decode(photo.read_bytes(), LIMITS)))
        out.write_bytes(encode_grey(np.asarray(session.predict(picture)[0])))
        print(json.dumps(str(out)), flush=True)


if __name__ == "__main__":
    main()
