import TLC

/// What `tlc bench` prints: a row a measurement, and below them what they are measured against.
struct BenchReport {
  /// What each number of threads can do at most.
  var limits: [(threadCount: Int, limits: MachineLimits)] = []
  private var rows: [Row] = []
  private let hasLengths: Bool

  private struct Row {
    var way: String
    var length: Int
    var measured: SessionBenchmark.Measurement
    var limits: MachineLimits
  }

  /// - Parameter hasLengths: whether the graph has named axes besides the batch.
  init(hasLengths: Bool) { self.hasLengths = hasLengths }

  /// Adds a measurement.
  ///
  /// - Precondition: the limits of its threads are there.
  mutating func append(
    _ way: String, length: Int, _ measured: SessionBenchmark.Measurement
  ) {
    guard let last = limits.last, last.threadCount == measured.threadCount else {
      preconditionFailure("no limits of \(measured.threadCount) threads")
    }
    rows.append(
      Row(way: way, length: length, measured: measured, limits: last.limits))
  }

  /// The table, and notes.
  var lines: [String] {
    var table = TextTable([
      ("compute", .left), ("threads", .right), ("batch", .right), ("length", .right),
      ("runs", .right), ("median ms", .right), ("90% ms", .right), ("99% ms", .right),
      ("most ms", .right), ("rows/s", .right), ("GFLOP/s", .right), ("of FMA", .right),
      ("GB/s", .right), ("of read", .right),
    ])
    for row in rows {
      let measured = row.measured
      func time(_ seconds: Double) -> String { Format.significant(seconds * 1e3) }
      table.append([
        row.way, String(measured.threadCount), String(measured.lengths["batch"] ?? 1),
        hasLengths ? String(row.length) : "–", String(measured.seconds.count),
        time(measured.median), time(measured.percentile(90)),
        measured.seconds.count < 100 ? "–" : time(measured.percentile(99)),
        time(measured.percentile(100)), Format.significant(measured.rowsPerSecond),
        Format.significant(measured.operationsPerSecond * 1e-9),
        Format.percent(measured.operationsPerSecond / row.limits.operationsPerSecond),
        Format.significant(measured.weightBytesPerSecond * 1e-9),
        Format.percent(measured.weightBytesPerSecond / row.limits.bytesPerSecond),
      ])
    }
    return table.lines + [""] + limits.map(Self.line) + matrixLines
  }

  private static func line(_ threadCount: Int, _ limits: MachineLimits) -> String {
    "limits of \(threadCount) thread\(threadCount == 1 ? "" : "s"):"
      + " \(Format.significant(limits.operationsPerSecond * 1e-9)) GFLOP/s of fused multiply-adds,"
      + " \(Format.significant(limits.bytesPerSecond * 1e-9)) GB/s read from memory"
  }

  /// How the fixed matrices of each way are multiplied by: a line for all rows that have it alike.
  private var matrixLines: [String] {
    var lines: [String] = []
    for row in rows {
      let weights = row.measured.weights
      let forms = WeightUse.Form.allCases.compactMap { form in
        weights.matrixCounts[form].map { "\($0) \(Self.name(of: form))" }
      }
      let condition =
        weights.matrixCounts[.sparse] == nil
        ? "" : ", from \(WeightUse.leastSparseRowCount) rows of activations on"
      let line =
        "matrices in \(row.way)\(condition):"
        + " \(forms.isEmpty ? "none" : forms.joined(separator: ", "));"
        + " \(Format.bytes(weights.byteCount)) of weights a run"
      if !lines.contains(line) { lines.append(line) }
    }
    return lines
  }

  private static func name(of form: WeightUse.Form) -> String {
    switch form {
    case .floats: "as f32"
    case .sparse: "as f32 without zeros"
    case .bytes: "as bytes, activations too"
    case .codes: "as codes"
    }
  }
}

/// What `tlc bench --json` prints.
extension BenchReport {
  struct JSON: Encodable {
    var limits: [Limits]
    var rows: [Row]

    struct Limits: Encodable {
      var threads: Int
      var operationsPerSecond: Double
      var bytesPerSecond: Double
    }
    struct Row: Encodable {
      var compute: String
      var threads: Int
      var lengths: [String: Int]
      var seconds: [Double]
      var operations: Double
      var operationsPerSecond: Double
      var weightBytes: Int
      var weightBytesPerSecond: Double
      /// By `floats`, `sparse`, `bytes` and `codes`.
      var matrices: [String: Int]
    }
  }

  /// All that was measured, times included.
  var json: JSON {
    JSON(
      limits: limits.map {
        JSON.Limits(
          threads: $0.threadCount, operationsPerSecond: $0.limits.operationsPerSecond,
          bytesPerSecond: $0.limits.bytesPerSecond)
      },
      rows: rows.map { row in
        JSON.Row(
          compute: row.way, threads: row.measured.threadCount,
          lengths: row.measured.lengths, seconds: row.measured.seconds,
          operations: row.measured.operationCount,
          operationsPerSecond: row.measured.operationsPerSecond,
          weightBytes: row.measured.weights.byteCount,
          weightBytesPerSecond: row.measured.weightBytesPerSecond,
          matrices: Dictionary(
            uniqueKeysWithValues: row.measured.weights.matrixCounts.map {
              ($0.key.rawValue, $0.value)
            }))
      })
  }
}
