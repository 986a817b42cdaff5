public import TLCCore

/// How steps are shared out, as a recipe says it: an axis and a group size, each optional.
public struct Granularity: Equatable, Sendable {
  /// Counted from the back where it is negative; `nil` for one step.
  public var axis: Int?
  /// The size of groups along the axis; `nil` for one step for each position along it.
  public var groupSize: Int?

  /// - Precondition: a group size has an axis, and is at least 8.
  public init(axis: Int? = nil, groupSize: Int? = nil) {
    precondition(groupSize == nil || axis != nil, "groups without an axis")
    precondition((groupSize ?? 8) >= StepLayout.minimumGroupSize, "groups below 8")
    self.axis = axis
    self.groupSize = groupSize
  }

  /// Takes `axis` and `group`, each optional; groups without an axis lie along the last one.
  ///
  /// - Throws: ``CompressionError`` where one is out of range.
  public init(parameters: inout Parameters) throws(CompressionError) {
    axis = try parameters.optionalInteger(
      "axis", in: -Shape.maximumRank...Shape.maximumRank - 1)
    groupSize = try parameters.optionalInteger(
      "group", in: StepLayout.minimumGroupSize...Int(Int32.max))
    if groupSize != nil, axis == nil { axis = -1 }
  }

  /// The layout for a shape; a scalar has one step whatever was asked.
  ///
  /// - Throws: ``CompressionError/axis(_:rank:)`` where the shape does not have the axis.
  public func layout(for shape: Shape) throws(CompressionError) -> StepLayout {
    guard let axis, shape.rank > 0 else { return .tensor }
    let resolved = try shape.resolved(axis: axis)
    return groupSize.map { .group(axis: resolved, size: $0) } ?? .axis(resolved)
  }
}
