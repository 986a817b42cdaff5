import ArgumentParser
import TLC

/// `tlc bench FILE`.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure how fast the model of a .tlcq file runs on this machine.",
    discussion: """
      Runs on drawn inputs for each way to compute, batch, length and number of threads: a row each. \
      Times are of a run: the median, what 90 and 99 of 100 runs do not exceed (99% of 100 runs or \
      more alone), and the most.

      GFLOP/s are of products; "of FMA" is their share of the fused multiply-adds of f32 that as many \
      threads can do here, which products of bytes exceed. GB/s are of the weights of products, each read once a run; "of read" is their share \
      of what as many threads can read here from memory, and above 100% where weights stay in caches. \
      Both limits are measured first, and stand under the table.
      """)

  @Argument(help: "The .tlcq file, or the index of a set.", completion: .file(extensions: ["tlcq"]))
  var file: String

  @Option(
    help: ArgumentHelp(
      "How products are computed, as `tlc run --compute` does: f32, int8, codes; or dense, which is "
        + "f32 that leaves no zeros out; several with commas. [default: f32]",
      valueName: "ways"),
    transform: Ways.init(parsing:))
  var compute: Ways = Ways([.computed(.f32)])

  @Option(
    help: ArgumentHelp(
      "Rows of a batch; several with commas. [default: 1,32]", valueName: "counts"),
    transform: { try Counts(parsing: $0, upTo: 1 << 24) })
  var batch: Counts = Counts([1, 32])

  @Option(
    help: ArgumentHelp(
      "Lengths of the other named axes; several with commas. [default: 16,128]", valueName: "counts"
    ),
    transform: { try Counts(parsing: $0, upTo: 1 << 24) })
  var length: Counts = Counts([16, 128])

  @Option(
    help: ArgumentHelp(
      "Threads a run; several with commas. [default: 1, and one a processor]", valueName: "counts"),
    transform: { try Counts(parsing: $0, upTo: 1_024) })
  var threads: Counts?

  @Option(help: ArgumentHelp("Runs of each row that are measured.", valueName: "count"))
  var samples: Int = 100

  @Option(
    help: ArgumentHelp(
      "Seconds after which no more runs of a row are begun; three are measured in any case.",
      valueName: "seconds"))
  var time: Int = 10

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if !(1...100_000).contains(samples) {
      throw ValidationError("--samples \(samples) is not in 1...100000")
    }
    if !(0...86_400).contains(time) { throw ValidationError("--time \(time) is not in 0...86400") }
  }

  func run() throws {
    try reportingErrors {
      let checkpoint = try Checkpoint(path: file)
      let benchmarks = try compute.ways.map { way in
        switch way {
        case .computed(let way): try SessionBenchmark(checkpoint, compute: way.library)
        case .dense: try SessionBenchmark(checkpoint, leavingZerosOut: false)
        }
      }
      let axes = benchmarks.first?.axes ?? []
      let others = axes.filter { $0 != "batch" }
      var report = BenchReport(hasLengths: !others.isEmpty)
      for count in threads?.counts ?? Array(Set([1, Parallelism.automatic.threads])).sorted() {
        report.limits.append((count, MachineLimits(team: Team(threadCount: count))))
        for batch in axes.contains("batch") ? batch.counts : [1] {
          for length in others.isEmpty ? [1] : length.counts {
            var named = Dictionary(uniqueKeysWithValues: others.map { ($0, length) })
            if axes.contains("batch") { named["batch"] = batch }
            for (way, benchmark) in zip(compute.ways, benchmarks) {
              report.append(
                way.name, length: length,
                try benchmark.measure(
                  named, threadCount: count, sampleCount: samples, time: .seconds(time)))
            }
          }
        }
      }
      if json { return try printJSON(report.json) }
      for line in report.lines { print(line) }
    }
  }
}

/// Positive integers with commas between them.
struct Counts {
  var counts: [Int]

  init(_ counts: [Int]) { self.counts = counts }

  /// - Throws: `ValidationError` where one is not from 1 to `most`.
  init(parsing text: String, upTo most: Int) throws {
    counts = try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      guard let count = Int(part), (1...most).contains(count) else {
        throw ValidationError("\"\(part)\" is not a count from 1 to \(most)")
      }
      return count
    }
  }
}

/// Ways to compute with commas between them.
struct Ways {
  enum Way {
    case computed(ComputeOptions.Way), dense

    var name: String {
      switch self {
      case .computed(let way): way.rawValue
      case .dense: "dense"
      }
    }
  }

  var ways: [Way]

  init(_ ways: [Way]) { self.ways = ways }

  /// - Throws: `ValidationError` where one is none.
  init(parsing text: String) throws {
    ways = try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      if part == "dense" { return .dense }
      guard let way = ComputeOptions.Way(rawValue: String(part)) else {
        let all = ComputeOptions.Way.allCases.map { $0.rawValue }.joined(separator: ", ")
        throw ValidationError("\"\(part)\" is none of \(all), dense")
      }
      return .computed(way)
    }
  }
}
