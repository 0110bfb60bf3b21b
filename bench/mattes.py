"""What the networks say of the cases: ours and rembg's, each picture once; they are kept in files."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from bench.cases import Case, Picture8
from bench.peer import LEFT_OUT, users_model
from cutout.codec import Header, Photo, encode_grey
from cutout.matting.tensor import to_alpha8, to_tensor
from cutout.network import load, read_card
from cutout.pipeline import make_proxy
from local.deploy import ROOT
from local.stack import DEFAULT_CARD

THREADS = os.cpu_count() or 1


class Pictured(Protocol):
    """What has a picture and the true matte of it."""

    @property
    def rgb8(self) -> Picture8:
        """(H, W, 3)."""

    @property
    def alpha8(self) -> Picture8:
        """(H, W)."""


def our_mattes(cases: Sequence[Pictured], folder: Path) -> list[Path]:
    """The coarse matte of every case as a file, the network's own size."""
    card = read_card(DEFAULT_CARD)
    files = [folder / f"{_digest(case)}-{card.sha256[:12]}.png" for case in cases]
    wanted = [(case, file) for case, file in zip(cases, files, strict=True) if not file.is_file()]
    if wanted:
        folder.mkdir(parents=True, exist_ok=True)
        network = load(DEFAULT_CARD.with_suffix(".onnx"), THREADS)
        for case, file in wanted:
            tensor = to_tensor(make_proxy(as_photo(case), card.input_size), card.mean, card.std)
            file.write_bytes(encode_grey(to_alpha8(network(tensor))))
    return files


def peer_mattes(cases: list[Case], folder: Path) -> list[Path]:
    """The mask of every case as rembg makes it with the same weights, of the photograph's size."""
    model = users_model(read_card(DEFAULT_CARD).id, folder.parent / "rembg")
    files = [folder / f"{_digest(case)}-rembg-{model.stem}.png" for case in cases]
    jobs = [
        [str(case.image), str(file)] for case, file in zip(cases, files, strict=True) if not file.is_file()
    ]
    if jobs:
        folder.mkdir(parents=True, exist_ok=True)
        environment = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
        subprocess.run(
            [sys.executable, "-m", "bench.mattes_process", str(model), str(THREADS)],
            env=environment | {"REMBG_HOME": str(model.parent)},  # it opens no model that lies elsewhere
            cwd=ROOT,
            input="".join(f"{json.dumps(job)}\n" for job in jobs),
            stdout=subprocess.DEVNULL,
            text=True,
            check=True,
        )
    return files


def as_photo(case: Pictured) -> Photo:
    """The case's picture as the pipeline takes it."""
    height, width = case.alpha8.shape
    header = Header(format="PNG", width=width, height=height)
    return Photo(rgb8=case.rgb8, alpha8=None, header=header, notes=())


def _digest(case: Pictured) -> str:
    return hashlib.sha256(case.rgb8.tobytes()).hexdigest()[:16]
