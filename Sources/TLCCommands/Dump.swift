import ArgumentParser
import TLC

/// `tlc dump FILE`.
struct Dump: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the layout of a .tlcq file, or write out one part of it.",
    discussion: """
      Without an option: the superblock and the table of planes. Of a set it shows the file that is \
      named, not the others. What is written has been checked against its digests.
      """)

  @Argument(help: "The .tlcq file.", completion: .file(extensions: ["tlcq"]))
  var file: String

  @Flag(help: "Write the manifest: canonical JSON, for jq and its like.")
  var manifest = false

  @Option(help: ArgumentHelp("Write an asset's bytes.", valueName: "name"))
  var asset: String?

  @Option(
    help: ArgumentHelp(
      "Write a tensor's decoded bytes: row-major, little-endian.", valueName: "name"))
  var tensor: String?

  func validate() throws {
    if [manifest, asset != nil, tensor != nil].filter({ $0 }).count > 1 {
      throw ValidationError("--manifest, --asset and --tensor exclude each other")
    }
  }

  func run() throws {
    try reportingErrors {
      let reader = try CheckpointReader(path: file)
      if manifest {
        try StandardStreams.write(reader.manifestBytes + [UInt8(ascii: "\n")])
      } else if let asset {
        guard let record = reader.assets.first(where: { $0.name == asset }) else {
          throw Refusal(description: "\(file): has no asset \"\(asset)\"")
        }
        try StandardStreams.write(reader.bytes(of: record))
      } else if let tensor {
        guard let record = reader.record(named: tensor) else {
          throw Refusal(description: "\(file): has no tensor \"\(tensor)\"")
        }
        try StandardStreams.write(
          reader.tensor(record, parallelism: .automatic, checkingContent: true).bytes)
      } else {
        printLayout(reader)
      }
    }
  }

  private func printLayout(_ reader: CheckpointReader) {
    let superblock = reader.superblock
    print("version   \(Superblock.major).\(superblock.minor)")
    print("required  0x\(String(superblock.required.rawValue, radix: 16))")
    print("optional  0x\(String(superblock.optional.rawValue, radix: 16))")
    print("length    \(reader.byteCount)")
    let place = superblock.manifest
    print(
      "manifest  \(place.lowerBound)..<\(place.upperBound), \(place.count) bytes"
        + (superblock.manifestRawByteCount > 0
          ? ", \(superblock.manifestRawByteCount) inflated" : ""))
    print("root      \(reader.rootDigest)")
    if let shard = reader.shard { print("shard     \(shard.ordinal) of \(shard.count)") }
    print("")
    var owners: [Int: String] = [:]
    for tensor in reader.tensors {
      if case .stored(let stored) = tensor.content {
        for plane in stored.planes { owners[plane] = tensor.name }
      }
    }
    var table = TextTable([
      ("plane", .right), ("offset", .right), ("stored", .right), ("raw", .right),
      ("codec", .left), ("role", .left), ("of", .left),
    ])
    for (index, plane) in reader.planes.enumerated() {
      table.append([
        String(index), String(plane.bytes.lowerBound), String(plane.bytes.count),
        String(plane.rawByteCount), plane.codec, plane.role, owners[index] ?? "",
      ])
    }
    print(table.lines.joined(separator: "\n"))
  }
}
