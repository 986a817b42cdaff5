import Foundation
import TLCCore
import TLCSystem
import TLCTestSupport
import Testing

@testable import TLCPipeline

/// Steps that are allocated for a goal.
@Suite struct AllocationTests {
  private static func conversion(
    _ scratch: Scratch, _ goal: AllocationGoal, method: String = "uniform-step",
    sampleCount: Int = 40
  ) throws -> Conversion {
    let input = try scratch.write(try Fixtures.bytes("models/digits/digits.h5"), to: "model.h5")
    let data = scratch.path("samples.npz")
    var random = Arbitrary(seed: 2)
    let pixels = Tensor(
      random.floats(sampleCount * 64).map { abs($0) / 8 },
      shape: try #require(Shape([sampleCount, 64])))
    try RunOutputs.write([("pixels", pixels)], to: data, overwriting: true)
    var conversion = Conversion(
      input: input, output: scratch.path("out.tlcq"),
      recipe: .allocating(for: goal, method: method))
    conversion.calibrationData = data
    conversion.overwriting = true
    return conversion
  }

  @Test(arguments: ["uniform-step", "trellis"])
  func `reaches a quality on samples that nothing is fitted to, in few bytes`(
    method: String
  ) throws {
    let scratch = try Scratch()
    var byteCounts: [Int] = []
    for quality in [0.9999, 0.99] {
      let conversion = try Self.conversion(scratch, .quality(quality, .cosine), method: method)
      let report = try conversion.run()
      let allocation = try #require(report.allocation)
      #expect(allocation.chosen.fidelity.cosine >= quality)
      #expect(allocation.chosen.fidelity.cosine < 1 - (1 - quality) / 4)
      #expect(allocation.groups.flatMap { $0.tensors }.count == report.tensors.count)
      #expect(
        allocation.chosen.byteCount == report.tensors.reduce(0) { $0 + $1.storedByteCount })
      #expect(try conversion.dryRun().tensors == report.tensors)
      // Each tensor's own damage was measured, and steps follow it.
      #expect(allocation.groups.allSatisfy { $0.sensitivity > 0 })
      #expect(Set(allocation.groups.map { $0.sensitivity }).count == allocation.groups.count)
      #expect(allocation.groups.count > 1)
      byteCounts.append(allocation.chosen.byteCount)
    }
    #expect(byteCounts[1] < byteCounts[0])
  }

