import TLC

/// A checkpoint of another format: all that an importer says of it, and every tensor.
struct ImporterTarget: FuzzTarget {
  /// How inputs of a format are changed.
  enum Form: Sendable {
    case bytes, json, safetensors, archive
  }

  let name: String
  /// The importer; `nil` for the first that recognizes the input.
  let importer: String?
  /// What the input's file is called.
  let file: String
  let form: Form
  /// The fixtures that lie beside it.
  var companions: [String] = []

  /// A target an importer, and one for choosing among them.
  static let all: [ImporterTarget] = [
    .init(name: "any-importer", importer: nil, file: "input", form: .bytes),
    .init(name: "hdf5", importer: "hdf5", file: "input.h5", form: .bytes),
    .init(name: "keras-hdf5", importer: "keras-hdf5", file: "input.h5", form: .bytes),
    .init(
      name: "keras-weights", importer: "keras-weights", file: "input.weights.h5", form: .bytes),
    .init(
      name: "keras-archive", importer: "keras-archive", file: "input.keras", form: .archive),
    .init(
      name: "huggingface-hdf5", importer: "huggingface-hdf5", file: "tf_model.h5", form: .bytes),
    .init(
      name: "huggingface-config", importer: nil, file: "config.json", form: .json,
      companions: ["imports/huggingface/bert/tf_model.h5"]),
    .init(
      name: "huggingface-hdf5-index", importer: "huggingface-hdf5-index",
      file: "tf_model.h5.index.json", form: .json,
      companions: [1, 2].map { "imports/huggingface/bert-shards/tf_model-0000\($0)-of-00002.h5" }),
    .init(name: "safetensors", importer: "safetensors", file: "input", form: .safetensors),
    .init(
      name: "safetensors-index", importer: "safetensors-index",
      file: "model.safetensors.index.json", form: .json,
      companions: [1, 2].map { "imports/safetensors/model-0000\($0)-of-00002.safetensors" }),
    .init(name: "numpy", importer: "numpy", file: "input.npy", form: .bytes),
    .init(name: "numpy-archive", importer: "numpy", file: "input.npz", form: .archive),
  ]

  func run(_ bytes: [UInt8]) {
    var path = ScratchFolder.write(bytes, as: file)
    for companion in companions { ScratchFolder.link(fixture: companion) }
    if file == "config.json" { path = ScratchFolder.path("tf_model.h5") }
    guard let checkpoint = try? ImporterRegistry.standard.open(path, importer: importer) else {
      return
    }
    // More than a small file can hold is memory and time, and nothing that was not seen.
    for tensor in checkpoint.tensors where tensor.byteCount <= 1 << 24 {
      guard let loaded = try? tensor.load() else { continue }
      require(loaded.shape == tensor.shape, "a tensor of another shape than was said")
      require(loaded.dtype == tensor.dtype, "a tensor of another type than was said")
    }
  }

  func mutate(_ bytes: [UInt8], by mutation: inout Mutation) -> [UInt8] {
    switch form {
    case .bytes: mutation.bytes(bytes)
    case .json: mutation.json(bytes)
    case .safetensors: mutation.safetensors(bytes)
    case .archive: mutation.archive(bytes)
    }
  }
}
