internal import TLCCore
public import TLCModel

/// The tensors of a checkpoint by name, aliases among them.
struct CheckpointTensors {
  private var tensors: [[UInt8]: ImportedTensor] = [:]
  /// The tensors that aliases stand for, by the alias' name.
  private var targets: [[UInt8]: String] = [:]

  init(_ checkpoint: ImportedCheckpoint) {
    for tensor in checkpoint.tensors { tensors[Array(tensor.name.utf8)] = tensor }
    for alias in checkpoint.aliases { targets[Array(alias.name.utf8)] = alias.target }
  }

  /// The tensor of a name, or that which an alias of the name stands for.
  subscript(name: String) -> ImportedTensor? {
    tensors[Array((targets[Array(name.utf8)] ?? name).utf8)]
  }

  /// The tensor that the first name has which there is.
  ///
  /// - Throws: ``LoweringError`` where there is none, or its shape is another.
  func require(_ names: [String], shape: [Int]) throws(LoweringError) -> ImportedTensor {
    guard let tensor = names.lazy.compactMap({ self[$0] }).first else {
      throw .malformed(
        place: "tensor \"\(names[0])\"",
        "the model needs it, and the checkpoint has no tensor of the name")
    }
    guard tensor.shape.dimensions == shape else {
      throw .malformed(
        place: "tensor \"\(tensor.name)\"",
        "its shape is \(tensor.shape), and the configuration asks for \(shape)")
    }
    guard [.f32, .f16, .bf16, .f64].contains(tensor.dtype) else {
      throw .malformed(
        place: "tensor \"\(tensor.name)\"", "it is \(tensor.dtype), and no floating point")
    }
    return tensor
  }

  /// The one of two tensors that are to be equal, where both are there: PyTorch's tied weights.
  ///
  /// - Throws: ``LoweringError`` where they differ, or cannot be read.
  func requireEqual(_ first: ImportedTensor, _ second: ImportedTensor) throws(LoweringError) {
    guard !first.name.equalsInUTF8(second.name) else { return }
    do throws(ImportError) {
      if first.dtype == second.dtype, first.shape == second.shape,
        try first.load() == second.load()
      {
        return
      }
    } catch {
      throw .malformed(place: "tensor \"\(second.name)\"", "\(error)")
    }
    throw .malformed(
      place: "tensor \"\(second.name)\"",
      "it differs from \"\(first.name)\", and the configuration says that the two are one")
  }
}

extension ImportedCheckpoint {
  /// The names of tensors that a graph does not use, in order: heads that it leaves out, and what
  /// only training needs.
  ///
  /// - Parameter graph: a graph of this checkpoint.
  public func names(unusedBy graph: Graph) -> [String] {
    var used: Set<[UInt8]> = []
    for initializer in graph.initializers { used.insert(Array(initializer.tensor.utf8)) }
    for alias in aliases where used.contains(Array(alias.name.utf8)) {
      used.insert(Array(alias.target.utf8))
    }
    return tensors.map(\.name).filter { !used.contains(Array($0.utf8)) }
  }
}
