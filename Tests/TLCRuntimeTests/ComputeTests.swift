import TLCCore
import TLCKernels
import TLCModel
import TLCRuntime
import TLCTestSupport
import Testing

/// The ways to compute `int8` and `codes`, against `formats/graph.md` §Ways to compute.
@Suite struct ComputeTests {
  /// Codes of −127…127 with a step for each position along an axis.
  static func values(
    _ rows: Int, _ columns: Int, axis: Int, seed: UInt64 = 1, minimum: Int32 = -127,
    maximum: Int32 = 127
  ) throws -> UniformValues {
    var random = Arbitrary(seed: seed)
    let shape = try #require(Shape([rows, columns]))
    return UniformValues(
      shape: shape, dtype: .f32, layout: .axis(axis), stepType: .f32,
      steps: (0..<shape.dimensions[axis]).map { Double(Float($0 + 1) / 100_000) },
      minimum: minimum, maximum: maximum,
      codes: (0..<shape.count).map { _ in Int32(random.int(in: -127...127)) })
  }

  /// A graph of products, and what its tensors are stored as.
  private struct Model {
    var graph: TypedGraph
    var values: [String: UniformValues] = [:]

    init() throws {
      var random = Arbitrary(seed: 3)
      var builder = GraphBuilder()
      var values: [String: UniformValues] = [:]
      func matrix(_ name: String, _ rows: Int, _ columns: Int, axis: Int) throws
        -> GraphBuilder.Value
      {
        values[name] = try ComputeTests.values(rows, columns, axis: axis)
        return try builder.tensor(name, ValueType(.f32, try #require(Shape([rows, columns]))))
      }
      func vector(_ lengths: Int...) throws -> GraphBuilder.Value {
        let shape = try #require(Shape(lengths))
        return try builder.constant(Tensor(random.floats(shape.count), shape: shape))
      }
      let x = try builder.input("x", ValueType(.f32, [Dimension(named: "batch"), 5, 30]))
      let hidden = try builder.add(
        "MatMul", [x, try matrix("a", 30, 50, axis: 1)], name: "hidden")
      let biased = try builder.add("Add", [hidden, try vector(50)], name: "biased")
      let active = try builder.add("Gelu", [biased], name: "active")
      let turned = try builder.add(
        "Transpose", [try matrix("b", 21, 50, axis: 0)], ["perm": .ints([1, 0])], name: "turned")
      let narrow = try builder.add("MatMul", [active, turned], name: "narrow")
      let flat = try builder.add(
        "Reshape", [narrow, try builder.constant([-1, 21])], name: "flat")
      let dense = try builder.add(
        "Gemm", [flat, try matrix("c", 40, 21, axis: 0), try vector(40)], ["transB": .int(1)],
        name: "dense")
      let twice = try builder.add(
        "Gemm", [dense, try matrix("d", 40, 40, axis: 1), try vector(1, 1)], name: "number")
      let summed = try builder.add(
        "Gemm", [twice, try matrix("d", 40, 40, axis: 1), dense], name: "summed")
      try builder.output(try builder.add("Tanh", [summed], name: "tanh"), name: "y")
      self.values = values
      graph = try TypedGraph(builder.graph) { name in
        values[name].map { ValueType($0.dtype, $0.shape) }
      }
    }

    func weight(_ name: String) throws -> Tensor { try #require(values[name]).decoded() }
  }

  @Test(arguments: Compute.allCases)
  func `a session gives the bits of the nodes one by one, for any threads and shapes`(
    compute: Compute
  ) throws {
    let model = try Model()
    let graph = model.graph.computing(compute) { model.values[$0].flatMap { ByteCodes($0) } }
    var random = Arbitrary(seed: 8)
    for threadCount in [1, 2, 5] {
      let session = try Session(graph, threadCount: threadCount, weight: model.weight)
      for batch in [1, 3, 1, 9, 44] {
        let shape = try #require(Shape([batch, 5, 30]))
        var elements = random.floats(shape.count)
        if batch == 3 { elements[77] = .infinity }
        let x = Tensor(elements, shape: shape)
        let expected = try graph.evaluate(["x": x], initializer: model.weight)
        let isEqual = try session.run(["x": x]) == expected
        #expect(isEqual, "\(threadCount) threads, batch \(batch)")
        let plain = try model.graph.evaluate(["x": x], initializer: model.weight)
        let isOther = plain != expected
        #expect(isOther == (compute != .f32), "batch \(batch)")
      }
    }
  }

  /// x times a matrix of codes, in a way to compute, and in `f32`.
  private static func product(
    _ values: UniformValues, _ x: Tensor, isTransposed: Bool = false, alpha: Float = 1,
    as compute: Compute = .int8
  ) throws -> (computed: Tensor, plain: Tensor) {
    var builder = GraphBuilder()
    let left = try builder.input("x", ValueType(.f32, x.shape))
    let right = try builder.tensor("w", ValueType(.f32, values.shape))
    try builder.output(
      try builder.add(
        "Gemm", [left, right], ["alpha": .float(alpha), "transB": .int(isTransposed ? 1 : 0)],
        name: "product"))
    let graph = try TypedGraph(builder.graph) { _ in ValueType(.f32, values.shape) }
    let ways = [compute, .f32].map { graph.computing($0) { _ in ByteCodes(values) } }
    let results = try ways.map { way in
      let planned = try Session(way) { _ in values.decoded() }.run(["x": x])
      #expect(try way.evaluate(["x": x]) { _ in values.decoded() } == planned)
      return planned[0]
    }
    return (results[0], results[1])
  }

  @Test(arguments: [false, true])
  func `an element is what the page says`(isTransposed: Bool) throws {
    let values = try Self.values(17, 23, axis: isTransposed ? 0 : 1)
    let (depth, columns) = isTransposed ? (23, 17) : (17, 23)
    var random = Arbitrary(seed: 4)
    let rows = (0..<4).map { _ in random.floats(depth) }
    let x = Tensor(rows.flatMap { $0 }, shape: try #require(Shape([4, depth])))
    let found = try Self.product(values, x, isTransposed: isTransposed).computed
    let expected = rows.flatMap { row in
      let (scale, codes) = IntegerProduct.quantize(row)
      return (0..<columns).map { column in
        let sum = (0..<depth).reduce(Int32(0)) { sum, k in
          sum + Int32(codes[k])
            * values.codes[isTransposed ? column * depth + k : k * columns + column]
        }
        return IntegerProduct.element(
          sum: sum, scale: scale, step: Float(values.steps[column]), bias: nil)
      }
    }
    #expect(found == Tensor(expected, shape: try #require(Shape([4, columns]))))
  }

  /// Codes of a width with steps and zero points of a layout, for a matrix of 21 × 13 or its transpose.
  private static func codes(
    _ codes: ClosedRange<Int>, _ layout: StepLayout, isTransposed: Bool, hasZeroPoints: Bool
  ) throws -> UniformValues {
    var random = Arbitrary(seed: 9)
    let shape = try #require(Shape(isTransposed ? [13, 21] : [21, 13]))
    let count = layout.stepCount(for: shape)
    return UniformValues(
      shape: shape, dtype: .f32, layout: layout, stepType: .f32,
      steps: (0..<count).map { Double(Float($0 + 1) / 1_000) },
      zeroPoints: hasZeroPoints ? (0..<count).map { Int32($0 % 2) } : nil,
      minimum: Int32(codes.lowerBound), maximum: Int32(codes.upperBound),
      codes: (0..<shape.count).map { _ in Int32(random.int(in: codes)) })
  }

  @Test(arguments: [false, true], [-7...8, -127...128])
  func `codes with steps of any layout give what the page says`(
    isTransposed: Bool, range: ClosedRange<Int>
  ) throws {
    let inner = isTransposed ? 1 : 0
    var random = Arbitrary(seed: 10)
    let rows = (0..<3).map { _ in random.floats(21) }
    let x = Tensor(rows.flatMap { $0 }, shape: try #require(Shape([3, 21])))
    for layout in [StepLayout.tensor, .axis(1 - inner), .group(axis: inner, size: 8)] {
      for hasZeroPoints in [false, true] {
        let values = try Self.codes(
          hasZeroPoints ? range : range.lowerBound...range.upperBound - 1, layout,
          isTransposed: isTransposed, hasZeroPoints: hasZeroPoints)
        // A code of 128 or 8 with a zero point of 0 would need another bit.
        let clipped = UniformValues(
          shape: values.shape, dtype: .f32, layout: layout, stepType: .f32, steps: values.steps,
          zeroPoints: values.zeroPoints, minimum: values.minimum, maximum: values.maximum,
          codes: values.codes.map { min($0, values.maximum - (hasZeroPoints ? 1 : 0)) })
        let found = try Self.product(
          clipped, x, isTransposed: isTransposed, as: .codes
        ).computed
        let group = if case .group(_, let size) = layout { size } else { 21 }
        func step(_ column: Int, _ part: Int) -> Int {
          switch layout {
          case .tensor: 0
          case .axis: column
          case .group: isTransposed ? column * 3 + part : part * 13 + column
          }
        }
        let expected = rows.flatMap { row in
          (0..<13).map { column in
            CodeProduct.element(
              21, { row[$0] },
              { k in
                let zero = clipped.zeroPoints?[step(column, k / group)] ?? 0
                return Int8(clipped.codes[isTransposed ? column * 21 + k : k * 13 + column] - zero)
              }, group: group, step: { Float(clipped.steps[step(column, $0)]) }, bias: nil)
          }
        }
        #expect(found == Tensor(expected, shape: try #require(Shape([3, 13]))), "\(layout)")
      }
    }
  }

  @Test func `codes that are no bytes give the bits of f32`() throws {
    var random = Arbitrary(seed: 5)
    let x = Tensor(random.floats(48), shape: try #require(Shape([3, 16])))
    for what in ["rows' steps", "a code of 128"] {
      let values = try Self.refused(what)
      var codes = values.codes
      if what == "a code of 128" { codes[3] = 128 }
      let wide = UniformValues(
        shape: values.shape, dtype: .f32, layout: values.layout, stepType: .f32,
        steps: values.steps, minimum: -128, maximum: 128, codes: codes)
      let (computed, plain) = try Self.product(wide, x, as: .codes)
      #expect(computed == plain, "\(what)")
    }
  }

  /// Values that do not allow it, by what is so of them.
  private static func refused(_ what: String) throws -> UniformValues {
    let plain = try values(16, 16, axis: 1)
    var (layout, steps, zeroPoints) = (plain.layout, plain.steps, [Int32]?.none)
    switch what {
    case "zero points": zeroPoints = Array(repeating: 1, count: 16)
    case "groups":
      layout = .group(axis: 0, size: 8)
      steps += steps
    case "rows' steps": layout = .axis(0)
    case "a greatest code of 128": return try values(16, 16, axis: 1, maximum: 128)
    case "a least code of -129": return try values(16, 16, axis: 1, minimum: -129)
    default: break
    }
    return UniformValues(
      shape: plain.shape, dtype: .f32, layout: layout, stepType: .f32, steps: steps,
      zeroPoints: zeroPoints, minimum: plain.minimum, maximum: plain.maximum, codes: plain.codes)
  }

  @Test(arguments: [
    "zero points", "groups", "rows' steps", "a greatest code of 128", "a least code of -129",
  ])
  func `a matrix that does not allow it gives the bits of f32`(what: String) throws {
    var random = Arbitrary(seed: 5)
    let x = Tensor(random.floats(48), shape: try #require(Shape([3, 16])))
    let (computed, plain) = try Self.product(try Self.refused(what), x)
    #expect(computed == plain)
    let allowed = try Self.product(try Self.refused(""), x)
    #expect(allowed.computed != allowed.plain)
    // Rows of the matrix are columns of the product where it is transposed.
    let turned = try Self.product(try Self.refused(what), x, isTransposed: true)
    #expect((turned.computed == turned.plain) == (what != "rows' steps"))
  }

  @Test func `one step for all serves every column, either way, but no product that is scaled`()
    throws
  {
    let codes = try Self.values(16, 16, axis: 0)
    let values = UniformValues(
      shape: codes.shape, dtype: .f32, layout: .tensor, stepType: .f32, steps: [0.25],
      minimum: -128, maximum: 127, codes: codes.codes)
    var random = Arbitrary(seed: 6)
    let x = Tensor(random.floats(48), shape: try #require(Shape([3, 16])))
    for isTransposed in [false, true] {
      let (computed, plain) = try Self.product(values, x, isTransposed: isTransposed)
      #expect(computed != plain)
      let scaled = try Self.product(values, x, isTransposed: isTransposed, alpha: 2)
      #expect(scaled.computed == scaled.plain)
    }
  }

  @Test(arguments: [(132_104, 127, true), (132_105, 127, false), (131_072, -128, false)])
  func `the magnitudes of a column's codes sum to less than 2^24`(
    depth: Int, code: Int32, isAllowed: Bool
  ) throws {
    let shape = try #require(Shape([depth, 1]))
    let values = UniformValues(
      shape: shape, dtype: .f32, layout: .tensor, stepType: .f32, steps: [0.001], minimum: -128,
      maximum: 127, codes: Array(repeating: code, count: depth))
    var random = Arbitrary(seed: 7)
    let x = Tensor(random.floats(depth), shape: try #require(Shape([1, depth])))
    let (computed, plain) = try Self.product(values, x)
    #expect((computed != plain) == isAllowed)
  }
}
