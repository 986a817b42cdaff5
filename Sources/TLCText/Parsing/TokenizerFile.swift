internal import TLCCore

/// The parts of a `tokenizer.json`.
struct TokenizerFile {
  private let root: JSONFields

  init(parsing bytes: [UInt8], file: String) throws(TextError) {
    root = try JSONFields(parsing: bytes, file: file)
  }

  func tokenizer() throws(TextError) -> Tokenizer {
    let normalizer = try normalizer()
    let model = try model()
    let tokens = try addedTokens(model.vocabulary)
    return Tokenizer(
      normalizer: normalizer, model: model,
      added: try AddedVocabulary(tokens, normalizer: normalizer, file: root.file),
      template: try TemplateFields.template(root.optionalObject("post_processor")) ?? .plain,
      decoder: try decoder(), truncation: try truncation(), padding: try padding())
  }

  private func normalizer() throws(TextError) -> BertNormalizer? {
    guard let fields = try root.optionalObject("normalizer") else { return nil }
    let type = try fields.string("type")
    guard type == "BertNormalizer" else { throw fields.unsupported("the normalizer \(type)") }
    let lowersCase = try fields.flag("lowercase", default: true)
    return BertNormalizer(
      cleansText: try fields.flag("clean_text", default: true),
      separatesChinese: try fields.flag("handle_chinese_chars", default: true),
      stripsAccents: try fields.flag("strip_accents", default: lowersCase), lowersCase: lowersCase)
  }

  private func model() throws(TextError) -> any SubwordModel {
    let fields = try root.object("model")
    let hasMerges = fields.optional("merges") != nil
    let type = try fields.optionalString("type") ?? (hasMerges ? "BPE" : "WordPiece")
    let words = try root.optionalObject("pre_tokenizer")
    let wordsType = try words?.string("type") ?? "null"
    switch (type, wordsType) {
    case ("WordPiece", "BertPreTokenizer"):
      return try WordPiece(
        try ModelFiles.vocabulary(fields.object("vocab")),
        unknown: try fields.optionalString("unk_token") ?? "[UNK]",
        prefix: try fields.optionalString("continuing_subword_prefix") ?? "##",
        greatestScalarCount: try fields.count(
          "max_input_chars_per_word", default: 100, limit: TextLimits.fileByteCount))
    case ("BPE", "ByteLevel"): return try byteLevelBPE(fields, words)
    default:
      throw root.unsupported("the model \(type) with the pre-tokenizer \(wordsType)")
    }
  }

  private func byteLevelBPE(
    _ fields: JSONFields, _ words: JSONFields?
  ) throws(TextError) -> ByteLevelBPE {
    for key in ["dropout", "continuing_subword_prefix", "end_of_word_suffix", "byte_fallback"] {
      try fields.refuse(key)
    }
    guard try words?.flag("use_regex", default: true) ?? true else {
      throw root.unsupported("the pre-tokenizer ByteLevel without its regular expression")
    }
    var options = ByteLevelBPE.Options()
    options.addsPrefixSpace = try words?.flag("add_prefix_space", default: true) ?? true
    options.ignoresMerges = try fields.flag("ignore_merges", default: false)
    options.unknown = try fields.optionalString("unk_token")
    options.fusesUnknown = try fields.flag("fuse_unk", default: false)
    return try ByteLevelBPE(
      try ModelFiles.vocabulary(fields.object("vocab")),
      merges: try ModelFiles.merges(fields.elements("merges"), fields), mergesFile: root.file,
      options)
  }

  private func addedTokens(_ vocabulary: Vocabulary) throws(TextError) -> [AddedToken] {
    var tokens: [AddedToken] = []
    for fields in try root.objects("added_tokens") {
      let text = try fields.string("content")
      let isSpecial = try fields.flag("special", default: false)
      var token = AddedToken(content: Array(text.utf8), id: try fields.id("id"))
      token.isSpecial = isSpecial
      token.isNormalized = try fields.flag("normalized", default: !isSpecial)
      token.isSingleWord = try fields.flag("single_word", default: false)
      token.takesSpaceBefore = try fields.flag("lstrip", default: false)
      token.takesSpaceAfter = try fields.flag("rstrip", default: false)
      if token.content.isEmpty { continue }
      if let id = vocabulary.id(of: token.content), id != token.id {
        throw .malformed(
          file: root.file,
          "the added token \"\(text)\" has the id \(token.id), and \(id) in the vocabulary")
      }
      tokens.append(token)
    }
    return tokens
  }

  private func decoder() throws(TextError) -> TokenDecoder {
    guard let fields = try root.optionalObject("decoder") else { return .spaces }
    switch try fields.string("type") {
    case "ByteLevel": return .byteLevel
    case "WordPiece":
      return .wordPiece(
        prefix: Array(try (fields.optionalString("prefix") ?? "##").utf8),
        cleansUp: try fields.flag("cleanup", default: true))
    case let type: throw fields.unsupported("the decoder \(type)")
    }
  }

  private func truncation() throws(TextError) -> Truncation? {
    guard let fields = try root.optionalObject("truncation") else { return nil }
    let strategy = try fields.optionalString("strategy") ?? "LongestFirst"
    guard let known = Truncation.Strategy(rawValue: strategy) else {
      throw fields.unsupported("the truncation strategy \(strategy)")
    }
    return Truncation(
      greatestCount: try fields.count("max_length", limit: .max), strategy: known,
      stride: try fields.count("stride", default: 0, limit: .max),
      direction: try direction(fields))
  }

  private func direction(_ fields: JSONFields) throws(TextError) -> Truncation.Direction {
    let name = try fields.optionalString("direction") ?? "Right"
    guard let direction = Truncation.Direction(rawValue: name) else {
      throw fields.malformed("direction", "Left or Right")
    }
    return direction
  }

  private func padding() throws(TextError) -> Padding? {
    guard let fields = try root.optionalObject("padding") else { return nil }
    var padding = Padding(direction: try direction(fields))
    if fields.optional("strategy")?.text != "BatchLongest" {
      padding.length = .fixed(
        try fields.object("strategy").count("Fixed", limit: TextLimits.paddedCount))
    }
    padding.multiple = try fields.count(
      "pad_to_multiple_of", default: 1, limit: TextLimits.paddedCount)
    padding.id = try fields.id("pad_id")
    padding.typeID = try fields.id("pad_type_id")
    return padding
  }
}
