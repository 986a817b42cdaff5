public import TLCReport
import TLCRuntime

extension FidelityComparison {
  /// The comparison as a page: the same comparison is the same bytes.
  public var page: ReportPage {
    let base = Self.base(source)
    let names = Self.names(models.map { $0.path })
    let from = samples.map { "samples of \(Self.base($0))" } ?? "drawn samples"
    let way = compute == .f32 ? "" : " Products of the models were computed in \(compute.rawValue)."
    return ReportPage(
      "\(base) against \(models.count == 1 ? names[0] : "\(models.count) models of it")",
      subtitle: "Bytes of files, and how near outputs are to the source's.",
      sections: [
        .init(
          "Fidelity against bytes",
          [
            .paragraph(
              "The source and each model were run on \(sampleCount) \(from), and their outputs"
                + " \(outputs.joined(separator: ", ")) compared, row by row of the last axis.\(way)"
            ),
            .table(table(names)), .figures(figures(names)),
          ]),
        outputs.count > 1 ? .init("Outputs", [.table(outputTable(names))]) : nil,
        .init(
          "What is measured",
          [
            .paragraph(
              "Cosine is between a row and the source's: its mean, and the least of all rows."
                + (isRanked
                  ? " KL is the mean of Σp·log(p/q) in nats, with p of the source; rows are taken as"
                    + " they are where they are distributions, else their softmax is. Top-1 is the"
                    + " share of rows whose greatest element is at the source's place."
                  : " Of one number, it is 1 − ½ of the squared relative difference, and at least −1.")
                + " The largest difference is of one element."
                + (sourceAccuracy == nil
                  ? "" : " Accuracy is the share of labels that are right."))
          ]),
      ].compactMap { $0 })
  }

  private static func base(_ path: String) -> String {
    path.split(separator: "/").last.map { String($0) } ?? path
  }

  /// Names of files without folder and ending, where these tell them apart; else their paths.
  private static func names(_ paths: [String]) -> [String] {
    let names = paths.map { path in
      let base = base(path)
      return base.hasSuffix(".tlcq") ? String(base.dropLast(5)) : base
    }
    return Set(names).count == names.count ? names : paths
  }

  private func table(_ names: [String]) -> ReportTable {
    var table = ReportTable(
      [
        .init("model"), .init("bytes", .right), .init("of the source", .right),
      ] + measureColumns)
    if sourceAccuracy != nil { table.columns.append(.init("accuracy", .right)) }
    func size(_ count: Int) -> [ReportTable.Cell] {
      let share = Double(count) / Double(max(1, sourceByteCount))
      return [
        .number(Double(count), NumberText.grouped(count)),
        .bar(share, NumberText.percent(share), share: share),
      ]
    }
    func accuracy(_ share: Double?) -> [ReportTable.Cell] {
      sourceAccuracy == nil ? [] : [.text(share.map { NumberText.percent($0) } ?? "")]
    }
    table.append(
      [.text("\(Self.base(source)), the source")] + size(sourceByteCount)
        + Array(repeating: .text(""), count: measureColumns.count) + accuracy(sourceAccuracy))
    for (model, name) in zip(models, names) {
      table.append(
        [.text(name)] + size(model.byteCount) + cells(model.measures)
          + accuracy(model.accuracy))
    }
    return table
  }

  private var measureColumns: [ReportTable.Column] {
    [.init("cosine", .right), .init("least cosine", .right)]
      + (isRanked ? [.init("KL, nats", .right), .init("top-1 equal", .right)] : [])
      + [.init("largest difference", .right)]
  }

  private func cells(_ measures: Measures) -> [ReportTable.Cell] {
    var cells: [ReportTable.Cell] = [
      .number(measures.cosine, NumberText.fixed(measures.cosine, 6)),
      .number(measures.leastCosine, NumberText.fixed(measures.leastCosine, 6)),
    ]
    if isRanked {
      cells += [
        .text(measures.divergence.map { NumberText.scientific($0) } ?? ""),
        .text(measures.topOne.map { NumberText.percent($0) } ?? ""),
      ]
    }
    let greatest = measures.maximumAbsoluteError
    return cells + [.number(greatest, NumberText.scientific(greatest))]
  }

  private func outputTable(_ names: [String]) -> ReportTable {
    var table = ReportTable([.init("model"), .init("output")] + measureColumns)
    for (model, name) in zip(models, names) {
      for output in model.outputs {
        table.append([.text(name), .code(output.name)] + cells(output.measures))
      }
    }
    return table
  }

  private func figures(_ names: [String]) -> [any Figure] {
    let bytes = models.map { Double($0.byteCount) }
    let isWide = (bytes.max() ?? 1) > 4 * (bytes.min() ?? 1)
    let x = ChartAxis("bytes of the file", scale: isWide ? .logarithmic : .linear, unit: .bytes)
    func chart(
      _ title: String, _ axis: ChartAxis, _ style: ChartSeries.Style,
      _ value: (Model) -> Double?
    ) -> XYChart? {
      let points = zip(models, names).compactMap { model, name in
        value(model).map { ChartPoint(Double(model.byteCount), $0, label: name) }
      }
      let shown = points.filter { axis.scale == .linear || $0.y > 0 }
      guard !shown.isEmpty else { return nil }
      let better =
        style == .frontier(.smaller) ? "Down and left is better" : "Up and left is better"
      let left = points.count - shown.count
      return XYChart(
        title,
        description: "\(better); the line joins models that no other beats."
          + (left == 0 ? "" : " \(left) without any difference cannot be shown."),
        x: x, y: axis, series: [ChartSeries("models", shown, style: style)])
    }
    return [
      chart(
        "Loss of cosine", ChartAxis("1 − mean cosine", scale: .logarithmic), .frontier(.smaller)
      ) { max(0, 1 - $0.measures.cosine) },
      chart("Divergence", ChartAxis("KL, nats", scale: .logarithmic), .frontier(.smaller)) {
        $0.measures.divergence
      },
      chart("Agreement", ChartAxis("top-1 equal", unit: .percent), .frontier(.greater)) {
        $0.measures.topOne
      },
      chart("Accuracy", ChartAxis("labels that are right", unit: .percent), .frontier(.greater)) {
        $0.accuracy
      },
    ].compactMap { $0 }
  }
}
