import TLCCore
import TLCKernels
import TLCModel
import TLCRuntime
import TLCTestSupport
import Testing

/// Sessions that leave zeros of weights out, against plain runs that do not.
@Suite struct SparseTests {
  @Test(
    "a session gives the same bits with weights that are mostly zeros",
    arguments: [0.0, 0.5, 0.66, 0.9, 1.0], [1, 31, 32, 70])
  func bits(zeroShare: Double, rows: Int) throws {
    var random = Arbitrary(seed: 11)
    let (depth, columns) = (150, 37)
    var elements = random.floats(depth * columns)
    for i in elements.indices where random.int(in: 0...999) < Int(zeroShare * 1_000) {
      elements[i] = i % 2 == 0 ? 0 : -0.0
    }
    let weight = Tensor(elements, shape: try #require(Shape([depth, columns])))
    let bias = Tensor(random.floats(columns), shape: try #require(Shape([columns])))
    var builder = GraphBuilder()
    let x = try builder.input("x", ValueType(.f32, [Dimension(named: "rows"), Dimension(depth)]))
    let product = try builder.add(
      "MatMul", [x, try builder.tensor("w", ValueType(.f32, weight.shape))], name: "product")
    let sum = try builder.add(
      "Add", [product, try builder.tensor("b", ValueType(.f32, bias.shape))], name: "sum")
    try builder.output(try builder.add("Gelu", [sum], name: "gelu"), name: "y")
    let weights = ["w": weight, "b": bias]
    let graph = try TypedGraph(builder.graph) { name in
      weights[name].map { ValueType($0.dtype, $0.shape) }
    }
    var input = random.floats(rows * depth)
    // A row that is not finite keeps its terms.
    input[0] = .infinity
    input[depth * (rows - 1) + 3] = .nan
    let inputs = ["x": Tensor(input, shape: try #require(Shape([rows, depth])))]
    let plain = try graph.evaluate(inputs) { try #require(weights[$0]) }
    for threads in [1, 2, 5] {
      let session = try Session(graph, threadCount: threads) { try #require(weights[$0]) }
      #expect(try session.run(inputs) == plain, "\(threads) threads")
    }
  }
}
