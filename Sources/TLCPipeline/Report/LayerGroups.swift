import TLCCore
import TLCFormat

/// Tensors by layer, and layers by number.
enum LayerGroups {
  /// A layer's tensors together.
  struct Layer {
    var name: String
    var tensorCount = 0
    var elementCount = 0
    var byteCount = 0
    /// The largest relative RMS error.
    var error = 0.0

    var bits: Double {
      elementCount == 0 ? 0 : Double(byteCount) * 8 / Double(elementCount)
    }
  }

  /// What comes before the last `/` or `.` of a name; all of it where there is none.
  static func layer(of name: String) -> String {
    guard let end = name.lastIndex(where: { $0 == "/" || $0 == "." }), end > name.startIndex else {
      return name
    }
    return String(name[..<end])
  }

  /// The layers, in the order of their first tensors.
  static func layers(of tensors: [TensorSummary]) -> [Layer] {
    var layers: [Layer] = []
    var places: [String: Int] = [:]
    for tensor in tensors {
      guard let certificate = tensor.certificate else { continue }
      let name = layer(of: tensor.name)
      let place = places[name] ?? layers.count
      if place == layers.count {
        places[name] = place
        layers.append(Layer(name: name))
      }
      layers[place].tensorCount += 1
      layers[place].elementCount += tensor.shape.count
      layers[place].byteCount += tensor.storedByteCount
      layers[place].error = max(layers[place].error, certificate.relativeRMSError)
    }
    return layers
  }

  /// A name whose one number stands for a place in a stack of like blocks.
  private static func numbered(_ name: String) -> (pattern: String, number: Int)? {
    var parts: [Substring] = []
    var number: Int?
    var start = name.startIndex
    for index in name.indices + [name.endIndex] {
      guard index == name.endIndex || name[index] == "/" || name[index] == "." else { continue }
      let part = name[start..<index]
      if number == nil, let found = Int(part), (0..<1_000).contains(found) {
        number = found
        parts.append("#")
      } else {
        parts.append(part)
      }
      if index < name.endIndex { start = name.index(after: index) }
    }
    return number.map { (parts.joined(separator: "."), $0) }
  }

  /// Rows of like tensors, a column a block: those that at least two blocks have.
  ///
  /// - Parameter values: of each tensor by name; those without one are left out.
  /// - Returns: the numbers of the blocks and the rows, by name; `nil` where there are no such.
  static func grid(
    _ values: [(name: String, value: Double)]
  ) -> (columns: [Int], rows: [(name: String, values: [Double?])])? {
    var rows: [String: [Int: Double]] = [:]
    var order: [String] = []
    for (name, value) in values {
      guard let (pattern, number) = numbered(name) else { continue }
      if rows[pattern] == nil { order.append(pattern) }
      rows[pattern, default: [:]][number] = value
    }
    order = order.filter { rows[$0, default: [:]].count > 1 }
    let columns = Set(order.flatMap { rows[$0, default: [:]].keys }).sorted()
    guard !order.isEmpty, (2...64).contains(columns.count) else { return nil }
    // What all rows begin or end with tells none from another.
    var parts = order.map { $0.split(separator: ".", omittingEmptySubsequences: false)[...] }
    while parts.count > 1, parts.allSatisfy({ $0.count > 1 && $0.first == parts[0].first }) {
      for row in parts.indices { parts[row].removeFirst() }
    }
    while parts.count > 1, parts.allSatisfy({ $0.count > 1 && $0.last == parts[0].last }) {
      for row in parts.indices { parts[row].removeLast() }
    }
    return (
      columns,
      zip(order, parts).map { name, parts in
        (parts.joined(separator: "."), columns.map { rows[name, default: [:]][$0] })
      }
    )
  }

  /// The kind of an encoding, whatever its bits: "uniform axis 0" of "int8 axis 0".
  static func kind(of encoding: String) -> String {
    encoding.split(separator: " ").map { word in
      word.hasPrefix("int") && Int(word.dropFirst(3)) != nil ? "uniform" : String(word)
    }.joined(separator: " ")
  }
}
