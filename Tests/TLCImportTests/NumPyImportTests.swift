import Foundation
import TLCImport
import TLCTestSupport
import Testing

/// What NumPy wrote, what is refused of it, and archives that are not right.
@Suite struct NumPyImportTests {
  private static func path(_ file: String) -> String { Fixtures.path("imports/numpy/\(file)") }

  @Test(arguments: ["stored.npz", "deflated.npz"])
  func `imports every type, order and shape as NumPy sees it`(file: String) throws {
    let checkpoint = try ImporterRegistry.standard.open(Self.path(file))
    let expected = try ExpectedArray.all(
      "numpy/expected.json", as: [String: ExpectedArray].self)
    #expect(checkpoint.importer == "numpy")
    #expect(try ExpectedArray.contents(of: checkpoint) { $0.name } == expected)
  }

  @Test(arguments: 1...3)
  func `imports an array of each version under its file's name`(version: Int) throws {
    let checkpoint = try ImporterRegistry.standard.open(Self.path("version-\(version).npy"))
    let tensor = try #require(checkpoint.tensors.first)
    #expect(tensor.name == "version-\(version)")
    #expect(try tensor.load().elements(of: Float.self) == [0, 1, 2, 3, 4, 5])
  }

  @Test(arguments: [
    ("object", "pickled Python objects"), ("text", "elements of type <U2"),
    ("bytes", "elements of type |S2"), ("complex", "elements of type <c8"),
    ("structured", "a structured array"), ("date", "elements of type <M8[s]"),
    ("wide", "elements of type <f16"),
  ])
  func `refuses by name what is no tensor`(file: String, what: String) {
    let path = Self.path("\(file).npy")
    #expect(refusal(of: path) == "\(path): \(file): \(what) cannot be imported")
  }

  /// An array with a header of one's own.
  private static func array(_ header: String, _ data: [UInt8], version: [UInt8] = [1, 0]) -> [UInt8]
  {
    [0x93] + Array("NUMPY".utf8) + version + [UInt8(header.utf8.count), 0] + Array(header.utf8)
      + data
  }

  private static let notDictionary =
    "its header is not a dictionary of descr, fortran_order and shape"

