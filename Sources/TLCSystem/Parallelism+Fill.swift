public import TLCCore

extension Parallelism {
  /// Creates an array of `count` elements in pieces of `pieceLength`, the last one the rest, each
  /// set by a call of `body`, up to ``threads`` at a time.
  ///
  /// - Parameters:
  ///   - count: the number of elements.
  ///   - pieceLength: the elements of a piece.
  ///   - body: takes the piece's index and the piece, which starts uninitialized as far as plain
  ///     bits go, and which it must set whole.
  /// - Throws: as ``map(_:_:)``.
  /// - Precondition: `pieceLength` is at least 1.
  public func fill<Element: TensorElement, Failure: Error>(
    count: Int, pieceLength: Int,
    _ body: @Sendable (_ piece: Int, inout MutableSpan<Element>) throws(Failure) -> Void
  ) throws(Failure) -> [Element] {
    precondition(pieceLength >= 1, "pieces of \(pieceLength)")
    return try [Element](unsafeUninitializedCount: count) { elements throws(Failure) in
      let outcome = unsafe elements.withUnsafeMutableBufferPointer { buffer in
        unsafe fill(buffer, pieceLength: pieceLength, body)
      }
      try outcome.get()
    }
  }

  /// Creates a tensor as ``fill(count:pieceLength:_:)`` does an array, in place.
  ///
  /// - Precondition: `pieceLength` is at least 1.
  public func fillTensor<Element: TensorElement, Failure: Error>(
    shape: Shape, pieceLength: Int,
    _ body: @Sendable (_ piece: Int, inout MutableSpan<Element>) throws(Failure) -> Void
  ) throws(Failure) -> Tensor {
    precondition(pieceLength >= 1, "pieces of \(pieceLength)")
    let byteCount = shape.count * MemoryLayout<Element>.stride
    let bytes = try [UInt8](unsafeUninitializedCount: byteCount) { bytes throws(Failure) in
      let outcome = unsafe bytes.withUnsafeMutableBytes { raw in
        // SAFETY: every bit pattern is an element, and an array's memory is 16 bytes aligned.
        unsafe fill(raw.assumingMemoryBound(to: Element.self), pieceLength: pieceLength, body)
      }
      try outcome.get()
    }
    return Tensor(dtype: Element.dtype, shape: shape, bytes: bytes)
  }

  private func fill<Element: TensorElement, Failure: Error>(
    _ buffer: UnsafeMutableBufferPointer<Element>, pieceLength: Int,
    _ body: @Sendable (_ piece: Int, inout MutableSpan<Element>) throws(Failure) -> Void
  ) -> Swift.Result<Void, Failure> {
    let lent = unsafe LentBuffer(buffer: buffer)
    return Swift.Result { () throws(Failure) in
      let count = unsafe lent.buffer.count
      _ = try map((count + pieceLength - 1) / pieceLength) { piece throws(Failure) in
        let start = piece * pieceLength
        // SAFETY: pieces do not overlap, `map` hands each index out once, and it returns before
        // the buffer's lifetime ends.
        let part = unsafe UnsafeMutableBufferPointer(
          rebasing: lent.buffer[start..<min(start + pieceLength, count)])
        var span = unsafe part.mutableSpan
        try body(piece, &span)
      }
    }
  }
}

/// Carries a buffer into concurrent calls that share it out among themselves.
@safe
private struct LentBuffer<Element>: @unchecked Sendable {
  // INVARIANT: used only while the buffer is lent, each index by one call.
  let buffer: UnsafeMutableBufferPointer<Element>
}
