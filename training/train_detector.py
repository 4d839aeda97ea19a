"""Trains the plate detector from nothing: python -m training.train_detector --glyphs DIR --grounds DIR --out FILE [--steps 4000] [--seed 1]

Rendered scenes only. The same seed and steps give the same pictures.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from training import run
from training.detector_net import CHANNELS, REACH_PX, SCORES, STEP_PX, DetectorNet, write
from training.glyphs import Glyphs
from training.grounds import grounds
from training.scenes import TRAINING, Marked, Scene, scenes
from training.strips import Picture

CELLS = TRAINING.wide_px // STEP_PX
CORE = 0.45  # cells within this part of a plate answer for it; the rest of it is neither plate nor background
AVERAGE = 0.997


class Rendered(IterableDataset[tuple[Tensor, Tensor]]):
    def __init__(self, glyphs: Path, ground: list[Picture], seed: int) -> None:
        self._glyphs, self._ground, self._seed = glyphs, ground, seed

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        worker = get_worker_info()
        for made in scenes(Glyphs(self._glyphs), self._ground, self._seed * 1000 + (worker.id if worker else 0)):
            yield run.as_input(made.picture), targets(made)


def targets(scene: Scene) -> Tensor:
    """12 maps: plate (1), background (0) or neither (-1); two lines; container number, likewise; the corners from each cell's middle;
    the height in cells."""
    held = np.zeros((CHANNELS + 1, CELLS, CELLS), np.float32)
    for mark in scene.plates:
        held[SCORES[mark.code]][_part(mark, 1.25)] = -1
    for mark in scene.plates:
        if mark.counted:
            _mark(held, mark)
    return torch.from_numpy(held)


def _mark(held: NDArray[np.float32], mark: Marked) -> None:
    core = _part(mark, CORE)
    x, y = np.clip((mark.corners.mean(axis=0) / STEP_PX).astype(int), 0, CELLS - 1)
    core[y, x] = True
    rows, columns = np.nonzero(core)
    held[SCORES[mark.code], rows, columns] = 1
    held[1, rows, columns] = mark.lines == 2
    held[-1, rows, columns] = np.linalg.norm(mark.corners[3] - mark.corners[0])
    middles = np.stack([columns, rows], axis=1) * STEP_PX + STEP_PX / 2
    offsets = (mark.corners[None] - middles[:, None]) / REACH_PX
    held[3:-1, rows, columns] = offsets.reshape(len(rows), 8).T


def _part(mark: Marked, share: float) -> NDArray[np.bool_]:
    mask = np.zeros((CELLS, CELLS), np.uint8)
    middle = mark.corners.mean(axis=0)
    cv2.fillConvexPoly(mask, np.round((middle + (mark.corners - middle) * share) / STEP_PX - 0.5).astype(np.int32), 1)
    return mask.astype(bool)


def loss_of(cells: Tensor, wanted: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Focal loss of the scores, corners measured in plate heights, line count."""
    scores, truth = cells[:, SCORES].float(), wanted[:, SCORES]
    chance = torch.sigmoid(scores)
    known = truth >= 0
    miss = torch.where(truth == 1, 1 - chance, chance)
    weight = torch.where(truth == 1, 0.7, 0.3) * miss**2
    entropy = functional.binary_cross_entropy_with_logits(scores, truth.clamp_min(0), reduction="none")
    plates = (truth == 1).any(1)
    count = plates.sum().clamp_min(1)
    found = (weight * entropy)[known].sum() / count
    high = (wanted[:, -1] / REACH_PX).clamp_min(8 / REACH_PX)[plates]
    off = (cells[:, 3:].float() - wanted[:, 3:-1]).abs().sum(1)[plates] / 8
    corners = (off / high).clamp_max(4).sum() / count + 0.2 * off.sum() / count
    lines = functional.binary_cross_entropy_with_logits(cells[:, 1].float()[plates], wanted[:, 1][plates], reduction="sum") / count
    return found, corners, lines


def main() -> None:
    asked = run.asked("training.train_detector", __doc__, batch=16, rate=2e-3)
    net = DetectorNet().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    if asked.start:
        net.load_state_dict(torch.load(asked.start))
    average = DetectorNet()
    optimiser = torch.optim.AdamW(net.parameters(), lr=asked.rate, weight_decay=0.02)
    schedule = run.schedule(optimiser, asked.steps)
    ground = grounds(asked.grounds)
    loader = DataLoader(Rendered(asked.glyphs, ground, asked.seed), asked.batch, num_workers=asked.workers, prefetch_factor=4)
    started, shown = time.monotonic(), np.zeros(3)
    for step, (pictures, wanted) in zip(range(1, asked.steps + 1), loader, strict=False):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            cells = net(pictures.to(memory_format=torch.channels_last))
        parts = loss_of(cells, wanted)
        optimiser.zero_grad()
        (parts[0] + parts[1] + 0.2 * parts[2]).backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimiser.step()
        schedule.step()
        run.averaged(average, net, step, AVERAGE)
        shown += [part.item() for part in parts]
        if step % 50 == 0:
            found, corners, lines = shown / 50
            pace = step * asked.batch / (time.monotonic() - started)
            print(f"{step}/{asked.steps}  found {found:.4f}  corners {corners:.4f}  lines {lines:.4f}  {pace:.0f} scenes/s", flush=True)
            shown[:] = 0
        if step % 500 == 0 or step in (asked.steps, asked.stop):
            torch.save(average.state_dict(), asked.out.with_suffix(".pt"))
            write(average, asked.out)
        if step == asked.stop:
            return


if __name__ == "__main__":
    main()
