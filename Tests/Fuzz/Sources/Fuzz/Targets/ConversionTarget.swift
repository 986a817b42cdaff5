import Foundation
import TLC

/// A safetensors file through pruning, quantizing and writing: what is written verifies.
struct ConversionTarget: FuzzTarget {
  let name = "conversion"

  private static let recipes = [
    "quantize: {method: round-to-nearest, bits: 8, axis: output}",
    "quantize: {method: round-to-nearest, bits: 2, group: 8}",
    "quantize: {method: uniform-step, step: 0.3}",
    "quantize: {method: min-max, bits: 4}",
    "quantize: {method: k-means, entries: 4}",
    "prune: {method: magnitude, sparsity: 0.5}",
    "prune: {method: n-of-m, n: 2, m: 4}",
    "prune: {method: block, sparsity: 0.5, rows: 2, columns: 2}",
    "prune: {method: magnitude, sparsity: 0.7, scope: global}",
    "quantize: {method: uniform-step, step: 1.5, axis: 0}",
  ].map { "tlc-recipe: 1\nrules:\n  - match: {floating: true}\n    \($0)\n" }

  func run(_ bytes: [UInt8]) {
    let input = ScratchFolder.write(bytes, as: "input.safetensors")
    let choice = bytes.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF } % Self.recipes.count
    var conversion = Conversion(input: input, output: ScratchFolder.path("output.tlcq"))
    do {
      conversion.recipe = try Recipe(parsing: Self.recipes[choice])
    } catch {
      fatalError("\(error)")
    }
    conversion.overwriting = true
    conversion.parallelism = .serial
    guard let report = try? conversion.run() else { return }
    do {
      let checkpoint = try Checkpoint(path: conversion.output)
      require(checkpoint.rootDigest == report.rootDigest, "another root than was said")
      let verification = try checkpoint.verify(depth: .tensors, parallelism: .serial)
      require(verification.isSound, "what was written is unsound: \(verification)")
    } catch {
      fatalError("what was written cannot be read: \(error)")
    }
  }

  func mutate(_ bytes: [UInt8], by mutation: inout Mutation) -> [UInt8] {
    mutation.safetensors(bytes)
  }
}
