public import TLCCore
import TLCImport
public import TLCModel

/// The tensors that a run is given, read from a file.
public enum RunInputs {
  /// Why a file's tensors cannot be a graph's inputs.
  public struct Mismatch: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String
  }

  /// Reads a tensor for each input of a graph, by name; where both have but one, whatever its name.
  ///
  /// `.npz`, `.npy`, safetensors, HDF5, or JSON: an object of arrays of numbers, nested as the shape
  /// says. Integers become the graph's integer type where they fit; floating-point numbers are
  /// rounded to the graph's type, to nearest even.
  /// - Throws: ``Mismatch``, and what reading throws.
  public static func read(_ path: String, for inputs: [Graph.Input]) throws -> [String: Tensor] {
    try read(path, for: inputs, optional: [])
  }

  /// The same, where inputs of these names may be missing.
  static func read(
    _ path: String, for inputs: [Graph.Input], optional: Set<String>
  ) throws -> [String: Tensor] {
    func refusal(_ what: String) -> Mismatch { Mismatch(description: "\(path): \(what)") }
    let found: [(name: String, tensor: Tensor)]
    if path.hasSuffix(".json") {
      found = try JSONTensors.read(path)
    } else {
      found = try ImporterRegistry.standard.open(path).tensors.map { ($0.name, try $0.load()) }
    }
    var tensors: [String: Tensor] = [:]
    for input in inputs {
      let isOnly =
        found.count == 1 && inputs.count { !optional.contains($0.name) } == 1
        && !optional.contains(input.name)
      guard let match = found.first(where: { isOnly || $0.name.equalsInUTF8(input.name) }) else {
        if optional.contains(input.name) { continue }
        throw refusal(
          "it has no \"\(input.name)\", which the graph takes as \(input.type); it has "
            + found.map { $0.name }.joined(separator: ", "))
      }
      guard let tensor = match.tensor.converted(to: input.type.dtype) else {
        throw refusal(
          "\"\(match.name)\" is \(match.tensor.dtype), whose values are not all \(input.type.dtype)"
            + " numbers, which the graph takes")
      }
      tensors[input.name] = tensor
    }
    return tensors
  }
}

extension Tensor {
  /// The same values in another type: integers where all fit, floating-point numbers rounded; `nil`
  /// where that cannot be.
  fileprivate func converted(to dtype: DType) -> Tensor? {
    guard dtype != self.dtype else { return self }
    if let target = dtype.floatingElementType {
      func rounded<Target: FloatingTensorElement>(_: Target.Type) -> Tensor {
        Tensor(numbers.map { Target(rounding: Float($0)) }, shape: shape)
      }
      return dtype == .f64 ? Tensor(numbers, shape: shape) : rounded(target)
    }
    guard !self.dtype.isFloatingPoint else { return nil }
    func integers<Target: TensorElement & FixedWidthInteger>(_: Target.Type) -> Tensor? {
      func convert<Source: TensorElement & FixedWidthInteger>(_: Source.Type) -> Tensor? {
        let converted = elements(of: Source.self).compactMap { Target(exactly: $0) }
        guard converted.count == shape.count else { return nil }
        let plain = Tensor(converted, shape: shape)
        guard dtype != .bool || converted.allSatisfy({ $0 <= 1 }) else { return nil }
        return Tensor(dtype: dtype, shape: shape, bytes: plain.bytes)
      }
      guard let source = self.dtype.elementType as? any (TensorElement & FixedWidthInteger).Type
      else { return nil }
      return convert(source)
    }
    guard let target = dtype.elementType as? any (TensorElement & FixedWidthInteger).Type else {
      return nil
    }
    return integers(target)
  }
}
