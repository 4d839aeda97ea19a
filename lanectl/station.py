"""One running controller with its ports, its broker, its cameras, its journal and its desk. The composition root of `lanectl run`."""

import asyncio
import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from drivers.clock import LoopClock
from drivers.link import SerialLink, opener_of
from drivers.message_link import MessageLink
from drivers.mqtt import MqttLink
from drivers.plate_worker import CameraPlan, CameraWorker
from drivers.trucks import Trucks
from lanectl import plates, wiring
from lanectl.calling import Called
from lanectl.controller import Controller, Observer
from lanectl.dispatching import LOOK_S as DISPATCH_S
from lanectl.goods import LOOK_S, Goods
from lanectl.goods_records import restore_goods
from lanectl.goods_talk import GoodsTalk, subscriptions
from lanectl.goods_wiring import goods_facts, goods_mqtt, standing
from lanectl.header_ids import KeptHeaderIds, this_boot
from lanectl.hours import within
from lanectl.journal import Journal
from lanectl.manifest import Manifest, declared, withdrawn_meanwhile
from lanectl.metrics import Metrics
from lanectl.model import Command, HoursReported, ReadPlate, Sight, Started
from lanectl.picture import Picture
from lanectl.recorder import Recorder, StartRecord
from lanectl.replay import Restored, restore
from lanectl.scene import scene_of
from lanectl.site.facts import Site
from lanectl.status import LaneStatus

log = logging.getLogger(__name__)

HOURS_S = 1.0  # how often the time of day is looked at
MANIFEST_S = 1.0  # how often the site's files are looked at
STATUS_S = 0.25  # how often metrics and watchers get a new picture, in real seconds


@dataclass(frozen=True, slots=True)
class Running:
    """How to run a site: where the journal and the evidence go, whose clock, which port for metrics (None: not served)."""

    journal: Path
    evidence: Path
    socket: Path
    speed: float = 1.0
    epoch: float = 0.0
    metrics_port: int | None = None


