import ArgumentParser
import TLC

/// `tlc compare SOURCE FILE…`.
struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure how near compressed models are to their source, against their bytes.",
    discussion: """
      The source is lowered and run in f32, as a conversion runs it, and each .tlcq file on the same \
      samples: text, one a line; or inputs by name, whose first axis is divided into samples. \
      Without samples, some are drawn at random. A line of --labels is a label of a sample, or of a \
      row of its output where it has several: a number from 0, or a name in the model's \
      configuration.

      Ends with status 0 where all were measured, 1 where a file is no model of the source, or \
      samples or labels do not fit, 2 where a file is damaged, 3 where one cannot be read or written.
      """)

  @Argument(help: "The checkpoint that the files were made from.", completion: .file())
  var source: String

  @Argument(help: "The .tlcq files.", completion: .file(extensions: ["tlcq"]))
  var files: [String]

  @Option(
    help: ArgumentHelp(
      "Samples: inputs by name, as .npz, .npy, .safetensors, .h5 or .json, or token ids, as .ids.",
      valueName: "file"),
    completion: .file())
  var input: String?

  @Option(
    help: ArgumentHelp("Samples: text, one a line.", valueName: "file"), completion: .file())
  var text: String?

  @Option(
    help: ArgumentHelp("What is right, one a line, to measure accuracy with.", valueName: "file"),
    completion: .file())
  var labels: String?

  @Option(
    help: ArgumentHelp(
      "An output to compare; may be given more than once. Labels are of the first. [default: all]",
      valueName: "name"))
  var output: [String] = []

  @OptionGroup var computation: ComputeOptions

  @Option(
    help: ArgumentHelp("Write a page with the table and charts.", valueName: "file"),
    completion: .file(extensions: ["html"]))
  var html: String?

  @Flag(help: "Replace a file that is there.")
  var force = false

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var outputs: OutputOptions

  func validate() throws {
    if input != nil, text != nil {
      throw ValidationError("--input and --text exclude each other")
    }
    if labels != nil, input == nil, text == nil {
      throw ValidationError("--labels needs --input or --text: drawn samples have none")
    }
    if let html, ([source, input, text, labels] + files).contains(html) {
      throw ValidationError("--html \(html) is a file that is to be read")
    }
  }

  func run() throws {
    Termination.handle { Terminal.clearProgress() }
    try reportingErrors {
      let page = try html.map { try PageFile(path: $0, overwriting: force) }
      var request = FidelityComparison.Request(source: source, models: files)
      request.samples = input ?? text
      request.labels = labels
      request.outputs = output
      request.compute = computation.compute.library
      request.parallelism = threads.parallelism
      let comparison = try FidelityComparison(request, progress: outputs.progressPrinter)
      Terminal.clearProgress()
      try page?.write(comparison.page)
      if json { return try printJSON(ComparisonJSON(comparison)) }
      if !outputs.quiet { printTable(comparison) }
    }
  }

  private func printTable(_ comparison: FidelityComparison) {
    let from = comparison.samples ?? "drawn at random"
    Terminal.printLine(
      "\(source): \(comparison.sampleCount) samples, \(from); outputs"
        + " \(comparison.outputs.joined(separator: ", "))\(Format.way(comparison.compute.rawValue))"
    )
    print("")
    let hasLabels = comparison.sourceAccuracy != nil
    var table = TextTable(
      [
        ("file", .left), ("bytes", .right), ("of source", .right), ("cosine", .right),
        ("least", .right),
      ] + (comparison.isRanked ? [("KL", .right), ("top-1", .right)] : [])
        + [("max abs", .right)] + (hasLabels ? [("accuracy", .right)] : []))
    func share(_ count: Int) -> String {
      Format.percent(Double(count) / Double(max(1, comparison.sourceByteCount)))
    }
    func accuracy(_ share: Double?) -> [String] {
      hasLabels ? [share.map { Format.percent($0) } ?? ""] : []
    }
    table.append(
      [source, "\(comparison.sourceByteCount)", share(comparison.sourceByteCount)]
        + Array(repeating: "", count: comparison.isRanked ? 5 : 3)
        + accuracy(comparison.sourceAccuracy))
    for model in comparison.models {
      let measures = model.measures
      table.append(
        [
          model.path, "\(model.byteCount)", share(model.byteCount),
          Format.fixed(measures.cosine, 6), Format.fixed(measures.leastCosine, 6),
        ]
          + (comparison.isRanked
            ? [
              measures.divergence.map { Format.scientific($0) } ?? "",
              measures.topOne.map { Format.percent($0) } ?? "",
            ] : [])
          + [Format.scientific(measures.maximumAbsoluteError)] + accuracy(model.accuracy))
    }
    print(table.lines.joined(separator: "\n"))
  }
}

/// What `tlc compare --json` prints.
private struct ComparisonJSON: Encodable {
  struct Measures: Encodable {
    var cosine: Double
    var leastCosine: Double
    var divergence: Double?
    var topOne: Double?
    var maxAbsoluteError: Double

    init(_ measures: FidelityComparison.Measures) {
      cosine = measures.cosine
      leastCosine = measures.leastCosine
      divergence = measures.divergence
      topOne = measures.topOne
      maxAbsoluteError = measures.maximumAbsoluteError
    }
  }
  struct Output: Encodable {
    var name: String
    var measures: Measures
  }
  struct Model: Encodable {
    var file: String
    var bytes: Int
    var measures: Measures
    var outputs: [Output]
    var accuracy: Double?
  }

  var source: String
  var sourceBytes: Int
  var sourceAccuracy: Double?
  var samples: Int
  var compute: String
  var models: [Model]

  init(_ comparison: FidelityComparison) {
    source = comparison.source
    sourceBytes = comparison.sourceByteCount
    sourceAccuracy = comparison.sourceAccuracy
    samples = comparison.sampleCount
    compute = comparison.compute.rawValue
    models = comparison.models.map { model in
      Model(
        file: model.path, bytes: model.byteCount, measures: Measures(model.measures),
        outputs: model.outputs.map { Output(name: $0.name, measures: Measures($0.measures)) },
        accuracy: model.accuracy)
    }
  }
}
