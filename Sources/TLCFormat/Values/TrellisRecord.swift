internal import TLCCore
internal import TLCSystem

/// Codes of dependent quantization: `formats/values/trellis.md`.
struct TrellisRecord: ValuesRecord {
  static let kind = "trellis"

  let axis: Int
  let states: TrellisStates
  let minimum: Int32
  let maximum: Int32
  let step: Double
  /// The codes on each grid, and how many there are.
  let codes: [(plane: PlaneReference?, count: Int)]

  init(
    parsing object: JSONObject, of tensor: TensorGeometry, keptCount: Int,
    planes: inout PlaneTable
  ) throws(FormatError) {
    guard tensor.dtype.isFloatingPoint, tensor.shape.rank > 0 else {
      throw object.outOfRange(
        "kind", "\"trellis\"", allowed: "a kind for \(tensor.dtype) \(tensor.shape)",
        at: try object.value("kind").offset)
    }
    axis = try object.integer("axis", in: 0...tensor.shape.rank - 1)
    let stateCount = try object.integer("states", in: 4...8)
    guard stateCount == 4 || stateCount == 8 else {
      throw object.outOfRange(
        "states", "\(stateCount)", allowed: "4 or 8", at: try object.value("states").offset)
    }
    states = TrellisStates(count: stateCount)
    let bound = Int(TrellisValues.codeBound) - 1
    let minimum = try object.integer("minimum", in: -bound...0)
    let maximum = try object.integer("maximum", in: max(0, minimum + 1)...bound)
    let type: DType = tensor.dtype == .f64 ? .f64 : .f32
    step = type.double(bits: try object.bits("step", byteCount: type.byteCount))
    guard step.isFinite, step.sign == .plus else {
      throw FormatError(
        .invalidStep(index: 0, value: step), at: try object.value("step").offset,
        in: object.tensor)
    }
    let first = try object.integer("onGrid0", in: 0...keptCount)
    var codes: [(plane: PlaneReference?, count: Int)] = []
    for (key, count) in [("codes0", first), ("codes1", keptCount - first)] {
      let plane = try planes.take(
        key, of: object, role: "codes", count: count, width: UInt(maximum - minimum).bitCount)
      codes.append((plane, count))
    }
    self.codes = codes
    self.minimum = Int32(minimum)
    self.maximum = Int32(maximum)
  }

  var planes: [PlaneReference] { codes.compactMap { $0.plane } }

  static func summary(_ states: TrellisStates) -> String { "trellis \(states.count)" }
  var summary: String { Self.summary(states) }

  func decode(
    _ tensor: TensorGeometry, mask: Bitmap?, from source: PlaneSource
  ) throws(CheckpointError) -> Tensor {
    let limit = UInt32(maximum - minimum)
    var symbols: [[UInt32]] = []
    for (plane, count) in codes {
      symbols.append(try source.symbols(plane, count: count, limit: limit))
    }
    switch tensor.dtype {
    case .f16: return try decode(tensor, mask, symbols, Float16.self, source)
    case .bf16: return try decode(tensor, mask, symbols, BFloat16.self, source)
    case .f64: return try decode(tensor, mask, symbols, Double.self, source)
    default: return try decode(tensor, mask, symbols, Float.self, source)
    }
  }

  private func decode<Element: FloatingTensorElement>(
    _ tensor: TensorGeometry, _ mask: Bitmap?, _ symbols: [[UInt32]], _: Element.Type,
    _ source: PlaneSource
  ) throws(CheckpointError) -> Tensor {
    var elements: [Element] = []
    elements.reserveCapacity(tensor.shape.count)
    var walk = TrellisWalk(shape: tensor.shape, axis: axis, states: states)
    let (first, second) = (symbols[0], symbols[1])
    var next = (0, 0)
    for index in 0..<tensor.shape.count {
      let grid = walk.grid
      var code: Int32 = 0
      if mask?[index] ?? true {
        let isFirst = grid == 0
        guard isFirst ? next.0 < first.count : next.1 < second.count else {
          guard let plane = planes.first else { preconditionFailure("no symbols, but elements") }
          throw source.formatError(
            .malformedPlane(
              "element \(index) is on grid \(grid), whose \(codes[Int(grid)].count) symbols are used"
            ), in: plane)
        }
        code = Int32(truncatingIfNeeded: isFirst ? first[next.0] : second[next.1]) &+ minimum
        next = isFirst ? (next.0 + 1, next.1) : (next.0, next.1 + 1)
      }
      walk.take(code)
      elements.append(Element(code: states.multiple(of: code, onGrid: grid), step: step))
    }
    return Tensor(elements, shape: tensor.shape)
  }
}
