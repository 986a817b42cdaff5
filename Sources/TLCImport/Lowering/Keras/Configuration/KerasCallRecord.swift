internal import TLCCore

/// One call of a layer in a functional model.
struct KerasCallRecord: Sendable {
  var arguments: [KerasArgument]
  /// By name, in the order of the file.
  var keywords: [(name: String, value: KerasArgument)]

  /// The tensors that it needs.
  var references: [KerasArgument.Reference] {
    arguments.flatMap { $0.references } + keywords.flatMap { $0.value.references }
  }

  /// Reads an element of `inbound_nodes`; `nil` where it has neither of the forms that there are.
  init?(_ json: StrictJSON, layers: Set<String>) {
    if json.members != nil {
      guard let arguments = json["args"]?.elements else {
        // Tensors by name.
        let tensors = KerasArgument(second: json, layers: layers)
        guard !tensors.references.isEmpty else { return nil }
        self.arguments = [tensors]
        keywords = []
        return
      }
      self.arguments = arguments.map { KerasArgument(third: $0) }
      keywords = (json["kwargs"]?.members ?? []).map { ($0.key, KerasArgument(third: $0.value)) }
      return
    }
    guard let items = json.elements, let first = items.first else { return nil }
    // One tensor stands alone, or in a list of one.
    let tensors = first.text == nil ? items : [json]
    var arguments: [KerasArgument] = []
    keywords = []
    for tensor in tensors {
      arguments.append(KerasArgument(second: tensor, layers: layers))
      guard let members = tensor.elements.flatMap({ $0.count > 3 ? $0[3].members : nil }) else {
        continue
      }
      keywords = members.map { ($0.key, KerasArgument(second: $0.value, layers: layers)) }
    }
    self.arguments = arguments.count == 1 ? arguments : [.list(arguments)]
  }
}
