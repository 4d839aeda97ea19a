"""A published ONNX network as a torch module that can be trained further, and back into the same graph.

The graph is run node by node: what comes out is the file that went in, with other numbers in it and another last layer. Only what the
PP-OCR recogniser uses is known here; any other operator is refused by name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn
from torch.nn import functional

Attributes = dict[str, Any]
FIXED_BELOW = 4  # initialisers with fewer numbers are shapes, axes and constants


class Graph(nn.Module):
    def __init__(self, model: onnx.ModelProto) -> None:
        super().__init__()
        self._model = model
        self._constants: dict[str, Tensor] = {}
        self._weights = nn.ParameterDict()
        running = {name for node in model.graph.node if node.op_type == "BatchNormalization" for name in node.input[3:5]}
        for held in model.graph.initializer:
            value = torch.from_numpy(numpy_helper.to_array(held).copy())
            if value.dtype == torch.float32 and value.numel() >= FIXED_BELOW and held.name not in running:
                self._weights[_key(held.name)] = nn.Parameter(value)
            else:
                self._constants[held.name] = value
        self._steps = _steps(
            list(model.graph.node), {held.name for held in model.graph.initializer if len(held.dims) == 4 and held.dims[0] == 1}
        )

    def forward(self, pictures: Tensor) -> Tensor:
        """The last layer's numbers before their softmax."""
        values: dict[str, Any] = {"": None, self._model.graph.input[0].name: pictures, **self._constants}
        values |= {held.name: self._weights[_key(held.name)] for held in self._model.graph.initializer if _key(held.name) in self._weights}
        *steps, last = self._steps
        assert last.output == self._model.graph.output[0].name, "the softmax is the last node"
        for step in steps:
            values[step.output] = step.run(*(values[name] for name in step.inputs))
        result = values[last.inputs[0]]
        assert isinstance(result, Tensor)
        return result

    def freeze_stem(self) -> None:
        """Edges and strokes are learnt already: up to the first depthwise convolution weights stay, which saves their backward pass."""
        for node in self._model.graph.node:
            if node.op_type == "Conv" and any(a.name == "group" and a.i > 1 for a in node.attribute):
                return
            for name in node.input:
                if _key(name) in self._weights:
                    self._weights[_key(name)].requires_grad_(False)

    def write(self, path: Path, *, half: bool = True) -> None:
        """`half`: weights are kept as 16-bit floats and widened when the file is loaded, which halves the file."""
        model = onnx.ModelProto()
        model.CopyFrom(self._model)
        casts = []
        for held in model.graph.initializer:
            if _key(held.name) not in self._weights:
                continue
            value = self._weights[_key(held.name)].detach().numpy()
            if half and value.size > 1024:
                name = held.name
                held.CopyFrom(numpy_helper.from_array(value.astype(np.float16), f"{name}.half"))
                casts.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
            else:
                held.CopyFrom(numpy_helper.from_array(value, held.name))
        del model.graph.value_info[:]  # shapes that the cut-down last layer no longer has
        model.graph.output[0].type.tensor_type.shape.dim[-1].ClearField("dim_value")
        nodes = [*casts, *model.graph.node]
        del model.graph.node[:]
        model.graph.node.extend(nodes)
        onnx.checker.check_model(model)
        onnx.save(model, str(path))


@dataclass(frozen=True, slots=True)
class _Step:
    run: Callable[..., Any]
    inputs: tuple[str, ...]
    output: str


def _steps(nodes: list[onnx.NodeProto], shifts: set[str]) -> list[_Step]:
    """The nodes in order; the five of a GELU and the two of a convolution with its shift run as one, in half the time."""
    steps: list[_Step] = []
    at = 0
    while at < len(nodes):
        node, following = nodes[at], nodes[at + 1 : at + 5]
        kinds = [n.op_type for n in following]
        attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        if node.op_type == "Div" and kinds == ["Erf", "Add", "Mul", "Mul"]:
            steps.append(_Step(functional.gelu, (node.input[0],), following[-1].output[0]))
            at += 5
        elif node.op_type == "Conv" and len(node.input) == 2 and kinds[:1] == ["Add"] and following[0].input[1] in shifts:
            steps.append(_Step(partial(_conv_shifted, attributes), (*node.input, following[0].input[1]), following[0].output[0]))
            at += 2
        elif node.op_type in OPERATORS:
            steps.append(_Step(partial(OPERATORS[node.op_type], attributes), tuple(node.input), node.output[0]))
            at += 1
        else:
            raise ValueError(f"operator {node.op_type} is not known to training/graph.py; add it to OPERATORS")
    return steps


def _key(name: str) -> str:
    return name.replace(".", "/")


