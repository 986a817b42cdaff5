/// How encodings are filled to one length.
public struct Padding: Equatable, Sendable {
  /// The length that encodings are filled to.
  public enum Length: Equatable, Sendable {
    /// A number of tokens.
    case fixed(Int)
    /// That of the longest encoding of a batch.
    case longest
  }

  /// The length that encodings are filled to.
  public var length: Length
  /// Lengths are rounded up to a multiple of it.
  public var multiple: Int
  /// The end that is filled.
  public var direction: Truncation.Direction
  /// The id of the token that fills.
  public var id: Int32
  /// The type of the token that fills.
  public var typeID: Int32

  /// Padding with a token, at the end unless it is told otherwise.
  public init(
    length: Length = .longest, multiple: Int = 1, direction: Truncation.Direction = .right,
    id: Int32 = 0, typeID: Int32 = 0
  ) {
    self.length = length
    self.multiple = multiple
    self.direction = direction
    self.id = id
    self.typeID = typeID
  }

  /// Fills encodings that are shorter; longer ones stay as they are.
  func apply(to encodings: inout [TokenEncoding]) {
    var length =
      switch length {
      case .fixed(let count): count
      case .longest: encodings.reduce(0) { max($0, $1.ids.count) }
      }
    if multiple > 1, length % multiple > 0 { length += multiple - length % multiple }
    for i in encodings.indices where encodings[i].ids.count < length {
      let count = length - encodings[i].ids.count
      fill(&encodings[i].ids, id, count)
      fill(&encodings[i].typeIDs, typeID, count)
      fill(&encodings[i].attentionMask, 0, count)
      fill(&encodings[i].specialTokensMask, 1, count)
    }
  }

  private func fill(_ elements: inout [Int32], _ element: Int32, _ count: Int) {
    let place = direction == .right ? elements.count : 0
    elements.insert(contentsOf: repeatElement(element, count: count), at: place)
  }
}