  @Test func `gives the same file for any number of threads`() throws {
    let scratch = try Scratch()
    var digests: Set<String> = []
    for threads in [1, 2, 3] {
      var conversion = try Self.conversion(scratch, .quality(0.999, .cosine))
      conversion.parallelism = Parallelism(threads: threads)
      digests.insert(try #require(try conversion.run().rootDigest).hex)
    }
    #expect(digests.count == 1)
  }

  @Test func `holds a size of the whole file, and does not exceed it`() throws {
    let scratch = try Scratch()
    let free = try Self.conversion(scratch, .quality(0.999, .cosine)).run()
    let limit = try #require(free.byteCount) - 300
    let report = try Self.conversion(scratch, .size(limit)).run()
    let byteCount = try #require(report.byteCount)
    #expect(byteCount <= limit && Double(byteCount) >= 0.99 * Double(limit), "\(byteCount)")
    #expect(try FileIdentity(path: scratch.path("out.tlcq")).byteCount == byteCount)
  }

  @Test func `says where a file has no use for all of a size`() throws {
    let scratch = try Scratch()
    let report = try Self.conversion(scratch, .size(1_000_000)).run()
    let note = "the file has \(report.byteCount ?? 0) bytes: no steps bring it nearer to 1000000"
    #expect(report.notes.contains(note), "\(report.notes)")
  }

  @Test func `says why a goal is not met, and leaves nothing`() throws {
    let scratch = try Scratch()
    #expect(throws: ConversionError.self) { try Self.conversion(scratch, .size(900)).run() }
    var set = try Self.conversion(scratch, .size(1_000_000))
    set.shardByteCount = 4_000
    #expect(
      throws: ConversionError.goal("a size is one of a file, and shards are asked for")
    ) { try set.run() }
    var conversion = try Self.conversion(scratch, .quality(0.99, .cosine))
    conversion.wantsGraph = false
    conversion.calibrationData = nil
    #expect(
      throws: ConversionError.goal("there is no graph to measure the outputs with")
    ) { try conversion.run() }
    #expect(!FileManager.default.fileExists(atPath: conversion.output))
  }

  @Test func `shares steps out so that no exchange of bits lessens the damage`() {
    let allocation = StepAllocation(groups: [
      .init(tensors: [0], elementCount: 1_000, sensitivity: 0.3),
      .init(tensors: [1], elementCount: 50_000, sensitivity: 0.02),
      .init(tensors: [2, 3], elementCount: 300, sensitivity: 4),
    ])
    func damage(_ steps: [Double]) -> Double {
      zip(allocation.groups, steps).reduce(0) { $0 + $1.0.sensitivity * $1.1 * $1.1 }
    }
    let lambda = allocation.lambda(damage: 1e-3)
    let steps = allocation.groups.indices.map { allocation.step(ofGroup: $0, lambda) }
    #expect(abs(damage(steps) - 1e-3) < 1e-12)
    for (first, second) in [(0, 1), (1, 2), (2, 0)] {
      for bits in [-0.1, 0.1] {
        var other = steps
        other[first] *= exp2(-bits / Double(allocation.groups[first].elementCount))
        other[second] *= exp2(bits / Double(allocation.groups[second].elementCount))
        #expect(damage(other) > damage(steps))
      }
    }
    let unused = StepAllocation(groups: [
      .init(tensors: [0], elementCount: 9, sensitivity: 0)
    ])
    #expect(unused.step(ofGroup: 0, 1) == StepAllocation.greatestStep)
  }

  @Test(arguments: [
    AllocationGoal.quality(0.995, .cosine), .quality(0.9, .topOne), .size(40_000),
  ])
  func `finds the rate of a goal in a few tries`(goal: AllocationGoal) throws {
    // 100,000 elements, whose damage grows a little faster than the model says.
    var search = LambdaSearch(goal, elementCount: 100_000)
    var lambda = 1e-8
    while true {
      let damage = min(1, 1e5 * pow(lambda, 1.07))
      let point = LambdaSearch.Point(
        lambda: lambda, byteCount: Int(100_000 / 8 * (6 - 0.5 * log2(lambda * 1e7))),
        fidelity: Fidelity(
          cosine: 1 - damage, leastCosine: 0, topOne: 1 - (damage * 30).squareRoot() / 10,
          damage: damage))
      guard let next = search.next(after: point) else { break }
      lambda = next
    }
    let best = try #require(search.best)
    #expect(search.points.count <= LambdaSearch.pointLimit)
    switch goal {
    case .quality(let quality, .cosine):
      #expect((0.96...1).contains((1 - best.fidelity.cosine) / (1 - quality)))
    case .quality(let quality, .topOne):
      #expect((0...0.02).contains(best.fidelity.value(of: .topOne) - quality))
    case .size(let limit): #expect((0.99...1).contains(Double(best.byteCount) / Double(limit)))
    }
  }

  @Test func `measures on samples that it does not calibrate with`() {
    for count in [4, 7, 200, 5_000] {
      let split = CalibrationSplit(count: count, isMeasured: true)
      #expect((split.calibrating + split.measuring).sorted() == Array(0..<count))
      #expect(split.measuring.count == min(count / 4, 256))
    }
    let few = CalibrationSplit(count: 3, isMeasured: true)
    #expect(few.calibrating == [0, 1, 2] && few.measuring == [0, 1, 2])
    #expect(CalibrationSplit(count: 9, isMeasured: false).calibrating.count == 9)
  }

  @Test(arguments: [
    AllocationGoal.quality(0.999, .cosine), .quality(0.98, .topOne), .size(12_000_000),
  ])
  func `a recipe says its goal, and is read as it was written`(goal: AllocationGoal) throws {
    let recipe = Recipe.allocating(for: goal, method: "trellis")
    #expect(try Recipe(parsing: recipe.text) == recipe)
  }

  @Test(arguments: [
    "quality: 1", "quality: 0", "size: 0", "size: 5, metric: cosine", "quality: 0.9, size: 7",
    "quality: 0.9, metric: perplexity", "sparsity: 0.5",
  ])
  func `a goal that means nothing is refused with its line`(goal: String) {
    let text = """
      tlc-recipe: 1
      allocate: {\(goal)}
      rules:
        - match: {}
          quantize: {method: uniform-step, step: allocated}
      """
    let error = #expect(throws: RecipeError.self) { try Recipe(parsing: text) }
    #expect(error?.line == 2)
    let open = text.replacingOccurrences(of: "allocate: {\(goal)}\n", with: "")
    #expect(throws: RecipeError.self) { try Recipe(parsing: open) }
  }
}
