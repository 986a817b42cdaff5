import TLCImport

/// What allocated steps were chosen, and what was tried.
public struct AllocationReport: Equatable, Sendable {
  /// Tensors that share a relative step.
  public struct Group: Equatable, Sendable {
    /// Their names, in order.
    public var tensors: [String]
    /// The damage of these tensors alone, over the square of their relative step:
    /// ``Fidelity/damage``.
    public var sensitivity: Double
    /// The step that was chosen, in units of each tensor's RMS.
    public var step: Double
  }

  /// All tensors at one rate.
  public struct Point: Equatable, Sendable {
    /// The stored bytes of all tensors.
    public var byteCount: Int
    /// The fidelity on the samples.
    public var fidelity: Fidelity
  }

  /// The groups, in order of their first tensor.
  public var groups: [Group]
  /// What was tried, in order of bytes.
  public var points: [Point]
  /// The one that was chosen.
  public var chosen: Point
}

extension Allocated {
  func report(_ checkpoint: ImportedCheckpoint) -> AllocationReport {
    AllocationReport(
      groups: groups.map { group in
        AllocationReport.Group(
          tensors: group.tensors.map { checkpoint.tensors[$0].name },
          sensitivity: group.sensitivity, step: group.tensors.first.flatMap { steps[$0] } ?? 0)
      },
      points: points.map { .init(byteCount: $0.byteCount, fidelity: $0.fidelity) },
      chosen: .init(byteCount: byteCount, fidelity: fidelity))
  }
}
