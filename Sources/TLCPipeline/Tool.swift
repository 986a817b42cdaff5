/// What this toolkit calls itself in the files that it writes.
public enum Tool {
  /// The name that files are written under.
  public static let name = "tlc"
  /// The version that files are written under.
  public static let version = "0.3.0"
}
