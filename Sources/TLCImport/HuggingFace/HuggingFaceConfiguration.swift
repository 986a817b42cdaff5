internal import TLCCore

/// `config.json` of a Hugging Face checkpoint.
enum HuggingFaceConfiguration {
  private static let greatestByteCount = 1 << 20

  /// The file beside a checkpoint as an asset, if it is there; without paths of the machine that it
  /// was written on.
  ///
  /// - Throws: ``ImportError`` where it is there, and is not a JSON object.
  static func assets(beside input: ImportInput) throws(ImportError) -> [ImportedAsset] {
    guard let found = try? ImportInput(path: input.sibling("config.json")) else { return [] }
    let bytes = try found.contents(upTo: greatestByteCount)
    guard let json = StrictJSON(bytes), json.members != nil else {
      throw .malformed(path: found.path, dataset: nil, "it is not a JSON object with unique keys")
    }
    var hasPaths = false
    let cleaned = json.mapTexts { key, text in
      guard isLocalPath(text, key: key) else { return text }
      hasPaths = true
      return ""
    }
    return [
      ImportedAsset(
        name: "huggingface/config.json", mediaType: "application/json",
        bytes: hasPaths ? Array(cleaned.json.utf8) : bytes)
    ]
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
