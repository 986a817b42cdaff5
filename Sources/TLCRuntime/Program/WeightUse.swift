import TLCCore
import TLCKernels
public import TLCModel

/// The fixed factors of the products of a run, as they lie in memory.
public struct WeightUse: Equatable, Sendable {
  /// How a matrix is multiplied by.
  public enum Form: String, CaseIterable, Sendable {
    /// As its elements.
    case floats
    /// As its elements without the zeros.
    case sparse
    /// As bytes, activations too.
    case bytes
    /// As its codes.
    case codes
  }

  /// The rows of activations from which a matrix most of whose elements are 0 is multiplied by without
  /// them.
  public static let leastSparseRowCount = LinearFactor.sparse.rowCount

  /// The bytes that a run reads once at least: of each product's factor, once.
  public fileprivate(set) var byteCount = 0
  /// The products with a fixed matrix, by the matrix's form; none is left out.
  public fileprivate(set) var matrixCounts: [Form: Int] = [:]

  /// All products with a fixed matrix.
  public var matrixCount: Int { matrixCounts.values.reduce(0, +) }
}

extension Session {
  /// What a run reads of weights.
  ///
  /// - Parameter graph: this session's graph, with types that have no named length.
  public func weightUse(_ graph: TypedGraph) -> WeightUse { program.weightUse(graph) }
}

extension Program {
  /// Operators that multiply by a fixed factor and are no ``Linear``, and the places of their factors.
  private static let factors: [String: [Int]] = [
    "MatMul": [1], "Gemm": [1], "Conv": [1], "ConvTranspose": [1], "LSTM": [1, 2], "GRU": [1, 2],
    "RNN": [1, 2],
  ]

  fileprivate func weightUse(_ graph: TypedGraph) -> WeightUse {
    var use = WeightUse()
    let originals = Dictionary(
      graph.graph.nodes.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    for (node, operation) in zip(nodes, operators) {
      let chain = operation as? LinearChain
      let products =
        chain.map { [$0.first, $0.second] } ?? [operation as? Linear].compactMap { $0 }
      if let last = products.last {
        guard let output = graph.types[node.outputs[0]]?.shape else { continue }
        for linear in products {
          let (form, count) = linear.matrix.use(
            rowCount: output.count / max(1, last.matrix.columnCount))
          use.matrixCounts[form, default: 0] += 1
          use.byteCount += count
        }
      } else if node.domain.isEmpty, let places = Self.factors[node.operation],
        let original = originals[node.name]
      {
        // An operator holds what it was given before runs, and is given nothing in its place.
        for place in places where place < node.inputs.count {
          let given = node.inputs[place]
          guard given.isEmpty || fixed[given] != nil,
            let type = graph.types[original.inputs[place]], let shape = type.shape
          else { continue }
          use.byteCount += shape.count * type.dtype.byteCount
        }
      }
    }
    return use
  }
}
