public import TLCCore
public import TLCSystem

/// A codebook by one-dimensional k-means (Han et al., 2016): Lloyd's algorithm on sorted elements.
///
/// Centroids start at quantiles of equal population, and move to the mean of the elements nearest
/// to them, ties to the lower one, until none moves or a hundred rounds have passed. Where an
/// element is 0, one entry is 0 and holds exactly the zeros, so that pruned weights stay pruned.
public struct KMeansQuantizer: Quantizer {
  public static let name = "k-means"

  private static let greatestRoundCount = 100

  /// The most entries of the codebook.
  public let entryCount: Int
  /// Whether and how errors are made good.
  public let feedback: FeedbackOptions

  /// - Precondition: `entryCount` is in 2...65,536.
  public init(entryCount: Int, feedback: FeedbackOptions = FeedbackOptions()) {
    precondition((2...CodebookValues.maximumEntryCount).contains(entryCount), "\(entryCount)")
    self.entryCount = entryCount
    self.feedback = feedback
  }

  public init(parameters: Parameters) throws(CompressionError) {
    var parameters = parameters
    entryCount = try parameters.integer("entries", in: 2...CodebookValues.maximumEntryCount)
    feedback = try FeedbackOptions(parameters: &parameters)
    try parameters.finish()
  }

  public func quantize(
    _ tensor: Tensor, calibration: TensorCalibration?, parallelism: Parallelism
  ) throws(CompressionError) -> any TensorValues {
    func quantize<Element: FloatingTensorElement>(_: Element.Type) -> CodebookValues {
      self.quantize(tensor, Element.self, calibration, parallelism)
    }
    return try tensor.withFiniteElements { type throws(CompressionError) in
      type == Float.self ? quantize(Float.self) : quantize(type)
    }
  }

  private func quantize<Element: FloatingTensorElement>(
    _ tensor: Tensor, _: Element.Type, _ calibration: TensorCalibration?,
    _ parallelism: Parallelism
  ) -> CodebookValues {
    let elements = tensor.elements(of: Element.self)
    var sorted: [Double] = []
    var hasZero = false
    for element in elements {
      if element.double == 0 { hasZero = true } else { sorted.append(element.double) }
    }
    sorted.sort()
    let centroids = centroids(of: sorted, count: entryCount - (hasZero ? 1 : 0))
    var entries = centroids.map { Element(rounding: Float($0)) }
    if let wide = centroids as? [Element] { entries = wide }
    if hasZero || entries.isEmpty { entries.append(Element(rounding: 0)) }
    entries.sort { $0.double < $1.double }
    entries = entries.enumerated().filter {
      $0.offset == 0 || entries[$0.offset - 1].double != $0.element.double
    }.map { $0.element }
    let levels = entries.map { $0.double }
    let zero = levels.firstIndex(of: 0)
    if let feedback = Feedback(tensor, Element.self, calibration, feedback, parallelism) {
      let codes = feedback.codes(CodebookRounder(levels))
      return CodebookValues(
        shape: tensor.shape, entries: Tensor(entries, shape: Shape([entries.count]) ?? .scalar),
        codes: codes.map { UInt16(truncatingIfNeeded: $0) })
    }
    let codes = elements.map { element in
      UInt16(truncatingIfNeeded: nearest(to: element.double, in: levels, zero: zero))
    }
    return CodebookValues(
      shape: tensor.shape, entries: Tensor(entries, shape: Shape([entries.count]) ?? .scalar),
      codes: codes)
  }

  /// The index of the level nearest to an element, the lower of two equally near; 0 is nearest to
  /// zeros alone.
  private func nearest(to x: Double, in levels: [Double], zero: Int?) -> Int {
    if x == 0, let zero { return zero }
    var low = 0
    var high = levels.count
    while low < high {
      let middle = (low + high) / 2
      if levels[middle] < x { low = middle + 1 } else { high = middle }
    }
    var best = -1
    for candidate in [low - 2, low - 1, low, low + 1]
    where levels.indices.contains(candidate) && (candidate != zero || levels.count == 1) {
      if best < 0 || (levels[candidate] - x).magnitude < (levels[best] - x).magnitude {
        best = candidate
      }
    }
    return best
  }

  /// The means of at most `count` clusters of sorted elements, ascending.
  private func centroids(of sorted: [Double], count: Int) -> [Double] {
    guard !sorted.isEmpty else { return [] }
    var sums = [0.0]
    sums.reserveCapacity(sorted.count + 1)
    for x in sorted { sums.append(sums[sums.count - 1] + x) }
    var cuts = (0...count).map { $0 * sorted.count / count }
    var centroids: [Double] = []
    for _ in 0..<Self.greatestRoundCount {
      centroids = zip(cuts, cuts.dropFirst()).compactMap { start, end in
        end > start ? (sums[end] - sums[start]) / Double(end - start) : nil
      }
      var next = [0]
      for (low, high) in zip(centroids, centroids.dropFirst()) {
        next.append(firstIndex(above: low + (high - low) / 2, in: sorted))
      }
      next.append(sorted.count)
      if next == cuts { break }
      cuts = next
    }
    return centroids
  }

  /// The number of sorted elements that are not above `x`.
  private func firstIndex(above x: Double, in sorted: [Double]) -> Int {
    var low = 0
    var high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] <= x { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
