public import ArgumentParser
import Foundation
import TLC

/// `tlc convert IN OUT`.
struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: ConvertOptions.abstract, discussion: ConvertOptions.discussion)

  @OptionGroup var options: ConvertOptions

  func run() throws { try options.convert() }
}

/// `tlc-convert IN OUT`: the same command, as an executable of its own.
public struct ConvertTool: ParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "tlc-convert", abstract: ConvertOptions.abstract,
    discussion: ConvertOptions.discussion + "\n\n" + ExitStatus.manual, version: Tool.version)

  @OptionGroup var options: ConvertOptions

  public init() {}

  /// Runs the tool with the arguments of the process.
  public static func main() {
    StandardStreams.prepare()
    main(nil)
  }

  public func run() throws { try options.convert() }
}

/// What both of them take, and do.
struct ConvertOptions: ParsableArguments {
  static let abstract = "Convert a trained checkpoint to a small .tlcq file."
  static let discussion = """
    Reads HDF5 (Keras 1 to 3, Hugging Face tf_model.h5, any other), .keras, safetensors and its \
    sharded index, .npz, .npy, and .tlcq, whose graph and assets stay. Every dataset of the input is \
    accounted for: one that no rule knows is an error.

    Without options, the file has the fewest bytes with a mean cosine of 0.999 of the model's outputs \
    to the source's, on the samples of --calibrate or else on drawn inputs: --recipe near-lossless. \
    Where there is no graph to measure that with, matrices and embeddings are stored in 8 bits with a \
    step for each output row, as with --bits 8, which `tlc run --compute int8` is fastest with.

    Where the configuration of the source is known, its graph goes into the file in ONNX's \
    operators, and a run of it is recorded, for `tlc verify` to repeat and `tlc run` to be trusted.
    """

  private static let importerNames = ImporterRegistry.complete.all.map { $0.name }
    .joined(separator: ", ")

  @Argument(help: "The checkpoint to read.", completion: .file())
  var input: String

  @Argument(help: "The .tlcq file to write.", completion: .file(extensions: ["tlcq"]))
  var output: String

  @Option(
    help: ArgumentHelp(
      "The importer to use: \(importerNames). [default: the first that knows the file]",
      valueName: "importer"))
  var from: String?

  @OptionGroup(title: "Compression") var compression: CompressionOptions

  @OptionGroup(title: "Calibration") var calibration: CalibrationOptions

  @OptionGroup(title: "Graph") var model: ModelOptions

  @Option(
    help: ArgumentHelp(
      "Write shards of up to this size and an index: 500MB, 2GiB.", valueName: "size"))
  var shardSize: ByteSize?

  @Option(
    help: ArgumentHelp(
      "Write a page about the file, as `tlc report --against` does, with the rates that a goal was "
        + "sought with.", valueName: "file"),
    completion: .file(extensions: ["html"]))
  var report: String?

  @Flag(help: "Do everything but write, and print what would be written.")
  var dryRun = false

  @Flag(help: "Replace a file that is there.")
  var force = false

  @Flag(help: "Print JSON: every dataset and what became of it, every tensor and its certificate.")
  var json = false

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var outputs: OutputOptions

  func validate() throws {
    if compression.targetSize != nil, shardSize != nil {
      throw ValidationError("--target-size is one of a file, and excludes --shard-size")
    }
    if report != nil, dryRun {
      throw ValidationError("--report is of a file, and --dry-run writes none")
    }
    if let report, [input, output].contains(report) {
      throw ValidationError("--report \(report) is the file that is read or written")
    }
    if calibration.calibrate != nil, model.weightsOnly {
      throw ValidationError("--calibrate runs the graph, and --weights-only leaves it out")
    }
  }

  func convert() throws {
    Termination.handle { Terminal.clearProgress() }
    try reportingErrors {
      var conversion = Conversion(
        input: input, output: output, recipe: try compression.makeRecipe())
      conversion.fallsBackToEightBits = compression.isUsual
      model.apply(to: &conversion)
      calibration.apply(to: &conversion)
      conversion.importer = from
      conversion.overwriting = force
      conversion.shardByteCount = shardSize?.byteCount
      conversion.parallelism = threads.parallelism
      let progress = outputs.progressPrinter
      let page = try self.report.map { try PageFile(path: $0, overwriting: force) }
      let report =
        dryRun ? try conversion.dryRun(progress: progress) : try conversion.run(progress: progress)
      if let page {
        let checkpoint = try Checkpoint(path: output)
        let about = try CheckpointReport(
          checkpoint, comparing: .runs(source: input), allocation: report.allocation,
          importer: from, parallelism: threads.parallelism, progress: progress)
        try page.write(about.page)
      }
      Terminal.clearProgress()
      for note in report.notes { Terminal.printError("note: \(note)") }
      if json { return try printJSON(ConversionJSON(report)) }
      if !outputs.quiet { printSummary(report) }
    }
  }

