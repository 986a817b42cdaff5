extension Tokenizer {
  /// A tokenizer from its files, by name; folders before a name do not matter. They are the first of
  /// these sets that there is, as `transformers` writes them:
  /// - `tokenizer.json`, of WordPiece as BERT has it, or byte-level BPE;
  /// - `vocab.txt` of BERT and its kin;
  /// - `vocab.json` and `merges.txt` of GPT-2 or RoBERTa.
  ///
  /// With either of the latter `tokenizer_config.json` may say what the files do not.
  ///
  /// - Throws: where there is none, or what it says is wrong, not implemented, or beyond
  ///   ``TextLimits``.
  public init(parsing files: [String: [UInt8]]) throws(TextError) {
    let files = TokenizerFiles(files)
    if let file = files["tokenizer.json"] {
      self = try TokenizerFile(parsing: file.bytes, file: file.name).tokenizer()
    } else if let file = files["vocab.txt"] {
      self = try Self.bert(file, try files.configuration())
    } else if let vocabulary = files["vocab.json"], let merges = files["merges.txt"] {
      self = try Self.byteLevel(vocabulary, merges, try files.configuration())
    } else {
      throw .noTokenizer(found: files.names)
    }
  }

  private static func bert(
    _ file: TokenizerFiles.File, _ configuration: JSONFields?
  ) throws(TextError) -> Tokenizer {
    try require(
      ["Bert", "DistilBert", "Electra", "MobileBert", "ConvBert", "SqueezeBert", "LayoutLM"],
      configuration)
    let vocabulary = try ModelFiles.vocabulary(lines: file.bytes, file: file.name)
    let lowersCase = try configuration?.flag("do_lower_case", default: true) ?? true
    let normalizer = BertNormalizer(
      cleansText: true,
      separatesChinese: try configuration?.flag("tokenize_chinese_chars", default: true) ?? true,
      stripsAccents: try configuration?.flag("strip_accents", default: lowersCase) ?? lowersCase,
      lowersCase: lowersCase)
    let names = try SpecialNames(
      configuration, unknown: "[UNK]", separator: "[SEP]", padding: "[PAD]", start: "[CLS]",
      mask: "[MASK]")
    return Tokenizer(
      normalizer: normalizer,
      model: try WordPiece(
        vocabulary, unknown: names.unknown, prefix: "##", greatestScalarCount: 100),
      added: try AddedVocabulary(
        names.tokens(vocabulary), normalizer: normalizer, file: file.name),
      template: .bert(
        start: try vocabulary.requiredID(of: names.start),
        separator: try vocabulary.requiredID(of: names.separator)),
      decoder: .wordPiece(prefix: Array("##".utf8), cleansUp: true))
  }

  private static func byteLevel(
    _ file: TokenizerFiles.File, _ mergesFile: TokenizerFiles.File, _ configuration: JSONFields?
  ) throws(TextError) -> Tokenizer {
    try require(["GPT2", "Roberta", "Bart", "Longformer", "LED"], configuration)
    let vocabulary = try ModelFiles.vocabulary(
      JSONFields(parsing: file.bytes, file: file.name))
    let merges = try ModelFiles.merges(lines: mergesFile.bytes, file: mergesFile.name)
    guard !merges.contains(where: { $0.second.reversed().starts(with: "</w>".utf8.reversed()) })
    else { throw .unsupported(file: mergesFile.name, "a suffix of words, \"</w>\",") }
    let isGPT2 = vocabulary.id(of: Array("<s>".utf8)) == nil
    let names =
      try isGPT2
      ? SpecialNames(
        configuration, unknown: "<|endoftext|>", separator: "<|endoftext|>",
        padding: "<|endoftext|>", start: "<|endoftext|>", mask: "<|endoftext|>")
      : SpecialNames(
        configuration, unknown: "<unk>", separator: "</s>", padding: "<pad>", start: "<s>",
        mask: "<mask>")
    var tokens = names.tokens(vocabulary)
    // RoBERTa's mask takes the space before it, which is a part of the word that it stands for.
    for i in tokens.indices where !isGPT2 && tokens[i].content.elementsEqual(names.mask.utf8) {
      tokens[i].takesSpaceBefore = true
    }
    var options = ByteLevelBPE.Options()
    options.addsPrefixSpace =
      try configuration?.flag("add_prefix_space", default: false) ?? false
    return Tokenizer(
      normalizer: nil,
      model: try ByteLevelBPE(
        vocabulary, merges: merges, mergesFile: mergesFile.name, options),
      added: try AddedVocabulary(tokens, normalizer: nil, file: file.name),
      template: isGPT2
        ? .plain
        : .roberta(
          start: try vocabulary.requiredID(of: names.start),
          end: try vocabulary.requiredID(of: names.separator)),
      decoder: .byteLevel)
  }

  /// Refuses a class of tokenizer that is not one of `known`, with or without `Fast` at its end.
  private static func require(
    _ known: [String], _ configuration: JSONFields?
  ) throws(TextError) {
    guard let configuration, let name = try configuration.optionalString("tokenizer_class"),
      !known.contains(where: { name == "\($0)Tokenizer" || name == "\($0)TokenizerFast" })
    else { return }
    throw configuration.unsupported("the tokenizer \(name), without its tokenizer.json,")
  }
}
