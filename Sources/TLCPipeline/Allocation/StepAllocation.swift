/// Shares steps out among tensors so that their damage is least for their bytes.
///
/// With a step of 𝑟 times its RMS, a tensor of 𝑛 elements needs about 𝑛 · (ℎ − log₂ 𝑟) bits, and
/// changes the output by about 𝑏𝑟². The least Σ𝑏𝑟² at a given number of bits has 𝑟² = λ𝑛 / 𝑏 with one
/// λ for all, and then is λΣ𝑛.
struct StepAllocation: Sendable {
  /// Tensors that have one relative step.
  struct Group: Sendable {
    /// The places of the tensors in the checkpoint.
    var tensors: [Int]
    /// The elements of all.
    var elementCount: Int
    /// 𝑏: the damage at a relative step of 1, were it still quadratic there.
    var sensitivity: Double
  }

  var groups: [Group]

  /// The greatest relative step: beyond it, codes are nearly all 0, and 𝑏𝑟² tells nothing.
  static let greatestStep = 1.5
  /// The least: codes stay far below what they may be at most.
  static let leastStep = 0x1p-14

  /// The relative step of a group.
  func step(ofGroup group: Int, _ lambda: Double) -> Double {
    let group = groups[group]
    guard group.sensitivity > 0 else { return Self.greatestStep }
    let step = (lambda * Double(group.elementCount) / group.sensitivity).squareRoot()
    return min(max(step, Self.leastStep), Self.greatestStep)
  }

  var elementCount: Int { groups.reduce(0) { $0 + $1.elementCount } }

  /// The λ at which the model of damage gives this much.
  func lambda(damage: Double) -> Double { damage / Double(max(1, elementCount)) }

  /// The relative step of each tensor.
  func steps(_ lambda: Double) -> [Int: Double] {
    var steps: [Int: Double] = [:]
    for (place, group) in groups.enumerated() {
      let step = step(ofGroup: place, lambda)
      for tensor in group.tensors { steps[tensor] = step }
    }
    return steps
  }
}
