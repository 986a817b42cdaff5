internal import TLCCore

/// The special tokens of a tokenizer that has no `tokenizer.json`.
struct SpecialNames {
  let unknown: String
  let separator: String
  let padding: String
  let start: String
  let mask: String

  /// The tokens that a `tokenizer_config.json` names, and for the others the given ones.
  init(
    _ configuration: JSONFields?, unknown: String, separator: String, padding: String,
    start: String, mask: String
  ) throws(TextError) {
    self.unknown = try Self.name("unk_token", configuration) ?? unknown
    self.separator = try Self.name("sep_token", configuration) ?? separator
    self.padding = try Self.name("pad_token", configuration) ?? padding
    self.start = try Self.name("cls_token", configuration) ?? start
    self.mask = try Self.name("mask_token", configuration) ?? mask
  }

  private static func name(
    _ key: String, _ configuration: JSONFields?
  ) throws(TextError) -> String? {
    guard let configuration, let value = configuration.optional(key) else { return nil }
    if value.members != nil { return try configuration.object(key).string("content") }
    return try configuration.string(key)
  }

  /// The special tokens that a vocabulary has.
  func tokens(_ vocabulary: Vocabulary) -> [AddedToken] {
    var tokens: [AddedToken] = []
    for name in [padding, unknown, start, separator, mask] {
      let content = Array(name.utf8)
      if let id = vocabulary.id(of: content), !tokens.contains(where: { $0.id == id }) {
        tokens.append(AddedToken(content: content, id: id))
      }
    }
    return tokens
  }
}
