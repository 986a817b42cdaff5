import TLCCore
import TLCModel
import TLCTraining
import Testing

struct ModelTests {
  @Test(arguments: PositionKind.allCases)
  func `the graph of use gives the logits that training measures`(
    _ positions: PositionKind
  ) throws {
    var model = try TrainerTests.model()
    model.shape.positions = positions
    let weights = model.initialTensors(seed: 8)
    let batch = try TrainerTests.task().batch(from: 0, count: 3, seed: 1)
    let measuring = try TrainingSession(
      try model.graph(for: .measuring), ParameterStore(weights), threadCount: 2)
    let measured = try measuring.run(batch.inputs)[1].elements(of: Float.self)
    let used = try TypedGraph(try model.graph(for: .use)) { name in
      weights[name].map { ValueType($0.dtype, $0.shape) }
    }
    let inputs = batch.inputs.filter { ["input_ids", "attention_mask"].contains($0.key) }
    let logits = try used.evaluate(inputs) { try #require(weights[$0]) }[0]
      .elements(of: Float.self)
    let places = try #require(batch.inputs["places"]).elements(of: Int64.self)
    for (row, place) in places.enumerated() {
      for i in 0..<20 {
        let difference = abs(measured[row * 20 + i] - logits[Int(place) * 20 + i])
        #expect(difference < 1e-5, "label \(row), token \(i)")
      }
    }
  }

  @Test func `the graph of use has ONNX's operators alone`() throws {
    let graph = try TrainerTests.model().graph(for: .use)
    #expect(graph.nodes.allSatisfy { $0.domain.isEmpty })
  }

  @Test func `weights start as the seed and their names say`() throws {
    let one = try TrainerTests.model().initialTensors(seed: 1)
    #expect(try TrainerTests.model().initialTensors(seed: 1) == one)
    let other = try TrainerTests.model().initialTensors(seed: 2)
    let name = "lm_head.dense.weight"
    #expect(one[name] != other[name])
    let large = try EncoderModel(
      EncoderShape(vocabularyCount: 500, width: 64, depth: 1), head: .maskedTokens
    ).initialTensors(seed: 3)
    let table = "roberta_prelayernorm.embeddings.word_embeddings.weight"
    let numbers = try #require(large[table]).elements(of: Float.self).map { Double($0) }
    let mean = numbers.reduce(0, +) / Double(numbers.count)
    let square = numbers.reduce(0) { $0 + $1 * $1 } / Double(numbers.count)
    // Five standard errors of 32,000 numbers of deviation 0.02.
    #expect(abs(mean) < 5 * 0.02 / 178.9)
    #expect(abs(square.squareRoot() - 0.02) < 5 * 0.02 / 253)
  }

  @Test func `the paper's sizes have the weights that they should`() throws {
    let shape = EncoderShape(
      vocabularyCount: 50_265, width: 768, depth: 12, headCount: 12, sequenceCount: 512)
    let model = try EncoderModel(shape, head: .maskedTokens)
    // RoBERTa's, and the norm behind the last layer.
    #expect(model.parameterCount == 124_697_433 + 2 * 768)
    #expect(shape.layerParameterCount == 85_056_000)
  }

  @Test func `shapes that there are no models of are refused`() {
    for (shape, what) in [
      (
        EncoderShape(vocabularyCount: 9, width: 10, depth: 1, headCount: 3),
        "3 heads do not divide a width of 10"
      ),
      (EncoderShape(vocabularyCount: 9, width: 8, depth: 0), "the depth is 0, not 1 to 4096"),
      (EncoderShape(vocabularyCount: 9, width: 8, depth: 4097), "the depth is 4097, not 1 to 4096"),
      (EncoderShape(vocabularyCount: 1, width: 8, depth: 1), "the padding's id is 1, not below 1"),
    ] {
      #expect(throws: TrainingError.shape(what)) { try shape.require() }
    }
  }
}
