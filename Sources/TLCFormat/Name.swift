/// The rule for the names of tensors and assets: `formats/tlcq.md` §4.2.
public enum Name {
  /// Whether a name is 1 to 1,024 bytes of UTF-8 without control characters.
  public static func isValid(_ name: String) -> Bool {
    (1...Limits.nameByteCount).contains(name.utf8.count)
      && name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
  }
}
