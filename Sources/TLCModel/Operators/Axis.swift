internal import TLCCore
internal import TLCKernels

/// Axes, and indices along them, as ONNX counts them: below 0 from the end.
enum Axis {
  /// The axis from the front.
  static func index(_ axis: Int, rank: Int) throws(OperatorError) -> Int {
    guard axis >= -rank, axis < rank else {
      throw OperatorError("axis \(axis) is not one of a tensor of rank \(rank)")
    }
    return axis < 0 ? axis + rank : axis
  }

  /// The axes from the front, of which none may be named twice.
  static func indices(_ axes: [Int], rank: Int) throws(OperatorError) -> [Int] {
    var indices: [Int] = []
    for axis in axes {
      let index = try index(axis, rank: rank)
      guard !indices.contains(index) else {
        throw OperatorError("axis \(axis) of a tensor of rank \(rank) is named twice")
      }
      indices.append(index)
    }
    return indices
  }

  /// The elements of a tensor of indices, from the front of an axis of this length.
  ///
  /// - Precondition: it is `i32` or `i64`.
  static func places(_ indices: TensorView, length: Int) throws(OperatorError) -> [Int] {
    var places = indices.integers
    for i in places.indices where places[i] < 0 || places[i] >= length {
      guard places[i] >= -length, places[i] < length else {
        throw OperatorError("index \(places[i]) is not one of an axis of length \(length)")
      }
      places[i] += length
    }
    return places
  }
}

extension ValueType {
  /// Requires the type of indices.
  func requireIndices(_ input: Int) throws(OperatorError) {
    guard dtype == .i64 || dtype == .i32 else {
      throw OperatorError("input \(input) is \(dtype), not i64 or i32")
    }
  }
}

extension TensorView {
  /// The elements of a tensor of integers.
  ///
  /// - Precondition: it is `i32` or `i64`.
  var integers: [Int] {
    if dtype == .i32 {
      let elements = elements(of: Int32.self)
      return elements.indices.map { Int(elements[$0]) }
    }
    let elements = elements(of: Int64.self)
    return elements.indices.map { Int(elements[$0]) }
  }
}
