internal import TLCCore
internal import TLCSystem

/// Reads safetensors: a length, a JSON header, and the tensors' bytes.
///
/// `config.json` and the files of a tokenizer that stand beside it become assets.
public enum SafetensorsImporter: CheckpointImporter {
  public static let name = "safetensors"
  static let rules = 1

  public static func recognizes(_ input: ImportInput) -> Bool {
    // A damaged file is known by its ending, so that it is refused as what it is.
    if input.path.hasSuffix(".safetensors") { return true }
    guard input.prefix.count > 8, input.prefix[8] == UInt8(ascii: "{") else { return false }
    let length = input.prefix.number(at: 0, byteCount: 8)
    return (2...SafetensorsHeader.greatestByteCount).contains(length)
      && length <= input.byteCount - 8
  }

  public static func open(_ input: ImportInput) throws(ImportError) -> ImportedCheckpoint {
    let header = try SafetensorsHeader(input, file: 0)
    return try ImportedCheckpoint(
      importer: name, rules: rules, sources: [input.path], tensors: header.tensors,
      assets: (header.metadata.map { [$0] } ?? [])
        + (try HuggingFaceConfiguration.assets(beside: input)))
  }
}
