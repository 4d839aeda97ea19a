"""The words of the lane as JSON and back, exactly: what was written decodes to an equal value or is refused with words.

Form: a struct or dataclass is an object of all its fields, in their order; a member of a union also carries `type`, its class name; an enum
is its value; a tuple is an array; a dict keeps its order; a float that JSON cannot write is "inf" or "-inf" (NaN is refused).
A field that is missing takes its default, so that a journal outlives new fields; an unknown field, type or value is an error.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from lanectl.model import Command, Lane, Refusal, Report

VERSION = 1  # of this form; a reader refuses any other
_INFINITE = {"inf": math.inf, "-inf": -math.inf}

T = TypeVar("T")
Pack = Callable[[Any], Any]
Unpack = Callable[[Any, str], Any]  # the second argument names the place, for the error


class RecordError(ValueError):
    """What was read is no record of ours. The message names the place."""


@dataclass(frozen=True, slots=True)
class Codec(Generic[T]):
    """`pack` to what `encode_json` writes, `unpack` from what JSON holds; `encode` and `decode` to and from bytes that name their version.

    What msgspec writes in our form by itself, `pack` leaves as it is: nearly everything but floats, of which JSON cannot write all.
    """

    pack: Callable[[T], Any]
    unpack: Callable[[Any], T]

    def plain(self, value: T) -> Any:
        """In dicts, lists, strings, numbers and booleans only."""
        return msgspec.json.decode(encode_json(self.pack(value)))

    def encode(self, value: T) -> bytes:
        return encode_json({"v": VERSION, "is": self.pack(value)})

    def decode(self, data: bytes) -> T:
        held = decode_json(data)
        check_version(held)
        if set(held) != {"v", "is"}:
            raise RecordError(f"expected the keys v and is, found {', '.join(sorted(held))}")
        return self.unpack(held["is"])


def encode_json(value: object) -> bytes:
    """Canonical: no spaces, keys in the order given."""
    try:
        return msgspec.json.encode(value)
    except (UnicodeEncodeError, OverflowError) as error:
        raise RecordError(f"cannot be written as JSON: {error}") from error


def decode_json(data: bytes) -> dict[str, Any]:
    try:
        held = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RecordError(f"is not JSON: {error}") from error
    except RecursionError:
        raise RecordError("is nested too deeply") from None
    if not isinstance(held, dict):
        raise RecordError(f"expected an object, found {_what(held)}")
    return held


def check_version(held: Mapping[str, Any]) -> None:
    version = held.get("v")
    if version != VERSION:
        newer = isinstance(version, int) and version > VERSION
        raise RecordError(f"record version {version!r}: this program reads version {VERSION}" + ("; use a newer lanectl" if newer else ""))


def codec(kind: Any) -> Codec[Any]:
    """For a frozen struct or dataclass or a union of them, made of str, int, float, bool, enums, tuples, dicts and such again."""
    pack, unpack = _packer(kind), _unpacker(kind)
    return Codec(pack or _same, lambda held: unpack(held, ""))


def _same(value: Any) -> Any:
    return value


# ---------------------------------------------------------------- to JSON


@cache
def _packer(kind: Any) -> Pack | None:
    """None where msgspec writes the value as it has to be, as it does most: those are not called for."""
    if kind in (str, int, bool, NoneType) or (isinstance(kind, type) and issubclass(kind, Enum)):
        return None
    if kind is float:
        return _pack_float
    if _has_fields(kind):
        return None if _is_written_whole(kind) else _object_packer(kind)
    return _container_packer(kind, get_origin(kind), get_args(kind))


def _is_written_whole(kind: Any) -> bool:
    hints = get_type_hints(kind)
    return set(hints) == set(_held_fields(kind)) and all(_packer(hint) is None for hint in hints.values())


def _container_packer(kind: Any, origin: Any, args: tuple[Any, ...]) -> Pack | None:
    if origin is tuple:
        return _tuple_packer(args)
    if _is_mapping(origin) and args[0] is str:
        each = _packer(args[1])
        return None if each is None else lambda held: {key: each(value) for key, value in held.items()}
    if origin in (Union, UnionType):
        return _union_packer(args)
    raise TypeError(f"a record cannot hold {kind!r}")


def _pack_float(value: float) -> float | str:
    if math.isfinite(value):
        return float(value)
    if math.isnan(value):
        raise RecordError("NaN cannot be recorded: it would not equal itself when read back")
    return "inf" if value > 0 else "-inf"


def _object_packer(kind: Any) -> Callable[[Any], dict[str, Any]]:
    hints = get_type_hints(kind)
    if _is_struct(kind) and _is_written_whole(kind):
        return msgspec.structs.asdict
    parts = [(name, _packer(hints[name])) for name in _held_fields(kind)]
    if _is_struct(kind):
        return _struct_packer([(name, part) for name, part in parts if part is not None])

    def pack(value: Any) -> dict[str, Any]:
        return {name: getattr(value, name) if part is None else part(getattr(value, name)) for name, part in parts}

    return pack


def _struct_packer(parts: list[tuple[str, Pack]]) -> Callable[[Any], dict[str, Any]]:
    """`parts`: of the fields that msgspec does not write by itself."""

    def pack(value: Any) -> dict[str, Any]:
        held = msgspec.structs.asdict(value)
        for name, part in parts:
            held[name] = part(held[name])
        return held

    return pack


def _tuple_packer(args: tuple[Any, ...]) -> Pack | None:
    if len(args) == 2 and args[1] is Ellipsis:
        each = _packer(args[0])
        return None if each is None else lambda held: [each(value) for value in held]
    packers = [_packer(arg) for arg in args]
    if all(part is None for part in packers):
        return None
    parts = [part or _same for part in packers]
    return lambda held: [part(value) for part, value in zip(parts, held, strict=True)]


def _union_packer(args: tuple[Any, ...]) -> Pack | None:
    members = [arg for arg in args if arg is not NoneType]
    if len(members) == 1:
        only = _packer(members[0])
        return None if only is None else lambda value: None if value is None else only(value)
    packs = {member: _object_packer(member) for member in members}

    def pack(value: Any) -> dict[str, Any] | None:
        return None if value is None else {"type": type(value).__name__, **packs[type(value)](value)}

    return pack


# ---------------------------------------------------------------- and back


@cache
def _unpacker(kind: Any) -> Unpack:
    if kind is float:
        return _unpack_float
    if kind in (str, int, bool):
        return _plain_unpacker(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _enum_unpacker(kind)
    if _has_fields(kind):
        return _object_unpacker(kind, tagged=False)
    return _container_unpacker(kind, get_origin(kind), get_args(kind))


def _container_unpacker(kind: Any, origin: Any, args: tuple[Any, ...]) -> Unpack:
    if origin is tuple:
        return _tuple_unpacker(args)
    if _is_mapping(origin) and args[0] is str:
        return _dict_unpacker(args[1])
    if origin in (Union, UnionType):
        return _union_unpacker(args)
    raise TypeError(f"a record cannot hold {kind!r}")


def _unpack_float(held: Any, place: str) -> float:
    if isinstance(held, str) and held in _INFINITE:
        return _INFINITE[held]
    if isinstance(held, bool) or not isinstance(held, int | float):
        raise RecordError(f'{place}: expected a number, "inf" or "-inf", found {_what(held)}')
    return float(held)


def _plain_unpacker(kind: type) -> Unpack:
    def unpack(held: Any, place: str) -> Any:
        if type(held) is not kind:
            raise RecordError(f"{place}: expected {kind.__name__}, found {_what(held)}")
        return held

    return unpack


def _enum_unpacker(kind: type[Enum]) -> Unpack:
    members = {member.value: member for member in kind}

    def unpack(held: Any, place: str) -> Enum:
        if not isinstance(held, str | int) or held not in members:
            raise RecordError(f"{place}: {_what(held)} is no {kind.__name__} ({', '.join(str(value) for value in members)})")
        return members[held]

    return unpack


def _object_unpacker(kind: Any, *, tagged: bool) -> Unpack:
    hints = get_type_hints(kind)
    parts = [(name, _unpacker(hints[name])) for name in _held_fields(kind)]
    needed = {name for name, must in _held_fields(kind).items() if must}
    known = {name for name, _ in parts} | ({"type"} if tagged else set())
    assert not tagged or "type" not in {name for name, _ in parts}, f"{kind.__name__}: `type` is the tag"

    def unpack(held: Any, place: str) -> Any:
        where = f"{place}.{kind.__name__}" if place else kind.__name__
        if not isinstance(held, dict):
            raise RecordError(f"{where}: expected an object, found {_what(held)}")
        unknown, missing = held.keys() - known, needed - held.keys()
        if unknown or missing:
            raise RecordError(f"{where}: " + "; ".join(_misfits(unknown, missing)))
        values = {name: part(held[name], f"{where}.{name}") for name, part in parts if name in held}
        try:
            return kind(**values)
        except ValueError as error:
            raise RecordError(f"{where}: {error}") from error

    return unpack


def _misfits(unknown: set[str], missing: set[str]) -> list[str]:
    return [f"unknown field {name}" for name in sorted(unknown)] + [f"field {name} is missing" for name in sorted(missing)]


def _tuple_unpacker(args: tuple[Any, ...]) -> Unpack:
    parts = None if len(args) == 2 and args[1] is Ellipsis else [_unpacker(arg) for arg in args]
    each = _unpacker(args[0]) if parts is None else None

    def unpack(held: Any, place: str) -> tuple[Any, ...]:
        if not isinstance(held, list):
            raise RecordError(f"{place}: expected an array, found {_what(held)}")
        if parts is not None and len(held) != len(parts):
            raise RecordError(f"{place}: expected {len(parts)} values, found {len(held)}")
        if each is not None:
            return tuple(each(value, f"{place}[{n}]") for n, value in enumerate(held))
        return tuple(part(value, f"{place}[{n}]") for n, (part, value) in enumerate(zip(parts or (), held, strict=True)))

    return unpack


def _dict_unpacker(kind: Any) -> Unpack:
    each = _unpacker(kind)

    def unpack(held: Any, place: str) -> dict[str, Any]:
        if not isinstance(held, dict):
            raise RecordError(f"{place}: expected an object, found {_what(held)}")
        return {key: each(value, f"{place}.{key}") for key, value in held.items()}

    return unpack


def _union_unpacker(args: tuple[Any, ...]) -> Unpack:
    members = [arg for arg in args if arg is not NoneType]
    by_tag = {} if len(members) == 1 else {member.__name__: _object_unpacker(member, tagged=True) for member in members}
    only = _unpacker(members[0]) if len(members) == 1 else None

    def unpack(held: Any, place: str) -> Any:
        if held is None and NoneType in args:
            return None
        if only is not None:
            return only(held, place)
        tag = held.get("type") if isinstance(held, dict) else None
        if not isinstance(tag, str) or tag not in by_tag:
            raise RecordError(f"{place or 'record'}: {_what(tag)} is no known type ({', '.join(by_tag)})")
        return by_tag[tag](held, place)

    return unpack


def _has_fields(kind: Any) -> bool:
    return is_dataclass(kind) or _is_struct(kind)


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _held_fields(kind: Any) -> dict[str, bool]:
    """Each field's name, and whether it must be there. What a value derives from its other fields is derived again."""
    if _is_struct(kind):
        return {field.name: field.required for field in msgspec.structs.fields(kind)}
    return {field.name: field.default is MISSING and field.default_factory is MISSING for field in fields(kind) if field.init}


def _is_mapping(origin: Any) -> bool:
    return isinstance(origin, type) and issubclass(origin, Mapping)


def _what(held: Any) -> str:
    text = repr(held)
    return text if len(text) <= 60 else f"{text[:57]}..."


FLOAT: Codec[float] = codec(float)
REPORT: Codec[Report] = codec(Report)
COMMAND: Codec[Command] = codec(Command)
REFUSAL: Codec[Refusal] = codec(Refusal)
LANE: Codec[Lane] = codec(Lane)
