import Foundation
import TLCCore
import TLCFormat
import TLCImport
import TLCSystem
import TLCTestSupport
import TLCText
import Testing

@testable import TLCPipeline

@Suite struct CalibratedConversionTests {
  private static func conversion(_ scratch: Scratch, _ data: String) throws -> Conversion {
    let input = try scratch.write(try Fixtures.bytes("models/digits/digits.h5"), to: "model.h5")
    var conversion = Conversion(
      input: input, output: scratch.path("out.tlcq"), recipe: .eightBits)
    conversion.calibrationData = data
    return conversion
  }

  private static func pixels(_ count: Int, _ value: (Int) -> Float = { Float($0 % 17) / 16 })
    throws -> Tensor
  {
    Tensor((0..<count * 64).map(value), shape: try #require(Shape([count, 64])))
  }

  @Test func `says what it calibrated with, and keeps nothing else of it`() throws {
    let scratch = try Scratch()
    let data = scratch.path("samples.npz")
    try RunOutputs.write([("pixels", try Self.pixels(5))], to: data, overwriting: false)
    let conversion = try Self.conversion(scratch, data)
    let report = try conversion.run()
    #expect(report.calibration?.sampleCount == 5)
    #expect(report.calibration?.matrixCount == 3)
    #expect(report.calibration?.tokenCount == nil)
    let file = try InputFile(path: data)
    let record = try Checkpoint(path: scratch.path("out.tlcq")).main.provenance.calibration
    #expect(
      record
        == Provenance.Calibration(
          byteCount: file.byteCount, digest: try file.digest(), sampleCount: 5))
    #expect(try conversion.dryRun().tensors == report.tensors)
  }

  @Test func `puts the mean of what outputs lose into their bias`() throws {
    let scratch = try Scratch()
    let data = scratch.path("samples.npz")
    let pixels = try Self.pixels(6)
    try RunOutputs.write([("pixels", pixels)], to: data, overwriting: false)
    var conversion = try Self.conversion(scratch, data)
    conversion.recipe = try Recipe(
      parsing: """
        tlc-recipe: 1
        rules:
          - match: {floating: true, rank: 2}
            quantize: {method: uniform-step, step: 0.8, correct-bias: true}
        """)
    let report = try conversion.run()
    #expect(try conversion.dryRun().tensors == report.tensors)
    let source = try ImporterRegistry.standard.open(conversion.input)
    let file = try Checkpoint(path: conversion.output)
    func pair(_ name: String) throws -> ([Float], [Float]) {
      let tensor = try #require(source.tensors.first { $0.name == name }).load()
      let stored = try #require(try file.tensor(named: name))
      return (tensor.elements(of: Float.self), stored.elements(of: Float.self))
    }
    let (kernel, quantized) = try pair("hidden_1/kernel")
    let (bias, corrected) = try pair("hidden_1/bias")
    let x = pixels.elements(of: Float.self)
    for output in 0..<64 {
      var lost = 0.0
      for sample in 0..<6 {
        for i in 0..<64 {
          lost +=
            Double(x[sample * 64 + i])
            * Double(kernel[i * 64 + output] - quantized[i * 64 + output]) / 6
        }
      }
      #expect(abs(Double(corrected[output] - bias[output]) - lost) < 1e-5)
    }
    #expect(try pair("digit/bias").0 != pair("digit/bias").1)
  }

  @Test(
    arguments: [
      "wanda, sparsity: 0.5", "sparse-gpt, sparsity: 0.5", "sparse-gpt, n: 2, m: 4",
      "sparse-gpt, sparsity: 0.5, rows: 4, columns: 8", "exact-obs, sparsity: 0.5",
      "n-of-m, n: 2, m: 4, score: wanda", "block, sparsity: 0.5, rows: 4, columns: 4, score: wanda",
      "magnitude, sparsity: 0.5, score: wanda",
    ])
  func `stores zeros for what it prunes, and makes that good in rounding`(method: String) throws {
    let scratch = try Scratch()
    let data = scratch.path("samples.npz")
    try RunOutputs.write(
      [("pixels", try Self.pixels(40) { Float($0 * $0 % 19) / 18 })], to: data, overwriting: false)
    var conversion = try Self.conversion(scratch, data)
    conversion.overwriting = true
    let prune =
      "tlc-recipe: 1\nrules:\n  - match: {floating: true, rank: 2}\n"
      + "    prune: {method: \(method)}\n"
    func kernels(_ text: String) throws -> [[Float]] {
      conversion.recipe = try Recipe(parsing: text)
      _ = try conversion.run()
      let file = try Checkpoint(path: conversion.output)
      return try ["hidden_1/kernel", "hidden_2/kernel"].map {
        try #require(try file.tensor(named: $0)).elements(of: Float.self)
      }
    }
    let pruned = try kernels(prune)
    let quantized = try kernels(prune + "    quantize: {method: uniform-step, step: 0.3}\n")
    for (pruned, quantized) in zip(pruned, quantized) {
      let zeros = pruned.indices.filter { pruned[$0] == 0 }
      #expect(zeros.count >= pruned.count / 2 && zeros.count < pruned.count * 3 / 5)
      #expect(zeros.allSatisfy { pruned[$0].bitPattern == 0 && quantized[$0].bitPattern == 0 })
    }
    conversion.calibrationData = nil
    #expect(throws: ConversionError.self) { try conversion.run() }
  }

