import Foundation
import TLCCore
import TLCExport
import TLCImport
import TLCSystem
import TLCTestSupport
import Testing

/// safetensors, NumPy and zip: what the exporters write comes back, and damage is refused.
@Suite struct ForeignFileTests {
  private static func tensors() throws -> [(String, Tensor)] {
    var arbitrary = Arbitrary(seed: 11)
    return [
      ("a/kernel", Tensor(arbitrary.floats(35), shape: try #require(Shape([5, 7])))),
      ("b", Tensor([-1, 2, 3] as [Int64], shape: try #require(Shape([3])))),
      ("flag", Tensor(dtype: .bool, shape: try #require(Shape([2])), bytes: [1, 0])),
      ("half", Tensor([1.5, -2] as [Float16], shape: try #require(Shape([2, 1])))),
      ("none", Tensor([] as [Float], shape: try #require(Shape([0, 4])))),
      ("scalar", Tensor([4.25] as [Double], shape: .scalar)),
    ]
  }

  private static func write(_ scratch: Scratch, _ name: String) throws -> String {
    let path = scratch.path(name)
    let exporter = try ExporterRegistry.standard.exporter(named: nil, path: path)
    let tensors = try tensors().map { name, tensor in
      ExportedTensor(name: name, dtype: tensor.dtype, shape: tensor.shape) { tensor }
    }
    try exporter.write(tensors, to: path, overwriting: true) { _ in }
    return path
  }

  @Test(arguments: ["x.safetensors", "x.npz", "x.h5"])
  func `comes back as it was, in the same bytes each time`(name: String) throws {
    let scratch = try Scratch()
    let path = try Self.write(scratch, name)
    let first = try Data(contentsOf: URL(filePath: path))
    #expect(try Data(contentsOf: URL(filePath: Self.write(scratch, name))) == first)
    let checkpoint = try ImporterRegistry.standard.open(path)
    let expected = try Self.tensors()
    #expect(checkpoint.tensors.map { $0.name } == expected.map { $0.0 })
    for (imported, (_, tensor)) in zip(checkpoint.tensors, expected) {
      #expect(try imported.load() == tensor)
    }
  }

  /// Opens a file and reads all of it.
  private static func read(_ path: String) throws(ImportError) {
    for tensor in try ImporterRegistry.standard.open(path).tensors { _ = try tensor.load() }
  }

  @Test(arguments: ["x.safetensors", "x.npz"])
  func `refuses every truncation`(name: String) throws {
    let scratch = try Scratch()
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: try Self.write(scratch, name))))
    for length in 0..<bytes.count {
      let path = try scratch.write(Array(bytes.prefix(length)), to: "cut-\(name)")
      #expect(throws: ImportError.self) { try Self.read(path) }
    }
  }

  @Test(arguments: ["x.safetensors", "x.npz"])
  func `reads or refuses any changed byte, and never traps`(name: String) throws {
    let scratch = try Scratch()
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: try Self.write(scratch, name))))
    for index in bytes.indices {
      for change in [UInt8(1), 0x80, 0xFF] {
        var changed = bytes
        changed[index] ^= change
        let path = try scratch.write(changed, to: "changed-\(name)")
        do throws(ImportError) { try Self.read(path) } catch { #expect("\(error)".contains(path)) }
      }
    }
  }

  @Test func `refuses a safetensors header with a key twice`() throws {
    let scratch = try Scratch()
    let entry = "\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}"
    let header = Array("{\(entry),\(entry)}".utf8)
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
    let path = try scratch.write(length + header + [7], to: "twice.safetensors")
    #expect(
      throws: ImportError.malformed(
        path: path, dataset: nil, "the header is not a JSON object with unique keys")
    ) { try ImporterRegistry.standard.open(path) }
  }

  @Test func `refuses pickled arrays by name`() throws {
    let scratch = try Scratch()
    var header = Array("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".utf8)
    while (10 + header.count + 1) % 64 != 0 { header.append(0x20) }
    header.append(0x0A)
    let bytes = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.count), 0] + header + [0]
    let path = try scratch.write(bytes, to: "object.npy")
    #expect(
      throws: ImportError.unsupported(
        path: path, dataset: "object", "pickled Python objects")
    ) { try ImporterRegistry.standard.open(path) }
  }
}
