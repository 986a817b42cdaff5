internal import TLCCore
internal import TLCModel

/// What sentence-transformers does with the states of tokens: `modules.json`.
struct SentenceModules {
  private static let list = "sentence-transformers/modules.json"

  private var poolings: [SentencePooling] = []
  private var normalizes = false
  /// The configuration of the pooling, and the width that it expects of states.
  private var configuration: ConfigurationFields?
  private var width = 0

  /// - Returns: `nil` where the checkpoint has no such file.
  /// - Throws: ``LoweringError`` where it asks for what has no definition here.
  init?(_ checkpoint: ImportedCheckpoint) throws(LoweringError) {
    guard let asset = checkpoint.assets.first(where: { $0.name == Self.list }) else { return nil }
    guard let modules = StrictJSON(asset.bytes)?.elements, !modules.isEmpty else {
      throw .malformed(place: Self.list, "it is not a list of modules")
    }
    for (place, module) in modules.enumerated() {
      let fields = ConfigurationFields(module, place: "\(Self.list): module \(place)")
      guard let type = try fields.text("type") else { throw fields.malformed("it has no \"type\"") }
      let kind = type.split(separator: ".").last ?? ""
      switch (kind, place, poolings.isEmpty) {
      case ("Transformer", 0, _): break
      case ("Pooling", 1, _):
        let path = try fields.text("path") ?? ""
        let name = "sentence-transformers/\(path)/config.json"
        guard let own = try ConfigurationFields(asset: name, of: checkpoint) else {
          throw fields.malformed("the checkpoint comes without its configuration, \"\(name)\"")
        }
        poolings = try SentencePooling.all(own)
        width = try own.size("word_embedding_dimension")
        configuration = own
      case ("Normalize", 2, false): normalizes = true
      case ("Dropout", 2..., false): break
      default:
        throw fields.malformed(
          "a \"\(type)\" has no definition here, or not at this place; a Transformer, Pooling and"
            + " Normalize follow one another")
      }
    }
    guard !poolings.isEmpty else {
      throw .malformed(place: Self.list, "it has no Pooling, and so no embedding of a text")
    }
  }

  /// Makes an output of what the modules give: `sentence_embedding`, [batch, width].
  func add(
    to graph: inout EncoderGraph, _ tokens: EncodedTokens
  ) throws(LoweringError) {
    if let configuration, width != tokens.width {
      throw configuration.malformed(
        "\"word_embedding_dimension\" is \(width), and the states of tokens are \(tokens.width)"
          + " wide")
    }
    let output = "sentence_embedding"
    var pooled: [GraphBuilder.Value] = []
    for pooling in poolings { pooled.append(try pooling.add(to: &graph, tokens)) }
    let isLast = !normalizes
    var embedding = pooled[0]
    if pooled.count > 1 {
      embedding = try graph.add(
        "Concat", pooled, ["axis": .int(-1)], name: isLast ? output : "pooling")
    }
    if normalizes {
      let norm = try graph.add(
        "ReduceL2", [embedding, try graph.integers([-1])], name: "normalize.norm")
      let bounded = try graph.add(
        "Max", [norm, try graph.number(1e-12)], name: "normalize.bounded")
      embedding = try graph.add("Div", [embedding, bounded], name: output)
    }
    try graph.output(embedding, name: output)
  }
}
