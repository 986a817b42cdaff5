/// Codes of dependent quantization, whose grids depend on the codes before them.
///
/// Specified in `formats/values/trellis.md`.
public struct TrellisValues: TensorValues, Equatable {
  /// Codes are below this in magnitude.
  public static let codeBound: Int32 = 1 << 22

  /// The dimensions of the decoded tensor; at least one.
  public let shape: Shape
  /// A floating-point type.
  public let dtype: DType
  /// The axis that sequences run along.
  public let axis: Int
  /// The states, and what leads from one to the next.
  public let states: TrellisStates
  /// Finite, not negative, exact in `f32` unless ``dtype`` is `f64`.
  public let step: Double
  /// One code an element, row-major, below ``codeBound`` in magnitude.
  public let codes: [Int32]

  /// - Precondition: counts, types and bounds are as the properties say.
  public init(
    shape: Shape, dtype: DType, axis: Int, states: TrellisStates, step: Double, codes: [Int32]
  ) {
    precondition(dtype.isFloatingPoint, "\(dtype)")
    precondition(shape.dimensions.indices.contains(axis), "axis \(axis) of shape \(shape)")
    precondition(codes.count == shape.count, "\(codes.count) codes for shape \(shape)")
    precondition(step.isFinite && step.sign == .plus, "a step of \(step)")
    self.shape = shape
    self.dtype = dtype
    self.axis = axis
    self.states = states
    self.step = step
    self.codes = codes
  }

  public func decoded() -> Tensor {
    func decode<Element: FloatingTensorElement>(_: Element.Type) -> Tensor {
      var elements: [Element] = []
      elements.reserveCapacity(codes.count)
      var walk = TrellisWalk(shape: shape, axis: axis, states: states)
      for code in codes {
        let grid = walk.grid
        walk.take(code)
        elements.append(Element(code: states.multiple(of: code, onGrid: grid), step: step))
      }
      return Tensor(elements, shape: shape)
    }
    return switch dtype {
    case .f16: decode(Float16.self)
    case .bf16: decode(BFloat16.self)
    case .f64: decode(Double.self)
    default: decode(Float.self)
    }
  }
}

/// Goes through the elements of a tensor in row-major order, with the state of each one's sequence.
public struct TrellisWalk: Sendable {
  private let states: TrellisStates
  private let length: Int
  /// For each sequence that is under way, its state.
  private var current: [UInt8]
  private var column = 0
  private var position = 0

  /// Starts before the first element.
  ///
  /// - Precondition: the shape has the axis.
  public init(shape: Shape, axis: Int, states: TrellisStates) {
    self.states = states
    length = shape.dimensions[axis]
    let inner = shape.count == 0 ? 1 : shape.stride(of: axis)
    current = Array(repeating: 0, count: max(1, inner))
  }

  /// The grid of the next element.
  public var grid: UInt8 { states.grid(of: current[column]) }

  /// Goes on to the next element but one.
  public mutating func take(_ code: Int32) {
    current[column] = states.state(after: code, in: current[column])
    column += 1
    guard column == current.count else { return }
    column = 0
    position += 1
    guard position == length else { return }
    position = 0
    for i in current.indices { current[i] = 0 }
  }
}
