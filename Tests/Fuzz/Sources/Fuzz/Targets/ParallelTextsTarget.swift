import TLC

/// A table of texts and their translations: it is read, as what is written of it is, or refused.
struct ParallelTextsTarget: FuzzTarget {
  let name = "parallel-texts"

  func run(_ bytes: [UInt8]) {
    let path = ScratchFolder.write(bytes, as: "pairs.tsv")
    guard let texts = try? ParallelTexts(.table(path)) else { return }
    // A carriage return before an end that is written anew would belong to that.
    guard !texts.pairs.contains(where: { $0.target.utf8.last == 0x0D }) else { return }
    let lines = texts.pairs.map { "\($0.source)\t\($0.target)\n" }
    let again = ScratchFolder.write(Array(lines.joined().utf8), as: "again.tsv")
    do {
      require(try ParallelTexts(.table(again)).pairs == texts.pairs, "other pairs are read")
    } catch {
      fatalError("what was read is refused: \(error)")
    }
  }
}
