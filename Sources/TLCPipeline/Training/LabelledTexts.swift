internal import TLCText
public import TLCTraining

/// Texts with a label each, from a file: with columns that a first line names, behind tabs, or, where
/// no columns are asked for, a label, a space and a text a line.
public struct LabelledTexts: Sendable {
  /// The texts, and their labels.
  public let rows: [(text: String, label: String)]
  /// The file, and the line of each row.
  private let path: String
  private let lines: [Int]

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
    // Other characters that end a line somewhere are part of texts, as form feeds are.
    let lines = try TextCorpus.text(path)
      .split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    var rows: [(text: String, label: String)] = []
    var places: [Int] = []
    if let columns {
      let names = lines.first.map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
      func place(_ name: String) throws(TrainingError) -> Int {
        let places = (names ?? []).indices.filter { names?[$0] == name[...] }
        guard places.count < 2 else {
          throw .data("\(path), line 1: it names \(places.count) columns \"\(name)\"")
        }
        guard let place = places.first else {
          throw .data(
            "\(path) has no column \"\(name)\"; its first line names"
              + " \((names ?? []).map { "\"\($0)\"" }.joined(separator: ", "))")
        }
        return place
      }
      let (text, label) = (try place(columns.text), try place(columns.label))
      for (number, line) in lines.enumerated().dropFirst() where !line.isEmpty {
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
        guard fields.count == names?.count else {
          throw TrainingError.data(
            "\(path), line \(number + 1): columns, which tabs divide, are \(fields.count), not"
              + " \(names?.count ?? 0) as in the first line")
        }
        rows.append((String(fields[text]), String(fields[label])))
        places.append(number + 1)
      }
    } else {
      for (number, line) in lines.enumerated() where !line.isEmpty {
        let end = line.firstIndex { $0 == " " || $0 == "\t" }
        guard let space = end, space != line.startIndex, line[space] == " " else {
          if let end, line[end] == "\t" {
            throw TrainingError.data(
              "\(path), line \(number + 1): a tab stands behind its first word; a file of columns"
                + " names them in its first line, and is read with the names of two of them")
          }
          throw TrainingError.data(
            "\(path), line \(number + 1): it has no label, a space and a text")
        }
        rows.append((String(line[line.index(after: space)...]), String(line[..<space])))
        places.append(number + 1)
      }
    }
    guard !rows.isEmpty else { throw TrainingError.data("\(path) has no line with a label") }
    (self.path, self.rows, self.lines) = (path, rows, places)
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
    return try zip(rows, lines).map { row, line in
      guard let number = model.labels.firstIndex(of: row.label) else {
        throw TrainingError.data(
          "\(path), line \(line): label \"\(row.label)\" is none of the model's,"
            + " \(model.labels.joined(separator: ", "))")
      }
      return .init(ids: try tokenizer.encode(row.text).ids, label: number)
    }
  }

  /// Requires that a model can learn to tell the texts' labels apart.
  ///
  /// - Throws: `TrainingError.data` where all texts have one label, or each of many its own.
  public func requireClasses() throws(TrainingError) {
    let count = labels.count
    if count == 1 {
      throw .data("\(path): all \(rows.count) texts have the label \"\(labels[0])\"")
    }
    if count == rows.count, count > Self.fewLabels {
      throw .data(
        "\(path): each of \(count) texts has a label of its own: is the column the right one?")
    }
  }

  /// So many texts may have a label each.
  private static let fewLabels = 16
}
