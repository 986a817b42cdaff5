/// What the steps of a recipe are chosen for: `formats/recipe.md` §Allocation.
public enum AllocationGoal: Equatable, Sendable {
  /// The fewest bytes with a fidelity of at least this, above 0 and below 1.
  case quality(Double, FidelityMetric)
  /// The greatest fidelity in a file of at most so many bytes.
  case size(Int)
}
