"""Orders and clearances on the local socket: who asks is permitted, and hears what came of it when it is on disk.

{"kind": "order", "by": "lan", "wishes": [{"wish": "HOLD", "id": "A1"}]}      ->  {"outcome": "accepted", "orders": […], "done": true}
{"kind": "order-import", "by": "lan", "csv": "id,direction,…"}                ->  the same
{"kind": "order-list"}                                                         ->  {"order": {…}} … {"done": true}
{"kind": "clearance", "by": "hoa", "authority": "VN", "clearances": […]}      ->  {"outcome": "accepted", "clearances": […], "done": true}
{"kind": "clearance-list"}                                                     ->  {"clearance": {…}} … {"done": true}
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from functools import partial

from lanectl.goods import Answer, Goods
from lanectl.goods_talk import cleared, outcome, shown
from lanectl.model import Authority
from lanectl.operating import Handler, Reply, error
from lanectl.persons import MAY_CLEAR, MAY_ORDER, Denied, Proof
from lanectl.site.facts import Role
from lanectl.transport.clearances import read_clearances
from lanectl.transport.fields import Problems
from lanectl.transport.reading import read_csv, read_wishes

DURABLE_S_MAX = 4.0  # a journal that takes longer is in trouble, which people are told of
CSV_CHARACTERS_MAX = 256 * 1024  # as long as a message may be

Note = Callable[[Mapping[str, object]], object]  # to the journal
Permitted = Callable[[frozenset[Role], str, str, Proof], Awaitable[Denied | None]]


class GoodsDesk:
    def __init__(
        self, goods: Goods, permitted: Permitted, note: Callable[[Mapping[str, object]], object], now: Callable[[], float]
    ) -> None:
        self._goods = goods
        self._permitted = permitted
        self._note = note
        self._now = now

    def handlers(self) -> dict[str, Handler]:
        return {
            "order": partial(self._asked, self._order, ("wishes",)),
            "order-import": partial(self._asked, self._import, ("csv",)),
            "order-list": self._orders,
            "clearance": partial(self._asked, self._clear, ("authority", "clearances")),
            "clearance-list": self._clearances,
        }

    async def _asked(
        self,
        act: Callable[[Mapping[str, object], Problems, str], Answer | None],
        fields: tuple[str, ...],
        request: Mapping[str, object],
        uid: int,
    ) -> AsyncGenerator[Reply, None]:
        by, pin = request.get("by", ""), request.get("pin", "")
        unknown = set(request) - {"kind", "by", "pin", *fields}
        if unknown or not isinstance(by, str) or not isinstance(pin, str) or not set(fields) <= set(request):
            yield error("malformed", f"expected by, pin, {', '.join(fields)}; unknown: {', '.join(sorted(unknown)):.100}")
            return
        roles = MAY_ORDER if "authority" not in fields else _roles(request["authority"])
        denied = await self._permitted(roles, by, "", Proof(pin))
        self._note({"asked": str(request["kind"]), "by": by, "uid": uid, "denied": denied.code if denied else ""})
        if denied is not None:
            yield {"outcome": "denied", "denied": {"code": denied.code, "params": dict(denied.params)}, "done": True}
            return
        problems = Problems()
        answer = act(request, problems, by)
        if answer is None or problems:
            answer = Answer(0, tuple(problems))
        if not answer.problems and not await self._durable(answer.seq):
            yield error("journal_late", f"the journal does not take it within {DURABLE_S_MAX:g} s; ask again what became of it")
            return
        yield {**outcome(answer), "done": True}

    async def _durable(self, seq: int) -> bool:
        done = asyncio.Event()
        self._goods.when_durable(seq, done.set)
        try:
            async with asyncio.timeout(DURABLE_S_MAX):
                await done.wait()
        except TimeoutError:
            return False
        return True

    def _order(self, request: Mapping[str, object], problems: Problems, by: str) -> Answer | None:
        wishes = read_wishes(request["wishes"], self._goods.facts.known, problems, numbered=False)
        return None if problems else self._goods.ask(self._now(), wishes, by)

    def _import(self, request: Mapping[str, object], problems: Problems, by: str) -> Answer | None:
        text = request["csv"]
        if not isinstance(text, str) or len(text) > CSV_CHARACTERS_MAX:
            problems.tell("wrong_type", "csv", f"expected text of at most {CSV_CHARACTERS_MAX} characters", "send it in several files")
            return None
        wishes = read_csv(text, self._goods.facts.known, problems)
        return None if problems else self._goods.ask(self._now(), wishes, by)

    def _clear(self, request: Mapping[str, object], problems: Problems, by: str) -> Answer | None:
        words = read_clearances(request["clearances"], Authority(request["authority"]), problems, numbered=False)
        return None if problems else self._goods.say(self._now(), words, by)

    async def _orders(self, request: Mapping[str, object], _uid: int) -> AsyncGenerator[Reply, None]:
        """The open ones, or all that are remembered (`all`), or one (`id`); each with what the authorities say."""
        wanted, everything = request.get("id"), request.get("all") is True
        utc = self._goods.utc(self._now())
        for entry in sorted(self._goods.book.entries.values(), key=lambda entry: entry.number):
            if entry.order.id == wanted or (wanted is None and (everything or entry.order.latest > utc)):
                said = self._goods.clearances.of(entry.order.consignment)
                yield {"order": {**shown(entry), "clearances": {word.authority.value: word.at(utc).value for word in said}}}
        yield {"done": True}

    async def _clearances(self, _request: Mapping[str, object], _uid: int) -> AsyncGenerator[Reply, None]:
        utc = self._goods.utc(self._now())
        for word in self._goods.clearances.words.values():
            yield {"clearance": {**cleared(word), "standing": word.at(utc).value}}
        yield {"done": True}


def _roles(authority: object) -> frozenset[Role]:
    """Nobody's role for what is no authority."""
    names = {known.value: known for known in Authority}
    return MAY_CLEAR[names[authority]] if isinstance(authority, str) and authority in names else frozenset()
