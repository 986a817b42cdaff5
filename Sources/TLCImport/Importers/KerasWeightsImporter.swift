internal import TLCCore
internal import TLCHDF5

/// Reads `.weights.h5` of Keras 3: variables at `…/vars/0`, `…/vars/1` and so on.
///
/// A tensor is named by its path. Optimizer state is ignored by the rule `optimizer-state`.
public enum KerasWeightsImporter: CheckpointImporter {
  public static let name = "keras-weights"
  static let rules = 1

  public static func recognizes(_ input: ImportInput) -> Bool {
    guard GenericHDF5Importer.recognizes(input) else { return false }
    guard let file = try? HDF5Inventory(path: input.path) else { return false }
    let datasets = file.datasets
    return !datasets.isEmpty && datasets.allSatisfy { isVariable($0) }
  }

  /// Whether a path ends in `vars` and a number.
  private static func isVariable(_ path: String) -> Bool {
    let parts = path.split(separator: "/").suffix(2)
    return parts.count == 2 && parts.first == "vars"
      && parts.last?.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        == true
  }

  public static func open(_ input: ImportInput) throws(ImportError) -> ImportedCheckpoint {
    let contents = try contents(of: try HDF5Inventory(path: input.path))
    return try ImportedCheckpoint(
      importer: name, rules: rules, sources: [input.path], tensors: contents.tensors,
      ignored: contents.ignored)
  }

  static func contents(
    of file: HDF5Inventory
  ) throws(ImportError) -> (tensors: [ImportedTensor], ignored: [Accounting.Ignored]) {
    var tensors: [ImportedTensor] = []
    for path in file.datasets where !path.hasPrefix("/optimizer/") {
      guard isVariable(path) else { throw .unmapped(path: file.file.path, dataset: path) }
      let name = String(path.dropFirst())
      var tensor = try file.tensor(path, name: name, outputAxis: { kerasOutputAxis(name, $0) })
      // Keras stores bfloat16 as 16-bit integers, and says so beside them.
      if tensor.dtype == .u16, try file.text("dtype", of: path) == "bfloat16" {
        tensor = tensor.asBFloat16()
      }
      tensors.append(tensor)
    }
    return (
      tensors,
      try file.ignored(besides: Set(tensors.map { $0.source }), optimizerGroups: ["/optimizer"])
    )
  }
}

extension ImportedTensor {
  /// The same bits as bfloat16.
  fileprivate func asBFloat16() -> ImportedTensor {
    ImportedTensor(
      name: name, dtype: .bf16, sourceShape: shape, source: source, file: file,
      outputAxis: outputAxis
    ) { parallelism throws(ImportError) in
      Tensor(dtype: .bf16, shape: shape, bytes: try load(parallelism).bytes)
    }
  }
}
