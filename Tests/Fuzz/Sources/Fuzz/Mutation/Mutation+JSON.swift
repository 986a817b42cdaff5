import TLC

extension Mutation {
  /// Changes a document's text, and mostly one of its values, so that it stays a document.
  mutating func json(_ bytes: [UInt8]) -> [UInt8] {
    guard choice(4) > 0, let document = StrictJSON(bytes) else { return self.bytes(bytes) }
    return Array(json(document).json.utf8)
  }

  /// Changes one value of a document.
  mutating func json(_ document: StrictJSON) -> StrictJSON {
    var all: [StrictJSON] = []
    document.visit { all.append($0) }
    var index = choice(all.count)
    return document.replacing(&index) { value in changed(value, all) }
  }

  private mutating func changed(_ value: StrictJSON, _ all: [StrictJSON]) -> StrictJSON {
    let numbers = [
      "0", "1", "2", "3", "7", "8", "-1", "31", "32", "63", "64", "127", "255", "256", "1023",
      "65535", "65536", "8388607", "2147483647", "2147483648", "4294967295", "9007199254740991",
      "-9007199254740991", "9223372036854775807", "-9223372036854775808", "18446744073709551615",
      "0.5", "1e400", "-0",
    ]
    switch (value, choice(4)) {
    case (_, 0): return element(of: all) ?? value
    case (.object(var members), _) where !members.isEmpty:
      let index = choice(members.count)
      switch choice(3) {
      case 0: members.remove(at: index)
      case 1: members[index].value = element(of: all) ?? value
      default: members[index].key = text(members[index].key)
      }
      return .object(members)
    case (.array(var elements), _) where !elements.isEmpty:
      let index = choice(elements.count)
      switch choice(4) {
      case 0: elements.remove(at: index)
      case 1: elements.insert(elements[index], at: choice(elements.count))
      case 2: elements.swapAt(index, choice(elements.count))
      default: elements[index] = element(of: all) ?? value
      }
      return .array(elements)
    case (.string(let text), _): return .string(self.text(text))
    case (.number(let digits), 1): return .number(Int(digits).map { "\($0 &+ 1)" } ?? digits)
    case (.number(let digits), 2): return .number(Int(digits).map { "\($0 &- 1)" } ?? digits)
    case (.boolean(let flag), _): return .boolean(!flag)
    default: return .number(element(of: numbers) ?? "0")
    }
  }

  private func text(_ text: String) -> String {
    String(decoding: bytes(Array(text.utf8)), as: UTF8.self)
  }
}

extension StrictJSON {
  /// Calls `body` with this value and all in it.
  fileprivate func visit(_ body: (StrictJSON) -> Void) {
    body(self)
    switch self {
    case .object(let members): for member in members { member.value.visit(body) }
    case .array(let elements): for element in elements { element.visit(body) }
    case .string, .number, .boolean, .null: break
    }
  }

  /// The value with that at `index`, in the order of ``visit(_:)``, replaced.
  fileprivate func replacing(_ index: inout Int, _ change: (StrictJSON) -> StrictJSON) -> StrictJSON
  {
    index -= 1
    if index == -1 { return change(self) }
    if index < 0 { return self }
    switch self {
    case .object(let members):
      return .object(members.map { ($0.key, $0.value.replacing(&index, change)) })
    case .array(let elements): return .array(elements.map { $0.replacing(&index, change) })
    case .string, .number, .boolean, .null: return self
    }
  }
}
