import TLCCore
import TLCTraining

extension TrainedModel {
  /// The names of a model and of its class, by its positions; transformers knows only the first.
  private static func names(_ positions: PositionKind) -> (type: String, className: String) {
    switch positions {
    case .learned: ("roberta-prelayernorm", "RobertaPreLayerNorm")
    case .alibi: ("roberta-prelayernorm-alibi", "RobertaPreLayerNormAlibi")
    }
  }
  private static let translatorType = "mbart"
  private static let translatorClass = "MBartForConditionalGeneration"

  /// The model's `config.json`, as transformers has it.
  var configuration: String {
    var members = commonMembers
    switch model.head {
    case .decoder(let depth): members += translatorMembers(decoderDepth: depth)
    case .maskedTokens: members += encoderMembers(ending: "ForMaskedLM")
    case .classes: members += encoderMembers(ending: "ForSequenceClassification")
    }
    let lines = members.sorted { $0.0 < $1.0 }.map { "  \"\($0)\": \($1)" }
    return "{\n" + lines.joined(separator: ",\n") + "\n}\n"
  }

  private var commonMembers: [(String, String)] {
    [
      ("bos_token_id", "\(special.start)"), ("eos_token_id", "\(special.end)"),
      ("layer_norm_eps", "\(model.shape.epsilon)"), ("mask_token_id", "\(special.mask)"),
      ("pad_token_id", "\(special.padding)"), ("tie_word_embeddings", "true"),
      ("vocab_size", "\(model.shape.vocabularyCount)"),
    ]
  }

  private func encoderMembers(ending: String) -> [(String, String)] {
    let shape = model.shape
    let (type, className) = Self.names(shape.positions)
    var members: [(String, String)] = [
      ("architectures", "[\(JSONText.quoted(className + ending))]"),
      ("attention_probs_dropout_prob", "0.1"), ("hidden_act", "\"gelu\""),
      ("hidden_dropout_prob", "0.1"), ("hidden_size", "\(shape.width)"),
      ("intermediate_size", "\(shape.innerWidth)"),
      ("max_position_embeddings", "\(shape.positionCount)"),
      ("model_type", JSONText.quoted(type)), ("num_attention_heads", "\(shape.headCount)"),
      ("num_hidden_layers", "\(shape.depth)"), ("type_vocab_size", "1"),
    ]
    guard !labels.isEmpty else { return members }
    let names = labels.enumerated()
    let byID = names.map { "\"\($0)\":\(JSONText.quoted($1))" }.joined(separator: ",")
    let byName = names.map { "\(JSONText.quoted($1)):\($0)" }.joined(separator: ",")
    members += [("id2label", "{\(byID)}"), ("label2id", "{\(byName)}")]
    return members
  }

  private func translatorMembers(decoderDepth: Int) -> [(String, String)] {
    let shape = model.shape
    let sides = [("encoder", shape.depth), ("decoder", decoderDepth)].flatMap { side, depth in
      [
        ("\(side)_attention_heads", "\(shape.headCount)"),
        ("\(side)_ffn_dim", "\(shape.innerWidth)"), ("\(side)_layers", "\(depth)"),
      ]
    }
    return sides + [
      ("activation_dropout", "0.0"), ("activation_function", "\"gelu\""),
      ("architectures", "[\(JSONText.quoted(Self.translatorClass))]"), ("attention_dropout", "0.1"),
      ("d_model", "\(shape.width)"), ("decoder_start_token_id", "\(special.start)"),
      ("dropout", "0.1"), ("forced_eos_token_id", "null"), ("is_encoder_decoder", "true"),
      ("max_position_embeddings", "\(shape.sequenceCount)"),
      ("model_type", JSONText.quoted(Self.translatorType)), ("scale_embedding", "false"),
    ]
  }

  /// Reads what ``configuration`` says.
  static func parse(
    _ bytes: [UInt8], path: String
  ) throws -> (EncoderModel, [String], SpecialTokens) {
    func error(_ what: String) -> TrainedModelError {
      TrainedModelError(path: path, "\"\(configurationAsset)\" \(what)")
    }
    let json = StrictJSON(bytes)
    let kind = json?["model_type"]?.text
    let positions = PositionKind.allCases.first { names($0).type == kind }
    guard let json, positions != nil || kind == translatorType else {
      let known = PositionKind.allCases.map { names($0).type }.joined(separator: ", ")
      throw error("is not that of a \(known) or \(translatorType), which are what is trained here")
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
    let special = SpecialTokens(
      start: try count("bos_token_id"), padding: padding, end: try count("eos_token_id"),
      mask: try count("mask_token_id"))
    let vocabularyCount = try count("vocab_size")
    for id in special.all where !(0..<vocabularyCount).contains(id) {
      throw error("has a special token \(id), not below the \(vocabularyCount) of \"vocab_size\"")
    }
    guard let positions else {
      for key in ["attention_heads", "ffn_dim"]
      where try count("encoder_\(key)") != count("decoder_\(key)") {
        throw error("has another \"encoder_\(key)\" than \"decoder_\(key)\"")
      }
      let shape = EncoderShape(
        vocabularyCount: vocabularyCount, width: try count("d_model"),
        depth: try count("encoder_layers"), headCount: try count("encoder_attention_heads"),
        innerWidth: try count("encoder_ffn_dim"),
        sequenceCount: try count("max_position_embeddings"), paddingID: padding, epsilon: epsilon)
      let head = TrainedHead.decoder(depth: try count("decoder_layers"))
      return (try EncoderModel(shape, head: head), [], special)
    }
    let shape = EncoderShape(
      vocabularyCount: vocabularyCount, width: try count("hidden_size"),
      depth: try count("num_hidden_layers"), headCount: try count("num_attention_heads"),
      innerWidth: try count("intermediate_size"),
      sequenceCount: try count("max_position_embeddings") - padding - 1, paddingID: padding,
      epsilon: epsilon, positions: positions)
    let members = json["id2label"]?.members ?? []
    let labels = try members.indices.map { place in
      guard let name = members.first(where: { $0.key == "\(place)" })?.value.text else {
        throw error("has no label \(place)")
      }
      return name
    }
    let classes =
      json["architectures"]?.elements?.first?.text == names(positions).className + "ForMaskedLM"
    let head: TrainedHead = classes ? .maskedTokens : .classes(labels.count)
    return (try EncoderModel(shape, head: head), labels, special)
  }
}
