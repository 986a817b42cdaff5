import TLCCore
import TLCFormat
import TLCImport
import TLCModel
import TLCRuntime
import TLCSystem

extension Checkpoint {
  /// What each tensor that is not exact does to the outputs of the runs that are recorded in `f32`,
  /// with all other tensors as the source has them; `nil` where the source gives another graph, or
  /// there is no such run.
  func damages(
    with source: ImportedCheckpoint, parallelism: Parallelism,
    _ progress: (WorkProgress) throws -> Void
  ) throws -> [CheckpointReport.Damage]? {
    let probes = main.probes.filter { $0.compute == Compute.f32.rawValue }
    guard let typed = try graph(), !probes.isEmpty else { return nil }
    guard let graph = try loweredGraph(of: source, .standard), graph == typed.graph else {
      return nil
    }
    let samples = try probes.map { probe in
      try Dictionary(
        uniqueKeysWithValues: probe.inputs.map { ($0.value.name, try main.tensor($0)) })
    }
    let model = try ModelProbing(graph, of: source, parallelism: parallelism)
    let weights = try model.sourceTensors(of: source)
    @Sendable func weight(_ name: String) throws(GraphError) -> Tensor {
      guard let tensor = weights[model.target(of: name)] else {
        throw .value(name, "the source has no such tensor")
      }
      return tensor
    }
    let outputs = try OutputDamage(
      model.graph, samples: samples, parallelism: parallelism, weight: weight)
    let changed = tensors.filter { record in
      guard case .stored(let stored) = record.content else { return false }
      return stored.certificate.relativeRMSError > 0 && weights[record.name] != nil
    }
    var damages: [CheckpointReport.Damage] = []
    for record in changed {
      guard let decoded = try tensor(named: record.name, parallelism: parallelism) else { continue }
      let fidelity = try outputs.measure { name in
        model.target(of: name).equalsInUTF8(record.name) ? decoded : try weight(name)
      }
      damages.append(.init(tensor: record.name, damage: fidelity.damage))
      try progress(
        WorkProgress(
          activity: "measuring each tensor alone", doneByteCount: damages.count,
          totalByteCount: changed.count))
    }
    return damages
  }

  /// The graph that a source gives, with what the recipe of this file put in place of layers.
  func loweredGraph(
    of source: ImportedCheckpoint, _ lowerings: LoweringRegistry
  ) throws -> Graph? {
    var options = LoweringOptions()
    options.substitutions =
      (try? Recipe(parsing: main.provenance.recipe))?.substitutions ?? [:]
    return try source.graph ?? lowerings.graph(of: source, options)
  }
}
