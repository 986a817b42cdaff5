import TLCCore
import TLCKernels
import TLCModel
import TLCSystem

extension Program {
  /// Makes `MatMul` and `Gemm` with a fixed right factor, transposed before or not, and the `Add` of
  /// a fixed vector behind them, one ``Linear`` each.
  mutating func fuseProducts(_ parallelism: Parallelism, _ weights: WeightSource) throws {
    let givers = givers()
    var products: [(place: Int, product: Product)] = []
    for place in nodes.indices where nodes[place].domain.isEmpty {
      if let product = product(at: place, givers) { products.append((place, product)) }
    }
    let matrices = try packed(products.compactMap { $0.product.factor }, parallelism, weights)
    for (place, product) in products {
      guard let matrix = product.matrix ?? product.factor.flatMap({ matrices[$0] }) else {
        continue
      }
      let node = Node(
        Linear.name, domain: Linear.domain, name: nodes[place].name,
        inputs: [nodes[place].inputs[0]],
        outputs: nodes[place].outputs)
      replace(place, with: node, Linear(matrix, bias: product.bias, activation: nil))
    }
    fuseBiases()
  }

  /// A product with a fixed right factor.
  private struct Product {
    /// The factor that is to be packed, or nothing where it is ready.
    var factor: Factor?
    var matrix: LinearFactor?
    var bias: TensorView?
  }

  /// A fixed right factor, and whether it is transposed.
  private struct Factor: Hashable {
    var name: String
    var isTransposed: Bool
  }

  private func product(at place: Int, _ givers: [String: Int]) -> Product? {
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
    func takesBias(_ columnCount: Int) -> Bool {
      bias.map { $0.shape.count == columnCount } ?? true
    }
    if let quantized {
      guard takesBias(quantized.matrix.columnCount) else { return nil }
      return Product(matrix: quantized.matrix, bias: bias)
    }
    var right = node.inputs[1]
    if let giver = givers[right], nodes[giver].operation == "Transpose",
      let source = nodes[giver].inputs.first, fixedType(of: source)?.shape.rank == 2,
      nodes[giver].attributes["perm"].map({ $0 == .ints([1, 0]) }) ?? true
    {
      right = source
      isTransposed.toggle()
    }
    guard let type = fixedType(of: right), type.dtype == .f32, type.shape.rank == 2,
      takesBias(type.shape.dimensions[isTransposed ? 0 : 1])
    else { return nil }
    return Product(factor: Factor(name: right, isTransposed: isTransposed), bias: bias)
  }

  /// Reads and packs matrices, each once: layers that share their weights share memory. What is read
  /// for it alone is let go at once, so that not all are in memory twice.
  private func packed(
    _ factors: [Factor], _ parallelism: Parallelism, _ weights: WeightSource
  ) throws -> [Factor: LinearFactor] {
    var seen: Set<Factor> = []
    let factors = factors.filter { seen.insert($0).inserted }
    let matrices = try parallelism.map(factors.count) { [fixed, pending] index in
      let (name, isTransposed) = (factors[index].name, factors[index].isTransposed)
      let matrix =
        try fixed[name]
        ?? pending[name].map { TensorView(sharing: try weights.tensor($0.tensor)) }
      return matrix.map { matrix in
        let lengths = matrix.shape.dimensions
        return LinearFactor(
          packing: matrix.elements(of: Float.self), depth: lengths[isTransposed ? 1 : 0],
          columnCount: lengths[isTransposed ? 0 : 1], isTransposed: isTransposed,
          leavesZerosOut: weights.leavesZerosOut)
      }
    }
    return Dictionary(
      uniqueKeysWithValues: zip(factors, matrices).compactMap { pair in
        pair.1.map { (pair.0, $0) }
      })
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

  /// Makes a product and the only one that reads what it gives one operator.
  mutating func chainProducts() {
    let uses = uses()
    var removed: Set<Int> = []
    for place in nodes.indices where !removed.contains(place) {
      guard let first = operators[place] as? Linear,
        let use = onlyUse(of: nodes[place].outputs[0], uses),
        let second = operators[use] as? Linear
      else { continue }
      let chain = Node(
        LinearChain.name, domain: LinearChain.domain, name: nodes[use].name,
        inputs: nodes[place].inputs, outputs: nodes[use].outputs)
      replace(use, with: chain, LinearChain(first, second))
      removed.insert(place)
    }
    remove(removed)
  }
}
