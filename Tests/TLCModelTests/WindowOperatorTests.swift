import TLCCore
import TLCKernels
import TLCModel
import TLCTestSupport
import Testing

/// Convolutions, poolings and what is like them: named lengths, refusals, definitions.
@Suite struct WindowOperatorTests {
  private static let line = type(.f32, "batch", 4, "length")
  private static let image = type(.f32, 2, 4, 9, 9)
  private static let kernel = type(.f32, 6, 4, 3)

  @Test(
    "types of outputs",
    arguments: [
      (OperatorCase("Conv", [line, kernel]), ["f32 [batch, 6, y0.2]"]),
      (
        OperatorCase("Conv", [line, kernel], [:], ["pads": .ints([1, 1])]),
        ["f32 [batch, 6, length]"]
      ),
      (
        OperatorCase("Conv", [line, kernel], [:], ["auto_pad": .string("SAME_LOWER")]),
        ["f32 [batch, 6, length]"]
      ),
      (
        OperatorCase(
          "MaxPool", [line], [:], ["kernel_shape": .ints([2]), "strides": .ints([2])],
          outputCount: 2), ["f32 [batch, 4, y0.2]", "i64 [batch, 4, y0.2]"]
      ),
      (OperatorCase("GlobalAveragePool", [line]), ["f32 [batch, 4, 1]"]),
      (
        OperatorCase(
          "ConvTranspose", [line, type(.f32, 4, 6, 2)], [:], ["strides": .ints([2])]),
        ["f32 [batch, 6, 2·length]"]
      ),
      (
        OperatorCase("ConvTranspose", [line, type(.f32, 4, 6, 3)]), ["f32 [batch, 6, y0.2]"]
      ),
      (
        OperatorCase(
          "Resize", [line, type(.f32, 0), type(.f32, 3)],
          [1: floats(), 2: floats(1, 1, 2)]),
        ["f32 [batch, 4, 2·length]"]
      ),
      (
        OperatorCase(
          "DepthToSpace", [type(.f32, "batch", 8, "height", 3)], [:], ["blocksize": .int(2)]),
        ["f32 [batch, 2, 2·height, 6]"]
      ),
      (
        OperatorCase(
          "LSTM",
          [type(.f32, "steps", "batch", 5), type(.f32, 1, 12, 5), type(.f32, 1, 12, 3)],
          outputCount: 3),
        ["f32 [steps, 1, batch, 3]", "f32 [1, batch, 3]", "f32 [1, batch, 3]"]
      ),
      (
        OperatorCase("MatMul", [type(.f32, "batch", "rows", 8), type(.f32, 8, 3)]),
        ["f32 [batch, rows, 3]"]
      ),
      (
        OperatorCase(
          "Attention",
          [type(.f32, "b", 4, "q", 8), type(.f32, "b", 2, "k", 8), type(.f32, "b", 2, "k", 6)],
          outputCount: 4),
        ["f32 [b, 4, q, 6]", "f32 [b, 2, k, 8]", "f32 [b, 2, k, 6]", "f32 [b, 4, q, k]"]
      ),
    ])
  func types(test: OperatorCase, expected: [String]) throws {
    #expect(try test.types() == expected)
  }

