import TLCCore
import TLCModel
import TLCRuntime
import TLCTestSupport
import Testing

/// `Gather` of rows of weights that stay codes, against the same of their elements.
@Suite struct LookUpTests {
  private static func values(
    _ lengths: [Int], _ layout: StepLayout, zeroPoint: Int32?
  ) throws -> UniformValues {
    var random = Arbitrary(seed: 5)
    let shape = try #require(Shape(lengths))
    let stepCount = layout.stepCount(for: shape)
    return UniformValues(
      shape: shape, dtype: .f32, layout: layout, stepType: .f32,
      steps: (0..<stepCount).map { Double(Float($0 + 1) / 30_000) },
      zeroPoints: zeroPoint.map { Array(repeating: $0, count: stepCount) }, minimum: -100,
      maximum: 200,
      codes: (0..<shape.count).map { _ in
        Int32(random.int(in: -128...127)) + (zeroPoint ?? 0)
      }.map { min(max($0, -100), 200) })
  }

  @Test(
    "rows of codes are rows of elements",
    arguments: [
      ([9, 21], StepLayout.tensor, nil), ([9, 21], .axis(0), nil), ([9, 21], .axis(0), 60),
      ([9, 21], .axis(1), nil), ([9, 21], .group(axis: 1, size: 8), nil),
      ([16, 21], .group(axis: 0, size: 8), nil), ([6, 5, 4], .axis(0), 3), ([7], .tensor, nil),
    ] as [([Int], StepLayout, Int32?)])
  func rows(lengths: [Int], layout: StepLayout, zeroPoint: Int32?) throws {
    let values = try Self.values(lengths, layout, zeroPoint: zeroPoint)
    let decoded = values.decoded()
    for axis in [0, -1, -lengths.count] {
      var builder = GraphBuilder()
      let indices = try builder.input("i", ValueType(.i64, [Dimension(named: "batch"), 3]))
      let table = try builder.tensor("w", ValueType(.f32, values.shape))
      try builder.output(
        try builder.add("Gather", [table, indices], ["axis": .int(axis)], name: "rows"), name: "y")
      let graph = try TypedGraph(builder.graph) { _ in ValueType(.f32, values.shape) }
      let last = Int64(lengths[axis == -1 ? lengths.count - 1 : 0])
      let shape = try #require(Shape([2, 3]))
      let inputs = ["i": Tensor([0, last - 1, 2, -1, -last, 1], shape: shape)]
      let expected = try graph.evaluate(inputs) { _ in decoded }
      for threadCount in [1, 3] {
        let session = try Session(graph, threadCount: threadCount) { _ in
          decoded
        } codes: { _ in
          ByteCodes(values)
        }
        #expect(try session.run(inputs) == expected)
        #expect(throws: GraphError.self) {
          try session.run(["i": Tensor([0, last, 0, 0, 0, 0], shape: shape)])
        }
      }
    }
  }

  @Test func `tables that are looked up in are not decoded`() throws {
    let values = try Self.values([9, 21], .axis(0), zeroPoint: nil)
    var builder = GraphBuilder()
    let indices = try builder.input("i", ValueType(.i64, [Dimension(named: "batch")]))
    let table = try builder.tensor("w", ValueType(.f32, values.shape))
    try builder.output(try builder.add("Gather", [table, indices], name: "rows"), name: "y")
    let graph = try TypedGraph(builder.graph) { _ in ValueType(.f32, values.shape) }
    let session = try Session(graph) { name in
      throw GraphError.value(name, "it is asked for")
    } codes: { _ in
      ByteCodes(values)
    }
    let row = try session.run(["i": Tensor([Int64(8)], shape: try #require(Shape([1])))])[0]
    let elements = values.decoded().elements(of: Float.self)
    #expect(row.elements(of: Float.self) == Array(elements[8 * 21..<9 * 21]))
  }
}
