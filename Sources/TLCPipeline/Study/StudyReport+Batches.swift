internal import TLCReport

extension StudyReport {
  /// What sizes of steps are worth, where the study compares some.
  var batchSections: [ReportPage.Section] {
    let runs = table.batches.runs
    guard !runs.isEmpty else { return [] }
    return [
      ReportPage.Section(
        "Batch sizes",
        [
          .paragraph(
            "Trainings of equal seconds; the rate goes with the root of the size of a step. The loss"
              + " falls once more at the end, where the rate does."),
          .figures([batchCurve("seconds", \.seconds), batchCurve("steps", \.step)]),
          .table(batchTable),
        ])
    ]
  }

  private func batchCurve(_ name: String, _ place: KeyPath<StudyTable.Point, Double>) -> XYChart {
    XYChart(
      "Loss against \(name), by batch",
      description: "The loss on held-out text while a model is trained, of each size of a step.",
      x: ChartAxis(name, scale: .logarithmic), y: ChartAxis("loss, nats"),
      series: table.batches.runs.map { run in
        ChartSeries(
          "\(run.shape.name), \(run.batch)",
          run.points.map { ChartPoint($0[keyPath: place], $0.loss) })
      })
  }

  private var batchTable: ReportTable {
    var rows = ReportTable([
      .init("shape"), .init("batch", .right), .init("rate", .right), .init("steps", .right),
      .init("seconds a step", .right), .init("tokens a second", .right),
      .init("loss, validation", .right), .init("loss, test", .right),
    ])
    func number(_ value: Double) -> ReportTable.Cell { .number(value, NumberText.general(value)) }
    for run in table.batches.runs {
      rows.append([
        .text(run.shape.name), .number(Double(run.batch), "\(run.batch)"), number(run.rate),
        .number(Double(run.stepCount), "\(run.stepCount)"),
        number(run.seconds / Double(max(1, run.stepCount))), number(run.tokens / run.seconds),
        number(run.validation), number(run.test),
      ])
    }
    return rows
  }
}
