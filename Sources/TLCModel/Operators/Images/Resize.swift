internal import TLCCore
public import TLCKernels

/// Another length for axes, whose elements are the nearest ones of the input or lie between them:
/// `formats/graph.md` §Numbers.
public struct Resize: Operator {
  public static let name = "Resize"
  public static let inputCounts = 1...4
  private let axes: [Int]?
  private let mode: ResizeAxis.Mode
  private let rounding: ResizeAxis.Rounding
  private let coordinates: ResizeAxis.Coordinates
  private let policy: Policy
  private let isSmoothed: Bool
  private let leavesOutside: Bool
  /// The element where the input is not seen.
  private let outside: Float

  /// What lengths are when a ratio is kept.
  private enum Policy: String, CaseIterable {
    case stretch
    case notLarger = "not_larger"
    case notSmaller = "not_smaller"
  }

  public init(_ attributes: inout Attributes) throws(OperatorError) {
    axes = try attributes.ints("axes")
    mode = try attributes.choice("mode", default: .nearest)
    rounding = try attributes.choice("nearest_mode", default: .preferFloor)
    coordinates = try attributes.choice("coordinate_transformation_mode", default: .halfPixel)
    policy = try attributes.choice("keep_aspect_ratio_policy", default: .stretch)
    isSmoothed = try attributes.flag("antialias", default: false)
    leavesOutside = try attributes.flag("exclude_outside", default: false)
    outside = try attributes.float("extrapolation_value") ?? 0
    _ = try attributes.float("cubic_coeff_a")
  }

  /// The axes that numbers are given for, in their order.
  private func axes(rank: Int) throws(OperatorError) -> [Int] {
    try axes.map { axes throws(OperatorError) in try Axis.indices(axes, rank: rank) }
      ?? Array(0..<rank)
  }

  public func infer(
    _ inputs: OperatorInputs, outputCount: Int
  ) throws(OperatorError) -> [ValueType] {
    let input = try inputs[0]
    if mode == .linear { try input.requireComputedAsFloat() }
    let axes = try axes(rank: input.rank)
    if let region = inputs.optional(1)?.type, region.dimensions != [0] {
      guard region.dtype == .f32, region.dimensions == [Dimension(2 * axes.count)] else {
        throw OperatorError("input 1 is \(region), not f32 [\(2 * axes.count)]")
      }
    } else if coordinates == .crop {
      throw OperatorError("input 1 is missing, the part that is seen")
    }
    let numbers = try numbers(
      try inputs.optional(2).map { input throws(OperatorError) in
        guard let constant = input.constant else { throw Self.unknown(2) }
        guard constant.dtype == .f32 else {
          throw OperatorError("input 2 is \(constant.dtype), not f32")
        }
        return constant.elements(of: Float.self)
      }, try inputs.integers(3), count: axes.count)
    var dimensions = input.dimensions
    let lengths = axes.map { input.dimensions[$0].length }
    if lengths.allSatisfy({ $0 != nil }) {
      let windows = try resized(lengths.compactMap { $0 }, numbers, nil)
      for (axis, window) in zip(axes, windows) { dimensions[axis] = Dimension(window.output) }
      return [ValueType(input.dtype, dimensions)]
    }
    for (place, axis) in axes.enumerated() {
      dimensions[axis] = try length(
        input.dimensions[axis], numbers, place, fresh: inputs.freshName(0, axis))
    }
    return [ValueType(input.dtype, dimensions)]
  }

  private static func unknown(_ input: Int) -> OperatorError {
    OperatorError("input \(input) is not known before the run, and shapes depend on it")
  }

  /// What the lengths are found from.
  private enum Numbers {
    case scales([Float])
    case sizes([Int])
  }

  private func numbers(
    _ scales: [Float]?, _ sizes: [Int]?, count: Int
  ) throws(OperatorError) -> Numbers {
    let given = scales.flatMap { $0.isEmpty ? nil : $0 }
    switch (given, sizes) {
    case (let scales?, nil):
      guard scales.count == count, scales.allSatisfy({ $0 > 0 && $0.isFinite }) else {
        throw OperatorError("input 2 is \(scales), not \(count) scales above 0")
      }
      return .scales(scales)
    case (nil, let sizes?):
      guard sizes.count == count, sizes.allSatisfy({ (1..<1 << 53).contains($0) }) else {
        throw OperatorError("input 3 is \(sizes), not \(count) lengths from 1")
      }
      return .sizes(sizes)
    default: throw OperatorError("not one of its inputs 2 and 3 is given")
    }
  }

  /// The length of an axis where some are not known.
  private func length(
    _ dimension: Dimension, _ numbers: Numbers, _ place: Int, fresh: String
  ) throws(OperatorError) -> Dimension {
    switch numbers {
    case .sizes(let sizes) where policy == .stretch: return Dimension(sizes[place])
    case .scales(let scales):
      if let length = dimension.length {
        return Dimension(try Self.scaled(length, Double(scales[place])))
      }
      if let factor = Int(exactly: scales[place]), let product = dimension.times(Dimension(factor))
      {
        return product
      }
    case .sizes: break
    }
    return Dimension(named: fresh)
  }

