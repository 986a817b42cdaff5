import TLC

/// A `.tlcq` file: its structure, the digests, every tensor and every asset.
struct CheckpointTarget: FuzzTarget {
  let name: String
  /// Whether digests are computed again where an input is changed.
  let isSealed: Bool

  func run(_ bytes: [UInt8]) {
    let path = ScratchFolder.write(bytes, as: "input.tlcq")
    // What a file of some kilobytes may decode to, by design, would be all that is fuzzed.
    let limits = Limits(tensorByteCount: 1 << 24)
    guard let checkpoint = try? Checkpoint(path: path, limits: limits) else { return }
    for file in checkpoint.files { read(file) }
    if checkpoint.main.shardIndex != nil { read(checkpoint.main) }
  }

  private func read(_ file: CheckpointReader) {
    try? file.verifyDigests()
    for asset in file.assets { _ = try? file.bytes(of: asset) }
    for record in file.tensors {
      guard let tensor = try? file.tensor(record) else { continue }
      require(tensor.shape == record.shape, "a tensor of another shape than its record's")
      require(tensor.dtype == record.dtype, "a tensor of another type than its record's")
      _ = try? file.tensor(record, checkingContent: true)
      _ = try? file.certificate(of: record, against: tensor)
    }
  }

  func mutate(_ bytes: [UInt8], by mutation: inout Mutation) -> [UInt8] {
    isSealed ? mutation.checkpoint(bytes) : mutation.bytes(bytes)
  }
}

/// A file of a signature, or of a key.
struct SignatureTarget: FuzzTarget {
  let name = "signature"

  func run(_ bytes: [UInt8]) {
    _ = try? KeyFile.key(.public, parsing: bytes)
    if let key = try? KeyFile.key(.private, parsing: bytes) {
      require(
        (try? KeyFile.key(.private, parsing: KeyFile.bytes(.private, key: key))) == key,
        "a key that is written and read is another")
    }
    guard let signature = try? Signature(parsing: bytes) else { return }
    _ = signature.isValid(for: signature.root)
    require(
      (try? Signature(parsing: signature.bytes)) == signature,
      "a signature that is written and read is another")
  }

  func mutate(_ bytes: [UInt8], by mutation: inout Mutation) -> [UInt8] { mutation.json(bytes) }
}
