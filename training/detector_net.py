"""The detector's network: one score, four corners and a line count for every 8 x 8 pixels."""

from pathlib import Path

import onnx
import torch
from torch import Tensor, nn

STEP_PX = 8  # a cell
REACH_PX = 32.0  # corners are told in these, from the cell's middle
CHANNELS = 11  # plate?, two lines?, container number?, then four corners x, y
SCORES = (0, 2)


def _block(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))


class _Residual(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.inner = nn.Sequential(_block(width, width), nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width))

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x + self.inner(x))


class DetectorNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(_block(3, 12, 2), _block(12, 24, 2), _block(24, 40, 2))
        self.eighth = _Residual(40)
        self.sixteenth = nn.Sequential(_block(40, 72, 2), _Residual(72))
        self.thirtysecond = nn.Sequential(_block(72, 104, 2), _Residual(104), _Residual(104))
        self.down = nn.Conv2d(104, 72, 1)
        self.middle = _block(72, 72)
        self.up = nn.Conv2d(72, 40, 1)
        self.head = nn.Sequential(_block(40, 48), nn.Conv2d(48, CHANNELS, 1))
        nn.init.constant_(self.head[1].bias[:1], -4.0)  # type: ignore[index]

    def forward(self, x: Tensor) -> Tensor:
        fine = self.eighth(self.stem(x))
        coarse = self.sixteenth(fine)
        wide = self.thirtysecond(coarse)
        coarse = self.middle(coarse + nn.functional.interpolate(self.down(wide), scale_factor=2.0, mode="nearest"))
        fine = fine + nn.functional.interpolate(self.up(coarse), scale_factor=2.0, mode="nearest")
        result = self.head(fine)
        assert isinstance(result, Tensor)
        return result


def write(net: DetectorNet, path: Path) -> None:
    net.eval()
    sides = {2: torch.export.Dim("high", min=1, max=60) * 32, 3: torch.export.Dim("wide", min=1, max=60) * 32}
    torch.onnx.export(
        net,
        (torch.zeros(1, 3, 320, 640),),
        str(path),
        input_names=["x"],
        output_names=["cells"],
        dynamic_shapes=(sides,),
        dynamo=True,
        external_data=False,
    )
    model = onnx.load(str(path))
    for part in (model, model.graph, *model.graph.node, *model.graph.value_info, *model.graph.output):
        part.doc_string = ""
        del part.metadata_props[:]  # the exporter writes where its lines stood on the machine that ran it
    onnx.save(model, str(path))
