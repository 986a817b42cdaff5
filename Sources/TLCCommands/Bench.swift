import ArgumentParser
import TLC

/// `tlc bench FILE`.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure how fast the model of a .tlcq file runs on this machine.",
    discussion: """
      Runs on drawn inputs for each batch, length and number of threads. Latency is of a run: the \
      median, and what 90 and 99 of 100 runs do not exceed. GFLOP/s are of products, and beside them \
      is their share of the fused multiply-adds that the same threads can do, measured in the same run.
      """)

  @Argument(help: "The .tlcq file, or the index of a set.", completion: .file(extensions: ["tlcq"]))
  var file: String

  @Option(help: ArgumentHelp("Rows of a batch; several with commas.", valueName: "counts"))
  var batch: Counts = Counts([1, 32])

  @Option(
    help: ArgumentHelp("Lengths of the other named axes; several with commas.", valueName: "counts")
  )
  var length: Counts = Counts([16, 128])

  @Option(
    help: ArgumentHelp(
      "Threads a run; several with commas. [default: 1, and one a processor]", valueName: "counts"))
  var threads: Counts?

  @Option(help: ArgumentHelp("Runs of each that are measured.", valueName: "count"))
  var samples: Int = 25

  @OptionGroup var computation: ComputeOptions

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if !(1...100_000).contains(samples) {
      throw ValidationError("--samples \(samples) is not in 1...100000")
    }
    if let threads, !threads.counts.allSatisfy({ $0 <= 1_024 }) {
      throw ValidationError("--threads \(threads.text) is not in 1...1024")
    }
  }

  func run() throws {
    try reportingErrors {
      let benchmark = try SessionBenchmark(
        try Checkpoint(path: file), compute: computation.compute.library)
      let threadCounts =
        threads?.counts ?? Array(Set([1, Parallelism.automatic.threads])).sorted()
      let others = benchmark.axes.filter { $0 != "batch" }
      let batches = benchmark.axes.contains("batch") ? batch.counts : [1]
      let lengths = others.isEmpty ? [1] : length.counts
      var table = TextTable([
        ("compute", .left), ("threads", .right), ("batch", .right), ("length", .right),
        ("median", .right),
        ("90%", .right), ("99%", .right), ("rows/s", .right), ("GFLOP/s", .right),
        ("of FMA", .right),
      ])
      var rows: [BenchJSON.Row] = []
      for count in threadCounts {
        let limits = MachineLimits(team: Team(threadCount: count))
        for batch in batches {
          for length in lengths {
            var named = Dictionary(uniqueKeysWithValues: others.map { ($0, length) })
            if benchmark.axes.contains("batch") { named["batch"] = batch }
            let measured = try benchmark.measure(
              named, threadCount: count, sampleCount: samples)
            rows.append(BenchJSON.Row(measured, limits))
            table.append([
              computation.compute.library.rawValue, String(count), String(batch),
              others.isEmpty ? "–" : String(length),
              Self.time(measured.percentile(0.5)), Self.time(measured.percentile(0.9)),
              Self.time(measured.percentile(0.99)), Format.significant(measured.rowsPerSecond),
              Format.significant(measured.operationsPerSecond * 1e-9),
              Format.percent(measured.operationsPerSecond / limits.operationsPerSecond),
            ])
          }
        }
      }
      if json {
        return try printJSON(BenchJSON(compute: computation.compute.library.rawValue, rows: rows))
      }
      print(table.lines.joined(separator: "\n"))
    }
  }

  private static func time(_ seconds: Double) -> String {
    "\(Format.significant(seconds * 1e3)) ms"
  }
}

/// Positive integers with commas between them.
struct Counts: ExpressibleByArgument {
  var counts: [Int]

  init(_ counts: [Int]) { self.counts = counts }

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    counts = parts.compactMap { Int($0) }
    guard counts.count == parts.count, counts.allSatisfy({ (1...1 << 24).contains($0) }) else {
      return nil
    }
  }

  var text: String { counts.map { String($0) }.joined(separator: ",") }
  var defaultValueDescription: String { text }
}

/// What `tlc bench --json` prints.
private struct BenchJSON: Encodable {
  struct Row: Encodable {
    var lengths: [String: Int]
    var threads: Int
    var seconds: [Double]
    var operations: Double
    var operationsPerSecond: Double
    var limitOperationsPerSecond: Double
    var limitBytesPerSecond: Double

    init(_ measured: SessionBenchmark.Measurement, _ limits: MachineLimits) {
      lengths = measured.lengths
      threads = measured.threadCount
      seconds = measured.seconds
      operations = measured.operationCount
      operationsPerSecond = measured.operationsPerSecond
      limitOperationsPerSecond = limits.operationsPerSecond
      limitBytesPerSecond = limits.bytesPerSecond
    }
  }
  var compute: String
  var rows: [Row]
}
