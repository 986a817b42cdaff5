public import TLCCore
internal import TLCKernels
public import TLCModel

extension TypedGraph {
  /// The same graph in a way to compute: planned and node by node, the bits are that way's.
  ///
  /// - Parameters:
  ///   - compute: the way to compute.
  ///   - values: the codes and steps of a tensor of the checkpoint; `nil` where it is not stored as
  ///     uniform values.
  /// - Throws: what `values` throws.
  public func computing<Failure: Error>(
    _ compute: Compute, values: (_ tensor: String) throws(Failure) -> UniformValues?
  ) throws(Failure) -> TypedGraph {
    guard compute != .f32 else { return self }
    let sources = FactorSources(graph)
    var matrices: [FactorSources.Factor: LinearFactor?] = [:]
    var replacements: [Int: any Operator] = [:]
    for (place, node) in graph.nodes.enumerated() {
      guard let factor = sources.rightFactor(of: node, operators[place]) else { continue }
      if matrices[factor] == nil {
        let values = try values(factor.tensor)
        matrices[factor] = .some(
          values.flatMap { LinearFactor($0, isTransposed: factor.isTransposed, compute) })
      }
      guard case .some(.some(let matrix)) = matrices[factor] else { continue }
      replacements[place] = QuantizedProduct(operators[place], with: matrix)
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
  /// The matrix of values in a way to compute, where they allow it.
  fileprivate init?(_ values: UniformValues, isTransposed: Bool, _ compute: Compute) {
    guard values.dtype == .f32, values.shape.rank == 2, values.shape.count > 0 else { return nil }
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

extension IntegerMatrix {
  /// The matrix of values that are codes of a byte with a step a column, or a step for all.
  ///
  /// - Parameter isTransposed: whether the values are the columns' rows.
  /// - Returns: `nil` for other values, and where a column's codes sum to too much.
  fileprivate init?(_ values: UniformValues, isTransposed: Bool) {
    guard values.zeroPoints == nil, values.minimum >= -128, values.maximum <= 127
    else { return nil }
    let columnAxis = isTransposed ? 0 : 1
    let columnCount = values.shape.dimensions[columnAxis]
    var steps = values.steps.map { Float($0) }
    switch values.layout {
    case .tensor: steps = Array(repeating: steps[0], count: columnCount)
    case .axis(columnAxis): break
    default: return nil
    }
    guard let line = Shape([columnCount]) else { return nil }
    self.init(
      TensorView(Tensor(values.codes, shape: values.shape)).elements(of: Int32.self),
      steps: TensorView(Tensor(steps, shape: line)).elements(of: Float.self),
      depth: values.shape.dimensions[1 - columnAxis], columnCount: columnCount,
      isTransposed: isTransposed)
  }
}

extension CodeMatrix {
  /// The matrix of values whose codes, less their zero points, are bytes, with a step for all, a
  /// column, or a group down a column.
  ///
  /// - Parameter isTransposed: whether the values are the columns' rows.
  /// - Returns: `nil` for other values.
  fileprivate init?(_ values: UniformValues, isTransposed: Bool) {
    let columnAxis = isTransposed ? 0 : 1
    let lengths = values.shape.dimensions
    let (depth, columnCount) = (lengths[1 - columnAxis], lengths[columnAxis])
    var steps = values.steps.map { Float($0) }
    var group = depth
    switch values.layout {
    case .tensor: steps = Array(repeating: steps[0], count: columnCount)
    case .axis(columnAxis): break
    case .group(1 - columnAxis, let size): group = size
    default: return nil
    }
    var codes = [Int8](repeating: 0, count: values.codes.count)
    var isNarrow = true
    var fits = true
    values.layout.forEachRun(in: values.shape, within: 0..<codes.count) { run in
      for i in run.elements {
        let step = run.step + (i - run.elements.lowerBound) * run.stride
        let code = values.codes[i] - (values.zeroPoints?[step] ?? 0)
        fits = fits && code == Int32(Int8(truncatingIfNeeded: code))
        codes[i] = Int8(truncatingIfNeeded: code)
        isNarrow = isNarrow && CodeMatrix.Width.four.codes.contains(codes[i])
      }
    }
    guard fits, let line = Shape([steps.count]) else { return nil }
    self.init(
      TensorView(Tensor(codes, shape: values.shape)).elements(of: Int8.self),
      steps: TensorView(Tensor(steps, shape: line)).elements(of: Float.self), depth: depth,
      columnCount: columnCount, group: group, width: isNarrow ? .four : .eight,
      isTransposed: isTransposed)
  }
}
