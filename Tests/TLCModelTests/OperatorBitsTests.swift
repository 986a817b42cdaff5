import TLCCore
import TLCModel
import Testing

/// Bits that `formats/graph.md` defines, and that they do not depend on threads.
@Suite struct OperatorBitsTests {
  private static func vector<Element: TensorElement>(_ elements: [Element]) -> Tensor {
    Tensor(elements, shape: Shape([elements.count]) ?? .scalar)
  }

  private static func bits(_ operation: String, _ inputs: [Float]...) throws -> [UInt32] {
    let tensors = inputs.map { vector($0) }
    let test = OperatorCase(operation, tensors.map { ValueType($0.dtype, $0.shape) })
    let named = Dictionary(uniqueKeysWithValues: tensors.enumerated().map { ("\($0)", $1) })
    return try test.evaluate(named)[0].elements(of: Float.self).map { $0.bitPattern }
  }

  @Test("signs of zero and NaNs are chosen as the page says")
  func zeros() throws {
    let (x, y): ([Float], [Float]) = ([-0.0, 0, .nan, 1], [0, -0.0, 1, .nan])
    let nan: UInt32 = 0x7FC0_0000
    #expect(try Self.bits("Max", x, y) == [0, 0, nan, nan])
    #expect(try Self.bits("Min", x, y) == [0x8000_0000, 0x8000_0000, nan, nan])
    #expect(try Self.bits("Relu", [-0.0, -1, 2]) == [0x8000_0000, 0, 0x4000_0000])
    #expect(try Self.bits("Sign", [-0.0, -3, 3]) == [0x8000_0000, 0xBF80_0000, 0x3F80_0000])
    #expect(try Self.bits("Elu", [-0x1p-30, -0.0]) == [0xB080_0000, 0x8000_0000])
  }

  @Test("floats are cast to integers without their fraction, and held to their range")
  func casts() throws {
    let floats: [Float] = [1.9, -1.9, 300, -300, .infinity, .nan]
    let test = OperatorCase("Cast", [type(.f32, floats.count)], [:], ["to": .int(3)])
    let bytes = try test.evaluate(["0": Self.vector(floats)])[0].elements(of: Int8.self)
    #expect(bytes == [1, -1, 127, -128, 127, 0])
    let wide = OperatorCase("Cast", [type(.f64, 1)], [:], ["to": .int(10)])
    // Through f32 it would round twice, to 1 + 2⁻⁹.
    let half = try wide.evaluate(["0": Self.vector([1 + 0x1p-11 + 0x1p-40])])[0]
    #expect(half.elements(of: Float16.self) == [1 + 0x1p-10])
  }

  @Test("a reduction over several axes is one over the last of them as one")
  func reductions() throws {
    let shape = try #require(Shape([3, 5, 7]))
    let tensor = Self.random(shape, seed: 3)
    let elements = tensor.elements(of: Float.self)
    for name in ["ReduceSum", "ReduceMean", "ReduceProd", "ReduceL2", "ReduceLogSumExp"] {
      let over = OperatorCase(
        name, [ValueType(.f32, shape), type(.i64, 2)], [1: list(2, 0)], ["keepdims": .int(0)])
      let rows = (0..<5).flatMap { j in
        (0..<3).flatMap { i in (0..<7).map { elements[(i * 5 + j) * 7 + $0] } }
      }
      let flat = OperatorCase(
        name, [type(.f32, 5, 21), type(.i64, 1)], [1: list(1)], ["keepdims": .int(0)])
      let matrix = Tensor(rows, shape: try #require(Shape([5, 21])))
      #expect(try over.evaluate(["0": tensor]) == flat.evaluate(["0": matrix]), "\(name)")
    }
  }

  private static func random(_ shape: Shape, seed: UInt64) -> Tensor {
    var random = SplitMix64(seed: seed)
    return Tensor(
      (0..<shape.count).map { _ in Float(Double(random.next() >> 40) / 0x1p21 - 4) }, shape: shape)
  }

  private static let wide = type(.f32, 3, 70, 300)
  private static let channels = type(.f32, 70)

  @Test(
    "threads share out work that is large, and give the same bits",
    arguments: [
      OperatorCase("Add", [wide, type(.f32, 70, 1)]), OperatorCase("Mul", [wide, wide]),
      OperatorCase("Exp", [wide]), OperatorCase("Mish", [wide]),
      OperatorCase("Less", [wide, wide]),
      OperatorCase("Where", [type(.bool, 3, 1, 300), wide, channels], [0: mask, 2: one]),
      OperatorCase("Transpose", [wide]), OperatorCase("Max", [wide, wide, type(.f32, 300)]),
      OperatorCase("Gather", [wide, type(.i64, 2)], [1: list(69, -70)], ["axis": .int(1)]),
      OperatorCase("Concat", [wide, wide], [:], ["axis": .int(1)]),
      OperatorCase("ReduceSum", [wide, type(.i64, 1)], [1: list(1)]),
      OperatorCase("ArgMax", [wide], [:], ["axis": .int(2)]),
      OperatorCase("CumSum", [wide, type(.i64, 1)], [1: list(1)]),
      OperatorCase("Softmax", [wide]), OperatorCase("LogSoftmax", [wide], [:], ["axis": .int(1)]),
      OperatorCase("BatchNormalization", [wide] + Array(repeating: channels, count: 4)),
      OperatorCase("InstanceNormalization", [wide, channels, channels]),
      OperatorCase("RMSNormalization", [wide, type(.f32, 300)]),
    ])
  func threads(test: OperatorCase) throws {
    var inputs: [String: Tensor] = [:]
    for input in test.graph.inputs {
      inputs[input.name] = Self.random(try #require(input.type.shape), seed: UInt64(inputs.count))
    }
    let alone = try test.evaluate(inputs)
    for threadCount in [2, 3, 8] {
      #expect(try test.evaluate(inputs, threadCount: threadCount) == alone, "\(threadCount)")
    }
  }

  private static let mask = Tensor(
    dtype: .bool, shape: Shape([3, 1, 300]) ?? .scalar,
    bytes: (0..<900).map { UInt8($0 % 3 == 0 ? 1 : 0) })
  private static let one = Tensor([Float(1)], shape: .scalar)
}