  @Test(
    "numbers that are no windows",
    arguments: [
      OperatorCase("Conv", [image, type(.f32, 6, 4, 3, 3)], [:], ["strides": .ints([0, 1])]),
      OperatorCase("Conv", [image, type(.f32, 6, 4, 3, 3)], [:], ["strides": .ints([1])]),
      OperatorCase("Conv", [image, type(.f32, 6, 4, 3, 3)], [:], ["dilations": .ints([.max, 1])]),
      OperatorCase(
        "Conv", [image, type(.f32, 6, 4, 3, 3)], [:], ["dilations": .ints([1 << 31 - 1, 1])]),
      OperatorCase("Conv", [image, type(.f32, 6, 4, 3, 3)], [:], ["pads": .ints([-1, 0, 0, 0])]),
      OperatorCase(
        "Conv", [image, type(.f32, 6, 4, 3, 3)], [:], ["pads": .ints([.max, 0, 0, 0])]),
      OperatorCase("Conv", [image, type(.f32, 6, 4, 3, 3)], [:], ["group": .int(0)]),
      OperatorCase("Conv", [image, type(.f32, 6, 4, 3, 3)], [:], ["group": .int(.max)]),
      OperatorCase("Conv", [image, type(.f32, 6, 2, 3, 3)], [:], ["group": .int(4)]),
      OperatorCase("Conv", [image, type(.f32, 6, 4, 0, 3)]),
      OperatorCase("Conv", [image, type(.f32, 6, 4, 10, 3)]),
      OperatorCase("Conv", [image, type(.f32, 6, 4, 3, 3)], [:], ["kernel_shape": .ints([2, 3])]),
      OperatorCase("MaxPool", [image]),
      OperatorCase("MaxPool", [image], [:], ["kernel_shape": .ints([1 << 40, 1])]),
      OperatorCase(
        "MaxPool", [image], [:],
        ["kernel_shape": .ints([1 << 31 - 1, 1 << 31 - 1]), "pads": .ints([0, 0, 0, 0])]),
      OperatorCase("AveragePool", [type(.f32, 2, 4)], [:], ["kernel_shape": .ints([])]),
      OperatorCase(
        "ConvTranspose", [image, type(.f32, 4, 6, 3, 3)], [:],
        ["strides": .ints([1 << 31 - 1, 1 << 31 - 1]), "dilations": .ints([1 << 31 - 1, 1])]),
      OperatorCase(
        "ConvTranspose", [image, type(.f32, 4, 6, 3, 3)], [:], ["pads": .ints([9, 9, 9, 9])]),
      OperatorCase("DepthToSpace", [image], [:], ["blocksize": .int(0)]),
      OperatorCase("DepthToSpace", [image], [:], ["blocksize": .int(.min)]),
      OperatorCase(
        "Resize", [image, type(.f32, 0), type(.f32, 4)],
        [
          1: floats(),
          2: floats(1, 1, .infinity, 1),
        ]),
      OperatorCase(
        "Resize", [image, type(.f32, 0), type(.f32, 4)],
        [
          1: floats(),
          2: floats(1, 1, 0x1p60, 1),
        ]),
      OperatorCase("LSTM", [type(.f32, 1, 1, 5), type(.f32, 1, 0, 5), type(.f32, 1, 0, 0)]),
      OperatorCase("LSTM", [type(.f32, 1, 1, 5), type(.f32, 1, 6, 5), type(.f32, 1, 6, 1)]),
      OperatorCase(
        "GRU", [type(.f32, 1, 1, 5), type(.f32, 1, 6, 5), type(.f32, 1, 6, 2)], [:],
        ["activations": .strings(["Sigmoid"])]),
      OperatorCase(
        "Attention", [image, image, image], [:], ["q_num_heads": .int(.min)]),
      OperatorCase(
        "Attention", [type(.f32, 1, 2, 12), type(.f32, 1, 2, 12), type(.f32, 1, 2, 12)], [:],
        ["q_num_heads": .int(5), "kv_num_heads": .int(3)]),
      OperatorCase("Gemm", [type(.f32, 2, 3), type(.f32, 2, 3)]),
      OperatorCase("MatMul", [type(.f32), type(.f32, 2, 3)]),
    ])
  func refusals(test: OperatorCase) throws {
    #expect(throws: GraphError.self) { try test.types() }
  }

  @Test("positions and lengths beyond what there is, when they are known")
  func values() throws {
    let lstm = OperatorCase(
      "GRU",
      [
        type(.f32, 2, 1, 1), type(.f32, 1, 3, 1), type(.f32, 1, 3, 1), type(.f32, 1, 6),
        type(.i32, 1),
      ])
    for length in [-1, 3, .min] as [Int32] {
      #expect(throws: GraphError.self) {
        try lstm.evaluate([
          "0": Self.zeros(2, 1, 1), "1": Self.zeros(1, 3, 1), "2": Self.zeros(1, 3, 1),
          "3": Self.zeros(1, 6), "4": Tensor([length], shape: #require(Shape([1]))),
        ])
      }
    }
    let rotary = OperatorCase(
      "RotaryEmbedding",
      [type(.f32, 1, 1, 1, 2), type(.f32, 3, 1), type(.f32, 3, 1), type(.i64, 1, 1)])
    for position in [-1, 3, .max] as [Int64] {
      #expect(throws: GraphError.self) {
        try rotary.evaluate([
          "0": Self.zeros(1, 1, 1, 2), "1": Self.zeros(3, 1), "2": Self.zeros(3, 1),
          "3": Tensor([position], shape: #require(Shape([1, 1]))),
        ])
      }
    }
  }

