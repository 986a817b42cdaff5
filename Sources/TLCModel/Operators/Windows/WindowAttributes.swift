internal import TLCCore
internal import TLCKernels

/// The attributes that say where windows lie on the axes after the first two.
struct WindowAttributes: Sendable {
  /// How the padding is found.
  enum AutoPad: String, CaseIterable, Sendable {
    case explicit = "NOTSET"
    case sameUpper = "SAME_UPPER"
    case sameLower = "SAME_LOWER"
    case valid = "VALID"
  }

  let autoPad: AutoPad
  let kernel: [Int]?
  let strides: [Int]?
  let dilations: [Int]?
  let pads: [Int]?
  /// Whether a last window that ends beyond the padding counts.
  let roundsUp: Bool

  /// What each number in an attribute may be.
  private static let factors = 1...Int(Int32.max)
  private static let paddings = 0...Int(Int32.max)

  init(_ attributes: inout Attributes, hasCeilMode: Bool) throws(OperatorError) {
    autoPad = try attributes.choice("auto_pad", default: .explicit)
    kernel = try Self.list("kernel_shape", in: Self.factors, &attributes)
    strides = try Self.list("strides", in: Self.factors, &attributes)
    dilations = try Self.list("dilations", in: Self.factors, &attributes)
    pads = try Self.list("pads", in: Self.paddings, &attributes)
    roundsUp = hasCeilMode ? try attributes.flag("ceil_mode", default: false) : false
    guard autoPad == .explicit || pads?.allSatisfy({ $0 == 0 }) ?? true else {
      throw OperatorError("attribute \"pads\" is given, and \"auto_pad\" is \(autoPad.rawValue)")
    }
  }

  static func list(
    _ name: String, in range: ClosedRange<Int>, _ attributes: inout Attributes
  ) throws(OperatorError) -> [Int]? {
    guard let list = try attributes.ints(name) else { return nil }
    guard let wrong = list.first(where: { !range.contains($0) }) else { return list }
    throw OperatorError(
      "attribute \"\(name)\" has \(wrong), not \(range.lowerBound) to \(range.upperBound)")
  }

  /// A list of an attribute, or one of equal numbers.
  static func numbers(
    _ list: [Int]?, _ name: String, count: Int, default standard: Int
  ) throws(OperatorError) -> [Int] {
    guard let list else { return [Int](repeating: standard, count: count) }
    guard list.count == count else {
      throw OperatorError("attribute \"\(name)\" has \(list.count) numbers, not \(count)")
    }
    return list
  }

  /// Requires a kernel length an axis.
  func kernel(rank: Int) throws(OperatorError) -> [Int] {
    guard let kernel else { throw OperatorError("attribute \"kernel_shape\" is missing") }
    return try Self.numbers(kernel, "kernel_shape", count: rank, default: 1)
  }

  /// The windows along an axis, and the padding behind it.
  struct PaddedAxis {
    var windows: Window.Axis
    var after: Int

    /// The elements of a window that are in the input or its padding.
    func paddedCount(of window: Int) -> Int {
      let room = windows.input + windows.before + after - window * windows.stride
      return min(windows.kernel, (room + windows.dilation - 1) / windows.dilation)
    }
  }

  /// The windows along each axis of an input whose lengths are known.
  func axes(input: [Int], kernel: [Int]) throws(OperatorError) -> [PaddedAxis] {
    let rank = input.count
    guard (1...3).contains(rank) else {
      throw OperatorError("its input has \(rank) axes after the first two, not 1 to 3")
    }
    guard kernel.allSatisfy({ Self.factors.contains($0) }) else {
      throw OperatorError(
        "the lengths of its kernel are \(kernel), and one is not from 1 to 2³¹ − 1")
    }
    let strides = try Self.numbers(strides, "strides", count: rank, default: 1)
    let dilations = try Self.numbers(dilations, "dilations", count: rank, default: 1)
    let pads = try Self.numbers(pads, "pads", count: 2 * rank, default: 0)
    var axes: [PaddedAxis] = []
    for axis in 0..<rank {
      let extent = (kernel[axis] - 1) * dilations[axis] + 1
      var (before, after) = (pads[axis], pads[rank + axis])
      if autoPad == .sameUpper || autoPad == .sameLower {
        let count = (input[axis] + strides[axis] - 1) / strides[axis]
        let total = max(0, (count - 1) * strides[axis] + extent - input[axis])
        before = autoPad == .sameUpper ? total / 2 : (total + 1) / 2
        after = total - before
      }
      let room = input[axis] + before + after - extent
      guard room >= 0 else {
        throw OperatorError(
          "its window of \(extent) is longer than axis \(axis + 2), which has \(input[axis]) "
            + "elements and \(before + after) of padding")
      }
      var output = (roundsUp ? room + strides[axis] - 1 : room) / strides[axis] + 1
      // A window that starts in the padding behind the input is none.
      if roundsUp, (output - 1) * strides[axis] >= input[axis] + before { output -= 1 }
      let windows = Window.Axis(
        input: input[axis], output: output, kernel: kernel[axis], stride: strides[axis],
        dilation: dilations[axis], before: before)
      axes.append(PaddedAxis(windows: windows, after: after))
    }
    return axes
  }

  /// How many windows there are along each axis.
  ///
  /// A named length stays the same where windows are one apart and padding makes up for their length;
  /// elsewhere it becomes another that has a name of its own.
  func outputs(
    input: [Dimension], kernel: [Int], freshName: (_ axis: Int) -> String
  ) throws(OperatorError) -> [Dimension] {
    // What is wrong with the attributes is so for every length.
    let probe = input.map { $0.length ?? 1 << 40 }
    let axes = try axes(input: probe, kernel: kernel)
    return zip(input, axes).enumerated().map { axis, pair in
      let (dimension, windows) = (pair.0, pair.1.windows)
      guard dimension.length == nil else { return Dimension(windows.output) }
      return windows.output == windows.input
        ? dimension : Dimension(named: freshName(axis + 2))
    }
  }
}
