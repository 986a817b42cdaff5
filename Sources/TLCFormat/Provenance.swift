public import TLCSystem

/// Where the values of a file come from: `formats/tlcq.md` §4.4.
public struct Provenance: Equatable, Sendable {
  /// A file that was imported.
  public struct Source: Equatable, Sendable {
    /// The base name.
    public var name: String
    /// The length in bytes.
    public var byteCount: Int
    /// The SHA-256 of its bytes.
    public var digest: Digest
    /// The licence, as the source states it.
    public var license: String?

    /// Creates a source.
    public init(name: String, byteCount: Int, digest: Digest, license: String? = nil) {
      self.name = name
      self.byteCount = byteCount
      self.digest = digest
      self.license = license
    }
  }

  /// The data that a writer calibrated with, of which nothing else is in the file.
  public struct Calibration: Equatable, Sendable {
    /// The length of the file in bytes.
    public var byteCount: Int
    /// The SHA-256 of its bytes.
    public var digest: Digest
    /// The number of samples.
    public var sampleCount: Int
    /// The tokens of all samples, padding left out; `nil` where the model takes none.
    public var tokenCount: Int?

    /// Creates what is known of calibration data.
    public init(byteCount: Int, digest: Digest, sampleCount: Int, tokenCount: Int? = nil) {
      self.byteCount = byteCount
      self.digest = digest
      self.sampleCount = sampleCount
      self.tokenCount = tokenCount
    }
  }

  /// What was calibrated with; `nil` where nothing was.
  public var calibration: Calibration?
  /// The name of the importer.
  public var importer: String
  /// The version of the importer's mapping rules.
  public var importerRules: Int
  /// The recipe in full, as text.
  public var recipe: String
  /// What any random choice was drawn from.
  public var seed: Int
  /// The files that were imported.
  public var sources: [Source]
  /// The name of the program that wrote the file.
  public var tool: String
  /// The version of that program.
  public var toolVersion: String

  /// Creates a provenance.
  public init(
    importer: String, importerRules: Int, recipe: String, seed: Int, sources: [Source],
    tool: String, toolVersion: String
  ) {
    self.importer = importer
    self.importerRules = importerRules
    self.recipe = recipe
    self.seed = seed
    self.sources = sources
    self.tool = tool
    self.toolVersion = toolVersion
  }
}

extension Provenance {
  init(parsing object: JSONObject) throws(FormatError) {
    let importer = try object.object("importer")
    self.importer = try importer.string("name")
    importerRules = try importer.integer("rules", in: 1...1 << 53 - 1)
    recipe = try object.string("recipe")
    seed = try object.integer("seed", in: 0...1 << 53 - 1)
    sources = []
    for value in try object.array("sources") {
      let source = try JSONObject(value, key: "sources")
      sources.append(
        Source(
          name: try source.string("name"),
          byteCount: try source.integer("length", in: 0...1 << 53 - 1),
          digest: try source.digest("digest"),
          license: source.optional("license") == nil ? nil : try source.string("license")))
    }
    if object.optional("calibration") != nil {
      let data = try object.object("calibration")
      calibration = Calibration(
        byteCount: try data.integer("length", in: 1...1 << 53 - 1),
        digest: try data.digest("digest"),
        sampleCount: try data.integer("samples", in: 1...1 << 53 - 1),
        tokenCount: data.optional("tokens") == nil
          ? nil : try data.integer("tokens", in: 0...1 << 53 - 1))
    }
    let tool = try object.object("tool")
    self.tool = try tool.string("name")
    toolVersion = try tool.string("version")
  }

  var json: JSONValue {
    .object([
      (
        "calibration",
        calibration.map {
          .object([
            ("digest", .string($0.digest.hex)), ("length", .integer($0.byteCount)),
            ("samples", .integer($0.sampleCount)),
            ("tokens", $0.tokenCount.map { .integer($0) }),
          ])
        }
      ),
      (
        "importer",
        .object([("name", .string(importer)), ("rules", .integer(importerRules))])
      ),
      ("recipe", .string(recipe)), ("seed", .integer(seed)),
      (
        "sources",
        .array(
          sources.map {
            .object([
              ("digest", .string($0.digest.hex)), ("length", .integer($0.byteCount)),
              ("license", $0.license.map { .string($0) }), ("name", .string($0.name)),
            ])
          })
      ),
      ("tool", .object([("name", .string(tool)), ("version", .string(toolVersion))])),
    ])
  }

  /// The id of the set that files of this provenance make up: `formats/tlcq.md` §7.
  var setID: Digest {
    let bytes = CanonicalJSONWriter.bytes(of: json)
    return Digest(of: bytes.span)
  }
}
