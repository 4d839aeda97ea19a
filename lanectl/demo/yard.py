"""What the yard does while the demo runs."""

import time
from datetime import UTC, datetime, timedelta

from lanectl.demo.prepared import Prepared
from lanectl.demo_site import write_manifest
from lanectl.operating_client import NoControllerError, ask
from lanectl.site.facts import Declared
from lanectl.status import LaneStatus

ORDERED_H = 12  # how far ahead a trip's latest time is
LOOK_S = 1.0
EMPTY_ONE_IN = 2  # of those that come back over a lane worked both ways
REFUSED_MAX = 3  # lines that are said of one refused order


class Yard:
    """Loads each truck whose papers are done with again, however its crossing ended: its next trip is ordered, the line of the one before
    goes from the manifest. On a lane worked both ways it comes back over the same lane, now with cargo and now empty.

    `news`: what has happened to orders since it was last asked, in words.
    """

    def __init__(self, prepared: Prepared) -> None:
        self.news: list[str] = []
        self._prepared = prepared
        self._lines = {line.truck: line for line in prepared.site.manifest}
        self._listed = {truck: line for truck, line in self._lines.items() if truck in prepared.listed}  # what the manifest still holds
        self._ways = dict(prepared.ways)
        self._next = len(self._lines) + 1
        self._returns = 0
        self._carries: set[str] = set()  # whose papers the lane has shown
        self._to_order = [line for truck, line in self._lines.items() if truck not in prepared.listed]
        self._seen: dict[str, tuple[object, object]] = {}
        self._looked_at = 0.0

    def load(self, shown: LaneStatus) -> None:
        papers = {truck.name: truck.consignment != "" for truck in shown.trucks if truck.name in self._lines}
        crossed = sorted(truck for truck, held in papers.items() if truck in self._carries and not held)
        self._carries = (self._carries - set(crossed)) | {truck for truck, held in papers.items() if held}
        for truck in crossed:
            self._to_order.append(self._lines[truck])
            if self._prepared.site.layout.both_ways:
                self._ways[truck] = self._ways[truck].other
            if self._listed.pop(truck, None) is not None:
                write_manifest(self._prepared.site.folder, tuple(self._listed.values()))
        while self._to_order and self._order(self._to_order[0]):
            self._to_order.pop(0)
        if time.monotonic() - self._looked_at >= LOOK_S:
            self._looked_at = time.monotonic()
            self._look()

    def _order(self, line: Declared) -> bool:
        """False when no controller answers: it is ordered when one does."""
        name = f"C{self._next:04d}"
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
        request = {"kind": "order", "by": next(iter(self._prepared.pins)), "wishes": [{"wish": "ADD", "order": order}]}
        try:
            *_, reply = ask(self._prepared.socket, request)
        except NoControllerError:
            return False
        problems = reply.get("problems")
        for problem in problems[:REFUSED_MAX] if isinstance(problems, list) else ():
            self.news.append(f"order {name} is refused: {problem['text']}")
        self._next += 1
        self._returns += comes_back
        return True

    def _look(self) -> None:
        """What orders have become, and what both customs systems say of them."""
        try:
            replies = list(ask(self._prepared.socket, {"kind": "order-list", "all": True}))
        except NoControllerError:
            return
        for order in (reply["order"] for reply in replies if isinstance(reply.get("order"), dict)):
            assert isinstance(order, dict)
            said = order["clearances"]
            now = (order["state"], said)
            if self._seen.get(order["id"]) != now:
                self._seen[order["id"]] = now
                words = (
                    ", ".join(f"{authority} {standing.lower()}" for authority, standing in said.items()) or "no authority has answered yet"
                )
                self.news.append(f"order {order['id']} for {order['truck'] or 'any truck'}: {order['state'].lower()} ({words})")
