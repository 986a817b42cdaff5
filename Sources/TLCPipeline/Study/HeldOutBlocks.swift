/// Held-out texts that models are measured with, in blocks of texts that stand together: even blocks
/// validate, and odd ones test.
struct HeldOutBlocks {
  private let blocks: [ArraySlice<Int32>]

  /// Blocks that are evenly spread over what is held out, so that every file is measured.
  ///
  /// - Parameters:
  ///   - tokens: all that is held out.
  ///   - textLength: the tokens of a text.
  ///   - textCount: the texts of all blocks together, or all that there are.
  init(of tokens: [Int32], textLength: Int, textCount: Int) {
    let available = tokens.count / textLength
    let count = min(available, textCount)
    let size = StudyData.blockCount
    let blockCount = (count + size - 1) / size
    // Blocks that are spread do not overlap.
    let areSpread = available > textCount && available >= blockCount * size
    blocks = (0..<blockCount).map { block in
      let size = min(size, count - block * size)
      let start =
        areSpread
        ? (available - size) * block / max(1, blockCount - 1) : block * StudyData.blockCount
      return tokens[start * textLength..<(start + size) * textLength]
    }
  }

  /// How many they are.
  var count: Int { blocks.count }

  /// The tokens of all blocks.
  var all: [Int32] { blocks.flatMap { $0 } }

  /// The tokens of some of the blocks, evenly spread: as many that validate as test, in turns.
  func pairs(textCount: Int) -> [Int32] {
    places(textCount / (2 * StudyData.blockCount)).flatMap { pair in
      blocks[2 * pair..<min(2 * pair + 2, blocks.count)].flatMap { $0 }
    }
  }

  /// The tokens of some of the blocks that validate, evenly spread.
  func validating(textCount: Int) -> [Int32] {
    places(textCount / StudyData.blockCount).flatMap { blocks[2 * $0] }
  }

  /// So many of the pairs of blocks, or all.
  private func places(_ count: Int) -> [Int] {
    let available = (blocks.count + 1) / 2
    let count = max(1, min(available, count))
    return (0..<count).map { available * $0 / count }
  }
}
