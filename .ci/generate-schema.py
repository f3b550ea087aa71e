#!/usr/bin/env python3
"""Derives Sources/Drift/BuiltinSchema+Table.swift: the fields of Kubernetes' and Flux's own kinds and their types.

Reads an OpenAPI v2 document of an API server (JSON, gzip or plain), its version, and CustomResourceDefinitions (YAML):
    .ci/generate-schema.py openapi-v2.json.gz 1.36 *.toolkit.fluxcd.io.yaml
Only facts are taken: kinds, field names, types, which fields are required, how lists are merged. Status is left out.
"""
import gzip
import json
import sys

path, version = sys.argv[1], sys.argv[2]
with (gzip.open if path.endswith(".gz") else open)(path, "rt") as source:
    definitions = json.load(source)["definitions"]

PREFIXES = ("io.k8s.api.", "io.k8s.apimachinery.", "io.k8s.apiextensions-apiserver.", "io.k8s.kube-aggregator.")
SCALARS = (
    (".api.resource.Quantity", "q"), (".util.intstr.IntOrString", "x"), (".meta.v1.Time", "t"),
    (".meta.v1.MicroTime", "t"), (".meta.v1.Duration", "d"),
)
numbers = {}
order = []


def number(name):
    if name not in numbers:
        numbers[name] = len(order)
        order.append(name)
    return numbers[name]


def written(schema):
    """The type of a field: a letter, `@n` a type, `[keys]T` a list (`[=]` a set, `[]` atomic), `{T` a map, `*` anything."""
    target = schema.get("$ref", "").rsplit("/", 1)[-1]
    if target:
        for suffix, letter in SCALARS:
            if target.endswith(suffix):
                return letter
        if "properties" not in definitions[target]:
            return written(definitions[target]) if definitions[target].get("type") != "object" else "*"
        mark = "-" if schema.get("x-kubernetes-map-type") == "granular" else ""
        return f"@{number(target)}{mark}"
    kind = schema.get("type")
    if kind == "array":
        keys = schema.get("x-kubernetes-list-map-keys") or []
        declared = schema.get("x-kubernetes-list-type")
        merges = "merge" in (schema.get("x-kubernetes-patch-strategy") or "")
        if not keys and (declared == "map" or declared is None and merges) and "x-kubernetes-patch-merge-key" in schema:
            keys = [schema["x-kubernetes-patch-merge-key"]]
        if declared == "atomic":
            keys, merges = [], False
        mark = ",".join(keys) if keys else "=" if declared == "set" or declared is None and merges else ""
        return f"[{mark}]{written(schema.get('items') or {})}"
    if kind == "object" or kind is None:
        extra = schema.get("additionalProperties")
        return "{" + written(extra) if isinstance(extra, dict) and extra else "*"
    if schema.get("format") == "int-or-string":
        return "x"
    if kind == "string":
        return {"byte": "y", "date-time": "t"}.get(schema.get("format"), "s")
    return {"integer": "i", "number": "n", "boolean": "b"}[kind]


def is_kind(name, schema):
    kinds = schema.get("x-kubernetes-group-version-kind") or []
    return len(kinds) == 1 and name.startswith(PREFIXES) and "metadata" in schema.get("properties", {}) \
        and not schema["properties"]["metadata"].get("$ref", "").endswith("ListMeta")


for name in sorted(definitions):
    if is_kind(name, definitions[name]):
        number(name)
lines = []
done = 0
while done < len(order):
    name = order[done]
    done += 1
    schema = definitions[name]
    kinds = schema.get("x-kubernetes-group-version-kind") or []
    head = ""
    if is_kind(name, schema):
        kind = kinds[0]
        head = f"{kind['group']}/{kind['version']}/{kind['kind']}"
    if schema.get("x-kubernetes-map-type") == "atomic":
        head += "~"
    required = set(schema.get("required") or [])
    fields = []
    for field, inner in sorted(schema["properties"].items()):
        if field == "status" and kinds:
            fields.append("status=*")
            continue
        fields.append(f"{field}{'!' if field in required else ''}={written(inner)}")
    lines.append(" ".join([head or "-"] + fields))

# Custom resources: types that are written in place, each once.
interned = {}


def custom(schema):
    if schema.get("x-kubernetes-int-or-string"):
        return "x"
    kind = schema.get("type")
    if kind == "array":
        keys = schema.get("x-kubernetes-list-map-keys") or []
        mark = ",".join(keys) if keys else "=" if schema.get("x-kubernetes-list-type") == "set" else ""
        return f"[{mark}]{custom(schema.get('items') or {})}"
    if kind == "object":
        if "properties" in schema:
            return f"@{place(schema)}"
        extra = schema.get("additionalProperties")
        return "{" + custom(extra) if isinstance(extra, dict) and extra else "*"
    return {"integer": "i", "number": "n", "boolean": "b", "string": "s"}.get(kind, "*")


def place(schema, head="-", skipped=()):
    required = set(schema.get("required") or [])
    fields = [
        f"{field}{'!' if field in required else ''}={'*' if field in skipped else custom(inner)}"
        for field, inner in sorted(schema["properties"].items())
    ]
    mark = "^" + ("~" if schema.get("x-kubernetes-map-type") == "atomic" else "")
    if schema.get("x-kubernetes-preserve-unknown-fields"):
        mark += "+"
    line = " ".join([head + mark] + fields)
    if line not in interned:
        interned[line] = len(lines)
        lines.append(line)
    return interned[line]


if sys.argv[3:]:
    import yaml
known = set()
# Of a version that several files define the first counts: current releases before older ones.
for file in sys.argv[3:]:
    with open(file) as source:
        for document in yaml.safe_load_all(source):
            if not document or document.get("kind") != "CustomResourceDefinition":
                continue
            spec = document["spec"]
            for served in spec["versions"]:
                schema = (served.get("schema") or {}).get("openAPIV3Schema")
                if schema and served.get("served", True):
                    head = f"{spec['group']}/{served['name']}/{spec['names']['kind']}"
                    if head not in known:
                        known.add(head)
                        place(schema, head, ("metadata", "status"))

with open("Sources/Drift/BuiltinSchema+Table.swift", "w") as out:
    out.write("// Made by .ci/generate-schema.py; do not edit.\n\n")
    out.write("extension BuiltinSchema {\n")
    out.write(f'  /// The Kubernetes release whose kinds these are.\n  static let release = "{version}"\n\n')
    out.write("  /// One type a line: its kind, then its fields with their types, as the generator's `written` says.\n")
    out.write('  static let table = """\n')
    for line in lines:
        out.write(f"    {line}\n")
    out.write('    """\n}\n')
print(len(lines), "types", sum(len(line) for line in lines), "bytes")
