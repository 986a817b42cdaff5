public import TLCCore

/// How the elements of a probe's input are drawn: `formats/tlcq.md` §4.5.
public enum ProbeDraw: Equatable, Sendable {
  /// Integers below a bound.
  case integers(bound: Int, seed: UInt64)
  /// 1, all of them.
  case ones
  /// Multiples of 2⁻²³ from −1 to below 1.
  case uniform(seed: UInt64)

  /// The greatest bound of integers that a type takes: all below it are exact.
  public static func greatestBound(of dtype: DType) -> Int {
    switch dtype {
    case .bool: 2
    case .i8: 1 << 7
    case .u8, .bf16: 1 << 8
    case .f16: 1 << 11
    case .i16: 1 << 15
    case .u16: 1 << 16
    case .f32: 1 << 24
    case .i32, .u32, .i64, .u64, .f64: 1 << 31 - 1
    }
  }

  /// Draws the elements.
  ///
  /// - Precondition: the type takes the draw: a uniform one is of a floating-point type, and a bound
  ///   is 1 to ``greatestBound(of:)``.
  public func tensor(_ dtype: DType, _ shape: Shape) -> Tensor {
    func tensor<Element: TensorElement>(_ element: (UInt64) -> Element) -> Tensor {
      let elements: [Element]
      switch self {
      case .integers(let bound, let seed):
        precondition(1...Self.greatestBound(of: dtype) ~= bound, "a bound of \(bound) in \(dtype)")
        var generator = SplitMix64(seed: seed)
        elements = (0..<shape.count).map { _ in element(generator.next() % UInt64(bound)) }
      case .ones: elements = Array(repeating: element(1), count: shape.count)
      case .uniform: preconditionFailure("uniform draws are of floating-point types")
      }
      let plain = Tensor(elements, shape: shape)
      return Tensor(dtype: dtype, shape: shape, bytes: plain.bytes)
    }
    func floating<Element: FloatingTensorElement>(_: Element.Type) -> Tensor {
      guard case .uniform(let seed) = self else {
        return tensor { Element(rounding: Float($0)) }
      }
      var generator = SplitMix64(seed: seed)
      let elements = (0..<shape.count).map { _ in
        Element(rounding: Float(generator.next() >> 40) * 0x1p-23 - 1)
      }
      return Tensor(elements, shape: shape)
    }
    switch dtype {
    case .f64:
      // Integers up to 2³¹ are exact in `Double`, and not in `Float`.
      guard case .uniform = self else { return tensor { Double($0) } }
      return floating(Double.self)
    case .f32: return floating(Float.self)
    case .f16: return floating(Float16.self)
    case .bf16: return floating(BFloat16.self)
    case .bool, .u8: return tensor { UInt8($0) }
    case .i8: return tensor { Int8($0) }
    case .u16: return tensor { UInt16($0) }
    case .i16: return tensor { Int16($0) }
    case .u32: return tensor { UInt32($0) }
    case .i32: return tensor { Int32($0) }
    case .u64: return tensor { UInt64($0) }
    case .i64: return tensor { Int64($0) }
    }
  }
}

extension ProbeDraw {
  init(parsing object: JSONObject, of dtype: DType) throws(FormatError) {
    let kinds = ["integers", "ones", "uniform"]
    switch try object.choice("kind", kinds.map { ($0, $0) }) {
    case "integers":
      self = .integers(
        bound: try object.integer("bound", in: 1...Self.greatestBound(of: dtype)),
        seed: try object.bits("seed", byteCount: 8))
    case "uniform":
      guard dtype.isFloatingPoint else {
        throw object.outOfRange(
          "kind", "\"uniform\" of \(dtype)", allowed: "integers or ones",
          at: try object.value("kind").offset)
      }
      self = .uniform(seed: try object.bits("seed", byteCount: 8))
    default: self = .ones
    }
  }

  var json: JSONValue {
    switch self {
    case .integers(let bound, let seed):
      .object([
        ("bound", .integer(bound)), ("kind", .string("integers")), ("seed", .bits(seed)),
      ])
    case .ones: .object([("kind", .string("ones"))])
    case .uniform(let seed): .object([("kind", .string("uniform")), ("seed", .bits(seed))])
    }
  }
}
