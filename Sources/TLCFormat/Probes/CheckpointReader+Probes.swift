public import TLCCore

extension CheckpointReader {
  /// The elements of a probe's input: drawn, or read and checked.
  ///
  /// - Throws: ``CheckpointError``, also where they are above the limit of a tensor.
  public func tensor(_ input: ProbeRecord.Input) throws(CheckpointError) -> Tensor {
    try requireWithinLimit(input.value)
    switch input.elements {
    case .drawn(let draw): return draw.tensor(input.value.dtype, input.value.shape)
    case .stored(let plane): return try tensor(input.value, plane)
    }
  }

  /// The elements of a probe's output; `nil` where the file has but their digest.
  public func tensor(_ output: ProbeRecord.Output) throws(CheckpointError) -> Tensor? {
    output.isStored ? try tensor(output.value, output.plane) : nil
  }

  /// The elements that the graph gives with the source's tensors; `nil` where the file does not
  /// have them.
  public func sourceTensor(_ output: ProbeRecord.Output) throws(CheckpointError) -> Tensor? {
    output.hasSource ? try tensor(output.value, output.sourcePlane) : nil
  }

  /// The fingerprints of a probe, one behind another.
  public func fingerprints(of probe: ProbeRecord) throws(CheckpointError) -> [UInt8] {
    try probeSource.bytes(probe.fingerprints)
  }

  private func tensor(
    _ value: ProbeRecord.Value, _ plane: PlaneReference?
  ) throws(CheckpointError) -> Tensor {
    try requireWithinLimit(value)
    let bytes = try probeSource.bytes(plane)
    if value.dtype == .bool, let plane, bytes.contains(where: { $0 > 1 }) {
      throw probeSource.formatError(
        .symbolRange(index: bytes.firstIndex { $0 > 1 } ?? 0, symbol: 2, limit: 1), in: plane)
    }
    return Tensor(dtype: value.dtype, shape: value.shape, bytes: bytes)
  }

  private func requireWithinLimit(_ value: ProbeRecord.Value) throws(CheckpointError) {
    guard value.byteCount <= limits.tensorByteCount else {
      throw probeSource.formatError(
        .limit(
          "\"\(value.name)\" of a probe has \(value.byteCount) bytes, more than the limit of"
            + " \(limits.tensorByteCount)"), at: superblock.manifest.lowerBound)
    }
  }

  private var probeSource: PlaneSource { planeSource(tensor: nil) }
}
