internal import TLCCore
public import TLCModel

/// How much work a run is, counted from the types of its values.
public struct WorkEstimate: Equatable, Sendable {
  /// Multiplications and additions of products (`MatMul`, `Gemm`, `Conv`, recurrent layers,
  /// `Attention`), one of each for a term.
  public private(set) var operationCount = 0.0

  /// Counts a graph whose types have no named length.
  public init(_ graph: TypedGraph) {
    for node in graph.graph.nodes {
      func shape(_ names: [String], _ place: Int) -> [Double]? {
        guard names.indices.contains(place) else { return nil }
        return graph.types[names[place]]?.shape?.dimensions.map { Double($0) }
      }
      func count(_ shape: [Double]) -> Double { shape.reduce(1, *) }
      guard let out = shape(node.outputs, 0) else { continue }
      switch node.operation {
      case "MatMul", "Gemm":
        guard let left = shape(node.inputs, 0) else { continue }
        var depth = left.last ?? 1
        if case .int(1)? = node.attributes["transA"] { depth = left.first ?? 1 }
        operationCount += 2 * count(out) * depth
      case "Conv", "ConvTranspose":
        guard let weights = shape(node.inputs, 1), let input = shape(node.inputs, 0) else {
          continue
        }
        let terms = count(Array(weights.dropFirst()))
        let outputs = node.operation == "Conv" ? count(out) : count(input)
        operationCount += 2 * outputs * terms
      case "LSTM", "GRU", "RNN":
        guard let input = shape(node.inputs, 0), let weights = shape(node.inputs, 1),
          let hidden = shape(node.inputs, 2)
        else { continue }
        operationCount += 2 * count(Array(input.dropLast())) * (count(weights) + count(hidden))
      case "Attention":
        guard let query = shape(node.inputs, 0), let key = shape(node.inputs, 1) else { continue }
        // Scores and their product with values: the lengths of both sequences, twice.
        let length = key.count == 4 ? key[2] : key.count == 3 ? key[1] : 0
        operationCount += 4 * count(query) * length
      default: break
      }
    }
  }
}
