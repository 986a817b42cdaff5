import TLCCore
import TLCImport
import TLCModel
import TLCTestSupport
import TLCTraining
import Testing

/// Trainings that PyTorch did, done again: `scripts/record-training`.
struct PeerTests {
  /// What of a number that is about 1 may differ after ten steps: PyTorch's are in `f64`.
  static let tolerance: Float = 1e-4

  private struct Recorded {
    let tensors: [String: Tensor]
    let model: EncoderModel

    init(_ name: String, head: TrainedHead) throws {
      let file = try ImporterRegistry.standard.open(Fixtures.path("training/\(name).safetensors"))
      var tensors: [String: Tensor] = [:]
      for tensor in file.tensors { tensors[tensor.name] = try tensor.load() }
      self.tensors = tensors
      model = try EncoderModel(
        EncoderShape(
          vocabularyCount: 32, width: 12, depth: 2, headCount: 3, innerWidth: 20,
          sequenceCount: 10, positions: name == "alibi" ? .alibi : .learned), head: head)
    }

    func floats(_ name: String) throws -> [Float] {
      try #require(tensors[name], "no \(name)").elements(of: Float.self)
    }

    /// The weights, by name.
    var weights: [String: Tensor] {
      get throws {
        try Dictionary(
          uniqueKeysWithValues: model.tensorShapes.map { name, shape in
            let tensor = try #require(tensors["before.\(name)"], "no \(name)")
            #expect(tensor.shape == shape)
            return (name, tensor)
          })
      }
    }

    func inputs(_ step: Int) throws -> [String: Tensor] {
      let names = [
        ("input_ids", "ids"), ("attention_mask", "mask"), ("labels", "labels"),
        ("places", "places"), ("decoder_input_ids", "written"),
      ]
      var inputs: [String: Tensor] = [:]
      for (input, name) in names { inputs[input] = tensors["step.\(step).\(name)"] }
      return inputs
    }
  }

  private static func greatestDifference(_ a: [Float], _ b: [Float]) -> Float {
    #expect(a.count == b.count)
    return zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1) / max(1, abs($1.1))) }
  }

  static let cases: [(String, TrainedHead, Float)] = [
    ("masked", .maskedTokens, 0), ("alibi", .maskedTokens, 0), ("classes", .classes(3), 0.1),
    ("translation", .decoder(depth: 1), 0.1),
  ]

  @Test(arguments: cases)
  func `logits, gradients and ten steps are PyTorch's`(
    _ name: String, _ head: TrainedHead, _ smoothing: Float
  ) throws {
    let recorded = try Recorded(name, head: head)
    let store = ParameterStore(try recorded.weights)
    let measuring = try TrainingSession(
      try recorded.model.graph(for: .measuring), store, threadCount: 2)
    let logits = try measuring.run(try recorded.inputs(1))[1].elements(of: Float.self)
    #expect(Self.greatestDifference(logits, try recorded.floats("logits")) < 1e-5)

    let session = try TrainingSession(
      try recorded.model.graph(for: .training(dropout: 0, labelSmoothing: smoothing)), store,
      loss: "loss", threadCount: 2)
    let optimizer = AdamW(store, AdamW.Settings(greatestNorm: 0.8), threadCount: 2)
    let rate = LearningRate(peak: 5e-3, warmupCount: 3)
    let (losses, norms) = (try recorded.floats("losses"), try recorded.floats("norms"))
    for step in 1...10 {
      let inputs = try recorded.inputs(step)
      let labels = try #require(inputs["labels"]).elements(of: Int64.self)
      let count = Float(labels.count { $0 != -100 })
      let loss = try session.run(inputs, addingGradientsTimes: 1 / count)[0]
      let mean = loss.elements(of: Float.self)[0] / count
      #expect(abs(mean - losses[step - 1]) < Self.tolerance, "loss of step \(step)")
      if step == 1 {
        for parameter in store.parameters {
          let gradient = store.gradient(of: parameter).tensor().elements(of: Float.self)
          let difference = Self.greatestDifference(
            gradient, try recorded.floats("gradient.\(parameter.name)"))
          #expect(difference < 1e-5, "\(parameter.name)")
        }
      }
      let norm = try optimizer.step(rate: rate.rate(step: step, of: 10))
      #expect(abs(Float(norm) - norms[step - 1]) < Self.tolerance, "norm of step \(step)")
    }
    for parameter in store.parameters {
      let difference = Self.greatestDifference(
        store[parameter].tensor().elements(of: Float.self),
        try recorded.floats("after.\(parameter.name)"))
      #expect(difference < Self.tolerance, "\(parameter.name)")
    }
  }
}