  private static func scaled(_ length: Int, _ scale: Double) throws(OperatorError) -> Int {
    let result = (Double(length) * scale).rounded(.down)
    guard result < 0x1p53 else { throw OperatorError("\(scale) times \(length) is too long") }
    return Int(result)
  }

  /// The axes for known lengths.
  private func resized(
    _ lengths: [Int], _ numbers: Numbers, _ region: [Float]?
  ) throws(OperatorError) -> [ResizeAxis] {
    var axes: [ResizeAxis] = []
    for (place, length) in lengths.enumerated() {
      var axis = ResizeAxis(input: length, output: length, scale: 1, coordinates: coordinates)
      switch numbers {
      case .scales(let scales):
        axis.scale = Double(scales[place])
        axis.output = try Self.scaled(length, axis.scale)
      case .sizes(let sizes):
        let ratios = zip(sizes, lengths).map { Double($0) / Double($1) }
        let common = policy == .notLarger ? ratios.min() : ratios.max()
        axis.scale = policy == .stretch ? ratios[place] : common ?? 1
        axis.output =
          policy == .stretch
          ? sizes[place] : try Self.scaled(1, Double(length) * axis.scale + 0.5)
      }
      guard length > 0 || axis.output == 0, axis.scale.isFinite else {
        throw OperatorError("an axis without elements would have \(axis.output)")
      }
      if let region { axis.region = (Double(region[place]), Double(region[lengths.count + place])) }
      axes.append(axis)
    }
    return axes
  }

  public func evaluate(
    _ inputs: [TensorView?], into outputs: [TensorView?], _ context: EvaluationContext
  ) throws(OperatorError) {
    guard let input = inputs[0], let out = outputs[0], out.shape.count > 0 else { return }
    func view(_ place: Int) -> TensorView? {
      inputs.indices.contains(place) && inputs[place]?.shape.count != 0 ? inputs[place] : nil
    }
    func floats(_ view: TensorView?) -> [Float]? { view?.tensor().elements(of: Float.self) }
    let axes = try axes(rank: input.shape.rank)
    let numbers = try numbers(floats(view(2)), view(3)?.integers, count: axes.count)
    let windows = try resized(
      axes.map { input.shape.dimensions[$0] }, numbers, coordinates == .crop ? floats(view(1)) : nil
    )
    // The last axis first.
    var current = mode == .linear ? input.widened : input
    for (axis, window) in zip(axes, windows).sorted(by: { $0.0 > $1.0 }) where !window.isIdentity {
      var lengths = current.shape.dimensions
      lengths[axis] = window.output
      guard let shape = Shape(lengths) else { throw OperatorError("\(lengths) is too large") }
      let next = TensorView(zeros: current.dtype, shape)
      switch mode {
      case .nearest: pick(current, axis, window, into: next, context.team)
      case .linear: mix(current, axis, window, into: next, context.team)
      }
      current = next
    }
    if out.dtype == current.dtype {
      out.bytes.copy(out.byteCount, from: current.bytes, at: 0, to: 0)
    } else {
      out.round(current)
    }
  }

  /// Sets `out` to the nearest elements along an axis.
  private func pick(
    _ input: TensorView, _ axis: Int, _ window: ResizeAxis, into out: TensorView, _ team: Team
  ) {
    let places = (0..<window.output).map { window.nearest($0, rounding) }
    let inner = out.shape.stride(of: axis) * out.dtype.byteCount
    let (source, target) = (input.bytes, out.bytes)
    let value = outside.bytes(of: out.dtype)
    team.share(out.byteCount / max(1, inner * window.output)) { part in
      for outer in part {
        for (x, place) in places.enumerated() {
          let to = (outer * window.output + x) * inner
          if let place {
            target.copy(inner, from: source, at: (outer * window.input + place) * inner, to: to)
          } else {
            for i in 0..<inner { target[to + i] = value[i % value.count] }
          }
        }
      }
    }
  }

  /// Sets `out` to sums of products along an axis.
  private func mix(
    _ input: TensorView, _ axis: Int, _ window: ResizeAxis, into out: TensorView, _ team: Team
  ) {
    let terms = (0..<window.output).map {
      window.linear($0, isSmoothed: isSmoothed, leavesOutside: leavesOutside)
    }
    let inner = out.shape.stride(of: axis)
    let (source, target) = (input.elements(of: Float.self), out.elements(of: Float.self))
    let outside = outside
    team.share(out.shape.count / max(1, inner * window.output)) { part in
      for outer in part {
        for (x, terms) in terms.enumerated() {
          let to = (outer * window.output + x) * inner
          let line = target[to..<to + inner]
          line.fill(terms == nil ? outside : 0)
          for term in terms ?? [] {
            Lines.map(
              inner, line, from: 0, step: 1, source,
              from: (outer * window.input + term.place) * inner, step: 1, into: line, at: 0
            ) { $0 + term.weight * $1 }
          }
          Lines.map(inner, line, from: 0, into: line, at: 0) { FloatFunctions.canonical($0) }
        }
      }
    }
  }
}

extension Float {
  /// Its bytes as an element of a type.
  fileprivate func bytes(of dtype: DType) -> [UInt8] {
    let element = TensorView(zeros: dtype, .scalar)
    TensorView(Tensor([self], shape: .scalar)).convert(to: element, EvaluationContext())
    return element.tensor().bytes
  }
}
