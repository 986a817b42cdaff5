/// A bit an element, in row-major order: 1 where the element is kept.
public struct Bitmap: Equatable, Sendable {
  /// The number of bits.
  public let count: Int
  /// Bit `i` is bit `i % 64` of word `i / 64`; bits past the last are 0.
  public private(set) var words: [UInt64]

  /// Creates a bitmap of `count` equal bits.
  public init(repeating bit: Bool, count: Int) {
    self.count = count
    words = Array(repeating: bit ? ~0 : 0, count: (count + 63) / 64)
    if bit, count % 64 != 0 { words[words.count - 1] = (1 << UInt64(count % 64)) - 1 }
  }

  /// Creates a bitmap of `count` bits, each `isKept` of its index.
  @inlinable public init(count: Int, _ isKept: (Int) -> Bool) {
    var words: [UInt64] = []
    words.reserveCapacity((count + 63) / 64)
    for start in stride(from: 0, to: count, by: 64) {
      var word: UInt64 = 0
      for bit in 0..<min(64, count - start) where isKept(start + bit) { word |= 1 << UInt64(bit) }
      words.append(word)
    }
    self.init(count: count, words: words)
  }

  @usableFromInline init(count: Int, words: [UInt64]) {
    self.count = count
    self.words = words
  }

  /// The bit of an element.
  ///
  /// - Precondition: `index` is in `0..<count`.
  public subscript(index: Int) -> Bool {
    @inlinable get {
      precondition(index < count, "bit \(index) of \(count)")
      return words[index / 64] >> UInt64(index % 64) & 1 == 1
    }
    set {
      precondition(index < count, "bit \(index) of \(count)")
      let bit: UInt64 = 1 << UInt64(index % 64)
      if newValue { words[index / 64] |= bit } else { words[index / 64] &= ~bit }
    }
  }

  /// The number of bits that are 1.
  @inlinable public var keptCount: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  /// Calls `body` with the index of each bit that is 1, ascending.
  @inlinable public func forEachKept<Failure: Error>(
    _ body: (Int) throws(Failure) -> Void
  ) throws(Failure) {
    for (i, word) in words.enumerated() {
      var rest = word
      while rest != 0 {
        try body(i * 64 + rest.trailingZeroBitCount)
        rest &= rest - 1
      }
    }
  }
}
