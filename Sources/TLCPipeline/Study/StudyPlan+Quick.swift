internal import TLCCore
internal import TLCSystem

extension StudyPlan {
  /// A study of seconds on texts that are made up: to see that all of it works on a machine. What it
  /// finds says nothing of models.
  ///
  /// - Parameter folder: where the texts are written.
  /// - Throws: `IOError`.
  public static func quick(in folder: String) throws -> StudyPlan {
    func write(_ name: String, _ lines: [String], between separator: String) throws -> String {
      let path = "\(folder)/\(name)"
      let file = try AtomicFile(path: path, overwriting: true)
      try file.append(Array((lines.joined(separator: separator) + "\n").utf8).span)
      try file.commit()
      return path
    }
    var sentences = QuickSentences(seed: 1)
    var plan = StudyPlan()
    plan.texts = [
      try write("quick.txt", (0..<200).map { _ in sentences.paragraph() }, between: "\n\n")
    ]
    func labelled(_ count: Int) -> [String] { (0..<count).map { _ in sentences.labelled() } }
    var task = Task(
      name: "order", training: try write("quick-train.txt", labelled(96), between: "\n"),
      validation: try write("quick-validation.txt", labelled(48), between: "\n"),
      test: try write("quick-test.txt", labelled(48), between: "\n"))
    (task.epochCount, task.batchCount, task.rate, task.isRecovered) = (1, 16, 3e-3, true)
    plan.tasks = [task]
    plan.vocabularyCount = 320
    plan.shapes = [Shape(depth: 1, width: 32), Shape(depth: 2, width: 32)]
    plan.seeds = [1]
    (plan.sequenceCount, plan.batchCount, plan.rate) = (32, 8, 3e-3)
    plan.budgets = [0.2, 0.5]
    plan.warmupCount = 5
    plan.stateInterval = 0.2
    plan.benchmarkStepCount = 10
    (plan.measuredCount, plan.pointMeasuredCount, plan.pointCount) = (32, 32, 4)
    plan.compressedMeasuredCount = 32
    plan.heldOut = 0.1
    plan.compression.bits = [8, 4]
    plan.compression.steps = [0.5]
    plan.compression.sparsities = [0.3]
    (plan.compression.levelCount, plan.compression.sampleCount) = (2, 8)
    return plan
  }
}

/// Sentences of a small grammar, with labels that can be learnt.
private struct QuickSentences {
  private var random: SplitMix64

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  private mutating func word(_ words: [String]) -> String {
    words.randomElement(using: &random) ?? ""
  }

  private mutating func sentence(_ verbs: [String]) -> String {
    let nouns = ["river", "mountain", "garden", "letter", "window", "engine", "village", "harbour"]
    let adjectives = ["old", "quiet", "bright", "narrow", "broken", "distant"]
    return "The \(word(adjectives)) \(word(nouns)) \(word(verbs)) the \(word(nouns)) at"
      + " \(word(["noon", "night", "dawn", "once"]))."
  }

  private static let verbs = [
    "no": ["hides", "breaks", "leaves", "darkens"], "yes": ["opens", "finds", "builds", "warms"],
  ]

  mutating func paragraph() -> String {
    let verbs = Self.verbs["no", default: []] + Self.verbs["yes", default: []]
    return (0..<4).map { _ in sentence(verbs) }.joined(separator: " ")
  }

  mutating func labelled() -> String {
    let label = Bool.random(using: &random) ? "yes" : "no"
    return "\(label) \(sentence(Self.verbs[label, default: []]))"
  }
}
