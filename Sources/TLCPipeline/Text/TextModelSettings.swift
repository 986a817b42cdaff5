internal import TLCCore

/// What the assets of a checkpoint say of how a model takes text, and what it gives.
struct TextModelSettings {
  /// How scores are made of what a model gives for a text.
  enum Scores {
    case softmax
    case sigmoid
    case plain
  }

  /// The most tokens that a text may have, those of the template included.
  let greatestTokenCount: Int
  let paddingID: Int32
  /// What is put before a text that is embedded.
  let prompt: String
  /// Whether a text that is embedded is made lower case before the tokenizer has it.
  let lowersCase: Bool
  /// The text of the token that stands for one that is looked for, as a file says it.
  let mask: String?
  private let configuration: StrictJSON
  private let labels: [String: String]

  private static let name = "huggingface/config.json"
  /// Where nothing says how many tokens a model takes.
  private static let standardTokenCount = 512
  private static let largestTokenCount = 1 << 20

  init(assets: [String: [UInt8]]) throws(TextModelError) {
    configuration = try Self.object(Self.name, assets) ?? .object([])
    let tokenizer = try Self.object("huggingface/tokenizer_config.json", assets)
    let special = try Self.object("huggingface/special_tokens_map.json", assets)
    let sentences = try Self.object("sentence-transformers/sentence_bert_config.json", assets)
    let prompts = try Self.object(
      "sentence-transformers/config_sentence_transformers.json", assets)
    prompt = prompts?["default_prompt_name"]?.text.flatMap { prompts?["prompts"]?[$0]?.text } ?? ""
    if case .boolean(let flag) = sentences?["do_lower_case"] {
      lowersCase = flag
    } else {
      lowersCase = false
    }
    let padding = configuration["pad_token_id"]?.count ?? 0
    paddingID = Int32(exactly: padding) ?? 0
    let named = tokenizer?["mask_token"] ?? special?["mask_token"]
    mask = named?.text ?? named?["content"]?.text
    var count = Self.largestTokenCount
    if let positions = configuration["max_position_embeddings"]?.count {
      // Positions of RoBERTa and its kin start behind that of padding.
      let isCounted = ["roberta", "roberta-prelayernorm", "xlm-roberta", "camembert", "mpnet"]
        .contains(
          configuration["model_type"]?.text)
      let first = isCounted ? Int(paddingID) + 1 : 0
      count = min(count, max(positions, first) - first)
    } else {
      count = Self.standardTokenCount
    }
    let said = sentences?["max_seq_length"]?.count ?? tokenizer?["model_max_length"]?.count
    greatestTokenCount = min(count, said ?? count)
    var labels: [String: String] = [:]
    for (key, value) in configuration["id2label"]?.members ?? [] { labels[key] = value.text }
    self.labels = labels
  }

  /// The tokens around a text that is written; `nil` where the configuration has none.
  var writing: (start: Int, end: Int)? {
    guard let start = configuration["decoder_start_token_id"]?.count,
      let end = configuration["eos_token_id"]?.count
    else { return nil }
    return (start, end)
  }

  private static func object(
    _ name: String, _ assets: [String: [UInt8]]
  ) throws(TextModelError) -> StrictJSON? {
    guard let bytes = assets[name] else { return nil }
    guard let json = StrictJSON(bytes), json.members != nil else {
      throw .asset(name, "it is not a JSON object with unique keys")
    }
    return json
  }

  /// A text as sentence-transformers gives it to the tokenizer: behind the prompt, without white space
  /// around both.
  func prepared(_ text: String) -> String {
    var scalars = (prompt + text).unicodeScalars[...]
    while scalars.first?.properties.isWhitespace == true { scalars.removeFirst() }
    while scalars.last?.properties.isWhitespace == true { scalars.removeLast() }
    let stripped = String(scalars)
    return lowersCase ? stripped.lowercased() : stripped
  }

  /// The name of a label.
  func label(_ place: Int) -> String { labels["\(place)"] ?? "LABEL_\(place)" }

  /// How scores of a text's labels are made, as transformers does.
  func scores(labelCount: Int) -> Scores {
    switch configuration["problem_type"]?.text {
    case "regression": .plain
    case "multi_label_classification": .sigmoid
    default: labelCount == 1 ? .sigmoid : .softmax
    }
  }

  /// What a model of these outputs is for.
  func task(outputs: [String]) -> TextModel.Task? {
    if outputs.contains("sentence_embedding") { return .embedding }
    if outputs.contains("prediction_logits") { return .masks }
    if outputs.contains("start_logits"), outputs.contains("end_logits") { return .answers }
    guard outputs.contains("logits") else { return nil }
    let endings: [(String, TextModel.Task)] = [
      ("ForMaskedLM", .masks), ("ForSequenceClassification", .classification),
      ("ForTokenClassification", .tokenLabels), ("ForConditionalGeneration", .translation),
    ]
    let name = configuration["architectures"]?.elements?.first?.text ?? ""
    return endings.first { name.hasSuffix($0.0) }?.1
  }
}
