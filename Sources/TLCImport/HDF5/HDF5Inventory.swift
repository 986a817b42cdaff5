internal import TLCCore
internal import TLCHDF5
internal import TLCSystem

/// An HDF5 file and all that is in it, of which an importer accounts for every dataset.
struct HDF5Inventory: Sendable {
  let file: HDF5File
  let objects: [HDF5Object]
  /// The place of the file among the sources.
  var fileIndex = 0

  init(path: String) throws(ImportError) {
    self = try Self(file: try importing { () throws(HDF5Error) in try HDF5File(path: path) })
  }

  init(file: HDF5File) throws(ImportError) {
    self.file = file
    objects = try importing { () throws(HDF5Error) in try file.objects() }
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

  /// Whether the path is an object of this kind.
  func has(_ path: String, _ kind: HDF5Object.Kind) -> Bool {
    path == "/" ? kind == .group : objects.contains { $0.kind == kind && $0.path == path }
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
    switch try attribute(name, of: object) {
    case .strings(let texts): return texts
    case .string(let text): return [text]
    // An empty list is stored as an empty array of numbers.
    case .numbers(let numbers) where numbers.isEmpty: return []
    case .integers(let numbers) where numbers.isEmpty: return []
    case .some:
      throw .malformed(
        path: file.path, dataset: object, "attribute \"\(name)\" is not a list of text")
    case nil: break
    }
    var texts: [String]?
    var part = 0
    while case .strings(let more) = try attribute("\(name)\(part)", of: object) {
      texts = (texts ?? []) + more
      part += 1
    }
    return texts
  }

  /// A tensor of a dataset.
  func tensor(
    _ path: String, name: String, transforms: (Shape) -> [TensorTransform] = { _ in [] },
    outputAxis: (Shape) -> Int?
  ) throws(ImportError) -> ImportedTensor {
    let file = file
    let dataset = try importing { () throws(HDF5Error) in try file.dataset(path) }
    guard case .numeric(let dtype) = dataset.element else {
      throw .unsupported(path: file.path, dataset: path, "text as a tensor")
    }
    return ImportedTensor(
      name: name, dtype: dtype, sourceShape: dataset.shape, source: path, file: fileIndex,
      transforms: transforms(dataset.shape), outputAxis: outputAxis(dataset.shape)
    ) { parallelism throws(ImportError) in
      try importing { () throws(HDF5Error) in
        try file.read(dataset, parallelism: parallelism)
      }
    }
  }
}

/// Where a layer's outputs are in Keras's kernels: the last axis, but for an embedding's rows.
func kerasOutputAxis(_ name: String, _ shape: Shape) -> Int? {
  guard shape.rank >= 2 else { return nil }
  return name.contains("embedding") ? 0 : shape.rank - 1
}
