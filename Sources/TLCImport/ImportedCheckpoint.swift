public import TLCCore
public import TLCModel
public import TLCSystem

/// A tensor that an importer found, and can read.
public struct ImportedTensor: Sendable {
  /// The name that it is stored under.
  public var name: String
  /// The type of the elements.
  public var dtype: DType
  /// The shape in stored orientation.
  public var shape: Shape
  /// The source's own name of the dataset.
  public var source: String
  /// The place of its file in ``ImportedCheckpoint/sources``.
  public var file: Int
  /// What leads from the source's orientation to the stored one, in order.
  public var transforms: [TensorTransform]
  /// The axis of a layer's outputs, or of an embedding's rows; `nil` below rank 2.
  public var outputAxis: Int?
  private let read: @Sendable (Parallelism) throws(ImportError) -> Tensor

  /// Creates a tensor whose values are read later.
  ///
  /// - Parameters:
  ///   - name: the name that it is stored under.
  ///   - dtype: the type of its elements.
  ///   - sourceShape: the shape in the source's orientation.
  ///   - source: the source's own name of the dataset.
  ///   - file: the place of its file in ``ImportedCheckpoint/sources``.
  ///   - transforms: what leads from the source's orientation to the stored one, in order.
  ///   - outputAxis: the axis of a layer's outputs in stored orientation.
  ///   - read: reads the dataset in the source's orientation.
  public init(
    name: String, dtype: DType, sourceShape: Shape, source: String, file: Int = 0,
    transforms: [TensorTransform] = [], outputAxis: Int? = nil,
    read: @escaping @Sendable (Parallelism) throws(ImportError) -> Tensor
  ) {
    self.name = name
    self.dtype = dtype
    shape = transforms.reduce(sourceShape) { $1.shape(from: $0) ?? $0 }
    self.source = source
    self.file = file
    self.transforms = transforms
    self.outputAxis = outputAxis
    self.read = read
  }

  /// Reads the values, in stored orientation.
  public func load(_ parallelism: Parallelism = .serial) throws(ImportError) -> Tensor {
    transforms.reduce(try read(parallelism)) { $1.applied(to: $0) }
  }

  /// The bytes of the elements.
  public var byteCount: Int { shape.count * dtype.byteCount }
}

/// A second name of an imported tensor, such as a tied weight.
public struct ImportedAlias: Equatable, Sendable {
  /// The second name.
  public var name: String
  /// The name of an imported tensor of the same type and shape.
  public var target: String
  /// The source's own name.
  public var source: String

  /// Creates an alias.
  public init(name: String, target: String, source: String) {
    self.name = name
    self.target = target
    self.source = source
  }
}

/// A file that travels with the model.
public struct ImportedAsset: Equatable, Sendable {
  /// The name that it is stored under.
  public var name: String
  /// As in MIME.
  public var mediaType: String
  /// The content.
  public var bytes: [UInt8]

  /// Creates an asset.
  public init(name: String, mediaType: String, bytes: [UInt8]) {
    self.name = name
    self.mediaType = mediaType
    self.bytes = bytes
  }
}

/// A layer of a source that lists its weights in an order, which configurations count on.
public struct ImportedLayer: Equatable, Sendable {
  /// The source's own name of the layer: a name that its configuration knows, or a path.
  public var name: String
  /// The names of tensors and aliases, in the layer's own order.
  public var weights: [String]

  /// Creates a layer of weights.
  public init(name: String, weights: [String]) {
    self.name = name
    self.weights = weights
  }
}

/// What became of each dataset of a source: it is mapped, or ignored by a named rule.
public struct Accounting: Equatable, Sendable {
  /// A dataset that became a tensor or an alias.
  public struct Mapped: Equatable, Sendable {
    /// The source's own name of the dataset.
    public var source: String
    /// The name that it is stored under.
    public var name: String
  }

  /// A dataset that was left out.
  public struct Ignored: Equatable, Sendable {
    /// The source's own name of the dataset.
    public var source: String
    /// The rule's name, in kebab-case.
    public var rule: String
  }

  /// The datasets that are stored, in order of source.
  public var mapped: [Mapped] = []
  /// The datasets that are left out, in order of source.
  public var ignored: [Ignored] = []

  /// Creates an account of nothing.
  public init() {}
}

/// A foreign checkpoint, open: what is in it, and the means to read it.
public struct ImportedCheckpoint: Sendable {
  /// The importer's name.
  public var importer: String
  /// The version of its mapping rules.
  public var rules: Int
  /// The paths of the files that it reads.
  public var sources: [String]
  /// The licence that the source, or the model card beside it, states.
  public var license: String?
  /// In order of name by UTF-8 bytes, each name once.
  public var tensors: [ImportedTensor]
  /// Second names, in order of name.
  public var aliases: [ImportedAlias]
  /// Which weights a layer has, in the order of the source; empty where a format knows no layers.
  public var layers: [ImportedLayer]
  /// The files that travel with the model, in order of name.
  public var assets: [ImportedAsset]
  /// The computation, where the source states it as a graph; `nil` where a configuration is lowered.
  public var graph: Graph?
  /// What became of each dataset.
  public var accounting: Accounting

  /// Puts tensors in order, and accounts for them.
  ///
  /// - Throws: ``ImportError`` where two have one name, a name is none, or the target of an alias
  ///   is no tensor.
  public init(
    importer: String, rules: Int, sources: [String], tensors: [ImportedTensor],
    aliases: [ImportedAlias] = [], layers: [ImportedLayer] = [], assets: [ImportedAsset] = [],
    ignored: [Accounting.Ignored] = []
  ) throws(ImportError) {
    self.importer = importer
    self.rules = rules
    self.sources = sources
    self.tensors = tensors.sorted { $0.name.precedesInUTF8($1.name) }
    self.aliases = aliases.sorted { $0.name.precedesInUTF8($1.name) }
    self.layers = layers
    self.assets = assets.sorted { $0.name.precedesInUTF8($1.name) }
    let path = sources.first ?? ""
    let names = (self.tensors.map { ($0.name, $0.source) } + aliases.map { ($0.name, $0.source) })
      .sorted { $0.0.precedesInUTF8($1.0) }
    for (name, source) in names {
      guard (1...1_024).contains(name.utf8.count),
        name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
      else {
        throw .malformed(
          path: path, dataset: source,
          "the name is not 1 to 1,024 bytes of UTF-8 without control characters")
      }
    }
    for (first, second) in zip(names, names.dropFirst()) where first.0.equalsInUTF8(second.0) {
      throw .malformed(
        path: path, dataset: second.1, "it would have the name \"\(second.0)\", as \(first.1) has")
    }
    let targets = Set(tensors.map { Array($0.name.utf8) })
    for alias in aliases where !targets.contains(Array(alias.target.utf8)) {
      throw .malformed(
        path: path, dataset: alias.source, "it stands for \"\(alias.target)\", which is no tensor")
    }
    accounting = Accounting()
    accounting.mapped = self.tensors.map { .init(source: $0.source, name: $0.name) }
    accounting.mapped += self.aliases.map { .init(source: $0.source, name: $0.name) }
    accounting.mapped.sort { $0.source.precedesInUTF8($1.source) }
    accounting.ignored = ignored.sorted { $0.source.precedesInUTF8($1.source) }
  }
}

extension Accounting.Ignored {
  /// Says by what rule a dataset is left out.
  public init(_ source: String, by rule: String) {
    self.init(source: source, rule: rule)
  }
}
