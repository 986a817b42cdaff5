import TLCCore
import TLCModel
import Testing

/// Named lengths go through operators, and get other names where they must.
@Suite struct SymbolicShapeTests {
  private static let ids = type(.i64, "batch", "sequence")
  private static let hidden = type(.f32, "batch", "sequence", 8)
  private static let image = type(.f32, "batch", 4, "height", 6)

  @Test(
    "types of outputs",
    arguments: [
      (OperatorCase("Relu", [hidden]), ["f32 [batch, sequence, 8]"]),
      (OperatorCase("Add", [hidden, type(.f32, 8)]), ["f32 [batch, sequence, 8]"]),
      (
        OperatorCase("Where", [type(.bool, "batch", "sequence", 1), hidden, type(.f32)]),
        ["f32 [batch, sequence, 8]"]
      ),
      (OperatorCase("Equal", [ids, type(.i64)]), ["bool [batch, sequence]"]),
      (OperatorCase("Cast", [ids], [:], ["to": .int(1)]), ["f32 [batch, sequence]"]),
      (
        OperatorCase("CumSum", [ids, type(.i64)], [1: Tensor([Int64(1)], shape: .scalar)]),
        ["i64 [batch, sequence]"]
      ),
      (OperatorCase("Gather", [type(.f32, 100, 8), ids]), ["f32 [batch, sequence, 8]"]),
      (
        OperatorCase(
          "Gather", [hidden, type(.i64)], [1: Tensor([Int64(0)], shape: .scalar)],
          ["axis": .int(1)]), ["f32 [batch, 8]"]
      ),
      (
        OperatorCase("Concat", [hidden, hidden], [:], ["axis": .int(1)]),
        ["f32 [batch, 2·sequence, 8]"]
      ),
      (
        OperatorCase("Concat", [hidden, type(.f32, "batch", 1, 8)], [:], ["axis": .int(1)]),
        ["f32 [batch, y0.1, 8]"]
      ),
      (
        OperatorCase("Split", [hidden], [:], ["axis": .int(2)], outputCount: 2),
        ["f32 [batch, sequence, 4]", "f32 [batch, sequence, 4]"]
      ),
      (
        OperatorCase(
          "Slice", [hidden, type(.i64, 1), type(.i64, 1), type(.i64, 1), type(.i64, 1)],
          [1: list(-1), 2: list(.min), 3: list(1), 4: list(-1)]), ["f32 [batch, sequence, 8]"]
      ),
      (
        OperatorCase(
          "Slice", [hidden, type(.i64, 1), type(.i64, 1), type(.i64, 1)],
          [1: list(1), 2: list(.max), 3: list(1)]), ["f32 [batch, y0.1, 8]"]
      ),
      (OperatorCase("Flatten", [image]), ["f32 [batch, 24·height]"]),
      (
        OperatorCase("Unsqueeze", [ids, type(.i64, 2)], [1: list(1, -1)]),
        ["i64 [batch, 1, sequence, 1]"]
      ),
      (
        OperatorCase("Squeeze", [type(.f32, "batch", 1), type(.i64, 1)], [1: list(1)]),
        ["f32 [batch]"]
      ),
      (
        OperatorCase("Expand", [type(.f32, "batch", 1), type(.i64, 2)], [1: list(1, 5)]),
        ["f32 [batch, 5]"]
      ),
      (OperatorCase("Tile", [ids, type(.i64, 2)], [1: list(1, 3)]), ["i64 [batch, 3·sequence]"]),
      (
        OperatorCase("Pad", [image, type(.i64, 8)], [1: list(0, 0, 0, 1, 0, 0, 0, 1)]),
        ["f32 [batch, 4, height, 8]"]
      ),
      (
        OperatorCase("ReduceMean", [hidden, type(.i64, 1)], [1: list(1)], ["keepdims": .int(0)]),
        ["f32 [batch, 8]"]
      ),
      (OperatorCase("ArgMax", [hidden], [:], ["axis": .int(-1)]), ["i64 [batch, sequence, 1]"]),
      (
        OperatorCase("TopK", [hidden, type(.i64, 1)], [1: list(3)], outputCount: 2),
        ["f32 [batch, sequence, 3]", "i64 [batch, sequence, 3]"]
      ),
      (OperatorCase("LogSoftmax", [hidden]), ["f32 [batch, sequence, 8]"]),
      (OperatorCase("RMSNormalization", [hidden, type(.f32, 8)]), ["f32 [batch, sequence, 8]"]),
      (
        OperatorCase("BatchNormalization", [image] + Array(repeating: type(.f32, 4), count: 4)),
        ["f32 [batch, 4, height, 6]"]
      ),
      (
        OperatorCase(
          "OneHot", [ids, type(.i64), type(.f32, 2)],
          [1: Tensor([Int64(9)], shape: .scalar)]), ["f32 [batch, sequence, 9]"]
      ),
      (OperatorCase("Range", [type(.i64), type(.i64), type(.i64)]), ["i64 [y0.0]"]),
    ])
  func types(test: OperatorCase, expected: [String]) throws {
    #expect(try test.types() == expected)
  }
}
