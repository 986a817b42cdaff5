public import TLCCore

extension [Graph.Input] {
  /// The types of inputs of given shapes, in order.
  ///
  /// - Throws: ``GraphError`` where a shape does not fit its input, or a named length has two values.
  public func types(for shapes: [String: Shape]) throws(GraphError) -> [ValueType] {
    var lengths: [String: Int] = [:]
    var types: [ValueType] = []
    for input in self {
      guard let shape = shapes[input.name] else {
        throw .value(input.name, "it is an input, and nothing is given for it")
      }
      guard shape.rank == input.type.rank else {
        throw .value(input.name, "it is \(input.type), and \(shape) has another rank")
      }
      for (dimension, length) in zip(input.type.dimensions, shape.dimensions) {
        if let name = dimension.names.first, lengths[name] == nil, dimension.factor == 1,
          dimension.names.count == 1
        {
          lengths[name] = length
        }
        guard dimension.length(where: lengths) == length else {
          let known = lengths.sorted { $0.key.precedesInUTF8($1.key) }
            .map { ", where \($0.key) is \($0.value)" }.joined()
          throw .value(input.name, "it is \(input.type), and \(shape) does not fit\(known)")
        }
      }
      types.append(ValueType(input.type.dtype, shape))
    }
    return types
  }
}
