import TLCCompress
import TLCCore
import TLCFormat
import TLCImport
import TLCModel
public import TLCSystem
internal import TLCTraining

extension TrainedModel {
  /// A recipe that stores every tensor as it is.
  public static let exactly = Recipe(rules: [])

  /// Writes the model: weights, graph, tokenizer, configuration, and a run that is recorded.
  ///
  /// - Parameters:
  ///   - path: of the `.tlcq` file.
  ///   - recipe: how tensors are compressed.
  ///   - overwriting: whether a file there may be replaced.
  ///   - seed: that it was trained with.
  ///   - parallelism: how many threads to use; the bytes do not depend on it.
  /// - Returns: the root digest.
  @discardableResult public func write(
    to path: String, recipe: Recipe = exactly, overwriting: Bool, seed: UInt64,
    parallelism: Parallelism = .automatic
  ) throws -> Digest {
    let checkpoint = try imported()
    let graph = try model.graph(for: .use)
    var probing = try ModelProbing(graph, of: checkpoint, parallelism: parallelism)
    guard try probing.runSource(checkpoint, seed: 0) else {
      throw TrainedModelError(path: path, "no inputs were found that the model runs with")
    }
    let writer = try CheckpointWriter(
      path: path, overwriting: overwriting,
      provenance: Self.provenance(seed: seed, recipe: recipe.text))
    var plan = try CompressionPlan(
      checkpoint, recipe: recipe, quantizers: .standard, pruners: .standard)
    try plan.findGlobalThresholds(checkpoint, parallelism: parallelism) { _ in }
    for batch in plan.batches(of: checkpoint) {
      let outcomes = try plan.encode(
        batch, of: checkpoint, keepingDecoded: { _ in true }, parallelism)
      for (tensor, outcome) in zip(checkpoint.tensors[batch], outcomes) {
        try writer.append(outcome.tensor)
        if let decoded = outcome.decoded {
          probing.take(decoded, outcome.tensor.uniformValues, named: tensor.name)
        }
      }
    }
    for asset in checkpoint.assets {
      try writer.appendAsset(name: asset.name, mediaType: asset.mediaType, bytes: asset.bytes)
    }
    writer.setGraph(Array(graph.json.json.utf8))
    for probe in try probing.probes() { try writer.append(probe) }
    return try writer.finish()
  }

  static func provenance(seed: UInt64, recipe: String = "") -> Provenance {
    Provenance(
      importer: "trained", importerRules: 1, recipe: recipe, seed: Int(seed & (1 << 53 - 1)),
      sources: [], tool: Tool.name, toolVersion: Tool.version)
  }

  /// The model as an importer would find it, to be compressed as any other.
  func imported() throws(ImportError) -> ImportedCheckpoint {
    let tensors = weights.map { name, tensor in
      ImportedTensor(
        name: name, dtype: tensor.dtype, sourceShape: tensor.shape, source: name,
        outputAxis: tensor.shape.rank == 2 ? 0 : nil
      ) { _ in tensor }
    }
    return try ImportedCheckpoint(
      importer: "trained", rules: 1, sources: [], tensors: tensors,
      assets: [
        ImportedAsset(
          name: Self.configurationAsset, mediaType: "application/json",
          bytes: Array(configuration.utf8)),
        ImportedAsset(
          name: Self.tokenizerAsset, mediaType: "application/json", bytes: tokenizerFile),
      ])
  }
}
