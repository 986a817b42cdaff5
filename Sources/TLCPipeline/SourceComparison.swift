import TLCCore
public import TLCFormat
public import TLCImport
public import TLCSystem

/// What measuring the certificates again from the source found.
public struct SourceComparison: Sendable {
  /// The number of certificates that were measured again.
  public var tensorCount = 0
  /// A sentence for each thing that is not as the file says.
  public var mismatches: [String] = []

  /// Whether everything is as the file says.
  public var isSound: Bool { mismatches.isEmpty }
}

extension Checkpoint {
  /// Reads the source again, and measures each tensor's certificate from it.
  ///
  /// - Parameters:
  ///   - path: the checkpoint that this one was made from.
  ///   - importers: the importers that are asked for it.
  ///   - parallelism: how many threads decode.
  ///   - progress: may throw, to end the work.
  public func compare(
    withSource path: String, importers: ImporterRegistry = .complete,
    parallelism: Parallelism = .automatic, progress: (WorkProgress) throws -> Void = { _ in }
  ) throws -> SourceComparison {
    try compare(with: try importers.open(path), parallelism: parallelism, progress: progress)
  }

  /// The same, with a source that is open.
  func compare(
    with source: ImportedCheckpoint, parallelism: Parallelism,
    progress: (WorkProgress) throws -> Void
  ) throws -> SourceComparison {
    var comparison = SourceComparison()
    let total = source.tensors.reduce(0) { $0 + $1.byteCount }
    var done = 0
    for tensor in source.tensors {
      defer { done += tensor.byteCount }
      guard let index = index(named: tensor.name) else {
        comparison.mismatches.append("\(tensor.name): is in the source, and not in the file")
        continue
      }
      let record = tensors[index]
      guard case .stored(let stored) = record.content else { continue }
      guard record.dtype == tensor.dtype, record.shape == tensor.shape else {
        comparison.mismatches.append(
          "\(tensor.name): is \(tensor.dtype) \(tensor.shape) in the source,"
            + " \(record.dtype) \(record.shape) in the file")
        continue
      }
      let measured = try file(ofTensorAt: index).certificate(
        of: record, against: try tensor.load(parallelism), parallelism: parallelism)
      comparison.tensorCount += 1
      if measured != stored.certificate {
        comparison.mismatches.append(
          "\(tensor.name): the certificate states a relative RMS error of"
            + " \(stored.certificate.relativeRMSError), measured is \(measured.relativeRMSError)")
      }
      try progress(
        WorkProgress(
          activity: "comparing", doneByteCount: done + tensor.byteCount, totalByteCount: total))
    }
    let names = Set(source.tensors.map { $0.name } + source.aliases.map { $0.name })
    for record in tensors where !names.contains(record.name) {
      comparison.mismatches.append("\(record.name): is in the file, and not in the source")
    }
    return comparison
  }
}
