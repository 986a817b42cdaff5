import ArgumentParser
import TLC

/// `tlc sign FILE --key KEY`.
struct Sign: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Sign a .tlcq file.",
    discussion: """
      Verifies every digest first, and then writes FILE.sig, which tlc verify --trust checks. The \
      signature of a set is that of its index.
      """)

  @Argument(help: "The .tlcq file, or the index of a set.", completion: .file(extensions: ["tlcq"]))
  var file: String

  @Option(
    help: ArgumentHelp("The private key, from tlc keygen.", valueName: "file"),
    completion: .file(extensions: ["key"]))
  var key: String

  @Option(help: ArgumentHelp("The signature to write. [default: FILE.sig]", valueName: "file"))
  var output: String?

  @Flag(help: "Replace a signature that is there.")
  var force = false

  func run() throws {
    try reportingErrors {
      Termination.handle { Terminal.clearProgress() }
      let privateKey = try Keys.read(key) { bytes throws(FormatError) in
        try KeyFile.key(.private, parsing: bytes)
      }
      let report = try Checkpoint(path: file).verify(depth: .digests)
      if let failure = report.failure { throw failure }
      let signature = Signature(of: report.rootDigest, privateKey: privateKey)
      let path = output ?? "\(file).sig"
      try Keys.write(signature.bytes, to: path, force: force, isSecret: false)
      print("\(path): root \(report.rootDigest), key \(signature.key.hex)")
    }
  }
}
