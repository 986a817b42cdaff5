internal import TLCReport

extension StudyFigures {
  /// The increase of the loss by a way to compress, against size.
  private func cost(
    _ name: String, way: String, of shapes: [StudyPlan.Shape], named: Set<StudyPlan.Shape> = []
  ) -> ChartSeries {
    let files = last.filter { $0.way == way && shapes.contains($0.shape) }
    return Self.line(
      name,
      table.seeds.map { seed in
        files.filter { $0.seed == seed }.map { file in
          let name = file.shape.name
          return ChartPoint(
            table.parameters(file.shape), table.drop(file),
            label: named.contains(file.shape) ? name : nil, note: name)
        }
      })
  }

  /// The same with a line a panel, of which each shape is named once.
  private func costs(way: String) -> [ChartSeries] {
    var left = Set(table.shapes)
    return panels.map { panel in
      let own = panel.kind == .other ? panel.shapes.filter { left.contains($0) } : panel.shapes
      let name =
        switch panel.kind {
        case .depth: "width \(panel.shapes[0].width)"
        case .width: StudyPanel.layers(panel.shapes[0].depth)
        case .other: "others"
        case .all: "all"
        }
      let series = cost(name, way: way, of: own, named: left)
      left.subtract(own)
      return series
    }
  }

  private func costs(_ title: String, _ description: String, _ series: [ChartSeries]) -> XYChart {
    Self.chart(
      title, description + bands, x: ChartAxis("parameters", scale: .logarithmic),
      y: ChartAxis("loss increase, nats"), series)
  }

  /// What bits cost: all, and 4 with shapes named.
  var rounding: [any Figure] {
    [
      costs(
        "What rounding costs",
        "The increase of the loss in so many bits, from least to greatest value of a matrix.",
        table.bits.map { cost("\($0) bits", way: "min-max-\($0)", of: table.shapes) }),
      costs(
        "What 4 bits cost", "The increase of the loss in 4 bits, of each shape.",
        costs(way: "min-max-4")),
    ]
  }

  /// What pruning at once costs: all shares, and one with shapes named.
  var pruning: [any Figure] {
    let share = table.headlineShare
    let text = StudyTable.percent(share)
    return [
      costs(
        "What pruning at once costs",
        "The increase of the loss where so large a share of weights is dropped.",
        table.prunedShares.map {
          cost(StudyTable.percent($0), way: "pruned-\($0)", of: table.shapes)
        }),
      costs(
        "What pruning \(text) at once costs",
        "The increase of the loss where \(text) of weights are dropped, of each shape.",
        costs(way: "pruned-\(share)")),
    ]
  }

  /// The control of convergence: what 4 bits cost after each budget, against tokens.
  var convergence: [any Figure] {
    each(
      "What 4 bits cost against tokens", "The increase of the loss after each budget.",
      x: ChartAxis("tokens of training", scale: .logarithmic), y: ChartAxis("loss increase, nats")
    ) { name, shape in
      Self.line(
        name,
        table.seeds.map { seed in
          table.budgets.compactMap { table.model(shape, seed: seed, budget: $0) }.compactMap {
            model in
            table.file(of: model, way: "min-max-4").map {
              ChartPoint(
                model.tokens, table.drop($0), note: "\(StudyModel.text(model.budget)) s")
            }
          }
        })
    }
  }

  /// Against what a file is measured by.
  enum Axis: CaseIterable {
    case bytes, paperBytes, nonzero

    var name: String {
      switch self {
      case .bytes: "bytes of the file"
      case .paperBytes: "the paper's bytes"
      case .nonzero: "numbers that are not 0"
      }
    }

    var axis: ChartAxis {
      switch self {
      case .bytes: ChartAxis("bytes", scale: .logarithmic, unit: .bytes)
      case .paperBytes:
        ChartAxis("weights not pruned × bits / 8", scale: .logarithmic, unit: .bytes)
      case .nonzero: ChartAxis("non-zero numbers", scale: .logarithmic)
      }
    }

