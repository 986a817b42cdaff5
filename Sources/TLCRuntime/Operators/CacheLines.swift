import TLCCore
import TLCKernels

/// Memory that is handed out in whole cache lines.
enum CacheLines {
  /// A count of bytes, up to a whole line.
  static func byteCount(_ count: Int) -> Int {
    (count + Storage.alignment - 1) / Storage.alignment * Storage.alignment
  }
}

extension TensorView {
  /// Some of the bytes, or nothing where they are not all there.
  func part(at offset: Int, _ byteCount: Int) -> TensorView? {
    guard offset + byteCount <= self.byteCount, let shape = Shape([byteCount]) else { return nil }
    return TensorView(
      dtype: .u8, shape: shape, storage: storage, byteOffset: byteOffset + offset)
  }
}
