"""One controller on the bench: the same parts as lanectl.station, each the production one where it does not wait for the world."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random

from drivers.errors import LinkError
from drivers.link import Opener, OpenPort, SerialLink
from drivers.trucks import Trucks
from lanectl import wiring
from lanectl.calling import Called
from lanectl.controller import Answer, Controller, Observer
from lanectl.dispatching import LOOK_S as DISPATCH_S
from lanectl.goods import LOOK_S, Goods
from lanectl.goods_records import restore_goods
from lanectl.goods_talk import GoodsTalk, subscriptions
from lanectl.goods_wiring import goods_facts, goods_mqtt, standing
from lanectl.header_ids import KeptHeaderIds
from lanectl.hours import within
from lanectl.manifest import declared, withdrawn_meanwhile
from lanectl.model import (
    ActRequested,
    Authority,
    ClearanceReported,
    Command,
    HoursReported,
    PlateSeen,
    ReadPlate,
    Report,
    Standing,
    Started,
)
from lanectl.recorder import Recorder, StartRecord
from lanectl.replay import restore
from lanectl.site.facts import Declared, Site
from lanectl.virtual.broker_link import BrokerLink
from lanectl.virtual.journal import VirtualJournal
from lanectl.virtual.message_link import VirtualMessageLink
from sim.bench import BEGINS, Field
from sim.plate_reads import PlateRead
from sim.serial_port import Wire
from sim.virtual_time import Process

HOURS_S = 1.0  # as the production one


class VirtualStation:
    def __init__(self, site: Site, journal: Path, field: Field, observers: tuple[Observer, ...] = ()) -> None:
        self.site = site
        self._field = field
        process = field.process
        restored, goods = restore(journal), restore_goods(journal)
        self.journal = VirtualJournal(journal, process, field.disk, field.dice, self._durable, self._journal_writable)
        self.recorder = Recorder(self.journal, field.wall)
        facts = wiring.facts(site)
        self.recorder.start(process.now(), StartRecord(facts, site.files, site.sha256, "lanectl"))
        everybody = list(observers)
        self.controller = Controller(facts, process, self.recorder, self._send, self._permit, everybody)
        known_goods = goods_facts(site, field.wall(), process.now())
        controller = self.controller
        self.goods = Goods(
            known_goods, goods, self.recorder, controller.deliver, lambda: controller.core.lane, lambda truck: standing(self.trucks, truck)
        )
        everybody.append(self.goods)
        self._link_orders(field)
        started_s = int(BEGINS.timestamp()) + int(process.now())
        self.headers = KeptHeaderIds(journal, started_s, "bench", ran_before=restored.lane is not None, aside=lambda work: work())
        self.trucks = Trucks(wiring.trucks_plan(site, self.headers.run), self.headers)
        deliver = self.controller.deliver
        self.broker_link = BrokerLink(f"lanectl-{site.name}", self.trucks, field.broker, process, field.wall, field.dice, deliver)
        self.links: dict[str, SerialLink] = {}
        self._ports: list[SerialLink] = []
        withdrawn = withdrawn_meanwhile(site.manifest, restored.lane, self.goods.consignments)
        ordered = self.goods.begin(process.now(), restored.lane)
        deliver([Started(restored.armed_before, restored.lane), *withdrawn, *declared(site.manifest), *ordered])
        for port in site.ports:
            speaker = wiring.speaker(site, port, pace=1.0)
            link = SerialLink(port.name, _opener(field.wires[port.name], process), speaker, process, deliver)
            self._ports.append(link)
            self.links.update(dict.fromkeys(wiring.units_on(site, port), link))
        self.dispatching = wiring.dispatching(site)
        self._called = Called(wiring.yard_topic(site))
        self._dispatch()
        self._in_hours: bool | None = None
        self._keep_hours()

    def _dispatch(self) -> None:
        if self.dispatching is None:
            return
        now, controller = self._field.process.now(), self.controller
        wish = self.dispatching.look(
            now, controller.core.lane, controller.refusals, wiring.stands(self.site, self.trucks), wiring.ordered(self.goods, now)
        )
        if wish.turn is not None:
            controller.ask(wish.turn, lambda _: None)
        for publish in self._called.publishes(now, wish, self._field.wall()):
            self.broker_link.tell(publish)
        self._field.process.call_at(now + DISPATCH_S, self._dispatch)

    def _keep_hours(self) -> None:
        if self.site.hours is None:
            return
        now = within(self.site.hours, BEGINS + timedelta(seconds=self._field.process.now()))
        if now is not self._in_hours:
            self._in_hours = now
            self.controller.deliver([HoursReported(now)])
        self._field.process.call_at(self._field.process.now() + HOURS_S, self._keep_hours)

    def _link_orders(self, field: Field) -> None:
        process, name = field.process, self.site.name
        client = (goods_mqtt(self.site).client_id, subscriptions(name))
        dice = Random(f"{name} orders")
        link = VirtualMessageLink(client, field.broker, process, dice, lambda topic, payload: talk.receive(process.now(), topic, payload))
        talk = GoodsTalk(name, self.goods, link.publish)
        self.orders_link = link

        def look() -> None:
            self.goods.wake(process.now())
            process.call_at(process.now() + LOOK_S, look)

        process.call_at(process.now() + LOOK_S, look)

    def act(self, request: ActRequested, answer: Answer) -> None:
        self._field.process.call_soon(partial(self.controller.ask, request, answer))

    def declare(self, lines: tuple[Declared, ...]) -> None:
        """The manifest has new lines."""
        self._hand_in(declared(lines))

    def withdraw(self, truck: str, authority: Authority) -> None:
        """It does not clear any more what this truck carries."""
        carried = [name for name, found in self.controller.core.lane.consignments.items() if found.truck == truck]
        self._hand_in([ClearanceReported(name, authority, Standing.HELD) for name in carried])

    def plate_seen(self, read: PlateRead) -> None:
        self._hand_in([PlateSeen(read.camera, read.gate, read.plate, read.score, read.evidence)])

    def killed(self) -> None:
        self.broker_link.killed()
        self.orders_link.killed()
        for link in self._ports:
            link.close()
        for camera in self._field.cameras.values():
            camera.want(False, self.plate_seen)
        self.headers.close(synced=False)
        self.journal.close()

    def _hand_in(self, reports: list[Report]) -> None:
        self._field.process.call_soon(partial(self.controller.deliver, reports))

    def _durable(self, seq: int) -> None:
        self.controller.durable(seq)
        self.goods.durable(seq)

    def _journal_writable(self, writable: bool) -> None:
        self.controller.journal_writable(writable)

    def _send(self, command: Command) -> None:
        unit = wiring.unit_of(self.site, command)
        if unit:
            self.links[unit].ask(command)
        elif isinstance(command, ReadPlate):
            for camera in self._field.cameras.values():
                if camera.plan.gate == command.gate:
                    camera.want(command.wanted, self.plate_seen)
        else:
            self.broker_link.ask(command)

    def _permit(self) -> None:
        for link in self._ports:
            link.permit()


def _opener(wire: Wire, process: Process) -> Opener:
    def opened(readable: Callable[[], None]) -> OpenPort:
        def read() -> None:
            if port.open:
                readable()

        try:
            port = wire.open(partial(process.call_now, read))
        except OSError as error:
            raise LinkError(str(error)) from error
        return port

    return opened
