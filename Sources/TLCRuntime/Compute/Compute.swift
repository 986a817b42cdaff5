/// A way to compute the products of a graph: `formats/graph.md` §Ways to compute.
public enum Compute: String, CaseIterable, Sendable {
  /// With the elements of tensors.
  case f32
  /// With bytes, where a factor is stored as codes that allow it.
  case int8
  /// With the codes that a factor is stored as, of a byte or less, and activations as they are.
  case codes
}
