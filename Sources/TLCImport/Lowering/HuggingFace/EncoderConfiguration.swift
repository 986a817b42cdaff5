internal import TLCCore

/// `config.json` of transformers: which family a model is of, and what stands on it.
struct EncoderConfiguration {
  static let asset = "huggingface/config.json"

  let fields: ConfigurationFields

  /// - Returns: `nil` where the checkpoint has none.
  /// - Throws: ``LoweringError`` where it is not a JSON object.
  init?(_ checkpoint: ImportedCheckpoint) throws(LoweringError) {
    guard let fields = try ConfigurationFields(asset: Self.asset, of: checkpoint) else {
      return nil
    }
    self.fields = fields
  }

  /// Whether the family is one of those here; `nil` where it is not said.
  var isKnown: Bool? {
    if let type = fields["model_type"]?.text {
      return EncoderArchitectures.all.contains { $0.modelTypes.contains(type) }
    }
    guard let name = fields["architectures"]?.elements?.first?.text else { return nil }
    return EncoderArchitectures.all.contains { Self.ending(of: Self.plain(name), $0) != nil }
  }

  /// The family.
  ///
  /// - Throws: ``LoweringError`` where it is not said, or is none of those here.
  func architecture() throws(LoweringError) -> any EncoderArchitecture.Type {
    let all = EncoderArchitectures.all
    let found: (any EncoderArchitecture.Type)?
    let said: String
    if let type = try fields.text("model_type") {
      said = type
      found = all.first { $0.modelTypes.contains(type) }
    } else if let name = try className() {
      said = name
      found = all.first { Self.ending(of: name, $0) != nil }
    } else {
      throw fields.malformed(
        "it has neither \"model_type\" nor \"architectures\", which tell the family")
    }
    guard let found else {
      let known = all.flatMap { $0.modelTypes }.joined(separator: ", ")
      throw fields.malformed(
        "the model is a \"\(said)\", which has no definition here; there are \(known)")
    }
    try requirePlain(found)
    return found
  }

  /// Requires that the model is one of transformers' own, whatever stands on it.
  private func requirePlain(
    _ architecture: any EncoderArchitecture.Type
  ) throws(LoweringError) {
    let members = fields["auto_map"]?.members ?? []
    if let own = members.first(where: { $0.key.hasPrefix("AutoModel") }) {
      throw fields.malformed(
        "\"auto_map\" has \"\(own.key)\", code of the model's own, and none is executed")
    }
    guard let name = try className() else { return }
    let isOwn = architecture.classNames.contains { family in
      name.hasPrefix("\(family)Model") || name.hasPrefix("\(family)For")
        || name.hasPrefix("\(family)LMHead")
    }
    guard isOwn else {
      throw fields.malformed(
        "\"architectures\" is \"\(name)\", which is no class of"
          + " \(architecture.classNames.joined(separator: ", "))")
    }
  }

  /// The class that the checkpoint was written by; `nil` where it is not said.
  private func className() throws(LoweringError) -> String? {
    guard let value = fields["architectures"] else { return nil }
    guard let elements = value.elements, elements.count == 1, let name = elements[0].text else {
      throw fields.malformed("\"architectures\" is not a list of the name of one class")
    }
    return Self.plain(name)
  }

  /// The name of a class without `TF` before it.
  private static func plain(_ className: String) -> String {
    className.hasPrefix("TF") ? String(className.dropFirst(2)) : className
  }

  /// What stands behind the family's name in a class of it that is known: `Model`, `ForMaskedLM`.
  private static func ending(
    of className: String, _ architecture: any EncoderArchitecture.Type
  ) -> String? {
    let endings = ["Model"] + architecture.heads.map(\.className)
    return endings.first { ending in
      architecture.classNames.contains { className == "\($0)\(ending)" }
    }
  }

  /// What stands on the encoder; `nil` where nothing does.
  ///
  /// A configuration that does not say it may belong to a checkpoint whose tensors do.
  ///
  /// - Throws: ``LoweringError`` where it is none of the family's heads here, or cannot be told.
  func head(
    of architecture: any EncoderArchitecture.Type, _ tensors: CheckpointTensors
  ) throws(LoweringError) -> EncoderHead? {
    guard let name = try className() else { return try head(of: architecture, by: tensors) }
    guard let ending = Self.ending(of: name, architecture) else {
      let known = (["Model"] + architecture.heads.map(\.className)).map {
        "\(architecture.classNames[0])\($0)"
      }
      throw fields.malformed(
        "\"architectures\" is \"\(name)\", which has no definition here; there are"
          + " \(known.joined(separator: ", "))")
    }
    return architecture.heads.first { $0.className == ending }
  }

  private func head(
    of architecture: any EncoderArchitecture.Type, by tensors: CheckpointTensors
  ) throws(LoweringError) -> EncoderHead? {
    if let head = architecture.heads.first(where: { $0.marker.map { tensors[$0] != nil } ?? false })
    {
      return head
    }
    guard tensors["classifier.weight"] == nil else {
      throw fields.malformed(
        "it has no \"architectures\", and the tensors do not tell whether \"classifier.weight\" is"
          + " of texts or of tokens")
    }
    return nil
  }
}
