"""The finder in 8 bits: python -m training.quantise --glyphs DIR --grounds DIR --out FILE [--scenes 200] [--seed 77]

How large the numbers inside it get is measured on rendered scenes. The first layer and the two that tell scores and corners stay as they
were trained. Weights have 7 bits: with 8, processors without VNNI overflow where two products are added in 16.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static

from training.glyphs import Glyphs
from training.grounds import grounds
from training.run import as_input
from training.scenes import scenes

TRAINED = Path(__file__).parent / "float" / "plate_finder.onnx"


class Rendered(CalibrationDataReader):
    def __init__(self, glyphs: Path, ground: Path, count: int, seed: int) -> None:
        drawn = scenes(Glyphs(glyphs), grounds(ground), seed)
        self._left = iter([as_input(next(drawn).picture).numpy()[np.newaxis] for _ in range(count)])

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        picture = next(self._left, None)
        return None if picture is None else {"x": picture}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.quantise", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--glyphs", type=Path, required=True, help="folder of GA 36 glyph pictures")
    parser.add_argument("--grounds", type=Path, required=True, help="folder of photographs without plates")
    parser.add_argument("--trained", type=Path, default=TRAINED, help="the finder as it was trained")
    parser.add_argument("--out", type=Path, required=True, help="the ONNX file to write")
    parser.add_argument("--scenes", type=int, default=200)
    parser.add_argument("--seed", type=int, default=77)
    asked = parser.parse_args()
    layers = [node.name for node in onnx.load(str(asked.trained)).graph.node if node.op_type == "Conv"]
    quantize_static(
        asked.trained,
        asked.out,
        Rendered(asked.glyphs, asked.grounds, asked.scenes, asked.seed),
        quant_format=QuantFormat.QDQ,
        calibrate_method=CalibrationMethod.MinMax,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        per_channel=True,
        reduce_range=True,
        nodes_to_exclude=[layers[0], *layers[-2:]],
    )


if __name__ == "__main__":
    main()
