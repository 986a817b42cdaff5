import TLCCore
public import TLCExport
public import TLCFormat
public import TLCSystem

extension Checkpoint {
  /// Writes the decoded tensors in a foreign format, under the names and in the orientation of the
  /// source, or of the file.
  ///
  /// - Parameters:
  ///   - path: where the file is to be.
  ///   - format: the name of the format; `nil` to tell it by the path.
  ///   - asStored: whether to keep the file's own names and orientation. Without it, a tensor that
  ///     comes from nowhere keeps its own.
  ///   - overwriting: whether a file there may be replaced.
  ///   - parallelism: how many threads decode.
  ///   - exporters: the formats that are known.
  ///   - progress: may throw, to end the work.
  public func export(
    to path: String, format: String? = nil, asStored: Bool = false, overwriting: Bool = false,
    parallelism: Parallelism = .automatic, exporters: ExporterRegistry = .standard,
    progress: (WorkProgress) throws -> Void = { _ in }
  ) throws {
    let exporter = try exporters.exporter(named: format, path: path)
    let exported = tensors.indices.map { index -> ExportedTensor in
      let record = tensors[index]
      let file = file(ofTensorAt: index)
      let source = asStored ? nil : record.source
      let shape = source?.sourceShape(ofStored: record.shape) ?? record.shape
      return ExportedTensor(
        name: source?.name ?? record.name, dtype: record.dtype, shape: shape
      ) {
        let stored = try file.tensor(record, parallelism: parallelism)
        return (source?.transforms ?? []).reversed().reduce(stored) {
          $1.inverse.applied(to: $0)
        }
      }
    }
    let total = exported.reduce(0) { $0 + $1.shape.count * $1.dtype.byteCount }
    var done = 0
    var failure: (any Error)?
    try exporter.write(exported, to: path, overwriting: overwriting) { count in
      done += count
      do {
        try progress(
          WorkProgress(activity: "exporting", doneByteCount: done, totalByteCount: total))
      } catch { failure = failure ?? error }
    }
    if let failure { throw failure }
  }
}
