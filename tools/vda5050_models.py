"""Writes drivers/wire/vda5050/generated/v*.py: strict msgspec models of every VDA 5050 message, from the official schemas.

    python tools/vda5050_models.py            # writes them
    python tools/vda5050_models.py --check    # exits with 1 where what lies there is not what would be written

The document wins over its schema: `CORRECTED` holds each place where the two differ, with the reason. The schemas themselves stay as
they are. An optional field may be left out, but not be null: that is what UNSET says.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "drivers" / "wire" / "vda5050"
TOPICS = ("connection", "factsheet", "instantActions", "order", "state", "visualization")
VERSIONS = ("2.0.0", "2.1.0", "3.0.0")
TIMESTAMP = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$"  # ISO 8601 in UTC, as the text asks; `format` alone allows any zone
PLAIN = {"string": "str", "number": "float", "integer": "int", "boolean": "bool", "object": "dict[str, object]", "array": "list[object]"}
KEYWORDS = {"set", "type", "format", "range"}  # names that a field must not take from the language

Schema = dict[str, object]


def at(schema: Schema, path: str) -> Schema:
    """The part of a schema at a path like `actions/[]/actionType`."""
    found = schema
    for step in path.split("/"):
        held = found["items"] if step == "[]" else _dict(found["properties"])[step]
        found = _dict(held)
    return found


def _dict(held: object) -> Schema:
    assert isinstance(held, dict), held
    return held


def _paused(schema: Schema) -> None:
    enum = at(schema, "actionStates/[]/actionStatus")["enum"]
    assert isinstance(enum, list)
    enum.insert(enum.index("RUNNING") + 1, "PAUSED")


def _action_type(schema: Schema) -> None:
    action = at(schema, "actions/[]")
    properties = _dict(action["properties"])
    properties["actionType"] = properties.pop("actionName")
    action["required"] = ["actionId", "actionType", "blockingType"]
    schema["required"] = ["headerId", "timestamp", "version", "manufacturer", "serialNumber", "actions"]


def _optional(path: str, *names: str) -> Callable[[Schema], None]:
    def correct(schema: Schema) -> None:
        part = at(schema, path)
        required = part["required"]
        assert isinstance(required, list)
        part["required"] = [name for name in required if name not in names]

    return correct


def _of_type(path: str, type_: str) -> Callable[[Schema], None]:
    def correct(schema: Schema) -> None:
        at(schema, path)["type"] = type_

    return correct


def _nested_properties(schema: Schema) -> None:
    """Properties that stand beside `properties`, where no validator sees them."""
    known = {"$schema", "$id", "title", "description", "required", "subtopic", "type", "properties"}
    schema["properties"] = {name: schema.pop(name) for name in list(schema) if name not in known}
    limits = at(schema, "protocolLimits/maxArrayLens")
    limits["type"] = "object"
    limits["properties"] = {name: limits.pop(name) for name in list(limits) if isinstance(limits[name], dict) and name != "properties"}
    navigation = _dict(at(schema, "typeSpecification/navigationTypes")["items"])
    navigation["enum"] = ["PHYSICAL_LINE_GUIDED", "VIRTUAL_LINE_GUIDED", "AUTONOMOUS"]


# version, topic, why the document wins, what is done
CORRECTED: tuple[tuple[str, str, str, Callable[[Schema], None]], ...] = (
    ("2.0.0", "state", "the text allows PAUSED", _paused),
    ("2.1.0", "state", "the text allows PAUSED", _paused),
    ("2.0.0", "state", "theta of a node's position is optional in the text", _optional("nodeStates/[]/nodePosition", "theta")),
    ("2.0.0", "instantActions", "the text says actionType; every message has a header", _action_type),
    ("2.0.0", "factsheet", "its properties stand where no validator looks; LINE is written LINDE", _nested_properties),
    ("2.0.0", "factsheet", "descriptions are texts", _of_type("loadSpecification/loadSets/[]/description", "string")),
    ("2.1.0", "factsheet", "descriptions are texts", _of_type("loadSpecification/loadSets/[]/description", "string")),
    ("2.0.0", "factsheet", "descriptions are texts", _of_type("agvGeometry/envelopes3d/[]/description", "string")),
    ("2.1.0", "factsheet", "descriptions are texts", _of_type("agvGeometry/envelopes3d/[]/description", "string")),
)


def written(version: str) -> str:
    """The module of one version."""
    classes: list[str] = []
    for topic in TOPICS:
        schema = _dict(json.loads((FOLDER / "schemas" / version / f"{topic}.schema.json").read_text(encoding="utf-8")))
        for of_version, of_topic, _, correct in CORRECTED:
            if (of_version, of_topic) == (version, topic):
                correct(schema)
        _Writer(schema, classes).struct(_capital(topic), schema)
    return "\n\n\n".join([_head(version), *classes]) + "\n"


def _head(version: str) -> str:
    reasons = [f"{topic}: {why}." for of_version, topic, why, _ in CORRECTED if of_version == version]
    corrected = "\n".join(["Corrected against the schemas:", *reasons]) if reasons else "The schemas are taken as they are."
    return (
        f'"""VDA 5050 {version}, every field of every message. Written by tools/vda5050_models.py: change that, not this.'
        f'\n\n{corrected}\n"""\n\n'
        "from typing import Annotated, Literal\n\nfrom msgspec import UNSET, Meta, Struct, UnsetType, field\n\n"
        f'Timestamp = Annotated[str, Meta(pattern=r"{TIMESTAMP}")]'
    )


