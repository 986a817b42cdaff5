internal import TLCCore
public import TLCModel

/// Lowers encoders of Hugging Face's transformers: `config.json`, and for folders of
/// sentence-transformers `modules.json`.
///
/// Inputs are `input_ids`, `attention_mask` and, where the model has several types,
/// `token_type_ids`, `i64` [batch, sequence]. Outputs have transformers' names; those of
/// sentence-transformers are `sentence_embedding` alone. What `architectures` says is on the encoder
/// is what the graph computes.
public enum HuggingFaceLowering: GraphLowering {
  public static let name = "huggingface"

  public static func recognizes(_ checkpoint: ImportedCheckpoint) -> Bool {
    do throws(LoweringError) {
      return try EncoderConfiguration(checkpoint)?.isKnown ?? hasEncoder(checkpoint)
    } catch {
      return hasEncoder(checkpoint)
    }
  }

  /// Whether tensors are named as those of an encoder of transformers are.
  private static func hasEncoder(_ checkpoint: ImportedCheckpoint) -> Bool {
    func has(_ ending: String) -> Bool {
      checkpoint.tensors.contains { $0.name.hasSuffix(ending) }
    }
    return has("embeddings.word_embeddings.weight")
      && (has(".0.attention.self.query.weight") || has(".0.attention.q_lin.weight")
        || has("albert_layers.0.attention.query.weight"))
  }

  public static func graph(
    of checkpoint: ImportedCheckpoint, _ options: LoweringOptions
  ) throws(LoweringError) -> Graph {
    guard let configuration = try EncoderConfiguration(checkpoint) else {
      throw .malformed(
        place: EncoderConfiguration.asset,
        "the checkpoint comes without it, and tensors do not tell the family, the number of heads"
          + " and the functions between layers: put the model's config.json beside it")
    }
    let sentences = try SentenceModules(checkpoint)
    let architecture = try configuration.architecture()
    let tensors = CheckpointTensors(checkpoint)
    let head = sentences == nil ? try configuration.head(of: architecture, tensors) : nil
    var graph = try EncoderGraph(
      configuration.fields, tensors, prefix: try prefix(architecture.base, tensors))
    let encoded = try architecture.addEncoder(to: &graph)
    let tokens = EncodedTokens(
      states: encoded.states, width: encoded.width,
      pooler: architecture.pooler.map { "\(graph.prefix)\($0)" })
    if let sentences {
      try sentences.add(to: &graph, tokens)
    } else if let head {
      try head.add(&graph, tokens)
    } else {
      try graph.output(tokens.states, name: "last_hidden_state")
      if hasPooler(tokens, tensors) {
        try graph.output(try graph.poolerOutput(tokens), name: "pooler_output")
      }
    }
    for name in options.additionalOutputs where !graph.graph.outputs.contains(name) {
      try addOutput(name, tokens, &graph)
    }
    return graph.graph
  }

  /// What stands before the names of the encoder's tensors: heads put the base's name there.
  private static func prefix(
    _ base: String, _ tensors: CheckpointTensors
  ) throws(LoweringError) -> String {
    let embedding = "embeddings.word_embeddings.weight"
    guard tensors["\(base).\(embedding)"] != nil else { return "" }
    guard tensors[embedding] == nil else {
      throw .malformed(
        place: "tensor \"\(embedding)\"",
        "the checkpoint also has \"\(base).\(embedding)\", and a model has one of them")
    }
    return "\(base)."
  }

  /// Whether there is a pooler; one that is there in part is looked for, and its rest is missing.
  private static func hasPooler(_ tokens: EncodedTokens, _ tensors: CheckpointTensors) -> Bool {
    guard let layer = tokens.pooler else { return false }
    return tensors["\(layer).weight"] != nil || tensors["\(layer).bias"] != nil
  }

  private static func addOutput(
    _ name: String, _ tokens: EncodedTokens, _ graph: inout EncoderGraph
  ) throws(LoweringError) {
    switch name {
    case "last_hidden_state": try graph.output(tokens.states, name: name)
    case "pooler_output": try graph.output(try graph.poolerOutput(tokens), name: name)
    default:
      throw .malformed(
        place: "output \"\(name)\"",
        "there is none of the name; to be asked for are last_hidden_state and pooler_output")
    }
  }
}
