internal import TLCCore

/// The template of a `tokenizer.json`'s `post_processor`.
enum TemplateFields {
  /// `nil` where nothing is added.
  static func template(_ fields: JSONFields?) throws(TextError) -> EncodingTemplate? {
    guard let fields else { return nil }
    switch try fields.string("type") {
    case "ByteLevel": return nil
    case "BertProcessing":
      return .bert(start: try pairedID("cls", fields), separator: try pairedID("sep", fields))
    case "RobertaProcessing":
      return .roberta(start: try pairedID("cls", fields), end: try pairedID("sep", fields))
    case "TemplateProcessing":
      let specials = try specialIDs(fields)
      return EncodingTemplate(
        single: try pieces("single", fields, specials), pair: try pieces("pair", fields, specials))
    case "Sequence":
      var template: EncodingTemplate?
      for processor in try fields.objects("processors") {
        guard let next = try self.template(processor) else { continue }
        guard template == nil else {
          throw fields.unsupported("a sequence of post-processors that both add tokens")
        }
        template = next
      }
      return template
    case let type: throw fields.unsupported("the post-processor \(type)")
    }
  }

  /// The id of a token that is written as a list, the token and its id.
  private static func pairedID(_ key: String, _ fields: JSONFields) throws(TextError) -> Int32 {
    let pair = try fields.elements(key)
    guard pair.count == 2, pair[0].text != nil else {
      throw fields.malformed(key, "a token and its id")
    }
    return Int32(try fields.count(pair[1], key, limit: TextLimits.tokenID))
  }

  private static func specialIDs(_ fields: JSONFields) throws(TextError) -> [String: [Int32]] {
    var specials: [String: [Int32]] = [:]
    let objects = try fields.object("special_tokens")
    for (name, value) in objects.members {
      let token = try objects.object(value, name)
      var ids: [Int32] = []
      for id in try token.elements("ids") {
        ids.append(Int32(try token.count(id, "ids", limit: TextLimits.tokenID)))
      }
      specials[name] = ids
    }
    return specials
  }

  private static func pieces(
    _ key: String, _ fields: JSONFields, _ specials: [String: [Int32]]
  ) throws(TextError) -> [EncodingTemplate.Piece] {
    var pieces: [EncodingTemplate.Piece] = []
    for piece in try fields.objects(key) {
      if let sequence = try piece.optionalObject("Sequence") {
        let typeID = try sequence.id("type_id")
        switch try sequence.string("id") {
        case "A": pieces.append(.first(typeID: typeID))
        case "B" where key == "pair": pieces.append(.second(typeID: typeID))
        default: throw sequence.malformed("id", key == "pair" ? "A or B" : "A")
        }
      } else {
        let special = try piece.object("SpecialToken")
        guard let ids = specials[try special.string("id")] else {
          throw special.malformed("id", "one of special_tokens")
        }
        pieces.append(.special(ids, typeID: try special.id("type_id")))
      }
    }
    guard pieces.count <= 64, pieces.reduce(0, { $0 + $1.idCount }) <= 64 else {
      throw .limit(file: fields.file, "a template of more than 64 pieces or special tokens")
    }
    return pieces
  }
}
