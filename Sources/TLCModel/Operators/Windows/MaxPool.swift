internal import TLCCore
public import TLCKernels

/// The greatest element of each window, and its place: `formats/graph.md` §Numbers.
public struct MaxPool: Operator {
  public static let name = "MaxPool"
  public static let inputCounts = 1...1
  public static let outputCounts = 1...2
  private let attributes: WindowAttributes
  /// Whether places count along the first axis first.
  private let isColumnMajor: Bool

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    self.attributes = try WindowAttributes(&attributes, hasCeilMode: true)
    isColumnMajor = try attributes.flag("storage_order", default: false)
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let input = try inputs[0]
    guard input.dtype != .bool else { throw OperatorError("its input is bool, not numbers") }
    let output = try Pooling.outputType(input, attributes, inputs)
    return [output, ValueType(.i64, output.dimensions)]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let input = inputs[0], let out = outputs[0] ?? outputs.last ?? nil else { return }
    let pooling = try Pooling(input.shape, attributes)
    let places = (outputs.count > 1 ? outputs[1] : nil)?.elements(of: Int64.self)
    let target = outputs[0] ?? TensorView(zeros: input.dtype, out.shape)
    Extremes.greatest(input, into: target, places: places, pooling, context.team)
    if isColumnMajor, let places, places.count > 0 {
      turn(places, Array(input.shape.dimensions[2...]), context.team)
    }
  }

  /// Makes places of a row-major order those of a column-major one.
  private func turn(_ places: Elements<Int64>, _ lengths: [Int], _ team: Team) {
    let count = lengths.reduce(1, *)
    for i in places.indices where places[i] >= 0 {
      let (plane, rest) = Int(places[i]).quotientAndRemainder(dividingBy: count)
      var (row, place, step) = (rest, 0, count)
      for length in lengths.reversed() {
        step /= length
        place += row % length * step
        row /= length
      }
      places[i] = Int64(plane * count + place)
    }
  }
}

/// The greatest element of each channel: `formats/graph.md` §Numbers.
public struct GlobalMaxPool: Operator {
  public static let name = "GlobalMaxPool"
  public static let inputCounts = 1...1

  public init(_ attributes: inout Attributes) throws(OperatorError) {}

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let input = try inputs[0]
    guard input.dtype != .bool else { throw OperatorError("its input is bool, not numbers") }
    return [try input.pooledGlobally()]
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let input = inputs[0], let out = outputs[0], out.shape.count > 0 else { return }
    let count = input.shape.count / out.shape.count
    guard count > 0 else { throw OperatorError("its channels have no elements") }
    let windows = Window.Axis(
      input: count, output: 1, kernel: count, stride: 1, dilation: 1, before: 0)
    let pooling = Pooling(input.shape, [.init(windows: windows, after: 0)])
    Extremes.greatest(input, into: out, places: nil, pooling, context.team)
  }
}

extension ValueType {
  /// The same with 1 for the lengths after the first two.
  func pooledGlobally() throws(OperatorError) -> ValueType {
    guard rank >= 2 else { throw OperatorError("its input is \(self), and has no channels") }
    return ValueType(dtype, dimensions[..<2] + dimensions[2...].map { _ in 1 })
  }
}

/// The greatest elements of windows.
private enum Extremes {
  /// The first element that none is greater than, or the first NaN; of a window of padding alone the
  /// least number there is, at place −1.
  static func greatest(
    _ input: TensorView, into out: TensorView, places: Elements<Int64>?, _ pooling: Pooling,
    _ team: Team
  ) {
    /// Sets the outputs for elements that are computed as `Value`.
    func find<Element: TensorElement, Value: Comparable & Sendable>(
      _: Element.Type, least: Value, _ value: @Sendable (Element) -> Value,
      _ element: @Sendable (Value) -> Element
    ) {
      let (x, y) = (input.elements(of: Element.self), out.elements(of: Element.self))
      let (inputCount, outputCount) = (pooling.window.inputCount, pooling.window.outputCount)
      pooling.forEachWindow(team) { plane, number, z, row, column in
        var (greatest, found) = (least, -1)
        pooling.forEachPlace(z, row, column) { place in
          let candidate = value(x[plane * inputCount + place])
          // What is no number is not equal to itself.
          if found < 0 || candidate > greatest || (candidate != candidate && greatest == greatest) {
            (greatest, found) = (candidate, place)
          }
        }
        y[plane * outputCount + number] = element(greatest)
        places?[plane * outputCount + number] =
          found < 0 ? -1 : Int64(plane * inputCount + found)
      }
    }
    func integers<Number: TensorElement & FixedWidthInteger>(_: Number.Type) {
      find(Number.self, least: Number.min, { $0 }, { $0 })
    }
    func floats<Number: FloatingTensorElement>(_: Number.Type) {
      find(
        Number.self, least: -Float.infinity, { $0.float },
        { Number(rounding: FloatFunctions.canonical($0)) })
    }
    switch input.dtype {
    case .f64: find(Double.self, least: -Double.infinity, { $0 }, { $0.isNaN ? .nan : $0 })
    case .f32: floats(Float.self)
    case .f16: floats(Float16.self)
    case .bf16: floats(BFloat16.self)
    case .u8, .bool: integers(UInt8.self)
    case .i8: integers(Int8.self)
    case .u16: integers(UInt16.self)
    case .i16: integers(Int16.self)
    case .u32: integers(UInt32.self)
    case .i32: integers(Int32.self)
    case .u64: integers(UInt64.self)
    case .i64: integers(Int64.self)
    }
  }
}
