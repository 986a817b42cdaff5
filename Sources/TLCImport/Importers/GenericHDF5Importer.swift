internal import TLCCore
internal import TLCHDF5
internal import TLCSystem

/// Reads any HDF5 file: every dataset of numbers becomes a tensor named by its path.
///
/// Datasets of text are ignored by the rule `text-dataset`; named types by `named-datatype`; a link
/// to a dataset becomes an alias, one to a group is ignored by `second-name`.
public enum GenericHDF5Importer: CheckpointImporter {
  public static let name = "hdf5"
  static let rules = 1

  public static func recognizes(_ input: ImportInput) -> Bool {
    var offset = 0
    while offset + 8 <= input.byteCount {
      let place = offset
      let bytes = try? importing { () throws(IOError) in try input.file.read(at: place, count: 8) }
      if let bytes, HDF5File.isSignature(bytes.span) { return true }
      offset = offset == 0 ? 512 : offset * 2
    }
    return false
  }

  public static func open(_ input: ImportInput) throws(ImportError) -> ImportedCheckpoint {
    let file = try HDF5Inventory(path: input.path)
    var tensors: [ImportedTensor] = []
    var aliases: [ImportedAlias] = []
    var ignored: [Accounting.Ignored] = []
    var names: Set<String> = []
    for object in file.objects where object.kind == .dataset {
      let dataset = try importing { () throws(HDF5Error) in try file.file.dataset(object.path) }
      if dataset.element == .text {
        ignored.append(.init(object.path, by: "text-dataset"))
        continue
      }
      names.insert(object.path)
      let name = String(object.path.dropFirst())
      tensors.append(
        try file.tensor(object.path, name: name, outputAxis: { kerasOutputAxis(name, $0) }))
    }
    for object in file.objects {
      switch object.kind {
      case .hardLink(let target), .softLink(_, let target?):
        if names.contains(target) {
          aliases.append(
            ImportedAlias(
              name: String(object.path.dropFirst()), target: String(target.dropFirst()),
              source: object.path))
        } else {
          ignored.append(.init(object.path, by: "second-name"))
        }
      case .namedDatatype: ignored.append(.init(object.path, by: "named-datatype"))
      default: break
      }
    }
    return try ImportedCheckpoint(
      importer: self.name, rules: rules, sources: [input.path], tensors: tensors,
      aliases: aliases, ignored: ignored)
  }
}
