"""What no model ever reached, each with the reason; one without a reason is a gap in the search."""

from collections.abc import Iterator
from enum import Enum
from typing import get_args

from lanectl import model
from lanectl.interlocking import refusals

ENUMS = (model.Boom, model.BoomMove, model.Reading, model.Aspect, model.SectionState, model.Service, model.Connection, model.TruckMode)

EXPLAINED = {
    "PlateSeen": "never reaches the rules: voting turns it into IdentityReported",
    "Direction.CN_TO_VN": "the layout searched is worked in one direction",
    "direction_not_ours": "the layout searched is worked in one direction",
    "TruckMode.SEMIAUTOMATIC": "to the rules every mode but AUTOMATIC is one",
    "TruckMode.SERVICE": "to the rules every mode but AUTOMATIC is one",
    "TruckMode.TEACHIN": "to the rules every mode but AUTOMATIC is one",
    "Service.COMMISSIONING": "reached before the search begins; bringing a lane into service is in tests/rules",
    "Service.OUT_OF_SERVICE": "in tests/rules",
    "service_out": "in tests/rules",
    "lane_not_out": "in tests/rules",
    "truck_has_way": "in tests/rules",
    "turn_one_way": "in tests/rules",
    "nothing_to_turn": "in tests/rules",
    "point_not_clear": "in tests/rules",
    "count_unequal": "in tests/rules",
    "truck_not_localised": "said together with BROKEN only; alone it is in tests/rules",
    "truck_fatal": "a boolean like the others of R3; in tests/rules",
    "consignment_missing": "trucks arrive declared; in tests/rules",
    "consignment_not_cleared": "trucks arrive cleared or held; in tests/rules",
    "clearance_unknown": "trucks arrive declared; in tests/rules",
    "ConsignmentWithdrawn": "what is declared stays declared; in tests/rules",
    "clearance_expired": "to the rules one more standing that is not CLEARED; in tests/rules",
    "clearance_withdrawn": "to the rules one more standing that is not CLEARED; in tests/rules",
    "consignment_other_way": "consignments are for either direction; in tests/rules",
    "order_expired": "consignments have no end; in tests/rules",
    "withdrawal_late": "what is declared stays declared; in tests/rules",
    "no_room_beyond": "more places than trucks; in tests/rules",
    "service_commissioning": "see Service.COMMISSIONING",
    "act_name_needed": "acts are complete, what they lack is in tests/rules",
    "act_reason_needed": "acts are complete, what they lack is in tests/rules",
    "act_evidence_needed": "acts are complete, what they lack is in tests/rules",
    "act_second_needed": "acts are complete, what they lack is in tests/rules",
    "act_target_unknown": "acts name what there is; in tests/rules",
    "identity_contradicted": "no marker is in the search; in tests/rules",
    "confirm_other_picture": "persons look at what is there; in tests/rules",
    "confirm_not_candidate": "a doubt leaves every truck possible; in tests/rules",
    "lane_not_closed": "flashing is no step; in tests/rules",
}


def never_seen(seen: set[str]) -> Iterator[str]:
    words = [kind.__name__ for kind in (*get_args(model.Report), *get_args(model.Command))]
    words += [str(value) for kind in ENUMS for value in _values(kind)]
    words += [kind.code for kind in refusals.ALL]
    missed = [word for word in words if word not in seen]
    yield f"never reached: {len(missed)} of {len(words)} report types, commands, enum values and refusals"
    for word in missed:
        yield f"  {word}: {EXPLAINED.get(word, 'NOT EXPLAINED')}"


def _values(kind: type[Enum]) -> list[Enum]:
    return list(kind)
