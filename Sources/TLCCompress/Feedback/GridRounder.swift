import TLCCore

/// Rounds to nearest multiples of steps, clipped: what ``Slices/codes(steps:zeroPoints:bounds:_:)``
/// does, one element at a time.
struct GridRounder: ElementRounder {
  let shape: Shape
  let layout: StepLayout
  let steps: [Double]
  let zeroPoints: [Int32]?
  let bounds: ClosedRange<Int32>
  private let length: Int
  private let inner: Int

  init(
    _ shape: Shape, _ layout: StepLayout, steps: [Double], zeroPoints: [Int32]?,
    bounds: ClosedRange<Int32>
  ) {
    self.shape = shape
    self.layout = layout
    self.steps = steps
    self.zeroPoints = zeroPoints
    self.bounds = bounds
    switch layout {
    case .tensor: (length, inner) = (1, 1)
    case .axis(let axis), .group(let axis, _):
      (length, inner) = (shape.dimensions[axis], shape.stride(of: axis))
    }
  }

  /// The place of an element's step.
  func place(of index: Int) -> Int {
    switch layout {
    case .tensor: return 0
    case .axis: return index / inner % length
    case .group(_, let size):
      let (line, column) = index.quotientAndRemainder(dividingBy: inner)
      let (outer, position) = line.quotientAndRemainder(dividingBy: length)
      return (outer * ((length + size - 1) / size) + position / size) * inner + column
    }
  }

  func round(_ x: Float, at index: Int, weight: Double) -> (code: Int32, level: Float) {
    let place = place(of: index)
    let (step, zero) = (steps[place], zeroPoints?[place] ?? 0)
    let quotient = step == 0 ? 0 : (Double(x) / step).rounded(.toNearestOrEven)
    let code = Int32(
      min(max(quotient + Double(zero), Double(bounds.lowerBound)), Double(bounds.upperBound)))
    return (code, Float(Double(code - zero) * step))
  }

  func zero(at index: Int) -> Int32 { zeroPoints?[place(of: index)] ?? 0 }
}

/// Rounds to the nearest entry of a codebook, the lower of two that are equally near.
struct CodebookRounder: ElementRounder {
  /// Ascending.
  let levels: [Double]

  private let zeroCode: Int32

  init(_ levels: [Double]) {
    self.levels = levels
    zeroCode = Int32(levels.firstIndex(of: 0) ?? 0)
  }

  func round(_ x: Float, at index: Int, weight: Double) -> (code: Int32, level: Float) {
    let x = Double(x)
    var (low, high) = (0, levels.count)
    while low < high {
      let middle = (low + high) / 2
      if levels[middle] < x { low = middle + 1 } else { high = middle }
    }
    let code =
      low == 0
      ? 0 : low == levels.count || x - levels[low - 1] <= levels[low] - x ? low - 1 : low
    return (Int32(code), Float(levels[code]))
  }

  func zero(at index: Int) -> Int32 { zeroCode }
}
