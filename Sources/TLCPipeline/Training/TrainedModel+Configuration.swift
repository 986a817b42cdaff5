import TLCCore
import TLCTraining

extension TrainedModel {
  private static let type = "roberta-prelayernorm"
  private static let className = "RobertaPreLayerNorm"

  /// The model's `config.json`, as transformers has it.
  var configuration: String {
    let shape = model.shape
    var members: [(String, String)] = [
      ("attention_probs_dropout_prob", "0.1"), ("bos_token_id", "\(special.start)"),
      ("eos_token_id", "\(special.end)"), ("hidden_act", "\"gelu\""),
      ("hidden_dropout_prob", "0.1"), ("hidden_size", "\(shape.width)"),
      ("intermediate_size", "\(shape.innerWidth)"), ("layer_norm_eps", "\(shape.epsilon)"),
      ("mask_token_id", "\(special.mask)"), ("max_position_embeddings", "\(shape.positionCount)"),
      ("model_type", JSONText.quoted(Self.type)), ("num_attention_heads", "\(shape.headCount)"),
      ("num_hidden_layers", "\(shape.depth)"), ("pad_token_id", "\(special.padding)"),
      ("tie_word_embeddings", "true"), ("type_vocab_size", "1"),
      ("vocab_size", "\(shape.vocabularyCount)"),
    ]
    let ending = model.head == .maskedTokens ? "ForMaskedLM" : "ForSequenceClassification"
    members.append(("architectures", "[\(JSONText.quoted(Self.className + ending))]"))
    if !labels.isEmpty {
      let names = labels.enumerated()
      let byID = names.map { "\"\($0)\":\(JSONText.quoted($1))" }.joined(separator: ",")
      let byName = names.map { "\(JSONText.quoted($1)):\($0)" }.joined(separator: ",")
      members += [("id2label", "{\(byID)}"), ("label2id", "{\(byName)}")]
    }
    let lines = members.sorted { $0.0 < $1.0 }.map { "  \"\($0)\": \($1)" }
    return "{\n" + lines.joined(separator: ",\n") + "\n}\n"
  }

  /// Reads what ``configuration`` says.
  static func parse(
    _ bytes: [UInt8], path: String
  ) throws -> (EncoderModel, [String], SpecialTokens) {
    func error(_ what: String) -> TrainedModelError {
      TrainedModelError(path: path, "\"\(configurationAsset)\" \(what)")
    }
    guard let json = StrictJSON(bytes), json["model_type"]?.text == type else {
      throw error("is not that of a \(type), which is what is trained here")
    }
    func count(_ key: String) throws(TrainedModelError) -> Int {
      guard let count = json[key]?.count else { throw error("has no \"\(key)\"") }
      return count
    }
    var epsilon: Float = 1e-5
    if case .number(let digits) = json["layer_norm_eps"], let number = Float(digits) {
      epsilon = number
    }
    let padding = try count("pad_token_id")
    let shape = EncoderShape(
      vocabularyCount: try count("vocab_size"), width: try count("hidden_size"),
      depth: try count("num_hidden_layers"), headCount: try count("num_attention_heads"),
      innerWidth: try count("intermediate_size"),
      sequenceCount: try count("max_position_embeddings") - padding - 1, paddingID: padding,
      epsilon: epsilon)
    let special = SpecialTokens(
      start: try count("bos_token_id"), padding: padding, end: try count("eos_token_id"),
      mask: try count("mask_token_id"))
    let members = json["id2label"]?.members ?? []
    let labels = try members.indices.map { place in
      guard let name = members.first(where: { $0.key == "\(place)" })?.value.text else {
        throw error("has no label \(place)")
      }
      return name
    }
    let classes = json["architectures"]?.elements?.first?.text == className + "ForMaskedLM"
    let head: TrainedHead = classes ? .maskedTokens : .classes(labels.count)
    return (try EncoderModel(shape, head: head), labels, special)
  }
}
