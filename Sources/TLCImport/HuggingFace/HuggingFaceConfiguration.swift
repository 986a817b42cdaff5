internal import TLCCore

/// `config.json` of a Hugging Face checkpoint, and the other files beside it that belong to the model.
enum HuggingFaceConfiguration {
  private static let greatestByteCount = 1 << 20
  /// Vocabularies are larger than configurations.
  private static let greatestTokenizerByteCount = 1 << 26

  /// Files that say how text becomes tokens, and tokens text.
  private static let tokenizerFiles = [
    "added_tokens.json", "merges.txt", "special_tokens_map.json", "tokenizer.json",
    "tokenizer_config.json", "vocab.json", "vocab.txt",
  ]
  /// Those of them that are configurations, and may have paths of the machine they were written on.
  private static let tokenizerConfigurations: Set = [
    "special_tokens_map.json", "tokenizer_config.json",
  ]

  /// The files beside a checkpoint as assets, those that are there: `huggingface/config.json` and
  /// those of the tokenizer, and what sentence-transformers says; without paths of the machine that
  /// they were written on.
  ///
  /// - Throws: ``ImportError`` where one is there, and is not a JSON object or too long.
  static func assets(beside input: ImportInput) throws(ImportError) -> [ImportedAsset] {
    var assets: [ImportedAsset] = []
    if let found = file("config.json", beside: input) {
      assets.append(try configuration(found, name: "huggingface/config.json"))
    }
    for name in tokenizerFiles {
      guard let found = file(name, beside: input) else { continue }
      let asset = "huggingface/\(name)"
      if tokenizerConfigurations.contains(name) {
        assets.append(try configuration(found, name: asset))
      } else {
        assets.append(
          ImportedAsset(
            name: asset, mediaType: name.hasSuffix(".txt") ? "text/plain" : "application/json",
            bytes: try found.contents(upTo: greatestTokenizerByteCount)))
      }
    }
    return assets + (try SentenceFolder.assets(beside: input))
  }

  /// A file in the folder of another, if it is there.
  static func file(_ name: String, beside input: ImportInput) -> ImportInput? {
    try? ImportInput(path: input.sibling(name))
  }

  /// A file of JSON as an asset, without paths of the machine that it was written on.
  ///
  /// - Throws: ``ImportError`` where it is too long, or not an object, or not an array where that is
  ///   asked for.
  static func configuration(
    _ file: ImportInput, name: String, isArray: Bool = false
  ) throws(ImportError) -> ImportedAsset {
    let bytes = try file.contents(upTo: greatestByteCount)
    guard let json = StrictJSON(bytes), isArray ? json.elements != nil : json.members != nil else {
      throw .malformed(
        path: file.path, dataset: nil,
        "it is not a JSON \(isArray ? "array of objects" : "object") with unique keys")
    }
    var hasPaths = false
    let cleaned = json.mapTexts { key, text in
      guard isLocalPath(text, key: key) else { return text }
      hasPaths = true
      return ""
    }
    return ImportedAsset(
      name: name, mediaType: "application/json", bytes: hasPaths ? Array(cleaned.json.utf8) : bytes)
  }

  /// Whether a text is a path on a machine: `/home/x/model`, `../model`, `C:\model`.
  ///
  /// A model's own name may have one `/`, between an organisation and a model.
  private static func isLocalPath(_ text: String, key: String?) -> Bool {
    let utf8 = Array(text.utf8)
    let slashes = utf8.count { $0 == UInt8(ascii: "/") }
    if key == "_name_or_path" || key == "name_or_path" {
      let isNamed = !text.hasPrefix("/") && !text.hasPrefix(".") && !text.hasPrefix("~")
      return !isNamed || slashes > 1 || utf8.contains(UInt8(ascii: "\\"))
    }
    let isDrive =
      utf8.count > 3 && utf8[1] == UInt8(ascii: ":")
      && (utf8[2] == UInt8(ascii: "\\") || utf8[2] == UInt8(ascii: "/"))
    return isDrive || text.hasPrefix("~/") || text.hasPrefix("./") || text.hasPrefix("../")
      || (text.hasPrefix("/") && slashes > 1)
  }
}