  private func printAllocation(_ allocation: AllocationReport) {
    let fidelity = allocation.chosen.fidelity
    print(
      "steps allocated in \(allocation.points.count) tries: cosine \(Format.fixed(fidelity.cosine, 6)),"
        + " least \(Format.fixed(fidelity.leastCosine, 6))"
        + (fidelity.topOne.map { ", top-1 \(Format.percent($0))" } ?? "")
        + " of the outputs on samples")
  }

  private func printSummary(_ report: ConversionReport) {
    let accounting = report.accounting
    let rules = Set(accounting.ignored.map { $0.rule }).sorted()
    print(
      "\(input): \(report.importer), \(accounting.mapped.count) datasets mapped,"
        + " \(accounting.ignored.count) ignored"
        + (rules.isEmpty ? "" : " (\(rules.joined(separator: ", ")))") + ", 0 unaccounted")
    let table = TensorTable(summaries: report.tensors, fileByteCount: report.byteCount)
    print("\(dryRun ? "dry run" : output): \(table.totals.joined())")
    let errors = report.tensors.compactMap { $0.certificate }
    if let worst = errors.map({ $0.relativeRMSError }).max() {
      print("largest relative RMS error of a tensor: \(Format.scientific(worst))")
    }
    if let allocation = report.allocation { printAllocation(allocation) }
    if let graph = report.graph {
      print("graph: \(graph.summary)")
      if !report.unusedTensors.isEmpty {
        print("graph: it does not use \(report.unusedTensors.joined(separator: ", "))")
      }
    }
    if let calibration = report.calibration {
      let tokens = calibration.tokenCount.map { ", \($0) tokens" } ?? ""
      print(
        "calibration: \(calibration.sampleCount) samples\(tokens); inputs of"
          + " \(calibration.matrixCount) matrices, look-ups of \(calibration.tableCount) tables")
    }
    for output in report.outputs {
      print(
        "output \(output.name)\(Format.way(output.compute)): cosine \(Format.fixed(output.certificate.cosine, 6)),"
          + " relative RMS error \(Format.scientific(output.certificate.relativeRMSError))"
          + " against the source's")
    }
    if let root = report.rootDigest { print("root \(root)") }
    if report.paths.count > 1 { print("\(report.paths.count - 1) shards and an index") }
  }
}

/// A number of bytes with an optional unit.
struct ByteSize: ExpressibleByArgument {
  var byteCount: Int

  init?(argument: String) {
    let units = [
      ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("kB", 1_000), ("KB", 1_000),
      ("MB", 1_000_000), ("GB", 1_000_000_000), ("B", 1),
    ]
    for (unit, size) in units where argument.hasSuffix(unit) {
      guard let number = Double(argument.dropLast(unit.count)), number > 0,
        number * Double(size) < 1e18, number * Double(size) >= 1
      else { return nil }
      byteCount = Int(number * Double(size))
      return
    }
    guard let number = Int(argument), number > 0 else { return nil }
    byteCount = number
  }
}

/// What `--json` prints.
private struct ConversionJSON: Encodable {
  struct Mapped: Encodable {
    var source: String
    var tensor: String
  }
  struct Ignored: Encodable {
    var source: String
    var rule: String
  }

  struct CalibrationJSON: Encodable {
    var samples: Int
    var tokens: Int?
    var matrices: Int
    var tables: Int
  }

  struct OutputJSON: Encodable {
    var name: String
    var compute: String
    var certificate: CertificateJSON
  }

  var importer: String
  var mapped: [Mapped]
  var ignored: [Ignored]
  var counts: [String: Int]
  var tensors: [TensorSummaryJSON]
  var notes: [String]
  var calibration: CalibrationJSON?
  var graph: GraphJSON?
  var unusedTensors: [String]
  var outputs: [OutputJSON]
  var root: String?
  var bytes: Int?

  init(_ report: ConversionReport) {
    importer = report.importer
    mapped = report.accounting.mapped.map { Mapped(source: $0.source, tensor: $0.name) }
    ignored = report.accounting.ignored.map { Ignored(source: $0.source, rule: $0.rule) }
    counts = ["mapped": mapped.count, "ignored": ignored.count, "unaccounted": 0]
    tensors = report.tensors.map { TensorSummaryJSON($0) }
    notes = report.notes
    calibration = report.calibration.map {
      CalibrationJSON(
        samples: $0.sampleCount, tokens: $0.tokenCount, matrices: $0.matrixCount,
        tables: $0.tableCount)
    }
    graph = report.graph.map { GraphJSON($0) }
    unusedTensors = report.unusedTensors
    outputs = report.outputs.map {
      OutputJSON(
        name: $0.name, compute: $0.compute, certificate: CertificateJSON($0.certificate))
    }
    root = report.rootDigest?.hex
    bytes = report.byteCount
  }
}
