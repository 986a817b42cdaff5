public import TLCFormat
internal import TLCModel
public import TLCSystem

extension Session {
  /// Opens a checkpoint, verifies it, and makes its graph ready to run.
  ///
  /// ```swift
  /// let session = try Session(opening: "model.tlcq")
  /// let outputs = try session.run(["input_ids": ids, "attention_mask": mask])
  /// ```
  ///
  /// - Parameters:
  ///   - path: of the file, or of the index of a set.
  ///   - depth: how deeply to verify first; the digest of each plane that is read is always checked.
  ///   - compute: how products are computed.
  ///   - threadCount: how many threads a run may use.
  ///   - limits: what is accepted at most.
  /// - Throws: `CheckpointError` where the file is not what was written, or has no graph;
  ///   `GraphError` where it cannot be planned.
  public convenience init(
    opening path: String, verifying depth: VerificationDepth = .digests, compute: Compute = .f32,
    threadCount: Int = Parallelism.automatic.threads, limits: Limits = .standard
  ) throws {
    let checkpoint = try Checkpoint(path: path, limits: limits)
    try self.init(checkpoint, verifying: depth, compute: compute, threadCount: threadCount)
  }

  /// Verifies a checkpoint, and makes its graph ready to run.
  ///
  /// - Throws: as ``init(opening:verifying:compute:threadCount:limits:)``.
  public convenience init(
    _ checkpoint: Checkpoint, verifying depth: VerificationDepth = .digests,
    compute: Compute = .f32, threadCount: Int = Parallelism.automatic.threads
  ) throws {
    let parallelism = Parallelism(threads: threadCount)
    try checkpoint.verifyFiles(depth: depth, parallelism: parallelism)
    let graph = try checkpoint.requiredGraph()
    if depth >= .probes { _ = try checkpoint.repeatProbes(parallelism: parallelism) }
    var weights = try checkpoint.weights(of: graph.graph, parallelism: parallelism)
    let computed = try checkpoint.graph(graph, computing: compute, parallelism: parallelism)
    // Each is asked for once, and then copied: together they are not in memory twice.
    try self.init(computed, threadCount: threadCount) { name in
      guard let tensor = weights.removeValue(forKey: name) else {
        throw GraphError.value(name, "the checkpoint has no such tensor")
      }
      return tensor
    }
  }
}
