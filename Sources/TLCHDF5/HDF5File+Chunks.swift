internal import CHDF5
internal import TLCCore
internal import TLCSystem

extension HDF5File {
  private static let deflate = Int32(H5Z_FILTER_DEFLATE)
  private static let shuffle = Int32(H5Z_FILTER_SHUFFLE)

  /// Reads deflated chunks raw, and inflates them in parallel.
  ///
  /// - Returns: `nil` where the library has to read: other filters, another byte order, or a chunk
  ///   that was never written.
  func readChunks(
    _ dataset: HDF5Dataset, _ dtype: DType, _ parallelism: Parallelism
  ) throws(HDF5Error) -> Tensor? {
    guard let chunk = dataset.chunk, dataset.isLittleEndian, dtype != .bool,
      dataset.filters.contains(Self.deflate),
      dataset.filters.allSatisfy({ $0 == Self.deflate || $0 == Self.shuffle }),
      let grid = ChunkGrid(shape: dataset.shape, chunk: chunk, elementByteCount: dtype.byteCount)
    else { return nil }
    let opened = try HDF5Library.locked { () throws(HDF5Error) in
      let opened = unsafe H5Dopen2(id, dataset.path, hid_t(H5P_DEFAULT))
      guard opened >= 0 else { throw failure("open the dataset", dataset.path) }
      return opened
    }
    defer { HDF5Library.locked { _ = H5Dclose(opened) } }

    var isComplete = true
    let bytes: [UInt8] = try [UInt8](unsafeUninitializedCount: grid.byteCount) {
      bytes throws(HDF5Error) in
      let outcome = unsafe bytes.withUnsafeMutableBytes { buffer in
        let target = unsafe SharedBuffer(buffer: buffer)
        return Swift.Result { () throws(HDF5Error) in
          try parallelism.map(grid.count) { index throws(HDF5Error) in
            guard let raw = try self.chunk(index, of: opened, grid, dataset) else { return false }
            // SAFETY: chunks do not overlap in the dataset, and each is scattered by one call.
            unsafe grid.scatter(raw, ofChunk: index, to: target.buffer)
            return true
          }
        }
      }
      isComplete = try outcome.get().allSatisfy { $0 }
    }
    return isComplete ? Tensor(dtype: dtype, shape: dataset.shape, bytes: bytes) : nil
  }

  /// The elements of a chunk, or `nil` where it was never written.
  private func chunk(
    _ index: Int, of opened: hid_t, _ grid: ChunkGrid, _ dataset: HDF5Dataset
  ) throws(HDF5Error) -> [UInt8]? {
    let offset = grid.start(ofChunk: index).map { hsize_t($0) }
    var mask: UInt32 = 0
    let stored = try HDF5Library.locked { () throws(HDF5Error) -> [UInt8]? in
      var size: hsize_t = 0
      switch unsafe tlc_h5_chunk(opened, offset, &size, &mask) {
      case 0: return nil
      case 1: break
      default: throw failure("find a chunk of", dataset.path)
      }
      let greatest = grid.chunkByteCount + grid.chunkByteCount / 8 + 4_096
      guard size > 0, size <= hsize_t(min(greatest, max(byteCount, 1))) else {
        throw refusal(dataset.path, .malformed("a chunk of \(size) bytes is too long"))
      }
      return try [UInt8](unsafeUninitializedCount: Int(size)) { bytes throws(HDF5Error) in
        let status = unsafe bytes.withUnsafeMutableBytes { buffer in
          // SAFETY: the library writes the chunk's stored bytes, whose number it has just given.
          unsafe H5Dread_chunk(
            opened, hid_t(H5P_DEFAULT), offset, &mask, buffer.baseAddress)
        }
        guard status >= 0 else { throw failure("read a chunk of", dataset.path) }
      }
    }
    guard var elements = stored else { return nil }
    for (place, filter) in dataset.filters.enumerated().reversed()
    where mask >> UInt32(place) & 1 == 0 {
      if filter == Self.deflate {
        do throws(DeflateError) {
          elements = try Deflate.inflate(
            elements.span, count: grid.chunkByteCount, format: .zlib)
        } catch {
          throw refusal(dataset.path, .malformed("a chunk: \(error)"))
        }
      } else {
        elements = elements.unshuffled(elementByteCount: grid.elementByteCount)
      }
    }
    guard elements.count == grid.chunkByteCount else {
      throw refusal(
        dataset.path,
        .malformed("a chunk has \(elements.count) bytes, not \(grid.chunkByteCount)"))
    }
    return elements
  }
}

/// Carries a buffer into concurrent calls that share it out among themselves.
@safe
private struct SharedBuffer: @unchecked Sendable {
  // INVARIANT: used only while the buffer is lent, each byte by one call.
  let buffer: UnsafeMutableRawBufferPointer
}

extension [UInt8] {
  /// Undoes HDF5's shuffle: the first bytes of all elements, then the second ones, and so on; a
  /// rest that fills no element stands as it is.
  fileprivate func unshuffled(elementByteCount size: Int) -> [UInt8] {
    let elements = count / size
    return [UInt8](unsafeUninitializedCount: count) { out in
      for byte in 0..<size {
        let start = byte * elements
        for i in 0..<elements { out[i * size + byte] = self[start + i] }
      }
      for i in elements * size..<count { out[i] = self[i] }
    }
  }
}
