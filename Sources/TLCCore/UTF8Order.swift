extension String {
  /// Whether this string's UTF-8 bytes come before the other's.
  ///
  /// Swift's own order and equality are by canonical equivalence; files are ordered by bytes.
  public func precedesInUTF8(_ other: String) -> Bool {
    utf8.lexicographicallyPrecedes(other.utf8)
  }

  /// Whether both strings are the same UTF-8 bytes.
  public func equalsInUTF8(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
