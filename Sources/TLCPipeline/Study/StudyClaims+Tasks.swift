/// What the paper says of models that were trained on a task: details, each by itself.
extension StudyTable {
  /// Those that there are results of.
  var taskClaims: [StudyClaim] {
    Set(compressed.compactMap { $0.task }).sorted().flatMap { task in
      let share = headlineShare
      let last =
        compressed.filter { $0.task == task && $0.pruning == "iterative" }
        .map { $0.sparsity }.max() ?? 0
      return [
        slopeClaim("C2 \(task)", task, "in 4 bits") {
          $0.pruning == "none" && $0.way == "min-max-4"
        },
        slopeClaim("C2' \(task)", task, "when \(Self.percent(share)) is pruned at once") {
          $0.way == "pruned-\(share)"
        },
        slopeClaim(
          "C2'' \(task)", task, "when \(Self.percent(last)) is pruned step by step and trained"
        ) {
          $0.pruning == "iterative" && $0.sparsity == last && $0.way == "exact"
        },
        StudyClaim(
          "C3 \(task)",
          "Task \(task): at equal bytes large models, compressed more, are better than small ones",
          "accuracy of the larger half of the models less that of the smaller half, mean over sizes",
          isHeadline: false, sign: 1,
          values: seeds.map { ($0, sizeGap(seed: $0, task: task)) }, textInterval: nil),
      ].filter { !$0.values.isEmpty }
    }
  }

  private func slopeClaim(
    _ name: String, _ task: String, _ how: String, _ isSuch: (Compressed) -> Bool
  ) -> StudyClaim {
    StudyClaim(
      name, "Task \(task): larger models lose less accuracy \(how)",
      "slope of the accuracy lost against ln parameters", isHeadline: false, sign: -1,
      values: seeds.map { ($0, accuracySlope(seed: $0, task: task, isSuch)) }, textInterval: nil)
  }
}
