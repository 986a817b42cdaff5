internal import TLCCore
internal import TLCSystem

/// `README.md` beside a checkpoint, where hubs keep what its author says of it.
enum ModelCard {
  private static let greatestByteCount = 64 << 10
  private static let greatestLicenseByteCount = 200

  /// The licence that the card states in its front matter, `license: apache-2.0`; `nil` where there
  /// is no card, or it states none.
  static func license(beside input: ImportInput) -> String? {
    guard let card = try? ImportInput(path: input.sibling("README.md")),
      let bytes = try? card.file.read(at: 0, count: min(card.byteCount, greatestByteCount)),
      let text = String(validating: bytes, as: UTF8.self)
    else { return nil }
    let lines = text.replacing("\r\n", with: "\n")
      .split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.first == "---", let end = lines.dropFirst().firstIndex(of: "---") else {
      return nil
    }
    for line in lines[1..<end] where line.hasPrefix("license:") {
      let value = line.dropFirst("license:".count).filter { !"\"' \r\t".contains($0) }
      let isPlain = value.utf8.allSatisfy { (0x21...0x7E).contains($0) }
      return isPlain && (1...greatestLicenseByteCount).contains(value.utf8.count)
        ? String(value) : nil
    }
    return nil
  }
}
