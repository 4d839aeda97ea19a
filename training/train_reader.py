"""Trains the plate network: python -m training.train_reader --glyphs DIR --grounds DIR --out FILE [--steps 4000] [--seed 1]

It starts from PP-OCRv6's small recogniser (Apache-2.0, from the `rapidocr` wheel), keeps of its 18,710 characters those that plates have,
and goes on with rendered strips only. The same seed and steps give the same pictures.
"""

import copy
import itertools
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from drivers.plate_reader.alphabet import MARKS, PROVINCES
from training import run
from training.glyphs import Glyphs
from training.graph import Graph
from training.grounds import grounds
from training.strips import Picture, code_strips, strips

CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZĐ" + PROVINCES + MARKS  # all letters: other text on trucks has them
HEAD = ("linear_8.w_0", "linear_8.b_0")
CODE_EVERY = 8
CHECK_SEED = 20_261_122
AVERAGE = 0.998


def published() -> Path:
    spec = find_spec("rapidocr")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the starting weights are missing: install `rapidocr` (make setup)")
    return Path(spec.origin).parent / "models" / "PP-OCRv6_rec_small.onnx"


def with_plate_head(path: Path) -> onnx.ModelProto:
    """The last layer cut down to blank and CHARACTERS; those that PP-OCR does not know start from noise."""
    model = onnx.load(str(path))
    metadata = next(held for held in model.metadata_props if held.key == "character")
    names = ["", *metadata.value.splitlines(), " "]
    columns = [0, *(names.index(c) if c in names else -1 for c in CHARACTERS)]
    metadata.value = "\n".join(CHARACTERS)
    noise = np.random.default_rng(0)
    for held in model.graph.initializer:
        if held.name in HEAD:
            full = numpy_helper.to_array(held)
            part = full[..., columns].copy()
            missing = [i for i, column in enumerate(columns) if column < 0]
            part[..., missing] = noise.normal(0, 0.05, part[..., missing].shape)
            held.CopyFrom(numpy_helper.from_array(part.astype(np.float32), held.name))
    return model


class Rendered(IterableDataset[tuple[Tensor, list[str]]]):
    """Batches: every CODE_EVERY-th is of container numbers, whose strips are longer."""

    def __init__(self, glyphs: Path, ground: list[Picture], seed: int, batch: int) -> None:
        self._glyphs, self._ground, self._seed, self._batch = glyphs, ground, seed, batch

    def __iter__(self) -> Iterator[tuple[Tensor, list[str]]]:
        worker = get_worker_info()
        seed = self._seed * 1000 + (worker.id if worker else 0)
        glyphs = Glyphs(self._glyphs)
        plates, codes = strips(glyphs, self._ground, seed), code_strips(glyphs, seed)
        for n in itertools.count(1):
            made = list(itertools.islice(codes if n % CODE_EVERY == 0 else plates, self._batch))
            yield torch.stack([run.as_input(strip.picture) for strip in made]), [strip.text for strip in made]


def loss_of(steps: Tensor, texts: list[str]) -> Tensor:
    """CTC, each strip's loss dampened by a logarithm: a strip that nobody could read must not outweigh the others."""
    known = [[CHARACTERS.index(c) + 1 for c in text if c in CHARACTERS] for text in texts]
    logs = functional.log_softmax(steps.float(), -1).permute(1, 0, 2)
    targets = torch.tensor([c for text in known for c in text])
    lengths = torch.tensor([len(text) for text in known])
    spread = torch.full((len(known),), logs.shape[0])
    losses = functional.ctc_loss(logs, targets, spread, lengths, reduction="none", zero_infinity=True)
    return torch.log1p(losses / lengths.clamp_min(1)).mean()


def read_out(steps: Tensor) -> list[str]:
    texts = []
    for row in steps.argmax(-1).tolist():
        kept = [c for i, c in enumerate(row) if c and (i == 0 or row[i - 1] != c)]
        texts.append("".join(CHARACTERS[c - 1] for c in kept))
    return texts


def checked(graph: Graph, batches: list[tuple[Tensor, list[str]]]) -> float:
    """The share that is read exactly."""
    right = 0
    with torch.no_grad():
        for pictures, texts in batches:
            read = read_out(graph(pictures.to(memory_format=torch.channels_last)))
            wanted = ["".join(c for c in text if c in CHARACTERS) for text in texts]
            right += sum(a == b for a, b in zip(read, wanted, strict=True))
    return right / sum(len(texts) for _, texts in batches)


def unseen(glyphs: Path, ground: list[Picture]) -> tuple[list[tuple[Tensor, list[str]]], list[tuple[Tensor, list[str]]]]:
    """Batches of a seed that training never uses: plates, container numbers."""
    batches = list(itertools.islice(Rendered(glyphs, ground, CHECK_SEED, 32), CODE_EVERY * 2))
    return [b for n, b in enumerate(batches, 1) if n % CODE_EVERY], [b for n, b in enumerate(batches, 1) if n % CODE_EVERY == 0]


def main() -> None:
    asked = run.asked("training.train_reader", __doc__, batch=32, rate=2e-4)
    ground = grounds(asked.grounds)
    plates, codes = unseen(asked.glyphs, ground)
    graph = Graph(with_plate_head(published()))
    if asked.start:
        graph.load_state_dict(torch.load(asked.start))
    graph.freeze_stem()
    average = copy.deepcopy(graph)
    optimiser = torch.optim.AdamW([w for w in graph.parameters() if w.requires_grad], lr=asked.rate, weight_decay=0.01)
    schedule = run.schedule(optimiser, asked.steps)
    rendered = Rendered(asked.glyphs, ground, asked.seed, asked.batch)
    loader = DataLoader(rendered, None, num_workers=asked.workers, prefetch_factor=4)
    started, shown = time.monotonic(), 0.0
    for step, (pictures, texts) in zip(range(1, asked.steps + 1), loader, strict=False):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            steps = graph(pictures.to(memory_format=torch.channels_last))
        loss = loss_of(steps, texts)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(graph.parameters(), 2.0)
        optimiser.step()
        schedule.step()
        run.averaged(average, graph, step, AVERAGE)
        shown += loss.item()
        if step % 20 == 0:
            print(
                f"{step}/{asked.steps}  loss {shown / 20:.4f}  {step * asked.batch / (time.monotonic() - started):.0f} strips/s", flush=True
            )
            shown = 0.0
        if step % 150 == 0 or step in (asked.steps, asked.stop):
            print(f"  exact {checked(average, plates):.1%}, container numbers {checked(average, codes):.1%}", flush=True)
            torch.save(average.state_dict(), asked.out.with_suffix(".pt"))
            average.write(asked.out)
        if step == asked.stop:
            return


if __name__ == "__main__":
    main()
