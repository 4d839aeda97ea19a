"""What each authority has said of each consignment. Pure; the rules hear of it as ClearanceReported.

An authority numbers what it says of one consignment upwards, so that a message that comes late or twice changes nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lanectl.model import Authority, Standing
from lanectl.transport.fields import Fields, Problems
from lanectl.transport.order import Problem

WORDS_MAX = 20_000  # two authorities for as many orders as are remembered
KEPT_S = 72 * 3600.0  # of a consignment without an open order: as long as an order may be sent ahead
VALID_S_MAX = 30 * 24 * 3600.0  # a clearance that ends later than this is a mistyped year
CLEARANCES_MAX = 500  # in one message: as many as orders may be open
NUMBER_MAX = 2**31 - 1
FOREVER = float("inf")
_FIELDS = ("consignment", "standing", "valid_until", "number", "why")


@dataclass(frozen=True, slots=True)
class Word:
    """One authority's newest word of one consignment. `until`: when a CLEARED ends. `by`: the person who said it, "" for its system."""

    consignment: str
    authority: Authority
    standing: Standing
    until: float = FOREVER
    number: int | None = None
    why: str = ""
    by: str = ""
    place: str = ""
    said_at: float = 0.0

    def at(self, now: float) -> Standing:
        return Standing.EXPIRED if self.standing is Standing.CLEARED and self.until <= now else self.standing


Key = tuple[str, Authority]


@dataclass(frozen=True, slots=True)
class Heard:
    """`changed`: words as they are now; `known`: consignments of which just that had been said."""

    clearances: "Clearances"
    changed: tuple[Word, ...]
    known: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clearances:
    words: Mapping[Key, Word] = field(default_factory=dict)

    def of(self, consignment: str) -> tuple[Word, ...]:
        """In the order of authorities."""
        found = (self.words.get((consignment, authority)) for authority in Authority)
        return tuple(word for word in found if word is not None)

    def cleared(self, consignment: str, now: float) -> bool:
        """By both."""
        said = self.of(consignment)
        return len(said) == len(Authority) and all(word.at(now) is Standing.CLEARED for word in said)

    def say(self, now: float, words: Sequence[Word]) -> Heard | tuple[Problem, ...]:
        """Takes all of them, or none and says what is wrong with each."""
        held, changed, known, problems = dict(self.words), dict[Key, Word](), list[str](), list[Problem]()
        for word in words:
            key = (word.consignment, word.authority)
            was = held.get(key)
            if was is not None and _is_known(was, word):
                known.append(word.consignment)
                continue
            problem = _problem(was, word, now) or _full(held, key, word)
            if problem is not None:
                problems.append(problem)
                continue
            number = word.number if word.number is not None else was.number if was else None
            held[key] = changed[key] = replace(word, number=number, said_at=now)
        return tuple(problems) if problems else Heard(Clearances(held), tuple(changed.values()), tuple(known))

    def declared_anew(self, now: float, consignment: str) -> Heard:
        """With another content: what was cleared was something else. The numbers go on counting, and a hold holds."""
        cleared = [word for word in self.of(consignment) if word.standing is Standing.CLEARED]
        changed = tuple(replace(word, standing=Standing.EXPIRED, until=FOREVER, why="declared anew", said_at=now) for word in cleared)
        return Heard(Clearances({**self.words, **{(word.consignment, word.authority): word for word in changed}}), changed)

    def without_forgotten(self, now: float, open_consignments: frozenset[str]) -> "Clearances":
        kept = {k: w for k, w in self.words.items() if w.consignment in open_consignments or w.said_at + KEPT_S > now}
        return self if len(kept) == len(self.words) else Clearances(kept)


def restored_clearances(words: Iterable[Word]) -> Clearances:
    return Clearances({(word.consignment, word.authority): word for word in words})


def _is_known(was: Word, word: Word) -> bool:
    if word.number is not None and word.number != was.number:
        return False
    return (word.standing, word.until) == (was.standing, was.until)


def _problem(was: Word | None, word: Word, now: float) -> Problem | None:
    if was is not None and was.number is not None and word.number is not None and word.number <= was.number:
        text = f"number {word.number} is not newer than {was.number}, the last one of {word.consignment}"
        return Problem("number_old", word.place, text, "number what is said of a consignment upwards")
    if word.until <= now:
        return Problem("valid_until_passed", word.place, "its end has passed already", "say EXPIRED, or give an end that is still to come")
    if word.until != FOREVER and word.until > now + VALID_S_MAX:
        days = f"{VALID_S_MAX / 86400:g} days"
        return Problem("valid_until_far", word.place, f"it would be valid for more than {days}", f"an end within {days}, or none")
    return None


def _full(held: Mapping[Key, Word], key: Key, word: Word) -> Problem | None:
    if key in held or len(held) < WORDS_MAX:
        return None
    return Problem("too_many_kept", word.place, f"{WORDS_MAX} clearances are remembered already", "clear what is about to cross")


# ---------------------------------------------------------------- out of JSON


def read_clearances(held: object, authority: Authority, problems: Problems, *, numbered: bool = True) -> tuple[Word, ...]:
    """What JSON holds under `clearances`, as this authority's."""
    if not isinstance(held, list) or not 0 < len(held) <= CLEARANCES_MAX:
        example = '[{"consignment": "C1", "standing": "CLEARED", "number": 1}]'
        problems.tell("wrong_type", "clearances", f"expected a list of 1 to {CLEARANCES_MAX}", f"like {example}")
        return ()
    read = [_word(each, f"clearances[{n}]", authority, problems, numbered=numbered) for n, each in enumerate(held)]
    return tuple(word for word in read if word is not None)


def _word(held: object, place: str, authority: Authority, problems: Problems, *, numbered: bool) -> Word | None:
    if not isinstance(held, dict):
        problems.tell("wrong_type", place, "expected an object", 'like {"consignment": "C1", "standing": "HELD", "number": 2}')
        return None
    before = len(problems)
    fields = Fields(held, lambda name: f"{place}.{name}", _FIELDS, problems)
    consignment = fields.name("consignment", needed=True)
    standing = fields.choice("standing", Standing)
    until = fields.time("valid_until")
    number = fields.whole("number", 1, NUMBER_MAX, needed=numbered)
    why = fields.text("why", 200)
    if until is not None and standing is not Standing.CLEARED:
        problems.tell("wrong_time", f"{place}.valid_until", "only a clearance has an end", "leave it out")
    if standing is None or len(problems) > before:
        return None
    return Word(consignment, authority, standing, FOREVER if until is None else until, number, why, place=place)
