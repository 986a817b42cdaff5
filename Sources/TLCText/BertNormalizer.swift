/// What BERT does to a text before it is divided into words (Devlin et al., 2018): drops control
/// characters, sets Chinese characters apart, strips accents, and lowers case, each if asked to.
struct BertNormalizer: Sendable {
  private let cleansText: Bool
  private let separatesChinese: Bool
  private let stripsAccents: Bool
  private let lowersCase: Bool
  /// What becomes of each ASCII character; 0 of one that is dropped.
  private let ascii: [UInt8]
  private let decomposition = CanonicalDecomposition.unicode9

  init(cleansText: Bool, separatesChinese: Bool, stripsAccents: Bool, lowersCase: Bool) {
    self.cleansText = cleansText
    self.separatesChinese = separatesChinese
    self.stripsAccents = stripsAccents
    self.lowersCase = lowersCase
    ascii = (0..<0x80 as Range<UInt8>).map { byte in
      switch byte {
      case 0x09, 0x0A, 0x0D: cleansText ? 0x20 : byte
      case 0..<0x20, 0x7F: cleansText ? 0 : byte
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): lowersCase ? byte + 0x20 : byte
      default: byte
      }
    }
  }

  /// The normalized form of `range` of a text in UTF-8.
  func normalize(_ text: [UInt8], _ range: Range<Int>) -> [UInt8] {
    var normalized: [UInt8] = []
    normalized.reserveCapacity(range.count + range.count / 8)
    var marks: [(combiningClass: UInt8, scalar: Unicode.Scalar)] = []
    var i = range.lowerBound
    while i < range.upperBound {
      let byte = text[i]
      if byte < 0x80 {
        i += 1
        let mapped = ascii[Int(byte)]
        if mapped == 0 && cleansText { continue }
        if !marks.isEmpty { flush(&marks, to: &normalized) }
        normalized.append(mapped)
      } else {
        let (scalar, byteCount) = text.scalar(at: i)
        i += byteCount
        append(scalar, &marks, to: &normalized)
      }
    }
    flush(&marks, to: &normalized)
    return normalized
  }

  /// Cleans a scalar beyond ASCII, and sets it apart if it is Chinese.
  private func append(
    _ scalar: Unicode.Scalar, _ marks: inout [(combiningClass: UInt8, scalar: Unicode.Scalar)],
    to normalized: inout [UInt8]
  ) {
    var scalar = scalar
    if cleansText {
      if scalar.isDroppedByBERT { return }
      if scalar.properties.isWhitespace { scalar = " " }
    }
    let isSetApart = separatesChinese && scalar.isBERTChinese
    if isSetApart {
      flush(&marks, to: &normalized)
      normalized.append(0x20)
    }
    if !stripsAccents {
      appendLowered(scalar, to: &normalized)
    } else {
      decomposition.forEachPart(of: scalar) { part in
        let combiningClass = part.combiningClass
        if combiningClass == 0 { flush(&marks, to: &normalized) }
        if part.isNonspacingMark { return }
        if combiningClass == 0 {
          appendLowered(part, to: &normalized)
        } else {
          marks.append((combiningClass, part))
        }
      }
    }
    if isSetApart {
      flush(&marks, to: &normalized)
      normalized.append(0x20)
    }
  }

  /// Appends marks that were held back, in canonical order.
  private func flush(
    _ marks: inout [(combiningClass: UInt8, scalar: Unicode.Scalar)], to normalized: inout [UInt8]
  ) {
    if marks.isEmpty { return }
    // `sort` is stable, though it does not promise it: the place decides where classes are equal.
    let ordered = marks.enumerated().sorted {
      ($0.element.combiningClass, $0.offset) < ($1.element.combiningClass, $1.offset)
    }
    for mark in ordered { appendLowered(mark.element.scalar, to: &normalized) }
    marks.removeAll(keepingCapacity: true)
  }

  private func appendLowered(_ scalar: Unicode.Scalar, to normalized: inout [UInt8]) {
    if lowersCase {
      normalized.append(contentsOf: scalar.properties.lowercaseMapping.utf8)
    } else {
      normalized.append(scalar)
    }
  }
}
