"""What is known of a gate's cameras, and what one that cannot be believed takes back (R3)."""

from msgspec.structs import replace

from lanectl.interlocking.draft import Draft
from lanectl.model import CameraNow, CameraReported, ReadPlate

FORGED = ("frozen", "replayed")  # pictures that look right and show another moment
UNNOTICED_S = 5.0  # such pictures are noticed within 2 s; more than twice that for a machine that is busy


def report_camera(d: Draft, report: CameraReported) -> None:
    """R3. Who was named from pictures just before they proved to be old ones was not seen. A way that runs is not taken back by it."""
    d.set_camera(report.camera, CameraNow(report.gate, report.trouble))
    now = d.gates.get(report.gate)
    if report.trouble not in FORGED or now is None or now.passing:
        return
    if now.identity is not None and not d.due(now.identity_at, UNNOTICED_S):
        now = replace(now, identity=None)
    if now.sights and not d.due(now.sighted_at, UNNOTICED_S):
        now = replace(now, sights=())
    if now is d.gates[report.gate]:
        return
    if now.reading_plate:  # what the vote concluded from those pictures it never says again: it begins anew, and so does a person's time
        d.say(ReadPlate(report.gate, False))
        now = replace(now, reading_plate=False)
    d.set_gate(report.gate, now)
