/// Where the tokens of texts go among special tokens, for one text and for a pair.
struct EncodingTemplate: Sendable {
  enum Piece: Sendable {
    case first(typeID: Int32)
    case second(typeID: Int32)
    case special([Int32], typeID: Int32)

    /// How many tokens it adds.
    var idCount: Int { if case .special(let ids, _) = self { ids.count } else { 0 } }
  }

  var single: [Piece]
  var pair: [Piece]

  /// Nothing but the texts.
  static let plain = EncodingTemplate(
    single: [.first(typeID: 0)], pair: [.first(typeID: 0), .second(typeID: 1)])

  /// [CLS] A [SEP] and [CLS] A [SEP] B [SEP], whose B and last [SEP] are of type 1.
  static func bert(start: Int32, separator: Int32) -> EncodingTemplate {
    let single: [Piece] = [
      .special([start], typeID: 0), .first(typeID: 0), .special([separator], typeID: 0),
    ]
    return EncodingTemplate(
      single: single,
      pair: single + [.second(typeID: 1), .special([separator], typeID: 1)])
  }

  /// `<s>` A `</s>` and `<s>` A `</s>` `</s>` B `</s>`, all of type 0.
  static func roberta(start: Int32, end: Int32) -> EncodingTemplate {
    let single: [Piece] = [
      .special([start], typeID: 0), .first(typeID: 0), .special([end], typeID: 0),
    ]
    return EncodingTemplate(
      single: single,
      pair: single + [
        .special([end], typeID: 0), .second(typeID: 0), .special([end], typeID: 0),
      ])
  }

  /// How many tokens are added.
  func specialCount(isPair: Bool) -> Int {
    (isPair ? pair : single).reduce(0) { $0 + $1.idCount }
  }

  func encoding(
    _ first: ArraySlice<Int32>, _ second: ArraySlice<Int32>?, addingSpecialTokens: Bool
  ) -> TokenEncoding {
    var encoding = TokenEncoding()
    for piece in second == nil ? single : pair {
      switch piece {
      case .first(let typeID): encoding.append(first, typeID: typeID, isSpecial: false)
      case .second(let typeID): encoding.append(second ?? [], typeID: typeID, isSpecial: false)
      case .special(let ids, let typeID):
        if addingSpecialTokens { encoding.append(ids, typeID: typeID, isSpecial: true) }
      }
    }
    return encoding
  }
}
