"""Who may do what, and how a person proves to be the one named.

The first person of an act is vouched for by the machine's login (the socket lets in nobody else). Where an act takes two, both show
their PIN: otherwise one at a terminal could lend himself another's name.
"""

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lanectl.model import Act, ActRequested, Authority
from lanectl.site.facts import Person, Role

SCRYPT_COST = 2**14  # N; with r = 8 one try takes 16 MiB and some 50 ms
SCRYPT_BLOCK = 8
SCRYPT_PARALLEL = 1
SCRYPT_COST_MAX = 2**17  # what a configuration may ask for
_FORM = "scrypt${cost}${block}${parallel}${salt}${key}"

_AT_THE_GATE = frozenset({Role.OPERATOR, Role.SUPERVISOR, Role.TECHNICIAN})
_IN_CHARGE = frozenset({Role.OPERATOR, Role.SUPERVISOR})

# Which act needs which role. STOP is not here: it needs nobody's permission.
MAY_ACT: Mapping[Act, frozenset[Role]] = MappingProxyType(
    {
        Act.OPEN: _IN_CHARGE,
        Act.CLOSE: _AT_THE_GATE,
        Act.RESET: _AT_THE_GATE,
        Act.REARM: _AT_THE_GATE,
        Act.SWEEP: _IN_CHARGE,
        Act.DECLARE: _IN_CHARGE,
        Act.TAKE_OUT: _AT_THE_GATE,
        Act.PUT_BACK: _IN_CHARGE,
        Act.TURN: _IN_CHARGE,
        Act.PAUSE: _AT_THE_GATE,
        Act.CANCEL: _IN_CHARGE,
        Act.RESUME: _AT_THE_GATE,
        Act.PLACE: _AT_THE_GATE,
        Act.CONFIRM: _IN_CHARGE,
    }
)
MAY_FLASH = frozenset({Role.TECHNICIAN})
MAY_ORDER = _IN_CHARGE
MAY_CLEAR: Mapping[Authority, frozenset[Role]] = MappingProxyType(
    {Authority.VN: frozenset({Role.AUTHORITY_VN}), Authority.CN: frozenset({Role.AUTHORITY_CN})}
)
MAY_VOUCH = _AT_THE_GATE  # be the second person


@dataclass(frozen=True, slots=True)
class Proof:
    """What was shown for an act. Never journalled."""

    pin: str = ""
    second_pin: str = ""


@dataclass(frozen=True, slots=True)
class Denied:
    """Why a person may not: `code` is stable, `params` fill its sentence."""

    code: str
    params: tuple[tuple[str, str], ...] = ()


def denied(persons: Iterable[Person], request: ActRequested, proof: Proof) -> Denied | None:
    """None when this act may be put to the interlocking. Takes some 50 ms for each PIN: not for the control loop."""
    if request.act is Act.STOP:
        return None
    return denied_for(persons, MAY_ACT[request.act], request.by, request.second, proof)


def denied_for(persons: Iterable[Person], roles: frozenset[Role], by: str, second: str, proof: Proof) -> Denied | None:
    """The same for anything that takes a role, flashing too. A second person is checked where one is named."""
    known = {person.name: person for person in persons}
    first = known.get(by)
    if first is None:
        return Denied("person_unknown", (("person", by),))
    if not roles.intersection(first.roles):
        return Denied("role_missing", (("person", by), ("roles", ", ".join(sorted(role.value for role in roles)))))
    if proof.pin and not check_pin(proof.pin, first.pin):
        return Denied("pin_wrong", (("person", by),))
    return _second_denied(known, first, second, proof) if second else None


def _second_denied(known: Mapping[str, Person], first: Person, second: str, proof: Proof) -> Denied | None:
    vouching = known.get(second)
    if vouching is None:
        return Denied("person_unknown", (("person", second),))
    if second == first.name:
        return Denied("second_is_first", (("person", second),))
    if not MAY_VOUCH.intersection(vouching.roles):
        return Denied("role_missing", (("person", second), ("roles", ", ".join(sorted(role.value for role in MAY_VOUCH)))))
    for person, pin in ((first, proof.pin), (vouching, proof.second_pin)):
        if not pin:
            return Denied("pin_missing", (("person", person.name),))
        if not check_pin(pin, person.pin):
            return Denied("pin_wrong", (("person", person.name),))
    return None


def hash_pin(pin: str) -> str:
    """What persons.toml holds for this PIN; different each time, for the salt is."""
    salt = os.urandom(16)
    key = _key(pin, salt, SCRYPT_COST, SCRYPT_BLOCK, SCRYPT_PARALLEL)
    return _FORM.format(cost=SCRYPT_COST, block=SCRYPT_BLOCK, parallel=SCRYPT_PARALLEL, salt=_text(salt), key=_text(key))


def check_pin(pin: str, hashed: str) -> bool:
    """False for a person who has no PIN, too."""
    match hashed.split("$"):
        case ["scrypt", cost, block, parallel, salt, key] if cost.isdigit() and block.isdigit() and parallel.isdigit():
            if int(cost) > SCRYPT_COST_MAX:
                return False
            try:
                made = _key(pin, base64.b64decode(salt, validate=True), int(cost), int(block), int(parallel))
                return hmac.compare_digest(made, base64.b64decode(key, validate=True))
            except (binascii.Error, ValueError):
                return False
        case _:
            return False


def _key(pin: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=cost, r=block, p=parallel, maxmem=256 * 2**20, dklen=32)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
