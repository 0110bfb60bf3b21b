"""Surgery on an ONNX graph, in place: one precision, one output, one shape.

Only the structure is touched here; nothing is run and no file is read. ``prepare`` proves by running both
networks that the result still computes the same.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import onnx
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, helper, numpy_helper

INPUT = "tensor"
OUTPUT = "alpha"
_TYPE_ATTRIBUTES = ("to", "dtype")  # Cast, and the operators that make random or identity tensors


def to_float32(model: ModelProto) -> None:
    """Turn every float16 tensor, declaration and cast of ``model`` into float32.

    Every float16 number is a float32 number, so the weights keep their exact values; only the rounding of the
    steps between them disappears.
    """
    for graph in _graphs(model.graph):
        for initializer in graph.initializer:
            _widen(initializer)
        for value in (*graph.input, *graph.output, *graph.value_info):
            if value.type.tensor_type.elem_type == TensorProto.FLOAT16:
                value.type.tensor_type.elem_type = TensorProto.FLOAT
        for node in graph.node:
            _widen_attributes(node)


def keep_output(model: ModelProto, index: int) -> None:
    """Keep output number ``index`` only, and drop every node and weight that no longer has an effect.

    The input is renamed to ``tensor`` and the output to ``alpha``. Raises ValueError when the graph has not
    exactly one input, or no such output.
    """
    graph = model.graph
    weights = {initializer.name for initializer in graph.initializer}
    inputs = [
        value for value in graph.input if value.name not in weights
    ]  # IR 3 lists the weights as inputs too
    if len(inputs) != 1:
        raise ValueError(
            f"the network has the inputs {[value.name for value in inputs]}; exactly one is understood"
        )
    if not 0 <= index < len(graph.output):
        raise ValueError(f"the network has {len(graph.output)} outputs; there is no number {index}")
    output = graph.output[index]
    del graph.input[:], graph.output[:]
    graph.input.append(inputs[0])
    graph.output.append(output)
    _prune(graph, output.name)
    _rename(graph, {inputs[0].name: INPUT, output.name: OUTPUT})


def append_sigmoid(model: ModelProto) -> None:
    """Put a sigmoid behind the only output, for a network that ends in logits; the output keeps its name."""
    output = model.graph.output[0].name
    logits = f"{output}_logits"
    for node in model.graph.node:
        node.output[:] = [logits if name == output else name for name in node.output]
        node.input[:] = [logits if name == output else name for name in node.input]
    model.graph.node.append(helper.make_node("Sigmoid", [logits], [output], name="alpha_from_logits"))


def fix_shape(model: ModelProto, size: int) -> None:
    """Declare ``tensor`` as (1, 3, size, size) and ``alpha`` as (1, 1, size, size).

    Shapes noted for the values in between may name dimensions that are now numbers; they are dropped, and the
    optimiser infers them again.
    """
    graph = model.graph
    shapes = ((graph.input[0], (1, 3, size, size)), (graph.output[0], (1, 1, size, size)))
    for value, shape in shapes:
        declared = helper.make_tensor_value_info(value.name, TensorProto.FLOAT, shape)
        value.CopyFrom(declared)
    del graph.value_info[:]


def _widen(tensor: TensorProto) -> None:
    if tensor.data_type == TensorProto.FLOAT16:
        values = numpy_helper.to_array(tensor).astype(np.float32)
        tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))


def _widen_attributes(node: NodeProto) -> None:
    for attribute in node.attribute:
        if attribute.type == onnx.AttributeProto.TENSOR:
            _widen(attribute.t)
        elif attribute.name in _TYPE_ATTRIBUTES and attribute.i == TensorProto.FLOAT16:
            attribute.i = TensorProto.FLOAT


def _graphs(graph: GraphProto) -> Iterator[GraphProto]:
    """``graph`` and the branches and loop bodies inside it."""
    yield graph
    for node in graph.node:
        yield from _inner_graphs(node)


def _inner_graphs(node: NodeProto) -> Iterator[GraphProto]:
    for attribute in node.attribute:
        if attribute.type == onnx.AttributeProto.GRAPH:
            yield from _graphs(attribute.g)


def _reads(node: NodeProto) -> set[str]:
    """The names that a node reads; branches also read names of the graph around them."""
    inner = (name for graph in _inner_graphs(node) for each in graph.node for name in each.input)
    inner_results = (value.name for graph in _inner_graphs(node) for value in graph.output)
    return {*node.input, *inner, *inner_results}


def _prune(graph: GraphProto, output: str) -> None:
    makers = {name: node for node in graph.node for name in node.output}
    needed: set[str] = set()
    open_ends = [output]
    while open_ends:  # by name, not by position: float16 converters append their casts out of order
        name = open_ends.pop()
        if name not in needed:
            needed.add(name)
            open_ends.extend(_reads(makers[name]) if name in makers else ())
    _delete_unless(graph.node, lambda node: not needed.isdisjoint(node.output))
    _delete_unless(graph.initializer, lambda weight: weight.name in needed)
    _delete_unless(graph.value_info, lambda value: value.name in needed)


def _delete_unless(field: Any, keep: Callable[[Any], bool]) -> None:
    for position in reversed(range(len(field))):
        if not keep(field[position]):
            del field[position]


def _rename(graph: GraphProto, names: dict[str, str]) -> None:
    for each in _graphs(graph):
        for node in each.node:
            node.input[:] = [names.get(name, name) for name in node.input]
            node.output[:] = [names.get(name, name) for name in node.output]
        for value in (*each.input, *each.output, *each.value_info):
            value.name = names.get(value.name, value.name)
