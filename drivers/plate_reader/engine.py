"""The networks' runtime and where their weights lie: the lane's own beside this file, PP-OCR's inside the installed `rapidocr` wheel."""

from importlib.util import find_spec
from pathlib import Path

from onnxruntime import GraphOptimizationLevel, InferenceSession, SessionOptions

DETECTOR = "PP-OCRv6_det_small.onnx"
RECOGNISER = "PP-OCRv6_rec_small.onnx"
FINDER = "plate_finder.onnx"
READER = "plate_reader.onnx"
OWN = Path(__file__).parent / "weights"


def own_weights(name: str) -> Path:
    path = OWN / name
    if not path.is_file():
        raise FileNotFoundError(f"{path}: the plate reader's own weights are missing; the installation is damaged: install it again")
    return path


def weights(name: str) -> Path:
    """The file in the wheel; FileNotFoundError says what to do without it.

    `rapidocr` itself is not imported: it would log, and fetch what it does not find.
    """
    spec = find_spec("rapidocr")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the plate reader's weights are missing: install `rapidocr` (make setup)")
    path = Path(spec.origin).parent / "models" / name
    if not path.is_file():
        raise FileNotFoundError(
            f"{path}: the plate reader's weights are not in the installed `rapidocr`: install the locked version (make setup)"
        )
    return path


def load(model: Path) -> InferenceSession:
    """One thread: the lane's control loop shares the cores. No arena: it would keep the largest picture's memory for good."""
    options = SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.graph_optimization_level = GraphOptimizationLevel.ORT_ENABLE_ALL
    options.log_severity_level = 3
    return InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
