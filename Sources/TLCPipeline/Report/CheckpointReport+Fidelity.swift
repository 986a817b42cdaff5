import TLCFormat
import TLCReport

extension CheckpointReport {
  var fidelitySection: ReportPage.Section {
    if let runs, !runs.outputs.isEmpty { return measuredSection(runs) }
    var blocks: [ReportPage.Block] = []
    if graph == nil {
      blocks.append(.paragraph("The file has tensors alone, and no graph that would give outputs."))
    } else if outputs.isEmpty {
      blocks.append(
        .note(
          "The file has no recorded run, so that nothing is known here of its outputs."
            + " tlc compare runs it beside its source."))
    } else {
      var table = ReportTable([
        .init("output"), .init("computed in"), .init("inputs"), .init("cosine", .right),
        .init("relative RMS error", .right), .init("largest difference", .right),
      ])
      for output in outputs {
        table.append([
          .code(output.name), .text(output.compute), .text(output.origin.rawValue),
          .number(output.certificate.cosine, NumberText.fixed(output.certificate.cosine, 6)),
          .number(
            output.certificate.relativeRMSError,
            NumberText.scientific(output.certificate.relativeRMSError)),
          .number(
            output.certificate.maximumAbsoluteError,
            NumberText.scientific(output.certificate.maximumAbsoluteError)),
        ])
      }
      blocks = [
        .paragraph(
          "How far the outputs of recorded runs are from the source's, as the file states."
            + drawnInputs),
        .table(table),
      ]
      if runs == nil {
        blocks.append(
          .paragraph(
            "The divergence of outputs, and errors on the way, are measured where the source is"
              + " given: tlc report --against."))
      }
    }
    return .init("Fidelity", blocks)
  }

  private var drawnInputs: String {
    outputs.contains { $0.origin == .drawn }
      ? " Inputs that are drawn are unlike what a model was trained on, and outputs of real ones may"
        + " be nearer or farther; tlc compare runs them." : ""
  }

  private func measuredSection(_ runs: ModelComparison) -> ReportPage.Section {
    var table = ReportTable([
      .init("output"), .init("computed in"), .init("cosine", .right), .init("KL, nats", .right),
      .init("top-1 equal", .right), .init("relative RMS error", .right),
      .init("largest difference", .right),
    ])
    for (compute, output) in runs.outputs {
      let certificate = output.certificate
      table.append([
        .code(output.name), .text(compute),
        .number(certificate.cosine, NumberText.fixed(certificate.cosine, 6)),
        .text(output.divergence.map { NumberText.scientific($0) } ?? ""),
        .text(output.topOne.map { NumberText.percent($0) } ?? ""),
        .number(
          certificate.relativeRMSError, NumberText.scientific(certificate.relativeRMSError)),
        .number(
          certificate.maximumAbsoluteError,
          NumberText.scientific(certificate.maximumAbsoluteError)),
      ])
    }
    var blocks: [ReportPage.Block] = [
      .paragraph(
        "The source was run beside the file on the inputs of its recorded runs. KL and top-1 are of"
          + " rows of the last axis: as they are where they are distributions, else their softmax."
          + drawnInputs),
      .table(table),
    ]
    let errors = runs.values.enumerated().map { place, value in
      (number: place + 1, value: value, error: value.certificate.relativeRMSError)
    }
    if errors.contains(where: { $0.error > 0 }) {
      let chart = XYChart(
        "Error on the way",
        description: "The relative RMS error of each value of the run, in the order of the graph.",
        x: ChartAxis("value", includesZero: true),
        y: ChartAxis("relative RMS error", scale: .logarithmic),
        series: [
          ChartSeries(
            "relative RMS error",
            errors.filter { $0.error > 0 }.map { ChartPoint(Double($0.number), $0.error) })
        ])
      var worst = ReportTable(
        [.init("value", .right), .init("node"), .init("operator"), .init("error", .right)],
        caption: "The largest errors on the way")
      let ordered = errors.filter { $0.error > 0 }.sorted {
        ($1.error, $0.number) < ($0.error, $1.number)
      }
      for error in ordered.prefix(Self.barLimit) {
        worst.append([
          .number(Double(error.number), "\(error.number)"), .code(error.value.node),
          .text(error.value.operation), .number(error.error, NumberText.scientific(error.error)),
        ])
      }
      blocks += [.figures([chart]), .table(worst)]
    }
    return .init("Fidelity", blocks)
  }

  var sensitivitySection: ReportPage.Section? {
    guard graph != nil else { return nil }
    let title = "Sensitivity"
    if let allocation { return .init(title, allocated(allocation)) }
    guard let damages else {
      return .init(
        title,
        [
          .note(
            "Which tensors matter most is not in the file. It is measured where the source is given"
              + " (tlc report --against), and known where steps are allocated (tlc-convert --report)."
          )
        ])
    }
    let ordered = damages.sorted { ($1.damage, $0.tensor) < ($0.damage, $1.tensor) }
    guard let first = ordered.first, first.damage > 0 else {
      return .init(title, [.paragraph("No tensor alone changes the outputs of the recorded runs.")])
    }
    let shown = ordered.filter { $0.damage > 0 }.prefix(Self.barLimit)
    var figures: [any Figure] = [
      BarChart(
        "Damage by tensor",
        description: "The \(shown.count) that change the outputs most.",
        axis: ChartAxis("damage of this tensor alone", scale: .logarithmic),
        bars: shown.map { .init($0.tensor, $0.damage) })
    ]
    if let grid = LayerGroups.grid(damages.map { ($0.tensor, $0.damage) }) {
      figures.append(
        HeatStrip(
          "Damage by block", description: "The same, of like tensors of each block of a stack.",
          axis: ChartAxis("damage", scale: .logarithmic), columns: grid.columns.map { "\($0)" },
          rows: grid.rows.map { .init($0.name, $0.values) }))
    }
    var table = ReportTable([.init("tensor"), .init("damage alone", .right)])
    for damage in ordered {
      table.append([
        .code(damage.tensor),
        .bar(
          damage.damage, NumberText.scientific(damage.damage), share: damage.damage / first.damage),
      ])
    }
    return .init(
      title,
      [
        .paragraph(
          "The source was run with one tensor at a time as this file has it. Damage is half the"
            + " squared distance of the outputs over their square, about what their cosine lacks to 1."
        ),
        .figures(figures), .details(summary: "All tensors", [.table(table)]),
      ])
  }
}
