import Foundation
import TLCCompress
import TLCFormat
import TLCPipeline
import TLCSystem
import TLCTestSupport
import Testing

@Suite struct ConversionTests {
  private struct Ended: Error {}

  private static func model(in scratch: Scratch) throws -> String {
    try scratch.write(try Fixtures.bytes("models/digits/digits.h5"), to: "model.h5")
  }

  @Test func `refuses a source that changes meanwhile, and leaves nothing`() throws {
    let scratch = try Scratch()
    let input = try Self.model(in: scratch)
    let conversion = Conversion(input: input, output: scratch.path("out.tlcq"))
    #expect(throws: ConversionError.sourceChanged(path: input)) {
      try conversion.run { progress in
        guard progress.activity == "converting" else { return }
        let handle = try FileHandle(forWritingTo: URL(filePath: input))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data([0]))
        try handle.close()
      }
    }
    #expect(try scratch.names() == ["model.h5"])
  }

  @Test func `ends when progress throws, and leaves nothing`() throws {
    let scratch = try Scratch()
    let conversion = Conversion(
      input: try Self.model(in: scratch), output: scratch.path("out.tlcq"))
    #expect(throws: Ended.self) { try conversion.run { _ in throw Ended() } }
    #expect(try scratch.names() == ["model.h5"])
  }

  @Test func `does not replace a source`() throws {
    let scratch = try Scratch()
    let input = try Self.model(in: scratch)
    var conversion = Conversion(input: input, output: input)
    conversion.overwriting = true
    #expect(throws: ConversionError.outputIsSource(path: input)) { try conversion.run() }
  }

  @Test func `prunes globally to the exact share, and keeps the zeros`() throws {
    let scratch = try Scratch()
    let text = """
      tlc-recipe: 1
      rules:
        - match: {name: "digit/"}
          keep: true
        - match: {floating: true, rank: 2}
          prune: {method: magnitude, sparsity: 0.75, scope: global}
          quantize: {method: k-means, entries: 16}
      """
    let conversion = Conversion(
      input: try Self.model(in: scratch), output: scratch.path("out.tlcq"),
      recipe: try Recipe(parsing: text))
    let report = try conversion.run()
    let pruned = report.tensors.filter { $0.name.hasPrefix("hidden") && $0.shape.rank == 2 }
    let zeros = pruned.reduce(0) { $0 + $1.shape.count - ($1.certificate?.nonZeroCount ?? 0) }
    let total = pruned.reduce(0) { $0 + $1.shape.count }
    #expect(zeros == total * 3 / 4)
    var dry = conversion
    for (name, size) in [("dry-file", nil), ("dry-set", 4096)] {
      dry.output = scratch.path("\(name).tlcq")
      dry.shardByteCount = size
      let told = try dry.dryRun()
      let folder = try FileManager.default.contentsOfDirectory(atPath: scratch.path(""))
      #expect(!folder.contains { $0.hasPrefix(name) })
      let done = try dry.run()
      #expect(told.tensors == done.tensors && told.tensors == report.tensors)
      #expect(told.byteCount == done.byteCount && told.rootDigest == done.rootDigest)
      #expect(
        try done.paths.reduce(0) { try $0 + FileIdentity(path: $1).byteCount } == done.byteCount)
      #expect((done.paths.count > 1) == (size != nil))
    }
    let checkpoint = try Checkpoint(path: scratch.path("out.tlcq"))
    #expect(checkpoint.main.provenance.recipe == conversion.recipe.text)
    #expect(try Recipe(parsing: conversion.recipe.text) == conversion.recipe)
  }

  @Test(arguments: [
    ("tlc-recipe: 2\nrules: []", "recipe, line 1: \"tlc-recipe: 1\" is missing"),
    (
      "tlc-recipe: 1\nrules:\n  - mtach: {}",
      "recipe, line 3: a rule has the key \"mtach\", and knows match, keep, prune, quantize"
    ),
    (
      "tlc-recipe: 1\nrules:\n  - match: {name: \"[\"}",
      "recipe, line 3: \"name\" is not a regular expression"
    ),
    (
      "tlc-recipe: 1\nrules:\n  - match: {rank: [x, 1, 2]}",
      "recipe, line 3: \"rank\" is neither a rank from 0 to 8 nor a list of a least and a most"
    ),
    (
      "tlc-recipe: 1\nrules: [1",
      "recipe, line 3: is not YAML: did not find expected ',' or ']'"
    ),
    (
      "tlc-recipe: 1\nrules: []\nrules: []",
      "recipe, line 2: is not YAML: the key \"rules\" is there twice"
    ),
  ])
  func `says what is wrong with a recipe, and where`(text: String, message: String) {
    let error = #expect(throws: RecipeError.self) { try Recipe(parsing: text) }
    #expect(error.map { "\($0)" } == message)
  }

  @Test(arguments: ["axis> output", "a: b", "\u{7}", "\u{85}\u{2028}", "", "true", "é\"\\", "<<"])
  func `writes a recipe as what is read as it`(word: String) throws {
    let step = RecipeStep(method: word, parameters: [word: .text(word)])
    let recipe = Recipe(rules: [RecipeRule(match: RecipeMatch(name: "a"), prune: step)])
    #expect(try Recipe(parsing: recipe.text) == recipe)
  }
}
