public import TLCFormat
public import TLCRuntime
public import TLCSystem

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
  /// What repeating the probes found, where that was asked for.
  public var probes: ProbeReport?
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
    do {
      try verifyFiles(depth: depth, parallelism: parallelism) { activity, done, total in
        try progress(
          WorkProgress(activity: activity, doneByteCount: done, totalByteCount: total))
      }
      if depth >= .probes { report.probes = try repeatProbes(parallelism: parallelism) }
    } catch let failure as CheckpointError {
      report.failure = failure
    }
    return report
  }
}
