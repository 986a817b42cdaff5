import TLCCore

/// Rounds steps to the type that they are stored as.
struct StepRounding {
  /// Which way a step that is between two numbers goes.
  enum Direction {
    /// So that no element lies beyond the grid.
    case up
    case nearest
  }

  /// The type that steps are stored as.
  let type: DType

  /// Chooses a type: `f64` for `f64` tensors; else `f32` for one step, and `f16` for more where
  /// each is 0 or normal in it.
  init(dtype: DType, steps: [Double], isShared: Bool) {
    if dtype == .f64 {
      type = .f64
    } else if isShared {
      type = .f32
    } else {
      let normal = Double(Float16.leastNormalMagnitude)...Double(Float16.greatestFiniteMagnitude)
      type = steps.allSatisfy { $0 == 0 || normal.contains($0) } ? .f16 : .f32
    }
  }

  /// The step as it is stored; never 0 for one that is not, unless rounded to nearest.
  func round(_ step: Double, _ direction: Direction) -> Double {
    guard step > 0 else { return 0 }
    switch type {
    case .f64: return step
    case .f16:
      let near = Float16(step)
      return Double(direction == .up && Double(near) < step ? near.nextUp : near)
    default:
      let near = Float(step)
      return Double(direction == .up && Double(near) < step ? near.nextUp : near)
    }
  }

  /// The next smaller step.
  func below(_ step: Double) -> Double {
    switch type {
    case .f64: step.nextDown
    case .f16: Double(Float16(step).nextDown)
    default: Double(Float(step).nextDown)
    }
  }

  /// The greatest code of which a step gives a finite number of the type.
  func greatestCode<Element: FloatingTensorElement>(_ step: Double, as _: Element.Type) -> Int32 {
    var (low, high) = (Int32(0), UniformValues.codeBound)
    while high - low > 1 {
      let middle = (low + high) / 2
      if Element(code: middle, step: step).double.isFinite { low = middle } else { high = middle }
    }
    return low
  }

  /// The greatest step up to `step` of which `code` decodes to a finite number of the type.
  func finite<Element: FloatingTensorElement>(
    _ step: Double, code: Int32, as _: Element.Type
  ) -> Double {
    var step = step
    while step > 0, !Element(code: code, step: step).double.isFinite { step = below(step) }
    return step
  }
}
