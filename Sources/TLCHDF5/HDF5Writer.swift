internal import CHDF5
public import TLCCore

/// Writes an HDF5 file, without time stamps: the same tensors give the same bytes.
public final class HDF5Writer {
  private let name: String
  private var id: hid_t

  /// Creates the file at `path`, or empties the one that is there.
  ///
  /// - Parameter name: what messages call the file.
  public init(path: String, name: String) throws(HDF5Error) {
    self.name = name
    id = try HDF5Library.locked { () throws(HDF5Error) in
      guard let creation = HDF5Handle(H5Pcreate(tlc_h5_file_create()), closedBy: H5Pclose) else {
        throw HDF5Error(path: name, .library(doing: "create it", HDF5Library.errorText()))
      }
      H5Pset_obj_track_times(creation.id, false)
      let id = unsafe H5Fcreate(path, tlc_h5_truncate(), creation.id, hid_t(H5P_DEFAULT))
      guard id >= 0 else {
        throw HDF5Error(path: name, .library(doing: "create it", HDF5Library.errorText()))
      }
      return id
    }
  }

  deinit {
    if id >= 0 { HDF5Library.locked { _ = H5Fclose(id) } }
  }

  private func failure(_ doing: String, _ object: String?) -> HDF5Error {
    HDF5Error(path: name, object: object, .library(doing: doing, HDF5Library.errorText()))
  }

  /// Writes a tensor as a contiguous little-endian dataset, its groups with it.
  ///
  /// - Precondition: its elements are not bfloat16, which HDF5 does not have.
  public func write(_ tensor: Tensor, to object: String) throws(HDF5Error) {
    precondition(tensor.dtype != .bf16, "bfloat16 in HDF5")
    try HDF5Library.locked { () throws(HDF5Error) in
      guard let links = HDF5Handle(H5Pcreate(tlc_h5_link_create()), closedBy: H5Pclose),
        let creation = HDF5Handle(H5Pcreate(tlc_h5_dataset_create()), closedBy: H5Pclose),
        let space = Self.space(tensor.shape), let type = Self.type(tensor.dtype),
        H5Pset_create_intermediate_group(links.id, 1) >= 0,
        H5Pset_obj_track_times(creation.id, false) >= 0
      else { throw failure("describe the dataset", object) }
      let made = unsafe H5Dcreate2(
        id, object, type.id, space.id, links.id, creation.id, hid_t(H5P_DEFAULT))
      guard let dataset = HDF5Handle(made, closedBy: H5Dclose) else {
        throw failure("create the dataset", object)
      }
      guard tensor.shape.count > 0 else { return }
      let status = unsafe tensor.bytes.withUnsafeBytes { bytes in
        // SAFETY: the library reads the elements that the shape says, which are there.
        unsafe H5Dwrite(
          dataset.id, type.id, hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT),
          bytes.baseAddress)
      }
      guard status >= 0 else { throw failure("write the dataset", object) }
    }
  }

  /// Flushes the file and closes it.
  public func close() throws(HDF5Error) {
    try HDF5Library.locked { () throws(HDF5Error) in
      let status = H5Fclose(id)
      id = -1
      guard status >= 0 else { throw failure("close it", nil) }
    }
  }

  private static func space(_ shape: Shape) -> HDF5Handle? {
    guard shape.rank > 0 else { return HDF5Handle(H5Screate(H5S_SCALAR), closedBy: H5Sclose) }
    let lengths = shape.dimensions.map { hsize_t($0) }
    return HDF5Handle(
      unsafe H5Screate_simple(Int32(shape.rank), lengths, nil), closedBy: H5Sclose)
  }

  /// The library's type of elements; bool is h5py's enumeration.
  private static func type(_ dtype: DType) -> HDF5Handle? {
    switch dtype {
    case .bool:
      guard let type = HDF5Handle(H5Tenum_create(tlc_h5_integer(1, 1)), closedBy: H5Tclose) else {
        return nil
      }
      for (index, name) in ["FALSE", "TRUE"].enumerated() {
        var value = Int8(index)
        guard unsafe H5Tenum_insert(type.id, name, &value) >= 0 else { return nil }
      }
      return type
    case .f32, .f64:
      return HDF5Handle(H5Tcopy(tlc_h5_float(Int32(dtype.byteCount))), closedBy: H5Tclose)
    case .f16:
      let copy = H5Tcopy(tlc_h5_float(4))
      H5Tset_fields(copy, 15, 10, 5, 0, 10)
      H5Tset_size(copy, 2)
      H5Tset_ebias(copy, 15)
      return HDF5Handle(copy, closedBy: H5Tclose)
    default:
      let isSigned = [.i8, .i16, .i32, .i64].contains(dtype)
      return HDF5Handle(
        H5Tcopy(tlc_h5_integer(Int32(dtype.byteCount), isSigned ? 1 : 0)), closedBy: H5Tclose)
    }
  }
}