  private static func zeros(_ lengths: Int...) throws -> Tensor {
    let shape = try #require(Shape(lengths))
    return Tensor([Float](repeating: 0, count: shape.count), shape: shape)
  }

  @Test(
    "a transposed convolution has the bits of its definition, for any threads",
    arguments: UInt64(0)..<20)
  func transposed(seed: UInt64) throws {
    var random = Arbitrary(seed: seed)
    let (groups, channels, filters) = (
      random.int(in: 1...3), random.int(in: 1...4), random.int(in: 1...5)
    )
    let lengths = [random.int(in: 1...6), random.int(in: 1...20)]
    let kernel = [random.int(in: 1...3), random.int(in: 1...4)]
    let strides = [random.int(in: 1...3), random.int(in: 1...3)]
    let dilations = [random.int(in: 1...2), random.int(in: 1...2)]
    func outputLength(_ axis: Int) -> Int {
      let extent = (kernel[axis] - 1) * dilations[axis] + 1
      return (lengths[axis] - 1) * strides[axis] + extent
    }
    /// The place in the input of what a kernel position adds to a place of the output.
    func source(_ axis: Int, _ place: Int, _ position: Int) -> Int? {
      let distance = place - position * dilations[axis]
      guard distance >= 0, distance % strides[axis] == 0 else { return nil }
      let source = distance / strides[axis]
      return source < lengths[axis] ? source : nil
    }
    let (rows, columns) = (outputLength(0), outputLength(1))
    let (plane, window) = (lengths[0] * lengths[1], kernel[0] * kernel[1])
    func tensor(_ lengths: [Int]) throws -> Tensor {
      let shape = try #require(Shape(lengths))
      return Tensor(random.floats(shape.count), shape: shape)
    }
    let x = try tensor([2, groups * channels] + lengths)
    let w = try tensor([groups * channels, filters] + kernel)
    let b = try tensor([groups * filters])
    let (xs, ws, bs) = (
      x.elements(of: Float.self), w.elements(of: Float.self), b.elements(of: Float.self)
    )
    var expected: [UInt32] = []
    for image in 0..<2 {
      for filter in 0..<groups * filters {
        let group = filter / filters
        for place in 0..<rows * columns {
          var sum: Float = 0
          for position in 0..<window {
            guard let y = source(0, place / columns, position / kernel[1]),
              let x = source(1, place % columns, position % kernel[1])
            else { continue }
            let (first, offset) = (group * channels, y * lengths[1] + x)
            sum += MatrixProduct.element(channels) { channel in
              xs[((image * groups * channels) + first + channel) * plane + offset]
            } _: { channel in
              ws[((first + channel) * filters + filter % filters) * window + position]
            }
          }
          expected.append((sum + bs[filter]).bitPattern)
        }
      }
    }
    let test = OperatorCase(
      "ConvTranspose", [x, w, b].map { ValueType($0.dtype, $0.shape) }, [:],
      [
        "group": .int(groups), "strides": .ints(strides), "dilations": .ints(dilations),
      ])
    for threadCount in [1, 2, 5] {
      let y = try test.evaluate(["0": x, "1": w, "2": b], threadCount: threadCount)[0]
      #expect(y.elements(of: Float.self).map { $0.bitPattern } == expected)
    }
  }
}

/// A list of numbers.
private func floats(_ numbers: Float...) -> Tensor {
  Tensor(numbers, shape: Shape([numbers.count]) ?? .scalar)
}
