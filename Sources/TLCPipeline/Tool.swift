/// What this toolkit calls itself in the files that it writes.
public enum Tool {
  public static let name = "tlc"
  public static let version = "0.1.0"
}
