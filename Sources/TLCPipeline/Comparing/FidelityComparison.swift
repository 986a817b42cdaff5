import TLCCore
import TLCFormat
import TLCImport
import TLCModel
public import TLCRuntime
public import TLCSystem

/// How near compressed models are to their source, and what they take: each is run on the same
/// samples, and compared with the outputs of the source in `f32`.
public struct FidelityComparison: Sendable {
  /// How near outputs are.
  public struct Measures: Equatable, Sendable {
    /// The mean over rows of the last axis of the cosine between a row and the source's.
    public var cosine: Double
    /// The least cosine of a row.
    public var leastCosine: Double
    /// The mean over rows of Σ𝑝·log(𝑝/𝑞), in nats, as ``OutputDivergence/divergence``; `nil` where
    /// rows have one element.
    public var divergence: Double?
    /// The share of rows whose greatest element is at the source's place; `nil` where rows have one
    /// element.
    public var topOne: Double?
    /// The greatest absolute difference of an element.
    public var maximumAbsoluteError: Double
  }

  /// A model that is compared.
  public struct Model: Sendable {
    /// Its path, as it was given.
    public var path: String
    /// The bytes of its files.
    public var byteCount: Int
    /// Over all outputs.
    public var measures: Measures
    /// Of each output, in the graph's order.
    public var outputs: [(name: String, measures: Measures)]
    /// The share of labels that are right; `nil` where there are none.
    public var accuracy: Double?
  }

  /// The path of the source, as it was given.
  public var source: String
  /// The bytes of the source's files.
  public var sourceByteCount: Int
  /// The share of labels that the source gives right; `nil` where there are none.
  public var sourceAccuracy: Double?
  /// Where the samples are from; `nil` where they are drawn.
  public var samples: String?
  /// The number of samples.
  public var sampleCount: Int
  /// The outputs that are compared.
  public var outputs: [String]
  /// How the models' products were computed.
  public var compute: Compute
  /// In the order that was given.
  public var models: [Model]

  /// Whether rows have several elements, so that there is a divergence and a greatest one.
  public var isRanked: Bool { models.contains { $0.measures.divergence != nil } }

  /// What is compared, and with what.
  public struct Request: Sendable {
    /// The path of the source.
    public var source: String
    /// The paths of the compressed models.
    public var models: [String]
    /// The path of samples: text, token ids, or inputs of the graph; `nil` to draw them.
    public var samples: String?
    /// The path of a label a sample, or a row of its outputs, on a line each.
    public var labels: String?
    /// The outputs to look at; none for all.
    public var outputs: [String] = []
    /// How the models' products are computed.
    public var compute = Compute.f32
    /// How many threads to use; results never depend on it.
    public var parallelism = Parallelism.automatic

    /// Names what is compared.
    public init(source: String, models: [String]) {
      self.source = source
      self.models = models
    }
  }

  /// Runs the source and each model.
  ///
  /// - Parameters:
  ///   - request: what is compared.
  ///   - progress: may throw, to end the work.
  /// - Throws: ``ComparisonError`` where models are not of one kind, or labels do not fit;
  ///   `CheckpointError` where a file is not what was written; what reading and running throw.
  public init(
    _ request: Request, progress: (WorkProgress) throws -> Void = { _ in }
  ) throws {
    let checkpoints = try request.models.map { path throws(CheckpointError) in
      try Checkpoint(path: path)
    }
    let reference = try ReferenceRun(request, first: checkpoints.first, progress)
    source = request.source
    samples = request.samples
    sourceByteCount = reference.byteCount
    sampleCount = reference.samples.count
    outputs = reference.places.map { reference.graph.outputs[$0] }
    sourceAccuracy = reference.labels?.accuracy(reference.results, reference.places)
    compute = request.compute
    models = []
    for (path, checkpoint) in zip(request.models, checkpoints) {
      let results = try reference.run(checkpoint, path, request, progress)
      var sums = reference.places.map { OutputSums(name: reference.graph.outputs[$0]) }
      for (sample, (original, found)) in zip(reference.results, results).enumerated() {
        for (place, output) in reference.places.enumerated() {
          guard original[output].shape == found[output].shape else {
            throw ComparisonError.model(
              path,
              "output \"\(sums[place].name)\" of sample \(sample + 1) is"
                + " \(found[output].shape), the source's \(original[output].shape)")
          }
          sums[place].add(source: original[output], decoded: found[output])
        }
      }
      models.append(
        Model(
          path: path, byteCount: checkpoint.byteCount, measures: OutputSums.total(sums).measures,
          outputs: sums.map { ($0.name, $0.measures) },
          accuracy: reference.labels?.accuracy(results, reference.places)))
    }
  }
}

/// Why models cannot be compared.
public enum ComparisonError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The source has no graph, for this reason.
  case noGraph(path: String, String)
  /// A file is no model of this source: what differs.
  case model(_ path: String, String)
  /// The outputs have none of a name; those that there are.
  case output(String, there: [String])
  /// Labels do not fit: the file, and what is so.
  case labels(path: String, String)

  public var description: String {
    switch self {
    case .noGraph(let path, let why): "\(path): there is no graph to run: \(why)"
    case .model(let path, let what): "\(path): it is not a model of this source: \(what)"
    case .output(let name, let there):
      "there is no output \"\(name)\"; there are \(there.joined(separator: ", "))"
    case .labels(let path, let what): "\(path): \(what)"
    }
  }
}

/// Sums over the rows of an output.
private struct OutputSums {
  let name: String
  private var rows = RowComparison()
  private var rankedCount = 0.0
  private var divergence = 0.0
  private var maximum = 0.0

  init(name: String) { self.name = name }

  mutating func add(source: Tensor, decoded: Tensor) {
    _ = rows.add(source, decoded)
    let output = OutputDivergence(name: name, source: source, decoded: decoded)
    maximum = max(maximum, output.certificate.maximumAbsoluteError)
    if let mean = output.divergence {
      let count = Double(source.shape.count / max(1, source.shape.dimensions.last ?? 1))
      rankedCount += count
      divergence += mean * count
    }
  }

  /// Those of several outputs together.
  static func total(_ sums: [OutputSums]) -> OutputSums {
    var total = OutputSums(name: "")
    for sum in sums {
      total.rows.add(sum.rows)
      total.rankedCount += sum.rankedCount
      total.divergence += sum.divergence
      total.maximum = max(total.maximum, sum.maximum)
    }
    return total
  }

  var measures: FidelityComparison.Measures {
    let fidelity = rows.fidelity(damage: 0)
    return .init(
      cosine: fidelity.cosine, leastCosine: fidelity.leastCosine,
      divergence: rankedCount == 0 ? nil : divergence / rankedCount, topOne: fidelity.topOne,
      maximumAbsoluteError: maximum)
  }
}
