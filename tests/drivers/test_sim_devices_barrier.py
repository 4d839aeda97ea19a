"""The simulated PTX board answers byte for byte, and moves, stops and complains as the machine does."""

import pytest

from drivers.wire.modbus_rtu import crc
from drivers.wire.ptx_barrier import CLOSE, OPEN, READ_STATUS, RESET, STOP, Coil, Input, State, Status, decode_status
from sim.barrier import Board
from sim.line import Line
from sim.plan import BarrierPlan, PortPlan
from sim.scene import TICK_S, World, initial, under_arm
from sim.world import advance, change, drive_arm, hinder_arm
from tests.sim_plan import small_plan, with_boom_up

TRAVEL_S = 4.1


class Machine:
    """A board and its arm, in virtual time."""

    def __init__(self, up: bool = False) -> None:
        plan = small_plan()
        self.world: World = initial(with_boom_up(plan) if up else plan)
        self.board = Board(BarrierPlan("barrier-vn", "vn-barrier", 1, "vn", boom_up=up), baud=38400)
        self.run(0.1)

    def run(self, seconds: float) -> "Machine":
        for _ in range(round(seconds / TICK_S)):
            motor = self.board.observe(self.world.now, self.world.arms["vn"], under_arm(self.world, self.world.plan.gates[0]))
            self.world = advance(drive_arm(self.world, "vn", motor), TICK_S)
        return self

    def ask(self, *requests: object) -> "Machine":
        for request in requests:
            self.board.execute(self.world.now, request)  # type: ignore[arg-type]
        return self

    def truck_under(self, there: bool) -> "Machine":
        self.world = change(self.world, "T01", front_m=5.0 if there else -3.0)
        return self

    def status(self) -> Status:
        self.run(TICK_S)
        return decode_status(self.board.execute(self.world.now, READ_STATUS))

    def exchange(self, request: str) -> str:
        data = bytes.fromhex(request)
        answers = Line(PortPlan("vn-barrier", "/nowhere", 38400), [self.board]).receive(self.world.now, data + crc(data))
        return " ".join(answer.frame[:-2].hex(" ") for answer in answers)


def test_the_makers_open_and_close_frames_move_the_boom() -> None:
    machine = Machine()
    wire = Line(PortPlan("vn-barrier", "/nowhere", 38400), [machine.board])
    (echo,) = wire.receive(machine.world.now, bytes.fromhex("01 05 00 01 FF 00 DD FA"))
    assert echo.frame == bytes.fromhex("01 05 00 01 FF 00 DD FA")
    assert machine.status().state is State.OPENING
    assert machine.run(TRAVEL_S).status().state is State.OPEN
    (echo,) = wire.receive(machine.world.now, bytes.fromhex("01 05 00 03 FF 00 7C 3A"))
    assert echo.frame == bytes.fromhex("01 05 00 03 FF 00 7C 3A")
    assert machine.status().state is State.CLOSING
    assert machine.run(TRAVEL_S).status().state is State.CLOSED


def test_an_echo_comes_before_anything_moved() -> None:
    machine = Machine().ask(OPEN)
    assert machine.world.arms["vn"].raised == 0.0


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        ("01 03 00 00 00 01", "01 03 02 30 b0"),
        ("01 03 00 01 00 03", "01 03 06 00 01 00 04 00 02"),
        ("01 03 00 64 00 0A", "01 03 14 00 11 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 1f"),
        ("01 02 00 66 00 08", "01 02 01 00"),
        ("01 01 00 00 00 06", "01 01 01 00"),
        ("01 05 00 07 FF 00", "01 05 00 07 ff 00"),
        ("01 03 00 0B 00 01", "01 83 02"),
        ("01 03 00 6E 00 01", "01 83 02"),
        ("01 05 00 06 FF 00", "01 85 02"),
        ("01 05 00 01 12 34", "01 85 03"),
        ("01 04 00 64 00 01", "01 84 01"),
        ("01 06 00 64 00 10", "01 86 01"),
        ("01 0F 00 00 00 02 01 03", "01 8f 01"),
    ],
)
def test_every_register_of_the_map_answers_and_no_other(request_: str, answer: str) -> None:
    assert Machine().exchange(request_) == answer


def test_the_serial_number_has_fourteen_characters() -> None:
    answer = bytes.fromhex(Machine().exchange("01 03 00 04 00 07"))
    assert answer[3:].decode("ascii").startswith("ZLB30B")
    assert len(answer[3:]) == 14


def test_position_and_state_follow_the_arm() -> None:
    machine = Machine().ask(OPEN).run(2.0)
    assert machine.status().state is State.OPENING
    assert 45 <= (machine.status().position or 0) <= 55
    machine.ask(STOP)
    assert machine.status().state is State.STOPPED
    assert machine.run(9.0).status().position == pytest.approx(51, abs=3)


