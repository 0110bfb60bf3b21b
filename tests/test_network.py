import json

import numpy as np
import onnx
import pytest

import tiny_networks
from cutout.network import ModelCard, ModelUnavailable, load, read_card

CARD = {
    "id": "tiny",
    "sha256": "00" * 32,
    "input_size": 8,
    "mean": [0.5, 0.25, 0.125],
    "std": [1.0, 1.0, 1.0],
    "precision": "float32",
    "bytes": 123,
}


def test_a_batch_gives_one_alpha_for_each_picture(tmp_path):
    network = load(tiny_networks.prepared(tmp_path / "tiny.onnx"), threads=1)
    tensor = np.zeros((2, 3, 8, 8), np.float32)
    tensor[1] = 8

    alphas = network(tensor)

    assert (alphas.shape, alphas.dtype) == ((2, 1, 8, 8), np.float32)
    np.testing.assert_allclose(alphas[0], 0.5)
    np.testing.assert_allclose(alphas[1], 0.952574, atol=1e-6)  # sigmoid(8 * 0.375)


def test_a_missing_file_is_our_own_fault_and_named(tmp_path):
    with pytest.raises(ModelUnavailable, match=r"There is no model at .*absent\.onnx"):
        load(tmp_path / "absent.onnx", threads=1)


@pytest.mark.parametrize("body", [b"", b"not a network", None])
def test_a_damaged_file_is_our_own_fault_and_named(body, tmp_path):
    whole = tiny_networks.prepared(tmp_path / "tiny.onnx").read_bytes()
    (tmp_path / "tiny.onnx").write_bytes(whole[: len(whole) // 2] if body is None else body)

    with pytest.raises(ModelUnavailable, match=r"tiny\.onnx cannot be loaded"):
        load(tmp_path / "tiny.onnx", threads=1)


def test_a_network_that_was_not_prepared_is_refused(tmp_path):
    onnx.save(tiny_networks.opacity(), tmp_path / "fetched.onnx")

    with pytest.raises(
        ModelUnavailable, match=r"\['image', 'mask', 'double'\]; a prepared model has tensor and alpha"
    ):
        load(tmp_path / "fetched.onnx", threads=1)


def test_no_threads_are_refused_because_onnxruntime_would_take_every_core(tmp_path):
    with pytest.raises(ValueError, match="threads must be at least 1, got 0"):
        load(tiny_networks.prepared(tmp_path / "tiny.onnx"), threads=0)


def test_a_card_is_read_and_what_only_people_need_is_left_out(tmp_path):
    (tmp_path / "tiny.json").write_text(json.dumps(CARD))

    assert read_card(tmp_path / "tiny.json") == ModelCard(
        id="tiny",
        sha256="00" * 32,
        input_size=8,
        mean=(0.5, 0.25, 0.125),
        std=(1.0, 1.0, 1.0),
        precision="float32",
    )


@pytest.mark.parametrize("text", [None, "", "{}", json.dumps(CARD | {"mean": [0.5]})])
def test_a_card_that_cannot_be_understood_is_our_own_fault_and_named(text, tmp_path):
    if text is not None:
        (tmp_path / "tiny.json").write_text(text)

    with pytest.raises(ModelUnavailable, match=r"tiny\.json is not the card of a model"):
        read_card(tmp_path / "tiny.json")
