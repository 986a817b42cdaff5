internal import TLCReport

extension StudyReport {
  /// A row for each statement, with the number that it is tested with.
  func verdicts(_ claims: [StudyClaim]) -> ReportTable {
    var rows = ReportTable([
      .init("claim"), .init("statement: number", .wrapped), .init("verdict"), .init("mean", .right),
      .init("95%, seeds", .right), .init("95%, texts", .right), .init("p", .right),
      .init("each seed", .wrapped),
    ])
    for claim in claims {
      // Seeds are named where some have no number.
      let areAll = claim.values.map { $0.seed } == table.seeds
      rows.append([
        .text(claim.name), .text("\(claim.statement): \(claim.statistic)"),
        .text(claim.verdict.rawValue),
        .number(claim.mean, Self.text(claim.mean)), .text(Self.text(claim.interval)),
        .text(Self.text(claim.textInterval)),
        claim.interval == nil
          ? .text("—") : .number(claim.probability, Self.text(claim.probability)),
        .text(
          claim.values.map { (areAll ? "" : "\($0.seed): ") + Self.text($0.value) }
            .joined(separator: ", ")),
      ])
    }
    return rows
  }

  /// A number in three significant digits; a dash where there is none.
  static func text(_ value: Double) -> String {
    guard value.isFinite else { return "—" }
    let size = value.magnitude
    if size == 0 || size >= 10 { return NumberText.general(value) }
    if size < 0.001 { return NumberText.scientific(value) }
    return NumberText.fixed(value, size >= 1 ? 2 : size >= 0.1 ? 3 : size >= 0.01 ? 4 : 5)
  }

  private static func text(_ interval: ClosedRange<Double>?) -> String {
    interval.map { "\(text($0.lowerBound)) to \(text($0.upperBound))" } ?? "—"
  }
}
