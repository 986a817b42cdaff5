public import TLCCore

/// Where a tensor's axes that products are summed over are: it is a matrix of inputs and outputs.
public enum InputAxes: Equatable, Sendable {
  /// The first axes: inputs are rows.
  case leading
  /// The last axes: inputs are columns.
  case trailing
}

/// What calibration found of one tensor.
public struct TensorCalibration: Equatable, Sendable {
  /// Where its inputs are, and what they were, in the order that the tensor has them; `nil` where it
  /// is no factor of a product.
  public var inputs: (axes: InputAxes, moments: InputMoments)? {
    get { axes.flatMap { axes in moments.map { (axes, $0) } } }
    set { (axes, moments) = (newValue?.axes, newValue?.moments) }
  }
  private var axes: InputAxes?
  private var moments: InputMoments?
  /// How often each place along the first axis was looked up; `nil` where none was.
  public var lookUps: [Int]?
  /// What the tensor was before pruning, of the same shape and type, so that what was dropped is made
  /// good by what is left; `nil` where nothing was dropped.
  public var unpruned: Tensor?
  /// The name of the tensor that is added to what the matrix gives, an element an output in its order;
  /// `nil` where there is none, or it or the matrix has another use.
  public var bias: String?

  /// Creates what is known of a tensor.
  public init(
    inputs: (axes: InputAxes, moments: InputMoments)? = nil, lookUps: [Int]? = nil
  ) {
    axes = inputs?.axes
    moments = inputs?.moments
    self.lookUps = lookUps
  }
}

/// What runs on calibration data found.
public struct Calibration: Equatable, Sendable {
  /// The number of samples that were run.
  public var sampleCount: Int
  /// The tokens of all samples, padding left out; `nil` where the model takes none.
  public var tokenCount: Int?
  /// What was found of each tensor, by name.
  public var tensors: [String: TensorCalibration]
  /// Tensors that are factors of products of a kind that is not calibrated, and why, in order of
  /// name.
  public var leftOut: [(tensor: String, why: String)]

  /// Creates a calibration.
  public init(
    sampleCount: Int, tokenCount: Int? = nil, tensors: [String: TensorCalibration],
    leftOut: [(tensor: String, why: String)] = []
  ) {
    self.sampleCount = sampleCount
    self.tokenCount = tokenCount
    self.tensors = tensors
    self.leftOut = leftOut
  }

  public static func == (first: Calibration, second: Calibration) -> Bool {
    first.sampleCount == second.sampleCount && first.tokenCount == second.tokenCount
      && first.tensors == second.tensors
      && first.leftOut.map { [$0.tensor, $0.why] } == second.leftOut.map { [$0.tensor, $0.why] }
  }
}
