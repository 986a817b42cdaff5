/// The kinds of values and masks that a reader knows, by name.
struct EncodingKinds: Sendable {
  let values: [any ValuesRecord.Type]
  let masks: [any MaskRecord.Type]

  /// Every kind of the specification, in the order in which ties are broken.
  static let standard = EncodingKinds(
    values: [DenseRecord.self, UniformRecord.self, CodebookRecord.self, TrellisRecord.self],
    masks: [BitmaskRecord.self, NOfMRecord.self, GapRecord.self, BlockRecord.self])
}
