internal import TLCCore
internal import TLCKernels

/// Moving elements of any type about, by their size alone.
enum Movement {
  /// Sets each element of `out` to the one of `input` at `start` plus the sum of its indices times
  /// `strides`, which may be 0 or negative.
  ///
  /// - Precondition: every place is in `input`.
  static func gather(
    _ input: TensorView, start: Int = 0, strides: [Int], into out: TensorView
  ) {
    func move<Word: TensorElement>(_: Word.Type) {
      let source = input.words(of: Word.self)
      let target = out.words(of: Word.self)
      let length = out.shape.dimensions.last ?? 1
      let step = strides.last ?? 0
      Broadcasting.forEachLine(of: out.shape, sources: [strides]) { line, places in
        let first = start + places[0]
        if step == 1 {
          target.copy(length, from: source, at: first, to: line)
        } else {
          for i in 0..<length { target[line + i] = source[first + i * step] }
        }
      }
    }
    switch input.dtype.byteCount {
    case 1: move(UInt8.self)
    case 2: move(UInt16.self)
    case 4: move(UInt32.self)
    default: move(UInt64.self)
    }
  }
}
