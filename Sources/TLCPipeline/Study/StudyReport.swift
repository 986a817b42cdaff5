internal import TLCCore
public import TLCReport

/// A page of a study: its curves, and a verdict on each statement of Li et al. (2020).
public struct StudyReport: Sendable {
  private let table: StudyTable
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
    heading = records.heading
    jobCount = records.all.count
    failures = records.all.compactMap { record in
      record["failed"]?.text.map { "\(record["job"]?.text ?? "?"): \($0)" }
    }
  }

  /// Whether a path is a study's folder.
  public static func isStudy(_ path: String) -> Bool {
    (try? StudyRecords(folder: path)) != nil
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
    sections.append(
      ReportPage.Section(
        "Training",
        [
          .figures([curve("seconds", \.seconds), curve("steps", \.step)]),
          .figures([curve("FLOPs", \.flops), optimum]),
        ]))
    sections.append(
      ReportPage.Section("Compression", [.figures([drops, pruned]), .figures([frontier])]))
    for task in Set(table.compressed.compactMap { $0.task }).sorted() {
      sections.append(ReportPage.Section("Task \(task)", [.figures([accuracy(task)])]))
    }
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

  private func curve(_ name: String, _ place: KeyPath<StudyTable.Point, Double>) -> XYChart {
    XYChart(
      "Loss against \(name)",
      description: "The loss on held-out text, at a constant learning rate, of each size.",
      x: ChartAxis(name, scale: .logarithmic), y: ChartAxis("loss, nats"),
      series: table.shapes.map { shape in
        ChartSeries(
          shape.name,
          seeds: table.seeds.compactMap { seed in
            table.curves[shape]?[seed]?.map { ChartPoint($0[keyPath: place], $0.loss) }
          })
      })
  }

  /// Loss after the cooldown against parameters, a line a budget.
  private var optimum: XYChart {
    XYChart(
      "Loss against size at equal seconds",
      description: "The loss on test text after the cooldown of each budget.",
      x: ChartAxis("parameters", scale: .logarithmic), y: ChartAxis("loss, nats"),
      series: table.budgets.map { budget in
        ChartSeries(
          "\(StudyModel.text(budget)) s",
          seeds: table.seeds.map { seed in
            table.models.filter { $0.budget == budget && $0.seed == seed }
              .sorted { $0.parameterCount < $1.parameterCount }
              .map { ChartPoint($0.parameterCount, $0.test.loss, label: $0.shape.name) }
          })
      })
  }

  private var last: [StudyTable.Compressed] {
    table.compressed.filter { $0.task == nil && $0.budget == table.budgets.last }
  }

  private func series(
    _ name: String, _ files: [StudyTable.Compressed]
  ) -> ChartSeries {
    ChartSeries(
      name,
      seeds: table.seeds.map { seed in
        files.filter { $0.seed == seed }
          .map { ChartPoint(table.parameters($0.shape), table.drop($0), label: $0.shape.name) }
          .sorted { $0.x < $1.x }
      })
  }

  private var drops: XYChart {
    let bits = Set(last.filter { $0.way.hasPrefix("min-max") }.compactMap { $0.bits }).sorted(by: >)
    return XYChart(
      "What rounding costs",
      description: "The increase of the loss in so many bits, from least to greatest value.",
      x: ChartAxis("parameters", scale: .logarithmic), y: ChartAxis("loss increase, nats"),
      series: bits.map { bits in
        series("\(bits) bits", last.filter { $0.way == "min-max-\(bits)" })
      })
  }

  private var pruned: XYChart {
    let shares = Set(last.filter { $0.pruning == "one-shot" }.map { $0.sparsity }).sorted()
    return XYChart(
      "What pruning at once costs",
      description: "The increase of the loss where so large a share of weights is dropped.",
      x: ChartAxis("parameters", scale: .logarithmic), y: ChartAxis("loss increase, nats"),
      series: shares.map { share in
        series(NumberText.percent(share), last.filter { $0.way == "pruned-\(share)" })
      })
  }

  /// Files of one seed's models: the least loss for the bytes.
  private var frontier: XYChart {
    XYChart(
      "Loss against bytes of the file",
      description: "Every way to compress, mean over seeds; lines join the best of each size.",
      x: ChartAxis("bytes", scale: .logarithmic, unit: .bytes), y: ChartAxis("loss, nats"),
      series: table.shapes.map { shape in
        ChartSeries(
          shape.name, means(last.filter { $0.shape == shape }) { $0.test.loss },
          style: .frontier(.smaller))
      })
  }

  private func accuracy(_ task: String) -> XYChart {
    let files = table.compressed.filter { $0.task == task }
    return XYChart(
      "Accuracy against bytes of the file",
      description: "Every way to compress, mean over seeds; lines join the best of each size.",
      x: ChartAxis("bytes", scale: .logarithmic, unit: .bytes),
      y: ChartAxis("accuracy", unit: .percent),
      series: table.shapes.map { shape in
        ChartSeries(
          shape.name, means(files.filter { $0.shape == shape }) { $0.test.accuracy },
          style: .frontier(.greater))
      })
  }

  /// A point for each way: bytes and a number, both the mean over seeds.
  private func means(
    _ files: [StudyTable.Compressed], _ value: (StudyTable.Compressed) -> Double
  ) -> [ChartPoint] {
    func key(_ file: StudyTable.Compressed) -> String {
      file.way + (file.pruning == "iterative" ? " recovered \(file.sparsity)" : "")
    }
    return files.map(key).uniqued.map { name in
      let own = files.filter { key($0) == name }
      let count = Double(own.count)
      return ChartPoint(
        own.reduce(0) { $0 + $1.bytes } / count, own.reduce(0) { $0 + value($1) } / count,
        label: name)
    }.sorted { $0.x < $1.x }
  }
}
