import Foundation
import TLCCompress
import TLCCore
import TLCSystem
import TLCTestSupport
import Testing

@testable import TLCFormat

/// Writes tensors, and reads them back.
@Suite struct RoundTripTests {
  static let provenance = Provenance(
    importer: "test", importerRules: 1, recipe: "", seed: 0,
    sources: [
      .init(name: "x", byteCount: 0, digest: Digest(bytes: Array(repeating: 0, count: 32)))
    ],
    tool: "test", toolVersion: "1")

  /// Every kind of values, with and without zeros enough for masks.
  private static func values(seed: UInt64) throws -> (any TensorValues, Tensor, [MaskPattern]) {
    var arbitrary = Arbitrary(seed: seed)
    let shape = try #require(Shape([arbitrary.int(in: 1...40), arbitrary.int(in: 1...90)]))
    var tensor = Tensor(arbitrary.floats(shape.count), shape: shape)
    let source = tensor
    var patterns: [MaskPattern] = []
    switch seed % 4 {
    case 1:
      let pruner = MagnitudePruner(sparsity: Double(arbitrary.int(in: 1...19)) / 20)
      tensor = tensor.pruned(keeping: try pruner.mask(for: tensor, parallelism: .serial))
    case 2:
      let pruner = NOfMPruner(n: 2, m: 4, axis: 1)
      tensor = tensor.pruned(keeping: try pruner.mask(for: tensor, parallelism: .serial))
      patterns = [.nOfM(n: 2, m: 4, axis: 1)]
    case 3:
      let pruner = BlockPruner(sparsity: 0.7, rows: 4, columns: 8)
      tensor = tensor.pruned(keeping: try pruner.mask(for: tensor, parallelism: .serial))
      patterns = [.block([4, 8])]
    default: break
    }
    let quantizers: [any Quantizer] = [
      RoundToNearestQuantizer(bits: 8, granularity: Granularity(axis: 0)),
      RoundToNearestQuantizer(
        bits: 4, isSymmetric: false, granularity: Granularity(axis: 1, groupSize: 32)),
      UniformStepQuantizer(step: 0.2), KMeansQuantizer(entryCount: 8),
      MinMaxQuantizer(bits: 6), TrellisQuantizer(step: 0.3),
      TrellisQuantizer(step: 0.7, states: TrellisStates(count: 4), axis: 1),
    ]
    let choice = arbitrary.int(in: 0...quantizers.count)
    let values: any TensorValues =
      choice == quantizers.count
      ? tensor : try quantizers[choice].quantize(tensor, parallelism: .serial)
    return (values, source, patterns)
  }

  @Test(arguments: UInt64(0)..<120)
  func `decodes to the values that were written, in no more bytes than dense`(seed: UInt64) throws {
    let (values, source, patterns) = try Self.values(seed: seed)
    let encoded = [1, 3].map {
      TensorEncoder(patterns: patterns, parallelism: Parallelism(threads: $0))
        .encode(values, name: "w", source: source, origin: nil)
    }
    #expect(encoded[0].storedByteCount <= source.bytes.count)
    let scratch = try Scratch()
    var roots: [Digest] = []
    for (i, tensor) in encoded.enumerated() {
      let writer = try CheckpointWriter(
        path: scratch.path("\(i).tlcq"), overwriting: false, provenance: Self.provenance)
      try writer.append(tensor)
      try writer.appendAsset(name: "a.txt", mediaType: "text/plain", bytes: Array("hello".utf8))
      roots.append(try writer.finish())
    }
    #expect(roots[0] == roots[1])
    let reader = try CheckpointReader(path: scratch.path("0.tlcq"))
    let record = try #require(reader.record(named: "w"))
    for threads in [1, 2] {
      let decoded = try reader.tensor(
        record, parallelism: Parallelism(threads: threads), checkingContent: true)
      #expect(decoded == values.decoded())
    }
    #expect(try reader.uniformValues(record) == encoded[0].uniformValues)
    let bytes = encoded[0].uniformValues.flatMap { ByteCodes($0) }
    #expect(try reader.byteCodes(record) == bytes)
    let measured = try reader.certificate(of: record, against: source)
    guard case .stored(let stored) = record.content else { return }
    #expect(measured == stored.certificate)
    #expect(try reader.bytes(of: reader.assets[0]) == Array("hello".utf8))
  }

