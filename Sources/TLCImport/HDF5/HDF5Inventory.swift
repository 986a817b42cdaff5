internal import TLCCore
internal import TLCHDF5
internal import TLCSystem

/// An HDF5 file and all that is in it, of which an importer accounts for every dataset.
struct HDF5Inventory: Sendable {
  let file: HDF5File
  let objects: [HDF5Object]
  /// The kind of each object by its path's UTF-8 bytes: two paths that Unicode holds to be
  /// equivalent are two.
  private let kinds: [[UInt8]: HDF5Object.Kind]

  init(path: String) throws(ImportError) {
    self = try Self(file: try importing { () throws(HDF5Error) in try HDF5File(path: path) })
  }

  init(file: HDF5File) throws(ImportError) {
    self.file = file
    objects = try importing { () throws(HDF5Error) in try file.objects() }
    kinds = Dictionary(
      objects.map { (Array($0.path.utf8), $0.kind) }, uniquingKeysWith: { first, _ in first })
    for object in objects {
      switch object.kind {
      case .externalLink:
        throw .unsupported(path: file.path, dataset: object.path, "a link to another file")
      case .softLink(let target, nil):
        throw .malformed(
          path: file.path, dataset: object.path, "the link leads to \(target), which is not there")
      case .other:
        throw .unsupported(path: file.path, dataset: object.path, "an unknown kind of object")
      default: break
      }
    }
  }

  func isGroup(_ path: String) -> Bool { path == "/" || kinds[Array(path.utf8)] == .group }

  /// The first path of the dataset at a path, which may be a link to it.
  func dataset(at path: String) -> String? {
    switch kinds[Array(path.utf8)] {
    case .dataset: path
    case .hardLink(let target), .softLink(_, let target?):
      kinds[Array(target.utf8)] == .dataset ? target : nil
    default: nil
    }
  }

  /// The paths of all datasets under their first names.
  var datasets: [String] { objects.filter { $0.kind == .dataset }.map { $0.path } }

  func attribute(_ name: String, of object: String) throws(ImportError) -> HDF5Attribute? {
    try importing { () throws(HDF5Error) in try file.attribute(name, of: object) }
  }

  /// The text of an attribute, if it is there and is text.
  func text(_ name: String, of object: String) throws(ImportError) -> String? {
    guard case .string(let text) = try attribute(name, of: object) else { return nil }
    return text
  }

  /// A list of texts, which may be split over attributes `name0`, `name1` and so on, as Keras does
  /// where a list is longer than an attribute can be.
  func texts(_ name: String, of object: String) throws(ImportError) -> [String]? {
    if let whole = try part(name, of: object) { return whole }
    var texts: [String]?
    while let more = try part("\(name)\(texts == nil ? 0 : parts)", of: object) {
      texts = (texts ?? []) + more
      parts += 1
    }
    return texts
  }
}
