import TLCCore
import TLCFormat
import TLCImport
import TLCModel
import TLCRuntime
import TLCSystem

/// The source of a comparison, run once: samples of one shape are neighbours.
struct ReferenceRun {
  let graph: Graph
  let samples: [[String: Tensor]]
  /// The outputs of the source: of each sample, all.
  let results: [[Tensor]]
  /// The places of the outputs that are compared.
  let places: [Int]
  let labels: SampleLabels?
  /// The bytes of the source's files.
  let byteCount: Int

  /// How many samples are run between two words of progress.
  private static let batchCount = 64
  /// Where samples are drawn, others are than those that a conversion draws for itself: what it was
  /// fitted to would flatter it.
  private static let seed = 1 << 20

  /// - Parameter first: the first of the models, whose recipe says what layers stand for.
  init(
    _ request: FidelityComparison.Request, first: Checkpoint?,
    _ progress: (WorkProgress) throws -> Void
  ) throws {
    let source = try ImporterRegistry.complete.open(request.source)
    byteCount = try source.sources.reduce(0) { try $0 + InputFile(path: $1).byteCount }
    let lowered: Graph?
    do {
      lowered =
        try first?.loweredGraph(of: source, .standard)
        ?? source.graph ?? LoweringRegistry.standard.graph(of: source)
    } catch let error as LoweringError {
      throw ComparisonError.noGraph(path: request.source, "\(error)")
    }
    guard let lowered else {
      throw ComparisonError.noGraph(
        path: request.source, "it has no configuration of a kind that is lowered")
    }
    graph = lowered
    let names = graph.outputs
    places =
      try request.outputs.isEmpty
      ? Array(names.indices)
      : request.outputs.map { name in
        guard let place = names.firstIndex(of: name) else {
          throw ComparisonError.output(name, there: names)
        }
        return place
      }
    let probing = try ModelProbing(graph, of: source, parallelism: request.parallelism)
    var given = try Self.samples(request, probing, source)
    let order = graph.order(of: given)
    given = order.map { given[$0] }
    samples = given
    let weights = try probing.sourceTensors(of: source)
    let session = try Session(
      probing.graph, threadCount: Self.threadCount(samples, request.parallelism)
    ) { name in
      guard let tensor = weights[probing.target(of: name)] else {
        throw GraphError.value(name, "the source has no such tensor")
      }
      return tensor
    }
    let results = try Self.run(session, samples, request.source, request.parallelism, progress)
    self.results = results
    let rows = places.first.map { place in results.map { $0[place] } } ?? []
    labels = try request.labels.map { path in
      try SampleLabels(
        path: path, order: order, of: rows,
        assets: Dictionary(source.assets.map { ($0.name, $0.bytes) }) { first, _ in first })
    }
  }

  private static func samples(
    _ request: FidelityComparison.Request, _ probing: ModelProbing, _ source: ImportedCheckpoint
  ) throws -> [[String: Tensor]] {
    guard let path = request.samples else {
      return try probing.drawnSamples(seed: seed, source)
    }
    let assets = Dictionary(source.assets.map { ($0.name, $0.bytes) }) { first, _ in first }
    let samples = try CalibrationSamples(path, for: probing.graph.graph.inputs, assets: assets)
    return try (0..<samples.count).map { try samples.sample($0) }
  }

  /// The threads of one run: all, where there are fewer samples than threads.
  private static func threadCount(
    _ samples: [[String: Tensor]], _ parallelism: Parallelism
  ) -> Int {
    samples.count < parallelism.threads ? parallelism.threads : 1
  }

  private static func run(
    _ session: Session, _ samples: [[String: Tensor]], _ name: String,
    _ parallelism: Parallelism, _ progress: (WorkProgress) throws -> Void
  ) throws -> [[Tensor]] {
    let isShared = threadCount(samples, parallelism) == 1
    var results: [[Tensor]] = []
    while results.count < samples.count {
      let start = results.count
      let count = min(batchCount, samples.count - start)
      results += try (isShared ? parallelism : .serial).map(count) {
        try session.run(samples[start + $0])
      }
      try progress(
        WorkProgress(
          activity: "running \(name)", doneByteCount: results.count,
          totalByteCount: samples.count))
    }
    return results
  }

  /// The outputs of a model on the samples.
  ///
  /// - Throws: ``ComparisonError`` where it takes or gives other values than the source.
  func run(
    _ checkpoint: Checkpoint, _ path: String, _ request: FidelityComparison.Request,
    _ progress: (WorkProgress) throws -> Void
  ) throws -> [[Tensor]] {
    let found = try checkpoint.requiredGraph().graph
    func inputs(_ graph: Graph) -> String {
      graph.inputs.map { "\($0.name) \($0.type)" }.joined(separator: ", ")
    }
    guard inputs(found) == inputs(graph) else {
      throw ComparisonError.model(
        path, "it takes \(inputs(found)), and the source \(inputs(graph))")
    }
    guard found.outputs == graph.outputs else {
      throw ComparisonError.model(
        path,
        "it gives \(found.outputs.joined(separator: ", ")), and the source"
          + " \(graph.outputs.joined(separator: ", "))")
    }
    let session = try Session(
      checkpoint, compute: request.compute,
      threadCount: Self.threadCount(samples, request.parallelism))
    return try Self.run(session, samples, path, request.parallelism, progress)
  }
}
