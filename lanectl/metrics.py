"""What the controller measures of itself and its lane, for Prometheus. Never a plate or a truck as a label: those are without end."""

from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from math import inf

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from lanectl.model import Direction, Refusal, SectionState, Service
from lanectl.status import Happening, LaneStatus

LATENESS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)  # the bars stand at 10 and 20 ms
TRAVEL_S = (2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0)  # PTX: 4 s nominal, a fault beyond 8 s
CROSSING_S = (30.0, 60.0, 90.0, 120.0, 150.0, 180.0, 240.0, 300.0, 600.0)
LOOPBACK = "127.0.0.1"
PRIORITIES = (1, 2, 3)


class Metrics:
    """One registry of one controller. `stepped` after each step, `show` with each status, the rest from the edges."""

    def __init__(self, configuration: str = "") -> None:
        registry = self.registry = CollectorRegistry()
        self._service = Gauge("lanectl_lane_service", "1 for the service that the lane is in", ["service"], registry=registry)
        self._direction = Gauge("lanectl_lane_direction", "1 for the direction that the lane is set to", ["direction"], registry=registry)
        self._sections = Gauge("lanectl_section_state", "1 for the state that the section is in", ["section", "state"], registry=registry)
        self._handover = Gauge("lanectl_handover_state", "1 for the state of the handover to the other side", ["state"], registry=registry)
        self._refusals = Counter("lanectl_refusals", "Refusals that began, by code", ["code"], registry=registry)
        self._overrides = Counter("lanectl_overrides", "Acts against a refusal that were taken", ["act"], registry=registry)
        self._lateness = Histogram("lanectl_loop_lateness_seconds", "How late the control loop woke", buckets=LATENESS_S, registry=registry)
        self._travel = Histogram("lanectl_boom_travel_seconds", "Asked to proved", ["gate"], buckets=TRAVEL_S, registry=registry)
        self._crossing = Histogram("lanectl_crossing_seconds", "First section entered to far side", buckets=CROSSING_S, registry=registry)
        self._plates = Counter("lanectl_plate_reads", "Plates that voting concluded on, by outcome", ["outcome"], registry=registry)
        self._serial = Counter("lanectl_serial_errors", "Answers that were late, broken, foreign or missing", ["kind"], registry=registry)
        self._mqtt = Gauge("lanectl_mqtt_connected", "1 while the broker is connected", registry=registry)
        self._truck_age = Gauge("lanectl_truck_state_age_seconds", "Age of the oldest state of a truck in the lane", registry=registry)
        self._frames = Counter("lanectl_camera_frames", "Frames that came while a plate was wanted", ["camera", "done"], registry=registry)
        self._frames_told: dict[tuple[str, str], int] = {}
        self._alarms = Gauge("lanectl_alarms", "Alarms that stand, by priority", ["priority"], registry=registry)
        self._entries = Gauge("lanectl_journal_entries_total", "Records in the journal", registry=registry)
        build = Gauge("lanectl_build_info", "Version and configuration that run", ["version", "configuration"], registry=registry)
        build.labels(_version(), configuration[:12]).set(1)
        self._handover.labels("one_controller").set(1)
        self._refused: frozenset[tuple[str, str]] = frozenset()

    def stepped(self, refusals: Sequence[Refusal], latest: Sequence[Happening]) -> None:
        """A refusal that stands over many steps counts once."""
        refused = frozenset((refusal.code, refusal.subject) for refusal in refusals)
        for code, _ in refused - self._refused:
            self._refusals.labels(code).inc()
        self._refused = refused
        for happening in latest:
            self._happened(happening)

    def show(self, status: LaneStatus) -> None:
        for service in Service:
            self._service.labels(service.value.lower()).set(service is status.service)
        for direction in Direction:
            self._direction.labels(direction.value.lower()).set(direction is status.direction)
        for section in status.sections:
            for state in SectionState:
                self._sections.labels(section.name, state.value.lower()).set(section.state is state)
        ages = (inf if truck.age_s is None else truck.age_s for truck in status.trucks if truck.place == "LANE")
        self._truck_age.set(max(ages, default=0.0))
        for priority in PRIORITIES:
            self._alarms.labels(str(priority)).set(sum(alarm.priority == priority for alarm in status.alarms))
        self._entries.set(status.seq)

    def woke_late(self, lateness_s: float) -> None:
        self._lateness.observe(max(0.0, lateness_s))

    def serial_error(self, kind: str) -> None:
        """`kind` is a word of the bus: timeout, late, crc, foreign, exception, lost."""
        self._serial.labels(kind).inc()

    def camera_frames(self, camera: str, read: int, skipped: int) -> None:
        """How many frames of this camera were read and how many had to be skipped, so far."""
        for done, count in (("read", read), ("skipped", skipped)):
            self._frames.labels(camera, done).inc(count - self._frames_told.get((camera, done), 0))
            self._frames_told[camera, done] = count

    def mqtt_connected(self, connected: bool) -> None:
        self._mqtt.set(connected)

    def serve(self, port: int) -> Callable[[], None]:
        """Answers on loopback from a thread of its own; the returned function ends it. OSError when the port is taken."""
        server, thread = start_http_server(port, LOOPBACK, self.registry)

        def end() -> None:
            server.shutdown()
            server.server_close()
            thread.join()

        return end

    def _happened(self, happening: Happening) -> None:
        match happening.code:
            case "BOOM_PROVED" if happening.value_s is not None:
                self._travel.labels(happening.params["gate"]).observe(happening.value_s)
            case "TRUCK_CROSSED" if happening.value_s is not None:
                self._crossing.observe(happening.value_s)
            case "PLATE_MATCHED" | "PLATE_UNSURE" | "PLATE_NOT_LISTED" | "PLATE_UNREADABLE" as code:
                self._plates.labels(code.removeprefix("PLATE_").lower()).inc()
            case "ACT_TAKEN" if happening.params["act"] == "DECLARE":
                self._overrides.labels("declare").inc()


def _version() -> str:
    try:
        return version("lanectl")
    except PackageNotFoundError:
        return "unknown"
