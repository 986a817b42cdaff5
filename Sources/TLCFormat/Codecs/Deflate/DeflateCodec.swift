internal import TLCCore
internal import TLCSystem

/// The raw form, deflated: `formats/codecs/deflate.md`.
enum DeflateCodec: PlaneCodec {
  static let name = "deflate"
  static let isAutomatic = false

  static func encode(_ symbols: PlaneSymbols, limit: Int, parallelism: Parallelism) -> [UInt8]? {
    let stored = DeflateEncoder.deflate(symbols.rawForm())
    return stored.count < limit ? stored : nil
  }

  static func open(
    _ stored: [UInt8], count: Int, width: Int
  ) throws(PlaneError) -> any OpenPlane {
    let (bits, overflow) = count.multipliedReportingOverflow(by: width)
    guard !overflow else { throw .malformed("the plane's raw form is too large") }
    let rawByteCount = bits / 8 + (bits % 8 == 0 ? 0 : 1)
    let raw: [UInt8]
    do throws(DeflateError) {
      raw = try Deflate.inflate(stored.span, count: rawByteCount, format: .raw)
    } catch { throw .malformed("\(error)") }
    return try RawForm(raw, count: count, width: width)
  }
}
