/// The classes of scalars that tokenizers tell apart, each as of the version of Unicode that the
/// `tokenizers` library has it from: 8.0 for what BERT's rules say, 9.0 for the order of marks, 16.0
/// for the letters and numbers of GPT-2's.
///
/// A class is what the standard library's properties say of the scalars that the version has, and
/// what the versions since have changed.
extension Unicode.Scalar {
  /// Whether Unicode has had this scalar since version `version`.0 or before.
  private func isIn(version: Int) -> Bool {
    guard let age = properties.age else { return false }
    return age.major < version || age.major == version && age.minor == 0
  }

  /// Whether BERT's cleaning drops this scalar: NUL, U+FFFD, and controls, formats and private use.
  var isDroppedByBERT: Bool {
    switch value {
    case 0, 0xFFFD: return true
    case 0x09, 0x0A, 0x0D: return false
    default: break
    }
    return switch properties.generalCategory {
    case .control, .privateUse: true
    case .format: isIn(version: 8)
    default: false
    }
  }

  /// Whether this scalar is punctuation: all ASCII signs are.
  var isBERTPunctuation: Bool {
    switch value {
    case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: return true
    case 0..<0x80: return false
    case 0x166D, 0x111C9: return true
    default: break
    }
    return switch properties.generalCategory {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      isIn(version: 8)
    default: false
    }
  }

  /// Whether this scalar is a mark that has no width: an accent.
  var isNonspacingMark: Bool {
    switch value {
    case 0x1734, 0x1171E: true
    case 0x1885, 0x1886, 0xA9BD, 0x111C9: false
    default: properties.generalCategory == .nonspacingMark && isIn(version: 8)
    }
  }

  /// The class by which canonical ordering sorts this scalar; 0 where it stays in place.
  var combiningClass: UInt8 {
    let combiningClass = properties.canonicalCombiningClass.rawValue
    return combiningClass > 0 && isIn(version: 9) ? combiningClass : 0
  }

  /// Whether this scalar is in one of the blocks that BERT takes for Chinese.
  var isBERTChinese: Bool {
    switch value {
    case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x2A6DF, 0x2A700...0x2B81F,
      0x2B920...0x2CEAF, 0x2F800...0x2FA1F:
      true
    default: false
    }
  }

  /// Whether this scalar is a part of words as regular expressions have them, `\w`.
  var isWord: Bool {
    if isASCII { return value == 0x5F || isLetter || isNumber }
    guard isIn(version: 16) else { return false }
    if properties.isAlphabetic || properties.isJoinControl { return true }
    return switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: true
    default: false
    }
  }

  /// Whether this scalar is a letter, `\p{L}`.
  var isLetter: Bool {
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      isIn(version: 16)
    default: false
    }
  }

  /// Whether this scalar is a number, `\p{N}`.
  var isNumber: Bool {
    switch properties.generalCategory {
    case .decimalNumber, .letterNumber, .otherNumber: isIn(version: 16)
    default: false
    }
  }
}
