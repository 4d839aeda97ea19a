"""What both trainings share: their options, what makes them repeatable, the rate's rise and fall, the running mean of the weights."""

import argparse
import math
from pathlib import Path

import cv2
import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import LambdaLR

from training.strips import Picture

WARM_STEPS_MAX = 100
RATE_LEAST = 0.01  # of the rate, at the end


def asked(module: str, description: str | None, *, batch: int, rate: float) -> argparse.Namespace:
    """The options of the command line; seeds and threads are set by them."""
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=(description or "").partition("\n")[0])
    parser.add_argument("--glyphs", type=Path, required=True, help="folder of GA 36 glyph pictures")
    parser.add_argument("--grounds", type=Path, required=True, help="folder of photographs without plates")
    parser.add_argument("--out", type=Path, required=True, help="the ONNX file to write")
    parser.add_argument("--start", type=Path, help="weights of an earlier run (.pt) to go on from")
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--stop", type=int, help="end after so many steps, before the rate has fallen to its end")
    parser.add_argument("--batch", type=int, default=batch)
    parser.add_argument("--rate", type=float, default=rate)
    parser.add_argument("--workers", type=int, default=1, help="rendering processes")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    cv2.setNumThreads(1)  # rendering has processes of its own
    return options


def as_input(picture: Picture) -> Tensor:
    """Channels first, -1 to 1."""
    return torch.from_numpy((picture.astype("float32") / 127.5 - 1.0).transpose(2, 0, 1))


def schedule(optimiser: torch.optim.Optimizer, steps: int) -> LambdaLR:
    """Up in a straight line, down by half a cosine."""
    warm = max(1, min(WARM_STEPS_MAX, steps // 10))
    fall = 1 - RATE_LEAST
    return LambdaLR(optimiser, lambda n: min((n + 1) / warm, RATE_LEAST + fall * 0.5 * (1 + math.cos(math.pi * n / steps))))


def averaged(average: nn.Module, net: nn.Module, step: int, most: float) -> None:
    """The weights that are written are a running mean; it starts short, so that the first ones are soon forgotten."""
    keep = min(most, 1 - 10 / (step + 10))
    with torch.no_grad():
        for mean, now in zip(average.state_dict().values(), net.state_dict().values(), strict=True):
            mean.copy_(mean.lerp(now, 1 - keep) if mean.is_floating_point() else now)
