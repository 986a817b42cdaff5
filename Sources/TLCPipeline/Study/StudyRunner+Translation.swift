internal import TLCCore
internal import TLCFormat
internal import TLCRuntime
internal import TLCSystem
internal import TLCTraining

extension StudyRunner {
  /// Adds to a measurement the BLEU of what a file's model writes; the same measurement where models
  /// do not translate.
  ///
  /// - Parameters:
  ///   - keys: `validation` and `test`, or one of them.
  ///   - members: the measurement.
  ///   - file: the path of the model.
  func addingBLEU(_ keys: Set<String>, to members: Members, file: String) throws -> Members {
    guard case .pairs(let pairs) = data.source, plan.bleuCount > 0 else { return members }
    let checkpoint = try Checkpoint(path: file)
    let model = try TextModel(
      Session(checkpoint, threadCount: parallelism.threads), of: checkpoint)
    // The likeliest token each time: a beam would take as many times longer as it has texts.
    let settings = TranslationSettings(
      beamCount: 1, greatestTokenCount: pairs.greatestTokenCount)
    let held = ["validation": pairs.validation, "test": pairs.test]
    return try members.map { key, value in
      guard keys.contains(key), let texts = held[key]?.spread(plan.bleuCount).texts,
        let own = value.members
      else {
        return (key, value)
      }
      try report("translating")
      let translations = try model.translate(texts.map { $0.source }, settings)
      let bleu = BLEU(translations.map { $0.text }, references: texts.map { $0.target })
      return (key, .object(own + [("bleu", .number(bleu.score))]))
    }
  }
}
