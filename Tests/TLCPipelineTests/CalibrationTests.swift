import Foundation
import TLCCompress
import TLCCore
import TLCFormat
import TLCImport
import TLCKernels
import TLCModel
import TLCRecordedModels
import TLCSystem
import TLCTestSupport
import Testing

@testable import TLCPipeline

@Suite struct CalibrationTests {
  /// A recorded model and its inputs.
  private struct Model {
    var checkpoint: ImportedCheckpoint
    var inputs: [String: Tensor]

    init(_ name: String) throws {
      if name.hasPrefix("keras") {
        let model = try RecordedKerasModel(
          path: Fixtures.path("models/\(name).keras"),
          recording: Fixtures.path("models/\(name).keras.safetensors"))
        checkpoint = model.checkpoint
        inputs = [:]
        for (input, tensor) in zip(try lowered().graph.inputs, model.recorded("input")) {
          inputs[input.name] = tensor
        }
      } else {
        let model = try RecordedModel(
          "models/\(name)/model.safetensors", recording: "models/\(name)/recorded.safetensors")
        (checkpoint, inputs) = (model.checkpoint, model.inputs)
      }
    }

    func lowered() throws -> TypedGraph {
      try checkpoint.typed(try #require(try LoweringRegistry.standard.graph(of: checkpoint)))
    }
  }

  private static func run(
    _ model: Model, _ graph: TypedGraph, threadCount: Int = 1
  ) throws -> CalibrationRun {
    try CalibrationRun(
      graph, threadCount: threadCount, target: { model.checkpoint.tensor($0)?.name ?? $0 },
      wanted: { _ in true }, weight: { try model.checkpoint.load($0) })
  }

  /// Σ‖𝑊𝑥‖² over all inputs is what products give, whatever way the graph has to the tensor.
  @Test(arguments: [
    "keras-layers/dense-shapes", "keras-layers/conv1d", "keras-layers/conv2d",
    "keras-layers/conv2d-channels-first", "keras-layers/conv3d",
    "keras-layers/einsum-dense", "keras-layers/attention-heads",
    "keras-layers/time-distributed", "keras-layers/convolutional-network",
    "huggingface/bert-base", "huggingface/albert-base",
    "huggingface/bert-masked",
  ])
  func `finds what each matrix is multiplied by`(name: String) throws {
    let model = try Model(name)
    let graph = try model.lowered()
    var run = try Self.run(model, graph)
    try run.add(model.inputs)
    let calibration = run.calibration()
    let expected = try Self.energies(model, graph)
    #expect(!expected.isEmpty)
    for (tensor, energy) in expected.sorted(by: { $0.key < $1.key }) {
      guard let inputs = calibration.tensors[tensor]?.inputs else {
        #expect(calibration.leftOut.contains { $0.tensor == tensor }, "\(tensor)")
        continue
      }
      let weights = try model.checkpoint.load(tensor).numbers
      let found = Self.energy(weights, inputs.axes, inputs.moments)
      #expect(abs(found - energy) <= 1e-4 * energy + 1e-12, "\(tensor): \(found), not \(energy)")
    }
  }

  /// tr(𝑊𝐻𝑊ᵀ).
  private static func energy(
    _ weights: [Double], _ axes: InputAxes, _ moments: InputMoments
  ) -> Double {
    let width = moments.width
    let outputs = weights.count / width
    var sum = 0.0
    for output in 0..<outputs {
      let row = (0..<width).map { input in
        weights[axes == .trailing ? output * width + input : input * outputs + output]
      }
      for i in 0..<width {
        for j in 0..<width { sum += row[i] * moments[i, j] * row[j] }
      }
    }
    return sum
  }

