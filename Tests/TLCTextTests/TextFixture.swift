import TLCCore
import TLCTestSupport
import TLCText
import Testing

/// A folder of `fixtures/text/`: a tokenizer's files, and what the `tokenizers` library makes of
/// texts with them.
struct TextFixture {
  let tokenizer: Tokenizer
  private let expected: StrictJSON

  static let names = ["wordpiece-uncased", "wordpiece-cased", "bytes-prefix", "bytes-plain"]

  init(_ name: String) throws {
    tokenizer = try Tokenizer(parsing: try Self.files(name))
    expected = try Self.json("\(name)/expected.json")
  }

  /// The files of a tokenizer, as assets have them.
  static func files(_ name: String) throws -> [String: [UInt8]] {
    let known = [
      "tokenizer.json", "vocab.txt", "vocab.json", "merges.txt", "tokenizer_config.json",
    ]
    var files: [String: [UInt8]] = [:]
    for file in known {
      files["text/\(file)"] = try? Fixtures.bytes("text/\(name)/\(file)")
    }
    return files
  }

  static func json(_ path: String) throws -> StrictJSON {
    try #require(StrictJSON(try Fixtures.bytes("text/\(path)")))
  }

  /// The elements of a list of `expected.json`.
  func expected(_ key: String) throws -> [StrictJSON] { try #require(expected[key]?.elements) }

  /// An encoding as it is written: ids, and digits of types, attention and what is special.
  static func encoding(_ json: StrictJSON) throws -> TokenEncoding {
    let parts = try #require(json.elements)
    var encoding = TokenEncoding()
    encoding.ids = try #require(parts[0].integers)
    let digits = parts.dropFirst().map { ($0.text ?? "").utf8.map { Int32($0) - 48 } }
    (encoding.typeIDs, encoding.attentionMask, encoding.specialTokensMask) =
      (digits[0], digits[1], digits[2])
    return encoding
  }
}

extension StrictJSON {
  /// A list of integers.
  var integers: [Int32]? { elements?.compactMap { $0.count.map { Int32($0) } } }
}
