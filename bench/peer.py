"""Rembg beside us: its process, started and asked. rembg is MIT-licensed: github.com/danielgatis/rembg."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from local.deploy import ROOT
from models import catalog

# They would move rembg's folder of models or its number of threads.
LEFT_OUT = {"U2NET_HOME", "XDG_DATA_HOME", "OMP_NUM_THREADS"}


@dataclass(frozen=True, kw_only=True)
class PeerRound:
    """One photograph through rembg: wall and CPU time of ``rembg.remove``, the PNG's size, the peak of its process."""

    seconds: float
    cpu_seconds: float
    size_bytes: int
    peak_mb: float


def users_model(model_id: str, folder: Path) -> Path:
    """The network as rembg's users have it: float32, all outputs, not optimised. Written once."""
    fetched = catalog.fetched_file(model_id)
    if not fetched.is_file():
        raise SystemExit(f"{fetched} is not there. Run: python -m models.fetch --model {model_id}")
    path = folder / f"{model_id}-{catalog.sha256_of(fetched)[:12]}.onnx"
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".part")
        command = [sys.executable, "-m", "models.prepare", "--model", model_id, "--plain", str(draft)]
        subprocess.run(command, cwd=ROOT, check=True)
        draft.replace(path)
    return path


class Peer:
    """A running rembg process."""

    def __init__(self, process: "subprocess.Popen[str]", folder: Path) -> None:
        self.process, self.folder = process, folder
        self.version = str(self._answer()["version"])

    def run(self, photo: Path) -> PeerRound:
        """Cut one photograph out."""
        assert self.process.stdin is not None
        out = self.folder / f"{photo.stem}-rembg.png"
        print(json.dumps([str(photo), str(out)]), file=self.process.stdin, flush=True)
        return PeerRound(**self._answer())

    def _answer(self) -> dict[str, Any]:
        stdout: IO[str] | None = self.process.stdout
        line = stdout.readline() if stdout else ""
        if not line:
            raise RuntimeError(f"rembg's process ended: {self.process.wait()}; its words are above")
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def rembg(model: Path, threads: int, folder: Path) -> Iterator[Peer]:
    """Run rembg with the network in ``model`` until the block is left; its pictures go into ``folder``."""
    environment = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.rembg_process", str(model), str(threads)],
        env=environment | {"REMBG_HOME": str(model.parent)},  # it opens no model that lies elsewhere
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Peer(process, folder)
    finally:
        process.kill()
        process.wait()
