"""What is known of a gate's cameras, and what one that cannot be believed takes back (R3)."""

from dataclasses import replace

from lanectl.interlocking.draft import Draft
from lanectl.model import CameraNow, CameraReported

FORGED = ("frozen", "replayed")  # pictures that look right and show another moment
UNNOTICED_S = 5.0  # such pictures are noticed within 2 s; more than twice that for a machine that is busy


def report_camera(d: Draft, report: CameraReported) -> None:
    """R3. Who was named from pictures just before they proved to be old ones was not seen. A way that runs is not taken back by it."""
    d.set_camera(report.camera, CameraNow(report.gate, report.trouble))
    now = d.gates.get(report.gate)
    if report.trouble not in FORGED or now is None or now.identity is None:
        return
    if not now.passing and not d.due(now.identity_at, UNNOTICED_S):
        d.set_gate(report.gate, replace(now, identity=None))
