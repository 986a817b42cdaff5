/// A tensor in memory: row-major, little-endian, of any element type.
///
/// Sharing is by copy on write: passing a tensor on costs nothing.
@safe
public struct Tensor: Equatable, Sendable {
  public let dtype: DType
  /// The dimensions, outermost first.
  public let shape: Shape
  /// The elements, `shape.count × dtype.byteCount` bytes.
  ///
  /// INVARIANT: the memory of an array starts 16 bytes aligned, which suits every element type.
  public let bytes: [UInt8]

  /// - Precondition: there are `shape.count × dtype.byteCount` bytes.
  public init(dtype: DType, shape: Shape, bytes: [UInt8]) {
    precondition(
      bytes.count == shape.count * dtype.byteCount,
      "\(bytes.count) bytes for \(dtype) of shape \(shape)")
    self.dtype = dtype
    self.shape = shape
    self.bytes = bytes
  }

  /// Creates a tensor from its elements.
  ///
  /// - Precondition: there are `shape.count` elements.
  public init<Element: TensorElement>(_ elements: [Element], shape: Shape) {
    precondition(elements.count == shape.count, "\(elements.count) elements for shape \(shape)")
    // SAFETY: elements are plain bits without padding.
    let bytes = unsafe elements.withUnsafeBytes { unsafe [UInt8]($0) }
    self.init(dtype: Element.dtype, shape: shape, bytes: bytes)
  }

  /// Lends the elements, without a copy.
  ///
  /// - Precondition: `Element` is the memory of this tensor's ``dtype``.
  public func withElements<Element: TensorElement, Result, Failure: Error>(
    of _: Element.Type, _ body: (Span<Element>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(dtype.elementType == Element.self, "\(Element.self) elements of \(dtype)")
    return try bytes.withElements(of: Element.self, body)
  }

  /// A copy of the elements.
  ///
  /// - Precondition: `Element` is the memory of this tensor's ``dtype``.
  public func elements<Element: TensorElement>(of _: Element.Type) -> [Element] {
    withElements(of: Element.self) { span in
      [Element](unsafeUninitializedCount: span.count) { for i in span.indices { $0[i] = span[i] } }
    }
  }
}

extension [UInt8] {
  /// Lends the bytes as elements of another plain type; a rest that fills no element is left out.
  public func withElements<Other: BitwiseCopyable, Result, Failure: Error>(
    of _: Other.Type, _ body: (Span<Other>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let outcome = unsafe withUnsafeBytes { raw -> Swift.Result<Result, Failure> in
      let whole = raw.count / MemoryLayout<Other>.stride * MemoryLayout<Other>.stride
      // SAFETY: every bit pattern is a value, an array's memory is 16 bytes aligned, and the span
      // does not outlive the closure.
      let elements = unsafe UnsafeRawBufferPointer(rebasing: raw[..<whole])
        .assumingMemoryBound(to: Other.self)
      do throws(Failure) {
        return .success(try body(unsafe elements.span))
      } catch { return .failure(error) }
    }
    return try outcome.get()
  }

  /// Lends the bytes as elements of another plain type, to be changed in place.
  public mutating func withMutableElements<Other: BitwiseCopyable, Result, Failure: Error>(
    of _: Other.Type, _ body: (inout MutableSpan<Other>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let outcome = unsafe withUnsafeMutableBytes { raw -> Swift.Result<Result, Failure> in
      let whole = raw.count / MemoryLayout<Other>.stride * MemoryLayout<Other>.stride
      // SAFETY: as in `withElements`; the array is uniquely held while it is changed.
      let elements = unsafe UnsafeMutableRawBufferPointer(rebasing: raw[..<whole])
        .assumingMemoryBound(to: Other.self)
      var span = unsafe elements.mutableSpan
      do throws(Failure) {
        return .success(try body(&span))
      } catch { return .failure(error) }
    }
    return try outcome.get()
  }
}

extension Array where Element: BitwiseCopyable {
  /// Creates an array of `count` elements that `fill` sets, every one, without zeroing them first.
  public init<Failure: Error>(
    unsafeUninitializedCount count: Int,
    _ fill: (inout MutableSpan<Element>) throws(Failure) -> Void
  ) throws(Failure) {
    var failure: Failure?
    let array = unsafe [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
      // SAFETY: the elements are plain bits, so any memory is a value of them; the capacity is
      // allocated, and the span does not outlive the closure.
      let elements = unsafe UnsafeMutableBufferPointer(rebasing: buffer[..<count])
      var span = unsafe elements.mutableSpan
      do throws(Failure) { try fill(&span) } catch { failure = error }
      initialized = count
    }
    if let failure { throw failure }
    self = array
  }
}
