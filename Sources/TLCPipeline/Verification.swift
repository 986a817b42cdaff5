import TLCCore
public import TLCFormat
public import TLCSystem

/// How deeply a checkpoint is verified: `formats/tlcq.md` §9.
public enum VerificationDepth: String, CaseIterable, Sendable {
  /// The superblock and the manifest.
  case structure
  /// Every stored byte against its digest.
  case digests
  /// Every tensor decoded, against its content digest.
  case tensors
}

/// What verifying a checkpoint found.
public struct VerificationReport: Sendable {
  /// The artifact's identity.
  public var rootDigest: Digest
  /// How deeply it was verified.
  public var depth: VerificationDepth
  /// The number of files: 1, or those of a set with its index.
  public var fileCount: Int
  /// The planes of all files that hold tensors.
  public var planeCount: Int
  /// The tensors and aliases.
  public var tensorCount: Int
  /// The bytes of all files.
  public var byteCount: Int
  /// The first thing that is wrong, if anything is.
  public var failure: CheckpointError?

  /// Whether nothing is wrong.
  public var isSound: Bool { failure == nil }
}

extension Checkpoint {
  /// Verifies a checkpoint that has been opened, which has verified its structure.
  ///
  /// - Throws: only `CancellationError`, when `progress` throws it.
  public func verify(
    depth: VerificationDepth, parallelism: Parallelism = .automatic,
    progress: (WorkProgress) throws -> Void = { _ in }
  ) throws -> VerificationReport {
    var report = VerificationReport(
      rootDigest: rootDigest, depth: depth,
      fileCount: files.count + (main.shardIndex == nil ? 0 : 1),
      planeCount: files.reduce(0) { $0 + $1.planes.count }, tensorCount: tensors.count,
      byteCount: byteCount)
    guard depth != .structure else { return report }
    do {
      var all = files
      if main.shardIndex != nil { all.append(main) }
      var done = 0
      for file in all {
        try file.verifyDigests(parallelism: parallelism)
        done += file.byteCount
        try progress(
          WorkProgress(
            activity: "checking digests", doneByteCount: done, totalByteCount: byteCount))
      }
      if depth == .tensors { try verifyTensors(parallelism, progress) }
    } catch let failure as CheckpointError {
      report.failure = failure
    }
    return report
  }

  private func verifyTensors(
    _ parallelism: Parallelism, _ progress: (WorkProgress) throws -> Void
  ) throws {
    let total = tensors.reduce(0) { $0 + $1.decodedByteCount }
    var done = 0
    for (i, record) in tensors.enumerated() {
      if case .stored = record.content {
        _ = try file(ofTensorAt: i).tensor(
          record, parallelism: parallelism, checkingContent: true)
      }
      done += record.decodedByteCount
      try progress(
        WorkProgress(activity: "decoding tensors", doneByteCount: done, totalByteCount: total))
    }
    for file in [main] {
      for asset in file.assets { _ = try file.bytes(of: asset) }
    }
  }
}
