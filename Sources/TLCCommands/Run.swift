import ArgumentParser
import Foundation
import TLC

/// `tlc run FILE`.
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run the model of a .tlcq file.",
    discussion: """
      On text, one line a text, from --text or stdin: an embedding, labels with scores, the tokens \
      that may stand for a mask, labels of tokens, with --question the answer that a text has, or a \
      translation. On \
      tensors, from --input, whose names are the graph's: every output, to --output or as JSON.

      The same inputs give the same bits, for any number of threads and on any processor.
      """)

  @Argument(help: "The .tlcq file, or the index of a set.", completion: .file(extensions: ["tlcq"]))
  var file: String

  @Option(help: "A text; may be given more than once. [default: the lines of stdin]")
  var text: [String] = []

  @Option(help: "A second text to pair with each, for models of pairs.")
  var pair: String?

  @Option(help: "A question, of which each text may have the answer.")
  var question: String?

  @Option(
    help: ArgumentHelp(
      "How many labels, tokens or answers to print. [default: 5]", valueName: "count")
  )
  var top: Int?

  @Option(
    help: ArgumentHelp(
      "The inputs by name, as .npz, .npy, .safetensors, .h5 or .json.", valueName: "file"),
    completion: .file())
  var input: String?

  @Option(
    help: ArgumentHelp(
      "Where the outputs go, by the ending .npz, .npy, .safetensors, .h5 or .json. "
        + "[default: stdout, as JSON]", valueName: "file"),
    completion: .file())
  var output: String?

  @OptionGroup(title: "Translation") var translation: BeamOptions

  @OptionGroup var computation: ComputeOptions

  @Option(help: "How deeply to verify the file first.")
  var verify: Verify.Depth = .digests

  @Flag(help: "Replace a file that is there.")
  var force = false

  @Flag(help: "Print JSON, a line a text.")
  var json = false

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if input != nil, !text.isEmpty || pair != nil || question != nil || json || translation.isGiven
    {
      throw ValidationError(
        "--input goes with none of --text, --pair, --question, --json and options of translations")
    }
    if input == nil, output != nil { throw ValidationError("--output needs --input") }
    if pair != nil, question != nil {
      throw ValidationError("--pair and --question exclude each other")
    }
    if let top, top < 1 { throw ValidationError("--top \(top) is below 1") }
  }

  func run() throws {
    try reportingErrors {
      try requireOutput(output, isNoneOf: [file] + (input.map { [$0] } ?? []))
      let checkpoint = try Checkpoint(path: file)
      let session = try Session(
        checkpoint, verifying: verify.library, compute: computation.compute.library,
        threadCount: threads.parallelism.threads)
      if let input { return try runTensors(session, input) }
      do {
        let model = try textModel(session, checkpoint)
        try requireUse(model.task)
        if !text.isEmpty { return try printAnswers(model, text) }
        try forEachBatch { try printAnswers(model, $0) }
      } catch let error as TextModelError {
        throw Refusal(description: "\(file): \(error)")
      } catch let error as TextError {
        throw Refusal(description: "\(file): \(error)")
      }
    }
  }

  /// Refuses options that a model of a task has no use for.
  private func requireUse(_ task: TextModel.Task?) throws {
    let known: [(name: String, isGiven: Bool, tasks: Set<TextModel.Task>)] = [
      ("--pair", pair != nil, [.classification]), ("--question", question != nil, [.answers]),
      ("--top", top != nil, [.classification, .masks, .answers]),
      ("--beam and its like", translation.isGiven, [.translation]),
    ]
    for option in known where option.isGiven && !(task.map(option.tasks.contains) ?? true) {
      throw ValidationError(
        "\(option.name): \(file) is for \(task?.rawValue ?? "none"), and has no use for it")
    }
  }

  private func textModel(_ session: Session, _ checkpoint: Checkpoint) throws -> TextModel {
    do {
      return try TextModel(session, of: checkpoint)
    } catch let error as GraphError {
      throw Refusal(description: "\(file): \(error)")
    } catch TextError.noTokenizer {
      let inputs = session.inputs.map { "\($0.name) \($0.type)" }.joined(separator: ", ")
      throw Refusal(
        description: "\(file): it has no tokenizer, so that it takes no text; it takes \(inputs),"
          + " which --input gives from a file")
    }
  }

  private func runTensors(_ session: Session, _ input: String) throws {
    let results = try session.run(try RunInputs.read(input, for: session.inputs))
    let outputs = Array(zip(session.outputs, results)).map { (name: $0, tensor: $1) }
    guard let output else { return print(JSONTensors.text(outputs)) }
    try RunOutputs.write(outputs, to: output, overwriting: force)
  }

  /// Lines of stdin that are run at once.
  private static let batchCount = 32

  /// Hands on the lines of stdin; those before one that is wrong, too.
  private func forEachBatch(_ body: ([String]) throws -> Void) throws {
    var batch: [String] = []
    var lines = TextLines.standardInput
    while true {
      let line: String?
      do {
        line = try lines.next()
      } catch {
        if !batch.isEmpty { try body(batch) }
        throw error
      }
      guard let line else { break }
      batch.append(line)
      guard batch.count == Self.batchCount else { continue }
      try body(batch)
      batch = []
    }
    if !batch.isEmpty { try body(batch) }
  }

  private func printAnswers(_ model: TextModel, _ texts: [String]) throws {
    for answer in try TextAnswer.answers(
      model, texts, pair: pair, question: question, count: top ?? 5, translation.library)
    {
      if json { try printJSONLine(answer) } else { answer.print() }
    }
  }
}
