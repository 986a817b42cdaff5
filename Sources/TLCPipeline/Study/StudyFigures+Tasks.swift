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
      _ values: (StudyTable.Recovery) -> [Double], start: (StudyTable.FineTuned) -> Double
    ) -> [any Figure] {
      each(title, description, x: ChartAxis("pruned", unit: .percent), y: y) { name, shape in
        Self.line(
          name,
          all.filter { $0.shape == shape }.map { recovery in
            let dense = table.tuned.first {
              $0.shape == shape && $0.seed == recovery.seed && $0.task == task
            }
            return (dense.map { [ChartPoint(0, start($0))] } ?? [])
              + zip(recovery.levels, values(recovery)).map { ChartPoint($0.sparsity, $1) }
          })
      }
    }
    return [
      lines(
        "Accuracy of \(task) pruned step by step",
        "Of validation, after the training that follows each level.",
        y: ChartAxis("accuracy", unit: .percent)
      ) {
        $0.levels.map { $0.after }
      } start: {
        $0.validation.accuracy
      },
      lines(
        "Epochs for \(task) pruned step by step",
        "Of training up to each level, until the accuracy was 99.5% of the first, or for one a level.",
        y: ChartAxis("epochs", includesZero: true)
      ) { recovery in
        recovery.levels.indices.map { level in
          recovery.levels[...level].reduce(0) { $0 + $1.epochs }
        }
      } start: { _ in
        0
      },
    ]
  }
}
