import TLCCore
import TLCKernels
import TLCModel

/// One node, to be inferred or run.
struct OperatorCase: Sendable, CustomStringConvertible {
  var operation: String
  var inputs: [ValueType]
  /// Inputs that are known before a run, by place.
  var constants: [Int: Tensor] = [:]
  var attributes: [String: Attribute] = [:]
  var outputCount = 1

  init(
    _ operation: String, _ inputs: [ValueType], _ constants: [Int: Tensor] = [:],
    _ attributes: [String: Attribute] = [:], outputCount: Int = 1
  ) {
    self.operation = operation
    self.inputs = inputs
    self.constants = constants
    self.attributes = attributes
    self.outputCount = outputCount
  }

  var description: String { "\(operation) of \(inputs.map { "\($0)" }.joined(separator: ", "))" }

  /// The graph, with inputs and constants named by their places.
  var graph: Graph {
    var graph = Graph()
    for (place, type) in inputs.enumerated() {
      if let tensor = constants[place] {
        graph.constants.append(.init(name: "\(place)", tensor: tensor))
      } else {
        graph.inputs.append(.init(name: "\(place)", type: type))
      }
    }
    graph.outputs = (0..<outputCount).map { "y\($0)" }
    graph.nodes = [
      Node(
        operation, name: "n", inputs: inputs.indices.map { "\($0)" }, outputs: graph.outputs,
        attributes: attributes)
    ]
    return graph
  }

  /// The types of the outputs.
  func types() throws -> [String] {
    let typed = try TypedGraph(graph) { _ in nil }
    return graph.outputs.map { typed.types[$0].map { "\($0)" } ?? "" }
  }

  func evaluate(_ inputs: [String: Tensor], threadCount: Int = 1) throws -> [Tensor] {
    let context = EvaluationContext(team: Team(threadCount: threadCount))
    struct NoTensor: Error {}
    return try TypedGraph(graph) { _ in nil }.evaluate(inputs, context) { _ in throw NoTensor() }
  }
}

/// `type("f32", "batch", 3)`.
func type(_ dtype: DType, _ lengths: any DimensionLiteral...) -> ValueType {
  ValueType(dtype, lengths.map { $0.dimension })
}

/// A length as tests write it: a number or a name.
protocol DimensionLiteral { var dimension: Dimension { get } }
extension Int: DimensionLiteral { var dimension: Dimension { Dimension(self) } }
extension String: DimensionLiteral { var dimension: Dimension { Dimension(named: self) } }

/// A list of integers.
func list(_ integers: Int64...) -> Tensor {
  Tensor(integers, shape: Shape([integers.count]) ?? .scalar)
}
