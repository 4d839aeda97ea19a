"""What Prometheus is told: names that last, and no label without end."""

import socket
import urllib.request

import pytest
from prometheus_client import generate_latest

from lanectl.metrics import Metrics
from lanectl.model import Refusal
from lanectl.status import Happening
from tests.fake_lane import failing, waiting

NAMES = {
    "lanectl_lane_service",
    "lanectl_section_state",
    "lanectl_handover_state",
    "lanectl_refusals_total",
    "lanectl_overrides_total",
    "lanectl_loop_lateness_seconds",
    "lanectl_boom_travel_seconds",
    "lanectl_crossing_seconds",
    "lanectl_plate_reads_total",
    "lanectl_camera_frames_total",
    "lanectl_serial_errors_total",
    "lanectl_mqtt_connected",
    "lanectl_truck_state_age_seconds",
    "lanectl_alarms",
    "lanectl_journal_entries_total",
    "lanectl_build_info",
}
LOCKED = Refusal("section_locked", "T11", "R2", (("section", "K2"), ("truck", "T07")))


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


def happening(code: str, value_s: float | None = None, **params: str) -> Happening:
    return Happening(0.0, "Z", code, params, value_s)


def test_every_name_that_operators_rely_on_is_there() -> None:
    told = generate_latest(Metrics("ab12").registry).decode()
    for name in NAMES:
        family = name.removesuffix("_total")
        assert f"# TYPE {name} " in told or f"# TYPE {family} " in told, name


def test_no_plate_and_no_truck_is_ever_a_label() -> None:
    metrics = Metrics()
    metrics.show(failing().status())
    metrics.stepped([LOCKED], [happening("PLATE_MATCHED", gate="vn", plate="14C12345", truck="T11")])
    told = generate_latest(metrics.registry).decode()
    assert not [secret for secret in ("T11", "T07", "14C12345") if secret in told]


def test_a_refusal_that_stands_over_many_steps_counts_once() -> None:
    metrics = Metrics()
    for _ in range(5):
        metrics.stepped([LOCKED], [])
    metrics.stepped([], [])
    metrics.stepped([LOCKED], [])
    assert value(metrics, "lanectl_refusals_total", code="section_locked") == 2


def test_the_lanes_service_and_sections_are_one_of_their_states() -> None:
    metrics = Metrics()
    metrics.show(failing().status(seq=812))
    assert value(metrics, "lanectl_lane_service", service="open") == 1
    assert value(metrics, "lanectl_lane_service", service="closed") == 0
    assert value(metrics, "lanectl_section_state", section="K6", state="suspect") == 1
    assert value(metrics, "lanectl_section_state", section="K6", state="vacant") == 0
    assert value(metrics, "lanectl_journal_entries_total") == 812
    assert value(metrics, "lanectl_truck_state_age_seconds") == 14.0


def test_alarms_are_counted_by_priority_and_forgotten_when_they_are_gone() -> None:
    metrics = Metrics()
    metrics.show(failing().status())
    assert value(metrics, "lanectl_alarms", priority="1") == 4
    metrics.show(waiting().status())
    assert value(metrics, "lanectl_alarms", priority="1") == 0


def test_travel_and_crossing_times_are_observed() -> None:
    metrics = Metrics()
    metrics.stepped([], [happening("BOOM_PROVED", 4.1, gate="vn", boom="UP"), happening("TRUCK_CROSSED", 95.0, truck="T01")])
    metrics.stepped([], [happening("BOOM_PROVED", None, gate="vn", boom="UP"), happening("PLATE_UNSURE", gate="vn", plate="x")])
    assert value(metrics, "lanectl_boom_travel_seconds_count", gate="vn") == 1
    assert value(metrics, "lanectl_crossing_seconds_sum") == 95.0
    assert value(metrics, "lanectl_plate_reads_total", outcome="unsure") == 1


def test_the_edges_tell_of_serial_errors_and_the_broker() -> None:
    metrics = Metrics()
    metrics.serial_error("timeout")
    metrics.mqtt_connected(True)
    metrics.woke_late(-0.001)
    assert value(metrics, "lanectl_serial_errors_total", kind="timeout") == 1
    assert value(metrics, "lanectl_mqtt_connected") == 1
    assert value(metrics, "lanectl_loop_lateness_seconds_sum") == 0.0


def test_metrics_are_served_on_loopback_and_end() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    end = Metrics("ab12").serve(port)
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            assert b'configuration="ab12"' in answer.read()
    finally:
        end()
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5)


def test_frames_that_were_skipped_are_counted_beside_those_read() -> None:
    metrics = Metrics()
    metrics.camera_frames("vn-front", 10, 40)
    metrics.camera_frames("vn-front", 12, 47)
    assert value(metrics, "lanectl_camera_frames_total", camera="vn-front", done="read") == 12
    assert value(metrics, "lanectl_camera_frames_total", camera="vn-front", done="skipped") == 47
