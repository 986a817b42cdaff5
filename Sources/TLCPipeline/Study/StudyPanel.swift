/// Shapes that are drawn together: of one width, of one depth, or what is left.
struct StudyPanel {
  /// What tells shapes of a panel apart.
  enum Kind {
    case depth, width, other
    /// Nothing: there is no other panel.
    case all
  }

  var kind: Kind
  var shapes: [StudyPlan.Shape]

  /// The end of a figure's title.
  var suffix: String {
    switch kind {
    case .depth: ", by depth"
    case .width: ", by width"
    case .other: ", other shapes"
    case .all: ""
    }
  }

  /// The end of a figure's description.
  var description: String {
    switch kind {
    case .depth: "All have width \(shapes[0].width)."
    case .width: "All have \(Self.layers(shapes[0].depth))."
    case .other:
      "Shapes that are in neither of the other charts, and those with as many weights in their"
        + " layers."
    case .all: "All shapes."
    }
  }

  /// `1 layer`, `2 layers`.
  static func layers(_ count: Int) -> String { count == 1 ? "1 layer" : "\(count) layers" }

  /// What a legend calls a shape.
  func name(_ shape: StudyPlan.Shape) -> String {
    switch kind {
    case .depth: Self.layers(shape.depth)
    case .width: "width \(shape.width)"
    case .other, .all: shape.name
    }
  }
}

extension StudyTable {
  /// The shapes of the width that most have, those of the depth that most have, and all that are in
  /// neither with their pairs. A panel of one shape is left out, unless there is no other.
  var panels: [StudyPanel] {
    /// The shapes that agree in what most agree in; of equally many, in the least.
    func sweep(
      _ fixed: KeyPath<StudyPlan.Shape, Int>, _ varied: KeyPath<StudyPlan.Shape, Int>
    ) -> [StudyPlan.Shape] {
      let groups = Dictionary(grouping: shapes) { $0[keyPath: fixed] }
      let most = groups.max { ($0.value.count, -$0.key) < ($1.value.count, -$1.key) }?.value ?? []
      return most.sorted { $0[keyPath: varied] < $1[keyPath: varied] }
    }
    var panels = [
      StudyPanel(kind: .depth, shapes: sweep(\.width, \.depth)),
      StudyPanel(kind: .width, shapes: sweep(\.depth, \.width)),
    ].filter { $0.shapes.count > 1 }
    let shown = Set(panels.flatMap { $0.shapes })
    let left = shapes.filter { !shown.contains($0) }
    if !left.isEmpty {
      let matches = pairs.filter { left.contains($0.deeper) || left.contains($0.wider) }
        .flatMap { [$0.deeper, $0.wider] }
      let kind: StudyPanel.Kind = panels.isEmpty ? .all : .other
      panels.append(StudyPanel(kind: kind, shapes: (left + matches).uniqued))
    }
    return panels
  }
}
