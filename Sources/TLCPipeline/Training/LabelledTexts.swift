internal import TLCText
public import TLCTraining

/// Texts with a label each, from a file: with columns that a first line names, behind tabs, or, where
/// no columns are asked for, a label, a space and a text a line.
public struct LabelledTexts: Sendable {
  /// The texts, and their labels.
  public var rows: [(text: String, label: String)]

  /// Which columns a file has them in.
  public struct Columns: Sendable {
    /// That of texts.
    public var text: String
    /// That of labels.
    public var label: String

    /// These columns.
    public init(text: String, label: String) {
      self.text = text
      self.label = label
    }
  }

  /// Reads a file.
  ///
  /// - Throws: `IOError`; `TrainingError.data` where a column is missing, a line has no label, or
  ///   there is no line.
  public init(path: String, columns: Columns? = nil) throws {
    let lines = try TextCorpus.text(path)
      .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    rows = []
    if let columns {
      let names = lines.first.map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
      func place(_ name: String) throws(TrainingError) -> Int {
        guard let place = names?.firstIndex(where: { $0 == name }) else {
          throw .data(
            "\(path) has no column \"\(name)\"; its first line names"
              + " \((names ?? []).map { "\"\($0)\"" }.joined(separator: ", "))")
        }
        return place
      }
      let (text, label) = (try place(columns.text), try place(columns.label))
      for (number, line) in lines.enumerated().dropFirst() where !line.isEmpty {
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
        guard max(text, label) < fields.count else {
          throw TrainingError.data(
            "\(path), line \(number + 1): it has \(fields.count) columns, not"
              + " \(names?.count ?? 0)")
        }
        rows.append((String(fields[text]), String(fields[label])))
      }
    } else {
      for (number, line) in lines.enumerated() where !line.isEmpty {
        guard let space = line.firstIndex(where: { $0 == " " || $0 == "\t" }),
          space != line.startIndex
        else {
          throw TrainingError.data(
            "\(path), line \(number + 1): it has no label, a space and a text")
        }
        rows.append((String(line[line.index(after: space)...]), String(line[..<space])))
      }
    }
    guard !rows.isEmpty else { throw TrainingError.data("\(path) has no line with a label") }
  }

  /// The labels, in order.
  public var labels: [String] {
    Set(rows.map { $0.label }).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The texts as tokens of a model that knows their labels.
  ///
  /// - Throws: `TrainingError.data` where a label is none of the model's.
  public func examples(for model: TrainedModel) throws -> [ClassificationTask.Example] {
    let tokenizer = try model.tokenizer()
    return try rows.map { text, label in
      guard let number = model.labels.firstIndex(of: label) else {
        throw TrainingError.data(
          "label \"\(label)\" is none of the model's, \(model.labels.joined(separator: ", "))")
      }
      return .init(ids: try tokenizer.encode(text).ids, label: number)
    }
  }
}
