internal import CHDF5
public import TLCCore
public import TLCSystem

extension HDF5File {
  /// Reads a dataset of numbers.
  ///
  /// Chunks that are deflated are inflated by several threads, and only their reading waits for
  /// the library.
  /// - Throws: ``HDF5Error``; a dataset of text is refused.
  public func read(
    _ dataset: HDF5Dataset, parallelism: Parallelism = .serial
  ) throws(HDF5Error) -> Tensor {
    guard case .numeric(let dtype) = dataset.element else {
      throw refusal(dataset.path, .unsupported("text as a tensor"))
    }
    guard dataset.shape.count > 0 else {
      return Tensor(dtype: dtype, shape: dataset.shape, bytes: [])
    }
    if let tensor = try readChunks(dataset, dtype, parallelism) { return tensor }
    let bytes = try HDF5Library.locked { () throws(HDF5Error) in
      try readWhole(dataset, dtype)
    }
    return Tensor(dtype: dtype, shape: dataset.shape, bytes: bytes)
  }

  /// Reads through the library.
  private func readWhole(_ dataset: HDF5Dataset, _ dtype: DType) throws(HDF5Error) -> [UInt8] {
    let object = dataset.path
    guard
      let opened = HDF5Handle(
        unsafe H5Dopen2(id, object, hid_t(H5P_DEFAULT)), closedBy: H5Dclose),
      let type = HDF5Handle(H5Dget_type(opened.id), closedBy: H5Tclose),
      let memory = Self.memoryType(of: type.id, dtype)
    else { throw failure("open the dataset", object) }
    let size = dataset.shape.count * dtype.byteCount
    guard H5Tget_size(memory.id) == dtype.byteCount,
      try isUnchanged(opened.id, dataset)
    else { throw refusal(object, .malformed("it changed while it was read")) }
    return try [UInt8](unsafeUninitializedCount: size) { bytes throws(HDF5Error) in
      let status = unsafe bytes.withUnsafeMutableBytes { buffer in
        // SAFETY: the library writes the dataset's elements, of the size and number just checked.
        unsafe H5Dread(
          opened.id, memory.id, hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT),
          buffer.baseAddress)
      }
      guard status >= 0 else { throw failure("read the dataset", object) }
    }
  }

  /// Whether an open dataset still has the shape that was described.
  private func isUnchanged(_ opened: hid_t, _ dataset: HDF5Dataset) throws(HDF5Error) -> Bool {
    guard let space = HDF5Handle(H5Dget_space(opened), closedBy: H5Sclose) else { return false }
    return Int(H5Sget_simple_extent_npoints(space.id)) == dataset.shape.count
  }

  /// The library's type for elements in memory: little-endian, an enumeration as its integers.
  private static func memoryType(of type: hid_t, _ dtype: DType) -> HDF5Handle? {
    if H5Tget_class(type) == H5T_ENUM {
      let isSigned = [.i8, .i16, .i32, .i64, .bool].contains(dtype)
      return HDF5Handle(
        H5Tcopy(tlc_h5_integer(Int32(dtype.byteCount), isSigned ? 1 : 0)), closedBy: H5Tclose)
    }
    let copy = H5Tcopy(type)
    if dtype.byteCount > 1 { H5Tset_order(copy, H5T_ORDER_LE) }
    return HDF5Handle(copy, closedBy: H5Tclose)
  }
}
