internal import TLCCore
internal import TLCSystem

/// The grids of a uniform tensor: which value a code stands for, at each position.
struct UniformGrid: Sendable {
  let layout: StepLayout
  let minimum: Int32
  let maximum: Int32
  let steps: [Double]
  let zeroPoints: [Int32]?

  /// What a symbol is less than its code less its zero point.
  private func offset(ofStep step: Int) -> Int32 { minimum - (zeroPoints?[step] ?? 0) }

  /// Decodes a plane of codes, a piece a thread.
  func decode<Element: FloatingTensorElement>(
    _ codes: PlaneReference?, of shape: Shape, _ source: PlaneSource, as _: Element.Type
  ) throws(CheckpointError) -> Tensor {
    guard let codes else {
      let zeros = [UInt32](repeating: 0, count: shape.count)
      return decode(zeros, mask: nil, of: shape, as: Element.self)
    }
    let plane = try source.open(codes)
    let limit = UInt32(maximum - minimum)
    return try source.located(codes) { () throws(PlaneError) in
      try source.parallelism.fillTensor(shape: shape, pieceLength: plane.pieceLength) {
        (piece, out: inout MutableSpan<Element>) throws(PlaneError) in
        let first = piece * plane.pieceLength
        try plane.forEachBlock(ofPiece: piece) { (start, symbols) throws(PlaneError) in
          try symbols.requireAtMost(limit, from: start)
          decode(symbols, from: start, into: &out, at: start - first, of: shape)
        }
      }
    }
  }

  /// Decodes the symbols of neighbours, the first of which is element `start`.
  private func decode<Element: FloatingTensorElement>(
    _ symbols: Span<UInt32>, from start: Int, into out: inout MutableSpan<Element>, at place: Int,
    of shape: Shape
  ) {
    layout.forEachRun(in: shape, within: start..<start + symbols.count) { run in
      let symbol = run.elements.lowerBound - start
      let count = run.elements.count
      if run.stride == 0 {
        let step = steps[run.step]
        let offset = offset(ofStep: run.step)
        for i in 0..<count {
          let difference = Int32(truncatingIfNeeded: symbols[symbol + i]) &+ offset
          out[place + symbol + i] = Element(code: difference, step: step)
        }
      } else {
        for i in 0..<count {
          let difference =
            Int32(truncatingIfNeeded: symbols[symbol + i]) &+ offset(ofStep: run.step + i)
          out[place + symbol + i] = Element(code: difference, step: steps[run.step + i])
        }
      }
    }
  }

  /// Decodes a plane of codes to codes less their zero points, a piece a thread.
  ///
  /// - Returns: `nil` where one of them is no byte.
  func byteCodes(
    _ plane: PlaneReference, of shape: Shape, _ source: PlaneSource
  ) throws(CheckpointError) -> Tensor? {
    let open = try source.open(plane)
    let limit = UInt32(maximum - minimum)
    return try source.located(plane) { () throws(PlaneError) in
      do throws(ByteCodesError) {
        return try source.parallelism.fillTensor(shape: shape, pieceLength: open.pieceLength) {
          (piece, out: inout MutableSpan<Int8>) throws(ByteCodesError) in
          let first = piece * open.pieceLength
          var beyond: UInt32 = 0
          try ByteCodesError.ofPlane { () throws(PlaneError) in
            try open.forEachBlock(ofPiece: piece) { (start, symbols) throws(PlaneError) in
              try symbols.requireAtMost(limit, from: start)
              beyond |= decode(symbols, from: start, into: &out, at: start - first, of: shape)
            }
          }
          guard beyond <= 255 else { throw .noByte }
        }
      } catch {
        switch error {
        case .noByte: return nil
        case .plane(let error): throw error
        }
      }
    }
  }

  /// Decodes the symbols of neighbours to codes less their zero points.
  ///
  /// - Returns: 255 or less where all are bytes.
  private func decode(
    _ symbols: Span<UInt32>, from start: Int, into out: inout MutableSpan<Int8>, at place: Int,
    of shape: Shape
  ) -> UInt32 {
    var beyond: UInt32 = 0
    layout.forEachRun(in: shape, within: start..<start + symbols.count) { run in
      let symbol = run.elements.lowerBound - start
      var offset = offset(ofStep: run.step)
      for i in 0..<run.elements.count {
        if run.stride != 0 { offset = self.offset(ofStep: run.step + i) }
        let code = Int32(truncatingIfNeeded: symbols[symbol + i]) &+ offset
        beyond |= UInt32(bitPattern: code &+ 128)
        out[place + symbol + i] = Int8(truncatingIfNeeded: code)
      }
    }
    return beyond
  }

