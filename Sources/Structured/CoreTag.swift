/// The tags that name a type of JSON. Every other tag would construct something and is refused (D10).
enum CoreTag: String {
  case text = "tag:yaml.org,2002:str"
  case null = "tag:yaml.org,2002:null"
  case bool = "tag:yaml.org,2002:bool"
  case integer = "tag:yaml.org,2002:int"
  case float = "tag:yaml.org,2002:float"
  case timestamp = "tag:yaml.org,2002:timestamp"
  case list = "tag:yaml.org,2002:seq"
  case map = "tag:yaml.org,2002:map"

  /// Nil without a tag; `!` alone means text.
  init?(_ tag: String?, line: Int) throws(ParseError) {
    guard let tag else { return nil }
    if tag == "!" {
      self = .text
    } else if let known = CoreTag(rawValue: tag) {
      self = known
    } else {
      throw ParseError(reason: .shape("the tag \"\(tag)\" is not supported"), line: line)
    }
  }

  func fits(_ value: YAMLValue) -> Bool {
    switch (self, value) {
    case (.null, .null), (.bool, .bool), (.float, .number), (.timestamp, .string): true
    case (.integer, .number(let text)): Numeral.isInteger(text)
    default: false
    }
  }
}
