public import TLCFormat
import TLCImport
import TLCModel
import TLCRuntime
public import TLCSystem

/// All that there is to tell of a checkpoint: what it holds, what each part takes, and how near it is
/// to its source.
public struct CheckpointReport: Sendable {
  /// The codes of a tensor.
  public struct Codes: Sendable {
    /// The tensor's name.
    public var tensor: String
    /// How often each code is.
    public var counts: CodeCounts
  }

  /// What a tensor alone does to the outputs.
  public struct Damage: Equatable, Sendable {
    /// The tensor's name.
    public var tensor: String
    /// ``Fidelity/damage`` with this tensor as the file has it, and all others as the source has them.
    public var damage: Double
  }

  /// An output of a recorded run.
  public struct Output: Sendable {
    /// Its name.
    public var name: String
    /// The way in which it was computed.
    public var compute: String
    /// Where the run's inputs came from.
    public var origin: ProbeRecord.Origin
    /// The distance from the source's, as the file states it.
    public var certificate: Certificate
  }

  /// The file's name, without its folder.
  public var name: String
  /// What verifying it found.
  public var verification: VerificationReport
  /// Where its values come from.
  public var provenance: Provenance
  /// What each part of the file takes.
  public var parts: FileParts
  /// In order of name.
  public var tensors: [TensorSummary]
  /// Of the tensors that are stored as codes, in order of name.
  public var codes: [Codes] = []
  /// The graph in a line; `nil` where there is none.
  public var graph: String?
  /// The outputs of recorded runs.
  public var outputs: [Output]
  /// What measuring the certificates again found; `nil` where there is no source to do it with.
  public var comparison: SourceComparison?
  /// How far runs are from the source's; `nil` where there is no source, no graph or no run.
  public var runs: ModelComparison?
  /// What each tensor alone does to the outputs; `nil` where there is no source, no graph or no run.
  public var damages: [Damage]?
  /// How steps were shared out; `nil` but for a conversion that did.
  public var allocation: AllocationReport?

  /// What is to be compared with a source.
  public enum Comparison: Sendable {
    /// Nothing is.
    case none
    /// Certificates and runs, with the source at this path.
    case all(source: String)
    /// Runs alone, where certificates have just been measured.
    case runs(source: String)

    var source: String? {
      switch self {
      case .none: nil
      case .all(let source), .runs(let source): source
      }
    }
  }

  /// Verifies and measures a checkpoint.
  ///
  /// - Parameters:
  ///   - checkpoint: the file, or the set.
  ///   - comparison: what is compared with the source.
  ///   - allocation: how steps were shared out, where that is known.
  ///   - importer: the source's importer; `nil` for the first that recognizes it.
  ///   - parallelism: how many threads to use; the report never depends on it.
  ///   - progress: may throw, to end the work.
  /// - Throws: `CheckpointError` where the file is not what was written, but for a recorded run that
  ///   gives other bits, which is told in ``verification``; what reading the source throws.
  public init(
    _ checkpoint: Checkpoint, comparing comparison: Comparison = .none,
    allocation: AllocationReport? = nil, importer: String? = nil,
    parallelism: Parallelism = .automatic, progress: (WorkProgress) throws -> Void = { _ in }
  ) throws {
    let path = checkpoint.main.path
    name = path.split(separator: "/").last.map { String($0) } ?? path
    verification = try checkpoint.verify(
      depth: .probes, parallelism: parallelism, progress: progress)
    if let failure = verification.failure, !failure.isProbeMismatch { throw failure }
    provenance = checkpoint.main.provenance
    parts = FileParts(checkpoint)
    tensors = checkpoint.summaries
    self.allocation = allocation
    let typed = try checkpoint.graph()
    graph = typed.map { typed in
      let inputs = typed.graph.inputs.map { "\($0.name) \($0.type)" }.joined(separator: ", ")
      let outputs = typed.graph.outputs.joined(separator: ", ")
      return "\(typed.graph.nodes.count) nodes, \(inputs) → \(outputs)"
    }
    outputs = checkpoint.main.probes.flatMap { probe in
      probe.outputs.map {
        Output(
          name: $0.value.name, compute: probe.compute, origin: probe.origin,
          certificate: $0.certificate)
      }
    }
    for (place, record) in checkpoint.tensors.enumerated() {
      guard case .stored = record.content else { continue }
      let file = checkpoint.file(ofTensorAt: place)
      if let counts = try file.codeCounts(record, parallelism: parallelism) {
        codes.append(Codes(tensor: record.name, counts: counts))
      }
      try progress(
        WorkProgress(
          activity: "counting codes", doneByteCount: place + 1,
          totalByteCount: checkpoint.tensors.count))
    }
    guard let path = comparison.source else { return }
    let source = try ImporterRegistry.complete.open(path, importer: importer)
    if case .all = comparison {
      self.comparison = try checkpoint.compare(
        with: source, parallelism: parallelism, progress: progress)
    }
    runs = try checkpoint.compareRuns(with: source, parallelism: parallelism)
    if allocation == nil, runs?.outputs.isEmpty == false {
      damages = try checkpoint.damages(with: source, parallelism: parallelism, progress)
    }
  }

  /// Whether all is as the file states it.
  public var isSound: Bool {
    verification.isSound && comparison?.isSound ?? true && runs?.mismatches.isEmpty ?? true
  }
}

extension CheckpointError {
  /// Whether it is that a recorded run gives other bits here.
  fileprivate var isProbeMismatch: Bool {
    if case .format(_, let error) = self, case .probeMismatch = error.reason { return true }
    return false
  }
}
