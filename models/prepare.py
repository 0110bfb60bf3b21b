"""Make the file that is deployed: ``python -m models.prepare [--model ID]``.

From ``models/fetched/<id>.onnx`` come ``models/prepared/<id>.onnx`` (float32, one input ``tensor``, one
output ``alpha``, fixed shape, constants folded) and its card ``models/prepared/<id>.json``. Nothing is
written unless the prepared network computes what the fetched one does.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray

from models import catalog, graph

PREPARER = 1  # counts up when the steps below change, so that older prepared files are made anew

# Largest difference in alpha that is put down to arithmetic: a float16 network rounds after every step and
# the prepared one does not; a float32 network only sees its additions reordered.
FLOAT16_BOUND = 0.01
FLOAT32_BOUND = 0.001

Say = Callable[[str], None]


class NotPrepared(RuntimeError):
    """The fetched file is missing or not one of the catalog's, or its answers changed on the way."""


def prepare(model: catalog.Model, fetched: Path, into: Path, say: Say) -> Path:
    """Prepare ``model`` from the file ``fetched`` into the folder ``into``; the path of the card.

    Does nothing when the card already there is the one that would be written. Raises NotPrepared.
    """
    source_sha256 = _checked(model, fetched)
    card = into / f"{model.id}.json"
    target = card.with_suffix(".onnx")
    if card.is_file() and target.is_file() and card.read_text() == _card(model, target, source_sha256):
        say(f"{target} is up to date.")
        return card
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=into, prefix=".preparing-") as folder:
        draft = Path(folder) / target.name
        bound = _transform(model, fetched, draft)
        _prove_equal(model, fetched, draft, bound, say)
        draft_card = draft.with_suffix(".json")
        draft_card.write_text(_card(model, draft, source_sha256))
        card.unlink(
            missing_ok=True
        )  # between here and the last line a crash leaves no card, never a wrong one
        draft.replace(target)
        draft_card.replace(card)
    say(f"{target}: {target.stat().st_size:,} bytes.")
    return card


def write_plain(model: catalog.Model, fetched: Path, out: Path) -> None:
    """Write the network in float32 with all its outputs and nothing else changed, for other programs.

    Raises NotPrepared.
    """
    _checked(model, fetched)
    network = onnx.load(fetched)
    graph.to_float32(network)
    onnx.save(network, out)


def _checked(model: catalog.Model, fetched: Path) -> str:
    if not fetched.is_file():
        raise NotPrepared(f"{fetched} is not there. Run: python -m models.fetch --model {model.id}")
    digest = catalog.sha256_of(fetched)
    if model.source_of(digest) is None:
        known = ", ".join(source.sha256 for source in model.sources)
        raise NotPrepared(f"{fetched} has the sha256 {digest}; the catalog knows {known}.")
    return digest


def _transform(model: catalog.Model, fetched: Path, draft: Path) -> float:
    """Write the prepared network to ``draft``; the largest difference that its arithmetic may make."""
    network = onnx.load(fetched)
    weights = {initializer.data_type for initializer in network.graph.initializer}
    graph.to_float32(network)
    graph.keep_output(network, model.output)
    if model.output_is == "logits":
        graph.append_sigmoid(network)
    graph.fix_shape(network, model.input_size)
    _fold_constants(network, draft)
    return FLOAT16_BOUND if onnx.TensorProto.FLOAT16 in weights else FLOAT32_BOUND


def _fold_constants(network: onnx.ModelProto, out: Path) -> None:
    # Level "basic" folds constants and removes what has no effect: valid on every machine. "Extended" bakes
    # in the CPU's own operators, which a GPU then lacks, and "all" this CPU's memory layout; loading does
    # those itself.
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(out)
    onnxruntime.InferenceSession(network.SerializeToString(), options, providers=["CPUExecutionProvider"])


