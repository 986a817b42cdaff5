/// Which samples of calibration data are for what.
///
/// What is fitted to samples is better on them than on others: where a goal of fidelity is to be met,
/// it is measured on samples that nothing else is fitted to.
struct CalibrationSplit {
  /// The samples that matrices are fitted to.
  let calibrating: [Int]
  /// The samples that fidelity is measured on.
  let measuring: [Int]

  /// One sample of so many is for measuring.
  private static let period = 4
  /// Of more, so many evenly spaced ones are.
  private static let measuredLimit = 256

  /// - Parameters:
  ///   - count: the number of samples; where there are fewer than four, all serve both.
  ///   - isMeasured: whether fidelity is to be measured.
  init(count: Int, isMeasured: Bool) {
    let all = Array(0..<count)
    guard isMeasured, count >= Self.period else {
      (calibrating, measuring) = (all, all)
      return
    }
    let measured = min(count / Self.period, Self.measuredLimit)
    let places = (0..<measured).map { count * ($0 + 1) / measured - 1 }
    let kept = Set(places)
    calibrating = all.filter { !kept.contains($0) }
    measuring = places
  }
}
