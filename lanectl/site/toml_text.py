"""A tree of values as TOML text that `tomllib` reads back to the same tree: the standard library reads TOML but does not write it."""

import json
import re
from collections.abc import Mapping, Sequence

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def toml_text(tree: Mapping[str, object]) -> str:
    """Plain values first, then one [table] or [[table]] after another; what lies deeper is written inline."""
    lines = [f"{_key(name)} = {_inline(value)}" for name, value in tree.items() if not _is_section(value)]
    for name, value in tree.items():
        if isinstance(value, Mapping):
            lines += [f"\n[{_key(name)}]", *_pairs(value)]
        elif _is_section(value) and isinstance(value, Sequence):
            for table in value:
                lines += [f"\n[[{_key(name)}]]", *_pairs(table)]
    return "\n".join(lines).lstrip("\n") + "\n"


def _is_section(value: object) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, list | tuple) and len(value) > 0 and all(isinstance(v, Mapping) for v in value))


def _pairs(table: Mapping[str, object]) -> list[str]:
    return [f"{_key(name)} = {_inline(value)}" for name, value in table.items()]


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _quoted(name)


def _inline(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return repr(value)
        case str():
            return _quoted(value)
        case Mapping():
            return "{ " + ", ".join(_pairs(value)) + " }" if value else "{}"
        case Sequence():
            return "[" + ", ".join(_inline(v) for v in value) + "]"
        case _:
            raise TypeError(f"{type(value).__name__} has no place in a site's files")


def _quoted(text: str) -> str:
    """JSON's escapes are all TOML's too, only DEL needs one more."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
