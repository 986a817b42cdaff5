internal import TLCCore
internal import TLCKernels

/// Moving elements of any type about, by their size alone; threads share it out.
enum Movement {
  /// Where a block of elements lies in a tensor: its first one, and how far apart neighbours along
  /// each axis are, which may be 0 or negative.
  struct Place {
    let view: TensorView
    var start = 0
    let strides: [Int]
  }

  /// Copies a block of elements, with axes of these lengths.
  ///
  /// - Precondition: every element of the block is in both tensors, which are of one type and do not
  ///   overlap.
  static func copy(
    _ lengths: [Int], from source: Place, to target: Place,
    _ context: EvaluationContext = EvaluationContext()
  ) {
    let walk = Walk(lengths, sources: [source.strides, target.strides])
    let (sourceStep, targetStep) = (walk.steps[0], walk.steps[1])
    let (sourceStart, targetStart) = (source.start, target.start)
    func copy<Word: TensorElement>(_: Word.Type) {
      let from = source.view.words(of: Word.self)
      let to = target.view.words(of: Word.self)
      walk.share(context.team) { _, count, places in
        let (first, line) = (sourceStart + places[0], targetStart + places[1])
        if sourceStep == 1, targetStep == 1 {
          to.copy(count, from: from, at: first, to: line)
        } else {
          for i in 0..<count { to[line + i * targetStep] = from[first + i * sourceStep] }
        }
      }
    }
    switch target.view.dtype.byteCount {
    case 1: copy(UInt8.self)
    case 2: copy(UInt16.self)
    case 4: copy(UInt32.self)
    default: copy(UInt64.self)
    }
  }

  /// Sets each element of `out` to the one of `input` at `start` plus the sum of its indices times
  /// `strides`, which may be 0 or negative.
  ///
  /// - Precondition: every place is in `input`.
  static func gather(
    _ input: TensorView, start: Int = 0, strides: [Int], into out: TensorView,
    _ context: EvaluationContext = EvaluationContext()
  ) {
    copy(
      out.shape.dimensions, from: Place(view: input, start: start, strides: strides),
      to: Place(view: out, strides: out.shape.strides), context)
  }

  /// `input` with its axes in another order, in memory of its own.
  static func transposed(
    _ input: TensorView, _ order: [Int], _ context: EvaluationContext
  ) -> TensorView {
    guard let shape = Shape(order.map { input.shape.dimensions[$0] }) else {
      preconditionFailure("an order of axes")
    }
    let out = TensorView(zeros: input.dtype, shape)
    gather(input, strides: order.map { input.shape.stride(of: $0) }, into: out, context)
    return out
  }

  /// Sets every element to the only one of `value`.
  static func fill(_ out: TensorView, with value: TensorView) {
    gather(value, strides: out.shape.dimensions.map { _ in 0 }, into: out)
  }
}
