import numpy as np
import onnxruntime
import pytest
from onnx import TensorProto, helper

import tiny_networks
from models import graph

PIXEL = np.array([0.4, -0.2, 0.8], np.float32).reshape(1, 3, 1, 1)
PICTURE = np.broadcast_to(PIXEL, (1, 3, 8, 8)).copy()
ALPHA = 0.5866176  # sigmoid(0.5 * 0.4 + 0.25 * 0.2 + 0.125 * 0.8)


def run(model, tensor=PICTURE) -> list[np.ndarray]:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: tensor})


def names(model) -> tuple[list[str], list[str]]:
    return [node.op_type for node in model.graph.node], [weight.name for weight in model.graph.initializer]


def test_every_float16_becomes_float32():
    model = tiny_networks.half()

    graph.to_float32(model)

    weight, constant = model.graph.initializer[0], model.graph.node[1].attribute[0].t
    assert (weight.data_type, constant.data_type) == (TensorProto.FLOAT, TensorProto.FLOAT)
    assert [node.attribute[0].i for node in model.graph.node if node.op_type == "Cast"] == [
        TensorProto.FLOAT
    ] * 2
    assert model.graph.value_info[0].type.tensor_type.elem_type == TensorProto.FLOAT


def test_the_network_in_float32_computes_what_its_weights_say():
    model = tiny_networks.half()

    graph.to_float32(model)
    graph.keep_output(model, 0)  # which also makes nothing of the order of the nodes

    np.testing.assert_allclose(run(model)[0], ALPHA, atol=1e-6)


def test_float16_inside_a_branch_becomes_float32():
    wide = helper.make_tensor_value_info("wide", TensorProto.FLOAT16, [1])
    branch = helper.make_graph(
        [helper.make_node("Cast", ["x"], ["wide"], to=TensorProto.FLOAT16)], "b", [], [wide]
    )
    model = tiny_networks.network(
        [helper.make_node("If", ["yes"], ["y"], then_branch=branch, else_branch=branch)],
        {},
        [tiny_networks.value("x", TensorProto.FLOAT, [1])],
        [tiny_networks.value("y", TensorProto.FLOAT16, [1])],
    )

    graph.to_float32(model)

    inner = model.graph.node[0].attribute[0].g
    assert inner.node[0].attribute[0].i == TensorProto.FLOAT
    assert inner.output[0].type.tensor_type.elem_type == TensorProto.FLOAT


def test_only_the_wanted_output_and_what_it_needs_stay():
    model = tiny_networks.opacity()

    graph.keep_output(model, 0)

    assert names(model) == (["Conv", "Sigmoid"], ["mix"])
    assert [value.name for value in (*model.graph.input, *model.graph.output)] == ["tensor", "alpha"]
    np.testing.assert_allclose(run(model)[0], ALPHA, atol=1e-6)


def test_a_later_output_keeps_the_earlier_one_that_it_is_made_from():
    model = tiny_networks.opacity()

    graph.keep_output(model, 1)

    assert names(model) == (["Conv", "Sigmoid", "Mul"], ["mix", "two"])
    np.testing.assert_allclose(run(model)[0], 2 * ALPHA, atol=1e-6)


def test_what_only_a_branch_reads_stays():
    """A branch reads names of the graph around it without listing them among its inputs."""
    out = tiny_networks.value("out", TensorProto.FLOAT, None)
    branch = helper.make_graph([helper.make_node("Identity", ["twice"], ["out"])], "b", [], [out])
    model = tiny_networks.network(
        [
            helper.make_node("Mul", ["image", "two"], ["twice"]),
            helper.make_node("If", ["yes"], ["mask"], then_branch=branch, else_branch=branch),
        ],
        {"two": np.array(2, np.float32), "yes": np.array(True)},
        [tiny_networks.value("image", TensorProto.FLOAT, [1, 3, 8, 8])],
        [tiny_networks.value("mask", TensorProto.FLOAT, None)],
    )

    graph.keep_output(model, 0)

    assert names(model)[0] == ["Mul", "If"]
    np.testing.assert_allclose(run(model)[0], 2 * PICTURE)


def test_an_output_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="the network has 2 outputs; there is no number 2"):
        graph.keep_output(tiny_networks.opacity(), 2)


def test_a_network_of_two_inputs_is_refused():
    model = tiny_networks.opacity()
    model.graph.input.append(tiny_networks.value("size", TensorProto.FLOAT, [2]))

    with pytest.raises(ValueError, match=r"inputs \['image', 'size'\]"):
        graph.keep_output(model, 0)


def test_weights_that_are_listed_as_inputs_are_not_taken_for_inputs():
    model = tiny_networks.opacity()
    model.graph.input.append(tiny_networks.value("mix", TensorProto.FLOAT, [1, 3, 1, 1]))

    graph.keep_output(model, 0)

    assert [value.name for value in model.graph.input] == ["tensor"]


def test_a_sigmoid_is_put_behind_logits_under_the_same_name():
    model = tiny_networks.opacity()
    del model.graph.node[1:]
    model.graph.output[0].name = "logits"
    graph.keep_output(model, 0)

    graph.append_sigmoid(model)

    assert [value.name for value in model.graph.output] == ["alpha"]
    np.testing.assert_allclose(run(model)[0], ALPHA, atol=1e-6)


def test_free_dimensions_become_numbers():
    model = tiny_networks.opacity(size="side")
    graph.keep_output(model, 0)

    graph.fix_shape(model, 16)

    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    assert session.get_inputs()[0].shape == [1, 3, 16, 16]
    assert session.get_outputs()[0].shape == [1, 1, 16, 16]
