internal import TLCCore
internal import TLCSystem

/// Reads safetensors: a length, a JSON header, and the tensors' bytes.
///
/// The header is checked whole before a tensor is read: keys are unique, ranges follow one another
/// without holes from 0 to the end of the file, and each is as long as its type and shape need.
public enum SafetensorsImporter: CheckpointImporter {
  public static let name = "safetensors"
  static let rules = 1
  static let greatestHeaderByteCount = 100_000_000

  public static func recognizes(_ input: ImportInput) -> Bool {
    guard input.prefix.count > 8, input.prefix[8] == UInt8(ascii: "{") else { return false }
    return headerByteCount(input.prefix).map { $0 <= input.byteCount - 8 } ?? false
  }

  public static func open(_ input: ImportInput) throws(ImportError) -> ImportedCheckpoint {
    let contents = try contents(of: input, file: 0)
    return try ImportedCheckpoint(
      importer: name, rules: rules, sources: [input.path], tensors: contents.tensors,
      assets: contents.metadata.map { [$0] } ?? [])
  }

  private static func headerByteCount(_ prefix: [UInt8]) -> Int? {
    var count: UInt64 = 0
    for byte in (0..<8).reversed() { count = count << 8 | UInt64(prefix[byte]) }
    return count <= greatestHeaderByteCount ? Int(count) : nil
  }

  /// The tensors of a file, and its metadata as an asset.
  static func contents(
    of input: ImportInput, file index: Int
  ) throws(ImportError) -> (tensors: [ImportedTensor], metadata: ImportedAsset?) {
    func malformed(_ what: String, _ tensor: String? = nil) -> ImportError {
      .malformed(path: input.path, dataset: tensor, what)
    }
    guard input.byteCount >= 10, input.prefix.count >= 8,
      let length = headerByteCount(input.prefix), length <= input.byteCount - 8
    else { throw malformed("the header is longer than the file, or than 100 MB") }
    let file = input.file
    let header = try importing { () throws(IOError) in try file.read(at: 8, count: length) }
    guard header.first == UInt8(ascii: "{"), let members = StrictJSON(header)?.members else {
      throw malformed("the header is not a JSON object with unique keys")
    }
    var tensors: [ImportedTensor] = []
    var ranges: [(range: Range<Int>, name: String)] = []
    var metadata: ImportedAsset?
    for (key, value) in members {
      if key == "__metadata__" {
        guard let entries = value.members, entries.allSatisfy({ $0.value.text != nil }) else {
          throw malformed("__metadata__ is not a map from text to text")
        }
        metadata = Self.metadata(entries.map { ($0.key, $0.value.text ?? "") })
        continue
      }
      let (dtype, shape) = try description(value, key, input.path)
      guard let offsets = value["data_offsets"]?.elements, offsets.count == 2,
        let start = offsets[0].count, let end = offsets[1].count, start <= end,
        end - start == shape.count * dtype.byteCount
      else {
        throw malformed("its range is not as long as \(dtype) of shape \(shape) needs", key)
      }
      ranges.append((start..<end, key))
      let place = 8 + length + start
      let path = input.path
      tensors.append(
        ImportedTensor(
          name: key, dtype: dtype, sourceShape: shape, source: key, file: index,
          outputAxis: shape.rank >= 2 ? 0 : nil
        ) { _ throws(ImportError) in
          let bytes = try importing { () throws(IOError) in
            try file.read(at: place, count: shape.count * dtype.byteCount)
          }
          if dtype == .bool, let bad = bytes.firstIndex(where: { $0 > 1 }) {
            throw .malformed(
              path: path, dataset: key, "element \(bad) of a bool is \(bytes[bad]), not 0 or 1")
          }
          return Tensor(dtype: dtype, shape: shape, bytes: bytes)
        })
    }
    ranges.sort {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    var end = 0
    for (range, name) in ranges {
      guard range.lowerBound == end else {
        throw malformed("it starts at \(range.lowerBound), and must start at \(end)", name)
      }
      end = range.upperBound
    }
    guard end == input.byteCount - 8 - length else {
      throw malformed("the tensors end at \(8 + length + end), the file at \(input.byteCount)")
    }
    return (tensors, metadata)
  }

  private static func description(
    _ value: StrictJSON, _ name: String, _ path: String
  ) throws(ImportError) -> (DType, Shape) {
    guard let text = value["dtype"]?.text, let elements = value["shape"]?.elements else {
      throw .malformed(path: path, dataset: name, "it has no dtype or no shape")
    }
    let types: [String: DType] = [
      "BOOL": .bool, "U8": .u8, "I8": .i8, "U16": .u16, "I16": .i16, "U32": .u32, "I32": .i32,
      "U64": .u64, "I64": .i64, "F16": .f16, "BF16": .bf16, "F32": .f32, "F64": .f64,
    ]
    guard let dtype = types[text] else {
      throw .unsupported(path: path, dataset: name, "elements of type \(text)")
    }
    let dimensions = elements.compactMap { $0.count }
    guard dimensions.count == elements.count, let shape = Shape(dimensions) else {
      throw .malformed(
        path: path, dataset: name, "its shape is not up to 8 dimensions of fewer than 2^53 elements"
      )
    }
    return (dtype, shape)
  }

  /// The metadata as JSON with sorted keys.
  private static func metadata(_ entries: [(String, String)]) -> ImportedAsset {
    let sorted = entries.sorted { $0.0.precedesInUTF8($1.0) }
    let members = sorted.map { "\(JSONText.quoted($0.0)):\(JSONText.quoted($0.1))" }
    return ImportedAsset(
      name: "safetensors/metadata.json", mediaType: "application/json",
      bytes: Array("{\(members.joined(separator: ","))}".utf8))
  }
}
