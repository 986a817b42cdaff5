import TLCCore
import TLCImport
import TLCModel
import TLCSystem
import TLCText

/// The samples of a file of calibration data.
///
/// By the file's ending: `.npz .npy .safetensors .h5 .hdf5 .json` are inputs of the graph by name,
/// whose first axis is divided into samples; `.ids` are lines of token ids, behind a tab
/// those of `decoder_input_ids`; all else is text, one sample a line. An attention mask and token types that are not given are ones and zeros.
struct CalibrationSamples {
  private enum Content {
    case tensors([String: Tensor], count: Int)
    case ids([(read: [Int32], written: [Int32]?)])
    case texts([String], TextInputs)
  }

  /// The number of samples.
  let count: Int
  private let content: Content
  private let inputs: [Graph.Input]

  private static let greatestByteCount = 256 << 20
  private static let written = "decoder_input_ids"
  private static let endings = [".npz", ".npy", ".safetensors", ".h5", ".hdf5", ".json"]

  /// - Parameters:
  ///   - path: of the file.
  ///   - inputs: what a run of the graph is given.
  ///   - assets: the assets of the checkpoint, by name, with its tokenizer.
  /// - Throws: ``CalibrationError`` where there is no sample, or the file is wrong; what reading
  ///   throws.
  init(_ path: String, for inputs: [Graph.Input], assets: [String: [UInt8]]) throws {
    self.inputs = inputs
    if Self.endings.contains(where: { path.hasSuffix($0) }) {
      let tensors = try Self.completed(
        RunInputs.read(path, for: inputs, optional: ["attention_mask", "token_type_ids"]), inputs)
      count = Self.sampleCount(of: tensors, inputs)
      content = .tensors(tensors, count: count)
    } else if path.hasSuffix(".ids") {
      let isWritten = inputs.contains { $0.name == Self.written }
      let rows = try Self.lines(of: path).enumerated().map { place, line in
        let sides = try line.split(separator: "\t", omittingEmptySubsequences: false).map { side in
          try side.split(separator: " ").map { word in
            guard let id = Int32(word), id >= 0 else {
              throw CalibrationError.malformed(
                path: path, "line \(place + 1) of samples has \"\(word)\", which is no token id")
            }
            return id
          }
        }
        guard sides.count == (isWritten ? 2 : 1) else {
          throw CalibrationError.malformed(
            path: path,
            "line \(place + 1) of samples has \(sides.count - 1) tabs, and the model takes tokens"
              + (isWritten ? ", a tab and those of \(Self.written)" : " alone"))
        }
        return (read: sides[0], written: isWritten ? sides[1] : nil)
      }
      count = rows.count
      content = .ids(rows)
    } else {
      let texts = try Self.lines(of: path)
      count = texts.count
      content = .texts(texts, try TextInputs(assets: assets))
    }
    guard count > 0 else { throw CalibrationError.empty(path: path) }
  }

  /// The inputs of a sample.
  ///
  /// - Throws: what the tokenizer throws.
  func sample(_ place: Int) throws -> [String: Tensor] {
    switch content {
    case .tensors(let tensors, let count):
      return count == 1 ? tensors : tensors.mapValues { $0.sample(place) }
    case .ids(let rows):
      func tensor(_ ids: [Int32]) -> Tensor? {
        Shape([1, ids.count]).map { Tensor(ids.map { Int64($0) }, shape: $0) }
      }
      var tensors: [String: Tensor] = [:]
      tensors["input_ids"] = tensor(rows[place].read)
      tensors = try Self.completed(tensors, inputs)
      tensors[Self.written] = rows[place].written.flatMap(tensor)
      return tensors
    case .texts(let texts, let model):
      return try model.tensors(
        try model.tokenizer.encode([(model.settings.prepared(texts[place]), nil)]), for: inputs)
    }
  }

  /// The lines of a file of UTF-8 that are not blank.
  private static func lines(of path: String) throws -> [String] {
    let file = try InputFile(path: path)
    guard file.byteCount <= greatestByteCount else {
      throw CalibrationError.malformed(path: path, "it is longer than 256 MiB")
    }
    let bytes = try file.read(at: 0, count: file.byteCount)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw CalibrationError.malformed(
        path: path, "it is neither UTF-8 nor of an ending of tensors")
    }
    return text.split(whereSeparator: \.isNewline).map { String($0) }.filter { line in
      line.contains { !$0.isWhitespace }
    }
  }

  /// Where ids are given, a mask of ones and types of zeros in place of those that are not.
  private static func completed(
    _ tensors: [String: Tensor], _ inputs: [Graph.Input]
  ) throws -> [String: Tensor] {
    guard let ids = tensors["input_ids"] else { return tensors }
    var tensors = tensors
    for input in inputs where tensors[input.name] == nil {
      let value: Int64 = input.name == "attention_mask" ? 1 : 0
      guard ["attention_mask", "token_type_ids"].contains(input.name), input.type.dtype == .i64
      else { continue }
      tensors[input.name] = Tensor(
        Array(repeating: value, count: ids.shape.count), shape: ids.shape)
    }
    return tensors
  }

  /// The length of the first axis, where all inputs share it and the graph leaves it open; else 1.
  private static func sampleCount(of tensors: [String: Tensor], _ inputs: [Graph.Input]) -> Int {
    let first = inputs.map { $0.type.dimensions.first }
    guard let axis = first.first ?? nil, axis.length == nil,
      first.allSatisfy({ $0 == axis }),
      let count = tensors.values.first?.shape.dimensions.first,
      tensors.values.allSatisfy({ $0.shape.dimensions.first == count })
    else { return tensors.values.contains { $0.shape.count == 0 } ? 0 : 1 }
    return tensors.values.contains { $0.shape.count == 0 } ? 0 : count
  }
}

extension Tensor {
  /// One place of the first axis, which stays.
  fileprivate func sample(_ place: Int) -> Tensor {
    var dimensions = shape.dimensions
    dimensions[0] = 1
    guard let one = Shape(dimensions) else { return self }
    let length = one.count * dtype.byteCount
    return Tensor(
      dtype: dtype, shape: one, bytes: Array(bytes[place * length..<(place + 1) * length]))
  }
}
