internal import Yams

extension StudyParser {
  /// Texts with their translations, of a study's corpus.
  func pairs(_ node: Node) throws(StudyError) -> StudyPlan.Pairs {
    let fields = try fields(node, "\"pairs\"", ["training", "validation", "test"])
    return StudyPlan.Pairs(
      training: try parallelTexts(fields, "training"),
      validation: try parallelTexts(fields, "validation"),
      test: try parallelTexts(fields, "test"))
  }

  /// Two files whose lines belong together, or one in which a tab stands between a text and its
  /// translation.
  private func parallelTexts(
    _ fields: Fields, _ key: String
  ) throws(StudyError) -> ParallelTexts.Files {
    guard let node = fields.members[key], node.mapping != nil else {
      return .table(try file(fields.members[key], in: fields, "\"\(key)\""))
    }
    let sides = try self.fields(node, "\"\(key)\"", ["source", "target"])
    return .lines(
      source: try file(sides.members["source"], in: sides, "\"source\""),
      target: try file(sides.members["target"], in: sides, "\"target\""))
  }

  /// Refuses what the texts of a study leave no use for.
  func requireUse(_ study: Fields, _ plan: StudyPlan) throws(StudyError) {
    func require(_ key: String, of part: String?, _ reason: String) throws(StudyError) {
      let members = part.map { study.members[$0]?.mapping } ?? study.node.mapping
      guard let value = members?[key] else { return }
      throw refusal(value, "\"\(key)\" \(reason)")
    }
    if plan.pairs != nil {
      try require(
        "tasks", of: nil, "needs texts: models of \"pairs\" are given no head of classes")
      try require("held-out", of: "corpus", "needs texts: \"pairs\" say what is held out")
      try require("texts", of: "corpus", "and \"pairs\" exclude each other")
    } else {
      try require("batch-tokens", of: "training", "needs a corpus of \"pairs\"")
      try require("bleu-texts", of: "measure", "needs a corpus of \"pairs\"")
    }
    if study.members["training"]?.mapping?["batch"] != nil {
      try require("batch-tokens", of: "training", "and \"batch\" exclude each other")
    }
  }
}
