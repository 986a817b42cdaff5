public import TLCFormat
public import TLCModel
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
    let computed = try checkpoint.graph(graph, computing: compute, parallelism: parallelism)
    try self.init(checkpoint, running: computed, threadCount: threadCount)
  }

  /// Makes a graph of a checkpoint ready to run; the digest of each plane that is read is checked.
  ///
  /// - Parameters:
  ///   - checkpoint: what weights are read from.
  ///   - graph: the checkpoint's, in any way to compute.
  ///   - threadCount: how many threads make it ready, and a run may use.
  ///   - leavingZerosOut: whether products of `f32` leave zeros out where so many are that it is
  ///     faster: the bits are the same.
  /// - Throws: as ``init(opening:verifying:compute:threadCount:limits:)``.
  public convenience init(
    _ checkpoint: Checkpoint, running graph: TypedGraph, threadCount: Int,
    leavingZerosOut: Bool = true
  ) throws {
    let parallelism = Parallelism(threads: threadCount)
    try self.init(
      graph, threadCount: threadCount, leavingZerosOut: leavingZerosOut
    ) { name in
      guard let tensor = try checkpoint.tensor(named: name, parallelism: parallelism) else {
        throw GraphError.value(name, "the checkpoint has no such tensor")
      }
      return tensor
    } codes: { name in
      try checkpoint.byteCodes(named: name, parallelism: parallelism)
    }
  }
}
