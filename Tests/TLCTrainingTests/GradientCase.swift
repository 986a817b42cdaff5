import TLCCore
import TLCModel
import TLCTraining
import Testing

/// A small graph whose gradients are held to finite differences.
struct GradientCase: Sendable, CustomStringConvertible {
  typealias Value = GraphBuilder.Value

  let description: String
  /// The shapes of the weights.
  let shapes: [[Int]]
  /// What every element of a weight has added to it.
  let offset: Float
  let build: @Sendable (inout GraphBuilder, [Value]) throws -> Value

  init(
    _ description: String, _ shapes: [[Int]], offset: Float = 0,
    _ build: @escaping @Sendable (inout GraphBuilder, [Value]) throws -> Value
  ) {
    self.description = description
    self.shapes = shapes
    self.offset = offset
    self.build = build
  }

  /// One node with all weights as inputs.
  init(
    _ operation: String, _ shapes: [[Int]], offset: Float = 0,
    _ attributes: [String: Attribute] = [:], domain: String = ""
  ) {
    self.init("\(operation) \(shapes) \(attributes.keys.sorted())", shapes, offset: offset) {
      try $0.add(operation, domain: domain, $1, attributes, name: "out")
    }
  }

  /// Numbers between −1 and 1 that a seed gives.
  static func numbers(_ count: Int, seed: UInt64) -> [Float] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in Float.random(in: -1..<1, using: &random) }
  }

  static func tensor(_ lengths: [Int], seed: UInt64, offset: Float = 0) throws -> Tensor {
    let shape = try #require(Shape(lengths))
    return Tensor(numbers(shape.count, seed: seed).map { $0 + offset }, shape: shape)
  }

  /// A loss: the mean of the result with a weight an element.
  func graph() throws -> (graph: Graph, weights: [String: Tensor]) {
    var builder = GraphBuilder(registry: TrainingOperators.registry)
    var weights: [String: Tensor] = [:]
    var values: [Value] = []
    for (place, lengths) in shapes.enumerated() {
      let tensor = try Self.tensor(lengths, seed: UInt64(place + 1), offset: offset)
      weights["w\(place)"] = tensor
      values.append(try builder.tensor("w\(place)", ValueType(.f32, tensor.shape)))
    }
    let out = try build(&builder, values)
    let lengths = builder.type(of: out).dimensions.compactMap { $0.length }
    if lengths.isEmpty {
      try builder.output(out)
      return (builder.graph, weights)
    }
    let factors = try builder.constant(try Self.tensor(lengths, seed: 99))
    let product = try builder.add("Mul", [out, factors], name: "weighted")
    let loss = try builder.add("ReduceMean", [product], ["keepdims": .int(0)], name: "loss")
    try builder.output(loss)
    return (builder.graph, weights)
  }

  static let all: [GradientCase] = [
    GradientCase("Add", [[3, 4], [3, 4]]),
    GradientCase("Add", [[2, 3, 4], [4]]),
    GradientCase("Add", [[2, 3, 4], [3, 1]]),
    GradientCase("Sub", [[3, 4], [1, 4]]),
    GradientCase("Mul", [[3, 4], [3, 4]]),
    GradientCase("Mul", [[2, 3, 4], [4]]),
    GradientCase("Mul", [[3, 4], []]),
    GradientCase("Div", [[3, 4], [4]], offset: 2.5),
    GradientCase("Neg", [[3, 4]]),
    GradientCase("Relu", [[5, 7]]),
    GradientCase("Tanh", [[5, 7]]),
    GradientCase("Sigmoid", [[5, 7]]),
    GradientCase("Gelu", [[5, 37]]),
    GradientCase("Gelu", [[5, 37]], ["approximate": .string("tanh")]),
    GradientCase("Softmax", [[4, 19]]),
    GradientCase("LayerNormalization", [[2, 3, 21], [21], [21]]),
    GradientCase("LayerNormalization", [[70, 5], [5]]),
    GradientCase("MatMul", [[3, 5], [5, 4]]),
    GradientCase("MatMul", [[2, 3, 5], [5, 4]]),
    GradientCase("MatMul", [[2, 3, 5], [2, 5, 4]]),
    GradientCase("MatMul", [[2, 2, 3, 5], [1, 2, 5, 4]]),
    GradientCase("Gemm", [[3, 5], [5, 4], [4]]),
    GradientCase("Gemm", [[3, 5], [4, 5], [4]], ["transB": .int(1)]),
    GradientCase("Transpose", [[2, 3, 4]], ["perm": .ints([1, 2, 0])]),
    GradientCase("Concat", [[2, 3, 2], [2, 1, 2]], ["axis": .int(1)]),
    GradientCase("product with a transposed matrix and a bias", [[2, 3, 5], [4, 5], [4]]) {
      let turned = try $0.add("Transpose", [$1[1]], ["perm": .ints([1, 0])], name: "turned")
      let product = try $0.add("MatMul", [$1[0], turned], name: "product")
      return try $0.add("Add", [product, $1[2]], name: "sum")
    },
    GradientCase("a table that is looked up and is a factor too", [[6, 4]]) {
      let ids = try $0.constant(
        Tensor([Int64(2), 0, 2, -1, 5, 2], shape: try #require(Shape([2, 3]))))
      let rows = try $0.add("Gather", [$1[0], ids], ["axis": .int(0)], name: "rows")
      let turned = try $0.add("Transpose", [$1[0]], ["perm": .ints([1, 0])], name: "turned")
      return try $0.add("MatMul", [rows, turned], name: "scores")
    },
    GradientCase("Gather along the second axis", [[3, 5, 2]]) {
      let ids = try $0.constant([1, 1, 4])
      return try $0.add("Gather", [$1[0], ids], ["axis": .int(1)], name: "rows")
    },
    GradientCase("Slice", [[6, 7]]) {
      var inputs = $1
      for list in [[1, 0], [6, 5], [0, 1], [2, 1]] { inputs.append(try $0.constant(list)) }
      return try $0.add("Slice", inputs, name: "part")
    },
    GradientCase("a value that is used as it is and with another shape", [[3, 4], [3, 4]]) {
      let sum = try $0.add("Add", [$1[0], $1[1]], name: "sum")
      let flat = try $0.add("Reshape", [sum, try $0.constant([2, 6])], name: "flat")
      let bent = try $0.add("Tanh", [flat], name: "bent")
      let back = try $0.add("Reshape", [bent, try $0.constant([3, 4])], name: "back")
      return try $0.add("Mul", [back, sum], name: "product")
    },
    GradientCase("Attention with a mask", [[2, 3, 8], [2, 5, 8], [2, 5, 8]]) {
      let mask = try $0.constant(
        Tensor(
          [Float](arrayLiteral: 0, 0, -9, 0, 0, 0, 0, 0, 0, -1e30),
          shape: try #require(Shape([2, 1, 1, 5]))))
      return try $0.add(
        "Attention", $1 + [mask], ["q_num_heads": .int(2), "kv_num_heads": .int(2)], name: "out")
    },
    GradientCase(
      "Attention", [[2, 4, 6], [2, 4, 6], [2, 4, 6]],
      ["q_num_heads": .int(3), "kv_num_heads": .int(3), "is_causal": .int(1)]),
    GradientCase(
      "Attention", [[1, 2, 4], [1, 5, 4], [1, 5, 4]],
      ["q_num_heads": .int(1), "kv_num_heads": .int(1), "is_causal": .int(1)]),
    GradientCase(
      "Attention", [[1, 5, 4], [1, 2, 4], [1, 2, 4]],
      ["q_num_heads": .int(2), "kv_num_heads": .int(2), "is_causal": .int(1)]),
    GradientCase(
      "Attention", [[2, 5, 4], [2, 3, 4], [2, 3, 4]],
      ["q_num_heads": .int(2), "kv_num_heads": .int(2)]),
    attention("queries, keys and values at once", [0, 0, 0]),
    attention("keys that are values", [0, 1, 1]),
    attention("queries that are values", [0, 1, 0]),
    attention("queries that are keys", [0, 0, 1]),
    crossEntropy(smoothing: 0),
    crossEntropy(smoothing: 0.1),
    GradientCase("Distillation at a temperature of 2", [[2, 3, 19]]) {
      let labels = try $0.constant(
        Tensor([Int64(3), -100, 0, 18, 7, -100], shape: try #require(Shape([2, 3]))))
      let teacher = try $0.constant(try tensor([2, 3, 19], seed: 77))
      return try $0.add(
        "Distillation", domain: TrainingOperators.domain, [$1[0], teacher, labels],
        ["temperature": .float(2)], name: "loss")
    },
  ]

  /// Attention of functions of weights, some of which are given twice.
  private static func attention(_ description: String, _ places: [Int]) -> GradientCase {
    GradientCase("Attention of \(description)", [[2, 3, 4], [2, 3, 4]]) {
      let made = [
        try $0.add("Tanh", [$1[0]], name: "t0"), try $0.add("Tanh", [$1[1]], name: "t1"),
      ]
      return try $0.add(
        "Attention", places.map { made[$0] }, ["q_num_heads": .int(2), "kv_num_heads": .int(2)],
        name: "out")
    }
  }

  private static func crossEntropy(smoothing: Float) -> GradientCase {
    GradientCase("CrossEntropy with smoothing \(smoothing)", [[2, 3, 19]]) {
      let labels = try $0.constant(
        Tensor([Int64(3), -100, 0, 18, 7, -100], shape: try #require(Shape([2, 3]))))
      return try $0.add(
        "CrossEntropy", domain: TrainingOperators.domain, [$1[0], labels],
        ["label_smoothing": .float(smoothing)], name: "loss")
    }
  }
}
