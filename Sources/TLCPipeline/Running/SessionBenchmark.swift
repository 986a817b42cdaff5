import TLCCore
public import TLCFormat
import TLCKernels
import TLCModel
public import TLCRuntime

/// Measures how long runs of a model take, beside what the machine can do.
public struct SessionBenchmark: Sendable {
  /// What one way to run gave.
  public struct Measurement: Sendable {
    /// The lengths of the named axes.
    public var lengths: [String: Int]
    /// The threads that a run may use.
    public var threadCount: Int
    /// Seconds a run, in ascending order.
    public var seconds: [Double]
    /// What a run computes.
    public var operationCount: Double
    /// What a run reads of weights.
    public var weights: WeightUse

    /// The least of the times that so many of a hundred runs do not exceed.
    ///
    /// - Precondition: `percent` is from 1 to 100.
    public func percentile(_ percent: Int) -> Double {
      precondition((1...100).contains(percent), "the \(percent)th percentile")
      return seconds[(seconds.count * percent + 99) / 100 - 1]
    }

    /// Seconds of the run in the middle.
    public var median: Double { percentile(50) }

    /// Bytes of weights that are read a second, at the median, if each is read once a run.
    public var weightBytesPerSecond: Double { Double(weights.byteCount) / median }

    /// Rows of the batch a second, at the median; runs, where no axis is `batch`.
    public var rowsPerSecond: Double { Double(lengths["batch"] ?? 1) / median }

    /// Operations a second, at the median.
    public var operationsPerSecond: Double { operationCount / median }
  }

  /// How products are computed.
  public let compute: Compute
  private let leavesZerosOut: Bool
  private let graph: TypedGraph
  private let checkpoint: Checkpoint

  /// Opens what is measured.
  ///
  /// - Parameters:
  ///   - checkpoint: the file, or the set.
  ///   - compute: how products are computed.
  ///   - leavingZerosOut: whether products of `f32` leave zeros out where so many are that it is
  ///     faster.
  /// - Throws: `CheckpointError` where the file is wrong, or has no graph.
  public init(
    _ checkpoint: Checkpoint, compute: Compute = .f32, leavingZerosOut: Bool = true
  ) throws {
    let graph = try checkpoint.requiredGraph()
    self.graph = try checkpoint.graph(graph, computing: compute)
    self.compute = compute
    leavesZerosOut = leavingZerosOut
    self.checkpoint = checkpoint
  }

  /// The names of the axes whose lengths a run fixes, sorted.
  public var axes: [String] {
    Set(graph.graph.inputs.flatMap { $0.type.dimensions.flatMap { $0.names } }).sorted()
  }

  /// Runs on inputs that are drawn, as many times as asked for or as there is time for, after a first
  /// run that is not counted.
  ///
  /// - Parameters:
  ///   - lengths: of the named axes.
  ///   - threadCount: how many threads a run may use.
  ///   - sampleCount: how many runs are measured.
  ///   - time: after how long no more are begun; three runs are measured in any case.
  /// - Throws: `GraphError` where the lengths do not fit.
  public func measure(
    _ lengths: [String: Int], threadCount: Int, sampleCount: Int, time: Duration
  ) throws -> Measurement {
    let session = try Session(
      checkpoint, running: graph, threadCount: threadCount, leavingZerosOut: leavesZerosOut)
    let drawn = ProbeInputs(graph)
    let inputs = try drawn.inputs(where: lengths, seed: 0)
    let tensors = Dictionary(uniqueKeysWithValues: inputs.map { ($0.name, $0.tensor) })
    let specialized = try graph.specialized(to: tensors.mapValues { $0.shape })
    _ = try session.run(tensors)
    var seconds: [Double] = []
    let end = ContinuousClock.now + time
    while seconds.count < sampleCount, seconds.count < 3 || ContinuousClock.now < end {
      let start = ContinuousClock.now
      _ = try session.run(tensors)
      let elapsed = (ContinuousClock.now - start).components
      seconds.append(Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18)
    }
    return Measurement(
      lengths: lengths, threadCount: threadCount, seconds: seconds.sorted(),
      operationCount: WorkEstimate(specialized).operationCount,
      weights: session.weightUse(specialized))
  }
}
