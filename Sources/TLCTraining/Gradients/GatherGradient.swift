internal import TLCCore
internal import TLCKernels
public import TLCModel

/// Of rows that are looked up: they are added to where they come from, in order.
public struct GatherGradient: Gradient {
  public static let operation = "Gather"
  private let axis: Int

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    axis = try attributes.int("axis") ?? 0
  }

  public var reads: GradientReads { GradientReads(inputs: [1]) }

  public func require(_ inputs: [TensorType?]) throws(OperatorError) {
    let rank = inputs[0]?.shape.rank ?? 1
    guard axis >= -rank, axis < rank else { throw OperatorError("it has no axis \(axis)") }
  }

  public func propagate(_ step: GradientStep) {
    guard let target = step.target(0) else { return }
    target.clear()
    let shape = target.view.shape
    let axis = axis < 0 ? axis + shape.rank : axis
    let length = shape.dimensions[axis]
    let inner = shape.dimensions[(axis + 1)...].reduce(1, *)
    let outer = shape.dimensions[..<axis].reduce(1, *)
    let places = step.input(1).places
    let (sums, dy) = (target.floats, step.outputGradient.floats)
    // Threads share out columns, so that each row's terms stay in order.
    step.context.team.share(inner, unit: 16) { columns in
      for block in 0..<outer {
        for i in 0..<places.count {
          let place = places[i] < 0 ? places[i] + length : places[i]
          let source = (block * places.count + i) * inner
          let row = (block * length + place) * inner
          TrainingKernels.scale(
            dy[source + columns.lowerBound..<source + columns.upperBound], by: 1,
            into: sums[row + columns.lowerBound..<row + columns.upperBound], adding: true,
            in: 0..<columns.count)
        }
      }
    }
  }
}

extension TensorView {
  /// The elements of a tensor of integers.
  var places: [Int] {
    if dtype == .i32 {
      let elements = elements(of: Int32.self)
      return elements.indices.map { Int(elements[$0]) }
    }
    let elements = elements(of: Int64.self)
    return elements.indices.map { Int(elements[$0]) }
  }
}
