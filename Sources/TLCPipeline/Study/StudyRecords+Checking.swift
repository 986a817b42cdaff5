internal import TLCCore

/// What the lines of results must be for anything to be read off them: `formats/study.md`.
extension StudyRecords {
  /// A rule of a member's value.
  private enum Rule {
    /// An integer from 1, or from 0.
    case count, countOrNone
    /// A number above 0: seconds, tokens, operations.
    case amount
    /// A number from 0 to 1.
    case share
    case text
    /// A number; `null` where it is infinite or none.
    case number
    /// Of each block of texts, the loss, and the labels that are right and in all.
    case blocks
    /// An object, or a list of such.
    case object([String: Rule])
    case list([String: Rule])
  }

  private static let score = Rule.object(["loss": .number, "accuracy": .number])
  private static let point: [String: Rule] = [
    "step": .count, "seconds": .amount, "flops": .amount, "validation": score,
  ]

  /// What lines of a kind say nothing without; what else is missing is taken as not measured.
  private static let needed: [String: Set<String>] = [
    "benchmark": ["median_seconds"], "train": ["points"], "finetune": ["task"],
    "cooldown": ["budget", "parameters"], "recover": ["task", "levels"],
    "compress": ["budget", "way", "bytes"],
  ]

  /// What members of a kind's lines are.
  private static let rules: [String: [String: Rule]] = [
    "benchmark": [
      "parameters": .count, "layer_parameters": .count, "median_seconds": .amount,
      "step_tokens": .amount,
    ],
    "rate-check": [
      "seed": .countOrNone, "rate": .amount, "peak": .amount, "seconds": .amount,
      "validation": score,
    ],
    "batch-check": [
      "seed": .countOrNone, "batch": .count, "rate": .amount, "seconds": .amount,
      "points": .list(point),
    ],
    "train": ["seed": .countOrNone, "points": .list(point)],
    "cooldown": [
      "seed": .countOrNone, "budget": .amount, "parameters": .count, "layer_parameters": .count,
      "tokens": .amount, "seconds": .amount, "flops": .amount, "bytes": .count,
      "tensor_bytes": .countOrNone, "nonzero": .countOrNone, "validation": score, "test": score,
      "blocks": .blocks,
    ],
    "finetune": ["seed": .countOrNone, "task": .text, "validation": score],
    "recover": [
      "seed": .countOrNone, "task": .text,
      "levels": .list([
        "sparsity": .share, "before": .number, "after": .number, "epochs": .number,
      ]),
    ],
    "compress": [
      "seed": .countOrNone, "budget": .amount, "way": .text, "sparsity": .share, "bytes": .count,
      "tensor_bytes": .countOrNone, "nonzero": .countOrNone, "validation": score, "test": score,
      "blocks": .blocks,
    ],
  ]

  /// What is wrong with a line behind the heading; `nil` where nothing is.
  static func complaint(_ record: StrictJSON) -> String? {
    if record["job"] == nil, let dropped = record["dropped"]?.elements {
      return dropped.allSatisfy { $0.text != nil }
        ? nil : "\"dropped\" has an element that is no text"
    }
    if let complaint = complaint(
      record, ["job": .text, "kind": .text, "depth": .count, "width": .count], ["job", "kind"])
    {
      return complaint
    }
    guard let kind = record["kind"]?.text, let rules = rules[kind] else {
      let known = Self.rules.keys.sorted().joined(separator: ", ")
      return "\"kind\" is none of \(known)"
    }
    return record["failed"]?.text == nil ? complaint(record, rules, needed[kind] ?? []) : nil
  }

  private static func complaint(
    _ record: StrictJSON, _ rules: [String: Rule], _ needed: Set<String>
  ) -> String? {
    for (key, rule) in rules.sorted(by: { $0.key < $1.key }) {
      guard let value = record[key] else {
        guard needed.contains(key) else { continue }
        return "\"\(key)\" is missing"
      }
      if let complaint = complaint(value, rule) { return "\"\(key)\" \(complaint)" }
    }
    return nil
  }

  private static func complaint(_ value: StrictJSON, _ rule: Rule) -> String? {
    switch rule {
    case .count, .countOrNone:
      let least = if case .count = rule { 1.0 } else { 0.0 }
      let number = value.double ?? -1
      return (least...0x1p53).contains(number) && number == number.rounded()
        ? nil : "is no integer from \(Int(least)) to 2^53"
    case .amount:
      return (1e-12...1e30).contains(value.double ?? 0) ? nil : "is no number from 1e-12 to 1e30"
    case .share: return (0...1).contains(value.double ?? -1) ? nil : "is no number from 0 to 1"
    case .text: return value.text == nil ? "is no text" : nil
    case .number:
      if case .null = value { return nil }
      return value.double?.isFinite ?? false ? nil : "is no finite number, and not null"
    case .blocks:
      let areBlocks = value.elements?.allSatisfy { block in
        guard let parts = block.elements, parts.count == 3 else { return false }
        return complaint(parts[0], .number) == nil
          && parts[1...].allSatisfy { complaint($0, .countOrNone) == nil }
      }
      return areBlocks ?? false ? nil : "is no list of a loss and two integers for each block"
    case .object(let rules):
      guard value.members != nil else { return "is no object" }
      return complaint(value, rules, ["loss"]).map { "has a member that is wrong: \($0)" }
    case .list(let rules):
      guard let elements = value.elements else { return "is no list" }
      for element in elements {
        if let complaint = complaint(element, .object(rules)) {
          return "has an element that \(complaint)"
        }
      }
      return nil
    }
  }
}
