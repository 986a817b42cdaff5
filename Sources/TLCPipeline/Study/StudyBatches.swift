internal import TLCCore

/// What a study found of the sizes of steps.
struct StudyBatches: Sendable {
  /// A training with steps of one size.
  struct Run: Sendable {
    var shape: StudyPlan.Shape
    var batch: Int
    var rate: Double
    var stepCount: Int
    var seconds: Double
    var tokens: Double
    var points: [StudyTable.Point]
    var validation: Double
    var test: Double
  }

  /// By shape, and of each by the size of a step.
  var runs: [Run] = []

  init() {}

  init(_ records: StudyRecords) {
    for record in records.all where record["failed"] == nil {
      guard record["kind"]?.text == "batch-check", let depth = record["depth"]?.count,
        let width = record["width"]?.count, let batch = record["batch"]?.count
      else { continue }
      func number(_ record: StrictJSON?, _ key: String) -> Double {
        record?[key]?.double ?? .nan
      }
      runs.append(
        Run(
          shape: StudyPlan.Shape(depth: depth, width: width), batch: batch,
          rate: number(record, "rate"), stepCount: record["steps"]?.count ?? 0,
          seconds: number(record, "seconds"), tokens: number(record, "tokens"),
          points: (record["points"]?.elements ?? []).map {
            StudyTable.Point(
              step: number($0, "step"), seconds: number($0, "seconds"),
              flops: number($0, "flops"), loss: number($0["validation"], "loss"))
          }, validation: number(record["validation"], "loss"),
          test: number(record["test"], "loss")))
    }
    runs.sort {
      ($0.shape.depth, $0.shape.width, $0.batch) < ($1.shape.depth, $1.shape.width, $1.batch)
    }
  }
}
