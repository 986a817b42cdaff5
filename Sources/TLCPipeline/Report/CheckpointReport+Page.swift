import TLCCore
import TLCFormat
public import TLCReport
import TLCRuntime
import TLCSystem

extension CheckpointReport {
  /// The report as a page: the same report is the same bytes.
  public var page: ReportPage {
    let sources = provenance.sources.map { $0.name }.joined(separator: ", ")
    return ReportPage(
      name,
      subtitle: "A report of a .tlcq file"
        + (sources.isEmpty ? "" : " made from \(sources)")
        + ". Root \(verification.rootDigest.hex)",
      sections: [
        summarySection, sizeSection, layersSection, fidelitySection, sensitivitySection,
        paretoSection, codesSection, tensorsSection, originSection,
      ].compactMap { $0 })
  }

  private var denseByteCount: Int { tensors.reduce(0) { $0 + $1.denseByteCount } }
  private var storedByteCount: Int { tensors.reduce(0) { $0 + $1.storedByteCount } }
  private var elementCount: Int {
    tensors.reduce(0) { $0 + ($1.certificate == nil ? 0 : $1.shape.count) }
  }

  private var summarySection: ReportPage.Section {
    var facts = [("file", NumberText.bytes(verification.byteCount))]
    if denseByteCount > 0 {
      facts += [
        (
          "of the tensors as they were",
          NumberText.percent(Double(verification.byteCount) / Double(denseByteCount))
        ),
        (
          "bits a weight",
          NumberText.fixed(Double(storedByteCount) * 8 / Double(max(1, elementCount)), 2)
        ),
      ]
    }
    facts.append(("weights", NumberText.grouped(elementCount)))
    let recorded = outputs.filter { $0.compute == "f32" }.map { $0.certificate.cosine }.min()
    if let recorded {
      facts.append(("cosine of recorded outputs", NumberText.fixed(recorded, 6)))
    }
    if let fidelity = allocation?.chosen.fidelity {
      facts.append(("mean cosine on samples", NumberText.fixed(fidelity.cosine, 6)))
    }
    facts.append(("recorded runs", verdictInShort))
    var blocks: [ReportPage.Block] = [.facts(facts.map { (name: $0.0, value: $0.1) })]
    for sentence in problems { blocks.append(.note(sentence)) }
    if let graph { blocks.append(.paragraph("Graph: \(graph).")) }
    let files =
      verification.fileCount == 1 ? "the file" : "the \(verification.fileCount) files"
    blocks.append(
      .paragraph(
        "Every byte of \(files) has the digest that is stated for it, and all"
          + " \(verification.tensorCount) tensors decode to theirs. \(verdict)"))
    return .init("Summary", blocks)
  }

  /// What is not as it should be.
  private var problems: [String] {
    var problems: [String] = []
    if let failure = verification.failure {
      // The file's name is in the title; its path is the machine's own.
      if case .format(_, let error) = failure {
        problems.append("A recorded run gives other bits here: \(error)")
      } else {
        problems.append("\(failure)")
      }
    }
    problems += comparison?.mismatches ?? []
    return problems + (runs?.mismatches ?? [])
  }

  private var verdictInShort: String {
    if verification.failure != nil { return "differ" }
    guard let probes = verification.probes, probes.repeatedCount > 0 else { return "none" }
    return "\(probes.repeatedCount) repeated"
  }

  private var verdict: String {
    if verification.failure != nil {
      return "A run that the file recorded does not give the same bits here."
    }
    guard let probes = verification.probes, probes.repeatedCount > 0 else {
      return "The file has no recorded run that could be repeated here."
    }
    let runs =
      probes.repeatedCount == 1 ? "The recorded run" : "\(probes.repeatedCount) recorded runs"
    let were = probes.repeatedCount == 1 ? "was" : "were"
    return
      "\(runs) of the graph \(were) repeated here: all \(probes.valueCount) values on the way are"
      + " equal bit for bit."
  }

  private var tensorsSection: ReportPage.Section {
    let greatest = Double(max(1, tensors.map { $0.storedByteCount }.max() ?? 1))
    let worst = max(
      .leastNonzeroMagnitude,
      tensors.compactMap { $0.certificate?.relativeRMSError }.filter { $0.isFinite }.max() ?? 0)
    var table = ReportTable([
      .init("tensor"), .init("shape"), .init("type"), .init("encoding"),
      .init("bits a weight", .right), .init("zeros", .right), .init("relative RMS error", .right),
      .init("largest error", .right), .init("bytes", .right),
    ])
    for tensor in tensors {
      guard let certificate = tensor.certificate else {
        table.append([
          .code(tensor.name), .text(tensor.shape.description), .text(tensor.dtype.rawValue),
          .text(tensor.encoding), .text(""), .text(""), .text(""), .text(""), .text(""),
        ])
        continue
      }
      let error = certificate.relativeRMSError
      table.append([
        .code(tensor.name), .text(tensor.shape.description), .text(tensor.dtype.rawValue),
        .text(tensor.encoding),
        .number(tensor.bitsPerElement, NumberText.fixed(tensor.bitsPerElement, 3)),
        .number(tensor.sparsity, NumberText.percent(tensor.sparsity)),
        .bar(error, NumberText.scientific(error), share: error / worst),
        .number(
          certificate.maximumAbsoluteError,
          NumberText.scientific(certificate.maximumAbsoluteError)),
        .bar(
          Double(tensor.storedByteCount), NumberText.grouped(tensor.storedByteCount),
          share: Double(tensor.storedByteCount) / greatest),
      ])
    }
    let text =
      "Errors are the certificates of the file: each tensor as it decodes, against the source's."
    return .init("Tensors", [.paragraph(text), .table(table)])
  }

  private var originSection: ReportPage.Section {
    var table = ReportTable([.init("what"), .init("value")])
    for source in provenance.sources {
      table.append([
        .text("source"),
        .text("\(source.name), \(NumberText.grouped(source.byteCount)) bytes"),
      ])
      table.append([.text("its SHA-256"), .code(source.digest.hex)])
      if let license = source.license {
        table.append([.text("its licence, as it states it"), .text(license)])
      }
    }
    table.append([.text("importer"), .text(provenance.importer)])
    table.append([
      .text("written by"), .text("\(provenance.tool) \(provenance.toolVersion)"),
    ])
    if let calibration = provenance.calibration {
      let tokens = calibration.tokenCount.map { ", \(NumberText.grouped($0)) tokens" } ?? ""
      table.append([
        .text("calibrated with"),
        .text("\(NumberText.grouped(calibration.sampleCount)) samples\(tokens)"),
      ])
      table.append([.text("their SHA-256"), .code(calibration.digest.hex)])
    }
    return .init(
      "Where it comes from", [.table(table), .paragraph("The recipe:"), .code(provenance.recipe)])
  }
}
