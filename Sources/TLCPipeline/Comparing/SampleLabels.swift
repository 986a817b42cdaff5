import TLCCore
import TLCSystem

/// What is right for each row of an output, from a file of a label a line.
///
/// A line is of a sample: one label, or one for each row of its output, between spaces; or, where there
/// are as many lines as rows of all samples, of a row. A label is a number from 0, or a name of
/// `id2label` in the model's configuration.
struct SampleLabels {
  /// The labels of the rows of each sample, in the order in which samples are run.
  private let labels: [[Int]]

  private static let greatestByteCount = 256 << 20

  /// - Parameters:
  ///   - path: of the file.
  ///   - order: the places of samples in their file, in the order in which they are run.
  ///   - outputs: the source's output of each sample, in that order.
  ///   - assets: with the names of labels, where there are any.
  /// - Throws: ``ComparisonError``, and what reading throws.
  init(path: String, order: [Int], of outputs: [Tensor], assets: [String: [UInt8]]) throws {
    func refusal(_ what: String) -> ComparisonError { .labels(path: path, what) }
    let file = try InputFile(path: path)
    guard file.byteCount <= Self.greatestByteCount else {
      throw refusal("it is longer than 256 MiB")
    }
    let bytes = try file.read(at: 0, count: file.byteCount)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw refusal("it is not UTF-8")
    }
    let lines = text.split(whereSeparator: \.isNewline).filter { line in
      line.contains { !$0.isWhitespace }
    }
    let counts = outputs.map { $0.rowCount }
    // By the sample's place in its file.
    var rows: [[Substring]]
    if lines.count == order.count {
      var rowCounts = Array(repeating: 0, count: order.count)
      for (place, sample) in order.enumerated() { rowCounts[sample] = counts[place] }
      rows = zip(lines, rowCounts).map { line, count in
        count == 1 ? [line] : line.split(whereSeparator: \.isWhitespace)
      }
      for (place, (row, count)) in zip(rows, rowCounts).enumerated() where row.count != count {
        throw refusal(
          "line \(place + 1) of labels has \(row.count), and the output of sample \(place + 1) has"
            + " \(count) rows")
      }
    } else if lines.count == counts.reduce(0, +) {
      var starts = Array(repeating: 0, count: order.count)
      for (place, sample) in order.enumerated() { starts[sample] = counts[place] }
      var start = 0
      rows = starts.map { count in
        defer { start += count }
        return Array(lines[start..<start + count])
      }
    } else {
      throw refusal(
        "it has \(lines.count) labels, and there are \(order.count) samples of"
          + " \(counts.reduce(0, +)) rows together")
    }
    let settings = try TextModelSettings(assets: assets)
    let length = outputs.first?.shape.dimensions.last ?? 1
    let classCount = length == 1 ? 2 : length
    let names = (0..<classCount).map { settings.label($0) }
    labels = try order.map { sample in
      try rows[sample].map { word in
        let word = word.drop { $0.isWhitespace }
        let end = word.lastIndex { !$0.isWhitespace } ?? word.startIndex
        let label = String(word[...end])
        guard let number = Int(label) ?? names.firstIndex(of: label),
          (0..<classCount).contains(number)
        else {
          throw refusal(
            "label \"\(label)\" of sample \(sample + 1) is none of the model's 0 to \(classCount - 1)"
          )
        }
        return number
      }
    }
  }

  /// The share of labels that are those of the first output's rows: the place of the greatest element,
  /// or, of one element, whether it is at least a half.
  func accuracy(_ results: [[Tensor]], _ places: [Int]) -> Double? {
    guard let output = places.first else { return nil }
    var (right, total) = (0, 0)
    for (result, labels) in zip(results, labels) {
      let numbers = result[output].numbers
      let length = max(1, result[output].shape.dimensions.last ?? 1)
      for (row, label) in labels.enumerated() where (row + 1) * length <= numbers.count {
        let elements = numbers[row * length..<(row + 1) * length]
        var best = elements.startIndex
        for place in elements.indices where elements[place] > elements[best] { best = place }
        let found = length == 1 ? (elements[best] >= 0.5 ? 1 : 0) : best - elements.startIndex
        if found == label { right += 1 }
        total += 1
      }
    }
    return total == 0 ? nil : Double(right) / Double(total)
  }
}

extension Tensor {
  /// The rows of the last axis.
  fileprivate var rowCount: Int { shape.count / max(1, shape.dimensions.last ?? 1) }
}