  /// Decodes the symbols of the elements that `mask` keeps, or of all.
  func decode<Element: FloatingTensorElement>(
    _ symbols: [UInt32], mask: Bitmap?, of shape: Shape, as _: Element.Type
  ) -> Tensor {
    var elements = [Element](repeating: Element(rounding: 0), count: shape.count)
    var next = 0
    layout.forEachRun(in: shape, within: 0..<shape.count) { run in
      for i in run.elements where mask?[i] ?? true {
        let step = run.step + (i - run.elements.lowerBound) * run.stride
        let difference = Int32(truncatingIfNeeded: symbols[next]) &+ offset(ofStep: step)
        elements[i] = Element(code: difference, step: steps[step])
        next += 1
      }
    }
    return Tensor(elements, shape: shape)
  }

  /// The codes of all elements, from the symbols of those that `mask` keeps, or of all.
  func codes(_ symbols: [UInt32], mask: Bitmap?, of shape: Shape) -> [Int32] {
    guard let mask else { return symbols.map { Int32(truncatingIfNeeded: $0) &+ minimum } }
    var codes = [Int32](repeating: 0, count: shape.count)
    var next = 0
    layout.forEachRun(in: shape, within: 0..<shape.count) { run in
      for i in run.elements {
        if mask[i] {
          codes[i] = Int32(truncatingIfNeeded: symbols[next]) &+ minimum
          next += 1
        } else {
          codes[i] = zeroPoints?[run.step + (i - run.elements.lowerBound) * run.stride] ?? 0
        }
      }
    }
    return codes
  }

  /// The elements that do not decode to 0, and lie more than half a step beyond the grid.
  func saturatedCount(source: Tensor, decoded: Tensor) -> Int {
    func count<Element: TensorElement>(_: Element.Type) -> Int {
      source.withElements(of: Element.self) { sources in
        decoded.withElements(of: Element.self) { decodeds in
          var count = 0
          layout.forEachRun(in: source.shape, within: 0..<sources.count) { run in
            for i in run.elements where decodeds[i].double != 0 {
              let step = run.step + (i - run.elements.lowerBound) * run.stride
              let zero = Double(zeroPoints?[step] ?? 0)
              let value = sources[i].double
              if value < (Double(minimum) - zero - 0.5) * steps[step]
                || value > (Double(maximum) - zero + 0.5) * steps[step]
              {
                count += 1
              }
            }
          }
          return count
        }
      }
    }
    switch source.dtype {
    case .f16: return count(Float16.self)
    case .bf16: return count(BFloat16.self)
    case .f64: return count(Double.self)
    default: return count(Float.self)
    }
  }
}

/// Why a plane gives no codes of a byte.
private enum ByteCodesError: Error {
  case noByte
  case plane(PlaneError)

  static func ofPlane(_ body: () throws(PlaneError) -> Void) throws(ByteCodesError) {
    do throws(PlaneError) { try body() } catch { throw .plane(error) }
  }
}

extension UInt {
  /// The number of binary digits: `bits` of `formats/README.md`.
  var bitCount: Int { UInt.bitWidth - leadingZeroBitCount }
}

extension DType {
  /// The floating-point number of this type with these bits.
  func double(bits: UInt64) -> Double {
    switch self {
    case .f16: Double(Float16(bitPattern: UInt16(truncatingIfNeeded: bits)))
    case .bf16: Double(Float(BFloat16(bitPattern: UInt16(truncatingIfNeeded: bits))))
    case .f64: Double(bitPattern: bits)
    default: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    }
  }

  /// The floating-point number of this type that is element `index` of `bytes`.
  func double(at index: Int, in bytes: [UInt8]) -> Double {
    let size = byteCount
    var bits: UInt64 = 0
    for byte in (0..<size).reversed() { bits = bits << 8 | UInt64(bytes[index * size + byte]) }
    return double(bits: bits)
  }

  /// The bits of a number that this floating-point type holds exactly.
  func bits(of value: Double) -> UInt64 {
    switch self {
    case .f16: UInt64(Float16(value).bitPattern)
    case .bf16: UInt64(BFloat16(Float(value)).bitPattern)
    case .f64: value.bitPattern
    default: UInt64(Float(value).bitPattern)
    }
  }
}
