public import TLCCompress
import TLCCore
public import TLCFormat
public import TLCImport
public import TLCModel
public import TLCRuntime
public import TLCSystem

/// A conversion of a foreign checkpoint to `.tlcq`: import, prune, quantize, write.
public struct Conversion: Sendable {
  /// The path of the checkpoint to read.
  public var input: String
  /// The path of the file, or of the index of a set, to write.
  public var output: String
  /// What to do with each tensor.
  public var recipe: Recipe
  /// Whether, where the recipe's goal cannot be measured or met, matrices are stored in 8 bits and a
  /// note says so; else such a recipe is refused.
  public var fallsBackToEightBits: Bool
  /// The importer's name; `nil` for the first that recognizes the input.
  public var importer: String?
  /// Whether a file at the output may be replaced.
  public var overwriting = false
  /// The size that a shard does not exceed; `nil` for one file.
  public var shardByteCount: Int?
  /// How many threads to use; the result never depends on it.
  public var parallelism = Parallelism.automatic
  /// Whether there is to be a graph: `nil` for where the configuration can be lowered, `false` for
  /// tensors alone, `true` to refuse a source without one.
  public var wantsGraph: Bool?
  /// Whether the graph is run, and its runs recorded.
  public var recordsProbes = true
  /// The ways to compute in which runs are recorded.
  public var probedWays: [Compute] = [.f32]
  /// The path of a file of inputs by name, as `.npz` or safetensors, to record a run on in place of
  /// drawn ones. They travel in the file.
  public var samples: String?
  /// The path of a file of samples to calibrate with: text, token ids, or inputs of the graph; `nil`
  /// for none. Only its digest goes into the file.
  public var calibrationData: String?
  /// The lowerings that are asked for a graph.
  public var lowerings = LoweringRegistry.standard
  /// The importers that are asked for the input.
  public var importers = ImporterRegistry.complete
  /// The quantizers that the recipe may name.
  public var quantizers = QuantizerRegistry.standard
  /// The pruners that the recipe may name.
  public var pruners = PrunerRegistry.standard

  /// Creates a conversion; the rest is set through its properties.
  ///
  /// - Parameters:
  ///   - input: the path of the checkpoint to read.
  ///   - output: the path of the file, or of the index of a set, to write.
  ///   - recipe: `nil` for ``Recipe/nearLossless``, or 8 bits where that cannot be.
  public init(input: String, output: String, recipe: Recipe? = nil) {
    self.input = input
    self.output = output
    self.recipe = recipe ?? .nearLossless
    fallsBackToEightBits = recipe == nil
  }

  /// Converts, and returns what was written.
  ///
  /// One large tensor is in memory at a time, or a few small ones. Nothing is at the output before all is written.
  /// - Parameter progress: may throw, to end the conversion.
  public func run(progress: (WorkProgress) throws -> Void = { _ in }) throws -> ConversionReport {
    try convert(discarding: false, progress)
  }

  /// Does all but writing, and returns what would be written: its bytes and its identity too.
  ///
  /// Whether the output may be written is not looked at.
  /// - Parameter progress: may throw, to end the conversion.
  public func dryRun(progress: (WorkProgress) throws -> Void = { _ in }) throws -> ConversionReport
  {
    try convert(discarding: true, progress)
  }

  private func convert(
    discarding: Bool, _ progress: (WorkProgress) throws -> Void
  ) throws -> ConversionReport {
    let checkpoint = try importers.open(input, importer: importer)
    let identities = try checkpoint.sources.map { try FileIdentity(path: $0) }
    if !discarding, let old = try? FileIdentity(path: output), identities.contains(old) {
      throw ConversionError.outputIsSource(path: output)
    }
    var model = try model(of: checkpoint)
    let calibration = try calibrate(model, checkpoint, progress)
    try model.probing?.run(self, checkpoint, notes: &model.notes)
    var conversion = self
    var (search, allocated) = try conversion.allocate(
      checkpoint, &model, calibration?.found, progress)
    var provenance = try conversion.provenance(of: checkpoint, progress)
    provenance.calibration = calibration?.record
    var (writer, report) = try conversion.write(
      checkpoint, &model, provenance, allocated, calibration?.found, discarding: discarding,
      progress)
    while let other = try search?.next(after: try writer.close(), progress) {
      allocated = other
      (writer, report) = try conversion.write(
        checkpoint, &model, provenance, allocated, calibration?.found, discarding: discarding,
        progress)
    }
    try requireUnchanged(checkpoint.sources, identities)
    let written = try writer.finish()
    report.rootDigest = written.rootDigest
    report.paths = written.paths
    report.byteCount = written.byteCount
    if case .size(let limit) = recipe.goal, Double(written.byteCount) < 0.99 * Double(limit) {
      report.notes.append(
        "the file has \(written.byteCount) bytes: no steps bring it nearer to \(limit)")
    }
    return report
  }

  /// Writes all that is in the file, which is not there before the writer is finished.
  private func write(
    _ checkpoint: ImportedCheckpoint, _ model: inout ConvertedModel, _ provenance: Provenance,
    _ allocated: Allocated?, _ calibration: Calibration?, discarding: Bool,
    _ progress: (WorkProgress) throws -> Void
  ) throws -> (CheckpointSetWriter, ConversionReport) {
    let writer = try CheckpointSetWriter(
      path: output, overwriting: overwriting, discarding: discarding, provenance: provenance,
      shardByteCount: shardByteCount)
    var report = try compress(checkpoint, allocated, to: writer, &model, calibration, progress)
    try writeModel(model, to: writer, &report)
    for asset in checkpoint.assets {
      writer.appendAsset(
        name: asset.name, mediaType: asset.mediaType, bytes: asset.bytes)
    }
    return (writer, report)
  }

