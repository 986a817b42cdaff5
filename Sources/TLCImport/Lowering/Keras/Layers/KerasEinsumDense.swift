internal import TLCCore
internal import TLCModel

/// A product by an equation of axes, such as `abc,cd->abd`.
struct KerasEinsumDense: KerasLayer {
  static let classNames = ["EinsumDense"]
  private let equation: [String]
  private let biasAxes: String?
  private let activation: KerasActivation

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    let text = try fields.text("equation").filter { $0 != " " }
    let sides = text.split(separator: ">", omittingEmptySubsequences: false)
    guard text.utf8.count <= 64, sides.count == 2, sides[0].hasSuffix("-") else {
      throw fields.malformed("\"equation\" is \"\(text.prefix(64))\", not of the form ab,bc->ac")
    }
    let factors = sides[0].dropLast().split(separator: ",", omittingEmptySubsequences: false)
    guard factors.count == 2 else {
      throw fields.malformed("\"equation\" has \(factors.count) factors, not 2")
    }
    equation = [String(factors[0]), String(factors[1]), String(sides[1])]
    biasAxes = fields[["bias_axes"]]?.text
    activation = try KerasActivation(fields, "activation", in: context)
  }

  var weights: KerasWeightTree {
    KerasWeightTree(["kernel"] + (biasAxes == nil ? [] : ["bias"]))
  }

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    let input = try call.input()
    let kernel = try builder.weight("kernel", call)
    let (first, second, result) = try axes(call, rank: builder.rank(input.value))
    guard first.count == builder.rank(input.value), second.count == builder.rank(kernel) else {
      throw call.malformed(
        "its equation \(equation.joined(separator: " ")) does not fit \(builder.type(input.value))"
          + " and \(builder.type(kernel))")
    }
    let summed = first.filter { second.contains($0) }
    let kept = first.filter { !summed.contains($0) }
    let made = second.filter { !summed.contains($0) }
    guard Set(result) == Set(kept + made), result.count == kept.count + made.count,
      Set(first).count == first.count, Set(second).count == second.count, !summed.isEmpty
    else {
      throw call.malformed("its equation sums no axis, or repeats one, or keeps what it sums")
    }
    func places(_ names: [Character], in all: [Character]) -> [Int] {
      names.compactMap { all.firstIndex(of: $0) }
    }
    let zeros = [Int](repeating: 0, count: kept.count)
    let lengths = builder.lengths(kernel)
    let madeLengths = places(made, in: second).map { lengths[$0] }
    // The input with summed axes last and as one, times the kernel as a matrix.
    var value = try builder.transpose(input.value, places(kept + summed, in: first))
    if summed.count > 1 { value = try builder.reshape(value, zeros + [-1]) }
    var matrix = try builder.transpose(kernel, places(summed + made, in: second))
    matrix = try builder.reshape(matrix, [-1, madeLengths.reduce(1, *)])
    value = try builder.add("MatMul", [value, matrix])
    if made.count != 1 { value = try builder.reshape(value, zeros + madeLengths) }
    value = try builder.transpose(value, places(result, in: kept + made))
    if let biasAxes {
      value = try builder.add("Add", [value, try bias(call, biasAxes, result, &builder)])
    }
    return [KerasTensor(try activation.lower(value, &builder), mask: input.mask)]
  }

  /// The bias in a shape that broadcasts to the result.
  private func bias(
    _ call: KerasCall, _ axes: String, _ result: [Character], _ builder: inout KerasBuilder
  ) throws(LoweringError) -> GraphBuilder.Value {
    let bias = try builder.weight("bias", call)
    // Keras stores an axis of length 1 for those between and behind that have none.
    guard let first = result.firstIndex(where: { axes.contains($0) }) else {
      throw call.malformed("its bias is along \"\(axes)\", which its result does not have")
    }
    var lengths = builder.lengths(bias)[...]
    if lengths.count == result.count - first { return bias }
    var shape: [Int] = []
    for axis in result[first...] {
      shape.append(axes.contains(axis) ? lengths.popFirst() ?? 1 : 1)
    }
    return try builder.reshape(bias, shape)
  }

  /// The names of the axes, with those that `...` stands for.
  private func axes(
    _ call: KerasCall, rank: Int
  ) throws(LoweringError) -> (first: [Character], second: [Character], result: [Character]) {
    let count = rank - equation[0].filter { $0 != "." }.count
    guard count >= 0 else {
      throw call.malformed("its equation has more axes than its input of rank \(rank)")
    }
    let more = (0..<count).map { Character(Unicode.Scalar(UInt8(ascii: "0") + UInt8(min($0, 9)))) }
    func expanded(_ text: String) -> [Character] {
      guard let start = text.range(of: "...") else { return Array(text) }
      return Array(text[..<start.lowerBound]) + more + Array(text[start.upperBound...])
    }
    return (expanded(equation[0]), expanded(equation[1]), expanded(equation[2]))
  }
}

extension String {
  /// Where a text stands first.
  fileprivate func range(of text: String) -> Range<String.Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) {
        return start..<index(start, offsetBy: text.count)
      }
      start = index(after: start)
    }
    return nil
  }
}