def test_a_stop_at_a_limit_leaves_the_state_at_that_limit() -> None:
    assert Machine(up=True).ask(STOP).status().state is State.OPEN
    assert Machine().ask(STOP).status().state is State.CLOSED


def test_each_finished_travel_counts() -> None:
    machine = Machine().ask(OPEN).run(TRAVEL_S).ask(CLOSE).run(TRAVEL_S)
    assert machine.status().operations == 2


def test_a_partial_opening_ends_halfway_and_counts_apart() -> None:
    machine = Machine()
    machine.board.press(machine.world.now, Coil.PARTIAL)
    machine.run(0.5)
    assert machine.status().state is State.PARTIAL_OPENING
    machine.run(2.0)
    assert machine.status().state is State.PARTIAL
    assert machine.status().partial_operations == 1


def test_the_photocell_stops_a_closing_boom_and_opens_it_again() -> None:
    machine = Machine(up=True).ask(CLOSE).run(0.5).truck_under(True).run(0.2)
    assert machine.status().state is State.OPENING
    assert machine.status().last_error == 1
    assert Input.PHOTOCELL in machine.status().inputs
    machine.truck_under(False).run(TRAVEL_S)
    assert machine.status().state is State.OPEN
    assert machine.status().last_error == 1, "stays until a travel that was asked for ends, or a reset"
    assert machine.ask(RESET).status().last_error == 0


def test_the_board_does_not_refuse_to_close_on_a_truck_until_its_photocell_says_so() -> None:
    machine = Machine(up=True).truck_under(True).ask(CLOSE).run(0.06)
    assert machine.world.arms["vn"].raised < 1.0
    assert [broken.offence.name for broken in machine.world.broken if broken.offence.name.startswith("boom")] == ["boom-on-truck"]


def test_an_obstacle_that_no_detector_sees_is_met_with_force_and_the_boom_opens_again() -> None:
    machine = Machine(up=True)
    machine.world = hinder_arm(machine.world, "vn", obstacle_at=0.5, jammed=False)
    machine.ask(CLOSE).run(3.0)
    assert machine.status().last_error == 1
    assert machine.run(TRAVEL_S).status().state is State.OPEN
    machine.world = hinder_arm(machine.world, "vn", obstacle_at=0.0, jammed=False)
    assert machine.ask(CLOSE).run(TRAVEL_S).status().state is State.CLOSED
    assert machine.status().last_error == 0


def test_a_jammed_boom_gives_up_after_the_boards_own_time() -> None:
    machine = Machine()
    machine.world = hinder_arm(machine.world, "vn", obstacle_at=0.0, jammed=True)
    machine.ask(OPEN).run(11.0)
    assert machine.status().state is State.OPENING
    machine.run(1.5)
    assert machine.status().state is State.STOPPED
    assert machine.status().last_error == 2


def test_under_local_working_remote_commands_are_echoed_and_not_obeyed() -> None:
    machine = Machine()
    machine.board.local = True
    machine.ask(OPEN).run(1.0)
    assert machine.status().state is State.CLOSED
    assert Input.MANUAL in machine.status().inputs
    machine.board.press(machine.world.now, Coil.OPEN)
    assert machine.status().state is State.OPENING


def test_after_a_power_cut_it_calibrates_and_then_knows_its_place_again() -> None:
    machine = Machine().ask(OPEN).run(2.0)
    machine.board.cut_power(machine.world.now)
    stood = machine.world.arms["vn"].raised
    machine.run(5.0)
    assert machine.world.arms["vn"].raised == stood
    assert not machine.board.answers(machine.world.now)
    machine.board.restore_power(machine.world.now)
    machine.run(0.4)
    assert machine.status().state is State.CALIBRATING
    assert machine.status().position is None
    machine.ask(OPEN).run(2.2)
    assert machine.status().state is State.STOPPED
    assert machine.ask(OPEN).run(TRAVEL_S).status().state is State.OPEN


def test_its_own_timer_lowers_the_boom_when_somebody_left_it_on() -> None:
    machine = Machine(up=True)
    machine.board.auto_close_s = 3.0
    assert machine.run(2.0).status().state is State.OPEN
    assert machine.run(1.5).status().state is State.CLOSING


def test_a_step_opens_stops_and_closes() -> None:
    machine = Machine()
    seen = []
    for _ in range(3):
        machine.board.press(machine.world.now, Coil.STEP)
        machine.run(1.0)
        seen.append(machine.status().state)
    assert seen == [State.OPENING, State.STOPPED, State.CLOSING]
