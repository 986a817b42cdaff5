/// The value of an attribute, as far as checkpoints need it.
public enum HDF5Attribute: Equatable, Sendable {
  case string(String)
  case strings([String])
  case integers([Int64])
  case numbers([Double])
  /// A type that is not read, by name.
  case unsupported(String)
}
