internal import TLCCore
internal import TLCSystem

/// One way to turn the symbols of a plane into stored bytes and back: `formats/tlcq.md` §3.
///
/// To add one, write a file in `Codecs/` with a type that conforms, and name it in
/// ``PlaneCodecs/standard``. The conformance suite then asks for its page in `formats/codecs/` and
/// its golden plane, and round-trips it.
protocol PlaneCodec: Sendable {
  /// The name in the manifest.
  static var name: String { get }

  /// The minor version of the format that it came with.
  static var minorVersion: UInt16 { get }

  /// Whether a writer tries this codec on every plane, or on assets alone.
  static var isAutomatic: Bool { get }

  /// Returns the stored form of `symbols`, or `nil` where it would not be shorter than `limit`.
  ///
  /// The same symbols give the same bytes for any `parallelism`.
  static func encode(_ symbols: PlaneSymbols, limit: Int, parallelism: Parallelism) -> [UInt8]?

  /// Reads what stands before the symbols, and checks everything that does not need decoding.
  ///
  /// - Parameters:
  ///   - stored: the plane's bytes, of which nothing is known.
  ///   - count: the number of symbols, at least 1.
  ///   - width: the bits of a symbol, in 1...24.
  static func open(
    _ stored: [UInt8], count: Int, width: Int
  ) throws(PlaneError) -> any OpenPlane
}

extension PlaneCodec {
  static var minorVersion: UInt16 { 0 }
}

/// The symbols of a plane that is to be written.
struct PlaneSymbols: Sendable {
  /// Where symbols of like distribution are found; codecs may use or ignore it.
  enum Structure: Sendable {
    /// Nothing is known.
    case none
    /// Rows of `length` symbols each, in which each row may have a distribution of its own.
    case rows(length: Int)
    /// Elements of `size` bytes each, in which each byte has a distribution of its own.
    case elements(size: Int)
  }

  /// The symbols themselves; bytes are kept as bytes.
  enum Storage: Sendable {
    case bytes([UInt8])
    case words([UInt32])
  }

  var storage: Storage
  /// The bits of a symbol, in 1...24; 8 for bytes.
  var width: Int
  var structure: Structure

  init(bytes: [UInt8], structure: Structure = .none) {
    storage = .bytes(bytes)
    width = 8
    self.structure = structure
  }

  init(words: [UInt32], width: Int, structure: Structure = .none) {
    storage = .words(words)
    self.width = width
    self.structure = structure
  }

  var count: Int {
    switch storage {
    case .bytes(let bytes): bytes.count
    case .words(let words): words.count
    }
  }

  /// The length of the raw form in bytes: ⌈count × width / 8⌉.
  var rawByteCount: Int { (count * width + 7) / 8 }
}

/// A plane whose symbols are ready to be decoded, in pieces that can be decoded apart.
protocol OpenPlane: Sendable {
  /// The number of symbols.
  var count: Int { get }
  /// The symbols of each piece, the last of which holds the rest; a multiple of 8.
  var pieceLength: Int { get }

  /// Decodes a piece into words, in order, a block at a time.
  ///
  /// - Parameter body: takes the index of the block's first symbol in the whole plane, and the
  ///   symbols, each below 2^width.
  func forEachBlock(
    ofPiece piece: Int, _ body: (_ start: Int, _ symbols: Span<UInt32>) throws(PlaneError) -> Void
  ) throws(PlaneError)

  /// Decodes a piece of 8-bit symbols into `bytes`, which has room for exactly the piece.
  ///
  /// - Precondition: the plane was opened with a width of 8.
  func decodeBytes(ofPiece piece: Int, into bytes: inout MutableSpan<UInt8>) throws(PlaneError)
}

extension OpenPlane {
  /// The number of pieces.
  var pieceCount: Int { (count + pieceLength - 1) / pieceLength }

  /// The indices of a piece's symbols.
  func symbols(ofPiece piece: Int) -> Range<Int> {
    piece * pieceLength..<min((piece + 1) * pieceLength, count)
  }
}

/// What is wrong with the content of a plane, whose place its reader knows.
enum PlaneError: Error, Equatable, Sendable {
  /// The codec's own rules are broken (R28): a sentence says which.
  case malformed(String)
  /// The raw form's last bits are not 0 (R27).
  case trailingBits
  /// A symbol is beyond what its use allows (R29).
  case symbolRange(index: Int, symbol: UInt32, limit: UInt32)
}

/// The codecs that a reader and a writer know.
struct PlaneCodecs: Sendable {
  let all: [any PlaneCodec.Type]

  /// Every codec of the specification, in the order in which ties are broken.
  static let standard = PlaneCodecs(all: [
    RawCodec.self, RANSCodec.self, RANSMatrixCodec.self, DeflateCodec.self,
  ])

  subscript(name: String) -> (any PlaneCodec.Type)? { all.first { $0.name == name } }
}
