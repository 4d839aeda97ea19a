"""What the yard does while the demo runs."""

import time
from datetime import UTC, datetime, timedelta

from lanectl.demo.prepared import Prepared
from lanectl.demo_site import write_manifest
from lanectl.operating_client import NoControllerError, ask
from lanectl.site.facts import Declared
from lanectl.status import LaneStatus
from lanectl.transport.order import OPEN_STATES, OrderState

ORDERED_H = 12  # how far ahead a trip's latest time is
LOOK_S = 1.0
EMPTY_ONE_IN = 2  # of those that come back over a lane worked both ways
REFUSED_MAX = 3  # lines that are said of one refused order
REFUSED_S = 10.0  # then another is tried
ENDED = frozenset(state.value for state in OrderState if state not in OPEN_STATES)


class Yard:
    """Loads each truck again whose trip is over, however it ended: its next trip is ordered, the line of the one before goes from the
    manifest. An order is asked for until the lane knows it. On a lane worked both ways a truck comes back over the same lane, now with
    cargo and now empty.

    `news`: what has happened to orders since it was last asked, in words.
    """

    def __init__(self, prepared: Prepared) -> None:
        self.news: list[str] = []
        self._prepared = prepared
        self._lines = {line.truck: line for line in prepared.site.manifest}
        self._listed = {truck: line for truck, line in self._lines.items() if truck in prepared.listed}  # what the manifest still holds
        self._carries: set[str] = set()  # those of them whose papers the lane has shown
        self._ways = dict(prepared.ways)
        self._next = len(self._lines) + 1
        self._returns = 0
        self._trips = {truck: self._trip(line) for truck, line in self._lines.items() if truck not in prepared.listed}
        self._not_before: dict[str, float] = {}  # trucks whose order was refused
        self._seen: dict[str, tuple[object, object]] = {}
        self._looked_at = float("-inf")

    def load(self, shown: LaneStatus) -> None:
        papers = {truck.name: truck.consignment != "" for truck in shown.trucks if truck.name in self._listed}
        crossed = sorted(truck for truck, held in papers.items() if truck in self._carries and not held)
        self._carries |= {truck for truck, held in papers.items() if held}
        for truck in crossed:
            del self._listed[truck]
            write_manifest(self._prepared.site.folder, tuple(self._listed.values()))
            self._go_back(truck)
        if crossed or time.monotonic() - self._looked_at >= LOOK_S:
            self._looked_at = time.monotonic()
            self._look()

    def _look(self) -> None:
        """What orders have become, and what both customs systems say of them; each truck without an open one gets its next."""
        try:
            replies = list(ask(self._prepared.socket, {"kind": "order-list", "all": True}))
            known = {str(order["id"]): order for order in map(_order_of, replies) if order}
            for truck, trip in list(self._trips.items()):
                self._go_on(truck, trip, known.get(str(trip["id"])))
        except NoControllerError:
            return  # when one answers again
        for name, order in known.items():
            self._tell(name, order)

    def _go_on(self, truck: str, trip: dict[str, object], known: dict[str, object] | None) -> None:
        """Raises NoControllerError."""
        if known is not None and known["state"] in ENDED:
            trip = self._go_back(truck) if known["state"] == OrderState.DONE.value else self._again(truck)
            known = None
        if known is None and time.monotonic() >= self._not_before.get(truck, 0.0):
            self._order(truck, trip)

    def _go_back(self, truck: str) -> dict[str, object]:
        if self._prepared.site.layout.both_ways:
            self._ways[truck] = self._ways[truck].other
        return self._again(truck)

    def _again(self, truck: str) -> dict[str, object]:
        self._trips[truck] = self._trip(self._lines[truck])
        return self._trips[truck]

    def _order(self, truck: str, trip: dict[str, object]) -> None:
        request = {"kind": "order", "by": next(iter(self._prepared.pins)), "wishes": [{"wish": "ADD", "order": trip}]}
        *_, reply = ask(self._prepared.socket, request)
        problems = reply.get("problems")
        if isinstance(problems, list):
            self.news += [f"order {trip['id']} is refused: {problem['text']}" for problem in problems[:REFUSED_MAX]]
            self._not_before[truck] = time.monotonic() + REFUSED_S
            self._again(truck)

    def _trip(self, line: Declared) -> dict[str, object]:
        """The order for it, as the lane is asked."""
        name = f"C{self._next:04d}"
        self._next += 1
        latest = datetime.now(UTC) + timedelta(hours=ORDERED_H)
        order: dict[str, object] = {"id": name, "truck": line.truck, "plates": [line.plate, *line.other_plates]}
        order |= {"direction": self._ways[line.truck].value, "latest": latest.isoformat(timespec="seconds")}
        comes_back = self._ways[line.truck] is not self._prepared.site.layout.direction
        if comes_back and self._returns % EMPTY_ONE_IN == EMPTY_ONE_IN - 1:
            order["empty_return"] = True
        else:
            order |= {"consignment": name, "container": line.container}
        if line.declared_weight_kg is not None:
            order["declared_weight_kg"] = line.declared_weight_kg
        self._returns += comes_back
        return order

    def _tell(self, name: str, order: dict[str, object]) -> None:
        said = order["clearances"]
        assert isinstance(said, dict)
        if self._seen.get(name) != (order["state"], said):
            self._seen[name] = (order["state"], said)
            words = ", ".join(f"{authority} {standing.lower()}" for authority, standing in said.items()) or "no authority has answered yet"
            self.news.append(f"order {name} for {order['truck'] or 'any truck'}: {str(order['state']).lower()} ({words})")


def _order_of(reply: dict[str, object]) -> dict[str, object]:
    held = reply.get("order")
    return held if isinstance(held, dict) else {}
