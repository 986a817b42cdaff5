internal import CTLCKernels

/// Up to eight rows that are decoded side by side from one sequence of words, each from a state of
/// rANS of its own: `formats/codecs/rans-matrix.md`.
public struct RowStream: Sendable {
  /// How many rows there are at most.
  public static let laneCount = 8
  /// The least state between two symbols, where a lane starts to be written, and ends to be read.
  public static let base: UInt32 = 1 << 16

  /// The state of each lane.
  public private(set) var states: SIMD8<UInt32>
  /// How many words were taken.
  public private(set) var position = 0
  /// How many words there are.
  public let wordCount: Int
  /// The words, and eight more.
  private let words: [UInt16]

  /// A stream that begins.
  ///
  /// - Parameters:
  ///   - states: of each lane, at least ``base``.
  ///   - words: the words, and ``laneCount`` more of any value.
  public init(states: SIMD8<UInt32>, words: [UInt16]) {
    self.states = states
    self.words = words
    wordCount = words.count - Self.laneCount
    precondition(wordCount >= 0)
  }

  /// Whether more words were taken than there are: what was decoded since is nothing.
  public var isOverdrawn: Bool { position > wordCount }

  /// What decoding left to be done, and to be checked.
  public struct Outcome: Sendable {
    /// How many symbols are escaped.
    public let escapeCount: Int
    /// All symbols that are not, or-ed.
    public let all: UInt32
  }

  /// Decodes columns of eight rows: of each column *j* and row *r* `expected` and the residual that the
  /// state tells by the table, at column *j* of `order` of row *r* of the symbols. Where a symbol is
  /// escaped, it is left as it is.
  ///
  /// Stops with a column with which more words are taken than there are.
  ///
  /// - Parameters:
  ///   - columns: those of `tableOf`, `expected` and `order` that are decoded.
  ///   - tables: what states tell.
  ///   - tableOf: for each column and lane, which of the tables.
  ///   - expected: for each column and lane, what a residual is added to.
  ///   - order: which column each is.
  ///   - symbols: eight rows of `order.count` each.
  ///   - escapes: the first are set to the places of escaped symbols: 8 times the number of the column
  ///     among `columns`, and the lane.
  ///   - instructions: what is used of the processor; the symbols do not depend on it.
  /// - Precondition: there are as many escapes as symbols.
  public mutating func decode(
    columns: Range<Int>, by tables: StreamTables, tableOf: Span<SIMD8<UInt32>>,
    expected: Span<SIMD8<UInt32>>, order: ColumnOrder, into symbols: inout MutableSpan<UInt32>,
    escapes: inout MutableSpan<UInt32>, on instructions: InstructionSet = .best
  ) -> Outcome {
    guard !columns.isEmpty else { return Outcome(escapeCount: 0, all: 0) }
    precondition(columns.lowerBound >= 0 && columns.upperBound <= order.count)
    precondition(order.count <= tableOf.count && order.count <= expected.count)
    precondition(tables.count > 0 && symbols.count / Self.laneCount >= order.count)
    precondition(escapes.count >= symbols.count)
    let (s, lanes) = (states, MemoryLayout<SIMD8<UInt32>>.stride)
    var stream = tlc_stream(
      states: (s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7]), count: wordCount,
      position: position, escape_count: 0, all: 0)
    // SAFETY: all that is read and written exists, as checked, and an order has no others than its
    // columns; behind the words are those that lanes look at beyond the last; the kernel takes the last
    // table where a number is beyond.
    unsafe words.withUnsafeBufferPointer { words in
      unsafe tables.withUnsafeTables { tables in
        unsafe tableOf.withUnsafeBytes { tableOf in
          unsafe expected.withUnsafeBytes { expected in
            unsafe order.columns.withUnsafeBufferPointer { places in
              unsafe symbols.withUnsafeMutableBufferPointer { symbols in
                unsafe escapes.withUnsafeMutableBufferPointer { escapes in
                  guard let tableOf = tableOf.baseAddress, let expected = expected.baseAddress,
                    let places = places.baseAddress
                  else { return }
                  let first = columns.lowerBound
                  unsafe tlc_decode_rows(
                    instructions.isa, &stream, words.baseAddress, tables, columns.count,
                    (tableOf + first * lanes).assumingMemoryBound(to: UInt32.self),
                    (expected + first * lanes).assumingMemoryBound(to: UInt32.self),
                    places + first, order.count, symbols.baseAddress, escapes.baseAddress)
                }
              }
            }
          }
        }
      }
    }
    let after = stream.states
    states = SIMD8(
      after.0, after.1, after.2, after.3, after.4, after.5, after.6, after.7)
    position = stream.position
    return Outcome(escapeCount: stream.escape_count, all: stream.all)
  }

  /// Decodes one lane's next residual, or ``StreamTables/escape``; nothing where a word is missing.
  public mutating func decode(lane: Int, by tables: StreamTables, table: UInt32) -> UInt32? {
    let precision = UInt32(tables.precision)
    let slot = states[lane] & (1 << precision - 1)
    let entry = tables.entry(table, slot: slot)
    var next =
      UInt32(truncatingIfNeeded: entry >> 32 & 0xFFFF) &* (states[lane] >> precision)
      &+ slot &- UInt32(truncatingIfNeeded: entry >> 48)
    if next < Self.base {
      guard position < wordCount else { return nil }
      next = next << 16 | UInt32(words[position])
      position += 1
    }
    states[lane] = next
    return UInt32(truncatingIfNeeded: entry)
  }
}

/// The columns of a matrix in the order in which ``RowStream`` decodes them.
public struct ColumnOrder: Sendable {
  /// The columns, each from 0 on and below ``count``.
  public let columns: [Int]

  /// How many there are.
  public var count: Int { columns.count }

  /// An order of columns.
  ///
  /// - Precondition: `columns` are numbers of columns, from 0 on.
  public init(_ columns: [Int]) {
    precondition(columns.allSatisfy { columns.indices.contains($0) })
    self.columns = columns
  }

  /// The column at a place.
  ///
  /// - Precondition: there is such a place.
  public subscript(_ place: Int) -> Int { columns[place] }
}
