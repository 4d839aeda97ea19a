"""What the journal holds of orders and clearances: each change as it left the entry, and now and then all of them.

transport       entries and clearances as one change left them, and who asked
transport-all   every entry and every clearance that is remembered: the next start reads from the last one on
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from lanectl.chain import Record, last_of, records_of
from lanectl.record import Codec, RecordError, codec, decode_json
from lanectl.transport.book import Entry, OrderBook, restored
from lanectl.transport.clearances import Clearances, Key, Word, restored_clearances

CHANGE, WHOLE = "transport", "transport-all"
WHOLE_EVERY = 500  # changes: as many are read at most at a start, and all that is remembered is some MB

_ENTRY: Codec[Entry] = codec(Entry)
_WORD: Codec[Word] = codec(Word)


@dataclass(slots=True)
class Written:
    """What stands in the journal, packed once, so that writing all of it anew costs the control loop little."""

    entries: dict[str, msgspec.Raw] = field(default_factory=dict)
    words: dict[Key, msgspec.Raw] = field(default_factory=dict)
    changes: int = 0

    def change(self, entries: Iterable[Entry], words: Iterable[Word]) -> Mapping[str, object]:
        """The body of a record of this change."""
        new_entries = {entry.order.id: _raw(_ENTRY.pack(entry)) for entry in entries}
        new_words = {(word.consignment, word.authority): _raw(_WORD.pack(word)) for word in words}
        self.entries |= new_entries
        self.words |= new_words
        self.changes += 1
        return {"entries": list(new_entries.values()), "words": list(new_words.values())}

    def forget(self, entries: Iterable[Entry], words: Iterable[Word]) -> None:
        """That change was not taken."""
        for entry in entries:
            self.entries.pop(entry.order.id, None)
        for word in words:
            self.words.pop((word.consignment, word.authority), None)

    def whole(self, book: OrderBook, clearances: Clearances) -> Mapping[str, object]:
        """The body of a record of everything that is still remembered."""
        self.entries = {name: self.entries.get(name) or _raw(_ENTRY.pack(entry)) for name, entry in book.entries.items()}
        self.words = {key: self.words.get(key) or _raw(_WORD.pack(word)) for key, word in clearances.words.items()}
        self.changes = 0
        return {"entries": list(self.entries.values()), "words": list(self.words.values()), "next_number": book.next_number}


def _raw(plain: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(plain))


@dataclass(frozen=True, slots=True)
class RestoredGoods:
    """What the last run left. `why`: what could not be read of it."""

    book: OrderBook
    clearances: Clearances
    why: str = ""


def restore_goods(journal: Path) -> RestoredGoods:
    """To be called before the journal is opened for writing. Raises JournalError as every reader of it does."""
    entries: dict[str, Entry] = {}
    words: dict[Key, Word] = {}
    number, why = 1, ""
    for record in _since_whole(journal) if journal.exists() else ():
        try:
            number = max(number, _take(record, entries, words))
        except RecordError as error:
            why = f"record {record.seq}: {error}"
    book = restored(entries.values())
    return RestoredGoods(OrderBook(book.entries, max(number, book.next_number), book.open), restored_clearances(words.values()), why)


def _since_whole(journal: Path) -> Iterable[Record]:
    whole = last_of(journal, WHOLE)
    if whole is not None:
        yield whole
    yield from records_of(journal, CHANGE, whole.seq if whole is not None else 0)


def _take(record: Record, entries: dict[str, Entry], words: dict[Key, Word]) -> int:
    held = decode_json(record.body)
    if record.kind == WHOLE:
        entries.clear()
        words.clear()
    for each in held.get("entries", ()):
        entry = _ENTRY.unpack(each)
        entries[entry.order.id] = entry
    for each in held.get("words", ()):
        word = _WORD.unpack(each)
        words[word.consignment, word.authority] = word
    number = held.get("next_number", 1)
    return number if isinstance(number, int) else 1