def _prove_equal(model: catalog.Model, fetched: Path, draft: Path, bound: float, say: Say) -> None:
    tensors = {"noise": _noise(model.input_size), "shapes": _shapes(model.input_size)}
    before = _run(fetched, model.output, tensors.values())
    after = _run(draft, 0, tensors.values())
    if model.output_is == "logits":
        before = [_sigmoid(logits) for logits in before]
    for name, expected, alpha in zip(tensors, before, after, strict=True):
        difference = float(np.abs(alpha - expected).max())
        say(
            f"{name}: alpha {expected.min():.3f} to {expected.max():.3f}, largest difference {difference:.2g}"
        )
        if not difference <= bound:  # also when it is not a number
            raise NotPrepared(
                f"The prepared {model.id} differs from {fetched} by {difference:.3g} in alpha on {name}; "
                f"at most {bound} is arithmetic."
            )


def _run(path: Path, output: int, tensors: Iterable[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
    options = onnxruntime.SessionOptions()
    options.enable_mem_pattern = False  # two runs are not worth the gigabytes that these save time with
    options.enable_cpu_mem_arena = False
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    source = session.get_inputs()[0]
    wanted = session.get_outputs()[output].name
    dtype = np.float16 if source.type == "tensor(float16)" else np.float32
    results = (session.run([wanted], {source.name: tensor.astype(dtype)})[0] for tensor in tensors)
    return [np.asarray(result, np.float32) for result in results]


def _sigmoid(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    return (1 / (1 + np.exp(-logits))).astype(np.float32)


def _noise(size: int) -> NDArray[np.float32]:
    return np.random.default_rng(0).random((1, 3, size, size), np.float32) - np.float32(0.5)


def _shapes(size: int) -> NDArray[np.float32]:
    """A bright disc with a hole on a slope: something that a network takes for a subject."""
    rows, columns = np.mgrid[-1 : 1 : complex(size), -1 : 1 : complex(size)]
    radius = np.hypot(rows, columns)
    ring = (radius < 0.6) & (radius > 0.2)
    channels = [np.where(ring, bright, 0.3 * rows - 0.2) for bright in (0.5, 0.3, -0.1)]
    return np.stack(channels)[None].astype(np.float32)


def _card(model: catalog.Model, file: Path, source_sha256: str) -> str:
    """What is known of the prepared ``file``, as the text of its card."""
    source = model.source_of(source_sha256)
    assert source is not None
    card = {
        "id": model.id,
        "sha256": catalog.sha256_of(file),
        "bytes": file.stat().st_size,
        "source_sha256": source_sha256,
        "built_from": source.origin,
        "preparer": PREPARER,
        "precision": "float32",
        "input_size": model.input_size,
        "mean": model.mean,
        "std": model.std,
        "licence": model.licence,
        "onnxruntime": onnxruntime.__version__,
    }
    return json.dumps(card, indent=2) + "\n"


def _peak_megabytes() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10  # bytes there, kilobytes elsewhere


def _say(line: str) -> None:
    print(line, file=sys.stderr)


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line and prepare. 0 when the file is there, 1 when it cannot be."""
    parser = argparse.ArgumentParser(
        prog="python -m models.prepare", description=__doc__.split("\n", maxsplit=1)[0]
    )
    parser.add_argument(
        "--model", metavar="ID", help="the model's id in the catalog; its default if not given"
    )
    parser.add_argument(
        "--plain",
        metavar="OUT",
        type=Path,
        help="only write the network in float32 with all its outputs to OUT",
    )
    chosen = parser.parse_args(arguments)
    began = time.perf_counter()
    try:
        model = catalog.read_catalog().model(chosen.model)
        fetched = catalog.fetched_file(model.id)
        if chosen.plain is None:
            prepare(model, fetched, catalog.PREPARED, _say)
        else:
            write_plain(model, fetched, chosen.plain)
    except (catalog.BadCatalog, NotPrepared) as error:
        _say(str(error))
        return 1
    _say(f"{time.perf_counter() - began:.1f} s, peak memory {_peak_megabytes():,.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