class _Writer:
    def __init__(self, schema: Schema, classes: list[str]) -> None:
        self._schema = schema
        self._classes = classes
        self._done: dict[str, str] = {}

    def struct(self, name: str, schema: Schema) -> None:
        properties, required = _dict(schema["properties"]), schema.get("required", [])
        assert isinstance(required, list)
        fields = [self._field(name, key, _dict(held), needed=key in required) for key, held in properties.items()]
        body = "\n".join(f"    {line}" for line in fields)
        self._classes.append(f"class {name}(Struct, frozen=True, kw_only=True, omit_defaults=True):\n{body}")

    def _field(self, owner: str, key: str, schema: Schema, *, needed: bool) -> str:
        snake = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", key.replace(".", "_")).lower()
        snake = f"{snake}_" if snake in KEYWORDS else snake
        type_ = self._type(owner + _capital(key), schema)
        parts = [] if needed else ["default=UNSET"]
        parts += [] if snake == key else [f'name="{key}"']
        optional = type_ if needed else f"{type_} | UnsetType"
        value = f" = field({', '.join(parts)})" if parts and parts != ["default=UNSET"] else "" if needed else " = UNSET"
        return f"{snake}: {optional}{value}"

    def _type(self, name: str, schema: Schema) -> str:
        reference = schema.get("$ref")
        if isinstance(reference, str):
            return self._referred(reference)
        kind = schema.get("type")
        if isinstance(kind, list):
            return " | ".join(PLAIN[one] for one in kind)
        if kind == "array":
            items = _dict(schema.get("items", {}))
            return f"tuple[{self._type(_singular(name), items) if items else 'object'}, ...]"
        if kind == "object" and "properties" in schema:
            self.struct(name, schema)
            return name
        return _simple(str(kind), schema)

    def _referred(self, reference: str) -> str:
        name = reference.rsplit("/", 1)[-1]
        if name not in self._done:
            held = _dict(_dict(self._schema[reference.split("/")[1]])[name])
            self._done[name] = self._type(_capital(str(self._schema["title"]).split()[-1]) + _capital(name), held)
        return self._done[name]


def _simple(kind: str, schema: Schema) -> str:
    if "enum" in schema:
        enum = schema["enum"]
        assert isinstance(enum, list)
        return f"Literal[{', '.join(json.dumps(one) for one in enum)}]"
    return "Timestamp" if schema.get("format") == "date-time" else _bounded(PLAIN[kind], schema)


def _bounded(type_: str, schema: Schema) -> str:
    bounds = [f"{word}={schema[key]}" for key, word in (("minimum", "ge"), ("maximum", "le")) if key in schema]
    return f"Annotated[{type_}, Meta({', '.join(bounds)})]" if bounds else type_


def _capital(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[. ]", name))


def _singular(name: str) -> str:
    return name.removesuffix("s") if name.endswith("s") else f"{name}Item"


def modules() -> Iterator[tuple[Path, str]]:
    for version in VERSIONS:
        yield FOLDER / "generated" / f"v{version.replace('.', '_')}.py", written(version)


def main() -> int:
    stale = [path for path, text in modules() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv:
        for path in stale:
            print(f"{path} is not what tools/vda5050_models.py writes: run it", file=sys.stderr)
        return 1 if stale else 0
    for path, text in modules():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