class Station:
    """Built inside the running loop; `close` ends everything that it opened."""

    def __init__(self, site: Site, running: Running) -> None:
        loop = asyncio.get_running_loop()
        self.site = site
        self.running = running
        self.clock = LoopClock(loop, running.speed, running.epoch)
        self.metrics = Metrics(site.sha256)
        self.picture = Picture(scene_of(site), wall_utc, self.metrics, running.speed)
        self.restored = restore(running.journal)
        goods = restore_goods(running.journal)
        self.journal = Journal(
            running.journal, deliver=loop.call_soon_threadsafe, on_durable=self._durable, on_writable=self._journal_writable
        )
        self.recorder = Recorder(self.journal, wall_utc)
        facts = wiring.facts(site)
        self.recorder.start(self.clock.now(), StartRecord(facts, site.files, site.sha256, "lanectl"))
        observers: list[Observer] = [self.picture]
        self.controller = Controller(facts, self.clock, self.recorder, self._send, self._permit, observers)
        known_goods = goods_facts(site, wall_utc(), self.clock.now())
        controller = self.controller
        self.goods = Goods(
            known_goods, goods, self.recorder, controller.deliver, lambda: controller.core.lane, lambda truck: standing(self.trucks, truck)
        )
        observers.append(self.goods)
        self.headers = KeptHeaderIds(running.journal, int(time.time()), this_boot(), ran_before=self.restored.lane is not None)
        self.trucks = Trucks(wiring.trucks_plan(site, self.headers.run), self.headers)
        dice = random.Random(site.name)  # noqa: S311 - it only spreads tries to connect
        self.mqtt = MqttLink(wiring.mqtt_config(site), self.trucks, self.clock, controller.deliver, dice, lambda: controller.giving)
        dice = random.Random(f"{site.name} orders")  # noqa: S311
        self.orders_link = MessageLink(goods_mqtt(site), subscriptions(site.name), self._heard_of_orders, dice)
        self.talk = GoodsTalk(site.name, self.goods, self.orders_link.publish)
        self.links: dict[str, SerialLink] = {}  # by unit; `_ports` holds each once
        self._ports: list[SerialLink] = []
        self.cameras: dict[str, CameraWorker] = {}  # by name; a gate may have several
        self.manifest = Manifest.of(site)
        self._errors_told: dict[tuple[str, str], int] = {}
        self._end_metrics: Callable[[], None] = lambda: None
        # Before the loop runs again: what the journal says of itself after its first record must not be stepped before this.
        known = self.restored.lane
        withdrawn = withdrawn_meanwhile(site.manifest, known, self.goods.consignments)
        ordered = self.goods.begin(self.clock.now(), known)
        self.controller.deliver([Started(self.restored.armed_before, known), *withdrawn, *declared(site.manifest), *ordered])
        if goods.why:
            log.error("not every order could be taken up from the journal: %s", goods.why)

    def start(self) -> None:
        """Says how things stood, then listens."""
        site, running = self.site, self.running
        _say_restored(self.restored)
        if self.journal.damage:
            log.error("the journal was damaged: %s", self.journal.damage)
            self.recorder.note(self.clock.now(), {"damage": self.journal.damage})
        if running.metrics_port is not None:
            try:
                self._end_metrics = self.metrics.serve(running.metrics_port)
            except OSError as error:  # a lane without metrics is a lane
                log.error("metrics are not served on port %d: %s", running.metrics_port, error.strerror)
        for port in site.ports:
            speaker = wiring.speaker(site, port, running.speed)
            opener = opener_of(port.device, port.baud, port.parity.value, pseudo=port.pseudo)
            link = SerialLink(port.device, opener, speaker, self.clock, self.controller.deliver)
            self._ports.append(link)
            self.links.update(dict.fromkeys(wiring.units_on(site, port), link))
        for camera in site.cameras:
            area = (camera.area.left, camera.area.top, camera.area.right, camera.area.bottom)
            plan = CameraPlan(
                *(camera.name, camera.gate, camera.source, running.evidence, plates.FORMATS),
                markers=any(truck.marker is not None for truck in site.fleet),
                area=area,
                plate_px_min=camera.plate_px_min,
                container=camera.sees is Sight.CONTAINER,
            )
            self.cameras[camera.name] = CameraWorker(plan, self.controller.deliver)

    async def serve(self) -> None:
        """Until cancelled: the broker's link, and a new picture now and then."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.mqtt.run())
            tasks.create_task(self.orders_link.run())
            tasks.create_task(self._keep_goods())
            tasks.create_task(self._keep_pictured())
            tasks.create_task(self._keep_manifest())
            tasks.create_task(self._keep_hours())
            tasks.create_task(self._keep_dispatching())

    async def close(self) -> None:
        for link in self._ports:
            link.close()
        for camera in self.cameras.values():
            await camera.close()
        self._end_metrics()
        self.headers.close()
        unwritten = await asyncio.get_running_loop().run_in_executor(None, self.journal.close)
        if unwritten:
            log.error("the journal did not take the last %d records: %s", unwritten, self.journal.why)

    def pictured(self) -> LaneStatus:
        """The lane as people see it now."""
        controller = self.controller
        return self.picture.status(self.clock.now(), controller.core.lane, controller.refusals, self.journal.kept)

    def _durable(self, seq: int) -> None:
        self.controller.durable(seq)
        self.goods.durable(seq)

    def _heard_of_orders(self, topic: str, payload: bytes) -> None:
        self.talk.receive(self.clock.now(), topic, payload)

    def _journal_writable(self, writable: bool) -> None:
        if not writable:
            log.error("the journal cannot be written: %s. No authority is given until it can", self.journal.why)
        self.controller.journal_writable(writable)

    def _send(self, command: Command) -> None:
        unit = wiring.unit_of(self.site, command)
        if unit:
            if unit in self.links:
                self.links[unit].ask(command)
        elif isinstance(command, ReadPlate):
            for camera in self.site.cameras:
                if camera.gate == command.gate:
                    self.cameras[camera.name].want(command.wanted)
        else:
            self.mqtt.ask(command)

    def _permit(self) -> None:
        for link in self._ports:
            link.permit()

    async def _keep_pictured(self) -> None:
        """Also measures how late the loop wakes, and says what the edges noticed."""
        while True:
            due = time.monotonic() + STATUS_S
            await asyncio.sleep(STATUS_S)
            self.metrics.woke_late(time.monotonic() - due)
            self.metrics.mqtt_connected(self.mqtt.connected)
            self._count_serial_errors()
            for name, camera in self.cameras.items():
                self.metrics.camera_frames(name, camera.read, camera.skipped)
            self.pictured()  # its observer, the metrics, wants it fresh
            for notice in self.trucks.notices():
                log.warning("%s", notice)

    async def _keep_dispatching(self) -> None:
        """Twice a second of the lane's clock, as long as nobody stops it: what it decides is asked of the rules like a person's act."""
        dispatching, called = wiring.dispatching(self.site), Called(wiring.yard_topic(self.site))
        while dispatching is not None:
            now = self.clock.now()
            wish = dispatching.look(
                now,
                self.controller.core.lane,
                self.controller.refusals,
                wiring.stands(self.site, self.trucks),
                wiring.ordered(self.goods, now),
            )
            if wish.turn is not None:
                self.controller.ask(wish.turn, lambda _: None)
            for publish in called.publishes(now, wish, wall_utc()):
                self.mqtt.tell(publish)
            await asyncio.sleep(DISPATCH_S / self.running.speed)

    async def _keep_hours(self) -> None:
        if self.site.hours is None:
            return
        told: bool | None = None
        while True:
            now_within = within(self.site.hours, datetime.now(UTC))
            if now_within is not told:
                told = now_within
                self.controller.deliver([HoursReported(now_within)])
            await asyncio.sleep(HOURS_S)

    async def _keep_goods(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S / self.running.speed)
            self.goods.wake(self.clock.now())

    async def _keep_manifest(self) -> None:
        """In a thread: the whole site is read and checked again."""
        while True:
            await asyncio.sleep(MANIFEST_S)
            if self.manifest.changed():
                news = await asyncio.to_thread(self.manifest.read, frozenset(self.controller.core.lane.consignments))
                if self.manifest.trouble:
                    log.error("the changed manifest is not taken, the one before it holds:\n%s", self.manifest.trouble)
                self.controller.deliver(news)

    def _count_serial_errors(self) -> None:
        for link in self._ports:
            for kind, count in link.speaker.errors.items():
                told = self._errors_told.get((link.speaker.name, kind), 0)
                for _ in range(count - told):
                    self.metrics.serial_error(kind)
                self._errors_told[link.speaker.name, kind] = count


def _say_restored(restored: Restored) -> None:
    if restored.why:
        log.error("the journal cannot be taken up as it is: %s. Nothing counts as vacant", restored.why)
    elif restored.lane is not None:
        log.info("taken up from the journal's record %d", restored.seq)


def wall_utc() -> str:
    """The time of day for people, ISO 8601; nothing is decided by it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