  /// By tensor, the squares of what products with it give, node by node, without biases.
  private static func energies(
    _ model: Model, _ graph: TypedGraph
  ) throws -> [String: Double] {
    var values: [String: Tensor] = model.inputs
    for (name, tensor) in graph.constants { values[name] = tensor }
    for initializer in graph.graph.initializers {
      values[initializer.value] = try model.checkpoint.load(initializer.tensor)
    }
    _ = try graph.evaluate(
      model.inputs,
      observing: { node, outputs in
        for (name, output) in zip(node.outputs, outputs) { values[name] = output?.tensor() }
      }, initializer: { try model.checkpoint.load($0) })
    var elements = FactorElements(graph) { model.checkpoint.tensor($0)?.name ?? $0 }
    var energies: [String: Double] = [:]
    let specialized = try graph.specialized(to: model.inputs.mapValues { $0.shape })
    for (node, operation) in zip(specialized.graph.nodes, specialized.operators) {
      guard ["MatMul", "Gemm", "Conv"].contains(node.operation),
        let numbers = elements.numbers(of: node.inputs[1]),
        let source = numbers.first.flatMap({ elements.source(of: $0) }),
        let type = specialized.types[node.outputs[0]], let shape = type.shape
      else { continue }
      let out = TensorView(zeros: type.dtype, shape)
      try operation.evaluate(
        node.inputs.prefix(2).map { values[$0].map { TensorView($0) } }, into: [out],
        EvaluationContext())
      energies[source.tensor, default: 0] += out.tensor().numbers.reduce(0) { $0 + $1 * $1 }
    }
    return energies
  }

  @Test(arguments: ["lstm", "gru", "simple-rnn", "bidirectional"])
  func `finds the inputs and the states of recurrent layers`(name: String) throws {
    let model = try Model("keras-layers/\(name)")
    var run = try Self.run(model, try model.lowered())
    try run.add(model.inputs)
    let calibration = run.calibration()
    #expect(calibration.leftOut.isEmpty)
    for tensor in model.checkpoint.tensors
    where tensor.shape.rank == 2 && tensor.shape.dimensions[0] > 2 {
      let inputs = try #require(calibration.tensors[tensor.name]?.inputs, "\(tensor.name)")
      #expect(inputs.axes == .leading)
      #expect(inputs.moments.width == tensor.shape.dimensions[0])
      #expect(inputs.moments.count > 0 && inputs.moments.norms.contains { $0 > 0 })
    }
  }

  @Test func `takes the states that steps start with`() throws {
    // Two steps, two directions, two sequences, one number each.
    let states = TensorView(
      Tensor([1, 2, 3, 4, 5, 6, 7, 8] as [Float], shape: try #require(Shape([2, 2, 2, 1]))))
    let node = Node("LSTM", name: "n", inputs: [], outputs: [])
    let forward = RecurrentStates(node, direction: 0)
    #expect(forward.rows(states, first: nil, lengths: nil) == [0, 1, 0, 2])
    #expect(forward.rows(states, first: [9, 8, 7, 6], lengths: [2, 1]) == [9, 1, 8])
    let reverse = RecurrentStates(node, direction: 1)
    #expect(reverse.rows(states, first: [9, 8, 7, 6], lengths: nil) == [7, 7, 6, 8])
  }

  @Test func `gives the same for any number of threads, and sums over samples`() throws {
    let model = try Model("huggingface/bert-base")
    let graph = try model.lowered()
    let found = try [1, 3].map { threadCount in
      var run = try Self.run(model, graph, threadCount: threadCount)
      try run.add(model.inputs)
      try run.add(model.inputs)
      return run.calibration()
    }
    #expect(found[0] == found[1])
    #expect(found[0].sampleCount == 2)
    let name = try #require(
      found[0].tensors.keys.first { $0.contains("word_embeddings") })
    let counts = try #require(found[0].tensors[name]?.lookUps)
    #expect(counts.reduce(0, +) == 2 * (model.inputs["input_ids"]?.shape.count ?? 0))
  }

  @Test func `leaves padding out`() throws {
    let model = try Model("huggingface/bert-base")
    let graph = try model.lowered()
    func found(_ ids: [Int64], _ mask: [Int64]) throws -> Calibration {
      let shape = try #require(Shape([1, ids.count]))
      var run = try Self.run(model, graph)
      try run.add([
        "input_ids": Tensor(ids, shape: shape), "attention_mask": Tensor(mask, shape: shape),
        "token_type_ids": Tensor(ids.map { _ in Int64(0) }, shape: shape),
      ])
      return run.calibration()
    }
    let plain = try found([2, 7, 3], [1, 1, 1])
    let padded = try found([2, 7, 3, 0, 0], [1, 1, 1, 0, 0])
    #expect(plain.tokenCount == 3 && padded.tokenCount == 3)
    let matrices = plain.tensors.filter { $0.value.inputs != nil }
    #expect(matrices.count > 4)
    for (name, tensor) in matrices {
      #expect(padded.tensors[name]?.inputs?.moments == tensor.inputs?.moments, "\(name)")
    }
    let words = try #require(plain.tensors.keys.first { $0.contains("word_embeddings") })
    #expect(plain.tensors[words] == padded.tensors[words])
  }
}
