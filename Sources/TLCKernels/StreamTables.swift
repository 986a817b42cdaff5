internal import CTLCKernels

/// The tables by which ``RowStream`` decodes: `formats/codecs/rans-matrix.md`.
public struct StreamTables: Sendable {
  /// How many entries a table has place for.
  public static let entryCount = 256
  /// What an entry has in place of a residual where the symbol is escaped.
  public static let escape: UInt32 = 1 << 31

  /// A residual as tables have it, or ``escape``, and how frequent it is.
  public struct Entry: Sendable {
    let residual: UInt32
    let frequency: Int

    /// An entry of so many slots.
    public init(residual: UInt32, frequency: Int) {
      self.residual = residual
      self.frequency = frequency
    }
  }

  /// Frequencies of a table sum to 2 to the power of this.
  public let precision: Int
  /// How many tables there are.
  public private(set) var count = 0
  /// For each table 2^precision slots: the entry of each.
  private var slots: [UInt8] = []
  /// For each table 256 entries: the residual, 16 bits of frequency, and 16 of the first slot.
  private var entries: [UInt64] = []

  /// No tables yet.
  ///
  /// - Precondition: `precision` is 1 to 15.
  public init(precision: Int, capacity: Int) {
    precondition((1...15).contains(precision))
    self.precision = precision
    slots.reserveCapacity(capacity << precision)
    entries.reserveCapacity(capacity * Self.entryCount)
  }

  /// Adds a table.
  ///
  /// - Precondition: there are at most 256 entries, whose frequencies sum to 2^precision, and at most
  ///   65,535 tables before.
  public mutating func append(_ table: [Entry]) {
    precondition(table.count <= Self.entryCount && count < 1 << 16)
    var start = 0
    for (index, entry) in table.enumerated() {
      entries.append(
        UInt64(entry.residual) | UInt64(entry.frequency) << 32 | UInt64(start) << 48)
      slots.append(contentsOf: repeatElement(UInt8(index), count: entry.frequency))
      start += entry.frequency
    }
    precondition(start == 1 << precision)
    entries.append(contentsOf: repeatElement(0, count: Self.entryCount - table.count))
    count += 1
  }

  /// What a slot of a table says.
  func entry(_ table: UInt32, slot: UInt32) -> UInt64 {
    entries[Int(table) << 8 | Int(slots[Int(table) << precision | Int(slot)])]
  }

  /// Calls with the tables as kernels read them.
  @unsafe
  func withUnsafeTables<R>(_ body: (UnsafePointer<tlc_stream_tables>) -> R) -> R {
    unsafe slots.withUnsafeBufferPointer { slots in
      unsafe entries.withUnsafeBufferPointer { entries in
        unsafe withUnsafePointer(
          to: tlc_stream_tables(
            count: count, precision: Int32(precision), slots: slots.baseAddress,
            entries: entries.baseAddress), body)
      }
    }
  }
}
