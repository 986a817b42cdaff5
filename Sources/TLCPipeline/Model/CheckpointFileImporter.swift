import TLCCore
import TLCFormat
public import TLCImport
import TLCModel
import TLCRuntime
import TLCSystem

/// Reads a `.tlcq` file as a source, with its graph, its assets and its aliases: to compress what was
/// trained here, or to compress further.
///
/// Tensors are as they decode; signatures and recorded runs stay behind.
public enum CheckpointFileImporter: CheckpointImporter {
  public static let name = "tlcq"
  static let rules = 1

  public static func recognizes(_ input: ImportInput) -> Bool {
    input.prefix.starts(with: Superblock.magic)
  }

  public static func open(_ input: ImportInput) throws(ImportError) -> ImportedCheckpoint {
    let checkpoint = try importing { () throws(CheckpointError) in
      try Checkpoint(path: input.path)
    }
    let main = checkpoint.main
    let isShardSet = main.shardIndex != nil
    var tensors: [ImportedTensor] = []
    var aliases: [ImportedAlias] = []
    for (place, record) in checkpoint.tensors.enumerated() {
      switch record.content {
      case .alias(let target):
        aliases.append(ImportedAlias(name: record.name, target: target, source: record.name))
      case .stored:
        let reader = checkpoint.file(ofTensorAt: place)
        let file = checkpoint.files.firstIndex { $0 === reader } ?? 0
        tensors.append(
          ImportedTensor(
            name: record.name, dtype: record.dtype, sourceShape: record.shape,
            source: record.name, file: isShardSet ? file + 1 : file,
            outputAxis: outputAxis(record, main.provenance.importer)
          ) { parallelism throws(ImportError) in
            try importing { () throws(CheckpointError) in
              try reader.tensor(record, parallelism: parallelism)
            }
          })
      }
    }
    var assets: [ImportedAsset] = []
    for record in main.assets {
      let bytes = try importing { () throws(CheckpointError) in try main.bytes(of: record) }
      assets.append(
        ImportedAsset(name: record.name, mediaType: record.mediaType, bytes: bytes))
    }
    var imported = try ImportedCheckpoint(
      importer: name, rules: rules,
      sources: (isShardSet ? [main.path] : []) + checkpoint.files.map { $0.path },
      tensors: tensors, aliases: aliases, assets: assets)
    imported.license = main.provenance.sources.lazy.compactMap { $0.license }.first
    imported.graph = try importing { () throws(CheckpointError) in
      try checkpoint.graph()?.graph
    }
    return imported
  }

  /// Keras has outputs last, and everything else that is converted has them first.
  private static func outputAxis(_ record: TensorRecord, _ importer: String) -> Int? {
    guard record.shape.rank >= 2 else { return nil }
    let hasOutputsLast = importer.hasPrefix("keras") || importer == "hdf5" || importer == "numpy"
    return hasOutputsLast && !record.name.contains("embedding") ? record.shape.rank - 1 : 0
  }
}

/// Runs `body`, and makes its error one of import.
private func importing<Result>(
  _ body: () throws(CheckpointError) -> Result
) throws(ImportError) -> Result {
  do throws(CheckpointError) {
    return try body()
  } catch {
    switch error {
    case .system(let cause): throw .system(cause)
    case .format(let path, let cause):
      throw .malformed(path: path, dataset: nil, "\(cause)")
    case .noGraph(let path): throw .malformed(path: path, dataset: nil, "it has no graph")
    }
  }
}

extension ImporterRegistry {
  /// Every importer of this package, with that of its own files.
  public static let complete = standard.adding(CheckpointFileImporter.self)
}
