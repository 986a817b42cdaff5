internal import TLCCore
internal import TLCSystem

/// Codes a plane: counts, chooses classes and tables, and writes the chunks.
struct RANSEncoder<Symbol: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable> {
  private let symbols: [Symbol]
  private let width: Int
  private let structure: PlaneSymbols.Structure
  private let parallelism: Parallelism
  private let counter: RANSCounter<Symbol>

  static var chunkBits: Int { 17 }

  init?(_ symbols: [Symbol], _ plane: PlaneSymbols, _ parallelism: Parallelism) {
    guard !symbols.isEmpty else { return nil }
    self.symbols = symbols
    width = plane.width
    structure = plane.structure
    self.parallelism = parallelism
    counter = RANSCounter(symbols, width: plane.width, parallelism: parallelism)
  }

  /// The stored form, or `nil` where it is not shorter than `limit`.
  func encode(limit: Int) -> [UInt8]? {
    let choice = choose()
    // What is certain to be needed beside the symbols' bits.
    let chunkCount = (symbols.count - 1) >> Self.chunkBits + 1
    let fixed = 12 + chunkCount * (4 + RANSCodec.chunkHeaderByteCount)
    guard Double(fixed) + choice.bits / 8 * 0.999 < Double(limit) else { return nil }
    return write(choice)
  }

  private struct Choice {
    var precision: Int
    var classes: RANSClasses
    var tables: [RANSTable]
    var bits: Double
  }

  /// The classes and tables of the fewest bits.
  private func choose() -> Choice {
    var best = choice(classes: .single, models: [counter.model()])
    for classes in candidates() {
      let choice = choice(classes: classes, models: counter.models(of: classes))
      if choice.bits < best.bits { best = choice }
    }
    return best
  }

  private func candidates() -> [RANSClasses] {
    switch structure {
    case .none: return []
    case .elements(let size):
      return size > 1
        ? [RANSClasses(run: 1, map: (0..<size).map { UInt8(truncatingIfNeeded: $0) })] : []
    case .rows(let length):
      return RANSRowClasses(symbols, rowLength: length, counter: counter).candidates()
    }
  }

  private func choice(classes: RANSClasses, models: [RANSModel]) -> Choice {
    var best: Choice?
    for precision in [12, 8, 10, 11, 13, 14] {
      // A table needs a slot for each symbol that it lists.
      var tables: [RANSTable] = []
      var bits = Double(classes.map.count * 4)
      for model in models {
        let (table, modelBits) = model.table(precision: precision)
        tables.append(table)
        bits += modelBits
      }
      // A larger table must pay for the cache that it takes.
      if bits < (best?.bits ?? .infinity) * (precision > 12 ? 0.9995 : 1) {
        best = Choice(precision: precision, classes: classes, tables: tables, bits: bits)
      }
    }
    guard let best else { preconditionFailure("no precision was tried") }
    return best
  }

  private func write(_ choice: Choice) -> [UInt8] {
    var bytes: [UInt8] = [
      UInt8(choice.precision), UInt8(choice.tables.count), UInt8(Self.chunkBits), 0,
    ]
    bytes.append(littleEndian: UInt32(choice.classes.run))
    bytes.append(littleEndian: UInt32(choice.classes.map.count))
    var map = BitWriter()
    for index in choice.classes.map { map.write(UInt32(index), count: 4) }
    map.finish()
    bytes += map.bytes
    for table in choice.tables { table.write(to: &bytes) }

    let writer = RANSChunkWriter(
      tables: choice.tables, classes: choice.classes, precision: choice.precision, width: width)
    let chunkLength = 1 << Self.chunkBits
    let chunkCount = (symbols.count - 1) >> Self.chunkBits + 1
    let chunks = parallelism.map(chunkCount) { chunk in
      writer.chunk(
        of: symbols, in: chunk * chunkLength..<min((chunk + 1) * chunkLength, symbols.count))
    }
    for chunk in chunks { bytes.append(littleEndian: UInt32(chunk.count)) }
    for chunk in chunks { bytes += chunk }
    return bytes
  }
}