  private func requireUnchanged(_ paths: [String], _ identities: [FileIdentity]) throws {
    for (path, identity) in zip(paths, identities) {
      guard (try? FileIdentity(path: path)) == identity else {
        throw ConversionError.sourceChanged(path: path)
      }
    }
  }

  private func provenance(
    of checkpoint: ImportedCheckpoint, _ progress: (WorkProgress) throws -> Void
  ) throws -> Provenance {
    var sources: [Provenance.Source] = []
    for path in checkpoint.sources {
      let file = try InputFile(path: path)
      let name = path.split(separator: "/").last.map { String($0) } ?? path
      sources.append(
        .init(
          name: name, byteCount: file.byteCount, digest: try file.digest(),
          license: checkpoint.license))
      try progress(
        WorkProgress(
          activity: "reading \(name)", doneByteCount: file.byteCount,
          totalByteCount: file.byteCount))
    }
    return Provenance(
      importer: checkpoint.importer, importerRules: checkpoint.rules, recipe: recipe.text,
      seed: recipe.seed, sources: sources, tool: Tool.name, toolVersion: Tool.version)
  }

  /// Compresses every tensor in order of name, and writes it.
  private func compress(
    _ checkpoint: ImportedCheckpoint, _ allocated: Allocated?, to writer: CheckpointSetWriter,
    _ model: inout ConvertedModel, _ calibration: Calibration?,
    _ progress: (WorkProgress) throws -> Void
  ) throws -> ConversionReport {
    var plan = try CompressionPlan(
      checkpoint, recipe: recipe, quantizers: quantizers, pruners: pruners,
      calibration: calibration)
    try plan.findGlobalThresholds(checkpoint, parallelism: parallelism, progress)
    var report = ConversionReport(
      importer: checkpoint.importer, accounting: checkpoint.accounting)
    report.graph = model.probing?.graph.graph
    report.unusedTensors = report.graph.map { checkpoint.names(unusedBy: $0) } ?? []
    report.notes = model.notes
    report.allocation = allocated?.report(checkpoint)
    if let calibration {
      report.calibration = .init(calibration)
      report.notes += calibration.leftOut.map {
        "tensor \"\($0.tensor)\" is not calibrated: \($0.why)"
      }
    }
    let total = checkpoint.tensors.reduce(0) { $0 + $1.byteCount }
    var done = 0
    for batch in plan.batches(of: checkpoint) {
      let outcomes =
        try allocated.map { Array($0.outcomes[batch]) }
        ?? plan.encode(
          batch, of: checkpoint,
          keepingDecoded: { model.probing?.wants(checkpoint.tensors[$0].name) == true },
          parallelism)
      for (tensor, outcome) in zip(checkpoint.tensors[batch], outcomes) {
        let aliases = checkpoint.aliases.filter { $0.target.equalsInUTF8(tensor.name) }.map {
          AliasRecord(
            name: $0.name, target: tensor.name, dtype: tensor.dtype, shape: tensor.shape,
            origin: TensorSource(
              file: tensor.file, name: $0.source, transforms: tensor.transforms))
        }
        try writer.append(outcome.tensor, aliases: aliases)
        report.tensors.append(TensorSummary(outcome.tensor))
        report.tensors += aliases.map { TensorSummary($0) }
        if let note = outcome.note { report.notes.append(note) }
        if let decoded = outcome.decoded {
          model.probing?.take(decoded, outcome.tensor.uniformValues, named: tensor.name)
        }
        done += tensor.byteCount
      }
      try progress(
        WorkProgress(activity: "converting", doneByteCount: done, totalByteCount: total))
    }
    report.tensors.sort { $0.name.precedesInUTF8($1.name) }
    return report
  }
}

/// What a conversion did.
public struct ConversionReport: Sendable {
  /// The importer's name.
  public var importer: String
  /// What became of each dataset of the source.
  public var accounting: Accounting
  /// In order of name.
  public var tensors: [TensorSummary] = []
  /// What the user should know: tensors that were kept though a rule asked for more.
  public var notes: [String] = []
  /// What was calibrated with; `nil` where nothing was.
  public var calibration: CalibrationSummary?
  /// The graph; `nil` where there is none.
  public var graph: Graph?
  /// Tensors that the graph does not use, in order of name.
  public var unusedTensors: [String] = []
  /// The outputs of the graph that were recorded, with the name of their way to compute, and how far
  /// each is from the source's.
  public var outputs: [(name: String, compute: String, certificate: Certificate)] = []
  /// The steps that were allocated; `nil` where the recipe leaves none.
  public var allocation: AllocationReport?
  /// The artifact's identity.
  public var rootDigest: Digest?
  /// The files that are written, the index of a set last.
  public var paths: [String] = []
  /// Their bytes.
  public var byteCount: Int?

  init(importer: String, accounting: Accounting) {
    self.importer = importer
    self.accounting = accounting
  }
}

/// What a conversion was calibrated with.
public struct CalibrationSummary: Equatable, Sendable {
  /// The number of samples.
  public var sampleCount: Int
  /// The tokens of all samples, padding left out; `nil` where the model takes none.
  public var tokenCount: Int?
  /// The tensors whose inputs were seen.
  public var matrixCount: Int
  /// The tables whose look-ups were counted.
  public var tableCount: Int

  init(_ calibration: Calibration) {
    sampleCount = calibration.sampleCount
    tokenCount = calibration.tokenCount
    matrixCount = calibration.tensors.values.count { $0.inputs != nil }
    tableCount = calibration.tensors.values.count { $0.lookUps != nil }
  }
}
