import Foundation
public import TLCCore
import TLCSystem

/// Tensors as JSON: an object of arrays, nested as shapes say.
public enum JSONTensors {
  private static let greatestByteCount = 256 << 20

  /// Reads tensors in the file's order: `i64` where all numbers are written as integers, `bool`
  /// where all are `true` or `false`, else `f64`.
  ///
  /// - Throws: ``RunInputs/Mismatch`` where a value is no array of one shape, and what reading throws.
  static func read(_ path: String) throws -> [(name: String, tensor: Tensor)] {
    let file = try InputFile(path: path)
    func refusal(_ what: String) -> RunInputs.Mismatch {
      RunInputs.Mismatch(description: "\(path): \(what)")
    }
    guard file.byteCount <= greatestByteCount else {
      throw refusal("it is longer than 256 MiB; use .npz")
    }
    let bytes = try file.read(at: 0, count: file.byteCount)
    guard let members = StrictJSON(bytes)?.members else {
      throw refusal("it is not a JSON object of arrays of numbers")
    }
    return try members.map { name, value in
      guard let tensor = tensor(value) else {
        throw refusal("\"\(name)\" is not numbers in arrays of one shape")
      }
      return (name, tensor)
    }
  }

  private static func tensor(_ json: StrictJSON) -> Tensor? {
    var lengths: [Int] = []
    var level = json
    while let elements = level.elements {
      lengths.append(elements.count)
      guard lengths.count <= Shape.maximumRank else { return nil }
      guard let first = elements.first else { break }
      level = first
    }
    var leaves: [StrictJSON] = []
    func collect(_ json: StrictJSON, depth: Int) -> Bool {
      guard depth < lengths.count else {
        leaves.append(json)
        return json.elements == nil
      }
      guard let elements = json.elements, elements.count == lengths[depth] else { return false }
      return elements.allSatisfy { collect($0, depth: depth + 1) }
    }
    guard collect(json, depth: 0), let shape = Shape(lengths), shape.count == leaves.count else {
      return nil
    }
    let integers = leaves.compactMap { leaf in
      if case .number(let digits) = leaf { Int64(digits) } else { nil }
    }
    if integers.count == leaves.count, !leaves.isEmpty { return Tensor(integers, shape: shape) }
    let flags = leaves.compactMap { leaf in
      if case .boolean(let flag) = leaf { UInt8(flag ? 1 : 0) } else { nil }
    }
    if flags.count == leaves.count, !leaves.isEmpty {
      return Tensor(dtype: .bool, shape: shape, bytes: flags)
    }
    let numbers = leaves.compactMap { leaf in
      if case .number(let digits) = leaf { Double(digits) } else { nil }
    }
    return numbers.count == leaves.count ? Tensor(numbers, shape: shape) : nil
  }

  /// The tensors as JSON text: numbers in the shortest form that gives them back, and strings `nan`,
  /// `inf` and `-inf`.
  public static func text(_ tensors: [(name: String, tensor: Tensor)]) -> String {
    let members = tensors.map { name, tensor in
      (key: name, value: json(tensor))
    }
    return StrictJSON.object(members).json
  }

  private static func json(_ tensor: Tensor) -> StrictJSON {
    let leaves = leaves(tensor)
    func nested(_ axis: Int, _ range: Range<Int>) -> StrictJSON {
      guard axis < tensor.shape.rank else { return leaves[range.lowerBound] }
      let length = tensor.shape.dimensions[axis]
      guard length > 0 else { return .array([]) }
      let step = range.count / length
      return .array(
        (0..<length).map { i in
          let start = range.lowerBound + i * step
          return nested(axis + 1, start..<start + step)
        })
    }
    return nested(0, leaves.indices)
  }

  private static func leaves(_ tensor: Tensor) -> [StrictJSON] {
    func number(_ text: String, isFinite: Bool) -> StrictJSON {
      isFinite ? .number(text.hasSuffix(".0") ? String(text.dropLast(2)) : text) : .string(text)
    }
    switch tensor.dtype {
    case .bool: return tensor.bytes.map { .boolean($0 != 0) }
    case .f16, .bf16, .f32:
      return tensor.numbers.map { number("\(Float($0))", isFinite: $0.isFinite) }
    case .f64: return tensor.numbers.map { number("\($0)", isFinite: $0.isFinite) }
    case .u64: return tensor.elements(of: UInt64.self).map { .number("\($0)") }
    case .i64: return tensor.elements(of: Int64.self).map { .number("\($0)") }
    default: return tensor.numbers.map { .number("\(Int($0))") }
    }
  }
}
