"""The customs system of one side: what it is asked to clear it clears, sooner or later, and with all the faults of such systems. Pure.

It speaks the lane's own bytes and topics. One seed gives one system: what it does with a consignment depends on the seed, its side and the
consignment's name alone, not on when it is asked.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from drivers.wire import WireError
from drivers.wire.transport import Topics, clearance, decode, encode
from drivers.wire.vda5050.topics import Publish
from sim.plan import CustomsPlan, PlanError

AGAIN_S = 5.0  # what the lane has not acknowledged is said again
KEPT_MAX = 5000  # consignments


@dataclass(frozen=True, slots=True)
class Temper:
    """How such a system behaves; parts are of all consignments, from 0 to 1.

    `held`: held for inspection for `inspects_s`, then cleared. `withdrawn`: cleared, taken back after `thinks_s`, cleared again as long
    after. `twice`: each answer comes twice. `other`: it first clears a consignment that nobody asked for. `late`: it answers only after
    `late_s`. `expires_s`: how long a clearance is valid, 0 for ever; it is renewed when half of that has passed.
    """

    answers_s: tuple[float, float] = (1.0, 6.0)
    held: float = 0.0
    inspects_s: tuple[float, float] = (30.0, 120.0)
    withdrawn: float = 0.0
    thinks_s: tuple[float, float] = (5.0, 60.0)
    twice: float = 0.0
    other: float = 0.0
    late: float = 0.0
    late_s: float = 120.0
    expires_s: float = 0.0


TEMPERS = {
    "prompt": Temper(),
    "lively": Temper(held=0.12, inspects_s=(15.0, 40.0), withdrawn=0.05, twice=0.2, other=0.1, late=0.05, late_s=45.0),
    "holds-half": Temper(held=0.5, withdrawn=0.1, twice=0.2, other=0.1),
    "slow": Temper(answers_s=(30.0, 90.0), late=0.2),
    "forgetful": Temper(twice=0.5, other=0.3, expires_s=60.0),
}


@dataclass(slots=True)
class _File:
    """What the system knows of one consignment. `number`: of its newest word; `acknowledged`: the last that the lane has."""

    number: int = 0
    standing: str = ""
    valid_until: str | None = None
    acknowledged: int = 0
    said_at: float = 0.0


@dataclass(slots=True)
class Customs:
    """`receive` what comes on `subscriptions`, `due` what is to be published by now."""

    site: str
    authority: str
    temper: Temper
    seed: int
    files: dict[str, _File] = field(default_factory=dict)
    _plans: list[tuple[float, int, str, str]] = field(default_factory=list)  # when, a serial number, consignment, standing
    _serial: int = 0

    @classmethod
    def of(cls, plan: CustomsPlan) -> "Customs":
        if plan.temper not in TEMPERS:
            raise PlanError(f"customs {plan.authority}: there is no temper {plan.temper!r}; one of: {', '.join(TEMPERS)}")
        return cls(plan.site, plan.authority, TEMPERS[plan.temper], plan.seed)

    @property
    def client_id(self) -> str:
        return f"customs-{self.authority.lower()}"

    @property
    def subscriptions(self) -> tuple[tuple[str, int], ...]:
        topics = Topics(self.site)
        return ((topics.declared(self.authority), 1), (topics.clearance_acks(self.authority), 1))

    def receive(self, now: float, topic: str, payload: bytes) -> None:
        try:
            held = decode(payload)
        except WireError:
            return
        if topic == Topics(self.site).declared(self.authority):
            self._declared(now, str(held.get("consignment", "")))
        elif held.get("outcome") in ("accepted", "known"):
            name, _, number = str(held.get("request", "")).rpartition(" ")
            if name in self.files and number.isdigit():
                self.files[name].acknowledged = max(self.files[name].acknowledged, int(number))

    def due(self, now: float, wall_utc: str) -> list[Publish]:
        """What has to be said by now, again where the lane has not acknowledged it. `wall_utc`: the time of day, ISO 8601."""
        publishes: list[Publish] = []
        while self._plans and self._plans[0][0] <= now:
            _, _, name, standing = self._plans.pop(0)
            publishes += self._say(now, wall_utc, name, standing)
        for name, known in self.files.items():
            if known.acknowledged < known.number and known.said_at + AGAIN_S <= now:
                known.said_at = now
                publishes.append(self._message(name, known))
        return publishes

    def _declared(self, now: float, name: str) -> None:
        """The first time it makes up its mind; asked again, it says again what it said last."""
        if name in self.files:
            self.files[name].acknowledged = min(self.files[name].acknowledged, self.files[name].number - 1)
            return
        if len(self.files) >= KEPT_MAX:
            del self.files[next(iter(self.files))]
        self.files[name] = _File()
        dice, temper = self._dice(name), self.temper
        at = now + dice.uniform(*temper.answers_s) + (temper.late_s if dice.random() < temper.late else 0.0)
        if dice.random() < temper.other:
            self._plan(at, f"{name}-not-asked-for", "CLEARED")
        if dice.random() < temper.held:
            self._plan(at, name, "HELD")
            at += dice.uniform(*temper.inspects_s)
        self._plan(at, name, "CLEARED")
        if dice.random() < temper.withdrawn:
            at += dice.uniform(*temper.thinks_s)
            self._plan(at, name, "WITHDRAWN")
            self._plan(at + dice.uniform(*temper.thinks_s), name, "CLEARED")

    def _say(self, now: float, wall_utc: str, name: str, standing: str) -> list[Publish]:
        known = self.files.setdefault(name, _File())
        known.number, known.standing, known.said_at, known.valid_until = known.number + 1, standing, now, None
        if standing == "CLEARED" and self.temper.expires_s:
            end = datetime.fromisoformat(wall_utc) + timedelta(seconds=self.temper.expires_s)
            known.valid_until = end.isoformat()
            self._plan(now + self.temper.expires_s / 2, name, "CLEARED")
        message = self._message(name, known)
        return [message, message] if self._dice(f"{name} {known.number}").random() < self.temper.twice else [message]

    def _message(self, name: str, known: _File) -> Publish:
        said = clearance(name, known.standing, known.number, known.valid_until)
        payload = encode(request=f"{name} {known.number}", clearances=[said])
        return Publish(Topics(self.site).clearances(self.authority), payload, qos=1)

    def _plan(self, at: float, name: str, standing: str) -> None:
        self._serial += 1
        self._plans.append((at, self._serial, name, standing))
        self._plans.sort()

    def _dice(self, what: str) -> Random:
        return Random(f"{self.seed} {self.authority} {what}")
