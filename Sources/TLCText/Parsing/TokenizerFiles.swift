/// Files by the last part of their names.
struct TokenizerFiles {
  struct File {
    var name: String
    var bytes: [UInt8]
  }

  private let files: [File]

  init(_ files: [String: [UInt8]]) {
    self.files = files.map { File(name: $0.key, bytes: $0.value) }
      .sorted { ($0.name.utf8.count, $0.name) < ($1.name.utf8.count, $1.name) }
  }

  var names: [String] { files.map(\.name) }

  /// The file of a name; of several in folders, that with the shortest path.
  subscript(name: String) -> File? {
    files.first { $0.name == name || $0.name.hasSuffix("/" + name) }
  }

  /// `tokenizer_config.json`, if it is there.
  func configuration() throws(TextError) -> JSONFields? {
    guard let file = self["tokenizer_config.json"] else { return nil }
    return try JSONFields(parsing: file.bytes, file: file.name)
  }
}
