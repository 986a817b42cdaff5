internal import Synchronization
public import TLCCore
internal import TLCSystem

/// The results of a study as they can be read at any time, also while it runs.
public struct StudyRecords: Sendable {
  /// In the order in which jobs were done.
  public let all: [StrictJSON]
  /// What the results have in common.
  public let heading: StrictJSON
  private let byJob: [String: Int]

  /// Reads a study's folder; a line that is not finished is left out.
  ///
  /// - Throws: ``StudyError`` where the file is no study's; `IOError`.
  public init(folder: String) throws {
    let path = "\(folder)/\(Study.resultsName)"
    let file = try InputFile(path: path)
    let bytes = try file.read(at: 0, count: file.byteCount)
    let end = bytes.lastIndex(of: UInt8(ascii: "\n")) ?? 0
    var all: [StrictJSON] = []
    for (number, line) in bytes[..<end].split(separator: UInt8(ascii: "\n")).enumerated() {
      guard let record = StrictJSON(Array(line)), record.members != nil else {
        throw StudyError(path: path, line: number + 1, "is no object of JSON")
      }
      if number > 0, let complaint = Self.complaint(record) {
        throw StudyError(path: path, line: number + 1, complaint)
      }
      all.append(record)
    }
    guard let heading = all.first, heading["study"]?.count == 1 else {
      throw StudyError(path: path, line: 1, "is no heading of a study of version 1")
    }
    self.heading = heading
    var dropped: [String: Int] = [:]
    for (place, record) in all.enumerated() {
      for job in record.droppedJobs { dropped[job] = place }
    }
    self.all = all.enumerated().dropFirst().filter { place, record in
      record["job"]?.text.map { place > dropped[$0] ?? 0 } ?? false
    }.map { $0.element }
    byJob = Dictionary(
      self.all.enumerated().compactMap { place, record in
        record["job"]?.text.map { ($0, place) }
      }, uniquingKeysWith: { _, last in last })
  }

  /// The result of a job; `nil` where it is not done.
  public subscript(job: String) -> StrictJSON? { byJob[job].map { all[$0] } }

  /// The names of benchmarks whose times are not those of a quiet machine.
  public var unquietBenchmarks: [String] {
    all.filter { $0["kind"]?.text == "benchmark" }.compactMap { record in
      guard let median = record["median_seconds"]?.double,
        let quickest = record["p10_seconds"]?.double, median > Self.quiet * quickest
      else { return nil }
      return record["job"]?.text
    }
  }

  /// A median of more than so many times the tenth percentile is of a machine that does other work.
  /// Batches of pairs alone, whose lengths differ, make 1.3.
  static let quiet = 1.5
}

/// The results of a study: lines of JSON, one a job, in the order in which jobs were done.
final class StudyResults: Sendable {
  private let file: AppendedFile
  private let records: Mutex<[String: StrictJSON]>

  /// Opens the results of a folder; the first line says what they have in common.
  ///
  /// - Throws: `StudyError` where they are of another study; `IOError`.
  init(path: String, heading: [(key: String, value: StrictJSON)]) throws {
    file = try AppendedFile(path: path)
    var records: [String: StrictJSON] = [:]
    for (number, line) in file.lines.enumerated() {
      guard let record = StrictJSON(Array(line.utf8)), record.members != nil else {
        throw StudyError(path: path, line: number + 1, "is no object of JSON")
      }
      if number == 0 {
        for (key, value) in heading where record[key]?.json != value.json {
          throw StudyError(
            path: path, line: 1,
            "is of another study: \"\(key)\" is \(record[key]?.json ?? "missing"), not"
              + " \(value.json)")
        }
      } else if let complaint = StudyRecords.complaint(record) {
        throw StudyError(path: path, line: number + 1, complaint)
      } else if let job = record["job"]?.text {
        records[job] = record
      }
      for job in record.droppedJobs { records[job] = nil }
    }
    self.records = Mutex(records)
    if file.lines.isEmpty { try file.append(StrictJSON.object(heading).json) }
  }

  /// The result of a job; `nil` where it is not done.
  subscript(job: String) -> StrictJSON? { records.withLock { $0[job] } }

  /// Adds a job's result.
  func append(_ record: StrictJSON, of job: String) throws {
    try records.withLock { records in
      try file.append(record.json)
      records[job] = record
    }
  }

  /// Takes the heading back where there is nothing else.
  func clearWithoutResults() throws(IOError) {
    if file.lines.count <= 1 { try file.clear() }
  }

  /// Takes results back.
  func drop(_ jobs: [String]) throws {
    try records.withLock { records in
      try file.append(StrictJSON.object([("dropped", .array(jobs.map { .string($0) }))]).json)
      for job in jobs { records[job] = nil }
    }
  }
}

extension StrictJSON {
  /// The jobs whose results before this line count no longer.
  fileprivate var droppedJobs: [String] { (self["dropped"]?.elements ?? []).compactMap { $0.text } }

  /// A number; `null` where it is infinite or none.
  static func number(_ value: Double) -> StrictJSON {
    value.isFinite ? .number("\(value)") : .null
  }

  /// An integer.
  static func count(_ value: Int) -> StrictJSON { .number("\(value)") }

  /// A number as such.
  var double: Double? {
    guard case .number(let digits) = self else { return nil }
    return Double(digits)
  }
}