  @Test func `refuses data that it cannot use`() throws {
    let scratch = try Scratch()
    func error(_ data: String) throws -> CalibrationError? {
      var conversion = try Self.conversion(scratch, data)
      conversion.overwriting = true
      do {
        _ = try conversion.run()
        return nil
      } catch let error as CalibrationError { return error }
    }
    let empty = try scratch.write([], to: "empty.npz")
    #expect(try error(empty) == .empty(path: empty))
    let none = scratch.path("none.npz")
    try RunOutputs.write([("pixels", try Self.pixels(0))], to: none, overwriting: false)
    #expect(try error(none) == .empty(path: none))
    let wrong = scratch.path("wrong.npz")
    try RunOutputs.write(
      [("pixels", try Self.pixels(3) { $0 == 70 ? .nan : 0.5 })], to: wrong, overwriting: false)
    #expect(try error(wrong) == .nonFinite(sample: 1, tensor: "hidden_1/kernel"))
  }

  @Test func `refuses weights that are not finite, by name and index`() throws {
    let scratch = try Scratch()
    let source = try ImporterRegistry.standard.open(Fixtures.path("models/digits/digits.h5"))
    var bytes = try Fixtures.bytes("models/digits/digits.h5")
    let kernel = try #require(source.tensors.first { $0.name == "hidden_2/kernel" }).load()
    let place = try #require(Self.place(of: kernel.bytes, in: bytes))
    bytes.replaceSubrange(place + 40..<place + 44, with: [0, 0, 0xC0, 0x7F])
    let data = scratch.path("samples.npz")
    try RunOutputs.write([("pixels", try Self.pixels(2))], to: data, overwriting: false)
    var conversion = Conversion(
      input: try scratch.write(bytes, to: "model.h5"), output: scratch.path("out.tlcq"))
    conversion.calibrationData = data
    #expect(throws: CalibrationError.weight(tensor: "hidden_2/kernel", index: 10)) {
      try conversion.run()
    }
    // Without samples, a goal is what needs them.
    conversion.calibrationData = nil
    conversion.fallsBackToEightBits = false
    conversion.recipe = .allocating(for: .quality(0.99, .cosine), method: "uniform-step")
    let goal = ConversionError.goal(
      "tensor \"hidden_2/kernel\" has an element that is NaN or infinite, at index 10")
    #expect(throws: goal) { try conversion.run() }
  }

  private static func place(of part: [UInt8], in whole: [UInt8]) -> Int? {
    (0...whole.count - part.count).first { whole[$0..<$0 + part.count].elementsEqual(part) }
  }

  @Test func `reads texts, token ids and tensors as samples`() throws {
    let scratch = try Scratch()
    let checkpoint = try ImporterRegistry.standard.open(
      Fixtures.path("models/huggingface/sentence-mean/model.safetensors"))
    let graph = try #require(try LoweringRegistry.standard.graph(of: checkpoint))
    var assets = Dictionary(uniqueKeysWithValues: checkpoint.assets.map { ($0.name, $0.bytes) })
    assets["huggingface/vocab.txt"] = try Fixtures.bytes("models/text/bert/vocab.txt")
    let path = try scratch.write(Array("A text.\n\n  \nAnother, longer one\n".utf8), to: "a.txt")
    let texts = try CalibrationSamples(path, for: graph.inputs, assets: assets)
    #expect(texts.count == 2)
    let tokenizer = try TextInputs(assets: assets).tokenizer
    let ids = try tokenizer.encode([("Another, longer one", nil)])[0].ids
    #expect(
      try texts.sample(1)["input_ids"]?.elements(of: Int64.self) == ids.map { Int64($0) })
    let lines = try scratch.write(Array("1 2 3\n4 5\n".utf8), to: "b.ids")
    let given = try CalibrationSamples(lines, for: graph.inputs, assets: [:])
    #expect(given.count == 2)
    #expect(try given.sample(1)["attention_mask"]?.elements(of: Int64.self) == [1, 1])
    let json = try scratch.write(
      Array(#"{"input_ids": [[1, 2], [3, 4], [5, 6]]}"#.utf8), to: "c.json")
    let tensors = try CalibrationSamples(json, for: graph.inputs, assets: [:])
    #expect(tensors.count == 3)
    #expect(try tensors.sample(2)["input_ids"]?.elements(of: Int64.self) == [5, 6])
    let word = try scratch.write(Array("1 two\n".utf8), to: "d.ids")
    #expect(
      throws: CalibrationError.malformed(
        path: word, "line 1 of samples has \"two\", which is no token id")
    ) { try CalibrationSamples(word, for: graph.inputs, assets: [:]) }
    let tab = try scratch.write(Array("1 2\t3\n".utf8), to: "e.ids")
    #expect(
      throws: CalibrationError.malformed(
        path: tab, "line 1 of samples has 1 tabs, and the model takes tokens alone")
    ) { try CalibrationSamples(tab, for: graph.inputs, assets: [:]) }
  }

  @Test func `behind a tab are the tokens that a decoder reads`() throws {
    let scratch = try Scratch()
    let model = try ParallelTextsTests.model(["aaaa aaaa"])
    let inputs = try model.model.graph(for: .use).inputs
    let lines = try scratch.write(Array("1 2 3\t0 4\n5\t0\n".utf8), to: "a.ids")
    let samples = try CalibrationSamples(lines, for: inputs, assets: [:])
    let sample = try samples.sample(0)
    #expect(sample["attention_mask"]?.elements(of: Int64.self) == [1, 1, 1])
    #expect(sample["decoder_input_ids"]?.elements(of: Int64.self) == [0, 4])
    let none = try scratch.write(Array("1 2 3\n".utf8), to: "b.ids")
    #expect(
      throws: CalibrationError.malformed(
        path: none,
        "line 1 of samples has 0 tabs, and the model takes tokens, a tab and those of"
          + " decoder_input_ids")
    ) { try CalibrationSamples(none, for: inputs, assets: [:]) }
  }
}
