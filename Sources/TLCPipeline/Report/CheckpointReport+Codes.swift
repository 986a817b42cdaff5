import TLCFormat
import TLCReport

extension CheckpointReport {
  /// Tensors whose codes are drawn.
  private static let drawnCount = 6
  /// Bins of a histogram.
  private static let binLimit = 256

  var codesSection: ReportPage.Section? {
    guard !codes.isEmpty else { return nil }
    var table = ReportTable([
      .init("tensor"), .init("codes", .right), .init("different", .right),
      .init("most frequent", .right), .init("entropy, bits", .right),
      .init("stored, bits", .right), .init("stored over entropy", .right),
    ])
    for tensor in codes {
      let counts = tensor.counts
      let most = counts.counts.max { ($0.count, $1.code) < ($1.count, $0.code) }
      table.append([
        .code(tensor.tensor), .number(Double(counts.count), NumberText.grouped(counts.count)),
        .number(Double(counts.counts.count), NumberText.grouped(counts.counts.count)),
        .text(
          most.map {
            "\($0.code) (\(NumberText.percent(Double($0.count) / Double(max(1, counts.count)))))"
          } ?? ""),
        .number(counts.entropy, NumberText.fixed(counts.entropy, 3)),
        .number(counts.storedBits, NumberText.fixed(counts.storedBits, 3)),
        .text(
          counts.entropy > 0
            ? NumberText.percent(counts.storedBits / counts.entropy) : ""),
      ])
    }
    let drawn = codes.filter { !$0.counts.counts.isEmpty }
      .sorted { ($1.counts.count, $0.tensor) < ($0.counts.count, $1.tensor) }
      .prefix(Self.drawnCount)
    return .init(
      "Codes",
      [
        .paragraph(
          "How often each code of a tensor is. Entropy is the least that one distribution for all"
            + " codes allows; less is stored where rows or columns have distributions of their own,"
            + " and more where tables cost more than they save."),
        .figures(drawn.map { Self.histogram($0) }),
        .details(summary: "All tensors of codes", [.table(table)]),
      ])
  }

  /// The share of codes at each end that is told, and not drawn.
  private static let tailShare = 0.000_5

  private static func histogram(_ codes: Codes) -> Histogram {
    let counts = codes.counts
    let tail = Int(Double(counts.count) * tailShare)
    /// What is left of the counts when as many as `tail` are dropped from their start.
    func dropping(_ counts: [(code: Int, count: Int)]) -> ArraySlice<(code: Int, count: Int)> {
      var dropped = 0
      let first = counts.firstIndex { entry in
        dropped += entry.count
        return dropped > tail
      }
      return counts[(first ?? 0)...]
    }
    let shown = dropping(dropping(counts.counts).reversed()).reversed()
    let least = shown.first?.code ?? 0
    let range = (shown.last?.code ?? 0) - least + 1
    let width = (range + binLimit - 1) / binLimit
    var bins = Array(repeating: 0, count: (range + width - 1) / width)
    for (code, count) in shown { bins[(code - least) / width] += count }
    let left = counts.count - bins.reduce(0, +)
    return Histogram(
      codes.tensor,
      description: "\(NumberText.grouped(counts.count)) codes; entropy"
        + " \(NumberText.fixed(counts.entropy, 2)) bits, stored"
        + " \(NumberText.fixed(counts.storedBits, 2))."
        + (left == 0
          ? ""
          : " \(NumberText.grouped(left)) lie outside, from \(counts.counts.first?.code ?? 0) to"
            + " \(counts.counts.last?.code ?? 0)."),
      axis: ChartAxis(width == 1 ? "code" : "code, \(width) to a bar"),
      start: Double(least) - 0.5, binWidth: Double(width), counts: bins)
  }
}
