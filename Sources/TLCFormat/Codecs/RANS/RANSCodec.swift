internal import TLCCore
internal import TLCSystem

/// Range asymmetric numeral systems with static tables: `formats/codecs/rans.md`.
enum RANSCodec: PlaneCodec {
  static let name = "rans"
  static let isAutomatic = true

  static let precisions = 8...14
  static let greatestTableCount = 16
  static let greatestMapCount = 1 << 20
  static let greatestRun = 1 << 31 - 1
  static let chunkBits = 12...20
  static let laneCount = 8
  /// The states and the word count of a chunk.
  static let chunkHeaderByteCount = 36
  /// The state that a lane starts from when it encodes, and ends at when it decodes.
  static let base: UInt32 = 1 << 16

  static func encode(_ symbols: PlaneSymbols, limit: Int, parallelism: Parallelism) -> [UInt8]? {
    switch symbols.storage {
    case .bytes(let bytes):
      RANSEncoder(bytes, symbols, parallelism)?.encode(limit: limit)
    case .words(let words):
      RANSEncoder(words, symbols, parallelism)?.encode(limit: limit)
    }
  }

  static func open(
    _ stored: [UInt8], count: Int, width: Int
  ) throws(PlaneError) -> any OpenPlane {
    try RANSPlane(stored, count: count, width: width)
  }
}

/// Which table codes which symbol: symbol `i` has class map[⌊i / run⌋ mod map.count].
struct RANSClasses: Equatable, Sendable {
  var run: Int
  var map: [UInt8]

  static let single = RANSClasses(run: 0, map: [])

  var isSingle: Bool { map.isEmpty }

  /// Calls `body` with each stretch of symbols of one class, in order, within `range`.
  func forEachStretch<Failure: Error>(
    in range: Range<Int>, _ body: (Range<Int>, _ index: Int) throws(Failure) -> Void
  ) throws(Failure) {
    guard !isSingle else { return try body(range, 0) }
    var start = range.lowerBound
    var place = start / run % map.count
    while start < range.upperBound {
      let end = min(start - start % run + run, range.upperBound)
      try body(start..<end, Int(map[place]))
      start = end
      place = place + 1 == map.count ? 0 : place + 1
    }
  }
}