    var description: String {
      switch self {
      case .bytes: "Every way to compress; lines join the best."
      case .paperBytes:
        "Ways with a number of bits; masks, scales and headers do not count. Lines join the best."
      case .nonzero: "Ways that prune and do not round; masks do not count. Lines join the best."
      }
    }

    /// NaN where a file has no place on the axis.
    func value(_ file: StudyTable.Compressed, in table: StudyTable) -> Double {
      switch self {
      case .bytes: file.bytes
      case .paperBytes: table.paperBytes(file)
      case .nonzero: file.bits == nil && !file.way.contains("trellis") ? file.nonzero : .nan
      }
    }
  }

  /// A number against what a file is measured by, with each shape's Pareto frontier: means over seeds,
  /// and the frontier of each seed faint.
  func frontiers(
    _ axis: Axis, of files: [StudyTable.Compressed], _ number: String, _ y: ChartAxis,
    preferring preference: ChartSeries.Preference, _ value: (StudyTable.Compressed) -> Double
  ) -> [any Figure] {
    each(
      "\(number) against \(axis.name)", axis.description, x: axis.axis, y: y, isFrontier: true
    ) { name, shape in
      let own = files.filter { $0.shape == shape && axis.value($0, in: table).isFinite }
      let groups = Dictionary(grouping: own, by: Self.label)
      let points = groups.keys.sorted().map { label in
        let here = groups[label, default: []]
        let count = Double(here.count)
        return ChartPoint(
          here.reduce(0) { $0 + axis.value($1, in: table) } / count,
          here.reduce(0) { $0 + value($1) } / count, note: label)
      }
      let runs = table.seeds.map { seed in
        Self.steps(
          ChartSeries.frontier(
            of: own.filter { $0.seed == seed }.map {
              ChartPoint(axis.value($0, in: table), value($0))
            },
            preferring: preference))
      }.filter { !$0.isEmpty }
      return ChartSeries(
        name, points, style: .frontier(preference), runs: runs.count > 1 ? runs : [])
    }
  }

  /// A frontier with its corners: the better number begins where there is a point.
  private static func steps(_ points: [ChartPoint]) -> [ChartPoint] {
    zip(points, points.dropFirst()).flatMap { [$0, ChartPoint($1.x, $0.y)] } + points.suffix(1)
  }

  /// What was done to a file, in words.
  static func label(_ file: StudyTable.Compressed) -> String {
    var parts: [String] = []
    if file.sparsity > 0 {
      let how = file.pruning == "iterative" ? "step by step" : "at once"
      parts.append("\(StudyTable.percent(file.sparsity)) pruned \(how)")
    }
    if let bits = file.bits {
      parts.append("\(bits) bits")
    } else if let place = file.way.firstRange(of: "trellis-") {
      parts.append("trellis at step \(file.way[place.upperBound...])")
    }
    return parts.isEmpty ? "as it is" : parts.joined(separator: ", ")
  }

  /// Pairs of as many weights, each with the mean over seeds; `nil` where there is none.
  var pairs: ReportTable? {
    guard !table.pairs.isEmpty else { return nil }
    let share = table.headlineShare
    var rows = ReportTable(
      [
        .init("deeper"), .init("wider"), .init("loss", .right),
        .init("cost of pruning \(StudyTable.percent(share))", .right),
        .init("cost of 4 bits", .right), .init("seeds", .right),
      ],
      caption: "The deeper less the wider of as many weights, longest budget, nats: mean over seeds"
    )
    for pair in table.pairs {
      let gaps: [(Int) -> StudyContrast?] = [
        { table.lossGap(pair, seed: $0) },
        { table.dropGap(pair, way: "pruned-\(share)", seed: $0) },
        { table.dropGap(pair, way: "min-max-4", seed: $0) },
      ]
      let found = gaps.map { gap in SeedStatistic(table.seeds.compactMap { gap($0)?.value }) }
      rows.append(
        [.text(pair.deeper.name), .text(pair.wider.name)]
          + found.map { Self.cell($0.values.isEmpty ? .nan : $0.mean) } + [
            .text("\(found[0].values.count)")
          ])
    }
    return rows
  }
}
