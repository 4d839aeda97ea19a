"""Orders and clearances over MQTT: what comes in on the lane's topics, and what goes out once it is on disk. No I/O."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

from drivers.wire import WireError
from drivers.wire.transport import AUTHORITIES, Topics, decode, encode
from drivers.wire.vda5050.topics import Publish
from lanectl.goods import Answer, Goods
from lanectl.model import Authority
from lanectl.printable import printable
from lanectl.transport.book import Entry
from lanectl.transport.clearances import FOREVER, Word, read_clearances
from lanectl.transport.fields import Problems
from lanectl.transport.order import Problem, TransportOrder
from lanectl.transport.reading import read_wishes

REQUEST_MAX = 100  # characters of the name that a sender gives its message
_REMEDY = "send what docs/reference/orders.md describes"


def subscriptions(site: str) -> tuple[tuple[str, int], ...]:
    """Topics and their QoS."""
    topics = Topics(site)
    return tuple((topic, 1) for topic in (topics.requests, *(topics.clearances(name) for name in AUTHORITIES)))


class GoodsTalk:
    """`publish` is called with each message for the broker. Without a link it is lost: whoever asked asks again."""

    def __init__(self, site: str, goods: Goods, publish: Callable[[Publish], None]) -> None:
        self._topics = Topics(site)
        self._goods = goods
        self._publish = publish
        self._authorities = {self._topics.clearances(name): Authority(name) for name in AUTHORITIES}
        goods.listener = self

    def receive(self, now: float, topic: str, payload: bytes) -> None:
        authority = self._authorities.get(topic)
        if authority is not None:
            self._clearances(now, authority, payload)
        elif topic == self._topics.requests:
            self._request(now, payload)

    def _request(self, now: float, payload: bytes) -> None:
        name, problems = "", Problems()
        try:
            held = decode(payload)
            name = _name(held, problems, ("schema_version", "request", "wishes"))
            wishes = read_wishes(held.get("wishes"), self._goods.facts.known, problems)
        except WireError as error:
            problems.tell("malformed", "", str(error), _REMEDY)
            wishes = ()
        answer = Answer(0, tuple(problems)) if problems else self._goods.ask(now, wishes)
        self._answer(answer, self._topics.acks, name)

    def _clearances(self, now: float, authority: Authority, payload: bytes) -> None:
        name, problems = "", Problems()
        try:
            held = decode(payload)
            name = _name(held, problems, ("schema_version", "request", "clearances"))
            words = read_clearances(held.get("clearances"), authority, problems)
        except WireError as error:
            problems.tell("malformed", "", str(error), _REMEDY)
            words = ()
        answer = Answer(0, tuple(problems)) if problems else self._goods.say(now, words)
        self._answer(answer, self._topics.clearance_acks(authority.value), name)

    def _answer(self, answer: Answer, topic: str, name: str) -> None:
        """Only what is on disk is acknowledged; a refusal changed nothing and waits for nothing."""
        publish = partial(self._publish, Publish(topic, encode(request=name, **outcome(answer)), qos=1))
        self._goods.when_durable(0 if answer.problems else answer.seq, publish)

    # ------------------------------------------------------------ what is told unasked

    def changed(self, entry: Entry) -> None:
        self._publish(Publish(self._topics.states, encode(**shown(entry)), qos=1))

    def declared(self, order: TransportOrder, authority: Authority) -> None:
        self._publish(Publish(self._topics.declared(authority.value), encode(**declared(order)), qos=1))


def _name(held: dict[str, object], problems: Problems, allowed: Sequence[str]) -> str:
    name = held.get("request", "")
    for key in held:
        if key not in allowed:
            problems.tell("unknown_field", printable(key)[:40], "unknown field", f"one of: {', '.join(allowed)}")
    if not isinstance(name, str) or len(name) > REQUEST_MAX:
        problems.tell("wrong_type", "request", f"expected text of at most {REQUEST_MAX} characters", "any name of yours for this message")
        return ""
    return name


# ---------------------------------------------------------------- as JSON, on MQTT and on the local socket


def outcome(answer: Answer) -> dict[str, object]:
    if answer.problems:
        return {"outcome": "refused", "problems": [_plain(problem) for problem in answer.problems]}
    found: dict[str, object] = {"outcome": "accepted" if answer.changed or answer.words else "known"}
    if answer.changed or answer.known:
        found["orders"] = [shown(entry) for entry in (*answer.changed, *answer.known)]
    if answer.words or answer.words_known:
        found["clearances"] = [cleared(word) for word in answer.words]
        found["known"] = list(answer.words_known)
    return found


def shown(entry: Entry) -> dict[str, object]:
    """An order and where it stands. Times in UTC."""
    order = entry.order
    return {
        "id": order.id,
        "state": entry.state.value,
        "truck": entry.truck or order.truck,
        "direction": order.direction.value,
        "consignment": order.consignment,
        "container": order.container,
        "plates": list(order.plates),
        "declared_weight_kg": order.declared_weight_kg,
        "priority": order.priority,
        "earliest": iso(order.earliest),
        "latest": iso(order.latest),
        "empty_return": order.empty_return,
        "revision": entry.revision,
        "accepted_at": iso(entry.accepted_at),
        "changed_at": iso(entry.changed_at),
        "why": entry.why,
    }


def declared(order: TransportOrder) -> dict[str, object]:
    """What an authority is asked to clear."""
    return {
        "consignment": order.consignment,
        "order": order.id,
        "direction": order.direction.value,
        "truck": order.truck,
        "container": order.container,
        "plates": list(order.plates),
        "declared_weight_kg": order.declared_weight_kg,
        "latest": iso(order.latest),
        "empty_return": order.empty_return,
    }


def cleared(word: Word) -> dict[str, object]:
    return {
        "consignment": word.consignment,
        "authority": word.authority.value,
        "standing": word.standing.value,
        "valid_until": None if word.until == FOREVER else iso(word.until),
        "number": word.number,
        "why": word.why,
        "by": word.by,
    }


def iso(utc_s: float) -> str | None:
    """ISO 8601 in UTC, None for "at once"."""
    return None if utc_s == 0.0 else datetime.fromtimestamp(utc_s, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _plain(problem: Problem) -> dict[str, str]:
    return {"code": problem.code, "place": problem.place, "text": printable(problem.text), "remedy": problem.remedy}
