public import TLCCore

/// The elements of a ``TensorView``, in row-major order, to read and to write.
@safe
public struct Elements<Element: TensorElement>: @unchecked Sendable {
  // INVARIANT: `count` aligned elements that `storage` keeps alive.
  @usableFromInline let memory: UnsafeMutablePointer<Element>
  /// The number of elements.
  public let count: Int
  private let storage: Storage

  /// - Precondition: the elements lie within the storage, and `byteOffset` suits their alignment.
  init(_ storage: Storage, byteOffset: Int, count: Int) {
    let stride = MemoryLayout<Element>.stride
    precondition(
      byteOffset >= 0 && count >= 0 && byteOffset % stride == 0
        && byteOffset + count * stride <= storage.byteCount,
      "\(count) elements at byte \(byteOffset) of \(storage.byteCount)")
    // SAFETY: checked above; every bit pattern is an element.
    unsafe memory = (storage.memory + byteOffset).bindMemory(to: Element.self, capacity: count)
    self.count = count
    self.storage = storage
  }

  /// The places of the elements.
  public var indices: Range<Int> { 0..<count }

  /// A part of the elements: the same memory.
  ///
  /// - Precondition: `range` is in `0..<count`.
  public subscript(range: Range<Int>) -> Elements {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= count, "elements \(range) of \(count)")
    return Elements(self, range)
  }

  private init(_ whole: Elements, _ range: Range<Int>) {
    // SAFETY: the part is in the whole, whose storage it keeps alive too.
    unsafe memory = whole.memory + range.lowerBound
    count = range.count
    storage = whole.storage
  }

  /// The element at a place.
  ///
  /// - Precondition: `index` is in `0..<count`.
  @inlinable public subscript(index: Int) -> Element {
    get {
      precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
      // SAFETY: checked.
      return unsafe memory[index]
    }
    nonmutating set {
      precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
      // SAFETY: checked.
      unsafe memory[index] = newValue
    }
  }

  /// Sets `count` elements from `index` on to those of `source` from `start` on; they may overlap.
  ///
  /// - Precondition: both ranges exist.
  @inlinable public func copy(_ count: Int, from source: Elements, at start: Int, to index: Int) {
    precondition(
      count >= 0 && start >= 0 && index >= 0 && start <= source.count - count
        && index <= self.count - count,
      "\(count) elements from \(start) of \(source.count) to \(index) of \(self.count)")
    // SAFETY: checked, and `update` allows overlap.
    unsafe (memory + index).update(from: source.memory + start, count: count)
  }

  /// Sets every element.
  @inlinable public func fill(_ value: Element) {
    // SAFETY: the elements are all there are.
    unsafe memory.update(repeating: value, count: count)
  }
}

extension Elements<Int8> {
  /// The least element, or 0 if all are greater.
  public var least: Int8 { indices.reduce(0) { min($0, self[$1]) } }
  /// The greatest element, or 0 if all are less.
  public var greatest: Int8 { indices.reduce(0) { max($0, self[$1]) } }
}
