/// A change of orientation between a source's dataset and the stored tensor, which can be undone.
///
/// Specified in `formats/tlcq.md` §Transforms: a list of them leads from the source to the file.
public enum TensorTransform: Equatable, Sendable {
  /// Dimension `i` of the result is dimension `permutation[i]` of the input.
  case transpose(permutation: [Int])
  /// The same elements in the same order, under the shape `to`; it was `from`.
  case reshape(from: Shape, to: Shape)

  /// The transform that undoes this one.
  public var inverse: TensorTransform {
    switch self {
    case .transpose(let permutation):
      var inverted = permutation
      for (i, p) in permutation.enumerated() { inverted[p] = i }
      return .transpose(permutation: inverted)
    case .reshape(let from, let to): return .reshape(from: to, to: from)
    }
  }

  /// The shape that results, or `nil` where this transform does not fit `shape`.
  public func shape(from shape: Shape) -> Shape? {
    switch self {
    case .transpose(let permutation):
      guard permutation.sorted() == Array(0..<shape.rank) else { return nil }
      return Shape(permutation.map { shape.dimensions[$0] })
    case .reshape(let from, let to):
      return from == shape && from.count == to.count ? to : nil
    }
  }

  /// Applies the transform.
  ///
  /// - Precondition: it fits the tensor's shape.
  public func applied(to tensor: Tensor) -> Tensor {
    guard let result = shape(from: tensor.shape) else {
      preconditionFailure("\(self) does not fit shape \(tensor.shape)")
    }
    switch self {
    case .reshape: return Tensor(dtype: tensor.dtype, shape: result, bytes: tensor.bytes)
    case .transpose(let permutation):
      let bytes =
        switch tensor.dtype.byteCount {
        case 1: transposed(tensor, of: UInt8.self, permutation, result)
        case 2: transposed(tensor, of: UInt16.self, permutation, result)
        case 4: transposed(tensor, of: UInt32.self, permutation, result)
        default: transposed(tensor, of: UInt64.self, permutation, result)
        }
      return Tensor(dtype: tensor.dtype, shape: result, bytes: bytes)
    }
  }
}

private func transposed<Word: BitwiseCopyable>(
  _ tensor: Tensor, of _: Word.Type, _ permutation: [Int], _ result: Shape
) -> [UInt8] {
  guard result.count > 0 else { return [] }
  let strides = permutation.map { tensor.shape.stride(of: $0) }
  let inner = result.dimensions.last ?? 1
  let innerStride = strides.last ?? 1
  return tensor.bytes.withElements(of: Word.self) { source in
    [UInt8](unsafeUninitializedCount: tensor.bytes.count) { (bytes: inout MutableSpan<UInt8>) in
      bytes.withElements(of: Word.self) { destination in
        var position = Array(repeating: 0, count: result.rank)
        var start = 0
        for row in 0..<(result.count / inner) {
          for i in 0..<inner { destination[row * inner + i] = source[start + i * innerStride] }
          var axis = result.rank - 2
          while axis >= 0 {
            position[axis] += 1
            start += strides[axis]
            if position[axis] < result.dimensions[axis] { break }
            start -= strides[axis] * result.dimensions[axis]
            position[axis] = 0
            axis -= 1
          }
        }
      }
    }
  }
}

extension MutableSpan where Element == UInt8 {
  /// Lends the bytes as elements of another plain type, to be changed in place.
  ///
  /// - Precondition: the bytes are aligned for `Other`, as those of an array are.
  mutating func withElements<Other: BitwiseCopyable>(
    of _: Other.Type, _ body: (inout MutableSpan<Other>) -> Void
  ) {
    unsafe withUnsafeMutableBytes { raw in
      // SAFETY: every bit pattern is a value, and the span does not outlive the closure.
      var span = unsafe raw.assumingMemoryBound(to: Other.self).mutableSpan
      body(&span)
    }
  }
}
