import TLCCompress
import TLCCore

extension Recipe {
  /// The recipe as YAML, the same text for equal recipes: what goes into a file's provenance.
  public var text: String {
    var lines = ["tlc-recipe: 1", "seed: \(seed)"]
    if let goal { lines.append("allocate: {\(goal.members)}") }
    if !substitutions.isEmpty { lines.append("map:") }
    for name in substitutions.keys.sorted(by: { $0.precedesInUTF8($1) }) {
      lines.append("  \(quoted(name)): \(quoted(substitutions[name] ?? ""))")
    }
    lines.append(rules.isEmpty ? "rules: []" : "rules:")
    for rule in rules {
      lines.append("  - match: {\(rule.match.members.joined(separator: ", "))}")
      if rule.prune == nil && rule.quantize == nil { lines.append("    keep: true") }
      if let prune = rule.prune { lines.append("    prune: {\(prune.members)}") }
      if let quantize = rule.quantize { lines.append("    quantize: {\(quantize.members)}") }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension AllocationGoal {
  fileprivate var members: String {
    switch self {
    case .quality(let quality, let metric): "quality: \(quality), metric: \(metric.rawValue)"
    case .size(let byteCount): "size: \(byteCount)"
    }
  }
}

extension RecipeMatch {
  fileprivate var members: [String] {
    var members: [String] = []
    if let name { members.append("name: \(quoted(name))") }
    if let isFloatingPoint { members.append("floating: \(isFloatingPoint)") }
    if let rank { members.append("rank: [\(rank.lowerBound), \(rank.upperBound)]") }
    if let minimumElementCount { members.append("minimum-elements: \(minimumElementCount)") }
    return members
  }
}

extension RecipeStep {
  fileprivate var members: String {
    var members = ["method: \(quoted(method))"]
    for key in parameters.keys.sorted(by: { $0.precedesInUTF8($1) }) {
      guard let value = parameters[key] else { continue }
      members.append("\(quoted(key)): \(value.text)")
    }
    return members.joined(separator: ", ")
  }
}

extension ParameterValue {
  fileprivate var text: String {
    switch self {
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .flag(let value): "\(value)"
    case .text(let value): quoted(value)
    case .integers(let values): "[" + values.map { "\($0)" }.joined(separator: ", ") + "]"
    }
  }
}

/// A YAML string in double quotes, where a plain one could be read as something else.
private func quoted(_ text: String) -> String {
  let isPlain =
    !text.isEmpty
    && text.utf8.allSatisfy {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "-")
    } && !["true", "false", "yes", "no", "on", "off", "null", "y", "n"].contains(text)
    && text.first != "-"
  if isPlain { return text }
  var quoted = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"", "\\": quoted += "\\\(scalar)"
    case "\n": quoted += "\\n"
    case "\t": quoted += "\\t"
    case "\u{0}"..<" ", "\u{7F}"..<"\u{A0}", "\u{2028}", "\u{2029}", "\u{FEFF}", "\u{FFFE}",
      "\u{FFFF}":
      let digits = String(scalar.value, radix: 16)
      quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: quoted.unicodeScalars.append(scalar)
    }
  }
  return quoted + "\""
}
