import TLCCore
import TLCSystem

/// The elements that share a step, slice by slice.
struct Slices<Element: FloatingTensorElement>: Sendable {
  let tensor: Tensor
  let layout: StepLayout

  var count: Int { layout.stepCount(for: tensor.shape) }

  /// The ranges of neighbouring elements that make up a slice, in row-major order; each is one
  /// element where the axis is the last.
  private func forEachRange(ofSlice slice: Int, _ body: (Int, Int) -> Void) {
    let shape = tensor.shape
    guard shape.count > 0 else { return }
    switch layout {
    case .tensor: body(0, shape.count)
    case .axis(let axis):
      let length = shape.dimensions[axis]
      let inner = shape.stride(of: axis)
      for start in stride(from: slice * inner, to: shape.count, by: length * inner) {
        body(start, inner)
      }
    case .group(let axis, let size):
      let length = shape.dimensions[axis]
      let inner = shape.stride(of: axis)
      let groups = (length + size - 1) / size
      let (line, column) = slice.quotientAndRemainder(dividingBy: inner)
      let (outer, group) = line.quotientAndRemainder(dividingBy: groups)
      let first = group * size
      let width = min(size, length - first)
      let start = (outer * length + first) * inner + column
      if inner == 1 {
        body(start, width)
      } else {
        for i in 0..<width { body(start + i * inner, 1) }
      }
    }
  }

  /// What a quantizer needs to know of a slice.
  struct Statistics: Equatable, Sendable {
    var minimum = 0.0
    var maximum = 0.0
    /// Of the elements that are not 0.
    var sumOfSquares = 0.0
    var nonZeroCount = 0

    /// The greatest magnitude.
    var peak: Double { max(maximum, -minimum) }
    /// The root mean square of the elements that are not 0; 0 where there are none.
    var rms: Double {
      nonZeroCount == 0 ? 0 : (sumOfSquares / Double(nonZeroCount)).squareRoot()
    }

    fileprivate mutating func add(_ other: Statistics) {
      minimum = min(minimum, other.minimum)
      maximum = max(maximum, other.maximum)
      sumOfSquares += other.sumOfSquares
      nonZeroCount += other.nonZeroCount
    }
  }

  /// The statistics of each slice: sums are taken in row-major order, a large slice's in blocks.
  func statistics(_ parallelism: Parallelism) -> [Statistics] {
    if case .tensor = layout {
      let length = 1 << 16
      let blocks = (tensor.shape.count + length - 1) / length
      let parts = parallelism.map(blocks) { block in
        var statistics = Statistics()
        add(block * length, min(length, tensor.shape.count - block * length), to: &statistics)
        return statistics
      }
      return [parts.reduce(into: Statistics()) { $0.add($1) }]
    }
    let batch = 256
    let batches = parallelism.map((count + batch - 1) / batch) { part in
      (part * batch..<min((part + 1) * batch, count)).map { slice in
        var statistics = Statistics()
        forEachRange(ofSlice: slice) { add($0, $1, to: &statistics) }
        return statistics
      }
    }
    return batches.flatMap { $0 }
  }

  private func add(_ start: Int, _ count: Int, to statistics: inout Statistics) {
    tensor.withElements(of: Element.self) { elements in
      for i in start..<start + count {
        let x = elements[i].double
        statistics.minimum = min(statistics.minimum, x)
        statistics.maximum = max(statistics.maximum, x)
        statistics.sumOfSquares += x * x
        statistics.nonZeroCount += x == 0 ? 0 : 1
      }
    }
  }

  /// The elements of a slice; of more than `limit`, so many evenly spaced ones.
  func elements(ofSlice slice: Int, limit: Int = 1 << 20) -> [Double] {
    var gathered: [Double] = []
    tensor.withElements(of: Element.self) { elements in
      forEachRange(ofSlice: slice) { start, count in
        let spacing = max(1, count / limit)
        for i in stride(from: start, to: start + count, by: spacing) {
          gathered.append(elements[i].double)
        }
      }
    }
    return gathered
  }

  /// The code of each element on its slice's grid, with the errors of columns made good by others where
  /// inputs are known and feedback is wanted.
  func codes(
    steps: [Double], zeroPoints: [Int32]?, bounds: ClosedRange<Int32>,
    _ calibration: TensorCalibration?, _ options: FeedbackOptions, _ parallelism: Parallelism
  ) -> [Int32] {
    let feedback = Feedback(tensor, Element.self, calibration, options, parallelism)
    return feedback?.codes(
      GridRounder(tensor.shape, layout, steps: steps, zeroPoints: zeroPoints, bounds: bounds))
      ?? codes(steps: steps, zeroPoints: zeroPoints, bounds: bounds, parallelism)
  }

  /// The code of each element by itself, that of an element that is 0 the rounder's.
  ///
  /// - Parameter weight: what the square of an element's error weighs.
  func codes(
    _ rounder: some ElementRounder, _ parallelism: Parallelism,
    weight: @Sendable (_ index: Int) -> Double
  ) -> [Int32] {
    let length = 1 << 16
    return parallelism.fill(count: tensor.shape.count, pieceLength: length) {
      (piece, out: inout MutableSpan<Int32>) in
      tensor.withElements(of: Element.self) { elements in
        for place in out.indices {
          let index = piece * length + place
          let x = elements[index].float
          out[place] =
            x == 0
            ? rounder.zero(at: index)
            : rounder.round(x, at: index, weight: weight(index)).code
        }
      }
    }
  }

  /// The code of each element on its slice's grid.
  ///
  /// A code is element / step, divided and rounded to nearest even in float64, plus the zero
  /// point, and clipped to `bounds`; 0 is the zero point where the step is 0.
  func codes(
    steps: [Double], zeroPoints: [Int32]?, bounds: ClosedRange<Int32>, _ parallelism: Parallelism
  ) -> [Int32] {
    let length = 1 << 16
    let least = Double(bounds.lowerBound)
    let greatest = Double(bounds.upperBound)
    return parallelism.fill(count: tensor.shape.count, pieceLength: length) {
      (piece, out: inout MutableSpan<Int32>) in
      let first = piece * length
      tensor.withElements(of: Element.self) { elements in
        layout.forEachRun(in: tensor.shape, within: first..<first + out.count) { run in
          for i in run.elements {
            let s = run.step + (i - run.elements.lowerBound) * run.stride
            let zero = Double(zeroPoints?[s] ?? 0)
            let step = steps[s]
            let quotient = step == 0 ? 0 : (elements[i].double / step).rounded(.toNearestOrEven)
            out[i - first] = Int32(min(max(quotient + zero, least), greatest))
          }
        }
      }
    }
  }
}

extension Tensor {
  /// Runs `body` with the Swift type of this tensor's floating-point elements, all of them finite.
  func withFiniteElements<Result>(
    _ body: (any FloatingTensorElement.Type) throws(CompressionError) -> Result
  ) throws(CompressionError) -> Result {
    guard let type = dtype.floatingElementType else { throw .notFloatingPoint(dtype.rawValue) }
    var count = 0
    var firstIndex = -1
    func scan<Element: FloatingTensorElement>(_: Element.Type) {
      withElements(of: Element.self) { elements in
        for i in elements.indices where !elements[i].double.isFinite {
          if count == 0 { firstIndex = i }
          count += 1
        }
      }
    }
    switch dtype {
    case .f32: scan(Float.self)
    default: scan(type)
    }
    guard count == 0 else { throw .nonFinite(count: count, firstIndex: firstIndex) }
    return try body(type)
  }
}
