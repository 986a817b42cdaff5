internal import TLCReport

extension StudyFigures {
  /// Loss along trainings.
  func curves(_ name: String, _ place: KeyPath<StudyTable.Point, Double>) -> [any Figure] {
    each(
      "Loss against \(name)", "The loss on held-out text, at a constant learning rate.",
      x: ChartAxis(name, scale: .logarithmic), y: ChartAxis("loss, nats")
    ) { name, shape in
      Self.line(
        name,
        table.seeds.map { seed in
          (table.curves[shape]?[seed] ?? []).map { ChartPoint($0[keyPath: place], $0.loss) }
        })
    }
  }

  /// Loss after the cooldown against parameters, a line a budget.
  var equalSeconds: XYChart {
    Self.chart(
      "Loss against size at equal seconds",
      "The loss on test text after the cooldown of each budget; the best shape of each is named."
        + bands,
      x: ChartAxis("parameters", scale: .logarithmic), y: ChartAxis("loss, nats"),
      table.budgets.map { budget in
        let runs = table.seeds.map { seed in
          table.shapes.compactMap { table.model($0, seed: seed, budget: budget) }.map {
            ChartPoint($0.parameterCount, $0.test.loss, note: $0.shape.name)
          }
        }
        return Self.naming(
          Self.line("\(StudyModel.text(budget)) s", runs))
      })
  }

  /// Loss against parameters, a line for each number of operations.
  var equalFlops: XYChart {
    let levels = table.seeds.map { table.equalWork(seed: $0) }
    let flops = levels.first { !$0.isEmpty }?.map { $0.flops } ?? []
    return Self.chart(
      "Loss against size at equal FLOPs",
      "The loss on test text after cooldowns, between budgets; the best shape of each is named."
        + bands,
      x: ChartAxis("parameters", scale: .logarithmic), y: ChartAxis("loss, nats"),
      flops.enumerated().map { place, flops in
        let runs = levels.filter { !$0.isEmpty }.map { levels in
          levels[place].losses.map {
            ChartPoint(table.parameters($0.shape), $0.test, note: $0.shape.name)
          }
        }
        return Self.naming(Self.line("\(NumberText.scientific(flops)) FLOPs", runs))
      })
  }

  /// Writes beside the best point what it is: the lowest, or the highest.
  static func naming(
    _ series: ChartSeries, _ preference: ChartSeries.Preference = .smaller
  ) -> ChartSeries {
    var series = series
    let sign = preference == .smaller ? 1.0 : -1
    let places = series.points.indices
    if let best = places.min(by: { sign * series.points[$0].y < sign * series.points[$1].y }) {
      series.points[best].label = series.points[best].note
    }
    return series
  }

  /// How fast each shape is trained.
  var speeds: ReportTable {
    var rows = ReportTable(
      [
        .init("shape"), .init("parameters", .right), .init("in layers", .right),
        .init("ms a step", .right), .init("tokens a second", .right), .init("GFLOP/s", .right),
      ], caption: "Speed of training, by the benchmark")
    let shapes = table.speeds.keys.sorted {
      (table.parameters($0), $0.depth) < (table.parameters($1), $1.depth)
    }
    for shape in shapes {
      guard let speed = table.speeds[shape] else { continue }
      rows.append([
        .text(shape.name), Self.cell(speed.parameterCount), Self.cell(speed.layerParameterCount),
        Self.cell(speed.stepSeconds * 1000), Self.cell(speed.stepTokens / speed.stepSeconds),
        Self.cell(speed.gigaflops),
      ])
    }
    return rows
  }

  /// The loss at each learning rate, and the best; `nil` where it was not checked.
  var rates: ReportTable? {
    let rates = Set(table.rateChecks.map { $0.rate }).sorted()
    guard !rates.isEmpty else { return nil }
    var rows = ReportTable(
      [.init("shape")] + rates.map { .init("rate \(NumberText.general($0))", .right) } + [
        .init("best rate", .right)
      ],
      caption: "Loss on held-out text after a short training at each learning rate, nats; where"
        + " rates go with the width, the best is that of the shape's own width")
    for shape in table.rateChecks.map({ $0.shape }).uniqued {
      let own = table.rateChecks.filter { $0.shape == shape }
      let best = own.min { $0.validation < $1.validation }?.peak ?? .nan
      rows.append(
        [.text(shape.name)]
          + rates.map { rate in Self.cell(own.first { $0.rate == rate }?.validation ?? .nan) } + [
            Self.cell(best)
          ])
    }
    return rows
  }

  static func cell(_ value: Double) -> ReportTable.Cell {
    .number(value, value.isFinite ? NumberText.general(value) : "—")
  }
}
