import TLCCompress
import TLCCore
import TLCFormat
import TLCImport
import TLCModel
import TLCSystem

extension Conversion {
  /// Runs the source's graph on the calibration data, if there are any.
  ///
  /// - Returns: what was found, and what the file says of the data.
  /// - Throws: ``CalibrationError``, and what reading and running throw.
  func calibrate(
    _ model: ConvertedModel, _ checkpoint: ImportedCheckpoint,
    _ progress: (WorkProgress) throws -> Void
  ) throws -> (found: Calibration, record: Provenance.Calibration)? {
    guard let path = calibrationData else { return nil }
    guard let probing = model.probing else { throw CalibrationError.noGraph }
    let file = try InputFile(path: path)
    guard file.byteCount > 0 else { throw CalibrationError.empty(path: path) }
    let digest = try file.digest()
    let assets = Dictionary(checkpoint.assets.map { ($0.name, $0.bytes) }) { first, _ in first }
    let samples = try CalibrationSamples(path, for: probing.graph.graph.inputs, assets: assets)
    let wanted = Set(
      checkpoint.tensors.filter { tensor in
        tensor.dtype.isFloatingPoint
          && recipe.rule(forTensorNamed: tensor.name, dtype: tensor.dtype, shape: tensor.shape)
            .map { recipe.rules[$0].prune != nil || recipe.rules[$0].quantize != nil } ?? false
      }.map { $0.name })
    var run = try CalibrationRun(
      probing.graph, threadCount: parallelism.threads,
      target: { probing.target(of: $0) }, wanted: { wanted.contains($0) }
    ) { name in
      let tensor = try probing.sourceTensor(named: name, of: checkpoint)
      if let index = tensor.firstNonFiniteIndex {
        throw CalibrationError.weight(tensor: name, index: index)
      }
      return tensor
    }
    let split = CalibrationSplit(count: samples.count, isMeasured: recipe.goal != nil)
    for place in split.calibrating {
      try run.add(try samples.sample(place))
      try progress(
        WorkProgress(
          activity: "calibrating", doneByteCount: file.byteCount * (place + 1) / samples.count,
          totalByteCount: file.byteCount))
    }
    let found = run.calibration()
    return (
      found,
      Provenance.Calibration(
        byteCount: file.byteCount, digest: digest, sampleCount: found.sampleCount,
        tokenCount: found.tokenCount)
    )
  }
}
