"""Draws the README's picture: the example photograph, and its cutout on three backgrounds.

PYTHONPATH=layers/cutout .venv/bin/python -m bench.picture docs/astronaut.jpg
"""

import argparse
from pathlib import Path

import numpy as np

from cutout.codec import Limits, decode, encode_jpeg
from cutout.matting.tensor import to_alpha8, to_tensor
from cutout.network import load, read_card
from cutout.pipeline import clean, full_matte, make_proxy
from cutout.rendering.backgrounds import flatten
from local.run import example_photo
from local.stack import DEFAULT_CARD

GROUNDS = ((0, 0, 0), (255, 255, 255), (255, 0, 255))


def main() -> None:
    """Run the pipeline once, without the flow around it, and write one sheet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    body = example_photo().read_bytes()
    photo = decode(body, Limits(max_bytes=len(body), max_pixels=10**6))
    card = read_card(DEFAULT_CARD)
    network = load(DEFAULT_CARD.with_suffix(".onnx"), threads=2)
    proxy = make_proxy(photo, card.input_size)
    coarse8 = to_alpha8(network(to_tensor(proxy, card.mean, card.std)))
    cutout = clean(photo, full_matte(photo, coarse8))
    panels = [photo.rgb8, *(flatten(cutout.rgb8, cutout.alpha8, ground, cutout.mixing) for ground in GROUNDS)]
    options.out.write_bytes(encode_jpeg(np.hstack(panels), 88))


if __name__ == "__main__":
    main()
