import Foundation
import TLCImport
import TLCTestSupport
import Testing

/// What the safetensors package wrote, and headers that it would not.
@Suite struct SafetensorsImportTests {
  private static func path(_ file: String) -> String {
    Fixtures.path("imports/safetensors/\(file)")
  }

  private static func expected() throws -> [String: ExpectedArray] {
    try ExpectedArray.all("safetensors/expected.json", as: [String: ExpectedArray].self)
  }

  @Test func `imports every type that the package writes`() throws {
    let checkpoint = try ImporterRegistry.standard.open(Self.path("plain.safetensors"))
    #expect(checkpoint.assets.isEmpty)
    #expect(try ExpectedArray.contents(of: checkpoint) { $0.name } == Self.expected())
  }

  @Test func `keeps metadata as an asset`() throws {
    let checkpoint = try ImporterRegistry.standard.open(Self.path("metadata.safetensors"))
    #expect(
      checkpoint.assets == [
        ImportedAsset(
          name: "safetensors/metadata.json", mediaType: "application/json",
          bytes: Array("{\"format\":\"pt\"}".utf8))
      ])
  }

  @Test func `imports a set of shards, and says which file each tensor is in`() throws {
    let checkpoint = try ImporterRegistry.standard.open(Self.path("model.safetensors.index.json"))
    var expected = try Self.expected()
    expected["every/bfloat16"] = nil
    #expect(try ExpectedArray.contents(of: checkpoint) { $0.name } == expected)
    #expect(
      checkpoint.sources
        == [
          "model.safetensors.index.json", "model-00001-of-00002.safetensors",
          "model-00002-of-00002.safetensors",
        ].map { Self.path($0) })
    #expect(checkpoint.tensors.map { $0.file } == (0..<15).map { $0 % 2 + 1 })
    #expect(checkpoint.assets.count == 1)
  }

  @Test func `names a shard that is missing, and tensors that are astray`() throws {
    let scratch = try Scratch()
    let shard = "model-00001-of-00002.safetensors"
    let path = try scratch.write(
      Array("{\"weight_map\":{\"every/bool\":\"\(shard)\"}}".utf8),
      to: "model.safetensors.index.json")
    #expect(refusal(of: path) == "\(scratch.path(shard)): cannot open: No such file or directory")
    _ = try scratch.write(Fixtures.bytes("imports/safetensors/\(shard)"), to: shard)
    #expect(
      refusal(of: path)
        == "\(path): every/float32: it is not in the index, but in shard \(shard)")
    _ = try scratch.write(
      Array("{\"weight_map\":{\"every/none\":\"\(shard)\"}}".utf8),
      to: "model.safetensors.index.json")
    #expect(refusal(of: path) == "\(path): every/none: it is not in shard \(shard)")
    _ = try scratch.write(Array("{}".utf8), to: "model.safetensors.index.json")
    #expect(
      refusal(of: path) == "\(path): it is not JSON with unique keys and a \"weight_map\"")
  }

  /// A file of a header and data.
  private static func file(_ header: String, _ data: [UInt8] = []) -> [UInt8] {
    let header = Array(header.utf8)
    return (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header + data
  }

  private static func entry(_ dtype: String, _ shape: String, _ range: String) -> String {
    "{\"dtype\":\"\(dtype)\",\"shape\":\(shape),\"data_offsets\":\(range)}"
  }

  @Test(arguments: [
    (entry("U8", "[3]", "[0,4]"), "a: its range is not as long as u8 of shape [3] needs"),
    (entry("U8", "[4]", "[1,5]"), "a: its data_offsets are not a range of the 4 bytes of data"),
    (entry("U8", "[3]", "[1,4]"), "a: it starts at 1, and must start at 0"),
    (entry("U8", "[3]", "[0,3]"), "the tensors are 3 bytes, and the data 4"),
    (entry("U8", "[4]", "[4,0]"), "a: its data_offsets are not a range of the 4 bytes of data"),
    (entry("U8", "[4]", "[0,4,4]"), "a: its data_offsets are not a range of the 4 bytes of data"),
    (entry("U8", "[4]", "[-0,4]"), "a: its data_offsets are not a range of the 4 bytes of data"),
    (
      entry("U8", "[0]", "[9223372036854775807,9223372036854775807]"),
      "a: its data_offsets are not a range of the 4 bytes of data"
    ),
    (
      entry("U8", "[4294967296,4294967296]", "[0,4]"),
      "a: its shape is not up to 8 dimensions of fewer than 2^53 elements"
    ),
    (
      entry("U8", "[1,1,1,1,1,1,1,1,4]", "[0,4]"),
      "a: its shape is not up to 8 dimensions of fewer than 2^53 elements"
    ),
    (
      entry("U8", "[4.0]", "[0,4]"),
      "a: its shape is not up to 8 dimensions of fewer than 2^53 elements"
    ),
    (entry("F8_E4M3", "[4]", "[0,4]"), "a: elements of type F8_E4M3 cannot be imported"),
    (entry("C64", "[4]", "[0,4]"), "a: elements of type C64 cannot be imported"),
    (entry("BOOL", "[4]", "[0,4]"), "a: element 2 of a bool is 2, not 0 or 1"),
    ("{\"shape\":[4]}", "a: it has no dtype or no shape"),
    ("4", "a: it has no dtype or no shape"),
  ])
  func `refuses a tensor that is not as the format says`(entry: String, sentence: String) throws {
    let scratch = try Scratch()
    let bytes = Self.file("{\"a\":\(entry)}", [0, 1, 2, 3])
    let path = try scratch.write(bytes, to: "x.safetensors")
    #expect(refusal(of: path) == "\(path): \(sentence)")
  }

  @Test(arguments: [
    "", "{", "[]", "{}x", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}", " {}",
    "{\"a\":01}", "{\"a\":1.}", "{\"a\":.5}", "{\"a\":+1}", "{\"a\":-}", "{\"a\":1e}",
    "{\"a\":NaN}", "{\"a\":tru}", "{\"a\":[1,]}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12\"}",
    "{\"a\":\"\\uD800\"}", "{\"a\":\"\\uDC00\"}", "{\"a\":\"\\u+123\"}", "{\"a\":\"\n\"}",
    "{\"a\":1,\"\\u0061\":1}", "{\"a\":\(String(repeating: "[", count: 200))",
  ])
  func `refuses a header that is not JSON with unique keys`(header: String) throws {
    let scratch = try Scratch()
    let path = try scratch.write(Self.file(header + "  "), to: "x.safetensors")
    #expect(refusal(of: path) == "\(path): the header is not a JSON object with unique keys")
  }

  @Test func `reads escapes and white space of JSON`() throws {
    let scratch = try Scratch()
    let name = "\\u0041\\n\\u00e9\\ud83d\\ude00"
    let header = "{ \"\(name)\" :\t\(Self.entry("U8", "[ ]", "[0 , 1]"))\r\n}"
    let path = try scratch.write(Self.file(header, [7]), to: "x.safetensors")
    #expect(
      refusal(of: path)
        == "\(path): A\né😀: the name is not 1 to 1,024 bytes of UTF-8 without control characters")
  }

  @Test func `refuses a header whose length is not that of one`() throws {
    let scratch = try Scratch()
    let path = try scratch.write([1, 2, 3], to: "x.safetensors")
    #expect(
      refusal(of: path) == "\(path): it is 3 bytes, and the shortest safetensors file is 10")
    for length: [UInt8] in [[0, 0], [1, 0], [255, 255], [9, 0]] {
      let bytes = length + [0, 0, 0, 0, 0, 0] + Array("{}".utf8)
      _ = try scratch.write(bytes, to: "x.safetensors")
      #expect(
        refusal(of: path)
          == "\(path): the header is longer than the file, or not of 2 bytes to 100 MB")
    }
  }

  @Test func `refuses metadata that is not text`() throws {
    let scratch = try Scratch()
    let path = try scratch.write(
      Self.file("{\"__metadata__\":{\"a\":1}}"), to: "x.safetensors")
    #expect(refusal(of: path) == "\(path): __metadata__ is not a map from text to text")
  }
}
