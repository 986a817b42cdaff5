internal import TLCCore
internal import TLCModel

/// An input of a model.
struct KerasInput: Sendable {
  var name: String
  var dtype: DType
  /// Without the first, which is the batch; `nil` where a run fixes a length.
  var lengths: [Int?]

  /// Reads the configuration of an input layer, or of a layer that says the shape of its input.
  ///
  /// - Returns: `nil` where it says no shape.
  init?(_ fields: KerasFields, name: String) throws(LoweringError) {
    let keys = ["batch_shape", "batch_input_shape", "build_input_shape"]
    guard let shape = fields[keys]?.elements else { return nil }
    guard try !fields.flag("ragged", default: false) else {
      throw fields.malformed("its input is ragged, which has no definition here")
    }
    self.name = name
    lengths = []
    for length in shape.dropFirst() {
      guard length.isNull || (length.integer ?? -1) >= 0, lengths.count < Shape.maximumRank - 1
      else {
        throw fields.malformed(
          "\"\(keys[0])\" is \(StrictJSON.array(shape).json.prefix(80)), not up to"
            + " \(Shape.maximumRank) lengths")
      }
      lengths.append(length.integer)
    }
    let policy = fields[["dtype", "input_dtype"]]
    let word = policy?.text ?? policy?["config"]?["name"]?.text ?? "float32"
    guard let dtype = Self.dtypes[word] else {
      throw fields.malformed("its input is of the type \"\(word)\", which has no definition here")
    }
    self.dtype = dtype
  }

  static let dtypes: [String: DType] = [
    "bfloat16": .bf16, "bool": .bool, "float16": .f16, "float32": .f32, "float64": .f64,
    "int16": .i16, "int32": .i32, "int64": .i64, "int8": .i8, "mixed_bfloat16": .f32,
    "mixed_float16": .f32, "uint16": .u16, "uint32": .u32, "uint64": .u64, "uint8": .u8,
  ]

  /// The type of the graph's input; a length that a run fixes has the name of its place, or
  /// `length` where it is the only one of the model.
  func type(isOnlyFreeLength: Bool) -> ValueType {
    var dimensions = [Dimension(named: "batch")]
    for (axis, length) in lengths.enumerated() {
      dimensions.append(
        length.map { Dimension($0) }
          ?? Dimension(named: isOnlyFreeLength ? "length" : "\(name).\(axis + 1)"))
    }
    return ValueType(dtype, dimensions)
  }
}
