import TLCCore
import TLCKernels
import TLCModel

extension Program {
  /// Makes `MatMul` and `Gemm` with a fixed right factor, transposed before or not, and the `Add` of
  /// a fixed vector behind them, one ``Linear`` each.
  mutating func fuseProducts() {
    let givers = givers()
    var packed: [Factor: LinearFactor] = [:]
    for place in nodes.indices where nodes[place].domain.isEmpty {
      guard let product = product(at: place, givers, &packed) else { continue }
      replace(place, with: product.node, product.operation)
    }
    fuseBiases()
  }

  /// A fixed right factor, and whether it is transposed.
  private struct Factor: Hashable {
    var name: String
    var isTransposed: Bool
  }

  /// - Parameter packed: the factors that are packed already: layers that share their weights share
  ///   memory.
  private func product(
    at place: Int, _ givers: [String: Int], _ packed: inout [Factor: LinearFactor]
  ) -> (node: Node, operation: Linear)? {
    let node = nodes[place]
    let quantized = operators[place] as? QuantizedProduct
    var isTransposed = false
    var bias: TensorView?
    if let gemm = (quantized?.original ?? operators[place]) as? Gemm {
      guard gemm.alpha == 1, gemm.beta == 1, !gemm.isLeftTransposed else { return nil }
      isTransposed = gemm.isRightTransposed
      if node.inputs.count > 2, !node.inputs[2].isEmpty {
        guard let vector = fixed[node.inputs[2]], let columns = vector.shape.dimensions.last,
          vector.shape.count == columns
        else { return nil }
        bias = vector
      }
    } else if node.operation != "MatMul" {
      return nil
    }
    func linear(_ matrix: LinearFactor) -> (node: Node, operation: Linear)? {
      guard bias.map({ $0.shape.count == matrix.columnCount }) ?? true else { return nil }
      return (
        Node(
          Linear.name, domain: Linear.domain, name: node.name, inputs: [node.inputs[0]],
          outputs: node.outputs), Linear(matrix, bias: bias, activation: nil)
      )
    }
    if let quantized { return linear(quantized.matrix) }
    var right = node.inputs[1]
    if let giver = givers[right], nodes[giver].operation == "Transpose",
      let source = nodes[giver].inputs.first, fixed[source]?.shape.rank == 2,
      nodes[giver].attributes["perm"].map({ $0 == .ints([1, 0]) }) ?? true
    {
      right = source
      isTransposed.toggle()
    }
    guard let matrix = fixed[right], matrix.dtype == .f32, matrix.shape.rank == 2 else {
      return nil
    }
    let lengths = matrix.shape.dimensions
    let factor = Factor(name: right, isTransposed: isTransposed)
    let shared =
      packed[factor]
      ?? LinearFactor(
        packing: matrix.elements(of: Float.self), depth: lengths[isTransposed ? 1 : 0],
        columnCount: lengths[isTransposed ? 0 : 1], isTransposed: isTransposed)
    packed[factor] = shared
    return linear(shared)
  }

  /// The place of the only node that uses a value, where it is one node and no output.
  private func onlyUse(of name: String, _ uses: [String: [Int]]) -> Int? {
    guard let places = uses[name], places.count == 1, places[0] < nodes.count else { return nil }
    return places[0]
  }

  /// Puts the `Add` of a vector into the product before it.
  private mutating func fuseBiases() {
    let uses = uses()
    var removed: Set<Int> = []
    for place in nodes.indices {
      guard let linear = operators[place] as? Linear, linear.bias == nil,
        let use = onlyUse(of: nodes[place].outputs[0], uses), nodes[use].domain.isEmpty,
        nodes[use].operation == "Add",
        let other = nodes[use].inputs.first(where: { $0 != nodes[place].outputs[0] }),
        let bias = fixed[other], bias.dtype == .f32, bias.shape.rank == 1,
        bias.shape.count == linear.matrix.columnCount
      else { continue }
      let fused = Node(
        Linear.name, domain: Linear.domain, name: nodes[use].name, inputs: nodes[place].inputs,
        outputs: nodes[use].outputs)
      replace(use, with: fused, Linear(linear.matrix, bias: bias, activation: nil))
      removed.insert(place)
    }
    remove(removed)
  }

  /// Puts the function behind a product into it.
  mutating func fuseActivations() {
    let uses = uses()
    var removed: Set<Int> = []
    for place in nodes.indices {
      guard let linear = operators[place] as? Linear, linear.activation == nil,
        let use = onlyUse(of: nodes[place].outputs[0], uses), nodes[use].domain.isEmpty,
        let function = (operators[use] as? any FloatFunction)?.kernel
      else { continue }
      let fused = Node(
        Linear.name, domain: Linear.domain, name: nodes[use].name, inputs: nodes[place].inputs,
        outputs: nodes[use].outputs)
      replace(
        use, with: fused, Linear(linear.matrix, bias: linear.bias, activation: function))
      removed.insert(place)
    }
    remove(removed)
  }
}
