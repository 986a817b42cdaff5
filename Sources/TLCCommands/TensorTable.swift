import TLC

/// The table of a checkpoint's tensors, with totals against dense.
struct TensorTable {
  var summaries: [TensorSummary]
  /// The bytes of the whole file or set; `nil` where none is written.
  var fileByteCount: Int?

  var lines: [String] {
    var table = TextTable([
      ("tensor", .left), ("shape", .left), ("type", .left), ("encoding", .left),
      ("bits/w", .right), ("zeros", .right), ("error", .right), ("bytes", .right),
    ])
    for summary in summaries {
      table.append([
        summary.name, summary.shape.description, summary.dtype.rawValue, summary.encoding,
        summary.certificate == nil ? "" : Format.fixed(summary.bitsPerElement, 3),
        summary.certificate == nil ? "" : Format.percent(summary.sparsity),
        summary.certificate.map { Format.scientific($0.relativeRMSError) } ?? "",
        summary.certificate == nil ? "" : String(summary.storedByteCount),
      ])
    }
    return table.lines + totals
  }

  /// A sentence of sums.
  var totals: [String] {
    let dense = summaries.reduce(0) { $0 + $1.denseByteCount }
    let stored = summaries.reduce(0) { $0 + $1.storedByteCount }
    let elements = summaries.reduce(0) { $0 + ($1.certificate == nil ? 0 : $1.shape.count) }
    let bits = elements == 0 ? 0 : Double(stored * 8) / Double(elements)
    var line =
      "\(summaries.count) tensors, \(elements) elements: \(Format.bytes(stored)) of planes,"
      + " \(Format.fixed(bits, 3)) bits each, against \(Format.bytes(dense)) dense"
    if let fileByteCount {
      line += "; file \(fileByteCount) bytes"
      if dense > 0 {
        line += ", \(Format.percent(Double(fileByteCount) / Double(dense))) of dense"
      }
    }
    return [line]
  }
}

/// A row of the table, for `--json`.
struct TensorSummaryJSON: Encodable {
  var name: String
  var dtype: String
  var shape: [Int]
  var encoding: String
  var storedBytes: Int
  var denseBytes: Int
  var bitsPerElement: Double
  var sparsity: Double
  var certificate: CertificateJSON?

  init(_ summary: TensorSummary) {
    name = summary.name
    dtype = summary.dtype.rawValue
    shape = summary.shape.dimensions
    encoding = summary.encoding
    storedBytes = summary.storedByteCount
    denseBytes = summary.denseByteCount
    bitsPerElement = summary.bitsPerElement
    sparsity = summary.sparsity
    certificate = summary.certificate.map { CertificateJSON($0) }
  }
}

/// A certificate, for `--json`; infinities are strings.
struct CertificateJSON: Encodable {
  var cosine: Double
  var infinite: Int
  var maxAbsoluteError: Double
  var nan: Int
  var nonZero: Int
  var relativeRMSError: Double
  var saturated: Int

  init(_ certificate: Certificate) {
    cosine = certificate.cosine
    infinite = certificate.infiniteCount
    maxAbsoluteError = certificate.maximumAbsoluteError
    nan = certificate.nanCount
    nonZero = certificate.nonZeroCount
    relativeRMSError = certificate.relativeRMSError
    saturated = certificate.saturatedCount
  }
}
