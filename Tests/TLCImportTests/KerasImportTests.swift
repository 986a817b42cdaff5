import Foundation
import TLCCore
import TLCImport
import TLCTestSupport
import Testing

/// The files of `fixtures/imports/keras/`: what Keras wrote against what h5py reads, and what it
/// would not write.
@Suite struct KerasImportTests {
  private static func open(_ file: String) throws -> ImportedCheckpoint {
    try ImporterRegistry.standard.open(Fixtures.path("imports/keras/\(file)"))
  }

  @Test(arguments: [
    ("keras2-whole.h5", "keras-hdf5", 13), ("keras2-weights.h5", "keras-hdf5", 0),
    ("keras2-split.h5", "keras-hdf5", 0), ("keras2-nested.h5", "keras-hdf5", 0),
    ("keras3-legacy.h5", "keras-hdf5", 14), ("keras3.weights.h5", "keras-weights", 10),
    ("keras3.keras", "keras-archive", 10),
  ])
  func `imports every weight, and ignores the optimizer's by rule`(
    file: String, importer: String, ignored: Int
  ) throws {
    let checkpoint = try Self.open(file)
    #expect(checkpoint.importer == importer)
    let expected = try ExpectedArray.all(
      "keras/expected.json", as: [String: [String: ExpectedArray]].self)
    var arrays = try #require(expected[file])
    #expect(checkpoint.accounting.ignored.count == ignored)
    for dataset in checkpoint.accounting.ignored {
      #expect(dataset.rule == "optimizer-state")
      #expect(arrays.removeValue(forKey: String(dataset.source.dropFirst())) != nil)
    }
    // numpy has no bfloat16: h5py reads it as two bytes.
    for (path, var array) in arrays where array.dtype == "|V2" {
      array.dtype = "bfloat16"
      arrays[path] = array
    }
    let found = try ExpectedArray.contents(of: checkpoint) { String($0.source.dropFirst()) }
    #expect(found == arrays)
  }

  @Test func `names weights as recorded, behind their layer where that is needed`() throws {
    #expect(
      try Self.open("keras2-weights.h5").tensors.map { $0.name } == [
        "hidden/bias", "hidden/kernel", "norm/beta", "norm/gamma", "norm/moving_mean",
        "norm/moving_variance", "scores/bias", "scores/kernel",
      ])
    #expect(
      try Self.open("keras2-nested.h5").tensors.map { $0.name } == [
        "dense/dense/bias", "dense/dense/kernel", "embedding/embeddings", "inner/dense/bias",
        "inner/dense/kernel", "shared/bias", "shared/kernel",
      ])
    #expect(
      try Self.open("keras3.weights.h5").tensors.map { "\($0.name) \($0.dtype)" } == [
        "layers/dense/vars/0 f32", "layers/dense/vars/1 f32", "layers/dense_1/vars/0 bf16",
        "layers/dense_1/vars/1 bf16",
      ])
  }

  @Test func `says which weights a layer lists, in its order`() throws {
    func layers(_ file: String) throws -> [String] {
      try Self.open(file).layers.map { "\($0.name): \($0.weights.joined(separator: " "))" }
    }
    #expect(
      try layers("keras2-nested.h5") == [
        "embedding: embedding/embeddings", "shared: shared/kernel shared/bias",
        "inner: inner/dense/kernel inner/dense/bias", "dense: dense/dense/kernel dense/dense/bias",
      ])
    #expect(
      try layers("keras3.weights.h5") == [
        "layers/dense: layers/dense/vars/0 layers/dense/vars/1",
        "layers/dense_1: layers/dense_1/vars/0 layers/dense_1/vars/1",
      ])
    #expect(try layers("keras3.keras") == layers("keras3.weights.h5"))
  }

  @Test func `says along which axis a layer's outputs lie`() throws {
    let axes = try Self.open("keras2-nested.h5").tensors.map { $0.outputAxis }
    #expect(axes == [nil, 1, 0, nil, 1, nil, 1])
  }

  @Test func `keeps configuration as assets, a Lambda's code as text in it`() throws {
    let assets = try Self.open("keras2-nested.h5").assets
    #expect(assets.map { $0.name } == ["keras/model_config.json", "keras/version.json"])
    let model = try JSONSerialization.jsonObject(with: Data(assets[0].bytes)) as? [String: Any]
    #expect(model?["class_name"] as? String == "Functional")
    #expect(String(decoding: assets[0].bytes, as: UTF8.self).contains("\"Lambda\""))
    #expect(
      assets[1].bytes
        == Array("{\"backend\":\"tensorflow\",\"keras_version\":\"2.19.0\"}".utf8))
    #expect(
      try Self.open("keras3.keras").assets.map { $0.name } == [
        "keras/config.json", "keras/metadata.json",
      ])
  }

  @Test func `makes an alias of a weight that is a link to another's dataset`() throws {
    let checkpoint = try Self.open("crafted-tied.h5")
    #expect(checkpoint.tensors.map { $0.name } == ["first/kernel"])
    #expect(
      checkpoint.aliases == [
        ImportedAlias(
          name: "second/kernel", target: "first/kernel", source: "/second/second/kernel:0")
      ])
    #expect(checkpoint.accounting.ignored == [.init("/second/soft", by: "second-name")])
  }

  @Test(arguments: [
    (
      "missing-weight",
      "/second/second/kernel:0: the weight is listed in layer second, but is not a dataset of the"
        + " file"
    ),
    ("missing-layer", "/second: the layer is listed, but is not a group of the file"),
    (
      "unlisted-dataset",
      "/second/mask: no layer lists this dataset, and no rule ignores it; the importer hdf5 takes"
        + " every dataset"
    ),
    (
      "equivalent-names",
      "/first/cafe\u{301}: no layer lists this dataset, and no rule ignores it; the importer hdf5"
        + " takes every dataset"
    ),
    ("text-weight", "/second/second/kernel:0: text as a tensor cannot be imported"),
    ("names-as-numbers", "/second: attribute \"weight_names\" is not a list of text"),
  ])
  func `refuses what is neither mapped nor ignored`(file: String, sentence: String) throws {
    let path = Fixtures.path("imports/keras/crafted-\(file).h5")
    let found = try #require(refusal(of: path))
    #expect(found.utf8.elementsEqual("\(path): \(sentence)".utf8))
  }

  @Test func `takes every dataset of a Keras file with the importer for any HDF5`() throws {
    let path = Fixtures.path("imports/keras/crafted-unlisted-dataset.h5")
    let checkpoint = try ImporterRegistry.standard.open(path, importer: "hdf5")
    #expect(
      checkpoint.tensors.map { $0.name } == [
        "first/first/kernel:0", "second/mask", "second/second/kernel:0",
      ])
  }

  @Test func `refuses a truncated archive as damaged`() throws {
    let scratch = try Scratch()
    let bytes = try Fixtures.bytes("imports/keras/keras3.keras")
    let path = try scratch.write(Array(bytes.dropLast()), to: "cut.keras")
    #expect(refusal(of: path) == "\(path): the zip archive is damaged: it has no directory")
  }

  @Test(arguments: ["keras2-split.h5", "keras3.weights.h5"])
  func `refuses truncations`(file: String) throws {
    let scratch = try Scratch()
    let bytes = try Fixtures.bytes("imports/keras/\(file)")
    for length in stride(from: 0, to: bytes.count, by: 7) {
      let path = try scratch.write(Array(bytes.prefix(length)), to: "cut.h5")
      #expect(refusal(of: path) != nil, "\(length) bytes")
    }
  }
}
