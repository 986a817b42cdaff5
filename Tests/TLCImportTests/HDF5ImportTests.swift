import Foundation
import TLCCore
import TLCImport
import TLCSystem
import TLCTestSupport
import Testing

/// The files of `fixtures/imports/hdf5/`, which h5py wrote, against what numpy says of them.
@Suite struct HDF5ImportTests {
  struct Expected: Decodable, Sendable {
    struct Array: Decodable, Sendable {
      var dtype: String
      var shape: [Int]
      var sha256: String
    }
    var tensors: [String: Array]?
    var refused: String?
  }

  static let expected: [String: Expected] = {
    let data = (try? Fixtures.bytes("imports/hdf5/expected.json")).map { Data($0) }
    return data.flatMap { try? JSONDecoder().decode([String: Expected].self, from: $0) } ?? [:]
  }()

  @Test func `there are enough of them`() { #expect(Self.expected.count >= 15) }

  @Test(arguments: expected.keys.sorted(), [1, 3])
  func `imports every value, or refuses with its sentence`(file: String, threads: Int) throws {
    let path = Fixtures.path("imports/hdf5/\(file)")
    let expected = try #require(Self.expected[file])
    if let refused = expected.refused {
      let error = #expect(throws: ImportError.self) { try ImporterRegistry.standard.open(path) }
      #expect(error.map { "\($0)" } == "\(path): /x: \(refused)")
      return
    }
    let checkpoint = try ImporterRegistry.standard.open(path)
    let names = checkpoint.tensors.map { $0.name } + checkpoint.aliases.map { $0.name }
    #expect(names.sorted() == (expected.tensors ?? [:]).keys.sorted())
    for (name, array) in expected.tensors ?? [:] {
      let target = checkpoint.aliases.first { $0.name == name }?.target ?? name
      let tensor = try #require(checkpoint.tensors.first { $0.name == target }, "\(name)")
      let values = try tensor.load(Parallelism(threads: threads))
      #expect(values.dtype.rawValue == array.dtype, "\(name)")
      #expect(values.shape.dimensions == array.shape, "\(name)")
      #expect(Digest(of: values.bytes.span).hex == array.sha256, "\(name)")
    }
  }

  @Test func `accounts for every dataset of links, once`() throws {
    let checkpoint = try ImporterRegistry.standard.open(Fixtures.path("imports/hdf5/links.h5"))
    #expect(checkpoint.accounting.mapped.map { $0.source } == ["/group/a", "/hard", "/soft"])
    #expect(
      checkpoint.accounting.ignored == [
        Accounting.Ignored("/loop", by: "second-name"),
        Accounting.Ignored("/text", by: "text-dataset"),
      ])
  }
}
