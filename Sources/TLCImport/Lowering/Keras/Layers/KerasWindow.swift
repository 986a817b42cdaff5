internal import TLCCore
internal import TLCModel

/// How a window moves over the axes of an image: what convolutions and pooling share.
struct KerasWindow: Sendable {
  enum Padding: String, CaseIterable, Sendable {
    case valid, same, causal
  }

  var kernel: [Int]
  var strides: [Int]
  var dilations: [Int]
  var padding: Padding
  var channelsAreLast: Bool

  var axisCount: Int { kernel.count }

  /// The axes of images of a class such as `Conv2D`.
  static func axisCount(_ className: String) -> Int {
    className.contains("3D") ? 3 : className.contains("2D") ? 2 : 1
  }

  static func padding(_ fields: KerasFields) throws(LoweringError) -> Padding {
    let word = try fields.text("padding", "border_mode", default: "valid")
    guard let padding = Padding(rawValue: word) else {
      let words = Padding.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
      throw fields.malformed("\"padding\" is \"\(word)\"; there are \(words)")
    }
    return padding
  }

  /// ONNX's attributes for a value with channels as its second axis.
  func attributes(
    for value: GraphBuilder.Value, _ builder: KerasBuilder
  ) throws(LoweringError) -> [String: Attribute] {
    let dimensions = builder.type(value).dimensions
    guard dimensions.count == axisCount + 2 else {
      throw builder.malformed(
        "its input is \(builder.type(value)), which has not \(axisCount) axes besides batch and"
          + " channels")
    }
    var attributes: [String: Attribute] = [
      "kernel_shape": .ints(kernel), "strides": .ints(strides),
    ]
    if dilations.contains(where: { $0 != 1 }) { attributes["dilations"] = .ints(dilations) }
    guard padding != .valid else { return attributes }
    var before: [Int] = []
    var after: [Int] = []
    for axis in 0..<axisCount {
      let reach = (kernel[axis] - 1) * dilations[axis]
      if padding == .causal {
        before.append(reach)
        after.append(0)
        continue
      }
      guard let total = samePadding(axis, reach, dimensions[axis + 2].length) else {
        attributes["auto_pad"] = .string("SAME_UPPER")
        return attributes
      }
      before.append(total / 2)
      after.append(total - total / 2)
    }
    if (before + after).contains(where: { $0 != 0 }) {
      attributes["pads"] = .ints(before + after)
    }
    return attributes
  }

  /// The padding with which an axis of a length gives a place every stride; `nil` where it depends
  /// on a length that a run fixes.
  private func samePadding(_ axis: Int, _ reach: Int, _ length: Int?) -> Int? {
    guard strides[axis] > 1 else { return reach }
    guard let length, length > 0 else { return nil }
    let last = (length - 1) / strides[axis] * strides[axis]
    return max(0, last + reach + 1 - length)
  }
}
