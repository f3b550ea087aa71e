/// How non-ASCII text is shown where the locale is not UTF-8 (requirement B17).
enum ASCIIForms {
  /// One-column forms of the program's own signs.
  private static let signs: [Unicode.Scalar: String] = [
    "…": "~", "·": ".", "└": "`", "›": ">", "‹": "<", "▸": ">", "▾": "v", "→": ">", "←": "<", "↑": "^", "↓": "v",
    "✕": "x",
    "✓": "+", "▲": "^", "▼": "v", "●": "*", "○": "o", "◐": "o", "◌": ".", "⇄": "%", "‖": "=", "≤": "<", "≥": ">",
    "−": "-", "–": "-", "—": "-", "×": "x", "±": "+", "█": "#", "░": ".", "▒": ":", "▓": "#", "\u{FFFD}": "?",
    "■": "#", "□": "o", "◆": "*", "◇": "o", "⟳": "@", "↻": "@", "⏸": "=", "⚠": "!", "△": "^", "▽": "v", "•": "*",
  ]

  static func form(of scalar: Unicode.Scalar) -> String {
    if let sign = signs[scalar] { return sign }
    if let line = Line(scalar) { return line.ascii }
    return "\\u{\(String(scalar.value, radix: 16))}"
  }
}
