import Foundation
import TLC

/// Reads and writes key and signature files.
enum Keys {
  static func read<Value>(
    _ path: String, _ parse: ([UInt8]) throws(FormatError) -> Value
  ) throws -> Value {
    let file = try InputFile(path: path)
    let bytes = try file.read(
      at: 0, count: min(file.byteCount, Limits.signatureByteCount + 1))
    do throws(FormatError) {
      return try parse(bytes)
    } catch {
      throw CheckpointError.format(path: path, error)
    }
  }

  static func write(_ bytes: [UInt8], to path: String, force: Bool, isSecret: Bool) throws {
    let file = try AtomicFile(path: path, overwriting: force, mode: isSecret ? 0o600 : 0o666)
    let line = bytes + [UInt8(ascii: "\n")]
    try file.append(line.span)
    try file.commit()
  }
}
