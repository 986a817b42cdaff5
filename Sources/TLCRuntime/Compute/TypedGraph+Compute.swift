public import TLCCore
internal import TLCKernels
public import TLCModel
public import TLCSystem

extension TypedGraph {
  /// The same graph in a way to compute: planned and node by node, the bits are that way's.
  ///
  /// - Parameters:
  ///   - compute: the way to compute.
  ///   - parallelism: how many threads make matrices ready.
  ///   - codes: the codes and steps of a tensor of the checkpoint; `nil` where it is not stored as
  ///     uniform values of a byte.
  /// - Throws: what `codes` throws.
  public func computing<Failure: Error>(
    _ compute: Compute, parallelism: Parallelism = .serial,
    codes: @Sendable (_ tensor: String) throws(Failure) -> ByteCodes?
  ) throws(Failure) -> TypedGraph {
    guard compute != .f32 else { return self }
    let sources = FactorSources(graph)
    var places: [FactorSources.Factor: [Int]] = [:]
    var factors: [FactorSources.Factor] = []
    for (place, node) in graph.nodes.enumerated() {
      guard let factor = sources.rightFactor(of: node, operators[place]) else { continue }
      if places[factor] == nil { factors.append(factor) }
      places[factor, default: []].append(place)
    }
    let matrices = try parallelism.map(factors.count) { [factors] index throws(Failure) in
      try codes(factors[index].tensor).flatMap {
        LinearFactor($0, isTransposed: factors[index].isTransposed, compute)
      }
    }
    var replacements: [Int: any Operator] = [:]
    for (factor, matrix) in zip(factors, matrices) {
      guard let matrix else { continue }
      for place in places[factor, default: []] {
        replacements[place] = QuantizedProduct(operators[place], with: matrix)
      }
    }
    return replacing(replacements)
  }
}

/// Which tensors of the checkpoint the right factors of products are.
private struct FactorSources {
  /// A tensor, and whether the product takes it transposed.
  struct Factor: Hashable {
    var tensor: String
    var isTransposed: Bool
  }

  private var factors: [String: Factor] = [:]

  init(_ graph: Graph) {
    for initializer in graph.initializers {
      factors[initializer.value] = Factor(tensor: initializer.tensor, isTransposed: false)
    }
    let initializers = factors
    for node in graph.nodes where node.domain.isEmpty && node.operation == "Transpose" {
      guard let source = node.inputs.first, let output = node.outputs.first,
        var factor = initializers[source],
        node.attributes["perm"].map({ $0 == .ints([1, 0]) }) ?? true
      else { continue }
      factor.isTransposed = true
      factors[output] = factor
    }
  }

  /// - Returns: `nil` where the node is no product that bytes may compute.
  func rightFactor(of node: Node, _ operation: any Operator) -> Factor? {
    guard node.inputs.count > 1, var factor = factors[node.inputs[1]] else { return nil }
    if let gemm = operation as? Gemm {
      guard gemm.alpha == 1, gemm.beta == 1, !gemm.isLeftTransposed else { return nil }
      if gemm.isRightTransposed { factor.isTransposed.toggle() }
    } else if !(operation is MatMul) {
      return nil
    }
    return factor
  }
}

extension LinearFactor {
  /// The matrix of codes in a way to compute, where they allow it.
  fileprivate init?(_ values: ByteCodes, isTransposed: Bool, _ compute: Compute) {
    guard values.shape.rank == 2, values.shape.count > 0 else { return nil }
    switch compute {
    case .f32: return nil
    case .int8:
      guard let matrix = IntegerMatrix(values, isTransposed: isTransposed) else { return nil }
      self = .bytes(matrix)
    case .codes:
      guard let matrix = CodeMatrix(values, isTransposed: isTransposed) else { return nil }
      self = .codes(matrix)
    }
  }
}

extension ByteCodes {
  fileprivate var elements: Elements<Int8> {
    TensorView(sharing: codes).elements(of: Int8.self)
  }

  /// The steps; where there is one for all, `count` of it.
  fileprivate func steps(_ count: Int) -> Elements<Float>? {
    let all = layout == .tensor ? Array(repeating: steps[0], count: count) : steps
    return Shape([all.count]).map { TensorView(Tensor(all, shape: $0)).elements(of: Float.self) }
  }
}

extension IntegerMatrix {
  /// The matrix of values that are codes of a byte with a step a column, or a step for all.
  ///
  /// - Parameter isTransposed: whether the values are the columns' rows.
  /// - Returns: `nil` for other values, and where a column's codes sum to too much.
  fileprivate init?(_ values: ByteCodes, isTransposed: Bool) {
    let columnAxis = isTransposed ? 0 : 1
    let columnCount = values.shape.dimensions[columnAxis]
    guard values.isSymmetric, values.layout == .tensor || values.layout == .axis(columnAxis),
      let steps = values.steps(columnCount)
    else { return nil }
    self.init(
      values.elements, steps: steps, depth: values.shape.dimensions[1 - columnAxis],
      columnCount: columnCount, isTransposed: isTransposed)
  }
}

extension CodeMatrix {
  /// The matrix of values with a step for all, a column, or a group down a column.
  ///
  /// - Parameter isTransposed: whether the values are the columns' rows.
  /// - Returns: `nil` for other values.
  fileprivate init?(_ values: ByteCodes, isTransposed: Bool) {
    let columnAxis = isTransposed ? 0 : 1
    let lengths = values.shape.dimensions
    let (depth, columnCount) = (lengths[1 - columnAxis], lengths[columnAxis])
    var group = depth
    switch values.layout {
    case .tensor, .axis(columnAxis): break
    case .group(1 - columnAxis, let size): group = size
    default: return nil
    }
    guard let steps = values.steps(columnCount) else { return nil }
    let codes = values.elements
    let narrow = CodeMatrix.Width.four
    let isNarrow = narrow.codes.contains(codes.least) && narrow.codes.contains(codes.greatest)
    self.init(
      codes, steps: steps, depth: depth, columnCount: columnCount, group: group,
      width: isNarrow ? .four : .eight, isTransposed: isTransposed)
  }
}
