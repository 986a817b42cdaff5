import TLCCore
import TLCFormat
import TLCReport

extension CheckpointReport {
  /// Rows of charts: more are in the table beneath.
  static let barLimit = 12

  var sizeSection: ReportPage.Section {
    let whole = StackedBars(
      "The file by part",
      description: "What each part takes of \(NumberText.bytes(verification.byteCount)).",
      parts: parts.all.map { $0.name },
      bars: [.init(name, parts.all.map { Double($0.byteCount) })], unit: .bytes)
    let roles = StackedBars(
      "The tensors by use",
      description: "What the stored bytes of tensors are used as.",
      parts: parts.roles.map { $0.name },
      bars: [.init("tensors", parts.roles.map { Double($0.byteCount) })], unit: .bytes)
    var table = ReportTable([
      .init("encoding"), .init("tensors", .right), .init("weights", .right),
      .init("bits a weight", .right), .init("largest relative RMS error", .right),
      .init("bytes", .right),
    ])
    let encodings = encodings
    let total = Double(max(1, encodings.reduce(0) { $0 + $1.byteCount }))
    for encoding in encodings {
      table.append([
        .text(encoding.name), .number(Double(encoding.tensorCount), "\(encoding.tensorCount)"),
        .number(Double(encoding.elementCount), NumberText.grouped(encoding.elementCount)),
        .number(encoding.bits, NumberText.fixed(encoding.bits, 3)),
        .number(encoding.error, NumberText.scientific(encoding.error)),
        .bar(
          Double(encoding.byteCount), NumberText.grouped(encoding.byteCount),
          share: Double(encoding.byteCount) / total),
      ])
    }
    var blocks: [ReportPage.Block] = [.figures([whole, roles]), .table(table)]
    if !parts.assets.isEmpty {
      var assets = ReportTable([
        .init("asset"), .init("bytes", .right), .init("in the file", .right),
      ])
      for asset in parts.assets {
        assets.append([
          .code(asset.name), .number(Double(asset.byteCount), NumberText.grouped(asset.byteCount)),
          .number(Double(asset.storedByteCount), NumberText.grouped(asset.storedByteCount)),
        ])
      }
      blocks.append(
        .details(summary: "Files that travel with the model", [.table(assets)]))
    }
    return .init("Size", blocks)
  }

  /// Tensors that are stored alike, the largest first.
  private var encodings: [LayerGroups.Layer] {
    var found: [String: LayerGroups.Layer] = [:]
    for tensor in tensors {
      guard let certificate = tensor.certificate else { continue }
      var encoding = found[tensor.encoding] ?? .init(name: tensor.encoding)
      encoding.tensorCount += 1
      encoding.elementCount += tensor.shape.count
      encoding.byteCount += tensor.storedByteCount
      encoding.error = max(encoding.error, certificate.relativeRMSError)
      found[tensor.encoding] = encoding
    }
    return found.values.sorted { ($1.byteCount, $0.name) < ($0.byteCount, $1.name) }
  }

  var layersSection: ReportPage.Section? {
    let layers = LayerGroups.layers(of: tensors)
    guard layers.count > 1 else { return nil }
    let largest = layers.sorted { ($1.byteCount, $0.name) < ($0.byteCount, $1.name) }
      .prefix(Self.barLimit)
    var figures: [any Figure] = [
      BarChart(
        "Bytes by layer",
        description: largest.count < layers.count
          ? "The \(largest.count) largest of \(layers.count) layers." : "The largest first.",
        axis: ChartAxis("stored bytes", unit: .bytes),
        bars: largest.map { .init($0.name, Double($0.byteCount)) })
    ]
    if tensors.contains(where: { ($0.certificate?.relativeRMSError ?? 0) > 0 }) {
      figures.append(bitsAgainstError)
    }
    // Where matrices have rows, all else would hide their differences.
    let matrices = tensors.filter { $0.certificate != nil && $0.shape.rank > 1 }
    let errors = matrices.map {
      (name: $0.name, value: $0.certificate?.relativeRMSError ?? 0)
    }.filter { $0.value > 0 }
    if let grid = LayerGroups.grid(errors) {
      figures.append(
        HeatStrip(
          "Error by block",
          description: "The relative RMS error of like matrices of each block of a stack.",
          axis: ChartAxis("relative RMS error", scale: .logarithmic),
          columns: grid.columns.map { "\($0)" },
          rows: grid.rows.map { .init($0.name, $0.values) }))
    }
    let bits = matrices.map { (name: $0.name, value: $0.bitsPerElement) }
    if let grid = LayerGroups.grid(bits) {
      figures.append(
        HeatStrip(
          "Bits by block", description: "Bits a weight of like matrices of each block of a stack.",
          axis: ChartAxis("bits a weight"), columns: grid.columns.map { "\($0)" },
          rows: grid.rows.map { .init($0.name, $0.values) }))
    }
    return .init(
      "Layers",
      [.figures(figures), .details(summary: "All layers", [.table(table(of: layers))])])
  }

  private func table(of layers: [LayerGroups.Layer]) -> ReportTable {
    var table = ReportTable([
      .init("layer"), .init("tensors", .right), .init("weights", .right),
      .init("bits a weight", .right), .init("largest relative RMS error", .right),
      .init("bytes", .right),
    ])
    let greatest = Double(max(1, layers.map { $0.byteCount }.max() ?? 1))
    for layer in layers {
      table.append([
        .code(layer.name), .number(Double(layer.tensorCount), "\(layer.tensorCount)"),
        .number(Double(layer.elementCount), NumberText.grouped(layer.elementCount)),
        .number(layer.bits, NumberText.fixed(layer.bits, 3)),
        .number(layer.error, NumberText.scientific(layer.error)),
        .bar(
          Double(layer.byteCount), NumberText.grouped(layer.byteCount),
          share: Double(layer.byteCount) / greatest),
      ])
    }
    return table
  }

  private var bitsAgainstError: XYChart {
    let inexact = tensors.filter { ($0.certificate?.relativeRMSError ?? 0) > 0 }
    var series: [ChartSeries] = []
    for tensor in inexact {
      let kind = LayerGroups.kind(of: tensor.encoding)
      let place = series.firstIndex { $0.name == kind } ?? series.count
      if place == series.count { series.append(ChartSeries(kind, [], style: .points)) }
      series[place].points.append(
        ChartPoint(tensor.bitsPerElement, tensor.certificate?.relativeRMSError ?? 0))
    }
    let exact = tensors.count { $0.certificate != nil } - inexact.count
    return XYChart(
      "Bits against error",
      description: "Each tensor that is not exact; down and left is better."
        + (exact > 0 ? " \(exact) more are exact." : ""),
      x: ChartAxis("bits a weight"),
      y: ChartAxis("relative RMS error", scale: .logarithmic), series: series)
  }
}
