"""The simulated lane in real time: pseudo-terminals, MQTT trucks, cameras and the control socket round one `SimLane`."""

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from sim.cameras import camera_servers
from sim.clock import ScaledClock, wall_utc
from sim.control import Control
from sim.customs import Customs
from sim.faults import cause
from sim.lane import SimLane
from sim.line import Answer
from sim.plan import SimPlan
from sim.pty_port import PtyPort
from sim.talker_links import TalkerLink
from sim.talkers import Talker
from sim.vehicles import TruckLink
from sim.yard import YardGates

DRIVE_S = 0.1  # of the clock, between two looks of the vehicles
DRIVE_REAL_S_MIN = 0.01


class Program:
    """`open`, then `run` until cancelled, then `close`. The control socket is opened last: who can reach it finds everything ready."""

    def __init__(self, plan: SimPlan) -> None:
        self._clock = ScaledClock(plan.speed, plan.epoch)
        self.lane = SimLane(plan, self._clock.now())
        self._ports = {port.name: PtyPort(Path(port.path), partial(self._heard, port.name)) for port in plan.ports}
        self._links = {t.serial: TruckLink(self.lane, t.serial, plan.mqtt, self._clock) for t in plan.trucks} if plan.mqtt else {}
        talkers: list[Talker] = [Customs.of(each) for each in plan.customs]
        talkers += [YardGates(self.lane, plan.mqtt.yard)] if plan.mqtt and plan.mqtt.yard else []
        self._talkers = [TalkerLink(talker, plan.mqtt, self._clock) for talker in talkers] if plan.mqtt else []
        self._cameras = camera_servers(self.lane)
        self._control = Control(Path(plan.control), self.lane_truth, self._cause)

    async def open(self) -> None:
        self._control.claim()
        for port in self._ports.values():
            port.plug()
        for server in self._cameras:
            await server.open()
        await self._control.open()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            for link in self._links.values():
                tasks.create_task(link.run())
            for talker in self._talkers:
                tasks.create_task(talker.run())
            tasks.create_task(self._drive())

    async def close(self) -> None:
        await self._control.close()
        for server in self._cameras:
            await server.close()
        for port in self._ports.values():
            port.unplug()

    def lane_truth(self) -> dict[str, object]:
        """The world as it is now, and where its cameras are."""
        self.lane.advance(self._clock.now())
        return {**self.lane.truth(), "cameras": [address for server in self._cameras for address in server.addresses]}

    async def _drive(self) -> None:
        while True:
            now = self._clock.now()
            self.lane.drive(now, wall_utc())
            for name, frame in self.lane.weighed(now):
                self._ports[name].write(frame)
            for name in self._ports:
                self._carry(name, self.lane.wake(name, now))
            for link in self._links.values():
                link.changed.set()
            await asyncio.sleep(max(DRIVE_REAL_S_MIN, self._clock.wait_s(now + DRIVE_S)))

    def _heard(self, port: str, data: bytes, baud: int | None) -> None:
        self._carry(port, self.lane.write(port, self._clock.now(), data, baud))

    def _carry(self, port: str, answers: Sequence[Answer]) -> None:
        loop = asyncio.get_running_loop()
        for answer in answers:
            loop.call_later(self._clock.wait_s(answer.due), self._ports[port].write, answer.frame)

    def _cause(self, name: str, arguments: Sequence[str]) -> None:
        cause(self.lane, self._clock.now(), name, arguments)
        for port, pty in self._ports.items():
            if port in self.lane.unplugged:
                pty.unplug()
            elif not pty.plugged:
                pty.plug()
        for link in self._links.values():
            link.changed.set()
