import TLCCore
import TLCImport
import TLCRecordedModels
import TLCTestSupport
import Testing

/// Weights that some versions of Keras store otherwise: as cuDNN has them, a gate a matrix, or with
/// another order of axes.
@Suite struct KerasStorageTests {
  private static let units = 3
  private static let features = 4

  private static func shape(_ lengths: Int...) throws -> Shape { try #require(Shape(lengths)) }

  private static func layer(_ className: String, _ settings: String = "") -> String {
    #"{"class_name":"\#(className)","config":{"name":"r","units":\#(units)\#(settings)}}"#
  }

  /// Numbers that are not near each other, so that no two can be taken for one.
  private static func numbers(_ count: Int, seed: UInt64) -> [Float] {
    var arbitrary = Arbitrary(seed: seed)
    return (0..<count).map { _ in Float(arbitrary.int(in: -1_000...1_000)) / 1_000 }
  }

  private static func input() throws -> Tensor {
    Tensor(numbers(2 * 5 * features, seed: 1), shape: try shape(2, 5, features))
  }

  private static func same(_ a: [Tensor], _ b: [Tensor]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { $0.error(against: $1) < 1e-6 }
  }

  /// The columns of a gate of a matrix `[rows, gates · units]`.
  private static func gate(_ matrix: [Float], _ gate: Int, of count: Int) -> [[Float]] {
    let width = count * units
    return (0..<matrix.count / width).map { row in
      Array(matrix[row * width + gate * units..<row * width + (gate + 1) * units])
    }
  }

  /// Gates side by side again.
  private static func joined(_ gates: [[[Float]]]) -> [Float] {
    gates[0].indices.flatMap { row in gates.flatMap { $0[row] } }
  }

  @Test(arguments: [("LSTM", 4), ("GRU", 3)])
  func `takes weights as cuDNN has them`(name: String, gates: Int) throws {
    let (units, features) = (Self.units, Self.features)
    let kernel = Self.numbers(features * gates * units, seed: 2)
    let recurrent = Self.numbers(units * gates * units, seed: 3)
    let biases = Self.numbers(2 * gates * units, seed: 4)
    let isLSTM = name == "LSTM"
    // An LSTM has one bias, the sum of cuDNN's two.
    let bias =
      isLSTM ? zip(biases[..<12], biases[12...]).map { $0 + $1 } : biases
    let plain = MadeKerasModel.sequential(
      input: "5,\(features)",
      [Self.layer(name, #","recurrent_activation":"sigmoid","reset_after":true"#)],
      [
        (
          "r",
          [
            Tensor(kernel, shape: try Self.shape(features, gates * units)),
            Tensor(recurrent, shape: try Self.shape(units, gates * units)),
            Tensor(
              bias, shape: isLSTM ? try Self.shape(12) : try Self.shape(2, gates * units)),
          ]
        )
      ])
    // A gate's kernel is its transpose in memory, in the shape that it had; a recurrent one is
    // transposed.
    let inputGates = (0..<gates).map { place -> [[Float]] in
      let gate = Self.gate(kernel, place, of: gates)
      let flat = (0..<units).flatMap { unit in gate.map { $0[unit] } }
      return (0..<features).map { Array(flat[$0 * units..<($0 + 1) * units]) }
    }
    let recurrentGates = (0..<gates).map { place -> [[Float]] in
      let gate = Self.gate(recurrent, place, of: gates)
      return (0..<units).map { unit in gate.map { $0[unit] } }
    }
    let cuDNN = MadeKerasModel.sequential(
      input: "5,\(features)", [Self.layer("CuDNN\(name)")],
      [
        (
          "r",
          [
            Tensor(Self.joined(inputGates), shape: try Self.shape(features, gates * units)),
            Tensor(Self.joined(recurrentGates), shape: try Self.shape(units, gates * units)),
            Tensor(biases, shape: try Self.shape(2 * gates * units)),
          ]
        )
      ])
    let input = try Self.input()
    #expect(Self.same(try cuDNN.outputs([input]), try plain.outputs([input])))
  }

  @Test func `takes the weights of Keras 1 in one, as for a graphics card`() throws {
    let (units, features) = (Self.units, Self.features)
    let weights = [
      Tensor(Self.numbers(features * 12, seed: 5), shape: try Self.shape(features, 12)),
      Tensor(Self.numbers(units * 12, seed: 6), shape: try Self.shape(units, 12)),
      Tensor(Self.numbers(12, seed: 7), shape: try Self.shape(12)),
    ]
    let old = MadeKerasModel.sequential(
      version: "1.2.2", input: "5,\(features)",
      [
        #"{"class_name":"LSTM","config":{"name":"r","output_dim":3,"consume_less":"gpu"}}"#
      ], [("r", weights)])
    let new = MadeKerasModel.sequential(
      input: "5,\(features)",
      [Self.layer("LSTM", #","recurrent_activation":"hard_sigmoid""#)], [("r", weights)])
    let input = try Self.input()
    #expect(Self.same(try old.outputs([input]), try new.outputs([input])))
  }

  @Test func `takes kernels of Keras 1 with channels first`() throws {
    let numbers = Self.numbers(2 * 3 * 2 * 2, seed: 8)
    // [filters, channels, rows, columns] against [rows, columns, channels, filters].
    var turned = numbers
    for (filter, channel, row, column) in (0..<24).map({ ($0 / 12, $0 / 4 % 3, $0 / 2 % 2, $0 % 2) }
    ) {
      turned[((row * 2 + column) * 3 + channel) * 2 + filter] =
        numbers[((filter * 3 + channel) * 2 + row) * 2 + column]
    }
    let bias = Tensor([0.5, -0.5] as [Float], shape: try Self.shape(2))
    let old = MadeKerasModel.sequential(
      version: "1.2.2", input: "3,4,5",
      [
        #"{"class_name":"Convolution2D","config":{"name":"c","nb_filter":2,"nb_row":2,"nb_col":2,"#
          + #""dim_ordering":"th","border_mode":"same","subsample":[2,1]}}"#
      ], [("c", [Tensor(numbers, shape: try Self.shape(2, 3, 2, 2)), bias])])
    let new = MadeKerasModel.sequential(
      input: "3,4,5",
      [
        #"{"class_name":"Conv2D","config":{"name":"c","filters":2,"kernel_size":[2,2],"#
          + #""data_format":"channels_first","padding":"same","strides":[2,1]}}"#
      ], [("c", [Tensor(turned, shape: try Self.shape(2, 2, 3, 2)), bias])])
    let input = Tensor(Self.numbers(2 * 3 * 4 * 5, seed: 9), shape: try Self.shape(2, 3, 4, 5))
    #expect(try old.outputs([input]) == new.outputs([input]))
  }

  @Test func `turns kernels of Theano around`() throws {
    func outputs(_ kernel: [Float], _ backend: String) throws -> [Float] {
      var model = MadeKerasModel.sequential(
        input: "4,1",
        [#"{"class_name":"Conv1D","config":{"name":"c","filters":1,"use_bias":false}}"#],
        [("c", [Tensor(kernel, shape: try Self.shape(3, 1, 1))])])
      model.backend = backend
      let input = Tensor([1, 2, 3, 5] as [Float], shape: try Self.shape(1, 4, 1))
      return try model.outputs([input])[0].elements(of: Float.self)
    }
    #expect(try outputs([1, 10, 100], "theano") == [123, 235])
    #expect(try outputs([100, 10, 1], "tensorflow") == [123, 235])
  }

  @Test func `a mask of free length is one of a fixed length`() throws {
    let weights = [
      (name: "e", weights: [Tensor(Self.numbers(20, seed: 13), shape: try Self.shape(5, 4))]),
      (
        name: "r",
        weights: [
          Tensor(Self.numbers(48, seed: 14), shape: try Self.shape(4, 12)),
          Tensor(Self.numbers(36, seed: 15), shape: try Self.shape(3, 12)),
          Tensor(Self.numbers(12, seed: 16), shape: try Self.shape(12)),
        ]
      ),
    ]
    func outputs(_ length: String, _ ids: [Float]) throws -> Tensor {
      let embedding =
        #"{"class_name":"Embedding","config":{"name":"e","input_dim":5,"output_dim":4,"#
        + #""mask_zero":true}}"#
      let model = MadeKerasModel.sequential(
        input: length, [embedding, Self.layer("LSTM", #","return_sequences":true"#)], weights)
      return try model.outputs([Tensor(ids, shape: try Self.shape(ids.count / 6, 6))])[0]
    }
    let ids: [Float] = [0, 1, 2, 0, 3, 0, 4, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    #expect(try outputs("6", ids) == outputs("null", ids))
    // A step that does not count gives what the last one that counts gave, or zeros.
    let found = try outputs("6", ids).elements(of: Float.self)
    #expect(found[..<3].allSatisfy { $0 == 0 } && found[36...].allSatisfy { $0 == 0 })
    #expect(Array(found[9..<12]) == Array(found[6..<9]))
  }

  @Test func `steps may be the first axis`() throws {
    let (units, features) = (Self.units, Self.features)
    let weights = [
      Tensor(Self.numbers(features * units, seed: 10), shape: try Self.shape(features, units)),
      Tensor(Self.numbers(units * units, seed: 11), shape: try Self.shape(units, units)),
      Tensor(Self.numbers(units, seed: 12), shape: try Self.shape(units)),
    ]
    func model(_ settings: String, _ first: String, _ last: String) -> MadeKerasModel {
      let permute =
        #"{"class_name":"TFOpLambda","config":{"name":"NAME","function":"transpose","perm":[1,0,2]}}"#
      let layer = Self.layer("SimpleRNN", #","return_sequences":true\#(settings)"#)
      let layers =
        first.isEmpty
        ? [layer]
        : [permute.replacing("NAME", with: first), layer, permute.replacing("NAME", with: last)]
      return MadeKerasModel.sequential(input: "5,\(features)", layers, [("r", weights)])
    }
    let input = try Self.input()
    #expect(
      try model(#","time_major":true"#, "before", "behind").outputs([input])
        == model("", "", "").outputs([input]))
  }
}
