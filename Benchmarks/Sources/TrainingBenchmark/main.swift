import Glibc
import TLCBLAS
import TLCCore
import TLCKernels
import TLCModel
import TLCTraining

/// Measures steps of training in turns with the products that they are made of: see
/// `Benchmarks/training`.
struct Sizes {
  var depth = 4, width = 256, batch = 32, sequence = 128, vocabulary = 4096
  var threads = 2, steps = 8
  var dropout: Float = 0.1

  init(_ arguments: [String]) {
    var numbers: [String: Double] = [:]
    for (key, value) in zip(arguments, arguments.dropFirst()) where key.hasPrefix("--") {
      numbers[key] = Double(value)
    }
    func read(_ key: String, _ standard: Int) -> Int { numbers[key].map { Int($0) } ?? standard }
    depth = read("--depth", depth)
    width = read("--width", width)
    batch = read("--batch", batch)
    sequence = read("--sequence", sequence)
    vocabulary = read("--vocabulary", vocabulary)
    threads = read("--threads", threads)
    steps = read("--steps", steps)
    dropout = numbers["--dropout"].map { Float($0) } ?? dropout
  }

  var tokens: Int { batch * sequence }
  var predicted: Int { tokens * 15 / 100 }
}

func seconds(_ body: () throws -> Void) rethrows -> Double {
  let duration = try ContinuousClock().measure(body).components
  return Double(duration.seconds) + Double(duration.attoseconds) * 1e-18
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

func matrix(_ rows: Int, _ columns: Int, transposed: Bool = false) -> BLAS.Matrix {
  guard let shape = Shape([rows * columns]) else { preconditionFailure("\(rows) × \(columns)") }
  let elements = TensorView(zeros: .f32, shape).elements(of: Float.self)
  elements.fill(0.5)
  return BLAS.Matrix(elements, stride: transposed ? rows : columns, transposed: transposed)
}

/// A product, as often as a step does it.
struct Product {
  var sizes: BLAS.Sizes
  var count: Int
  var a: BLAS.Matrix, b: BLAS.Matrix, c: BLAS.Matrix

  init(_ rows: Int, _ columns: Int, _ depth: Int, count: Int, turned: (Bool, Bool)) {
    sizes = .init(rows: rows, columns: columns, depth: depth)
    self.count = count
    a = matrix(rows, depth, transposed: turned.0)
    b = matrix(depth, columns, transposed: turned.1)
    c = matrix(rows, columns)
  }

  var work: Double {
    2 * Double(count) * Double(sizes.rows) * Double(sizes.columns) * Double(sizes.depth)
  }

  func run(_ team: Team) {
    for _ in 0..<count { BLAS.multiply(sizes, a, b, into: c, team: team) }
  }
}

let sizes = Sizes(Array(CommandLine.arguments.dropFirst()))
let shape = EncoderShape(
  vocabularyCount: sizes.vocabulary, width: sizes.width, depth: sizes.depth,
  sequenceCount: sizes.sequence)
let model = try EncoderModel(shape, head: .maskedTokens)
let store = ParameterStore(model.initialTensors(seed: 1))
let session = try TrainingSession(
  try model.graph(for: .training(dropout: sizes.dropout, labelSmoothing: 0)), store, loss: "loss",
  threadCount: sizes.threads)
let optimizer = AdamW(store, threadCount: sizes.threads)

func integers(_ count: Int, below bound: Int) -> [Int64] {
  var random = SplitMix64(seed: UInt64(count))
  return (0..<count).map { _ in Int64.random(in: 4..<Int64(bound), using: &random) }
}
guard let tokens = Shape([sizes.batch, sizes.sequence]), let predicted = Shape([sizes.predicted]),
  let pair = Shape([2])
else { preconditionFailure("the sizes") }
var inputs = [
  "input_ids": Tensor(integers(sizes.tokens, below: sizes.vocabulary), shape: tokens),
  "attention_mask": Tensor([Int64](repeating: 1, count: sizes.tokens), shape: tokens),
  "places": Tensor((0..<sizes.predicted).map { Int64($0 * 6) }, shape: predicted),
  "labels": Tensor(integers(sizes.predicted, below: sizes.vocabulary), shape: predicted),
]

let team = Team(threadCount: sizes.threads)
let (d, n) = (sizes.width, sizes.tokens)
/// Forward, gradient of rows, gradient of matrix.
let products = [(d, d, 4), (4 * d, d, 1), (d, 4 * d, 1)].flatMap { outer, inner, count in
  let count = count * sizes.depth
  return [
    Product(n, outer, inner, count: count, turned: (false, true)),
    Product(n, inner, outer, count: count, turned: (false, false)),
    Product(outer, inner, n, count: count, turned: (true, false)),
  ]
}
let work = products.reduce(0) { $0 + $1.work }
let alone = (0..<sizes.threads).map { _ in
  Product(1024, 1024, 1024, count: 4, turned: (false, false))
}

var steps: [Double] = []
var rates: [Double] = []
var limits: [Double] = []
for step in 0...sizes.steps {
  inputs["dropout_seed"] = Tensor([Int64(1), Int64(step)], shape: pair)
  let time = try seconds {
    try session.run(inputs, addingGradientsTimes: 1 / Float(sizes.predicted))
    try optimizer.step(rate: 1e-3)
  }
  let rate = work / seconds { for product in products { product.run(team) } }
  let limit =
    alone.reduce(0) { $0 + $1.work }
    / seconds { team.share(sizes.threads) { for place in $0 { alone[place].run(.alone) } } }
  guard step > 0 else { continue }
  steps.append(time)
  rates.append(rate)
  limits.append(limit)
}
let step = median(steps)
let share = Double(sizes.predicted) / Double(sizes.tokens)
let total = shape.workPerToken(sequence: sizes.sequence, predicted: share) * Double(sizes.tokens)
print(
  "{\"tokens_per_second\": \(Double(sizes.tokens) / step), \"step_seconds\": \(step),"
    + " \"gflops\": \(total / step / 1e9), \"product_gflops\": \(median(rates) / 1e9),"
    + " \"sgemm_gflops\": \(median(limits) / 1e9),"
    + " \"product_share_of_sgemm\": \(median(zip(rates, limits).map { $0 / $1 })),"
    + " \"plan_megabytes\": \(Double(session.planByteCount) / 1e6)}")
