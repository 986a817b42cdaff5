import Foundation
import TLCCore
import TLCFormat
import TLCPipeline
import TLCRuntime
import TLCSystem
import TLCTestSupport
import Testing

/// Models beside their source.
@Suite struct ComparisonTests {
  @Test func `measures rows as one does by hand`() {
    let shape = Shape([2, 2]) ?? .scalar
    let divergence = OutputDivergence(
      name: "y", source: Tensor([0.5, 0.5, 1, 0] as [Float], shape: shape),
      decoded: Tensor([0.25, 0.75, 0.75, 0.25] as [Float], shape: shape))
    // ½ (½ ln 2 + ½ ln ⅔) + ½ ln 4⁄3
    let expected = (0.5 * log(2.0) + 0.5 * log(2.0 / 3) + log(4.0 / 3)) / 2
    #expect(abs((divergence.divergence ?? 0) - expected) < 1e-12)
    // Of the first row of the source, the first of two equal elements is the greatest.
    #expect(divergence.topOne == 0.5)
    #expect(divergence.certificate.maximumAbsoluteError == 0.25)
  }

  private static let sampleCount = 12

  /// A source, models of it in 2 and 5 bits and without loss, samples, and labels.
  private struct Files {
    let source: String
    let models: [String]
    let samples: String
    let inputs: Tensor
    let scratch: Scratch

    init() throws {
      scratch = try Scratch()
      source = try scratch.write(
        try Fixtures.bytes("models/digits/digits.h5"), to: "digits.h5")
      let rules = [2, 5].map {
        "\n- match: {floating: true, rank: [2, 8]}\n  quantize: {method: round-to-nearest, axis:"
          + " output, bits: \($0)}\n"
      }
      var models: [String] = []
      for (place, rule) in (rules + [" []"]).enumerated() {
        let file = scratch.path("model-\(place).tlcq")
        let recipe = try Recipe(parsing: "tlc-recipe: 1\nrules:\(rule)")
        _ = try Conversion(input: source, output: file, recipe: recipe).run()
        models.append(file)
      }
      self.models = models
      var generator = SplitMix64(seed: 7)
      let numbers = (0..<sampleCount * 64).map { _ in Float(generator.next() % 1_000) / 1_000 }
      inputs = Tensor(numbers, shape: try #require(Shape([sampleCount, 64])))
      samples = scratch.path("samples.npz")
      try RunOutputs.write([("pixels", inputs)], to: samples, overwriting: false)
    }

    /// The rows of a model's output.
    func rows(_ model: String) throws -> [[Double]] {
      let found = try Session(opening: model).run(["pixels": inputs])[0].elements(of: Float.self)
      return (0..<sampleCount).map { row in found[row * 10..<(row + 1) * 10].map { Double($0) } }
    }
  }

