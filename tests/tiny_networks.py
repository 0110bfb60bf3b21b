"""Networks of a few weights, built here, that have the traits of the real ones."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper

WEIGHTS = np.array([0.5, -0.25, 0.125], np.float32).reshape(1, 3, 1, 1)


def value(name: str, kind: int, shape: Sequence[int | str]) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, shape)


def network(
    nodes: list[NodeProto],
    weights: dict[str, np.ndarray],
    inputs: list[ValueInfoProto],
    outputs: list[ValueInfoProto],
) -> ModelProto:
    initializers = [numpy_helper.from_array(array, name) for name, array in weights.items()]
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, initializers)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)


def opacity(size: int | str = 8) -> ModelProto:
    """alpha = sigmoid(0.5 R - 0.25 G + 0.125 B) in float32, and a second output that is twice that."""
    nodes = [
        helper.make_node("Conv", ["image", "mix"], ["logits"]),
        helper.make_node("Sigmoid", ["logits"], ["mask"]),
        helper.make_node("Mul", ["mask", "two"], ["double"]),
    ]
    outputs = [value("mask", TensorProto.FLOAT, [1, 1, size, size]), value("double", TensorProto.FLOAT, None)]
    weights = {"mix": WEIGHTS, "two": np.array(2, np.float32)}
    return network(nodes, weights, [value("image", TensorProto.FLOAT, ["n", 3, size, size])], outputs)


def half(size: int = 8) -> ModelProto:
    """The first output of ``opacity`` as converters to float16 write it.

    Casts at both ends, the one to float16 behind its reader, a Constant and a declaration of float16.
    """
    nodes = [
        helper.make_node("Conv", ["image16", "mix"], ["logits"]),
        helper.make_node("Constant", [], ["one"], value=numpy_helper.from_array(np.array(1, np.float16))),
        helper.make_node("Mul", ["logits", "one"], ["same"]),
        helper.make_node("Sigmoid", ["same"], ["mask16"]),
        helper.make_node("Cast", ["mask16"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Cast", ["image"], ["image16"], to=TensorProto.FLOAT16),
    ]
    model = network(
        nodes,
        {"mix": WEIGHTS.astype(np.float16)},
        [value("image", TensorProto.FLOAT, [1, 3, size, size])],
        [value("mask", TensorProto.FLOAT, [1, 1, size, size])],
    )
    model.graph.value_info.append(value("logits", TensorProto.FLOAT16, [1, 1, size, size]))
    return model


def prepared(path: Path, size: int = 8) -> Path:
    """Write a network as ``models.prepare`` leaves it: the alpha of ``opacity``, under the names we use."""
    nodes = [
        helper.make_node("Conv", ["tensor", "mix"], ["logits"]),
        helper.make_node("Sigmoid", ["logits"], ["alpha"]),
    ]
    inputs = [value("tensor", TensorProto.FLOAT, [1, 3, size, size])]
    outputs = [value("alpha", TensorProto.FLOAT, [1, 1, size, size])]
    onnx.save(network(nodes, {"mix": WEIGHTS}, inputs, outputs), path)
    return path
