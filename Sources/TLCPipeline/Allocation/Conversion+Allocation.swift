import TLCCompress
import TLCCore
import TLCImport
import TLCModel
import TLCRuntime

extension Conversion {
  /// Chooses the steps that the recipe leaves open, and compresses all tensors with them.
  ///
  /// - Returns: `nil` where the recipe leaves none open.
  /// - Throws: ``ConversionError/goal(_:)`` where there is no graph to measure with, or the goal
  ///   cannot be met.
  func allocate(
    _ checkpoint: ImportedCheckpoint, _ model: ConvertedModel, _ calibration: Calibration?,
    _ progress: (WorkProgress) throws -> Void
  ) throws -> Allocated? {
    guard let goal = recipe.goal else { return nil }
    guard let probing = model.probing else {
      throw ConversionError.goal("there is no graph to measure the outputs with")
    }
    return try withoutActuallyEscaping(progress) { progress in
      let samples = try allocationSamples(probing, checkpoint)
      let weights = try probing.sourceTensors(of: checkpoint)
      let targets = probing.targets
      let outputs = try OutputDamage(
        probing.graph, samples: samples, parallelism: parallelism
      ) { name throws(GraphError) in
        guard let tensor = weights[targets[name] ?? name] else {
          throw .value(name, "the source has no such tensor")
        }
        return tensor
      }
      let allocator = Allocator(
        checkpoint: checkpoint, conversion: self, calibration: calibration, outputs: outputs,
        weights: weights, targets: targets, progress: progress)
      return try allocator.allocate(try allocator.groups(), for: goal)
    }
  }

  /// The samples of the calibration data, or drawn ones where there are none.
  private func allocationSamples(
    _ probing: ModelProbing, _ checkpoint: ImportedCheckpoint
  ) throws -> [[String: Tensor]] {
    guard let path = calibrationData else {
      return try probing.drawnSamples(seed: recipe.seed, checkpoint)
    }
    let assets = Dictionary(checkpoint.assets.map { ($0.name, $0.bytes) }) { first, _ in first }
    let samples = try CalibrationSamples(path, for: probing.graph.graph.inputs, assets: assets)
    return try CalibrationSplit(count: samples.count, isMeasured: true).measuring.map {
      try samples.sample($0)
    }
  }
}

extension ModelProbing {
  /// The source's tensors that the graph names; aliases by their target.
  func sourceTensors(of checkpoint: ImportedCheckpoint) throws -> [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    for initializer in graph.graph.initializers {
      let target = targets[initializer.tensor] ?? initializer.tensor
      if tensors[target] == nil {
        tensors[target] = try sourceTensor(named: target, of: checkpoint)
      }
    }
    return tensors
  }

  /// How many samples are drawn where none are given.
  private static let drawnSampleCount = 16

  /// Samples that are drawn, of the first lengths that the graph runs with.
  func drawnSamples(seed: Int, _ checkpoint: ImportedCheckpoint) throws -> [[String: Tensor]] {
    let session = try sourceSession(checkpoint)
    let inputs = ProbeInputs(graph)
    for place in inputs.candidates(seed: seed).indices {
      let samples = (0..<Self.drawnSampleCount).map {
        Self.tensors(of: inputs.candidates(seed: seed &+ $0)[place])
      }
      do throws(GraphError) {
        for sample in samples { _ = try session.run(sample) }
        return samples
      } catch { continue }
    }
    throw ConversionError.goal("no inputs were found that the graph runs with")
  }
}
