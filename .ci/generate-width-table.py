#!/usr/bin/env python3
"""Writes Sources/Cells/WidthTable.swift: one class (width and fate in the sanitiser) for each Unicode scalar.

    python3 .ci/generate-width-table.py > Sources/Cells/WidthTable.swift

The Unicode version is that of the `unicodedata2` package when it is installed, else of Python itself. The table is
committed, so that the program's widths never depend on the machine that builds it.
"""
import sys

try:
    import unicodedata2 as unicodedata
except ImportError:
    import unicodedata

# Keep in step with `ScalarClass` in TextWidth.swift.
NARROW, WIDE, MARK, VISIBLE, DROPPED, REPLACED, CONTROL = range(7)

DROP = [(0x200D, 0x200D), (0xFE00, 0xFE0F)]
# Invisible or format characters that are not of category Cf, Zl or Zp (requirement B2).
SHOW = [(0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200C), (0x2060, 0x206F),
        (0x3164, 0x3164), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF)]
# Hangul vowels and finals join the leading consonant's cells.
JOINING = [(0x1161, 0x11FF), (0xD7B0, 0xD7FF)]


def within(code, ranges):
    return any(first <= code <= last for first, last in ranges)


def scalar_class(code):
    category = unicodedata.category(chr(code))
    if category == "Cc":
        return CONTROL
    if within(code, DROP):
        return DROPPED
    if within(code, SHOW) or category in ("Cf", "Zl", "Zp"):
        return VISIBLE
    if category in ("Cn", "Co", "Cs"):
        return REPLACED
    if category in ("Mn", "Me") or within(code, JOINING):
        return MARK
    if unicodedata.east_asian_width(chr(code)) in ("W", "F"):
        return WIDE
    return NARROW


steps = []
last = None
for code in range(0x110000):
    current = scalar_class(code)
    if current != last:
        steps.append(code << 3 | current)
        last = current

out = sys.stdout
out.write("// swift-format-ignore-file\n")
out.write(f"// Made by .ci/generate-width-table.py from Unicode {unicodedata.unidata_version}; do not edit.\n\n")
out.write("enum WidthTable {\n")
out.write(f'  static let unicodeVersion = "{unicodedata.unidata_version}"\n\n')
out.write("  /// Where the class changes, ascending: the first scalar shifted left by 3, or'd with a `ScalarClass`.\n")
out.write("  static let steps: [UInt32] = [\n")
for start in range(0, len(steps), 12):
    out.write("    " + ", ".join(f"0x{step:x}" for step in steps[start:start + 12]) + ",\n")
out.write("  ]\n}\n")
