internal import TLCCore
internal import TLCModel

/// Layers that cut places off the ends of axes, or put zeros there.
struct KerasBorders: KerasLayer {
  static let classNames = [
    "Cropping1D", "Cropping2D", "Cropping3D", "ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D",
  ]
  private let isCropping: Bool
  private let channelsAreLast: Bool
  /// Of each axis, before and behind it.
  private let borders: [[Int]]

  init(_ fields: KerasFields, _ context: KerasContext) throws(LoweringError) {
    isCropping = fields.className.hasPrefix("Cropping")
    channelsAreLast = try fields.channelsAreLast()
    let key = isCropping ? "cropping" : "padding"
    guard let value = fields[[key]],
      let borders = Self.borders(value, count: KerasWindow.axisCount(fields.className)),
      borders.allSatisfy({ $0.allSatisfy { $0 >= 0 } })
    else {
      throw fields.malformed("\"\(key)\" is not a number of places for each end of each axis")
    }
    self.borders = borders
  }

  /// One number for all ends, a pair for one axis, a number for each axis, or a pair for each.
  private static func borders(_ value: StrictJSON, count: Int) -> [[Int]]? {
    if let number = value.integer { return [[Int]](repeating: [number, number], count: count) }
    if let numbers = value.integers {
      // Both ends of each axis in one list.
      if numbers.count == 2 * count {
        return (0..<count).map { Array(numbers[2 * $0..<2 * $0 + 2]) }
      }
      return numbers.count == count ? numbers.map { [$0, $0] } : nil
    }
    guard let pairs = value.elements, pairs.count == count else { return nil }
    let borders = pairs.compactMap { $0.integers }.filter { $0.count == 2 }
    return borders.count == count ? borders : nil
  }

  func lower(
    _ call: KerasCall, _ builder: inout KerasBuilder
  ) throws(LoweringError) -> [KerasTensor] {
    let value = try call.input().value
    let rank = builder.rank(value)
    let first = channelsAreLast ? 1 : 2
    guard rank >= first + borders.count else {
      throw call.malformed("its input is \(builder.type(value)), which has too few axes")
    }
    if isCropping {
      var (starts, ends, axes): ([Int], [Int], [Int]) = ([], [], [])
      for (place, border) in borders.enumerated() where border != [0, 0] {
        starts.append(border[0])
        ends.append(border[1] == 0 ? 1 << 53 : -border[1])
        axes.append(first + place)
      }
      guard !axes.isEmpty else { return [KerasTensor(value)] }
      return [KerasTensor(try builder.slice(value, starts: starts, ends: ends, axes: axes))]
    }
    let padded = try builder.anywhere([value]) { builder, values, order throws(LoweringError) in
      var before = [Int](repeating: 0, count: rank)
      var after = before
      for (place, border) in borders.enumerated() {
        before[order[first + place]] = border[0]
        after[order[first + place]] = border[1]
      }
      return try builder.add("Pad", [values[0], try builder.constant(before + after)])
    }
    return [KerasTensor(padded)]
  }
}
