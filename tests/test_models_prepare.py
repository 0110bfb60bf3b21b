import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

import tiny_networks
from models import catalog, prepare
from models.prepare import NotPrepared


def fetched(network: onnx.ModelProto, folder: Path, **changes: object) -> tuple[catalog.Model, Path]:
    """``network`` as a fetched file, and the catalog's entry that names it."""
    path = folder / "tiny.onnx"
    onnx.save(network, path)
    source = catalog.UrlSource(
        kind="url",
        url="https://example.org/tiny.onnx",
        bytes=path.stat().st_size,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
    )
    entry = {
        "id": "tiny",
        "title": "Tiny",
        "licence": "MIT",
        "commercial_use": True,
        "upstream": "https://example.org/tiny",
        "note": "",
        "input_size": 8,
        "mean": (0.5, 0.5, 0.5),
        "std": (1.0, 1.0, 1.0),
        "output": 0,
        "output_is": "opacity",
        "sources": (source,),
    }
    return catalog.Model.model_validate(entry | changes), path


def run(path: Path, tensor: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session.run(["alpha"], {"tensor": tensor})[0]


def test_a_float16_network_becomes_the_same_network_in_float32(tmp_path):
    model, path = fetched(tiny_networks.half(), tmp_path)
    told: list[str] = []

    prepare.prepare(model, path, tmp_path / "out", told.append)

    weights = onnx.load(tmp_path / "out" / "tiny.onnx").graph.initializer
    assert {weight.data_type for weight in weights} == {TensorProto.FLOAT}
    assert [line.split(":")[0] for line in told[:2]] == ["noise", "shapes"]
    np.testing.assert_allclose(run(tmp_path / "out" / "tiny.onnx", np.zeros((1, 3, 8, 8), np.float32)), 0.5)


def test_a_network_that_ends_in_logits_is_prepared_to_opacity(tmp_path):
    network = tiny_networks.opacity()
    del network.graph.node[1:]
    network.graph.output[0].name = "logits"
    del network.graph.output[1]
    model, path = fetched(network, tmp_path, output_is="logits")

    prepare.prepare(model, path, tmp_path / "out", lambda _: None)

    alpha = run(tmp_path / "out" / "tiny.onnx", np.full((1, 3, 8, 8), 8, np.float32))
    np.testing.assert_allclose(alpha, 0.952574, atol=1e-6)  # sigmoid(8 * 0.375)


def test_the_card_says_what_the_file_is_and_where_it_came_from(tmp_path):
    model, path = fetched(tiny_networks.opacity(), tmp_path)

    card = prepare.prepare(model, path, tmp_path / "out", lambda _: None)

    body = (tmp_path / "out" / "tiny.onnx").read_bytes()
    assert card == tmp_path / "out" / "tiny.json"
    assert json.loads(card.read_text()) == {
        "id": "tiny",
        "sha256": hashlib.sha256(body).hexdigest(),
        "bytes": len(body),
        "source_sha256": model.sources[0].sha256,
        "built_from": "https://example.org/tiny.onnx",
        "preparer": 1,
        "precision": "float32",
        "input_size": 8,
        "mean": [0.5, 0.5, 0.5],
        "std": [1.0, 1.0, 1.0],
        "licence": "MIT",
        "onnxruntime": onnxruntime.__version__,
    }


def test_a_second_preparation_does_nothing(tmp_path):
    model, path = fetched(tiny_networks.opacity(), tmp_path)
    told: list[str] = []
    prepare.prepare(model, path, tmp_path / "out", lambda _: None)

    prepare.prepare(model, path, tmp_path / "out", told.append)

    assert told == [f"{tmp_path}/out/tiny.onnx is up to date."]


@pytest.mark.parametrize("change", ["mean", "file", "card"])
def test_whatever_changes_the_card_or_the_file_is_prepared_anew(change, tmp_path):
    model, path = fetched(tiny_networks.opacity(), tmp_path)
    card = prepare.prepare(model, path, tmp_path / "out", lambda _: None)
    whole = card.with_suffix(".onnx").read_bytes()
    match change:
        case "mean":
            model, path = fetched(tiny_networks.opacity(), tmp_path, mean=(0.0, 0.0, 0.0))
        case "file":
            card.with_suffix(".onnx").write_bytes(whole[:-1])
        case "card":
            card.write_text("{")

    prepare.prepare(model, path, tmp_path / "out", lambda _: None)

    assert json.loads(card.read_text())["mean"] == list(model.mean)
    assert card.with_suffix(".onnx").read_bytes() == whole


def test_a_missing_file_is_answered_with_the_command_that_gets_it(tmp_path):
    model, path = fetched(tiny_networks.opacity(), tmp_path)
    path.unlink()

    with pytest.raises(
        NotPrepared, match=r"tiny.onnx is not there. Run: python -m models.fetch --model tiny"
    ):
        prepare.prepare(model, path, tmp_path / "out", lambda _: None)


def test_a_file_that_the_catalog_does_not_name_is_refused_with_both_digests(tmp_path):
    model, path = fetched(tiny_networks.opacity(), tmp_path)
    path.write_bytes(b"another")

    digest = hashlib.sha256(b"another").hexdigest()
    with pytest.raises(NotPrepared, match=f"{digest}; the catalog knows {model.sources[0].sha256}"):
        prepare.prepare(model, path, tmp_path / "out", lambda _: None)


ROUNDED_TO_FLOAT16 = [
    helper.make_node("Add", ["logits", "high"], ["raised"]),
    helper.make_node("Cast", ["raised"], ["rounded"], to=TensorProto.FLOAT16),
    helper.make_node("Cast", ["rounded"], ["widened"], to=TensorProto.FLOAT),
    helper.make_node("Sub", ["widened", "high"], ["mask"]),
]
NO_NUMBER = [helper.make_node("Log", ["logits"], ["mask"])]


@pytest.mark.parametrize("nodes", [ROUNDED_TO_FLOAT16, NO_NUMBER], ids=["rounding is its work", "no number"])
def test_a_network_that_answers_otherwise_afterwards_is_refused_and_nothing_is_written(nodes, tmp_path):
    """Around 4096 the numbers of float16 are 4 apart: a network that rounds on purpose cannot be float32."""
    network = tiny_networks.opacity()
    del network.graph.node[1]
    network.graph.node.extend(nodes)
    network.graph.initializer.append(numpy_helper.from_array(np.array(4096.25, np.float32), "high"))
    model, path = fetched(network, tmp_path)

    with pytest.raises(
        NotPrepared, match=r"differs from .*tiny\.onnx by .* in alpha on noise; at most 0.001"
    ):
        prepare.prepare(model, path, tmp_path / "out", lambda _: None)

    assert list((tmp_path / "out").iterdir()) == []


def test_the_plain_network_keeps_all_its_outputs_and_names(tmp_path):
    model, path = fetched(tiny_networks.opacity(), tmp_path)

    prepare.write_plain(model, path, tmp_path / "plain.onnx")

    graph = onnx.load(tmp_path / "plain.onnx").graph
    assert [value.name for value in (*graph.input, *graph.output)] == ["image", "mask", "double"]
