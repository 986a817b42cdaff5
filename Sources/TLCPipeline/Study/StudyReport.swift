internal import TLCCore
public import TLCReport
internal import TLCSystem

/// A page of a study: its curves, and a verdict on each statement of Li et al. (2020).
public struct StudyReport: Sendable {
  let table: StudyTable
  private let figures: StudyFigures
  private let heading: StrictJSON
  private let failures: [String]
  private let jobCount: Int

  /// Reads a study's folder, also while the study runs.
  ///
  /// - Throws: ``StudyError`` where it is none; `IOError`.
  public init(folder: String) throws {
    let records = try StudyRecords(folder: folder)
    table = StudyTable(records)
    claims = table.claims()
    figures = StudyFigures(table)
    heading = records.heading
    jobCount = records.all.count
    failures = records.all.compactMap { record in
      record["failed"]?.text.map { "\(record["job"]?.text ?? "?"): \($0)" }
    }
  }

  /// Whether a path is a folder with results of a study, which may be damaged.
  public static func isStudy(_ path: String) -> Bool {
    (try? InputFile(path: "\(path)/\(Study.resultsName)")) != nil
  }

  /// The statements, and what was found.
  public let claims: [StudyClaim]

  /// The page.
  public var page: ReportPage {
    var sections = [
      ReportPage.Section(
        "Verdicts",
        [
          .paragraph(
            "A statement is supported where Student's interval of 95% over seeds lies on its side,"
              + " and the test holds among the \(StudyClaim.headlineCount) statements that were fixed"
              + " in advance (Holm); not supported where the interval lies on the other side, and the"
              + " test holds; else undecided. The interval of texts comes from 10,000 resamples of"
              + " blocks of test texts and of seeds; with one seed, it is of texts alone."),
          .table(verdicts(claims.filter { $0.isHeadline })),
          .paragraph("Details: each by itself, at 95%, without a correction for their number."),
          .table(verdicts(claims.filter { !$0.isHeadline })),
        ])
    ]
    sections.append(ReportPage.Section("Training", training))
    sections.append(ReportPage.Section("Compression", compression))
    let share = table.headlineShare
    let errors = [
      figures.errors("Error of 4 bits", way: "min-max-4"),
      figures.errors("Error of pruning \(StudyTable.percent(share))", way: "pruned-\(share)"),
    ]
    sections.append(ReportPage.Section("Errors of matrices", Self.blocks(errors)))
    for task in Set(table.compressed.compactMap { $0.task }).sorted() {
      sections.append(
        ReportPage.Section(
          "Task \(task)", Self.blocks(figures.accuracies(task) + figures.recovery(task))))
    }
    sections += translationSections + batchSections
    var notes: [ReportPage.Block] = [
      .facts([
        ("jobs", "\(jobCount)"), ("shapes", "\(table.shapes.count)"),
        ("seeds", "\(table.seeds.count)"),
      ]),
      .code(heading["plan"]?.text ?? ""),
    ]
    notes += failures.map { .note($0) }
    sections.append(ReportPage.Section("What was run", notes))
    return ReportPage(
      "Train large, then compress", subtitle: "A study of \(table.models.count) trained models",
      sections: sections)
  }

  /// Rows of charts, but for those with nothing to show.
  private static func blocks(_ rows: [[any Figure]]) -> [ReportPage.Block] {
    rows.map { row in row.filter { !$0.numbers.rows.isEmpty } }.filter { !$0.isEmpty }
      .map { .figures($0) }
  }

  private var training: [ReportPage.Block] {
    var blocks = Self.blocks([
      figures.curves("seconds", \.seconds), figures.curves("steps", \.step),
      figures.curves("FLOPs", \.flops), [figures.equalSeconds, figures.equalFlops],
    ])
    blocks.append(.table(figures.speeds))
    if let rates = figures.rates { blocks.append(.table(rates)) }
    return blocks
  }

  private var compression: [ReportPage.Block] {
    let frontiers = StudyFigures.Axis.allCases.map { axis in
      figures.frontiers(
        axis, of: figures.last, "Loss", ChartAxis("loss, nats"), preferring: .smaller
      ) { $0.test.loss }
    }
    var blocks = Self.blocks(
      [figures.rounding, figures.pruning] + frontiers + [figures.convergence])
    if let pairs = figures.pairs { blocks.append(.table(pairs)) }
    return blocks
  }
}
