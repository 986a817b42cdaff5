internal import TLCKernels
internal import TLCText

/// How near translations are to those of others: BLEU of a corpus (Papineni et al., 2002), as
/// sacrebleu defines it: tokenization 13a, runs of up to four words, exponential smoothing, one
/// reference a text.
public struct BLEU: Equatable, Sendable {
  /// For each length from 1 to 4, the runs of words that a reference has too.
  public let matchCounts: [Int]
  /// For each length from 1 to 4, the runs of words.
  public let counts: [Int]
  /// The words of the translations.
  public let length: Int
  /// The words of the references.
  public let referenceLength: Int

  private static let order = 4

  /// Compares translations with references.
  ///
  /// - Precondition: there are as many of both.
  public init(_ translations: [String], references: [String]) {
    precondition(
      translations.count == references.count,
      "\(translations.count) translations, and \(references.count) references")
    var (matches, counts) = ([Int](repeating: 0, count: 4), [Int](repeating: 0, count: 4))
    var (length, referenceLength) = (0, 0)
    for (translation, reference) in zip(translations, references) {
      let words = Tokenization13a.words(of: translation).map { Array($0.utf8) }
      let others = Tokenization13a.words(of: reference).map { Array($0.utf8) }
      length += words.count
      referenceLength += others.count
      for n in 1...Self.order {
        let known = Self.runs(of: n, others)
        for (run, count) in Self.runs(of: n, words) {
          counts[n - 1] += count
          matches[n - 1] += min(count, known[run] ?? 0)
        }
      }
    }
    (matchCounts, self.counts) = (matches, counts)
    (self.length, self.referenceLength) = (length, referenceLength)
  }

  private static func runs(of length: Int, _ words: [[UInt8]]) -> [ArraySlice<[UInt8]>: Int] {
    var runs: [ArraySlice<[UInt8]>: Int] = [:]
    for start in words.indices.dropLast(length - 1) {
      runs[words[start..<start + length], default: 0] += 1
    }
    return runs
  }

  /// What translations that are shorter than the references are multiplied by, at most 1.
  public var brevityPenalty: Double {
    guard length < referenceLength else { return 1 }
    return length == 0 ? 0 : DoubleFunctions.exp(1 - Double(referenceLength) / Double(length))
  }

  /// For each length from 1 to 4, the share of runs that match, in percent; where none does, half of
  /// what one would be, a quarter at the second such length, and so on.
  public var precisions: [Double] {
    guard matchCounts.contains(where: { $0 > 0 }) else {
      return matchCounts.map { _ in 0 }
    }
    var divisor = 1.0
    var precisions = [Double](repeating: 0, count: Self.order)
    for n in precisions.indices {
      guard counts[n] > 0 else { break }
      if matchCounts[n] == 0 {
        divisor *= 2
        precisions[n] = 100 / (divisor * Double(counts[n]))
      } else {
        precisions[n] = 100 * Double(matchCounts[n]) / Double(counts[n])
      }
    }
    return precisions
  }

  /// From 0 to 100: the geometric mean of the precisions, times the penalty.
  public var score: Double {
    let precisions = precisions
    guard precisions.allSatisfy({ $0 > 0 }) else { return 0 }
    let sum = precisions.reduce(0) { $0 + DoubleFunctions.log($1) }
    return brevityPenalty * DoubleFunctions.exp(sum / Double(Self.order))
  }
}
