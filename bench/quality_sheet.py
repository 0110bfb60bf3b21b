"""One page of edges, enlarged, side by side: the truth, our result and the others on black, white and magenta.

The browser lays the cutouts over the colours: what is seen is what a customer's page would show.
"""

import base64
import html
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from bench.cases import Case
from bench.contest import Contest, read_cutout
from bench.metrics import REACH, band
from cutout.codec import encode_png

Picture8 = NDArray[np.uint8]

SIDE = 72  # pixels of the picture in a crop
ZOOM = 3
CROPS = 2
_SOME = 0.005  # share of a crop's pixels that must lie at an edge
GROUNDS = ("#000", "#fff", "#f0f")
STYLE = f"""body {{ font: 13px sans-serif; margin: 16px; background: #ddd }}
table {{ border-spacing: 4px }} th {{ font-weight: normal; max-width: {SIDE * ZOOM}px }}
img {{ display: block; width: {SIDE * ZOOM}px; image-rendering: pixelated }}"""


def write_sheet(folder: Path, cases: list[Case], contests: list[Contest]) -> None:
    """Write ``folder``/index.html; every picture is inside it."""
    body = [_contest(contest, cases) for contest in contests]
    page = f"<!doctype html><meta charset=utf-8><title>Edges</title><style>{STYLE}</style>{''.join(body)}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(page)


def telling_corners(case: Case, count: int) -> list[tuple[int, int]]:
    """Top left corners of the crops in which most of the true edge lies; no two touch."""
    edge = band(case.alpha8 / 255, REACH).astype(np.float64)
    half = SIDE // 2
    density = ndimage.uniform_filter(edge, SIDE, mode="constant")
    density = density[half : max(half, edge.shape[0] - half) + 1, half : max(half, edge.shape[1] - half) + 1]
    corners: list[tuple[int, int]] = []
    while len(corners) < count and density.size and density.max() > _SOME:
        y, x = (int(i) for i in np.unravel_index(density.argmax(), density.shape))
        corners.append((y, x))
        density[max(0, y - SIDE + 1) : y + SIDE, max(0, x - SIDE + 1) : x + SIDE] = 0
    return corners


def _contest(contest: Contest, cases: list[Case]) -> str:
    heads = "".join(f"<th>{html.escape(name)}" for name in ("picture", "truth", *contest.methods))
    parts = [f"<h1>{html.escape(contest.title)}</h1>"]
    for case in cases:
        parts.append(f"<h2>{html.escape(case.name)}</h2><table><tr>{heads}")
        cutouts = [read_cutout(contest.folder / method / f"{case.name}.png") for method in contest.methods]
        truth = np.rint(case.colour * 255).astype(np.uint8), case.alpha8
        for corner in telling_corners(case, CROPS):
            parts.append(_row(case.rgb8, [truth, *cutouts], corner))
        parts.append("</table>")
    return "".join(parts)


def _row(picture8: Picture8, cutouts: list[tuple[Picture8, Picture8]], corner: tuple[int, int]) -> str:
    y, x = corner
    box = slice(y, y + SIDE), slice(x, x + SIDE)
    cells = [f"<td>{_image(picture8[box], None, '#fff')}"]
    for rgb8, alpha8 in cutouts:
        cells.append("<td>" + "".join(_image(rgb8[box], alpha8[box], ground) for ground in GROUNDS))
    return f"<tr>{''.join(cells)}"


def _image(rgb8: Picture8, alpha8: Picture8 | None, ground: str) -> str:
    data = base64.b64encode(encode_png(rgb8, alpha8)).decode()
    return f'<img style="background:{ground}" src="data:image/png;base64,{data}">'
