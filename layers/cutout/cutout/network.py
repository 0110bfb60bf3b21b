"""The one place that knows onnxruntime: a prepared model file in, a function on arrays out.

The settings were chosen by measuring IS-Net at 1024 x 1024 on two shared cores with onnxruntime 1.32. Without
the memory pattern the peak falls from 1.3 GB to 0.9 GB at the same speed. Without the arena as well, the
process would shrink to 0.5 GB between two pictures, but each would take 10 % longer. Threads that sleep
instead of spinning cost nothing and leave the cores to the neighbours. There is no warm-up: the first run is
0.1 to 0.6 s slower than the next one, and a rehearsal takes all of 1.8 s.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as reasons
from pydantic import TypeAdapter, ValidationError

# float32 (N, 3, S, S), scaled as the model's card says -> float32 (N, 1, S, S), opacity in [0, 1]
Network = Callable[[NDArray[np.float32]], NDArray[np.float32]]

_PROVIDER = "CPUExecutionProvider"
_UNREADABLE = (  # they have no base class of their own
    reasons.Fail,
    reasons.InvalidArgument,
    reasons.InvalidGraph,
    reasons.InvalidProtobuf,
    reasons.NoModel,
    reasons.NoSuchFile,
    reasons.NotImplemented,
    reasons.RuntimeException,
)


class ModelUnavailable(RuntimeError):
    """The model file or its card is missing, damaged or not written by ``models.prepare``: our own fault."""


@dataclass(frozen=True, kw_only=True)
class ModelCard:
    """What a prepared model needs from its caller, and what identifies it.

    The network reads ``(rgb - mean) / std``, rgb in [0, 1], on a grid of ``input_size`` x ``input_size``;
    ``mean`` and ``std`` are per channel (R, G, B). ``sha256`` is that of the prepared file.
    """

    id: str
    sha256: str
    input_size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    precision: str


def read_card(path: Path) -> ModelCard:
    """Read the card that lies beside a prepared model. Raises ModelUnavailable."""
    try:
        return TypeAdapter(ModelCard).validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise ModelUnavailable(f"{path} is not the card of a model: {error}") from error


def load(path: Path, threads: int) -> Network:
    """Load a prepared model for ``threads`` threads of the CPU; 0.5 s for IS-Net, so once per process.

    The returned function takes float32 (N, 3, S, S) and gives float32 (N, 1, S, S) in [0, 1]; several threads
    may call it. Raises ModelUnavailable when the file is missing, damaged or not prepared, ValueError for
    fewer threads than one.
    """
    if threads < 1:
        raise ValueError(f"threads must be at least 1, got {threads}")
    session = _session(path, threads)

    def network(tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        # The prepared shape holds one picture: on a CPU a batch saves no time and takes the memory of all.
        alphas = [session.run(["alpha"], {"tensor": picture[None]})[0] for picture in tensor]
        return np.concatenate(alphas)

    return network


def _session(path: Path, threads: int) -> Any:
    if not path.is_file():
        raise ModelUnavailable(f"There is no model at {path}.")
    try:
        session = onnxruntime.InferenceSession(path, _options(threads), providers=[_PROVIDER])
    except _UNREADABLE as error:
        raise ModelUnavailable(f"{path} cannot be loaded: {error}") from error
    if session.get_providers() != [_PROVIDER]:
        raise ModelUnavailable(f"{path} was loaded for {session.get_providers()}, not for {_PROVIDER}.")
    names = [value.name for value in (*session.get_inputs(), *session.get_outputs())]
    if names != ["tensor", "alpha"]:
        raise ModelUnavailable(
            f"{path} has the inputs and outputs {names}; a prepared model has tensor and alpha."
        )
    return session


def _options(threads: int) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_mem_pattern = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options
