import TLCCore
import TLCFormat
import TLCImport
import TLCModel
import TLCRuntime
import TLCSystem

/// The graph of a checkpoint that is being converted, and its runs: first with the source's tensors,
/// and, when all are compressed, with the file's.
struct ModelProbing {
  let graph: TypedGraph
  private let parallelism: Parallelism
  private var runs: [(inputs: [Probe.Input], origin: ProbeRecord.Origin, outputs: [Tensor])] = []
  /// The tensors that the graph names, as they are in the file; aliases by their target.
  private var weights: [String: Tensor] = [:]
  /// Those of them that are codes and steps, where a way to compute takes them.
  private var codes: [String: UniformValues] = [:]
  private let ways: [Compute]
  let targets: [String: String]
  /// The names of the tensors whose decoded values are wanted.
  private let wanted: Set<String>

  /// - Parameter ways: the ways to compute in which runs with the file's tensors are recorded.
  /// - Throws: `GraphError` where the graph has no meaning.
  init(
    _ graph: Graph, of checkpoint: ImportedCheckpoint, ways: [Compute] = [.f32],
    parallelism: Parallelism
  ) throws(GraphError) {
    var types: [String: ValueType] = [:]
    for tensor in checkpoint.tensors { types[tensor.name] = ValueType(tensor.dtype, tensor.shape) }
    let targets = Dictionary(
      checkpoint.aliases.map { ($0.name, $0.target) }, uniquingKeysWith: { first, _ in first })
    self.graph = try TypedGraph(graph) { types[targets[$0] ?? $0] }
    self.targets = targets
    wanted = Set(graph.initializers.map { targets[$0.tensor] ?? $0.tensor })
    self.ways = ways
    self.parallelism = parallelism
  }

  /// Runs the graph with the source's tensors, on inputs that are drawn.
  ///
  /// - Returns: whether inputs were found that the graph runs with.
  mutating func runSource(_ checkpoint: ImportedCheckpoint, seed: Int) throws -> Bool {
    let candidates = ProbeInputs(graph).candidates(seed: seed)
    guard !candidates.isEmpty else { return false }
    let session = try sourceSession(checkpoint)
    for inputs in candidates {
      do throws(GraphError) {
        runs.append((inputs, .drawn, try session.run(Self.tensors(of: inputs))))
        return true
      } catch { continue }
    }
    return false
  }

  /// Runs the graph with the source's tensors, on a user's samples.
  mutating func runSource(
    _ checkpoint: ImportedCheckpoint, samples: [String: Tensor]
  ) throws {
    let inputs = graph.graph.inputs.compactMap { input in
      samples[input.name].map { Probe.Input(name: input.name, $0) }
    }
    runs.append((inputs, .samples, try sourceSession(checkpoint).run(samples)))
  }

  func sourceSession(_ checkpoint: ImportedCheckpoint) throws -> Session {
    try Session(graph, threadCount: parallelism.threads) { name in
      try sourceTensor(named: name, of: checkpoint)
    }
  }

  /// Reads a tensor of the source, or the one that an alias stands for.
  func sourceTensor(named name: String, of checkpoint: ImportedCheckpoint) throws -> Tensor {
    let target = targets[name] ?? name
    guard let tensor = checkpoint.tensors.first(where: { $0.name.equalsInUTF8(target) }) else {
      throw GraphError.value(name, "the source has no such tensor")
    }
    return try tensor.load(parallelism)
  }

  /// The tensor that a name stands for.
  func target(of name: String) -> String { targets[name] ?? name }

  /// Whether ``take(_:_:named:)`` is to be given a tensor.
  func wants(_ name: String) -> Bool { !runs.isEmpty && wanted.contains(name) }

  /// Takes a tensor as the file will decode it.
  ///
  /// - Parameter values: its codes and steps, where the file has them.
  mutating func take(_ tensor: Tensor, _ values: UniformValues?, named name: String) {
    weights[name] = tensor
    if ways.contains(where: { $0 != .f32 }) { codes[name] = values }
  }

  /// Runs the graph with the file's tensors, in each way to compute.
  ///
  /// - Throws: `GraphError`; where a planned run is not that of the nodes one by one,
  ///   ``ConversionError/plannedRunDiffers(output:)``.
  func probes() throws -> [Probe] {
    guard !runs.isEmpty else { return [] }
    return try ways.flatMap { try probes($0) }
  }

  private func probes(_ compute: Compute) throws -> [Probe] {
    let graph = graph.computing(compute, parallelism: parallelism) { [codes, targets] in
      codes[targets[$0] ?? $0].flatMap { ByteCodes($0) }
    }
    let weight = { @Sendable (name: String) throws(GraphError) -> Tensor in
      guard let tensor = weights[targets[name] ?? name] else {
        throw .value(name, "the file has no such tensor")
      }
      return tensor
    }
    let session = try Session(graph, threadCount: parallelism.threads, weight: weight)
    return try runs.map { run in
      let tensors = Self.tensors(of: run.inputs)
      let observed = try ObservedRun(
        graph, tensors, threadCount: parallelism.threads, weight: weight)
      let planned = try session.run(tensors)
      var outputs: [Probe.Output] = []
      for (place, name) in graph.graph.outputs.enumerated() {
        guard planned[place] == observed.outputs[place] else {
          throw ConversionError.plannedRunDiffers(output: name)
        }
        outputs.append(
          Probe.Output(
            name: name, tensor: planned[place], source: run.outputs[place],
            tolerance: planned[place].tolerance))
      }
      return Probe(
        compute: compute.rawValue, origin: run.origin, fingerprints: observed.fingerprints,
        inputs: run.inputs, outputs: outputs)
    }
  }

  static func tensors(of inputs: [Probe.Input]) -> [String: Tensor] {
    Dictionary(uniqueKeysWithValues: inputs.map { ($0.name, $0.tensor) })
  }
}

extension Tensor {
  /// What another order of sums explains of an output's difference: 10⁻⁵ of its greatest magnitude.
  fileprivate var tolerance: Double {
    func greatest<Element: TensorElement>(_: Element.Type) -> Double {
      withElements(of: Element.self) { elements in
        var greatest = 0.0
        for i in elements.indices where elements[i].double.isFinite {
          greatest = max(greatest, abs(elements[i].double))
        }
        return greatest
      }
    }
    return dtype.isFloatingPoint ? 1e-5 * greatest(dtype.elementType) : 0
  }
}
