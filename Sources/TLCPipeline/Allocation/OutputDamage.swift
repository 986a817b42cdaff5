import Foundation
import TLCCore
import TLCModel
import TLCRuntime
import TLCSystem

/// How near a model's outputs are to its source's.
public struct Fidelity: Equatable, Sendable {
  /// The mean over rows of the cosine between a row and the source's.
  public var cosine: Double
  /// The least cosine of a row.
  public var leastCosine: Double
  /// The share of rows whose greatest element is at the source's place; `nil` where rows have one
  /// element.
  public var topOne: Double?
  /// Half the mean over samples of Σ(𝑦 − 𝑦₀)² / Σ𝑦₀²: where it is small, about what the mean
  /// cosine lacks to 1, and for small changes of weights a quadratic form of them.
  public var damage: Double

  /// How near it is in a metric, from 0 to 1.
  public func value(of metric: FidelityMetric) -> Double {
    switch metric {
    case .cosine: cosine
    case .topOne: topOne ?? cosine
    }
  }
}

/// What a goal of fidelity is stated in.
public enum FidelityMetric: String, CaseIterable, Sendable {
  /// ``Fidelity/cosine``.
  case cosine
  /// ``Fidelity/topOne``, or the cosine where rows have one element.
  case topOne = "top-1"
}

/// Runs a graph on samples, and compares its outputs with those of the source's tensors.
struct OutputDamage {
  private let graph: TypedGraph
  private var samples: [[String: Tensor]]
  private var outputs: [[Tensor]]
  private let parallelism: Parallelism

  /// Runs the graph with the source's tensors.
  ///
  /// - Parameters:
  ///   - graph: the graph.
  ///   - samples: inputs by name.
  ///   - parallelism: how many samples are run at a time.
  ///   - weight: the source's tensor of a name.
  /// - Throws: `GraphError`, and what `weight` throws.
  init(
    _ graph: TypedGraph, samples: [[String: Tensor]], parallelism: Parallelism,
    weight: @escaping @Sendable (String) throws -> Tensor
  ) throws {
    self.graph = graph
    self.samples = graph.graph.order(of: samples).map { samples[$0] }
    self.parallelism = parallelism
    outputs = try Self.run(graph, self.samples, parallelism, weight)
  }

  /// The same with so few samples, evenly spaced, that running them takes at most so many operations
  /// of products; with one if that takes more.
  func limited(toWork work: Double) -> OutputDamage {
    let works = samples.map { sample in
      (try? graph.specialized(to: sample.mapValues { $0.shape })).map {
        WorkEstimate($0).operationCount
      } ?? 0
    }
    let mean = works.reduce(0, +) / Double(max(1, works.count))
    guard mean * Double(works.count) > work else { return self }
    let count = max(1, Int(work / mean))
    let places = (0..<count).map { (2 * $0 + 1) * works.count / (2 * count) }
    var limited = self
    limited.samples = places.map { samples[$0] }
    limited.outputs = places.map { outputs[$0] }
    return limited
  }

  private static func run(
    _ graph: TypedGraph, _ samples: [[String: Tensor]], _ parallelism: Parallelism,
    _ weight: @escaping @Sendable (String) throws -> Tensor
  ) throws -> [[Tensor]] {
    let session = try Session(graph, weight: weight)
    return try parallelism.map(samples.count) { try session.run(samples[$0]) }
  }

  /// Runs the graph with other tensors.
  ///
  /// - Throws: `GraphError`, and what `weight` throws.
  func measure(weight: @escaping @Sendable (String) throws -> Tensor) throws -> Fidelity {
    let found = try Self.run(graph, samples, parallelism, weight)
    var rows = RowComparison()
    var damage = 0.0
    for (source, decoded) in zip(outputs, found) {
      let parts = zip(source, decoded).map { rows.add($0, $1) }
      damage += parts.reduce(0, +) / Double(max(1, parts.count))
    }
    return rows.fidelity(damage: damage / Double(max(1, outputs.count)))
  }
}

extension Graph {
  /// The places of samples so that those of one shape are neighbours, and share a plan.
  func order(of samples: [[String: Tensor]]) -> [Int] {
    let keys = samples.map { sample in
      inputs.flatMap { sample[$0.name]?.shape.dimensions ?? [] }
    }
    return samples.indices.sorted {
      keys[$0] == keys[$1] ? $0 < $1 : keys[$0].lexicographicallyPrecedes(keys[$1])
    }
  }
}
