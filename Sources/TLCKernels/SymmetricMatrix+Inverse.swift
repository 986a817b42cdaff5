extension SymmetricMatrix {
  /// The inverse of the matrix that this is the Cholesky factor of, each operation rounded.
  ///
  /// - Precondition: no element of the diagonal is 0.
  public func inverseOfFactored() -> SymmetricMatrix {
    let inverse = SymmetricMatrix(width: width)
    let solved = SymmetricMatrix(width: width)
    // 𝐿⁻¹, row by row: that of 1 less the rows before it, over the diagonal.
    for i in 0..<width {
      solved[i, i] = 1
      for k in 0..<i {
        solved.subtract(self[i, k], solved.elements, at: k * stride, k + 1, from: i)
      }
      let pivot = self[i, i]
      for j in 0...i { solved[i, j] /= pivot }
    }
    // 𝐿⁻ᵀ𝐿⁻¹.
    for k in 0..<width {
      for i in 0...k {
        inverse.subtract(-solved[k, i], solved.elements, at: k * stride, i + 1, from: i)
      }
    }
    return inverse
  }

  /// Takes a row and its column out of the first `count`: each other element [i, j] becomes less by
  /// [i, p] / [p, p] · [p, j], each operation rounded. Then the last of them has the place of `pivot`.
  ///
  /// - Precondition: there are so many rows, `pivot` is one of them, and [p, p] is not 0.
  public func eliminate(_ pivot: Int, of count: Int) {
    precondition(count <= width && pivot >= 0 && pivot < count, "row \(pivot) of \(count)")
    let line = Elements<Double>(
      Storage(byteCount: count * MemoryLayout<Double>.stride), byteOffset: 0, count: count)
    for j in 0..<count { line[j] = self[pivot, j] }
    let divisor = self[pivot, pivot]
    for i in 0..<count where i != pivot {
      subtract(line[i] / divisor, line, at: 0, i + 1, from: i)
    }
    let last = count - 1
    guard pivot != last else { return }
    for j in 0..<last where j != pivot { self[pivot, j] = self[last, j] }
    self[pivot, pivot] = self[last, last]
  }

  /// Becomes another of the same width.
  ///
  /// - Precondition: the widths are equal.
  public func set(_ other: SymmetricMatrix) {
    precondition(width == other.width, "\(width) and \(other.width)")
    elements.copy(elements.count, from: other.elements, at: 0, to: 0)
  }

  /// Makes the first `count` elements of a row less by others, from `start` on, times a factor.
  private func subtract(
    _ factor: Double, _ other: Elements<Double>, at start: Int, _ count: Int, from row: Int
  ) {
    elements.require(row * stride..<row * stride + count)
    other.require(start..<start + count)
    // SAFETY: checked.
    let (to, from) = unsafe (elements.memory + row * stride, other.memory + start)
    for j in 0..<count { unsafe to[j] -= factor * from[j] }
  }
}