def _pads(a: Attributes, high: int, wide: int) -> tuple[int, int, int, int]:
    """Top, left, bottom, right. SAME_UPPER stands only on steps of one pixel here."""
    if a.get("auto_pad", b"NOTSET") == b"SAME_UPPER":
        return (high - 1) // 2, (wide - 1) // 2, high // 2, wide // 2
    top, left, bottom, right = a.get("pads", (0, 0, 0, 0))
    return top, left, bottom, right


def _conv(a: Attributes, x: Tensor, w: Tensor, b: Tensor | None = None) -> Tensor:
    top, left, bottom, right = _pads(a, w.shape[2], w.shape[3])
    if (top, left) == (bottom, right):
        return functional.conv2d(x, w, b, tuple(a["strides"]), (top, left), tuple(a.get("dilations", (1, 1))), a.get("group", 1))
    return functional.conv2d(functional.pad(x, (left, right, top, bottom)), w, b, tuple(a["strides"]), 0, 1, a.get("group", 1))


def _conv_shifted(a: Attributes, x: Tensor, w: Tensor, shift: Tensor) -> Tensor:
    return _conv(a, x, w, shift.flatten())


def _pool(a: Attributes, x: Tensor, pool: Callable[..., Tensor], empty: float) -> Tensor:
    top, left, bottom, right = _pads(a, *a["kernel_shape"])
    if any((top, left, bottom, right)):
        x = functional.pad(x, (left, right, top, bottom), value=empty)
    return pool(x, tuple(a["kernel_shape"]), tuple(a["strides"]))


def _slice(_: Attributes, x: Tensor, starts: Tensor, ends: Tensor, axes: Tensor | None = None, steps: Tensor | None = None) -> Tensor:
    axes = torch.arange(len(starts)) if axes is None else axes
    for n, axis in enumerate(axes.tolist()):
        step = 1 if steps is None else int(steps[n])
        start, end = int(starts[n]), min(int(ends[n]), x.shape[axis])
        x = x[(slice(None),) * (axis % x.ndim) + (slice(start, end, step),)]
    return x


def _reshape(_: Attributes, x: Tensor, shape: Tensor) -> Tensor:
    return x.reshape([x.shape[i] if n == 0 else n for i, n in enumerate(shape.tolist())])


def _squeezed(x: Tensor, axes: list[int]) -> Tensor:
    for axis in sorted((axis % x.ndim for axis in axes), reverse=True):
        x = x.squeeze(axis)
    return x


def _unsqueezed(x: Tensor, axes: list[int]) -> Tensor:
    for axis in sorted(axes):
        x = x.unsqueeze(axis)
    return x


def _axes(a: Attributes, given: Tensor | None) -> list[int]:
    return list(a["axes"]) if given is None else [int(axis) for axis in given.tolist()]


def _normalised(a: Attributes, x: Tensor, scale: Tensor, shift: Tensor, mean: Tensor, variance: Tensor) -> Tensor:
    return functional.batch_norm(x, mean, variance, scale, shift, False, 0.0, a.get("epsilon", 1e-5))


OPERATORS: dict[str, Callable[..., Any]] = {
    "Identity": lambda _, x: x,
    "Add": lambda _, x, y: x + y,
    "Sub": lambda _, x, y: x - y,
    "Mul": lambda _, x, y: x * y,
    "Div": lambda _, x, y: x / y,
    "Pow": lambda _, x, y: torch.pow(x, y),
    "Sqrt": lambda _, x: torch.sqrt(x),
    "Erf": lambda _, x: torch.erf(x),
    "Relu": lambda _, x: torch.relu(x),
    "Sigmoid": lambda _, x: torch.sigmoid(x),
    "HardSigmoid": lambda a, x: torch.clamp(x * a.get("alpha", 0.2) + a.get("beta", 0.5), 0, 1),
    "Softmax": lambda a, x: torch.softmax(x, a.get("axis", -1)),
    "MatMul": lambda _, x, y: x @ y,
    "ReduceMean": lambda a, x, axes=None: x.mean(_axes(a, axes), keepdim=bool(a.get("keepdims", 1))),
    "Transpose": lambda a, x: x.permute(*a["perm"]),
    "Squeeze": lambda a, x, axes=None: _squeezed(x, _axes(a, axes)),
    "Unsqueeze": lambda a, x, axes=None: _unsqueezed(x, _axes(a, axes)),
    "Concat": lambda a, *x: torch.cat(x, a["axis"]),
    "Shape": lambda _, x: torch.tensor(x.shape),
    "Reshape": _reshape,
    "Slice": _slice,
    "Conv": _conv,
    "BatchNormalization": _normalised,
    "MaxPool": lambda a, x: _pool(a, x, functional.max_pool2d, -torch.inf),
    "AveragePool": lambda a, x: _pool(a, x, functional.avg_pool2d, 0.0),
}
