#!/usr/bin/env python3
"""Derives Sources/Rendering/Patches/MergeSchema+Table.swift: which lists of which kinds kustomize merges, and by which keys.

Reads the Kubernetes 1.21.2 OpenAPI document that kustomize carries (JSON, gzip or plain):
    .ci/generate-merge-schema.py kubernetes-openapi.json.gz
Only facts are taken: for each type the fields that lead to a list with a patch strategy, the strategy and its keys.
"""
import gzip
import json
import sys

path = sys.argv[1]
with (gzip.open if path.endswith(".gz") else open)(path, "rt") as source:
    definitions = json.load(source)["definitions"]


def reference(schema):
    target = schema.get("$ref", "")
    return target.rsplit("/", 1)[-1] if target else None


def fields(name):
    """field -> (is a list, keys or None, referenced definition or None)"""
    result = {}
    for field, schema in (definitions[name].get("properties") or {}).items():
        strategy = schema.get("x-kubernetes-patch-strategy")
        keys = None
        if strategy in ("merge", "merge,retainKeys") and schema.get("type") == "array":
            keys = schema.get("x-kubernetes-list-map-keys")
            if keys is None:
                key = schema.get("x-kubernetes-patch-merge-key")
                keys = [key] if key else []
        items = schema.get("items") or {}
        additional = schema.get("additionalProperties")
        target = reference(schema) or reference(items)
        if isinstance(additional, dict) and reference(additional):
            continue
        result[field] = (schema.get("type") == "array", keys, target)
    return result


table = {name: fields(name) for name in definitions}
useful = {name for name, entries in table.items() if any(keys is not None for _, keys, _ in entries.values())}
while True:
    more = {
        name for name, entries in table.items()
        if name not in useful and any(target in useful for _, _, target in entries.values())
    }
    if not more:
        break
    useful |= more

# Only what a kind of the API reaches.
kinds = {}
for name in sorted(useful):
    for gvk in definitions[name].get("x-kubernetes-group-version-kind") or []:
        kinds[(gvk["group"], gvk["version"], gvk["kind"])] = name
reached = set()
pending = list(kinds.values())
while pending:
    name = pending.pop()
    if name in reached:
        continue
    reached.add(name)
    pending += [target for _, _, target in table[name].values() if target in useful]
numbers = {name: number for number, name in enumerate(sorted(reached))}

lines = []
for name in sorted(reached):
    parts = []
    for field, (is_list, keys, target) in sorted(table[name].items()):
        if keys is None and target not in useful:
            continue
        part = field
        if keys is not None:
            part += "*" + ",".join(keys)
        elif is_list:
            part += "*-"
        if target in useful:
            part += ">" + str(numbers[target])
        parts.append(part)
    lines.append(" ".join(parts))
gvks = []
for (group, version, kind), name in sorted(kinds.items()):
    gvks.append(f"{group}/{version}/{kind}>{numbers[name]}")

print("""extension MergeSchema {
  /// Derived by `.ci/generate-merge-schema.py` from the Kubernetes 1.21.2 document that kustomize carries. One line a type:
  /// its fields, `*` and the merge keys of a list that is merged (none: a set; `-`: a list that is replaced), `>` and the
  /// number of the type inside.
  static let typeTable = \"\"\"""")
for line in lines:
    # A backslash at the end continues a line of a Swift literal.
    while len(line) > 110:
        cut = line.rindex(" ", 0, 110) + 1
        print("    " + line[:cut] + "\\")
        line = line[cut:]
    print("    " + line)
print('    """')
print("""
  /// `group/version/kind>type`.
  static let kindTable = \"\"\"""")
for gvk in gvks:
    print("    " + gvk)
print('    """')
print("}")
