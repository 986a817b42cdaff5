import ArgumentParser
import TLC

/// `tlc inspect FILE`.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what a .tlcq file holds, and what it cost.",
    discussion: "Reads the manifest only; `tlc verify` checks the rest.")

  @Argument(help: "The .tlcq file, or the index of a set.", completion: .file(extensions: ["tlcq"]))
  var file: String

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    try reportingErrors {
      let checkpoint = try Checkpoint(path: file)
      if json { return try printJSON(InspectionJSON(checkpoint)) }
      let provenance = checkpoint.main.provenance
      let sources = provenance.sources.map { $0.name }.joined(separator: ", ")
      Terminal.printLine(
        "\(file): \(sources.isEmpty ? provenance.importer : "from \(sources)"), by"
          + " \(provenance.tool) \(provenance.toolVersion)")
      let licenses = Set(provenance.sources.compactMap { $0.license }).sorted()
      if !licenses.isEmpty { print("licence, as stated: \(licenses.joined(separator: ", "))") }
      print("root \(checkpoint.rootDigest)")
      print("")
      let table = TensorTable(
        summaries: checkpoint.summaries, fileByteCount: checkpoint.byteCount)
      print(table.lines.joined(separator: "\n"))
      do {
        if let graph = try checkpoint.graph() { print("graph: \(graph.graph.summary)") }
      } catch { print("graph: it cannot be used here: \(error)") }
      for probe in checkpoint.main.probes {
        for output in probe.outputs {
          print(
            "output \(output.value.name)\(Format.way(probe.compute)):"
              + " cosine \(Format.fixed(output.certificate.cosine, 6)),"
              + " relative RMS error \(Format.scientific(output.certificate.relativeRMSError))"
              + " against the source's, \(probe.origin)")
        }
      }
      for asset in checkpoint.main.assets {
        Terminal.printLine("asset \(asset.name), \(asset.mediaType), \(asset.byteCount) bytes")
      }
      if checkpoint.main.shardIndex != nil { print("\(checkpoint.files.count) shards") }
    }
  }
}

/// What `tlc inspect --json` prints.
private struct InspectionJSON: Encodable {
  struct Asset: Encodable {
    var name: String
    var mediaType: String
    var bytes: Int
  }
  struct Source: Encodable {
    var name: String
    var bytes: Int
    var digest: String
    var license: String?
  }

  var root: String
  var bytes: Int
  var importer: String
  var recipe: String
  var tool: String
  var sources: [Source]
  var tensors: [TensorSummaryJSON]
  var assets: [Asset]
  var shards: Int
  var graph: GraphJSON?

  init(_ checkpoint: Checkpoint) {
    let main = checkpoint.main
    root = checkpoint.rootDigest.hex
    bytes = checkpoint.byteCount
    importer = main.provenance.importer
    recipe = main.provenance.recipe
    tool = "\(main.provenance.tool) \(main.provenance.toolVersion)"
    sources = main.provenance.sources.map {
      Source(name: $0.name, bytes: $0.byteCount, digest: $0.digest.hex, license: $0.license)
    }
    tensors = checkpoint.summaries.map { TensorSummaryJSON($0) }
    assets = main.assets.map {
      Asset(name: $0.name, mediaType: $0.mediaType, bytes: $0.byteCount)
    }
    shards = main.shardIndex == nil ? 0 : checkpoint.files.count
    graph = (try? checkpoint.graph()).flatMap { $0.map { GraphJSON($0.graph) } }
  }
}
