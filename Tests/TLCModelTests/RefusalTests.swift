import TLCCore
import TLCModel
import Testing

/// What operators refuse, and the sentences that say so.
@Suite struct RefusalTests {
  private static let matrix = type(.f32, 2, 3)

  @Test(
    "wrong types, shapes and attributes",
    arguments: [
      (OperatorCase("Relu", [type(.bool, 2)]), "its input is bool, not of numbers"),
      (OperatorCase("Tanh", [type(.f64, 2)]), "its input is f64, not f32, f16 or bf16"),
      (
        OperatorCase("Floor", [type(.i32, 2)]),
        "its input is i32, not of a floating-point type"
      ),
      (
        OperatorCase("Celu", [matrix], [:], ["alpha": .float(0)]),
        "attribute \"alpha\" is 0.0, not above 0"
      ),
      (
        OperatorCase("Less", [matrix, type(.f16, 2, 3)]),
        "its inputs are f32 and f16, not numbers of one type"
      ),
      (OperatorCase("And", [matrix, matrix]), "its inputs are f32 and f32, not bool"),
      (OperatorCase("Sum", [type(.i32, 2)]), "input 0 is i32, not of a floating-point type"),
      (
        OperatorCase("Max", [matrix, type(.f32, 2, 4)]),
        "lengths 3 and 4 of axis -1 do not broadcast"
      ),
      (
        OperatorCase("Mod", [matrix, matrix]),
        "its inputs are f32, for which attribute \"fmod\" must be 1"
      ),
      (
        OperatorCase("Cast", [matrix], [:], ["to": .int(8)]),
        "attribute \"to\" is 8, which no element type here has"
      ),
      (
        OperatorCase("Gelu", [matrix], [:], ["approximate": .string("sigmoid")]),
        "attribute \"approximate\" is \"sigmoid\"; there are \"none\", \"tanh\""
      ),
      (OperatorCase("Gather", [matrix, matrix]), "input 1 is f32, not i64 or i32"),
      (
        OperatorCase("Gather", [matrix, type(.i64, 1)], [1: list(0)], ["axis": .int(2)]),
        "axis 2 is not one of a tensor of rank 2"
      ),
      (
        OperatorCase("Concat", [matrix, type(.f32, 3, 3)], [:], ["axis": .int(1)]),
        "input 1 is f32 [3, 3], and input 0 f32 [2, 3]: axes other than 1 differ"
      ),
      (
        OperatorCase(
          "Split", [matrix, type(.i64, 2)], [1: list(1, 3)], ["axis": .int(1)],
          outputCount: 2), "input 1 is [1, 3], not 2 lengths that make up 3"
      ),
      (
        OperatorCase(
          "Slice", [matrix, type(.i64, 1), type(.i64, 1), type(.i64, 1), type(.i64, 1)],
          [1: list(0), 2: list(1), 3: list(0), 4: list(0)]), "a step is 0"
      ),
      (
        OperatorCase("Squeeze", [matrix, type(.i64, 1)], [1: list(0)]), "axis 0 has length 2, not 1"
      ),
      (
        OperatorCase("Unsqueeze", [matrix, type(.i64, 2)], [1: list(0, -4)]),
        "axis -4 of a tensor of rank 4 is named twice"
      ),
      (
        OperatorCase("Expand", [matrix, type(.i64, 2)], [1: list(2, 4)]),
        "lengths 3 and 4 of axis -1 do not broadcast"
      ),
      (
        OperatorCase("Expand", [matrix, type(.i64, 2)]),
        "input 1 is not known before the run, and shapes depend on it"
      ),
      (
        OperatorCase("Tile", [matrix, type(.i64, 2)], [1: list(1 << 52, 1 << 52)]),
        "4503599627370496 times 2 is too long for an axis"
      ),
      (
        OperatorCase("Pad", [matrix, type(.i64, 4)], [1: list(0, -2, 0, -2)]),
        "axis 1 of length 3 would have length -1"
      ),
      (
        OperatorCase("ConstantOfShape", [type(.i64, 2)], [0: list(2, -1)]),
        "a length is -1, not from 0"
      ),
      (
        OperatorCase(
          "Range", [type(.i32), type(.i32), type(.i32)],
          [
            0: Tensor([Int32(0)], shape: .scalar), 1: Tensor([Int32(1)], shape: .scalar),
            2: Tensor([Int32(0)], shape: .scalar),
          ]), "its step is 0"
      ),
      (OperatorCase("ReduceL2", [type(.i32, 2)]), "input 0 is i32, not of a floating-point type"),
      (OperatorCase("ArgMax", [type(.f32, 0)]), "axis 0 of f32 [0] has no elements"),
      (
        OperatorCase("TopK", [matrix, type(.i64, 1)], [1: list(4)], outputCount: 2),
        "axis 1 has 3 elements, and 4 are asked for"
      ),
      (
        OperatorCase("BatchNormalization", [matrix] + Array(repeating: type(.f32, 2), count: 4)),
        "input 1 is f32 [2], not [3]"
      ),
      (
        OperatorCase(
          "GroupNormalization", [matrix, type(.f32, 3), type(.f32, 3)], [:],
          ["num_groups": .int(2)]),
        "input 0 is f32 [2, 3], whose 3 channels do not make 2 groups"
      ),
      (
        OperatorCase("QuantizeLinear", [matrix, type(.f32, 2)]),
        "input 1 is f32 [2], neither one element nor [3]"
      ),
      (
        OperatorCase("Constant", []),
        "it has 0 of \"value\", \"value_float\", \"value_floats\", \"value_int\" and \"value_ints\", "
          + "not one"
      ),
    ])
  func types(test: OperatorCase, sentence: String) {
    #expect(throws: GraphError.node("n", operation: test.operation, sentence)) {
      try test.types()
    }
  }

  @Test("indices beyond an axis, when they are known")
  func indices() {
    let sentence = "index 2 is not one of an axis of length 2"
    let element = list(2)
    for (operation, indices) in [
      ("Gather", type(.i64, 1)), ("GatherElements", type(.i64, 1)), ("GatherND", type(.i64, 1)),
    ] {
      let test = OperatorCase(operation, [type(.f32, 2), indices])
      #expect(throws: GraphError.node("n", operation: operation, sentence)) {
        try test.evaluate(["0": Tensor([Float(0), 1], shape: element.twice), "1": element])
      }
    }
  }
}

extension Tensor {
  /// A shape of twice as many elements.
  fileprivate var twice: Shape { Shape([2 * shape.count]) ?? .scalar }
}
