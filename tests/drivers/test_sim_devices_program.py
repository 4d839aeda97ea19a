"""`python -m sim`: real pseudo-terminals, a real broker, and nothing left behind when it ends."""

import contextlib
import json
import queue
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import paho.mqtt.client as paho
import pytest
import serial
from iotcore import Broker
from paho.mqtt.enums import CallbackAPIVersion

from drivers.wire.modbus_rtu import decode_response, encode_request
from drivers.wire.r1214_io import READ_INPUTS
from sim import control
from sim.camera import CameraView, render
from sim.plan import CameraPlan, MqttPlan, SimPlan, to_json
from tests.sim_plan import small_plan

DEADLINE_S = 10.0


def until(true: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + DEADLINE_S
    while not true():
        assert time.monotonic() < end, f"waited {DEADLINE_S} s for {what}"
        time.sleep(0.01)


@dataclass(frozen=True)
class Running:
    folder: Path
    process: subprocess.Popen[bytes]
    broker: Broker

    @property
    def socket(self) -> Path:
        return self.folder / "control"

    def fault(self, name: str, *arguments: str) -> None:
        control.cause(self.socket, name, arguments)

    def open_port(self, name: str) -> serial.Serial:
        return serial.Serial(str(self.folder / name), 9600, timeout=1.0)


def plan_in(folder: Path, broker_port: int) -> SimPlan:
    plan = small_plan(trucks=2, folder=str(folder))
    return replace(
        plan, epoch=time.monotonic(), mqtt=MqttPlan("127.0.0.1", broker_port, "uagv", "small"), cameras=(CameraPlan("vn-front", "vn"),)
    )


def start(folder: Path, broker_port: int) -> subprocess.Popen[bytes]:
    (folder / "plan.json").write_bytes(to_json(plan_in(folder, broker_port)))
    return subprocess.Popen([sys.executable, "-m", "sim", str(folder / "plan.json")])


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("sim")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with Broker(port=port, listen="127.0.0.1") as broker:
        process = start(folder, port)
        try:
            until((folder / "control").exists, "the control socket")
            yield Running(folder, process, broker)
        finally:
            process.terminate()
            process.wait(DEADLINE_S)


def answers(port: serial.Serial) -> bool:
    port.write(encode_request(1, READ_INPUTS))
    frame = port.read(6)
    return len(frame) == 6 and decode_response(1, READ_INPUTS, frame) is not None


def test_a_device_answers_on_its_pseudo_terminal(running: Running) -> None:
    with running.open_port("vn-io") as port:
        assert answers(port)


def test_a_port_set_to_another_speed_hears_nothing(running: Running) -> None:
    with running.open_port("cn-io") as port:
        port.baudrate = 19200
        port.timeout = 0.2
        assert not answers(port)


def test_an_unplugged_port_raises_on_read_and_write_and_answers_again_when_replugged(running: Running) -> None:
    with running.open_port("vn-io") as port:
        assert answers(port)
        running.fault("unplug", "vn-io")
        with pytest.raises(serial.SerialException):
            port.read(1)
        with pytest.raises(serial.SerialException):
            port.write(b"\x01")
    assert not (running.folder / "vn-io").is_symlink()
    assert control.truth(running.socket)["unplugged"] == ["vn-io"]
    running.fault("replug", "vn-io")
    with running.open_port("vn-io") as port:
        assert answers(port)


@contextlib.contextmanager
def connections(running: Running, serial_number: str) -> Iterator["queue.Queue[str]"]:
    """What the broker says of a truck's connection."""
    said: queue.Queue[str] = queue.Queue()
    client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv311)
    client.on_message = lambda _client, _data, message: said.put(json.loads(message.payload)["connectionState"])
    client.connect("127.0.0.1", running.broker.port)
    client.subscribe(f"uagv/v2/lanectl-demo/{serial_number}/connection", 1)
    client.loop_start()
    yield said
    client.disconnect()
    client.loop_stop()