  @Test(arguments: [
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (3)}", notDictionary),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", notDictionary),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': 3}", notDictionary),
    ("{'descr': '<f4', 'fortran_order': 0, 'shape': ()}", notDictionary),
    ("{'descr': '<f4', 'fortran_order': False}", notDictionary),
    ("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': ()}", notDictionary),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (), 'x': ()}", notDictionary),
    ("{'descr': __import__('os'), 'fortran_order': False, 'shape': ()}", notDictionary),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': ()} 1", notDictionary),
    ("{'descr': '<f4", notDictionary),
    ("{'descr': [('a', '<f4'", notDictionary),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", notDictionary
    ),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}",
      "its data are 4 bytes, and f32 of shape [3] takes 12"
    ),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 1, 1, 1, 1, 1, 1, 1)}",
      "its shape [1, 1, 1, 1, 1, 1, 1, 1, 1] is not up to 8 dimensions of fewer than 2^53 elements"
    ),
    (
      "{'descr': '|b1', 'fortran_order': False, 'shape': (4,)}",
      "element 1 of a bool is 2, not 0 or 1"
    ),
  ])
  func `refuses a header that is not NumPy's`(header: String, sentence: String) throws {
    let scratch = try Scratch()
    let path = try scratch.write(Self.array(header, [1, 2, 0, 1]), to: "x.npy")
    #expect(refusal(of: path) == "\(path): x: \(sentence)")
  }

  @Test func `reads the headers of Python 2, and refuses versions that are not known`() throws {
    let scratch = try Scratch()
    let header = "{\"descr\": '<i2', 'fortran_order': False, 'shape': (1L, 2L), }\n"
    let path = try scratch.write(Self.array(header, [1, 0, 2, 0]), to: "x.npy")
    let checkpoint = try ImporterRegistry.standard.open(path)
    #expect(try checkpoint.tensors.first?.load().elements(of: Int16.self) == [1, 2])
    _ = try scratch.write(Self.array(header, [1, 0, 2, 0], version: [4, 0]), to: "x.npy")
    #expect(refusal(of: path) == "\(path): x: version 4.0 of .npy cannot be imported")
  }

  /// Changes bytes of the archive of `stored.npz`, from the end of a signature on.
  private static func changed(
    _ signature: [UInt8], last: Bool = false, _ change: (inout [UInt8], Int) -> Void
  ) throws -> [UInt8] {
    var bytes = try Fixtures.bytes("imports/numpy/stored.npz")
    let places = bytes.indices.filter { bytes[$0...].starts(with: signature) }
    change(&bytes, try #require(last ? places.last : places.first))
    return bytes
  }

  private static let member: [UInt8] = [0x50, 0x4B, 1, 2]
  private static let end: [UInt8] = [0x50, 0x4B, 5, 6]

  private func expectRefusal(
    _ bytes: [UInt8], _ sentence: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let scratch = try Scratch()
    let path = try scratch.write(bytes, to: "x.npz")
    #expect(refusal(of: path) == "\(path): \(sentence)", sourceLocation: sourceLocation)
  }

  @Test func `refuses an archive whose directory is not right`() throws {
    let damaged = "the zip archive is damaged: "
    try expectRefusal(
      Self.changed(Self.member) { bytes, at in bytes[at + 8] |= 1 },
      "little/u2.npy: an encrypted member cannot be imported")
    try expectRefusal(
      Self.changed(Self.member) { bytes, at in bytes[at + 10] = 12 },
      "little/u2.npy: zip compression of method 12 cannot be imported")
    try expectRefusal(
      Self.changed(Self.member) { bytes, at in bytes[at + 16] ^= 1 },
      damaged + "member little/u2.npy does not have the checksum it states")
    try expectRefusal(
      Self.changed(Self.member) { bytes, at in bytes[at + 24] ^= 1 },
      damaged + "member little/u2.npy cannot be as long as it says")
    try expectRefusal(
      Self.changed(Self.member) { bytes, at in bytes[at + 46] = UInt8(ascii: "m") },
      damaged + "member mittle/u2.npy has another name in its own header")
    try expectRefusal(
      Self.changed(Self.member) { bytes, at in bytes[at + 42] = 1 },
      damaged + "member little/u2.npy is not where the directory says")
    try expectRefusal(
      Self.changed(Self.member) { bytes, at in bytes[at + 46] = 0xFF },
      damaged + "the name of a member is not UTF-8")
    try expectRefusal(
      Self.changed(Self.end) { bytes, at in bytes[at + 4] = 1 },
      "a zip archive of several disks cannot be imported")
    try expectRefusal(
      Self.changed(Self.end) { bytes, at in
        bytes[at + 8] += 1
        bytes[at + 10] += 1
      }, damaged + "its directory is cut short")
    try expectRefusal(
      Self.changed(Self.end) { bytes, at in
        bytes[at + 8] -= 1
        bytes[at + 10] -= 1
      }, damaged + "its directory has more bytes than members")
    try expectRefusal(
      Self.changed(Self.end) { bytes, at in bytes[at + 18] = 0xFF },
      damaged + "a part lies outside of the file")
  }

  @Test func `finds the directory before a comment`() throws {
    let scratch = try Scratch()
    let comment = Self.end + Array("comment".utf8)
    var bytes = try Self.changed(Self.end) { bytes, at in bytes[at + 20] = UInt8(comment.count) }
    bytes += comment
    #expect(refusal(of: try scratch.write(bytes, to: "x.npz")) == nil)
  }

  @Test func `refuses an importer that there is not`() {
    let error = #expect(throws: ImportError.self) {
      try ImporterRegistry.standard.open(Self.path("stored.npz"), importer: "onnx")
    }
    #expect(
      error.map { "\($0)" }
        == "onnx: not the name of an importer; there are safetensors-index,"
        + " huggingface-hdf5-index, safetensors, keras-archive, numpy, huggingface-hdf5,"
        + " keras-hdf5, keras-weights, hdf5")
  }

  @Test func `names the formats it knows when it knows none for the file`() {
    let path = Self.path("generate.py")
    #expect(
      refusal(of: path)
        == "\(path): not a format that can be imported; these can: safetensors-index,"
        + " huggingface-hdf5-index, safetensors, keras-archive, numpy, huggingface-hdf5,"
        + " keras-hdf5, keras-weights, hdf5")
  }
}
