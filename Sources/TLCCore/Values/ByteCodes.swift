/// ``UniformValues`` of `f32` whose codes, less their zero points, are bytes: element `i` is
/// codeᵢ × step, rounded once.
public struct ByteCodes: Equatable, Sendable {
  /// How the steps are shared out.
  public let layout: StepLayout
  /// The steps in the order of ``layout``.
  public let steps: [Float]
  /// The codes less their zero points, of type `i8`, in the shape of the decoded tensor.
  public let codes: Tensor
  /// Whether there are no zero points, and the codes that there may be are in −128…127.
  public let isSymmetric: Bool

  /// - Precondition: `codes` is `i8`, and there are as many steps as the layout has.
  public init(layout: StepLayout, steps: [Float], codes: Tensor, isSymmetric: Bool) {
    precondition(codes.dtype == .i8, "codes of \(codes.dtype)")
    precondition(steps.count == layout.stepCount(for: codes.shape), "\(steps.count) steps")
    self.layout = layout
    self.steps = steps
    self.codes = codes
    self.isSymmetric = isSymmetric
  }

  /// Returns `nil` for other values than the type's.
  public init?(_ values: UniformValues) {
    guard values.dtype == .f32 else { return nil }
    var codes: [Int8] = []
    codes.reserveCapacity(values.codes.count)
    var fits = true
    values.layout.forEachRun(in: values.shape, within: 0..<values.codes.count) { run in
      for i in run.elements {
        let step = run.step + (i - run.elements.lowerBound) * run.stride
        let code = values.codes[i] - (values.zeroPoints?[step] ?? 0)
        fits = fits && code == Int32(Int8(truncatingIfNeeded: code))
        codes.append(Int8(truncatingIfNeeded: code))
      }
    }
    guard fits else { return nil }
    self.init(
      layout: values.layout, steps: values.steps.map { Float($0) },
      codes: Tensor(codes, shape: values.shape),
      isSymmetric: values.zeroPoints == nil && Self.range.contains(values.minimum)
        && Self.range.contains(values.maximum))
  }

  /// What a byte holds.
  public static let range: ClosedRange<Int32> = -128...127

  /// The dimensions of the decoded tensor.
  public var shape: Shape { codes.shape }
}