  @Test func `says the least version that has what is in it`() throws {
    let scratch = try Scratch()
    let source = Tensor([1, -2, 0.5, 3], shape: try #require(Shape([4])))
    let trellis = try TrellisQuantizer(step: 0.5).quantize(source, parallelism: .serial)
    let all: [(values: any TensorValues, minor: UInt8)] = [(source, 0), (trellis, 2)]
    for (values, minor) in all {
      let writer = try CheckpointWriter(
        path: scratch.path("version.tlcq"), overwriting: true, provenance: Self.provenance)
      try writer.append(TensorEncoder().encode(values, name: "w", source: source, origin: nil))
      try writer.finish()
      let bytes = try Data(contentsOf: scratch.root.appending(path: "version.tlcq"))
      #expect(bytes[10] == minor && bytes[11] == 0)
    }
  }

  @Test(arguments: [1, 20, 400])
  func `a manifest is deflated from 16 KiB on, and read as it was`(count: Int) throws {
    let scratch = try Scratch()
    let path = scratch.path("manifest.tlcq")
    let writer = try CheckpointWriter(
      path: path, overwriting: true, provenance: Self.provenance)
    let source = Tensor([1, -2, 0.5, 3], shape: try #require(Shape([4])))
    for place in 0..<count {
      try writer.append(
        TensorEncoder().encode(source, name: "layer.\(place)", source: source, origin: nil))
    }
    let expected = writer.finishedByteCount
    try writer.finish()
    let reader = try CheckpointReader(path: path)
    let superblock = reader.superblock
    #expect(reader.byteCount == expected && reader.tensors.count == count)
    let isLarge = reader.manifestBytes.count >= 1 << 14
    #expect(isLarge == (count == 400))
    #expect(superblock.required == (isLarge ? [.deflatedManifest] : []))
    #expect(superblock.minor == (isLarge ? 3 : 0))
    #expect(superblock.manifestRawByteCount == (isLarge ? reader.manifestBytes.count : 0))
    #expect(superblock.manifest.count < reader.manifestBytes.count / (isLarge ? 4 : 1) + 1)
    for record in reader.tensors {
      #expect(try reader.tensor(record, checkingContent: true) == source)
    }
  }

  /// A file of one tensor, small enough to be cut and changed everywhere.
  private static func smallFile(_ scratch: Scratch) throws -> [UInt8] {
    let (values, source, patterns) = try Self.values(seed: 1)
    let writer = try CheckpointWriter(
      path: scratch.path("small.tlcq"), overwriting: true, provenance: Self.provenance)
    try writer.append(
      TensorEncoder(patterns: patterns).encode(values, name: "w", source: source, origin: nil))
    try writer.finish()
    return [UInt8](try Data(contentsOf: scratch.root.appending(path: "small.tlcq")))
  }

  private static func isAccepted(_ path: String) throws -> Bool {
    do throws(CheckpointError) {
      let reader = try CheckpointReader(path: path)
      try reader.verifyDigests()
      for record in reader.tensors { _ = try reader.tensor(record, checkingContent: true) }
      return true
    } catch {
      guard case .format = error else { throw error }
      return false
    }
  }

  @Test func `refuses every truncation`() throws {
    let scratch = try Scratch()
    let bytes = try Self.smallFile(scratch)
    for length in 0..<bytes.count {
      let path = try scratch.write(Array(bytes.prefix(length)), to: "cut.tlcq")
      #expect(try !Self.isAccepted(path), "cut to \(length) bytes")
    }
    let path = try scratch.write(bytes + [0], to: "cut.tlcq")
    #expect(try !Self.isAccepted(path), "a byte longer")
  }

  @Test func `refuses a change of any byte`() throws {
    let scratch = try Scratch()
    let bytes = try Self.smallFile(scratch)
    #expect(try Self.isAccepted(try scratch.write(bytes, to: "whole.tlcq")))
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= UInt8(1 << (index % 8))
      let path = try scratch.write(changed, to: "changed.tlcq")
      #expect(try !Self.isAccepted(path), "byte \(index)")
    }
  }
}
