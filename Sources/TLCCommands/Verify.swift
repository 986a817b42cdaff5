import ArgumentParser
import TLC

/// `tlc verify FILE`.
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check that a .tlcq file is whole, and whose it is.",
    discussion: """
      Depths, each with those before it: structure, the superblock and the manifest; digests, every \
      stored byte; tensors, every tensor decoded, against the digest of its values; probes, every \
      recorded run of the graph repeated, bit for bit. With --against, the certificates are measured \
      again from the source, and its graph is run beside the file's. With --trust, FILE.sig must be a \
      signature by one of the keys; without it, no signature is looked at.

      Ends with status 0 where all is as it should be, 1 where what is measured is not what the file \
      states, 2 where the file is damaged, 3 where a file cannot be read, the signature among them, 4 \
      where a recorded run gives other bits here, 5 where no trusted key has signed.
      """)

  @Argument(help: "The .tlcq file, or the index of a set.", completion: .file(extensions: ["tlcq"]))
  var file: String

  @Option(help: "How deeply to check.")
  var depth: Depth = .probes

  @Option(
    help: ArgumentHelp("The checkpoint that the file was made from.", valueName: "source"),
    completion: .file())
  var against: String?

  @Option(
    help: ArgumentHelp("A public key to trust; may be given more than once.", valueName: "key"),
    completion: .file(extensions: ["pub"]))
  var trust: [String] = []

  @Option(
    help: ArgumentHelp("The signature, for --trust. [default: FILE.sig]", valueName: "file"),
    completion: .file(extensions: ["sig"]))
  var signature: String?

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var outputs: OutputOptions

  enum Depth: String, CaseIterable, ExpressibleByArgument {
    case structure, digests, tensors, probes

    var library: VerificationDepth { VerificationDepth(rawValue: rawValue) ?? .probes }
  }

  func validate() throws {
    if signature != nil, trust.isEmpty {
      throw ValidationError("--signature needs --trust: a signature proves nothing without a key")
    }
  }

  func run() throws {
    try reportingErrors {
      let checkpoint = try Checkpoint(path: file)
      let progress = outputs.progressPrinter
      let report = try checkpoint.verify(
        depth: depth.library, parallelism: threads.parallelism, progress: progress)
      if let failure = report.failure { throw failure }
      let signer = try checkSignature(report.rootDigest)
      let comparison = try against.map {
        try checkpoint.compare(
          withSource: $0, parallelism: threads.parallelism, progress: progress)
      }
      let runs = try against.flatMap {
        depth.library < .probes
          ? nil : try checkpoint.compareRuns(withSource: $0, parallelism: threads.parallelism)
      }
      Terminal.clearProgress()
      if json {
        try printJSON(VerificationJSON(report, signer: signer, comparison, runs))
      } else if !outputs.quiet {
        printReport(report, signer: signer, comparison)
        if let runs { printRuns(runs) }
        print("root       \(report.rootDigest)")
      }
      let isSound = (comparison?.isSound ?? true) && (runs?.mismatches.isEmpty ?? true)
      if !isSound { throw ExitStatus.failure }
    }
  }

  /// The key that signed the file, if keys are trusted.
  private func checkSignature(_ root: Digest) throws -> String? {
    guard !trust.isEmpty else { return nil }
    var trusted: [[UInt8]] = []
    for path in trust {
      trusted.append(
        try Keys.read(path) { bytes throws(FormatError) in
          try KeyFile.key(.public, parsing: bytes)
        })
    }
    let path = signature ?? "\(file).sig"
    let signature = try Keys.read(path) { bytes throws(FormatError) in
      try Signature(parsing: bytes)
    }
    guard trusted.contains(signature.key) else {
      Terminal.printError("error: \(path): the key \(signature.key.hex) is not a trusted one")
      throw ExitStatus.untrusted
    }
    guard signature.isValid(for: root) else {
      Terminal.printError("error: \(path): it is not a signature of \(file)")
      throw ExitStatus.untrusted
    }
    return signature.key.hex
  }

  private func printReport(
    _ report: VerificationReport, signer: String?, _ comparison: SourceComparison?
  ) {
    print("\(file): sound")
    print("structure  ok  \(report.tensorCount) tensors, \(report.planeCount) planes")
    if report.depth >= .digests {
      print("digests    ok  \(Format.bytes(report.byteCount)) in \(report.fileCount) file(s)")
    }
    if report.depth >= .tensors { print("tensors    ok  all decode to their content digests") }
    if let probes = report.probes, probes.repeatedCount > 0 {
      let runs = probes.repeatedCount == 1 ? "a run" : "\(probes.repeatedCount) runs"
      print("probes     ok  \(runs) repeated, \(probes.valueCount) values equal bit for bit")
    }
    for compute in report.probes?.unknown ?? [] {
      print("probes     --  a run is computed in a way not known here: \(compute)")
    }
    if let signer { print("signature  ok  by \(signer)") }
    if let comparison {
      for mismatch in comparison.mismatches { Terminal.printLine("against    \(mismatch)") }
      if comparison.isSound {
        print("against    ok  \(comparison.tensorCount) certificates measured again, all equal")
      }
    }
  }

  private func printRuns(_ runs: ModelComparison) {
    for mismatch in runs.mismatches { print("against    \(mismatch)") }
    for (compute, output) in runs.outputs {
      var line =
        "against    ok  output \(output.name)\(Format.way(compute)): cosine \(Format.fixed(output.certificate.cosine, 6)),"
        + " largest difference \(Format.scientific(output.certificate.maximumAbsoluteError))"
      if let divergence = output.divergence {
        line += ", KL \(Format.scientific(divergence))"
      }
      if let share = output.topOne { line += ", top-1 \(Format.percent(share)) equal" }
      print(line)
    }
    let worst = runs.values.max {
      $0.certificate.relativeRMSError < $1.certificate.relativeRMSError
    }
    if let worst {
      print(
        "against    ok  largest relative RMS error on the way:"
          + " \(Format.scientific(worst.certificate.relativeRMSError)),"
          + " node \(worst.node) (\(worst.operation))")
    }
  }
}

