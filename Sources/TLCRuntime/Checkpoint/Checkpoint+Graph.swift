public import TLCCore
public import TLCFormat
public import TLCModel
public import TLCSystem

extension Checkpoint {
  /// The graph, whose initializers are tensors of this checkpoint; `nil` where it has none.
  ///
  /// - Parameter registry: the operators that there are.
  /// - Throws: `CheckpointError` where the graph breaks one of G1 to G8: rule R36.
  public func graph(registry: OperatorRegistry = .standard) throws(CheckpointError) -> TypedGraph? {
    guard let bytes = main.graphBytes else { return nil }
    do throws(GraphError) {
      guard let json = StrictJSON(bytes) else {
        throw .malformed("it has more values than a graph may have")
      }
      return try TypedGraph(try Graph(parsing: json), registry: registry) { name in
        index(named: name).map { ValueType(tensors[$0].dtype, tensors[$0].shape) }
      }
    } catch {
      throw refusal(.graph("\(error)"), at: main.graphOffset)
    }
  }

  /// The graph, where there must be one.
  ///
  /// - Throws: as ``graph(registry:)``, and `CheckpointError.noGraph(path:)` where there is none.
  public func requiredGraph(
    registry: OperatorRegistry = .standard
  ) throws(CheckpointError) -> TypedGraph {
    guard let graph = try graph(registry: registry) else { throw .noGraph(path: main.path) }
    return graph
  }

  /// A graph of this checkpoint in a way to compute, which takes the codes that tensors are stored as.
  ///
  /// - Throws: `CheckpointError` where a tensor is not what was written.
  /// - Precondition: the graph is this checkpoint's.
  public func graph(
    _ graph: TypedGraph, computing compute: Compute, parallelism: Parallelism = .automatic
  ) throws(CheckpointError) -> TypedGraph {
    try graph.computing(compute, parallelism: parallelism) { name throws(CheckpointError) in
      try byteCodes(named: name, parallelism: parallelism)
    }
  }

  /// Reads, checks and decodes the tensors that a graph names.
  ///
  /// - Returns: a tensor for each initializer, by the tensor's name.
  /// - Precondition: the graph is this checkpoint's.
  public func weights(
    of graph: Graph, parallelism: Parallelism = .automatic
  ) throws(CheckpointError) -> [String: Tensor] {
    var names: [String] = []
    var seen: Set<String> = []
    for initializer in graph.initializers where seen.insert(initializer.tensor).inserted {
      names.append(initializer.tensor)
    }
    let tensors = try parallelism.map(names.count) { [names] place throws(CheckpointError) in
      guard let tensor = try tensor(named: names[place], parallelism: .serial) else {
        preconditionFailure("\"\(names[place])\" is a tensor of another checkpoint")
      }
      return tensor
    }
    return Dictionary(uniqueKeysWithValues: zip(names, tensors))
  }

  /// An error about the graph or a probe.
  func refusal(_ reason: FormatError.Reason, at offset: Int) -> CheckpointError {
    .format(path: main.path, FormatError(reason, at: offset))
  }
}
