internal import TLCCore
internal import TLCSystem

/// The header of a safetensors file, checked whole before a tensor is read: keys are unique, ranges
/// follow one another without holes from 0 to the end of the file, and each is as long as its type
/// and shape need.
struct SafetensorsHeader {
  static let greatestByteCount = 100_000_000

  /// In the order of the header.
  private(set) var tensors: [ImportedTensor] = []
  /// The file's metadata, with sorted keys.
  private(set) var metadata: ImportedAsset?

  private static let types: [String: DType] = [
    "BOOL": .bool, "U8": .u8, "I8": .i8, "U16": .u16, "I16": .i16, "U32": .u32, "I32": .i32,
    "U64": .u64, "I64": .i64, "F16": .f16, "BF16": .bf16, "F32": .f32, "F64": .f64,
  ]

  /// - Parameter index: the place of the file among the sources.
  init(_ input: ImportInput, file index: Int) throws(ImportError) {
    func malformed(_ what: String, _ tensor: String? = nil) -> ImportError {
      .malformed(path: input.path, dataset: tensor, what)
    }
    guard input.byteCount >= 10 else {
      throw malformed("it is \(input.byteCount) bytes, and the shortest safetensors file is 10")
    }
    let length = input.prefix.number(at: 0, byteCount: 8)
    guard (2...Self.greatestByteCount).contains(length), length <= input.byteCount - 8 else {
      throw malformed("the header is longer than the file, or not of 2 bytes to 100 MB")
    }
    let file = input.file
    let bytes = try importing { () throws(IOError) in try file.read(at: 8, count: length) }
    guard bytes.first == UInt8(ascii: "{"), let members = StrictJSON(bytes)?.members else {
      throw malformed("the header is not a JSON object with unique keys")
    }
    let dataByteCount = input.byteCount - 8 - length
    var ranges: [(range: Range<Int>, name: String)] = []
    for (key, value) in members {
      if key == "__metadata__" {
        metadata = try Self.metadata(value, input.path)
        continue
      }
      let (dtype, shape) = try Self.description(value, key, input.path)
      guard let offsets = value["data_offsets"]?.elements, offsets.count == 2,
        let start = offsets[0].count, let end = offsets[1].count, start <= end,
        end <= dataByteCount
      else {
        throw malformed(
          "its data_offsets are not a range of the \(dataByteCount) bytes of data", key)
      }
      guard end - start == shape.count * dtype.byteCount else {
        throw malformed("its range is not as long as \(dtype) of shape \(shape) needs", key)
      }
      ranges.append((start..<end, key))
      tensors.append(
        Self.tensor(key, dtype, shape, input, file: index, at: 8 + length + start))
    }
    try Self.requireChain(ranges, dataByteCount, input.path)
  }

  private static func tensor(
    _ name: String, _ dtype: DType, _ shape: Shape, _ input: ImportInput, file index: Int,
    at place: Int
  ) -> ImportedTensor {
    let file = input.file
    return ImportedTensor(
      name: name, dtype: dtype, sourceShape: shape, source: name, file: index,
      outputAxis: pyTorchOutputAxis(name, shape)
    ) { _ throws(ImportError) in
      let bytes = try importing { () throws(IOError) in
        try file.read(at: place, count: shape.count * dtype.byteCount)
      }
      let tensor = Tensor(dtype: dtype, shape: shape, bytes: bytes)
      try requireBooleans(tensor, path: file.path, dataset: name)
      return tensor
    }
  }

  /// Requires that ranges follow one another from 0 to the end.
  private static func requireChain(
    _ ranges: [(range: Range<Int>, name: String)], _ dataByteCount: Int, _ path: String
  ) throws(ImportError) {
    let sorted = ranges.sorted {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    var end = 0
    for (range, name) in sorted {
      guard range.lowerBound == end else {
        throw .malformed(
          path: path, dataset: name, "it starts at \(range.lowerBound), and must start at \(end)")
      }
      end = range.upperBound
    }
    guard end == dataByteCount else {
      throw .malformed(
        path: path, dataset: nil, "the tensors are \(end) bytes, and the data \(dataByteCount)")
    }
  }

  private static func description(
    _ value: StrictJSON, _ name: String, _ path: String
  ) throws(ImportError) -> (DType, Shape) {
    guard let text = value["dtype"]?.text, let elements = value["shape"]?.elements else {
      throw .malformed(path: path, dataset: name, "it has no dtype or no shape")
    }
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

  private static func metadata(
    _ value: StrictJSON, _ path: String
  ) throws(ImportError) -> ImportedAsset {
    guard let entries = value.members, entries.allSatisfy({ $0.value.text != nil }) else {
      throw .malformed(path: path, dataset: nil, "__metadata__ is not a map from text to text")
    }
    let sorted = entries.sorted { $0.key.precedesInUTF8($1.key) }
    return ImportedAsset(json: StrictJSON.object(sorted).json, name: "safetensors/metadata.json")
  }
}
