internal import CHDF5
internal import TLCCore

extension HDF5File {
  /// Describes a dataset, and refuses what cannot be read, by name.
  public func dataset(_ object: String) throws(HDF5Error) -> HDF5Dataset {
    try HDF5Library.locked { () throws(HDF5Error) in
      guard
        let dataset = HDF5Handle(
          unsafe H5Dopen2(id, object, hid_t(H5P_DEFAULT)), closedBy: H5Dclose)
      else { throw failure("open the dataset", object) }
      return try describe(dataset.id, object)
    }
  }

  private func describe(_ dataset: hid_t, _ object: String) throws(HDF5Error) -> HDF5Dataset {
    guard let creation = HDF5Handle(H5Dget_create_plist(dataset), closedBy: H5Pclose),
      let type = HDF5Handle(H5Dget_type(dataset), closedBy: H5Tclose)
    else { throw failure("describe the dataset", object) }
    let layout = H5Pget_layout(creation.id)
    if layout == H5D_VIRTUAL { throw refusal(object, .unsupported("a virtual dataset")) }
    if H5Pget_external_count(creation.id) != 0 {
      throw refusal(object, .unsupported("storage in another file"))
    }
    let filters = try filters(creation.id, object)
    let shape = try shape(dataset, object)
    let element: HDF5Dataset.Element
    let isLittleEndian: Bool
    switch HDF5ElementType(type.id) {
    case .numeric(let dtype, let order):
      element = .numeric(dtype)
      isLittleEndian = order
      try checkSize(dataset, shape, dtype, layout, object)
    case .text:
      element = .text
      isLittleEndian = false
    case .unsupported where isMarkedBFloat16(dataset, type.id):
      element = .numeric(.bf16)
      isLittleEndian = true
      try checkSize(dataset, shape, .bf16, layout, object)
    case .unsupported(let what): throw refusal(object, .unsupported(what))
    }
    var chunk: [Int]?
    if layout == H5D_CHUNKED, shape.rank > 0 {
      var lengths = [hsize_t](repeating: 0, count: shape.rank)
      guard unsafe H5Pget_chunk(creation.id, Int32(shape.rank), &lengths) == shape.rank else {
        throw failure("read the chunk size of", object)
      }
      chunk = lengths.map { Int(clamping: $0) }
    }
    return HDF5Dataset(
      path: object, shape: shape, element: element, isLittleEndian: isLittleEndian, chunk: chunk,
      filters: filters)
  }

  /// Whether elements are 16 opaque bits, which an attribute `dtype` says are bfloat16: so Keras 3
  /// stores what NumPy has no type for.
  private func isMarkedBFloat16(_ dataset: hid_t, _ type: hid_t) -> Bool {
    guard H5Tget_class(type) == H5T_OPAQUE, H5Tget_size(type) == 2,
      unsafe H5Aexists(dataset, "dtype") > 0,
      let attribute = HDF5Handle(
        unsafe H5Aopen(dataset, "dtype", hid_t(H5P_DEFAULT)), closedBy: H5Aclose),
      let textType = HDF5Handle(H5Aget_type(attribute.id), closedBy: H5Tclose),
      let space = HDF5Handle(H5Aget_space(attribute.id), closedBy: H5Sclose),
      H5Tget_class(textType.id) == H5T_STRING, H5Sget_simple_extent_npoints(space.id) == 1
    else { return false }
    let size = H5Tget_size(textType.id)
    guard size <= 64 else { return false }
    return Self.strings(attribute.id, textType.id, space.id, 1, size) == [Array("bfloat16".utf8)]
  }

  /// The filters in the order of writing, all of which the library has.
  private func filters(_ creation: hid_t, _ object: String) throws(HDF5Error) -> [Int32] {
    var filters: [Int32] = []
    let count = H5Pget_nfilters(creation)
    guard count >= 0, count <= 32 else { throw failure("read the filters of", object) }
    for index in 0..<UInt32(count) {
      var flags: UInt32 = 0
      var valueCount = 0
      var configuration: UInt32 = 0
      var name = [CChar](repeating: 0, count: 64)
      let filter = unsafe H5Pget_filter2(
        creation, index, &flags, &valueCount, nil, name.count, &name, &configuration)
      guard filter >= 0 else { throw failure("read the filters of", object) }
      guard H5Zfilter_avail(filter) > 0 else {
        let text = String(
          decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        throw refusal(
          object, .unsupported("filter \(filter)" + (text.isEmpty ? "" : " (\(text))")))
      }
      filters.append(filter)
    }
    return filters
  }

  private func shape(_ dataset: hid_t, _ object: String) throws(HDF5Error) -> Shape {
    guard let space = HDF5Handle(H5Dget_space(dataset), closedBy: H5Sclose) else {
      throw failure("read the shape of", object)
    }
    if H5Sget_simple_extent_type(space.id) == H5S_NULL { return Shape([0]) ?? .scalar }
    let rank = Int(H5Sget_simple_extent_ndims(space.id))
    guard (0...Shape.maximumRank).contains(rank) else {
      throw refusal(object, .limit("it has \(rank) dimensions, more than \(Shape.maximumRank)"))
    }
    guard rank > 0 else { return .scalar }
    var lengths = [hsize_t](repeating: 0, count: rank)
    guard unsafe H5Sget_simple_extent_dims(space.id, &lengths, nil) == rank else {
      throw failure("read the shape of", object)
    }
    guard let shape = Shape(lengths.map { Int(clamping: $0) }) else {
      throw refusal(object, .limit("its shape \(lengths) is absurd"))
    }
    return shape
  }

  /// Refuses a declared size that the stored bytes cannot account for.
  private func checkSize(
    _ dataset: hid_t, _ shape: Shape, _ dtype: DType, _ layout: H5D_layout_t, _ object: String
  ) throws(HDF5Error) {
    let declared = shape.count * dtype.byteCount
    guard declared <= limits.datasetByteCount else {
      throw refusal(
        object,
        .limit("it declares \(declared) bytes, more than the limit of \(limits.datasetByteCount)"))
    }
    let stored = Int(clamping: H5Dget_storage_size(dataset))
    guard stored <= byteCount else {
      throw refusal(
        object, .malformed("it is said to store \(stored) bytes in a file of \(byteCount)"))
    }
    guard declared <= limits.freeByteCount || declared / limits.greatestRatio <= stored else {
      throw refusal(object, .limit("it declares \(declared) bytes, and stores \(stored)"))
    }
  }
}
