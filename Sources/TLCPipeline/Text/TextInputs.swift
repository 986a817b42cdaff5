internal import TLCCore
internal import TLCModel
internal import TLCText

/// Makes inputs of a graph of texts: the tokenizer of a checkpoint's assets, cutting and filling as
/// they say.
struct TextInputs: Sendable {
  let tokenizer: Tokenizer
  let settings: TextModelSettings

  /// - Throws: `TextError` where there is no tokenizer among the assets, or it is wrong;
  ///   ``TextModelError`` where `huggingface/config.json` is.
  init(assets: [String: [UInt8]]) throws {
    settings = try TextModelSettings(assets: assets)
    var tokenizer = try Tokenizer(parsing: assets)
    tokenizer.truncation = Truncation(greatestCount: settings.greatestTokenCount)
    tokenizer.padding = Padding(
      id: tokenizer.padding?.id ?? settings.paddingID, typeID: tokenizer.padding?.typeID ?? 0)
    self.tokenizer = tokenizer
  }

  /// The inputs of encodings of one length.
  ///
  /// - Throws: ``TextModelError`` where the graph has another input than tokens.
  func tensors(
    _ encodings: [TokenEncoding], for inputs: [Graph.Input]
  ) throws(TextModelError) -> [String: Tensor] {
    let length = encodings.first?.ids.count ?? 0
    guard let shape = Shape([encodings.count, length]) else {
      throw .input("texts", "they have too many tokens")
    }
    var values: [String: Tensor] = [:]
    for input in inputs {
      let rows: [[Int32]]
      switch input.name {
      case "input_ids": rows = encodings.map(\.ids)
      case "attention_mask": rows = encodings.map(\.attentionMask)
      case "token_type_ids": rows = encodings.map(\.typeIDs)
      default: throw .input(input.name, "it is no input that text gives")
      }
      values[input.name] = Tensor(rows.joined().map { Int64($0) }, shape: shape)
    }
    return values
  }
}
