import TLCCompress
import TLCCore
import TLCFormat
import TLCImport
import TLCModel

/// Chooses the steps that a recipe leaves to be allocated, by what they do to the model's outputs.
struct Allocator {
  let checkpoint: ImportedCheckpoint
  let conversion: Conversion
  let calibration: Calibration?
  let outputs: OutputDamage
  /// The source's tensors that the graph names.
  let weights: [String: Tensor]
  /// The tensor that a name stands for.
  let target: @Sendable (String) -> String

  /// The relative step at which damage is first measured, and of tensors that the graph does not use.
  static let usualStep = 0.25
  /// Where damage is more than this, it is no more quadratic in the step.
  private static let greatestDamage = 0.02
  /// Tensors of fewer elements or one axis share a step.
  private static let smallCount = 4_096
  /// The operations of products that finding sensitivities may take, if one sample does not take more.
  private static let greatestWork = 2e12

  /// What each tensor's steps are worth.
  func allocation(_ progress: (WorkProgress) throws -> Void) throws -> StepAllocation {
    let plan = try self.plan([:], progress)
    var groups: [StepAllocation.Group] = []
    var small = StepAllocation.Group(tensors: [], elementCount: 0, sensitivity: 0)
    for index in plan.allocatedTensors {
      let tensor = checkpoint.tensors[index]
      guard weights[tensor.name] != nil else { continue }
      let count = tensor.shape.count
      if count >= Self.smallCount, tensor.shape.rank >= 2 {
        groups.append(.init(tensors: [index], elementCount: count, sensitivity: 0))
      } else {
        small.tensors.append(index)
        small.elementCount += count
      }
    }
    if !small.tensors.isEmpty { groups.append(small) }
    let outputs = outputs.limited(toWork: Self.greatestWork / Double(max(1, groups.count)))
    let total = groups.reduce(0) { $0 + $1.elementCount }
    var done = 0
    for place in groups.indices {
      groups[place].sensitivity = try sensitivity(of: groups[place], outputs, progress)
      done += groups[place].elementCount
      try progress(
        WorkProgress(
          activity: "measuring what steps change", doneByteCount: done, totalByteCount: total))
    }
    return StepAllocation(groups: groups)
  }

  /// The damage of a group alone, over its relative step's square.
  private func sensitivity(
    of group: StepAllocation.Group, _ outputs: OutputDamage,
    _ progress: (WorkProgress) throws -> Void
  ) throws -> Double {
    var step = Self.usualStep
    while true {
      let steps = Dictionary(uniqueKeysWithValues: group.tensors.map { ($0, step) })
      var plan = try self.plan(steps, progress)
      var decoded: [String: Tensor] = [:]
      for index in group.tensors {
        for outcome in try plan.encode(
          index..<index + 1, of: checkpoint, keepingDecoded: { _ in true }, conversion.parallelism)
        {
          decoded[checkpoint.tensors[index].name] = outcome.decoded
        }
      }
      let damage = try measure(decoded, outputs).damage
      if damage <= Self.greatestDamage || step < 0x1p-10 { return damage / (step * step) }
      step /= 4
    }
  }

  /// The fidelity with tensors in place of the source's.
  private func measure(
    _ decoded: [String: Tensor], _ outputs: OutputDamage
  ) throws -> Fidelity {
    try outputs.measure { name throws(GraphError) in
      let target = target(name)
      guard let tensor = decoded[target] ?? weights[target] else {
        throw .value(name, "the source has no such tensor")
      }
      return tensor
    }
  }

  private func plan(
    _ steps: [Int: Double], _ progress: (WorkProgress) throws -> Void
  ) throws -> CompressionPlan {
    var plan = try CompressionPlan(
      checkpoint, recipe: conversion.recipe, quantizers: conversion.quantizers,
      pruners: conversion.pruners, calibration: calibration, steps: steps)
    try plan.findGlobalThresholds(checkpoint, parallelism: conversion.parallelism, progress)
    return plan
  }

  /// All tensors with the steps of a goal.
  ///
  /// - Parameter goal: of a size, that of all tensors' planes.
  /// - Throws: ``ConversionError/goal(_:)`` where it cannot be met.
  func allocate(
    _ allocation: StepAllocation, for goal: AllocationGoal,
    _ progress: (WorkProgress) throws -> Void
  ) throws -> Allocated {
    var search = LambdaSearch(goal, elementCount: allocation.elementCount)
    var lambda = allocation.lambda(damage: Self.firstDamage(goal))
    var best: Allocated?
    while true {
      let found = try evaluate(allocation, lambda, search.points.count + 1, progress)
      let point = LambdaSearch.Point(
        lambda: lambda, byteCount: found.byteCount, fidelity: found.fidelity)
      let next = search.next(after: point)
      if search.best == point { best = found }
      // Where every step is as great or as small as it may be, no other λ is another try.
      guard let next, allocation.steps(next) != found.steps else { break }
      lambda = next
    }
    guard var best else { throw ConversionError.goal(unmet(goal, search.points)) }
    best.groups = allocation.groups
    best.points = search.points.sorted { $0.byteCount < $1.byteCount }
    return best
  }

  private static func firstDamage(_ goal: AllocationGoal) -> Double {
    switch goal {
    case .quality(let quality, .cosine): 1 - quality
    case .quality, .size: 0.01
    }
  }

  private func unmet(_ goal: AllocationGoal, _ points: [LambdaSearch.Point]) -> String {
    switch goal {
    case .quality(let quality, let metric):
      let best = points.map { $0.fidelity.value(of: metric) }.max() ?? 0
      return "\(metric.rawValue) \(quality) was not reached: the best was \(best)"
    case .size(let limit):
      let least = points.map { $0.byteCount }.min() ?? 0
      return "tensors do not fit in \(limit) bytes: the fewest were \(least)"
    }
  }

  /// Compresses all tensors, and runs the model with them.
  private func evaluate(
    _ allocation: StepAllocation, _ lambda: Double, _ number: Int,
    _ progress: (WorkProgress) throws -> Void
  ) throws -> Allocated {
    let steps = allocation.steps(lambda)
    var plan = try self.plan(steps, progress)
    let total = checkpoint.tensors.reduce(0) { $0 + $1.byteCount }
    var done = 0
    var outcomes: [CompressionPlan.Outcome] = []
    for batch in plan.batches(of: checkpoint) {
      outcomes += try plan.encode(
        batch, of: checkpoint, keepingDecoded: { weights[checkpoint.tensors[$0].name] != nil },
        conversion.parallelism)
      done += checkpoint.tensors[batch].reduce(0) { $0 + $1.byteCount }
      try progress(
        WorkProgress(
          activity: "allocating, try \(number)", doneByteCount: done, totalByteCount: total))
    }
    var decoded: [String: Tensor] = [:]
    for (tensor, outcome) in zip(checkpoint.tensors, outcomes) {
      decoded[tensor.name] = outcome.decoded
    }
    return Allocated(
      steps: steps, outcomes: outcomes, fidelity: try measure(decoded, outputs),
      byteCount: outcomes.reduce(0) { $0 + $1.tensor.storedByteCount })
  }
}

/// All tensors as an allocation compresses them.
struct Allocated {
  /// The relative step of each tensor that has one.
  var steps: [Int: Double]
  /// In the order of the checkpoint's tensors.
  var outcomes: [CompressionPlan.Outcome]
  var fidelity: Fidelity
  /// The stored bytes of all planes.
  var byteCount: Int
  var groups: [StepAllocation.Group] = []
  /// What was tried, in order of bytes.
  var points: [LambdaSearch.Point] = []
}
