import TLCCore
import TLCKernels
import Testing

/// Eight rows side by side against the same lanes one by one: `formats/codecs/rans-matrix.md`.
@Suite struct RowStreamTests {
  private static let rowLength = 37

  /// What two streams of the same words are decoded with.
  private struct Input {
    var tables: StreamTables
    var tableOf: [SIMD8<UInt32>]
    var expected: [SIMD8<UInt32>]
    var order: ColumnOrder
    var stream: RowStream

    init(precision: Int, tableCount: Int, escapes: Int, wordCount: Int, seed: UInt64) {
      var random = SplitMix64(seed: seed)
      func drawn(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
      tables = StreamTables(precision: precision, capacity: tableCount)
      for _ in 0..<tableCount {
        let count = 2 + drawn(255)
        var left = 1 << precision - count - escapes
        var frequencies = (0..<count - 1).map { _ in
          let frequency = 1 + drawn(left / 8 + 1)
          left -= frequency - 1
          return frequency
        }
        frequencies[0] += left + 1
        let entries = frequencies.enumerated().map { index, frequency in
          StreamTables.Entry(residual: UInt32(index), frequency: frequency)
        }
        tables.append(
          entries + [StreamTables.Entry(residual: StreamTables.escape, frequency: escapes)])
      }
      func vectors(_ bound: Int) -> [SIMD8<UInt32>] {
        (0..<RowStreamTests.rowLength).map { _ in
          SIMD8<UInt32>((0..<8).map { _ in UInt32(drawn(bound)) })
        }
      }
      tableOf = vectors(tableCount)
      expected = vectors(1 << 16)
      order = ColumnOrder(
        (0..<RowStreamTests.rowLength).map { ($0 * 11 + 5) % RowStreamTests.rowLength })
      stream = RowStream(
        states: SIMD8((0..<8).map { _ in UInt32(drawn(1 << 32 - 1 << 16)) + RowStream.base }),
        words: (0..<wordCount + 8).map { _ in UInt16(drawn(1 << 16)) })
    }

    /// The symbols of a row of each lane, by lanes; nothing where words are missing.
    mutating func alone() -> (symbols: [UInt32], escapes: [Bool])? {
      var symbols = [UInt32](repeating: 0, count: 8 * RowStreamTests.rowLength)
      var escapes = [Bool](repeating: false, count: symbols.count)
      for column in 0..<order.count {
        for lane in 0..<8 {
          guard
            let residual = stream.decode(
              lane: lane, by: tables, table: tableOf[column][lane])
          else { return nil }
          let place = order[column] + lane * RowStreamTests.rowLength
          symbols[place] = residual &+ expected[column][lane]
          escapes[place] = residual == StreamTables.escape
        }
      }
      return (symbols, escapes)
    }
  }

  @Test(
    "every instruction set decodes what lanes alone do, and says which are escaped",
    arguments: [10, 12, 14], [1, 9, 300])
  func lanes(precision: Int, tableCount: Int) throws {
    for (seed, escapes) in [(1, 1), (2, 7), (3, 400)] {
      let input = Input(
        precision: precision, tableCount: tableCount, escapes: escapes, wordCount: 400,
        seed: UInt64(seed))
      var lanes = input
      let alone = lanes.alone()
      let (expected, escaped) = try #require(alone)
      #expect(escapes < 400 || escaped.contains(true))
      for instructions in InstructionSet.available {
        var stream = input.stream
        var symbols = [UInt32](repeating: 0, count: expected.count)
        var found = [Bool](repeating: false, count: expected.count)
        var all: UInt32 = 0
        var places = [UInt32](repeating: 0, count: expected.count)
        for columns in [0..<3, 3..<3, 3..<Self.rowLength] {
          var span = symbols.mutableSpan
          var escapes = places.mutableSpan
          let outcome = stream.decode(
            columns: columns, by: input.tables, tableOf: input.tableOf.span,
            expected: input.expected.span, order: input.order, into: &span, escapes: &escapes,
            on: instructions)
          all |= outcome.all
          for place in places.prefix(outcome.escapeCount) {
            let column = input.order[columns.lowerBound + Int(place / 8)]
            found[column + Int(place % 8) * Self.rowLength] = true
          }
        }
        #expect(
          zip(symbols, expected).enumerated().allSatisfy { escaped[$0] || $1.0 == $1.1 }
            && found == escaped, "\(instructions)")
        #expect(
          all == zip(expected, escaped).reduce(0) { $1.1 ? $0 : $0 | $1.0 }, "\(instructions)")
        #expect(stream.states == lanes.stream.states, "\(instructions)")
        #expect(stream.position == lanes.stream.position, "\(instructions)")
      }
    }
  }

  @Test("a stream that has too few words says so, wherever it ends", arguments: 0..<24)
  func tooFewWords(wordCount: Int) {
    let input = Input(
      precision: 14, tableCount: 3, escapes: 1, wordCount: wordCount, seed: UInt64(wordCount))
    for instructions in InstructionSet.available {
      var stream = input.stream
      var symbols = [UInt32](repeating: 0, count: 8 * Self.rowLength)
      var places = symbols
      var span = symbols.mutableSpan
      var escapes = places.mutableSpan
      _ = stream.decode(
        columns: 0..<Self.rowLength, by: input.tables, tableOf: input.tableOf.span,
        expected: input.expected.span, order: input.order, into: &span, escapes: &escapes,
        on: instructions)
      #expect(stream.isOverdrawn, "\(instructions)")
    }
  }
}
