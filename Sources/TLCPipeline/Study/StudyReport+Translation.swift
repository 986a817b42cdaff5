internal import TLCReport

extension StudyReport {
  /// How good translations are, where the study has some.
  var translationSections: [ReportPage.Section] {
    guard !table.translations.models.isEmpty else { return [] }
    return [
      ReportPage.Section(
        "Translation", [.figures([bleuCurve, bleuOptimum]), .figures([bleuFrontier])])
    ]
  }

  private var bleuCurve: XYChart {
    StudyFigures.chart(
      "BLEU against seconds", "Of test texts, after the cooldown of each budget.",
      x: ChartAxis("seconds", scale: .logarithmic), y: ChartAxis("BLEU"),
      table.shapes.map { shape in
        StudyFigures.line(
          shape.name,
          table.seeds.map { seed in
            points(\.seconds) { $0.shape == shape && $0.seed == seed }
          })
      })
  }

  private var bleuOptimum: XYChart {
    StudyFigures.chart(
      "BLEU against size at equal seconds",
      "Of test texts, after the cooldown of each budget; the best shape of each is named.",
      x: ChartAxis("parameters", scale: .logarithmic), y: ChartAxis("BLEU"),
      table.budgets.map { budget in
        StudyFigures.naming(
          StudyFigures.line(
            "\(StudyModel.text(budget)) s",
            table.seeds.map { seed in
              points(\.parameterCount) { $0.budget == budget && $0.seed == seed }
            }), .greater)
      })
  }

  private func points(
    _ place: KeyPath<StudyTranslations.Model, Double>,
    _ isWanted: (StudyTranslations.Model) -> Bool
  ) -> [ChartPoint] {
    table.translations.models.filter(isWanted)
      .map { ChartPoint($0[keyPath: place], $0.test, note: $0.shape.name) }
      .sorted { $0.x < $1.x }
  }

  private var bleuFrontier: XYChart {
    let files = table.translations.files.filter { $0.budget == table.budgets.last }
    return XYChart(
      "BLEU against bytes of the file",
      description: "Every way to compress, mean over seeds; lines join the best of each size.",
      x: ChartAxis("bytes", scale: .logarithmic, unit: .bytes), y: ChartAxis("BLEU"),
      series: table.shapes.map { shape in
        let own = files.filter { $0.shape == shape }
        let points = own.map { $0.way }.uniqued.map { way in
          let same = own.filter { $0.way == way }
          let count = Double(same.count)
          return ChartPoint(
            same.reduce(0) { $0 + $1.bytes } / count, same.reduce(0) { $0 + $1.test } / count,
            label: way)
        }
        return ChartSeries(
          shape.name, points.sorted { $0.x < $1.x }, style: .frontier(.greater))
      })
  }
}