  @Test(arguments: [1, 4])
  func `gives the numbers that outputs give one by one`(threads: Int) throws {
    let files = try Files()
    let truth = try files.rows(files.models[2])
    func greatest(_ row: [Double]) -> Int { row.firstIndex(of: row.max() ?? 0) ?? 0 }
    // Every third label is wrong for the source.
    let right = truth.enumerated().map { place, row in
      (greatest(row) + (place.isMultiple(of: 3) ? 1 : 0)) % 10
    }
    let labels = try files.scratch.write(
      Array(right.map { "\($0)\n" }.joined().utf8), to: "labels.txt")
    var request = FidelityComparison.Request(source: files.source, models: files.models)
    request.samples = files.samples
    request.labels = labels
    request.parallelism = Parallelism(threads: threads)
    let comparison = try FidelityComparison(request)
    #expect(comparison.sampleCount == Self.sampleCount)
    #expect(comparison.outputs == ["digit"])
    #expect(comparison.sourceAccuracy == 8.0 / 12)
    #expect(comparison.sourceByteCount == 48_944)
    for model in comparison.models {
      let rows = try files.rows(model.path)
      let pairs = Array(zip(truth, rows))
      let cosines = pairs.map { p, q in
        let product: Double = zip(p, q).reduce(0) { $0 + $1.0 * $1.1 }
        let squares = [p, q].map { row in row.reduce(0) { $0 + $1 * $1 } }
        return product / (squares[0] * squares[1]).squareRoot()
      }
      let count = Double(Self.sampleCount)
      #expect(abs(model.measures.cosine - cosines.reduce(0, +) / count) < 1e-9)
      #expect(abs(model.measures.leastCosine - (cosines.min() ?? 0)) < 1e-9)
      var divergence = 0.0
      for (first, second) in pairs {
        let (p, q) = (first.reduce(0, +), second.reduce(0, +))
        for (a, b) in zip(first, second) where a > 0 { divergence += a / p * log(a / p / (b / q)) }
      }
      #expect(abs((model.measures.divergence ?? 9) - divergence / count) < 1e-9)
      #expect(
        model.measures.topOne == Double(pairs.count { greatest($0.0) == greatest($0.1) }) / count)
      #expect(
        model.measures.maximumAbsoluteError
          == pairs.flatMap { zip($0.0, $0.1).map { abs($0 - $1) } }.max())
      #expect(
        model.accuracy == Double(zip(rows, right).count { greatest($0.0) == $0.1 }) / count)
      let size = try FileManager.default.attributesOfItem(atPath: model.path)[.size] as? Int
      #expect(model.byteCount == size)
    }
    let exact = comparison.models[2]
    #expect(exact.measures.topOne == 1 && exact.measures.maximumAbsoluteError == 0)
    #expect(exact.accuracy == comparison.sourceAccuracy)
    #expect(comparison.page.html.contains(">model-0<"))
  }

  @Test func `takes a label a row of a sample's output, and names of labels by their place`() throws
  {
    let scratch = try Scratch()
    let folder = "models/huggingface/bert-token"
    for name in ["config.json", "model.safetensors"] {
      _ = try scratch.write(try Fixtures.bytes("\(folder)/\(name)"), to: name)
    }
    let source = scratch.path("model.safetensors")
    let file = scratch.path("model.tlcq")
    _ = try Conversion(input: source, output: file).run()
    let ids = try scratch.write(Array("5 6 7\n8 9\n".utf8), to: "samples.ids")
    var request = FidelityComparison.Request(source: source, models: [file])
    request.samples = ids
    request.labels = try scratch.write(Array("0 1 0\n1 LABEL_1\n".utf8), to: "labels.txt")
    let comparison = try FidelityComparison(request)
    #expect(comparison.sampleCount == 2)
    // Five rows: the accuracy is a number of fifths.
    let fifths = try #require(comparison.sourceAccuracy) * 5
    #expect(abs(fifths - fifths.rounded()) < 1e-12)
    request.labels = try scratch.write(Array("0\n1\n0\n1\n1\n".utf8), to: "rows.txt")
    #expect(try FidelityComparison(request).sourceAccuracy == comparison.sourceAccuracy)
  }

  @Test func `says why models cannot be compared`() throws {
    let files = try Files()
    func error(_ change: (inout FidelityComparison.Request) throws -> Void) throws -> String {
      var request = FidelityComparison.Request(source: files.source, models: [files.models[0]])
      request.samples = files.samples
      try change(&request)
      do {
        _ = try FidelityComparison(request)
      } catch { return "\(error)".replacing(files.scratch.root.path, with: "…") }
      return "none"
    }
    let other = Fixtures.path("valid/probe-samples.tlcq")
    #expect(
      try error { $0.models = [other] }
        == "\(other): it is not a model of this source: it takes x f32 [batch, 2], and the source"
        + " pixels f32 [batch, 64]")
    #expect(
      try error { $0.outputs = ["digits"] } == "there is no output \"digits\"; there are digit")
    #expect(
      try error { $0.labels = try files.scratch.write(Array("1\n2\n".utf8), to: "few.txt") }
        == "…/few.txt: it has 2 labels, and there are 12 samples of 12 rows together")
    let bad = String(repeating: "1\n", count: 11) + "10\n"
    #expect(
      try error { $0.labels = try files.scratch.write(Array(bad.utf8), to: "bad.txt") }
        == "…/bad.txt: label \"10\" of sample 12 is none of the model's 0 to 9")
    let bare = try files.scratch.write(try Fixtures.bytes("valid/minimal.tlcq"), to: "bare.tlcq")
    #expect(try error { $0.models = [bare] } == "…/bare.tlcq: it has tensors, and no graph")
    let numbers = files.scratch.path("numbers.npz")
    try RunOutputs.write([("a", files.inputs)], to: numbers, overwriting: false)
    #expect(
      try error { $0.source = numbers }
        == "…/numbers.npz: there is no graph to run: it has no configuration of a kind that is"
        + " lowered")
  }
}
