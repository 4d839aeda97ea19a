"""What waits to be read under load: the newest state of each truck, every event, in an order that lies about nothing."""

import asyncio

from aiomqtt import Message

from drivers import truck_inbox
from drivers.truck_inbox import TruckInbox


def message(kind: str, payload: bytes, serial: str = "T01") -> Message:
    return Message(f"uagv/v2/maker/{serial}/{kind}", payload, 0, False, 1, None)


def drained(*messages: Message) -> list[tuple[str, bytes]]:
    async def drain() -> list[tuple[str, bytes]]:
        inbox = TruckInbox()
        for one in messages:
            inbox.put_nowait(one)
        taken = []
        while not inbox.empty():
            taken.append(inbox.get_nowait())
        return [(one.topic.value.split("/", 3)[3], bytes(one.payload)) for one in taken]

    return asyncio.run(drain())


def test_older_state_gives_way_to_the_newer_one_in_its_place() -> None:
    states = drained(message("state", b"1"), message("state", b"a", "T02"), message("state", b"2"), message("state", b"3"))
    assert states == [("T01/state", b"3"), ("T02/state", b"a")]


def test_no_event_is_ever_passed_over() -> None:
    events = [message("connection", b"%d" % number) for number in range(5)] + [message("factsheet", b"f")]
    assert [payload for _, payload in drained(*events)] == [b"0", b"1", b"2", b"3", b"4", b"f"]


def test_no_state_overtakes_what_its_truck_said_of_its_link() -> None:
    taken = drained(message("state", b"1"), message("connection", b"broken"), message("state", b"2"), message("state", b"3"))
    assert [payload for _, payload in taken] == [b"1", b"broken", b"3"]


def test_flood_of_one_truck_takes_no_room_from_the_others() -> None:
    flood = [message("state", b"%d" % number) for number in range(10_000)]
    assert drained(*flood, message("state", b"x", "T02")) == [("T01/state", b"9999"), ("T02/state", b"x")]


def test_inbox_that_nobody_reads_says_that_an_event_had_no_room() -> None:
    async def fill() -> TruckInbox:
        inbox = TruckInbox()
        for number in range(truck_inbox.EVENTS_MAX + 1):
            inbox.put_nowait(message("connection", b"%d" % number))
        return inbox

    inbox = asyncio.run(fill())
    assert (inbox.overflowed, inbox.qsize()) == (True, truck_inbox.EVENTS_MAX)
