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
    if let whole = try list(name, of: object) { return whole }
    var texts: [String]?
    var part = 0
    while let more = try list("\(name)\(part)", of: object) {
      texts = (texts ?? []) + more
      part += 1
    }
    return texts
  }

  /// The list of texts of one attribute; `nil` where there is no such attribute.
  private func list(_ name: String, of object: String) throws(ImportError) -> [String]? {
    switch try attribute(name, of: object) {
    case .strings(let texts): return texts
    case .string(let text): return [text]
    // An empty list is stored as an empty array of numbers.
    case .numbers(let numbers) where numbers.isEmpty: return []
    case .integers(let numbers) where numbers.isEmpty: return []
    case .some:
      throw .malformed(
        path: file.path, dataset: object, "attribute \"\(name)\" is not a list of text")
    case nil: return nil
    }
  }

  /// A tensor of a dataset.
  func tensor(
    _ path: String, name: String, file index: Int = 0,
    transforms: (Shape) -> [TensorTransform] = { _ in [] }, outputAxis: (Shape) -> Int?
  ) throws(ImportError) -> ImportedTensor {
    let file = file
    let dataset = try importing { () throws(HDF5Error) in try file.dataset(path) }
    guard case .numeric(let dtype) = dataset.element else {
      throw .unsupported(path: file.path, dataset: path, "text as a tensor")
    }
    return ImportedTensor(
      name: name, dtype: dtype, sourceShape: dataset.shape, source: path, file: index,
      transforms: transforms(dataset.shape), outputAxis: outputAxis(dataset.shape)
    ) { parallelism throws(ImportError) in
      let tensor = try importing { () throws(HDF5Error) in
        try file.read(dataset, parallelism: parallelism)
      }
      try requireBooleans(tensor, path: file.path, dataset: path)
      return tensor
    }
  }

  /// The links that no tensor or alias was made of: second names of what is accounted for.
  func secondNames(besides mapped: Set<[UInt8]>) -> [Accounting.Ignored] {
    objects.compactMap { object in
      switch object.kind {
      case .softLink, .hardLink:
        mapped.contains(Array(object.path.utf8)) ? nil : .init(object.path, by: "second-name")
      default: nil
      }
    }
  }
}

/// Refuses a bool of which an element is neither 0 nor 1.
func requireBooleans(
  _ tensor: Tensor, path: String, dataset: String
) throws(ImportError) {
  guard tensor.dtype == .bool, let bad = tensor.bytes.firstIndex(where: { $0 > 1 }) else { return }
  throw .malformed(
    path: path, dataset: dataset, "element \(bad) of a bool is \(tensor.bytes[bad]), not 0 or 1")
}

/// Where a layer's outputs are in Keras's kernels: the last axis, but for an embedding's rows.
func kerasOutputAxis(_ name: String, _ shape: Shape) -> Int? {
  guard shape.rank >= 2 else { return nil }
  return name.contains("embedding") ? 0 : shape.rank - 1
}
