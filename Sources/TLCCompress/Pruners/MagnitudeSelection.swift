public import TLCCore

/// Finds the elements of least magnitude over several tensors, in passes over them, in memory that
/// does not grow with their number.
///
///     var selection = MagnitudeSelection(sparsity: 0.9)
///     while !selection.isComplete {
///       for tensor in tensors { try selection.count(tensor) }
///       selection.advance()
///     }
///     for tensor in tensors { let mask = try selection.mask(for: tensor) }
///
/// Drops exactly ⌊sparsity × total⌋ elements. Of equal magnitudes the one that comes first, by
/// tensor and then in row-major order, is dropped. Tensors come in the same order in every pass.
public struct MagnitudeSelection: Sendable {
  private let sparsity: Double
  /// The upper bits of the greatest magnitude to be dropped, as far as they are known.
  private var prefix: UInt64 = 0
  private var knownBits = 0
  private var total = 0
  /// Of the magnitudes that start with `prefix`, how many are dropped; first, of all.
  private var dropped = 0
  private var histogram = [Int](repeating: 0, count: 1 << Self.bitsPerPass)

  private static let bitsPerPass = 16

  /// - Precondition: `sparsity` is in 0...1.
  public init(sparsity: Double) {
    precondition((0...1).contains(sparsity), "sparsity \(sparsity) is not in 0...1")
    self.sparsity = sparsity
  }

  /// Whether the threshold is known, and masks can be made.
  public var isComplete: Bool { knownBits == 64 || (knownBits > 0 && dropped == 0) }

  /// Counts a tensor's elements in the present pass.
  ///
  /// - Throws: ``CompressionError/notFloatingPoint(_:)``.
  public mutating func count(_ tensor: Tensor) throws(CompressionError) {
    let shift = UInt64(64 - knownBits - Self.bitsPerPass)
    let known = knownBits
    let prefix = prefix
    var histogram = histogram
    try forEachMagnitude(of: tensor) { _, magnitude in
      if known == 0 || magnitude >> (shift + 16) == prefix {
        histogram[Int(magnitude >> shift & 0xFFFF)] += 1
      }
    }
    self.histogram = histogram
    if knownBits == 0 { total += tensor.shape.count }
  }

  /// Ends a pass.
  public mutating func advance() {
    if knownBits == 0 { dropped = min(total, Int(sparsity * Double(total))) }
    var bucket = 0
    var below = 0
    while bucket < histogram.count - 1, below + histogram[bucket] < dropped {
      below += histogram[bucket]
      bucket += 1
    }
    dropped -= below
    prefix = prefix << UInt64(Self.bitsPerPass) | UInt64(bucket)
    knownBits += Self.bitsPerPass
    histogram = [Int](repeating: 0, count: 1 << Self.bitsPerPass)
  }

  /// The mask of the next tensor.
  ///
  /// - Precondition: the selection is complete.
  public mutating func mask(for tensor: Tensor) throws(CompressionError) -> Bitmap {
    precondition(isComplete, "a mask before the last pass")
    var mask = Bitmap(repeating: true, count: tensor.shape.count)
    var left = dropped
    let threshold = prefix
    let shift = UInt64(64 - knownBits)
    try forEachMagnitude(of: tensor) { index, magnitude in
      let key = magnitude >> shift
      if key < threshold {
        mask[index] = false
      } else if key == threshold, left > 0 {
        mask[index] = false
        left -= 1
      }
    }
    dropped = left
    return mask
  }

  /// Calls `body` with each element's index and the bits of its magnitude as `Double`, which are
  /// in the order of magnitudes.
  private func forEachMagnitude(
    of tensor: Tensor, _ body: (Int, UInt64) -> Void
  ) throws(CompressionError) {
    func visit<Element: FloatingTensorElement>(_: Element.Type) {
      tensor.withElements(of: Element.self) { elements in
        for i in elements.indices { body(i, elements[i].double.magnitude.bitPattern) }
      }
    }
    switch tensor.dtype {
    case .f32: visit(Float.self)
    case .f16: visit(Float16.self)
    case .bf16: visit(BFloat16.self)
    case .f64: visit(Double.self)
    default: throw .notFloatingPoint(tensor.dtype.rawValue)
    }
  }
}
