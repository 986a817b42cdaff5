internal import TLCReport

extension StudyFigures {
  /// Accuracies of a task's files, against all that a file is measured by.
  func accuracies(_ task: String) -> [[any Figure]] {
    let files = table.compressed.filter { $0.task == task }
    return Axis.allCases.map { axis in
      frontiers(
        axis, of: files, "Accuracy of \(task)", ChartAxis("accuracy", unit: .percent),
        preferring: .greater
      ) { $0.test.accuracy }
    }
  }

  /// Pruning step by step: the accuracy after each level, and the epochs that were spent so far.
  func recovery(_ task: String) -> [[any Figure]] {
    let all = table.recoveries.filter { $0.task == task }
    /// A line of each seed, of numbers of its levels.
    func lines(
      _ title: String, _ description: String, y: ChartAxis,
      _ points: (StudyTable.Recovery) -> [ChartPoint]
    ) -> [any Figure] {
      each(title, description, x: ChartAxis("pruned", unit: .percent), y: y) { name, shape in
        Self.line(
          name,
          all.filter { $0.shape == shape }.map { points($0) })
      }
    }
    return [
      lines(
        "Accuracy of \(task) pruned step by step",
        "Of test, after the training that follows each level.",
        y: ChartAxis("accuracy", unit: .percent)
      ) { recovery in
        table.compressed.filter {
          $0.shape == recovery.shape && $0.seed == recovery.seed && $0.task == task
            && $0.way == "exact"
        }.map { ChartPoint($0.sparsity, $0.test.accuracy) }.sorted { $0.x < $1.x }
      },
      lines(
        "Epochs for \(task) pruned step by step",
        "Of training up to each level, until the accuracy was 99.5% of the first, or for one a level.",
        y: ChartAxis("epochs", includesZero: true)
      ) { recovery in
        [ChartPoint(0, 0)]
          + recovery.levels.indices.map { level in
            ChartPoint(
              recovery.levels[level].sparsity,
              recovery.levels[...level].reduce(0) { $0 + $1.epochs })
          }
      },
    ]
  }
}
