internal import TLCCore
internal import TLCHDF5
internal import TLCSystem

/// Reads any HDF5 file: every dataset of numbers becomes a tensor named by its path.
///
/// Datasets of text are ignored by the rule `text-dataset`; named types by `named-datatype`; a link
/// to a dataset becomes an alias, and any other link is ignored by `second-name`.
public enum GenericHDF5Importer: CheckpointImporter {
  public static let name = "hdf5"
  static let rules = 1

  public static func recognizes(_ input: ImportInput) -> Bool { input.hdf5 != nil }

  public static func open(_ input: ImportInput) throws(ImportError) -> ImportedCheckpoint {
    let file = try input.requireInventory()
    var tensors: [ImportedTensor] = []
    var ignored: [Accounting.Ignored] = []
    for path in file.datasets {
      let dataset = try importing { () throws(HDF5Error) in try file.file.dataset(path) }
      if dataset.element == .text {
        ignored.append(.init(path, by: "text-dataset"))
        continue
      }
      let name = String(path.dropFirst())
      tensors.append(try file.tensor(path, name: name, outputAxis: { kerasOutputAxis(name, $0) }))
    }
    let mapped = Set(tensors.map { Array($0.source.utf8) })
    var aliases: [ImportedAlias] = []
    for object in file.objects where object.kind != .dataset {
      guard let target = file.dataset(at: object.path), mapped.contains(Array(target.utf8)) else {
        continue
      }
      aliases.append(
        ImportedAlias(
          name: String(object.path.dropFirst()), target: String(target.dropFirst()),
          source: object.path))
    }
    for object in file.objects where object.kind == .namedDatatype {
      ignored.append(.init(object.path, by: "named-datatype"))
    }
    ignored += file.secondNames(besides: Set(aliases.map { Array($0.source.utf8) }))
    return try ImportedCheckpoint(
      importer: self.name, rules: rules, sources: [input.path], tensors: tensors,
      aliases: aliases, ignored: ignored)
  }
}
