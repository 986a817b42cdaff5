internal import TLCCore

/// What sentence-transformers writes beside a checkpoint: the modules that follow the model, and
/// how each is configured.
enum SentenceFolder {
  /// The most modules whose configurations are looked for.
  private static let greatestModuleCount = 16

  /// `modules.json`, the `config.json` of each module that it names, and the files of the whole, as
  /// `sentence-transformers/<path>`; nothing where there is no `modules.json`.
  ///
  /// A module's folder is one of the checkpoint's own folder; any other is not followed.
  ///
  /// - Throws: ``ImportError`` where one is there, and is not JSON of its kind, or too long.
  static func assets(beside input: ImportInput) throws(ImportError) -> [ImportedAsset] {
    guard let modules = HuggingFaceConfiguration.file("modules.json", beside: input) else {
      return []
    }
    let list = try asset(modules, "modules.json", isArray: true)
    var assets = [list]
    for name in ["config_sentence_transformers.json", "sentence_bert_config.json"] {
      guard let found = HuggingFaceConfiguration.file(name, beside: input) else { continue }
      assets.append(try asset(found, name))
    }
    var folders: [String] = []
    for module in StrictJSON(list.bytes)?.elements?.prefix(greatestModuleCount) ?? [] {
      guard let folder = module["path"]?.text, folder.isBaseName,
        !folders.contains(where: { $0.equalsInUTF8(folder) }),
        let found = HuggingFaceConfiguration.file("\(folder)/config.json", beside: input)
      else { continue }
      folders.append(folder)
      assets.append(try asset(found, "\(folder)/config.json"))
    }
    return assets
  }

  private static func asset(
    _ file: ImportInput, _ path: String, isArray: Bool = false
  ) throws(ImportError) -> ImportedAsset {
    try HuggingFaceConfiguration.configuration(
      file, name: "sentence-transformers/\(path)", isArray: isArray)
  }
}
