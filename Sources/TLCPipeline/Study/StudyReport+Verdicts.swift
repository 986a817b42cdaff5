internal import TLCReport

extension StudyReport {
  /// A row for each statement.
  func verdicts(_ claims: [StudyClaim]) -> ReportTable {
    var table = ReportTable([
      .init("claim"), .init("statement", .wrapped), .init("verdict"), .init("mean", .right),
      .init("95%, seeds", .right), .init("95%, texts", .right), .init("p", .right),
      .init("each seed", .right), .init("number", .wrapped),
    ])
    for claim in claims {
      let verdict = claim.verdict.rawValue + (claim.isHeadline ? "" : " (detail)")
      table.append([
        .text(claim.name), .text(claim.statement), .text(verdict),
        .number(claim.mean, Self.text(claim.mean)), .text(Self.text(claim.interval)),
        .text(Self.text(claim.textInterval)),
        claim.interval == nil
          ? .text("—") : .number(claim.probability, NumberText.general(claim.probability)),
        .text(claim.values.map { "\($0.seed): \(Self.text($0.value))" }.joined(separator: ", ")),
        .text(claim.statistic),
      ])
    }
    return table
  }

  static func text(_ value: Double) -> String {
    value.isFinite ? NumberText.general(value) : "—"
  }

  private static func text(_ interval: ClosedRange<Double>?) -> String {
    interval.map { "\(text($0.lowerBound)) to \(text($0.upperBound))" } ?? "—"
  }
}
