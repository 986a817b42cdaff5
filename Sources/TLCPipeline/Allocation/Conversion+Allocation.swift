import TLCCompress
import TLCCore
import TLCImport
import TLCModel
import TLCRuntime

extension Conversion {
  /// Allocates steps, if the recipe leaves some; where that cannot be, falls back if it is to.
  mutating func allocate(
    _ checkpoint: ImportedCheckpoint, _ model: inout ConvertedModel, _ calibration: Calibration?,
    _ progress: (WorkProgress) throws -> Void
  ) throws -> (AllocationSearch?, Allocated?) {
    do {
      var search = try AllocationSearch(self, checkpoint, model, calibration, progress)
      let allocated = try search?.next(after: nil, progress)
      return (search, allocated)
    } catch ConversionError.goal(let why) where fallsBackToEightBits {
      recipe = recipe.inEightBits
      model.notes.append("matrices are stored in 8 bits: \(why)")
      return (nil, nil)
    }
  }

  /// The samples of the calibration data, or drawn ones where there are none.
  func allocationSamples(
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
        let tensor = try sourceTensor(named: target, of: checkpoint)
        if let index = tensor.firstNonFiniteIndex {
          throw ConversionError.goal(
            "tensor \"\(target)\" has an element that is NaN or infinite, at index \(index)")
        }
        tensors[target] = tensor
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