def test_a_killed_truck_leaves_its_last_will_and_comes_back(running: Running) -> None:
    with connections(running, "T02") as said:
        assert said.get(timeout=DEADLINE_S) == "ONLINE"
        running.fault("kill-truck", "T02")
        assert said.get(timeout=DEADLINE_S) == "CONNECTIONBROKEN"
        assert not control.truth(running.socket)["trucks"]["T02"]["running"]
        running.fault("start-truck", "T02")
        assert said.get(timeout=DEADLINE_S) == "ONLINE"


def test_a_truck_killed_and_started_in_one_breath_still_leaves_its_last_will(running: Running) -> None:
    with connections(running, "T01") as said:
        assert said.get(timeout=DEADLINE_S) == "ONLINE"
        running.fault("kill-truck", "T01")
        running.fault("start-truck", "T01")
        assert [said.get(timeout=DEADLINE_S) for _ in range(2)] == ["CONNECTIONBROKEN", "ONLINE"]


def test_the_camera_shows_the_truck_at_the_stop_line(running: Running) -> None:
    (address,) = control.truth(running.socket)["cameras"]
    assert address.endswith("/vn-front.mjpg")
    capture = cv2.VideoCapture(address)
    try:
        taken, picture = capture.read()
    finally:
        capture.release()
    assert taken
    empty = render(CameraView())
    assert picture.shape == empty.shape
    assert np.abs(picture.astype(int) - empty.astype(int)).mean() > 10, "a truck hides much of the lane"


def test_the_command_line_causes_a_fault_or_says_what_there_is(running: Running) -> None:
    def sim(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "sim", *arguments], capture_output=True, text=True, check=False, timeout=DEADLINE_S)

    done = sim("fault", str(running.socket), "stick", "vn-clear", "occupied")
    assert (done.returncode, done.stderr) == (0, "")
    assert control.truth(running.socket)["detectors"]["vn-clear"] is True
    refused = sim("fault", str(running.socket), "stick", "vn-claer", "occupied")
    assert refused.returncode == 1
    assert "is none of" in refused.stderr
    assert "vn-clear" in refused.stderr
    running.fault("unstick", "vn-clear")


def test_nonsense_on_the_control_socket_is_refused_and_the_socket_lives_on(running: Running) -> None:
    for nonsense in (b"\n", b"{}\n", b"[1]\n", b'{"do": "fault", "name": 1}\n', b"\xff\xfe\n"):
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(DEADLINE_S)
            link.connect(str(running.socket))
            link.sendall(nonsense)
            assert json.loads(link.recv(4096))["ok"] is False
    assert control.truth(running.socket)["ok"]


def test_a_second_simulator_at_the_same_place_says_what_is_in_its_way(running: Running) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "sim", str(running.folder / "plan.json")], capture_output=True, text=True, check=False, timeout=DEADLINE_S
    )
    assert second.returncode == 1
    assert "another simulator" in second.stderr
    with running.open_port("vn-io") as port:
        assert answers(port), "the first one keeps its ports"


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_told_to_end_it_leaves_nothing_behind(tmp_path: Path) -> None:
    process = start(tmp_path, broker_port=9)
    until((tmp_path / "control").exists, "the control socket")
    assert (tmp_path / "vn-io").is_symlink()
    process.send_signal(signal.SIGINT)
    assert process.wait(DEADLINE_S) == 0
    assert left_in(tmp_path) == ["plan.json"]


def test_it_ends_with_whoever_started_it(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_bytes(to_json(plan_in(tmp_path, 9)))
    words = f"import subprocess, sys; subprocess.run([sys.executable, '-m', 'sim', {str(tmp_path / 'plan.json')!r}])"
    parent = subprocess.Popen([sys.executable, "-c", words])
    until((tmp_path / "control").exists, "the control socket")
    parent.kill()
    parent.wait(DEADLINE_S)
    until(lambda: left_in(tmp_path) == ["plan.json"], "the simulator's end")
