import ArgumentParser
import TLC

/// What a model makes of a text, as `tlc run` prints it.
enum TextAnswer: Encodable {
  case embedding([Float])
  case labels([ScoredLabel])
  case tokens([LabelledToken])
  case masks([[MaskCandidate]])
  case answers([Answer])
  case translation(Translation)

  /// What a model makes of each text, as its task is.
  ///
  /// - Parameters:
  ///   - count: how many labels, tokens or answers there may be.
  ///   - settings: how translations are looked for.
  static func answers(
    _ model: TextModel, _ texts: [String], pair: String?, question: String?, count: Int,
    _ settings: TranslationSettings
  ) throws -> [TextAnswer] {
    switch model.task {
    case .embedding: return try model.embed(texts).map { .embedding($0) }
    case .classification:
      return try model.classify(texts.map { ($0, pair) }).map { .labels(Array($0.prefix(count))) }
    case .tokenLabels: return try model.labelTokens(texts).map { .tokens($0) }
    case .masks: return try model.fillMasks(texts, count: count).map { .masks($0) }
    case .answers:
      guard let question else {
        throw ValidationError("the model answers questions: --question asks one")
      }
      return try texts.map { .answers(try model.answer(question, in: $0, count: count)) }
    case .translation: return try model.translate(texts, settings).map { .translation($0) }
    case nil:
      throw TextModelError.output(
        "sentence_embedding, logits, prediction_logits or start_logits", there: model.outputs)
    }
  }

  func print() {
    switch self {
    case .embedding(let vector):
      Terminal.printLine(vector.map { "\($0)" }.joined(separator: " "))
    case .labels(let labels):
      Terminal.printLine(
        labels.map { "\($0.label) \(Self.score($0.score))" }.joined(separator: "  "))
    case .tokens(let tokens):
      Terminal.printLine(
        tokens.map { "\($0.token)/\($0.label.label) \(Self.score($0.label.score))" }
          .joined(separator: "  "))
    case .masks(let masks):
      for candidates in masks {
        Terminal.printLine(
          candidates.map { "\($0.token) \(Self.score($0.score))" }.joined(separator: "  "))
      }
    case .translation(let translation): Terminal.printLine(translation.text)
    case .answers(let answers):
      for answer in answers { Terminal.printLine("\(answer.text)  \(Self.score(answer.score))") }
    }
  }

  private static func score(_ score: Float) -> String { Format.fixed(Double(score), 4) }

  private enum Keys: String, CodingKey {
    case embedding, labels, tokens, masks, answers, translation
  }
  private struct Scored: Encodable {
    var text: String
    var label: String?
    var score: Float
  }

  private struct Written: Encodable {
    var text: String
    var score: Double
  }

  func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: Keys.self)
    switch self {
    case .embedding(let vector): try members.encode(vector, forKey: .embedding)
    case .labels(let labels):
      try members.encode(labels.map { Scored(text: $0.label, score: $0.score) }, forKey: .labels)
    case .tokens(let tokens):
      try members.encode(
        tokens.map { Scored(text: $0.token, label: $0.label.label, score: $0.label.score) },
        forKey: .tokens)
    case .masks(let masks):
      try members.encode(
        masks.map { $0.map { Scored(text: $0.token, score: $0.score) } }, forKey: .masks)
    case .translation(let translation):
      try members.encode(
        Written(text: translation.text, score: translation.score), forKey: .translation)
    case .answers(let answers):
      try members.encode(
        answers.map { Scored(text: $0.text, score: $0.score) }, forKey: .answers)
    }
  }
}
