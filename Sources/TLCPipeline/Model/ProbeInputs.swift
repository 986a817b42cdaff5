import TLCCore
import TLCFormat
import TLCModel

/// Draws inputs of a graph that it can be run with: ids where it looks rows up, ones where it takes
/// integers that it counts or masks with, numbers from −1 to 1 elsewhere.
struct ProbeInputs {
  private let graph: Graph
  private let typed: TypedGraph
  private let uses: [String: [Int]]

  init(_ typed: TypedGraph) {
    self.typed = typed
    graph = typed.graph
    var uses: [String: [Int]] = [:]
    for (place, node) in typed.graph.nodes.enumerated() {
      for name in Set(node.inputs) where !name.isEmpty { uses[name, default: []].append(place) }
    }
    self.uses = uses
  }

  /// The rows of a named axis `batch`.
  private static let batch = 2
  /// The lengths that are tried for other named axes, in order: some models need long inputs, and
  /// some allow only short ones.
  private static let lengths = [16, 64, 256, 1_024, 4_096, 16_384, 8, 4, 2, 1]

  /// Inputs for each length that types allow, to be tried in order.
  func candidates(seed: Int) -> [[Probe.Input]] {
    let names = Set(graph.inputs.flatMap { $0.type.dimensions.flatMap { $0.names } })
    let isFixed = names.subtracting(["batch"]).isEmpty
    return (isFixed ? [1] : Self.lengths).compactMap { length in
      let lengths = Dictionary(
        uniqueKeysWithValues: names.map { ($0, $0 == "batch" ? Self.batch : length) })
      guard let shapes = shapes(where: lengths),
        let specialized = try? typed.specialized(to: shapes),
        specialized.types.values.allSatisfy({ $0.shape.map { $0.count > 0 } ?? true })
      else { return nil }
      return inputs(shapes, seed: seed)
    }
  }

  /// Inputs for given lengths of the named axes.
  ///
  /// - Throws: `GraphError` where a length is missing, or inputs would be too large.
  func inputs(where lengths: [String: Int], seed: Int) throws(GraphError) -> [Probe.Input] {
    guard let shapes = shapes(where: lengths) else {
      throw .malformed("not every named length of its inputs is given, or they are too large")
    }
    return inputs(shapes, seed: seed)
  }

  private func shapes(where lengths: [String: Int]) -> [String: Shape]? {
    var shapes: [String: Shape] = [:]
    for input in graph.inputs {
      let dimensions = input.type.dimensions.compactMap { $0.length(where: lengths) }
      guard dimensions.count == input.type.rank, let shape = Shape(dimensions) else {
        return nil
      }
      shapes[input.name] = shape
    }
    return shapes
  }

  private func inputs(_ shapes: [String: Shape], seed: Int) -> [Probe.Input] {
    var generator = SplitMix64(seed: UInt64(seed))
    return graph.inputs.map { input in
      let draw = draw(for: input, seed: generator.next())
      let value = ProbeRecord.Value(
        name: input.name, dtype: input.type.dtype, shape: shapes[input.name] ?? .scalar)
      return Probe.Input(value, drawn: draw)
    }
  }

  private func draw(for input: Graph.Input, seed: UInt64) -> ProbeDraw {
    let dtype = input.type.dtype
    var seen: Set<String> = []
    if let bound = bound(of: input.name, &seen), bound > 0 {
      return .integers(bound: min(bound, ProbeDraw.greatestBound(of: dtype)), seed: seed)
    }
    return dtype.isFloatingPoint ? .uniform(seed: seed) : .ones
  }

  /// Operators that hand elements on as they are.
  private static let passing: Set<String> = [
    "Cast", "Concat", "Expand", "Flatten", "Identity", "Reshape", "Slice", "Squeeze", "Transpose",
    "Unsqueeze",
  ]

  /// The least length of an axis that the elements are indices of; `nil` where they are not.
  private func bound(of name: String, _ seen: inout Set<String>) -> Int? {
    guard seen.insert(name).inserted else { return nil }
    var bounds: [Int] = []
    for place in uses[name] ?? [] {
      let node = graph.nodes[place]
      switch node.operation {
      case "Gather", "GatherElements":
        guard node.inputs.count > 1, node.inputs[1] == name else { continue }
        var axis = 0
        if case .int(let given)? = node.attributes["axis"] { axis = given }
        guard let data = typed.types[node.inputs[0]] else { continue }
        let index = axis < 0 ? axis + data.rank : axis
        if data.dimensions.indices.contains(index), let length = data.dimensions[index].length {
          bounds.append(length)
        }
      case "OneHot":
        guard node.inputs.count > 1, node.inputs[0] == name,
          let depth = typed.constants[node.inputs[1]], depth.shape.count == 1,
          !depth.dtype.isFloatingPoint
        else { continue }
        bounds.append(
          depth.dtype == .i64
            ? Int(depth.elements(of: Int64.self)[0])
            : depth.dtype == .i32 ? Int(depth.elements(of: Int32.self)[0]) : 0)
      case let operation where Self.passing.contains(operation):
        guard node.inputs.first == name || operation == "Concat" else { continue }
        for output in node.outputs {
          if let bound = bound(of: output, &seen) { bounds.append(bound) }
        }
      default: break
      }
    }
    return bounds.filter { $0 > 0 }.min()
  }
}
