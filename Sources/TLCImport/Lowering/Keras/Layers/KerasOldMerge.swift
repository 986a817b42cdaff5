internal import TLCCore
internal import TLCModel

/// The one merging layer of Keras 1, whose mode says how.
struct KerasOldMerge: KerasLayer {
  static let classNames = ["Merge"]
  private let layer: any KerasLayer

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    let mode = try fields.text("mode", default: "sum")
    let classes = [
      "ave": "Average", "max": "Maximum", "min": "Minimum", "mul": "Multiply", "sum": "Add",
    ]
    switch mode {
    case "concat": layer = try KerasConcatenate(fields, context)
    case "dot", "cos": layer = try KerasDot(fields.normalizing(mode == "cos"), context)
    default:
      guard fields[["mode_type"]]?.text ?? "raw" == "raw", let className = classes[mode] else {
        throw .unknownLayer(
          name: fields.name, className: "Merge with the mode \"\(mode.prefix(40))\"",
          advice: KerasSubstitution.advice(fields.name))
      }
      layer = KerasMerge(className, fields.generation)
    }
  }

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] { try layer.lower(call, &builder) }
}

extension KerasFields {
  /// The same fields, and whether vectors are normalized.
  fileprivate func normalizing(_ flag: Bool) -> KerasFields {
    KerasFields(
      name: name, className: className, generation: generation,
      json: .object((json.members ?? []) + [("normalize", .boolean(flag))]))
  }
}
