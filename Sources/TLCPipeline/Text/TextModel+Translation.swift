internal import TLCRuntime
internal import TLCText

/// How a model looks for a translation: `formats/training.md` §Writing a translation.
public struct TranslationSettings: Equatable, Sendable {
  /// How many texts are gone on with; with one, the likeliest token is taken each time.
  public var beamCount: Int
  /// The most tokens of a translation, with that behind it; `nil` for as many as the model takes.
  public var greatestTokenCount: Int?
  /// The power of the number of tokens that the logarithm of a probability is divided by.
  public var lengthPenalty: Double

  /// Settings.
  public init(beamCount: Int = 4, greatestTokenCount: Int? = nil, lengthPenalty: Double = 1) {
    self.beamCount = beamCount
    self.greatestTokenCount = greatestTokenCount
    self.lengthPenalty = lengthPenalty
  }

  /// Requires that the settings make sense.
  ///
  /// - Throws: ``TextModelError/text(_:)`` with the first that does not.
  public func require() throws(TextModelError) {
    guard (1...1_024).contains(beamCount) else {
      throw .text("a beam of \(beamCount) is not of 1 to 1024 texts")
    }
    if let count = greatestTokenCount, count < 1 {
      throw .text("a translation of at most \(count) tokens has no end")
    }
    guard lengthPenalty.isFinite, abs(lengthPenalty) <= 100 else {
      throw .text("a length penalty of \(lengthPenalty) is not from -100 to 100")
    }
  }
}

/// What a model writes for a text.
public struct Translation: Equatable, Sendable {
  /// The text.
  public var text: String
  /// The logarithm of its probability, over the number of its tokens to the power of the length
  /// penalty.
  public var score: Double
}

extension TextModel {
  /// Translates texts.
  ///
  /// - Throws: ``TextModelError`` where the model does not translate, or the settings make no sense.
  public func translate(
    _ texts: [String], _ settings: TranslationSettings = TranslationSettings()
  ) throws -> [Translation] {
    try settings.require()
    guard let decoder, let writing = self.settings.writing else {
      throw TextModelError.text("the model is for no translations")
    }
    let most = self.settings.greatestTokenCount
    let search = BeamSearch(
      start: writing.start, end: writing.end, width: settings.beamCount,
      greatestTokenCount: max(1, min(settings.greatestTokenCount ?? most, most)),
      lengthPenalty: settings.lengthPenalty)
    // Texts of like lengths are run together, which changes no bits.
    let counts = try texts.map { try tokenizer.encode($0).ids.count }
    let order = texts.indices.sorted { (counts[$0], $0) < (counts[$1], $1) }
    var results: [Translation?] = texts.map { _ in nil }
    for start in stride(from: 0, to: order.count, by: Self.batchCount) {
      let batch = order[start..<min(start + Self.batchCount, order.count)]
      let encodings = try tokenizer.encode(batch.map { (texts[$0], nil) })
      let inputs = try self.texts.tensors(encodings, for: decoder.inputs)
      let found = try search.run(decoder, try decoder.read(inputs))
      for (place, text) in zip(batch, found) {
        results[place] = Translation(
          text: tokenizer.decode(text.tokens.map { Int32(truncatingIfNeeded: $0) }),
          score: text.score)
      }
    }
    return results.compactMap { $0 }
  }
}
