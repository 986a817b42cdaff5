import TLCCore
import TLCKernels
import TLCModel

/// Sends gradients of a broadcast result back: where an input repeats, its gradient is a sum.
enum BroadcastGradient {
  /// Adds or sets the gradient of an input to dy · factor, elements of both in the result's shape.
  ///
  /// - Parameter factor: `nil` for 1; broadcast as the inputs are.
  static func send(
    _ dy: TensorView, times factor: TensorView? = nil, sign: Float = 1, to target: GradientTarget,
    _ team: Team
  ) {
    let (out, shape) = (target.view.shape, dy.shape)
    let gradient = dy.floats
    guard shape.count > 0 else { return target.clear() }
    if out.count == shape.count, factor.map({ $0.shape.count == shape.count }) ?? true {
      team.share(shape.count, unit: 1024) { range in
        if let factor {
          TrainingKernels.multiply(
            gradient, factor.floats, into: target.floats, adding: target.isAdding, in: range)
        } else {
          TrainingKernels.scale(
            gradient, by: sign, into: target.floats, adding: target.isAdding, in: range)
        }
      }
      return
    }
    if out.count == shape.count, let factor, factor.shape.count == 1 {
      let number = factor.floats[0]
      team.share(shape.count, unit: 1024) { range in
        TrainingKernels.scale(
          gradient, by: number, into: target.floats, adding: target.isAdding, in: range)
      }
      return
    }
    target.clear()
    if factor == nil, sign == 1, let length = out.dimensions.last, out.count == length,
      shape.dimensions.last == length, length > 1
    {
      team.share(length, unit: 16) { columns in
        TrainingKernels.addColumns(
          of: gradient, rows: shape.count / length, stride: length, columns: columns,
          to: target.floats)
      }
      return
    }
    plainly(dy, times: factor, sign: sign, to: target)
  }

  private static func plainly(
    _ dy: TensorView, times factor: TensorView?, sign: Float, to target: GradientTarget
  ) {
    let shape = dy.shape
    let strides = [target.view.shape, factor?.shape ?? .scalar].map {
      Broadcasting.strides(of: $0, in: shape)
    }
    let (gradient, sum, factors) = (dy.floats, target.floats, factor?.floats)
    let length = shape.dimensions.last ?? 1
    let steps = strides.map { $0.last ?? 0 }
    Broadcasting.forEachLine(of: shape, sources: strides) { start, places in
      for i in 0..<length {
        let other = factors.map { $0[places[1] + i * steps[1]] } ?? 1
        sum[places[0] + i * steps[0]] += sign * gradient[start + i] * other
      }
    }
  }
}
