public import TLCCore
public import TLCFormat
public import TLCSystem

/// What differs between two checkpoints' decoded values.
public struct CheckpointDifference: Sendable {
  /// A tensor that both have, with other values.
  public struct Changed: Sendable {
    /// The name of the tensor in both.
    public var name: String
    /// Its shape in both.
    public var shape: Shape
    /// Its type in both.
    public var dtype: DType
    /// The distance of the second's values from the first's.
    public var distance: Certificate
  }

  /// A tensor that both have, with another type or shape.
  public struct Reshaped: Sendable {
    /// The name of the tensor in both.
    public var name: String
    /// Type and shape in the first, as text.
    public var first: String
    /// Type and shape in the second, as text.
    public var second: String
  }

  /// Names that only the first has, in order.
  public var onlyInFirst: [String] = []
  /// Names that only the second has, in order.
  public var onlyInSecond: [String] = []
  /// Tensors of another type or shape, in order of name.
  public var reshaped: [Reshaped] = []
  /// Tensors of other values, in order of name.
  public var changed: [Changed] = []
  /// The number of tensors that are equal.
  public var equalCount = 0

  /// Whether both have the same tensors with the same values.
  public var isEmpty: Bool {
    onlyInFirst.isEmpty && onlyInSecond.isEmpty && reshaped.isEmpty && changed.isEmpty
  }
}

extension Checkpoint {
  /// Compares the decoded values of two checkpoints, tensor by tensor, aliases followed.
  ///
  /// Tensors of equal content digests are equal, and are not decoded.
  public func difference(
    from other: Checkpoint, parallelism: Parallelism = .automatic
  ) throws(CheckpointError) -> CheckpointDifference {
    var difference = CheckpointDifference()
    for (i, record) in tensors.enumerated() {
      guard let j = other.index(named: record.name) else {
        difference.onlyInFirst.append(record.name)
        continue
      }
      let second = other.tensors[j]
      guard record.dtype == second.dtype, record.shape == second.shape else {
        difference.reshaped.append(
          .init(
            name: record.name, first: "\(record.dtype) \(record.shape)",
            second: "\(second.dtype) \(second.shape)"))
        continue
      }
      let files = (file(ofTensorAt: i), other.file(ofTensorAt: j))
      if files.0.contentDigest(of: record) == files.1.contentDigest(of: second) {
        difference.equalCount += 1
        continue
      }
      let first = try files.0.tensor(record, parallelism: parallelism)
      let changed = try files.1.tensor(second, parallelism: parallelism)
      difference.changed.append(
        .init(
          name: record.name, shape: record.shape, dtype: record.dtype,
          distance: Certificate(source: first, decoded: changed)))
    }
    for record in other.tensors where index(named: record.name) == nil {
      difference.onlyInSecond.append(record.name)
    }
    return difference
  }
}

extension CheckpointReader {
  /// The digest of the decoded elements, an alias's being its target's.
  func contentDigest(of record: TensorRecord) -> Digest? {
    guard case .stored(let stored) = target(of: record).content else { return nil }
    return stored.contentDigest
  }
}
