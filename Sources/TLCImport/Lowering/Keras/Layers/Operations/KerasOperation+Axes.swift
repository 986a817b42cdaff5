internal import TLCCore
internal import TLCModel

extension KerasOperation {
  static let reductions = [
    "all": "ReduceMin", "any": "ReduceMax", "max": "ReduceMax", "mean": "ReduceMean",
    "min": "ReduceMin", "prod": "ReduceProd", "sum": "ReduceSum",
  ]

  /// The name without `reduce_` before it.
  static func reduced(_ name: String) -> String {
    name.hasPrefix("reduce_") ? String(name.dropFirst(7)) : name
  }

  func reduce(
    _ operation: String, _ value: GraphBuilder.Value, _ call: KerasCall,
    _ builder: inout KerasBuilder
  ) throws(LoweringError) -> GraphBuilder.Value {
    let rank = builder.rank(value)
    let given = setting("axis", call)
    let wanted = given?.integer.map { [$0] } ?? given?.integers ?? Array(0..<rank)
    let axes = try builder.axes(wanted, rank: rank)
    var keepsAxes = false
    if case .boolean(true)? = setting("keepdims", call) { keepsAxes = true }
    let isLogical = ["all", "any"].contains(Self.reduced(name))
    let numbers = isLogical ? try builder.cast(value, to: .f32) : value
    let result = try builder.reduce(operation, numbers, axes, keepsAxes: keepsAxes)
    return isLogical ? try builder.cast(result, to: .bool) : result
  }

  /// Operations that move elements, or change their type.
  func moved(
    _ value: GraphBuilder.Value, _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> GraphBuilder.Value {
    let rank = builder.rank(value)
    switch name {
    case "cast":
      let word = setting("dtype", call)?.text ?? ""
      guard let dtype = KerasInput.dtypes[word] else {
        throw call.malformed("\"dtype\" is \"\(word.prefix(40))\", which has no definition here")
      }
      return try builder.cast(value, to: dtype)
    case "clip", "clip_by_value": return try clipped(value, call, &builder)
    case "concat", "concatenate":
      let values = call.inputs.map { $0.value }
      let axis = setting("axis", call)?.integer ?? positional(1, call)?.integer ?? 0
      return try builder.concatenate(values, axis: try builder.axis(axis, rank: rank))
    case "expand_dims":
      let axis = setting("axis", call)?.integer ?? positional(1, call)?.integer ?? -1
      return try builder.unsqueeze(value, [try builder.axis(axis, rank: rank + 1)])
    case "squeeze":
      let given = setting("axis", call) ?? positional(1, call)
      guard let axes = given?.integer.map({ [$0] }) ?? given?.integers else {
        throw call.malformed("\"axis\" is missing")
      }
      return try builder.squeeze(value, try builder.axes(axes, rank: rank))
    case "transpose":
      let given = setting("axes", call) ?? setting("perm", call) ?? positional(1, call)
      return try builder.transpose(value, given?.integers ?? Array((0..<rank).reversed()))
    default:
      return try reshaped(value, call, &builder)
    }
  }

  private func clipped(
    _ value: GraphBuilder.Value, _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> GraphBuilder.Value {
    var bounds: [GraphBuilder.Value?] = []
    for names in [["x_min", "clip_value_min"], ["x_max", "clip_value_max"]] {
      guard let number = (setting(names[0], call) ?? setting(names[1], call))?.float else {
        throw call.malformed("\"\(names[0])\" is missing")
      }
      bounds.append(try builder.constant(number, like: value))
    }
    return try builder.pointwise("Clip", value, bounds)
  }

  private func reshaped(
    _ value: GraphBuilder.Value, _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> GraphBuilder.Value {
    let given = setting("newshape", call) ?? setting("shape", call) ?? positional(1, call)
    // A length that is not said is the rest.
    let lengths = given?.elements?.map { $0.isNull ? -1 : $0.integer ?? -2 } ?? []
    guard !lengths.isEmpty, lengths.allSatisfy({ $0 >= -1 }) else {
      throw call.malformed("its new shape is not a list of lengths")
    }
    return try builder.reshape(value, lengths)
  }

  /// An argument that is no tensor.
  func positional(_ place: Int, _ call: KerasCall) -> StrictJSON? {
    if case .plain(let json)? = call.argument(place, "") { return json }
    return nil
  }

  /// Slices and indices, axis by axis.
  func item(
    _ value: GraphBuilder.Value, _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> GraphBuilder.Value {
    guard let given = setting("slice_spec", call) ?? positional(1, call) else {
      throw call.malformed("it is not said which elements are taken")
    }
    let entries = given.elements ?? [given]
    guard entries.count <= builder.rank(value) else {
      throw call.malformed("it takes \(entries.count) axes of \(builder.type(value))")
    }
    var parts: [(axis: Int, part: Part)] = []
    for (axis, entry) in entries.enumerated() {
      let part = try part(entry, call)
      if part != Part(start: 0, end: Part.far, step: 1) { parts.append((axis, part)) }
    }
    guard !parts.isEmpty else { return value }
    let sliced = try builder.slice(
      value, starts: parts.map { $0.part.start }, ends: parts.map { $0.part.end },
      axes: parts.map { $0.axis }, steps: parts.map { $0.part.step })
    let dropped = parts.filter { $0.part.isIndex }.map { $0.axis }
    return dropped.isEmpty ? sliced : try builder.squeeze(sliced, dropped)
  }

  /// What is taken of an axis.
  private struct Part: Equatable {
    /// Behind the end of every axis.
    static let far = 1 << 53
    var start: Int
    var end: Int
    var step: Int
    /// Whether it is one place, whose axis goes away.
    var isIndex = false
  }

  private func part(_ entry: StrictJSON, _ call: KerasCall) throws(LoweringError) -> Part {
    if let index = entry.integer {
      return Part(start: index, end: index == -1 ? Part.far : index + 1, step: 1, isIndex: true)
    }
    let fields = entry["class_name"]?.text == "__slice__" ? entry["config"] : entry
    func field(_ name: String, _ standard: Int) throws(LoweringError) -> Int {
      guard let value = fields?[name], !value.isNull else { return standard }
      guard let integer = value.integer else {
        throw call.malformed("\"\(name)\" of a slice is \(value.json.prefix(40)), not an integer")
      }
      return integer
    }
    guard fields?["start"] != nil else {
      throw call.malformed("it takes \(entry.json.prefix(40)), neither a slice nor an index")
    }
    let step = try field("step", 1)
    guard step != 0 else { throw call.malformed("a slice has steps of 0") }
    return Part(
      start: try field("start", step > 0 ? 0 : -1),
      end: try field("stop", step > 0 ? Part.far : -Part.far), step: step)
  }
}
