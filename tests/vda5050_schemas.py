"""The official schemas, as the judges of every message that either side sends."""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import jsonschema

import drivers.wire.vda5050
from drivers.wire.vda5050.topics import Publish, parse

FOLDER = Path(drivers.wire.vda5050.__file__).parent / "schemas"


@cache
def judge(topic: str, version: str = "2.1.0") -> jsonschema.Draft202012Validator:
    schema = json.loads((FOLDER / version / f"{topic}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


def faults_of(publishes: Iterable[Publish]) -> list[str]:
    """What the official schemas find wrong with these messages, each with its topic."""
    return [
        f"{publish.topic}: {fault.json_path} {fault.message}"
        for publish in publishes
        for fault in judge(parse(publish.topic)[4].value).iter_errors(json.loads(publish.payload))
    ]
