import ArgumentParser
import TLC

/// `tlc export FILE OUT`.
struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the decoded tensors as safetensors, HDF5 or npz.",
    discussion: """
      Names and orientation are those of the source that the file was made from; --as-stored keeps \
      the file's own. Assets are not exported: tlc dump --asset writes them.
      """)

  @Argument(help: "The .tlcq file, or the index of a set.", completion: .file(extensions: ["tlcq"]))
  var file: String

  @Argument(help: "The file to write: .safetensors, .h5 or .npz.", completion: .file())
  var output: String

  @Option(
    help: ArgumentHelp(
      "The format, whatever the file's name: safetensors, hdf5 or npz.", valueName: "name"))
  var format: String?

  @Flag(help: "Keep the file's names and orientation.")
  var asStored = false

  @Flag(help: "Replace a file that is there.")
  var force = false

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var outputs: OutputOptions

  func run() throws {
    Termination.handle { Terminal.clearProgress() }
    try reportingErrors {
      try requireOutput(output, isNoneOf: [file])
      let checkpoint = try Checkpoint(path: file)
      try checkpoint.export(
        to: output, format: format, asStored: asStored, overwriting: force,
        parallelism: threads.parallelism, progress: outputs.progressPrinter)
      Terminal.clearProgress()
      if !outputs.quiet { print("\(output): \(checkpoint.tensors.count) tensors") }
    }
  }
}
