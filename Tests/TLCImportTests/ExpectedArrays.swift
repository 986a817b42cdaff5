import Foundation
import TLCImport
import TLCSystem
import TLCTestSupport
import Testing

/// What an `expected.json` of `fixtures/imports/` says of arrays, by name.
struct ExpectedArray: Decodable, Equatable, Sendable {
  /// The element type as NumPy names it.
  var dtype: String
  var shape: [Int]
  /// Of the row-major little-endian bytes.
  var sha256: String

  init(from decoder: any Decoder) throws {
    var list = try decoder.unkeyedContainer()
    dtype = try list.decode(String.self)
    shape = try list.decode([Int].self)
    sha256 = try list.decode(String.self)
  }

  private init(_ tensor: ImportedTensor) throws {
    let types = [
      "bool": "bool", "u8": "uint8", "i8": "int8", "u16": "uint16", "i16": "int16",
      "u32": "uint32", "i32": "int32", "u64": "uint64", "i64": "int64", "f16": "float16",
      "bf16": "bfloat16", "f32": "float32", "f64": "float64",
    ]
    let values = try tensor.load()
    dtype = types[values.dtype.rawValue] ?? ""
    shape = values.shape.dimensions
    sha256 = Digest(of: values.bytes.span).hex
  }

  /// Reads the arrays of a file of `fixtures/imports/`.
  static func all<Contents: Decodable>(_ path: String, as _: Contents.Type) throws -> Contents {
    try JSONDecoder().decode(Contents.self, from: Data(try Fixtures.bytes("imports/\(path)")))
  }

  /// What a checkpoint has, by `name`.
  static func contents(
    of checkpoint: ImportedCheckpoint, by name: (ImportedTensor) -> String
  ) throws -> [String: ExpectedArray] {
    var contents: [String: ExpectedArray] = [:]
    for tensor in checkpoint.tensors { contents[name(tensor)] = try ExpectedArray(tensor) }
    return contents
  }
}

/// The sentence with which a file is refused; `nil` where it is imported, values and all.
func refusal(of path: String, importer: String? = nil) -> String? {
  do throws(ImportError) {
    for tensor in try ImporterRegistry.standard.open(path, importer: importer).tensors {
      _ = try tensor.load()
    }
    return nil
  } catch {
    return "\(error)"
  }
}
