"""Networks small enough to be built by a test, with the signature of a prepared model."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIDE = 64
Constants = dict[str, np.ndarray[Any, Any]]


def bright_subject(folder: Path) -> Path:
    """A network that takes whatever is brighter than middle grey for the subject; answers its card's path."""
    nodes = [
        helper.make_node("ReduceMean", ["tensor", "channels"], ["grey"], keepdims=1),
        helper.make_node("Mul", ["grey", "steepness"], ["steep"]),
        helper.make_node("Sigmoid", ["steep"], ["alpha"]),
    ]
    constants: Constants = {
        "channels": np.array([1], np.int64),
        "steepness": np.array(40, np.float32),
    }
    return _save(folder, "bright-subject", nodes, constants)


def endless(folder: Path) -> Path:
    """A network that does not come back before any time-out of the drill; answers its card's path."""
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["go"], ["go_on"]),
            helper.make_node("MatMul", ["state", "state"], ["product"]),
            helper.make_node("Softmax", ["product"], ["next"]),
        ],
        "body",
        [
            helper.make_tensor_value_info("turn", TensorProto.INT64, []),
            helper.make_tensor_value_info("go", TensorProto.BOOL, []),
            helper.make_tensor_value_info("state", TensorProto.FLOAT, [1, 3, SIDE, SIDE]),
        ],
        [
            helper.make_tensor_value_info("go_on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("next", TensorProto.FLOAT, [1, 3, SIDE, SIDE]),
        ],
    )
    nodes = [
        helper.make_node("Loop", ["turns", "yes", "tensor"], ["last"], body=body),
        helper.make_node("ReduceMean", ["last", "channels"], ["alpha"], keepdims=1),
    ]
    constants: Constants = {
        "turns": np.array(10**9, np.int64),
        "yes": np.array(True),
        "channels": np.array([1], np.int64),
    }
    return _save(folder, "endless", nodes, constants)


def _save(folder: Path, name: str, nodes: list[onnx.NodeProto], constants: Constants) -> Path:
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info("tensor", TensorProto.FLOAT, [1, 3, SIDE, SIDE])],
        [helper.make_tensor_value_info("alpha", TensorProto.FLOAT, [1, 1, SIDE, SIDE])],
        [numpy_helper.from_array(value, key) for key, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    body = model.SerializeToString()
    (folder / f"{name}.onnx").write_bytes(body)
    card = {
        "id": name,
        "sha256": hashlib.sha256(body).hexdigest(),
        "precision": "float32",
        "input_size": SIDE,
        "mean": [0.5, 0.5, 0.5],
        "std": [1.0, 1.0, 1.0],
    }
    path = folder / f"{name}.json"
    path.write_text(json.dumps(card))
    return path
