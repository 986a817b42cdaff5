public import TLCSystem

extension Checkpoint {
  /// Checks the digests of all files, and decodes every tensor and asset: as much of the depth as
  /// needs no graph. Opening has verified the structure.
  ///
  /// - Parameters:
  ///   - depth: *digests* and *tensors* are done here.
  ///   - parallelism: how many threads check.
  ///   - progress: is told what is done, of how many bytes, out of how many; may throw, to end.
  /// - Throws: ``CheckpointError`` for the first thing that is wrong, and what `progress` throws.
  public func verifyFiles(
    depth: VerificationDepth, parallelism: Parallelism = .automatic,
    progress: (_ activity: String, _ done: Int, _ total: Int) throws -> Void = { _, _, _ in }
  ) throws {
    guard depth >= .digests else { return }
    var all = files
    if main.shardIndex != nil { all.append(main) }
    var done = 0
    for file in all {
      try file.verifyDigests(parallelism: parallelism)
      done += file.byteCount
      try progress("checking digests", done, byteCount)
    }
    if depth >= .tensors { try verifyTensors(parallelism, progress) }
  }

  private func verifyTensors(
    _ parallelism: Parallelism, _ progress: (String, Int, Int) throws -> Void
  ) throws {
    let total = tensors.reduce(0) { $0 + $1.decodedByteCount }
    var done = 0
    for (i, record) in tensors.enumerated() {
      if case .stored = record.content {
        _ = try file(ofTensorAt: i).tensor(
          record, parallelism: parallelism, checkingContent: true)
      }
      done += record.decodedByteCount
      try progress("decoding tensors", done, total)
    }
    for asset in main.assets { _ = try main.bytes(of: asset) }
  }
}
