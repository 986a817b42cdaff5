internal import TLCCore
internal import TLCSystem

/// What a manifest says of a tensor's encoding, mask ∘ values: `formats/tlcq.md` §5.
struct EncodingRecord: Sendable {
  let mask: (any MaskRecord)?
  let values: (any ValuesRecord)?
  /// The kind that this reader does not know, and where it is named.
  let unknown: (kind: String, offset: Int)?

  init(
    parsing object: JSONObject, of tensor: TensorGeometry, kinds: EncodingKinds,
    planes: inout PlaneTable
  ) throws(FormatError) {
    var keptCount = tensor.shape.count
    var mask: (any MaskRecord)?
    if object.optional("mask") != nil {
      let maskObject = try object.object("mask")
      let kind = try maskObject.string("kind")
      guard let type = kinds.masks.first(where: { $0.kind == kind }) else {
        self.init(unknown: kind, at: try maskObject.value("kind").offset)
        return
      }
      let known = try type.init(parsing: maskObject, of: tensor.shape, planes: &planes)
      keptCount = known.keptCount
      mask = known
    }
    let valuesObject = try object.object("values")
    let kind = try valuesObject.string("kind")
    guard let type = kinds.values.first(where: { $0.kind == kind }) else {
      self.init(unknown: kind, at: try valuesObject.value("kind").offset)
      return
    }
    self.init(
      mask: mask,
      values: try type.init(
        parsing: valuesObject, of: tensor, keptCount: keptCount, planes: &planes))
  }

  private init(mask: (any MaskRecord)?, values: any ValuesRecord) {
    self.mask = mask
    self.values = values
    unknown = nil
  }

  private init(unknown kind: String, at offset: Int) {
    mask = nil
    values = nil
    unknown = (kind, offset)
  }

  var planes: [PlaneReference] {
    (values?.planes ?? []) + (mask?.plane.map { [$0] } ?? [])
  }

  /// A short name for people: `2:4 int8 axis 0`.
  var summary: String {
    if let unknown { return unknown.kind }
    return [mask?.summary, values?.summary].compactMap { $0 }.joined(separator: " ")
  }

  /// Decodes the tensor: rules R24 to R32.
  func decode(
    _ tensor: TensorGeometry, from source: PlaneSource
  ) throws(CheckpointError) -> Tensor {
    let values = try known(source)
    let bitmap = try decodedMask(tensor.shape, from: source)
    return try values.decode(tensor, mask: bitmap, from: source)
  }

  /// The codes and steps of uniform values, `nil` for other kinds: rules R24 to R32.
  func uniformValues(
    _ tensor: TensorGeometry, from source: PlaneSource
  ) throws(CheckpointError) -> UniformValues? {
    guard let values = try known(source) as? UniformRecord else { return nil }
    let bitmap = try decodedMask(tensor.shape, from: source)
    return try values.uniformValues(tensor, mask: bitmap, from: source)
  }

  /// The same where codes are bytes, `nil` where not.
  func byteCodes(
    _ tensor: TensorGeometry, from source: PlaneSource
  ) throws(CheckpointError) -> ByteCodes? {
    guard let values = try known(source) as? UniformRecord else { return nil }
    let bitmap = try decodedMask(tensor.shape, from: source)
    return try values.byteCodes(tensor, mask: bitmap, from: source)
  }

  /// How often each code is stored, `nil` for values that are not codes: rules R24 to R29.
  func codeCounts(from source: PlaneSource) throws(CheckpointError) -> CodeCounts? {
    guard let codes = try known(source).codePlanes else { return nil }
    var counts = CodeCounts(byteCount: 0, counts: [])
    let range = codes.greatest - codes.least + 1
    // Few codes are counted in place; where there may be millions, there are seldom many.
    var few = Array(repeating: 0, count: range <= 1 << 16 ? range : 0)
    var many: [Int: Int] = [:]
    for plane in codes.planes.compactMap({ $0 }) {
      let symbols = try source.symbols(
        plane, count: plane.count, limit: UInt32(codes.greatest - codes.least))
      if few.isEmpty {
        for symbol in symbols { many[Int(symbol), default: 0] += 1 }
      } else {
        for symbol in symbols { few[Int(symbol)] += 1 }
      }
      counts.byteCount += source.records[plane.index].bytes.count
    }
    for (place, count) in few.enumerated() where count > 0 { many[place] = count }
    counts.counts = many.sorted { $0.key < $1.key }.map { (codes.least + $0.key, $0.value) }
    return counts
  }

  /// The certificate of `decoded` against its source.
  func certificate(
    source tensor: Tensor, decoded: Tensor, from source: PlaneSource
  ) throws(CheckpointError) -> Certificate {
    let count = try known(source).saturatedCount(source: tensor, decoded: decoded, from: source)
    return Certificate(source: tensor, decoded: decoded, saturatedCount: count)
  }

  private func known(_ source: PlaneSource) throws(CheckpointError) -> any ValuesRecord {
    if let unknown { throw source.formatError(.unknownKind(unknown.kind), at: unknown.offset) }
    guard let values else { preconditionFailure("neither known nor unknown values") }
    return values
  }

  private func decodedMask(
    _ shape: Shape, from source: PlaneSource
  ) throws(CheckpointError) -> Bitmap? {
    guard let mask else { return nil }
    return try mask.checked(shape, from: source)
  }
}
