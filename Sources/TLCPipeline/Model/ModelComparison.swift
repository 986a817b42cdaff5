import TLCCore
public import TLCFormat
public import TLCImport
import TLCKernels
import TLCModel
import TLCRuntime
public import TLCSystem

/// How far the runs of a file are from those of its source, on the inputs that the file records.
public struct ModelComparison: Sendable {
  /// A value on the way.
  public struct Value: Sendable {
    /// The node that gives it.
    public var node: String
    /// The node's operator.
    public var operation: String
    /// The value's name.
    public var name: String
    /// The distance from the source's.
    public var certificate: Certificate
  }

  /// The outputs of every probe whose way to compute is known here, in order, with its name.
  public var outputs: [(compute: String, divergence: OutputDivergence)] = []
  /// The floating-point values on the way, of the first probe, in order.
  public var values: [Value] = []
  /// A sentence for each thing that is not as the file says.
  public var mismatches: [String] = []
}

extension Checkpoint {
  /// Lowers the source again, runs it on the inputs of the file's probes, and measures how far the
  /// file's runs are, each computed in its probe's way; `nil` where the file has no graph or no
  /// probes.
  ///
  /// - Parameters:
  ///   - path: the checkpoint that this one was made from.
  ///   - importers: the importers that are asked for it.
  ///   - lowerings: the lowerings that are asked for its graph.
  ///   - parallelism: how many threads compute.
  public func compareRuns(
    withSource path: String, importers: ImporterRegistry = .complete,
    lowerings: LoweringRegistry = .standard, parallelism: Parallelism = .automatic
  ) throws -> ModelComparison? {
    guard main.graphBytes != nil, !main.probes.isEmpty else { return nil }
    return try compareRuns(
      with: try importers.open(path), lowerings: lowerings, parallelism: parallelism)
  }

  /// The same, with a source that is open.
  func compareRuns(
    with source: ImportedCheckpoint, lowerings: LoweringRegistry = .standard,
    parallelism: Parallelism
  ) throws -> ModelComparison? {
    guard let typed = try graph(), !main.probes.isEmpty else { return nil }
    var comparison = ModelComparison()
    guard let graph = try loweredGraph(of: source, lowerings), graph == typed.graph else {
      comparison.mismatches.append("graph: the source gives another one than the file has")
      return comparison
    }
    let model = try ModelProbing(graph, of: source, parallelism: parallelism)
    let weights = try weights(of: graph, parallelism: parallelism)
    let context = EvaluationContext(team: Team(threadCount: parallelism.threads))
    var ways: [Compute: TypedGraph] = [:]
    for (place, probe) in main.probes.enumerated() {
      guard let compute = Compute(rawValue: probe.compute) else { continue }
      let ourGraph = try ways[compute] ?? self.graph(typed, computing: compute)
      ways[compute] = ourGraph
      var inputs: [String: Tensor] = [:]
      for input in probe.inputs { inputs[input.value.name] = try main.tensor(input) }
      var kept: [String: Tensor] = [:]
      let ours = try ourGraph.evaluate(
        inputs, context,
        observing: { node, outputs in
          guard place == 0 else { return }
          for (name, output) in zip(node.outputs, outputs) where !name.isEmpty {
            if let output, output.dtype.isFloatingPoint { kept[name] = output.tensor() }
          }
        },
        initializer: { name throws(GraphError) in
          guard let weight = weights[name] else {
            throw .value(name, "the file has no such tensor")
          }
          return weight
        })
      let theirs = try typed.evaluate(
        inputs, context,
        observing: { node, outputs in
          for (name, output) in zip(node.outputs, outputs) {
            guard let output, let decoded = kept[name] else { continue }
            comparison.values.append(
              .init(
                node: node.name, operation: node.operation, name: name,
                certificate: Certificate(source: output.tensor(), decoded: decoded)))
          }
        }, initializer: { try model.sourceTensor(named: $0, of: source) })
      for ((output, name), (decoded, original)) in zip(
        zip(probe.outputs, graph.outputs), zip(ours, theirs))
      {
        let divergence = OutputDivergence(name: name, source: original, decoded: decoded)
        comparison.outputs.append((probe.compute, divergence))
        if divergence.certificate != output.certificate {
          comparison.mismatches.append(
            "output \(name): the file states a relative RMS error of"
              + " \(output.certificate.relativeRMSError), measured is"
              + " \(divergence.certificate.relativeRMSError)")
        }
      }
    }
    return comparison
  }
}
