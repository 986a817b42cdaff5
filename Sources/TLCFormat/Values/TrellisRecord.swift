internal import TLCCore
internal import TLCSystem

/// Codes of dependent quantization: `formats/values/trellis.md`.
struct TrellisRecord: ValuesRecord {
  static let kind = "trellis"
  static let minorVersion: UInt16 = 2

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

  var codePlanes: CodePlanes? {
    CodePlanes(planes: codes.map { $0.plane }, least: Int(minimum), greatest: Int(maximum))
  }

  static func summary(_ states: TrellisStates) -> String { "trellis \(states.count)" }
  var summary: String { Self.summary(states) }

  func decode(
    _ tensor: TensorGeometry, mask: Bitmap?, from source: PlaneSource
  ) throws(CheckpointError) -> Tensor {
    let limit = UInt32(maximum - minimum)
    var symbols: [UInt32] = []
    for (plane, count) in codes {
      symbols += try source.symbols(plane, count: count, limit: limit)
    }
    // A line may ask for more symbols than there are before that is noticed.
    symbols += Array(repeating: 0, count: lineLength(tensor.shape))
    do throws(TrellisError) {
      return switch tensor.dtype {
      case .f16: try decode(tensor.shape, mask, symbols, Float16.self)
      case .bf16: try decode(tensor.shape, mask, symbols, BFloat16.self)
      case .f64: try decode(tensor.shape, mask, symbols, Double.self)
      default: try decode(tensor.shape, mask, symbols, Float.self)
      }
    } catch {
      guard let plane = planes.first else { preconditionFailure("no symbols, but elements") }
      throw source.formatError(
        .malformedPlane(
          "\(error.found) elements before index \(error.index) are on grid 0, of \(codes[0].count)"),
        in: plane)
    }
  }

  /// That not as many elements are on a grid as there are symbols.
  private struct TrellisError: Error {
    var index: Int
    var found: Int
  }

  /// The elements that are decoded between checks: neighbours with a state each, or a sequence.
  private func lineLength(_ shape: Shape) -> Int {
    guard shape.count > 0 else { return 0 }
    return shape.stride(of: axis) == 1 ? shape.dimensions[axis] : shape.stride(of: axis)
  }

  private func decode<Element: FloatingTensorElement>(
    _ shape: Shape, _ mask: Bitmap?, _ symbols: [UInt32], _: Element.Type
  ) throws(TrellisError) -> Tensor {
    let (first, all) = (codes[0].count, codes[0].count + codes[1].count)
    let length = shape.dimensions[axis]
    let line = lineLength(shape)
    let isSequence = line > 0 && shape.stride(of: axis) == 1
    return try Parallelism.serial.fillTensor(shape: shape, pieceLength: max(1, shape.count)) {
      (_, out: inout MutableSpan<Element>) throws(TrellisError) in
      let symbols = symbols.span
      var current = [UInt8](repeating: 0, count: isSequence ? 1 : line)
      var states = current.mutableSpan
      var (next0, next1) = (0, first)
      for start in stride(from: 0, to: shape.count, by: max(1, line)) {
        if isSequence || start / line % length == 0 {
          for i in states.indices { states[i] = 0 }
        }
        for i in 0..<line {
          let state = states[isSequence ? 0 : i]
          let grid = self.states.grid(of: state)
          var code: Int32 = 0
          if mask?[start + i] ?? true {
            let symbol = symbols[grid == 0 ? next0 : next1]
            code = Int32(truncatingIfNeeded: symbol) &+ minimum
            next0 &+= Int(1 &- grid)
            next1 &+= Int(grid)
          }
          states[isSequence ? 0 : i] = self.states.state(after: code, in: state)
          out[start + i] = Element(
            code: self.states.multiple(of: code, onGrid: grid), step: step)
        }
        guard next0 <= first, next1 <= all else {
          throw TrellisError(index: start + line, found: next0)
        }
      }
    }
  }
}
