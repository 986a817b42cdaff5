import TLCReport

extension CheckpointReport {
  func allocated(_ allocation: AllocationReport) -> [ReportPage.Block] {
    let groups = allocation.groups.map { group in
      (
        name: group.tensors.count == 1
          ? group.tensors[0] : "\(group.tensors.count) small tensors",
        sensitivity: group.sensitivity, step: group.step,
        damage: group.sensitivity * group.step * group.step
      )
    }
    let ordered = groups.sorted { ($1.sensitivity, $0.name) < ($0.sensitivity, $1.name) }
    let shown = ordered.filter { $0.sensitivity > 0 }.prefix(Self.barLimit)
    var figures: [any Figure] = [
      BarChart(
        "Sensitivity by tensor",
        description: "The \(shown.count) that the outputs depend on most.",
        axis: ChartAxis("damage over the square of the relative step", scale: .logarithmic),
        bars: shown.map { .init($0.name, $0.sensitivity) }),
      XYChart(
        "Sensitivity against step",
        description: "Each tensor, or group of small ones: what matters more got a smaller step.",
        x: ChartAxis("sensitivity", scale: .logarithmic),
        y: ChartAxis("step over the tensor's RMS", scale: .logarithmic),
        series: [
          ChartSeries(
            "tensors",
            groups.filter { $0.sensitivity > 0 }.map { ChartPoint($0.sensitivity, $0.step) },
            style: .points)
        ]),
    ]
    if let grid = LayerGroups.grid(groups.map { ($0.name, $0.sensitivity) }) {
      figures.append(
        HeatStrip(
          "Sensitivity by block", description: "Of like tensors of each block of a stack.",
          axis: ChartAxis("sensitivity", scale: .logarithmic),
          columns: grid.columns.map { "\($0)" },
          rows: grid.rows.map { .init($0.name, $0.values) }))
    }
    if let grid = LayerGroups.grid(groups.map { ($0.name, $0.step) }) {
      figures.append(
        HeatStrip(
          "Steps by block", description: "The steps that were chosen, of the same tensors.",
          axis: ChartAxis("step over RMS", scale: .logarithmic),
          columns: grid.columns.map { "\($0)" },
          rows: grid.rows.map { .init($0.name, $0.values) }))
    }
    var table = ReportTable([
      .init("tensor"), .init("sensitivity", .right), .init("step over RMS", .right),
      .init("damage expected", .right),
    ])
    for group in ordered {
      table.append([
        .code(group.name),
        .number(group.sensitivity, NumberText.scientific(group.sensitivity)),
        .number(group.step, NumberText.general(group.step)),
        .number(group.damage, NumberText.scientific(group.damage)),
      ])
    }
    return [
      .paragraph(
        "The conversion measured what a step does to the outputs on samples, tensor by tensor, and"
          + " shared steps out so that their damage together is least for its bytes. Damage is half"
          + " the squared distance of the outputs over their square, about what their cosine lacks"
          + " to 1."),
      .figures(figures), .details(summary: "All tensors", [.table(table)]),
    ]
  }

  var paretoSection: ReportPage.Section? {
    guard let allocation else { return nil }
    let chosen = allocation.chosen
    func loss(_ fidelity: Fidelity) -> Double { max(0, 1 - fidelity.cosine) }
    let others = allocation.points.filter { $0 != chosen }
    func points(_ points: [AllocationReport.Point]) -> [ChartPoint] {
      points.map { ChartPoint(Double($0.byteCount), loss($0.fidelity)) }
    }
    let chart = XYChart(
      "What was tried",
      description: "All tensors at one rate each. Down and left is better.",
      x: ChartAxis("bytes of tensors", unit: .bytes),
      y: ChartAxis("1 − mean cosine of outputs", scale: .logarithmic),
      series: [
        ChartSeries("tried", points(allocation.points), style: .frontier(.smaller)),
        ChartSeries(
          "chosen",
          points([chosen]).map { ChartPoint($0.x, $0.y, label: "chosen") }, style: .points),
      ])
    var table = ReportTable([
      .init("bytes of tensors", .right), .init("cosine", .right), .init("least cosine", .right),
      .init("top-1 equal", .right), .init(""),
    ])
    for point in allocation.points {
      table.append([
        .number(Double(point.byteCount), NumberText.grouped(point.byteCount)),
        .number(point.fidelity.cosine, NumberText.fixed(point.fidelity.cosine, 6)),
        .number(point.fidelity.leastCosine, NumberText.fixed(point.fidelity.leastCosine, 6)),
        .text(point.fidelity.topOne.map { NumberText.percent($0) } ?? ""),
        .text(point == chosen ? "chosen" : ""),
      ])
    }
    let tries = others.count + 1
    return .init(
      "Bytes against fidelity",
      [
        .paragraph(
          "The conversion tried \(tries) \(tries == 1 ? "rate" : "rates"), and measured the outputs"
            + " on samples that nothing else was fitted to."),
        .figures([chart]), .table(table),
      ])
  }
}
