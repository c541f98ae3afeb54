# SPDX-License-Identifier: MIT
"""api/openapi.yaml as something to hold a server to. Stricter than a JSON Schema is read elsewhere: what an object has
must be described, too."""

import decimal
import json
import os
import re

import yaml

from .stage import REPOSITORY

METHODS = ("get", "post")
JSON, FORM, MULTIPART = "application/json", "application/x-www-form-urlencoded", "multipart/form-data"
ROUTE = re.compile(r'\{HTTP_(\w+), "([^"]+)", (CALLER_\w+), \w+\}')
_TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
    "integer": int,
    "number": (int, decimal.Decimal),
}


class Operation:
    def __init__(self, contract, method, path, described):
        self.method = method.upper()
        self.path = path
        self.name = described["operationId"]
        self.needs_key = described.get("security", contract.document["security"]) != []
        self.statuses = {int(status): contract.deref(reply) for status, reply in described["responses"].items()}
        self.parameters = [contract.deref(one) for one in described.get("parameters", [])]
        body = described.get("requestBody", {}).get("content", {})
        self.body_types = list(body)
        self.body = contract.deref(body[JSON]["schema"]) if body else {}

    def __repr__(self):
        return f"{self.method} {self.path}"


class Contract:
    def __init__(self):
        with open(os.path.join(REPOSITORY, "api", "openapi.yaml"), encoding="utf-8") as file:
            self.document = yaml.safe_load(file)
        self.operations = [
            Operation(self, method, path, described)
            for path, item in self.document["paths"].items()
            for method, described in item.items()
            if method in METHODS
        ]

    def calls(self):
        """What a merchant calls, with a key."""
        return [operation for operation in self.operations if operation.needs_key]

    def deref(self, node):
        """A reference may have words of its own beside it."""
        while "$ref" in node:
            found = self.document
            for name in node["$ref"].removeprefix("#/").split("/"):
                found = found[name]
            node = {**found, **{key: value for key, value in node.items() if key != "$ref"}}
        return node

    def schema(self, name):
        return self.document["components"]["schemas"][name]

    # ---- replies

    def check_reply(self, operation, reply):
        """Fails unless the operation's description has this reply."""
        described = operation.statuses.get(reply.status)
        assert described, f"{operation} answers {reply.status}, which is not documented: {reply.text[:300]}"
        content = described.get("content", {})
        kind = reply.headers.get("Content-Type", "").split(";")[0]
        assert kind in content, f"{operation}: {reply.status} is {kind!r}, not of {list(content)}"
        for name in described.get("headers", {}):
            if name != "Retry-After":  # not every 503 knows when
                assert name in reply.headers, f"{operation}: {reply.status} lacks {name}"
        if kind == JSON:
            self.check(content[kind]["schema"], reply.json(), f"{operation} {reply.status}")

    def check(self, schema, value, where):
        problem = self.problem(schema, value)
        assert problem is None, f"{where}: {problem}\n{json.dumps(value, default=str)[:1500]}"

    # ---- schemas

    def properties(self, schema):
        """Those of an object, wherever its parts describe them."""
        schema = self.deref(schema)
        found = dict(schema.get("properties", {}))
        for part in schema.get("allOf", []) + schema.get("anyOf", []):
            for name, inner in self.properties(part).items():
                found.setdefault(name, inner)
        return found

    def problem(self, schema, value, at="$", closed=True):
        """What is wrong about the value, or None."""
        schema = self.deref(schema)
        found = self._wrong_value(schema, value, at) or self._wrong_parts(schema, value, at, closed)
        if not found and isinstance(value, dict):
            found = self._wrong_object(schema, value, at, closed)
        if not found and isinstance(value, list):
            found = self._wrong_array(schema, value, at)
        return found

    def _wrong_value(self, schema, value, at):
        types = schema.get("type", [])
        types = [types] if isinstance(types, str) else types
        if types and not any(_is_of(value, name) for name in types):
            return f"{at} is {value!r}, not {types}"
        if "const" in schema and (value != schema["const"] or isinstance(value, bool) != isinstance(schema["const"], bool)):
            return f"{at} is {value!r}, not {schema['const']!r}"
        if "enum" in schema and value not in schema["enum"]:
            return f"{at} is {value!r}, not one of {schema['enum']}"
        if "pattern" in schema and isinstance(value, str) and not re.search(schema["pattern"], value):
            return f"{at} is {value!r}, not like {schema['pattern']}"
        return None

    def _wrong_parts(self, schema, value, at, closed):
        for part in schema.get("allOf", []):
            found = self.problem(part, value, at, closed=False)
            if found:
                return found
        problems = [self.problem(part, value, at, closed) for part in schema.get("anyOf", [])]
        return "; or ".join(problems) if problems and all(problems) else None

    def _wrong_object(self, schema, value, at, closed):
        missing = [name for name in schema.get("required", []) if name not in value]
        if missing:
            return f"{at} lacks {missing}"
        described = self.properties(schema)
        others = schema.get("additionalProperties")
        if closed and others is None and (described or "properties" in schema):
            unknown = set(value) - set(described)
            if unknown:
                return f"{at} has {sorted(unknown)}, which is not documented"
        for name, inner in value.items():
            known = schema.get("properties", {}).get(name, others)
            found = self.problem(known, inner, f"{at}.{name}") if known else None
            if found:
                return found
        return None

    def _wrong_array(self, schema, value, at):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            return f"{at} has {len(value)} items"
        for i, item in enumerate(value):
            found = self.problem(schema["items"], item, f"{at}[{i}]") if "items" in schema else None
            if found:
                return found
        return None


def _is_of(value, name):
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, _TYPES[name])


def routes_in_source():
    """The rows of the public table: [(method, path, caller), ...]."""
    with open(os.path.join(REPOSITORY, "src", "http", "routes.c"), encoding="utf-8") as file:
        text = file.read()
    table = text[text.index("public_routes[]") : text.index("metrics_routes[]")]
    rows = ROUTE.findall(table)
    assert len(rows) == table.count("{HTTP_"), "a row of src/http/routes.c does not look like the others"
    return rows
