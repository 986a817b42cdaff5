internal import TLCCore
internal import TLCHDF5

/// Reads `.weights.h5` of Keras 3: variables at `…/vars/0`, `…/vars/1` and so on.
///
/// A tensor is named by its path. Optimizer state is ignored by the rule `optimizer-state`.
public enum KerasWeightsImporter: CheckpointImporter {
  public static let name = "keras-weights"
  static let rules = 1

  public static func recognizes(_ input: ImportInput) -> Bool {
    guard let datasets = input.inventory?.datasets else { return false }
    return !datasets.isEmpty && datasets.allSatisfy { isVariable($0) }
  }

  /// Whether a path ends in `vars` and a key: a number, or what a layer of its own kind says.
  private static func isVariable(_ path: String) -> Bool {
    let parts = path.split(separator: "/")
    return parts.count >= 2 && parts[parts.count - 2] == "vars"
  }

  public static func open(_ input: ImportInput) throws(ImportError) -> ImportedCheckpoint {
    let contents = try contents(of: try input.requireInventory())
    return try ImportedCheckpoint(
      importer: name, rules: rules, sources: [input.path], tensors: contents.tensors,
      layers: contents.layers, ignored: contents.ignored)
  }

  /// What a file of weights gives to a checkpoint.
  struct Contents {
    var tensors: [ImportedTensor]
    var layers: [ImportedLayer]
    var ignored: [Accounting.Ignored]
  }

  static func contents(of file: HDF5Inventory) throws(ImportError) -> Contents {
    var tensors: [ImportedTensor] = []
    for path in file.datasets where !path.utf8.starts(with: "/optimizer/".utf8) {
      guard isVariable(path) else { throw .unmapped(path: file.file.path, dataset: path) }
      let name = String(path.dropFirst())
      tensors.append(try file.tensor(path, name: name, outputAxis: { kerasOutputAxis(name, $0) }))
    }
    return Contents(
      tensors: tensors, layers: layers(of: tensors),
      ignored: try file.ignored(besides: tensors.map { $0.source }, optimizer: "/optimizer"))
  }

  /// A layer is a path before `/vars/`; its weights are in order of their numbers.
  private static func layers(of tensors: [ImportedTensor]) -> [ImportedLayer] {
    var keys: [String: [(key: String, name: String)]] = [:]
    for tensor in tensors {
      let parts = tensor.name.split(separator: "/", omittingEmptySubsequences: false)
      let path = parts.dropLast(2).joined(separator: "/")
      keys[path, default: []].append((String(parts[parts.count - 1]), tensor.name))
    }
    return keys.keys.sorted { $0.precedesInUTF8($1) }.map { path in
      let weights = (keys[path] ?? []).sorted { first, second in
        switch (Int(first.key), Int(second.key)) {
        case (let a?, let b?) where a != b: a < b
        default: first.key.precedesInUTF8(second.key)
        }
      }
      return ImportedLayer(name: path, weights: weights.map { $0.name })
    }
  }
}
