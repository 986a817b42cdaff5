internal import TLCReport

extension StudyFigures {
  /// Relative errors of a way to compress, a line a kind of matrices, against depth and against width.
  func errors(_ title: String, way: String) -> [any Figure] {
    let files = last.filter { $0.way == way }
    let kinds = Set(files.flatMap { file in file.errors.keys.filter { Self.isShown($0) } }).sorted()
    guard !kinds.isEmpty else { return [] }
    return panels.filter { $0.kind == .depth || $0.kind == .width }.map { panel in
      let isDepth = panel.kind == .depth
      return Self.chart(
        title + panel.suffix,
        "‖W − Ŵ‖² / ‖W‖², the mean of matrices of a kind. \(panel.description)\(bands)",
        x: isDepth ? ChartAxis("layers") : ChartAxis("width", scale: .logarithmic),
        y: ChartAxis("relative error", scale: .logarithmic),
        kinds.map { kind in
          Self.line(
            Self.name(kind),
            table.seeds.map { seed in
              panel.shapes.compactMap { shape in
                files.first { $0.seed == seed && $0.shape == shape }.flatMap { file in
                  // Tables are not pruned.
                  file.errors[kind].flatMap { error in
                    error > 0
                      ? ChartPoint(Double(isDepth ? shape.depth : shape.width), error) : nil
                  }
                }
              }
            })
        })
    }
  }

  /// Small tables and heads are left out of charts, as the paper does.
  private static func isShown(_ kind: String) -> Bool {
    kind.hasPrefix("attention.") || kind.hasPrefix("intermediate.") || kind.hasPrefix("output.")
      || kind == "embeddings.word_embeddings"
  }

  /// `attention.self.query` as `query`.
  private static func name(_ kind: String) -> String {
    kind.replacing("attention.self.", with: "").replacing("embeddings.word_", with: "word ")
      .replacing(".dense", with: "").replacing(".", with: " ")
  }
}
