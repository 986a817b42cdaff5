internal import TLCCore
public import TLCFormat
public import TLCModel
public import TLCSystem

/// What repeating the probes of a checkpoint found, where nothing was wrong.
public struct ProbeReport: Equatable, Sendable {
  /// The number of probes that were repeated.
  public var repeatedCount = 0
  /// The values on the way whose fingerprints are as recorded, in all probes.
  public var valueCount = 0
  /// Of probes that cannot be repeated here, the names of their ways to compute.
  public var unknown: [String] = []

  /// Creates a report.
  public init(repeatedCount: Int = 0, valueCount: Int = 0, unknown: [String] = []) {
    self.repeatedCount = repeatedCount
    self.valueCount = valueCount
    self.unknown = unknown
  }
}

extension Checkpoint {
  /// Repeats every probe: node by node, against each fingerprint, and as ``Session`` runs it,
  /// against each output, bit for bit.
  ///
  /// - Throws: `CheckpointError` for the first thing that is wrong: rules R36 to R38. A value that
  ///   differs is the first of the run, and named with its node.
  public func repeatProbes(
    parallelism: Parallelism = .automatic, registry: OperatorRegistry = .standard
  ) throws(CheckpointError) -> ProbeReport {
    var report = ProbeReport()
    guard let graph = try graph(registry: registry) else {
      guard let probe = main.probes.first else { return report }
      throw refusal(.probe("the file has no graph"), at: probe.offset)
    }
    for probe in main.probes { try require(probe, of: graph) }
    report.unknown = main.probes.map { $0.compute }.filter { Compute(rawValue: $0) == nil }
    guard report.unknown.count < main.probes.count else { return report }
    let weights = try weights(of: graph.graph, parallelism: parallelism)
    var ways: [Compute: (graph: TypedGraph, session: Session)] = [:]
    for probe in main.probes {
      guard let compute = Compute(rawValue: probe.compute) else { continue }
      if ways[compute] == nil {
        ways[compute] = try session(graph, compute, parallelism: parallelism)
      }
      guard let way = ways[compute] else { continue }
      report.valueCount += try compare(probe, way.graph, way.session, weights)
      report.repeatedCount += 1
    }
    return report
  }

  /// A graph in a way to compute, and a session that runs it.
  private func session(
    _ graph: TypedGraph, _ compute: Compute, parallelism: Parallelism
  ) throws(CheckpointError) -> (TypedGraph, Session) {
    let graph = try self.graph(graph, computing: compute, parallelism: parallelism)
    do {
      return (graph, try Session(self, running: graph, threadCount: parallelism.threads))
    } catch let error as CheckpointError {
      throw error
    } catch { throw refusal(.graph("\(error)"), at: main.graphOffset) }
  }

  /// R37: a probe's inputs and outputs are the graph's.
  private func require(_ probe: ProbeRecord, of typed: TypedGraph) throws(CheckpointError) {
    func refusal(_ what: String) -> CheckpointError {
      self.refusal(.probe(what), at: probe.offset)
    }
    let graph = typed.graph
    let inputs = probe.inputs.map { $0.value }
    guard inputs.map({ $0.name }) == graph.inputs.map({ $0.name }) else {
      throw refusal(
        "its inputs are \(inputs.map { $0.name }), the graph's \(graph.inputs.map { $0.name })")
    }
    for (value, input) in zip(inputs, graph.inputs) where value.dtype != input.type.dtype {
      throw refusal("input \"\(value.name)\" is \(value.dtype), the graph's \(input.type)")
    }
    let specialized: TypedGraph
    do throws(GraphError) {
      specialized = try typed.specialized(
        to: Dictionary(uniqueKeysWithValues: inputs.map { ($0.name, $0.shape) }))
    } catch { throw refusal("\(error)") }
    let outputs = probe.outputs.map { $0.value }
    guard outputs.map({ $0.name }) == graph.outputs else {
      throw refusal("its outputs are \(outputs.map { $0.name }), the graph's \(graph.outputs)")
    }
    for value in outputs {
      guard let type = specialized.types[value.name], type.dtype == value.dtype,
        type.shape == value.shape
      else {
        throw refusal(
          "output \"\(value.name)\" is \(value.dtype) \(value.shape), the graph's"
            + " \(specialized.types[value.name].map { "\($0)" } ?? "nothing")")
      }
    }
    let count = graph.nodes.reduce(0) { $0 + $1.outputs.count { !$0.isEmpty } }
    guard probe.fingerprintCount == count else {
      throw refusal("it has \(probe.fingerprintCount) fingerprints, and the graph \(count) values")
    }
  }

  /// R38: a probe gives what it recorded. Returns the number of values compared.
  private func compare(
    _ probe: ProbeRecord, _ graph: TypedGraph, _ session: Session, _ weights: [String: Tensor]
  ) throws(CheckpointError) -> Int {
    var inputs: [String: Tensor] = [:]
    for input in probe.inputs { inputs[input.value.name] = try main.tensor(input) }
    let observed: ObservedRun
    let planned: [Tensor]
    do {
      observed = try ObservedRun(graph, inputs) { weights[$0] ?? .empty }
      planned = try session.run(inputs)
    } catch { throw refusal(.probe("\(error)"), at: probe.offset) }
    let recorded = try main.fingerprints(of: probe)
    let length = ProbeRecord.fingerprintByteCount
    for (place, value) in observed.values.enumerated() {
      let range = place * length..<(place + 1) * length
      guard observed.fingerprints[range] == recorded[range] else {
        throw refusal(
          .probeMismatch(
            "the first value to differ is \"\(value.value)\", of node \"\(value.node)\","
              + " \(place + 1) of \(observed.values.count)"), at: probe.offset)
      }
    }
    for (place, output) in probe.outputs.enumerated() {
      let result = observed.outputs[place]
      guard Digest(of: result.bytes.span) == output.digest else {
        throw refusal(
          .probeMismatch("output \"\(output.value.name)\" has another digest"), at: probe.offset)
      }
      guard planned[place] == result else {
        throw refusal(
          .probeMismatch(
            "output \"\(output.value.name)\" of a planned run is not that of its nodes one by one"),
          at: probe.offset)
      }
      if let stored = try main.tensor(output), stored != result {
        throw refusal(
          .probeMismatch("output \"\(output.value.name)\" is not the one recorded"),
          at: probe.offset)
      }
    }
    return observed.values.count
  }
}

extension Tensor {
  /// What stands for a tensor that a checked graph cannot ask for.
  fileprivate static let empty = Tensor(dtype: .f32, shape: .scalar, bytes: [0, 0, 0, 0])
}
