import Foundation
import TLCCore
import TLCExport
import TLCImport
import TLCTestSupport
import Testing

/// What exporters write, against the formats' own software, and what they refuse to write.
@Suite struct ExporterTests {
  private struct Stop: Error {}

  private static func tensor(_ name: String, _ tensor: Tensor) -> ExportedTensor {
    ExportedTensor(name: name, dtype: tensor.dtype, shape: tensor.shape) { tensor }
  }

  private static func write(_ tensors: [ExportedTensor], to path: String) throws {
    try ExporterRegistry.standard.exporter(named: nil, path: path)
      .write(tensors, to: path, overwriting: false) { _ in }
  }

  /// The bytes of `fixtures/imports/safetensors/plain.safetensors`, which the safetensors package
  /// wrote, from its tensors in another order.
  @Test func `writes safetensors byte for byte as the reference does`() throws {
    let scratch = try Scratch()
    let source = Fixtures.path("imports/safetensors/plain.safetensors")
    let tensors = try ImporterRegistry.standard.open(source).tensors.reversed().map { tensor in
      ExportedTensor(name: tensor.name, dtype: tensor.dtype, shape: tensor.shape) {
        try tensor.load()
      }
    }
    let path = scratch.path("x.safetensors")
    try Self.write(Array(tensors), to: path)
    #expect(
      [UInt8](try Data(contentsOf: URL(filePath: path)))
        == (try Fixtures.bytes("imports/safetensors/plain.safetensors")))
  }

  @Test func `escapes names in safetensors`() throws {
    let scratch = try Scratch()
    let path = scratch.path("x.safetensors")
    try Self.write([Self.tensor("\u{1}\t\"\\é", Tensor([1] as [UInt8], shape: .scalar))], to: path)
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    #expect(
      String(decoding: bytes[8...], as: UTF8.self).hasPrefix("{\"\\u0001\\t\\\"\\\\é\":{\"dtype\""))
  }

  @Test(arguments: [
    ("x.npz", ["a"], DType.bf16, "tensor \"a\": NumPy has no bf16 elements; safetensors has"),
    ("x.h5", ["a"], .bf16, "tensor \"a\": HDF5 has no bf16 elements; safetensors has"),
    ("x.safetensors", ["a", "b", "a"], .u8, "tensor \"a\": two tensors have this name"),
    ("x.npz", ["a", "a"], .u8, "tensor \"a\": two tensors have this name"),
    ("x.h5", ["a", "/a"], .u8, "tensor \"/a\": two tensors would be the dataset of this path"),
    ("x.h5", ["a/b", "a"], .u8, "tensor \"a\": it would be a dataset, and for \"a/b\" a group"),
    ("x.h5", ["a/../b"], .u8, "tensor \"a/../b\": the name is not a path of an HDF5 file"),
    ("x.h5", ["a//b"], .u8, "tensor \"a//b\": the name is not a path of an HDF5 file"),
    ("x.h5", [""], .u8, "tensor \"\": the name is not a path of an HDF5 file"),
    (
      "x.safetensors", ["__metadata__"], .u8,
      "tensor \"__metadata__\": safetensors keeps this name for itself"
    ),
    ("x.onnx", ["a"], .u8, "x.onnx: no format to export to; there are safetensors, hdf5, npz, npy"),
  ])
  func `refuses what a format cannot hold, and writes nothing`(
    file: String, names: [String], dtype: DType, sentence: String
  ) throws {
    let scratch = try Scratch()
    let bytes = [UInt8](repeating: 0, count: dtype.byteCount)
    let tensors = names.map {
      Self.tensor($0, Tensor(dtype: dtype, shape: .scalar, bytes: bytes))
    }
    let error = #expect(throws: ExportError.self) {
      try Self.write(tensors, to: scratch.path(file))
    }
    #expect(error.map { "\($0)".replacing(scratch.path(file), with: file) } == sentence)
    #expect(try scratch.names() == [])
  }

  @Test(arguments: ["x.safetensors", "x.h5", "x.npz"])
  func `leaves the old file, and nothing else, when it is ended`(file: String) throws {
    let scratch = try Scratch()
    let path = try scratch.write([1, 2, 3], to: file)
    let tensors = [Self.tensor("a", Tensor([1, 2] as [Float], shape: try #require(Shape([2]))))]
    let exporter = try ExporterRegistry.standard.exporter(named: nil, path: path)
    #expect(throws: Stop.self) {
      try exporter.write(tensors, to: path, overwriting: true) { _ in throw Stop() }
    }
    let failing = [ExportedTensor(name: "a", dtype: .f32, shape: .scalar) { throw Stop() }]
    #expect(throws: Stop.self) {
      try exporter.write(failing, to: path, overwriting: true) { _ in }
    }
    #expect(throws: (any Error).self) {
      try exporter.write(tensors, to: path, overwriting: false) { _ in }
    }
    #expect(try scratch.names() == [file])
    #expect([UInt8](try Data(contentsOf: URL(filePath: path))) == [1, 2, 3])
  }

  @Test func `tells the bytes of each tensor that is done`() throws {
    let scratch = try Scratch()
    let tensors = [
      Self.tensor("b", Tensor([1, 2] as [Float], shape: try #require(Shape([2])))),
      Self.tensor("a", Tensor([1] as [Double], shape: .scalar)),
    ]
    for file in ["x.safetensors", "x.h5", "x.npz"] {
      var counts: [Int] = []
      try ExporterRegistry.standard.exporter(named: nil, path: file)
        .write(tensors, to: scratch.path(file), overwriting: false) { counts.append($0) }
      #expect(counts == [8, 8])
    }
  }

  @Test func `makes groups of the levels of a name in HDF5`() throws {
    let scratch = try Scratch()
    let path = scratch.path("x.h5")
    let values = Tensor([1, 2] as [Float16], shape: try #require(Shape([2])))
    try Self.write([Self.tensor("dense/dense/kernel:0", values)], to: path)
    let tensors = try ImporterRegistry.standard.open(path).tensors
    #expect(tensors.map { $0.source } == ["/dense/dense/kernel:0"])
    #expect(try tensors.first?.load() == values)
  }
}