/// What `tlc verify --json` prints.
private struct VerificationJSON: Encodable {
  var root: String
  var depth: String
  var tensors: Int
  var planes: Int
  var bytes: Int
  var probes: Int?
  var probeValues: Int?
  var signer: String?
  var mismatches: [String]?
  var outputs: [Output]?
  var values: [Value]?

  struct Output: Encodable {
    var name: String
    var compute: String
    var certificate: CertificateJSON
    var divergence: Double?
    var topOne: Double?
  }
  struct Value: Encodable {
    var node: String
    var operation: String
    var name: String
    var relativeRMSError: Double
    var cosine: Double
  }

  init(
    _ report: VerificationReport, signer: String?, _ comparison: SourceComparison?,
    _ runs: ModelComparison?
  ) {
    root = report.rootDigest.hex
    depth = report.depth.rawValue
    tensors = report.tensorCount
    planes = report.planeCount
    bytes = report.byteCount
    probes = report.probes?.repeatedCount
    probeValues = report.probes?.valueCount
    self.signer = signer
    mismatches = comparison.map { $0.mismatches + (runs?.mismatches ?? []) }
    outputs = runs?.outputs.map {
      Output(
        name: $0.divergence.name, compute: $0.compute,
        certificate: CertificateJSON($0.divergence.certificate),
        divergence: $0.divergence.divergence, topOne: $0.divergence.topOne)
    }
    values = runs?.values.map {
      Value(
        node: $0.node, operation: $0.operation, name: $0.name,
        relativeRMSError: $0.certificate.relativeRMSError, cosine: $0.certificate.cosine)
    }
  }
}
