# SPDX-License-Identifier: Apache-2.0
"""docs/api/openapi.yaml as tests use it: who may call what, and whether an answer is what it promises."""
import jsonschema
import yaml

from support.box import ROOT

DOCUMENT = yaml.safe_load((ROOT / "docs/api/openapi.yaml").read_text())
METHODS = ("get", "put", "post", "delete")


def resolve(node):
    """Without $ref, and with JSON Schema's way of saying nullable."""
    if isinstance(node, list):
        return [resolve(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        target = DOCUMENT
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        return resolve(target)
    made = {key: resolve(value) for key, value in node.items() if key != "nullable"}
    return {"anyOf": [made, {"type": "null"}]} if node.get("nullable") is True else made


def operations():
    """(method, path, operation) of the document."""
    return [(method.upper(), path, item[method]) for path, item in DOCUMENT["paths"].items() for method in METHODS if method in item]


def may(operation, role):
    """Whether the document lets a role (None: nobody logged in) do it."""
    return "anyone" in operation["x-roles"] or role in operation["x-roles"]


def content_of(operation, status):
    """What the answer with this status may be, by media type."""
    responses = operation["responses"]
    answer = responses.get(str(status), responses.get("default"))
    assert answer, f"status {status} is not in the document"
    return resolve(answer).get("content", {})


def schema_of(operation, status):
    """Of the answer with this status; None: it has no JSON body."""
    return content_of(operation, status).get("application/json", {}).get("schema")


def known_fields(schema):
    """Names of an object's documented fields; None: any are allowed."""
    if schema.get("additionalProperties") or (schema.get("type") == "object" and not schema.get("properties")):
        return None
    names = set(schema.get("properties", {}))
    for part in schema.get("allOf", []) + schema.get("anyOf", []):
        if part.get("type") == "null":
            continue
        more = known_fields(part)
        if more is None:
            return None
        names |= more
    return names


def members(schema, name):
    """The schemas of a documented field, from all parts of its object."""
    found = [schema["properties"][name]] if name in schema.get("properties", {}) else []
    for part in schema.get("allOf", []) + schema.get("anyOf", []):
        found += members(part, name)
    return found


def undocumented(schema, value, place="$"):
    """Places of fields that the document does not name."""
    found = []
    if isinstance(value, dict):
        known = known_fields(schema)
        if known is not None:
            found += [f"{place}.{name}" for name in value if name not in known]
        for name, member in value.items():
            for part in members(schema, name)[-1:]:
                found += undocumented(part, member, f"{place}.{name}")
    if isinstance(value, list) and value:
        items = [part["items"] for part in [schema, *schema.get("anyOf", []), *schema.get("allOf", [])] if "items" in part]
        for i, item in enumerate(value if items else []):
            found += undocumented(items[0], item, f"{place}[{i}]")
    return found


def check_answer(operation, answer):
    """Fails unless status, type and body are what the document promises."""
    schema = schema_of(operation, answer.status_code)
    if schema is None:
        types = content_of(operation, answer.status_code)
        assert answer.headers["Content-Type"] in types if types else not answer.content, answer.headers
        return None
    assert answer.headers["Content-Type"].startswith("application/json"), answer.headers
    body = answer.json()
    jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker()).validate(body)
    more = undocumented(schema, body)
    assert not more, f"not in docs/api/openapi.yaml: {more}"
    return body
