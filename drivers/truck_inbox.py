"""What came from the broker and was not looked at yet: the newest state of each truck, and every event.

Under load a truck's older state gives way to its newer one, in its place; what tells of its link or its factsheet is never passed over,
and no state overtakes such a message of its own truck. So the queue is never longer than the trucks and their events.
"""

import asyncio
from collections import OrderedDict

import aiomqtt

STATES = ("/state", "/visualization")
EVENTS_MAX = 20_000  # more means that nobody reads: then the link is given up, and begun anew with what the broker keeps

Key = tuple[str, int]


class TruckInbox(asyncio.Queue[aiomqtt.Message]):
    """`superseded`: states that gave way. `overflowed`: an event had no room. `waited_s`: how long the last that was taken had waited.

    `filled` is set while something waits: whoever reads awaits it and takes with `get_nowait`. `get`, which the client's own reader awaits
    for each message, gives nothing.
    """

    def __init__(self, maxsize: int = 0) -> None:
        self.superseded = 0
        self.overflowed = False
        self.waited_s = 0.0
        self.filled = asyncio.Event()
        self._held: OrderedDict[Key, tuple[float, aiomqtt.Message]] = OrderedDict()
        self._events = 0
        self._last_event: dict[str, int] = {}  # of a truck's topics, the number of its last event
        super().__init__(maxsize)

    async def get(self) -> aiomqtt.Message:
        await asyncio.Event().wait()
        raise AssertionError("nobody sets it")

    def qsize(self) -> int:
        return len(self._held)

    def empty(self) -> bool:
        return not self._held

    def full(self) -> bool:
        return False

    def _put(self, item: aiomqtt.Message) -> None:
        self.filled.set()
        topic = item.topic.value
        truck, _, _ = topic.rpartition("/")
        now = asyncio.get_running_loop().time()
        if topic.endswith(STATES):
            key = (topic, self._last_event.get(truck, 0))
            self.superseded += key in self._held
            self._held[key] = (now, item)
            return
        if len(self._held) >= EVENTS_MAX:
            self.overflowed = True
            return
        self._events += 1
        if truck in self._last_event or len(self._last_event) < EVENTS_MAX:
            self._last_event[truck] = self._events
        self._held[(topic, -self._events)] = (now, item)

    def _get(self) -> aiomqtt.Message:
        _, (put_at, message) = self._held.popitem(last=False)
        if not self._held:
            self.filled.clear()
        self.waited_s = asyncio.get_running_loop().time() - put_at
        return message
