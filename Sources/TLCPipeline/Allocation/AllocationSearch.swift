import TLCCompress
import TLCCore
import TLCImport
import TLCModel

/// The tries that a conversion with a goal takes: a goal of size is one of the whole file.
struct AllocationSearch {
  private let allocator: Allocator
  private let allocation: StepAllocation
  private let goal: AllocationGoal
  /// The bytes of the file beside the tensors' planes, as far as they are known.
  private var otherByteCount: Int
  private var last: Allocated?
  private var tryCount = 0

  /// By how much a file may be smaller than its goal.
  private static let slack = 0.01
  private static let tryLimit = 4
  /// What a tensor takes in the manifest, about.
  private static let recordByteCount = 700

  /// Measures what steps change.
  ///
  /// - Returns: `nil` where the recipe leaves no steps to be allocated.
  /// - Throws: ``ConversionError/goal(_:)`` where there is no graph to measure with, or a set is to
  ///   have a size.
  init?(
    _ conversion: Conversion, _ checkpoint: ImportedCheckpoint, _ model: ConvertedModel,
    _ calibration: Calibration?, _ progress: (WorkProgress) throws -> Void
  ) throws {
    guard let goal = conversion.recipe.goal else { return nil }
    if case .size = goal, conversion.shardByteCount != nil {
      throw ConversionError.goal("a size is one of a file, and shards are asked for")
    }
    guard let probing = model.probing else {
      throw ConversionError.goal("there is no graph to measure the outputs with")
    }
    let weights = try probing.sourceTensors(of: checkpoint)
    let outputs = try OutputDamage(
      probing.graph, samples: try conversion.allocationSamples(probing, checkpoint),
      parallelism: conversion.parallelism
    ) { name throws(GraphError) in
      guard let tensor = weights[probing.target(of: name)] else {
        throw .value(name, "the source has no such tensor")
      }
      return tensor
    }
    allocator = Allocator(
      checkpoint: checkpoint, conversion: conversion, calibration: calibration, outputs: outputs,
      weights: weights, target: { probing.target(of: $0) })
    self.goal = goal
    allocation = try allocator.allocation(progress)
    otherByteCount =
      checkpoint.assets.reduce(0) { $0 + $1.bytes.count }
      + probing.graph.graph.json.json.utf8.count
      + checkpoint.tensors.count * Self.recordByteCount
  }

  /// Compresses all tensors for the goal.
  ///
  /// - Parameter fileByteCount: the bytes of the file with what was returned before; `nil` where there
  ///   is none.
  /// - Returns: `nil` where what was returned before is to be kept.
  /// - Throws: ``ConversionError/goal(_:)`` where the goal cannot be met.
  mutating func next(
    after fileByteCount: Int?, _ progress: (WorkProgress) throws -> Void
  ) throws -> Allocated? {
    if let last {
      guard case .size(let limit) = goal, let fileByteCount else { return nil }
      let isSmall = Double(fileByteCount) < Double(limit) * (1 - Self.slack)
      guard fileByteCount > limit || isSmall, tryCount < Self.tryLimit else {
        guard fileByteCount <= limit else { throw ConversionError.goal(unmet(limit)) }
        return nil
      }
      otherByteCount = fileByteCount - last.byteCount
    }
    tryCount += 1
    var goal = goal
    if case .size(let limit) = goal {
      guard limit > otherByteCount else { throw ConversionError.goal(unmet(limit)) }
      goal = .size(limit - otherByteCount)
    }
    let found = try allocator.allocate(allocation, for: goal, progress)
    // Where a file cannot be larger, as no step can be smaller, it is kept.
    if let last, last.byteCount == found.byteCount { return nil }
    last = found
    return found
  }

  private func unmet(_ limit: Int) -> String {
    "a file of \(limit) bytes has no room beside the \(otherByteCount) bytes that are not of tensors"
  }
}
