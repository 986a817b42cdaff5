internal import TLCTraining
internal import Yams

extension StudyPlan {
  /// Parses a study's YAML text: `formats/study.md`.
  ///
  /// - Parameters:
  ///   - text: the YAML.
  ///   - path: the file's; paths in it are relative to its folder.
  ///   - variables: what stands for `${NAME}` in paths.
  /// - Throws: ``StudyError`` with the line that is wrong.
  public init(
    parsing text: String, path: String, variables: [String: String] = [:]
  ) throws(StudyError) {
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch {
      let problem = YAMLProblem(error)
      throw StudyError(path: path, line: problem.line, problem.description)
    }
    guard let node else { throw StudyError(path: path, "is empty") }
    self = try StudyParser(path: path, variables: variables).plan(node)
  }
}

/// Reads a study's YAML, and says of each thing that is not understood where it stands.
struct StudyParser {
  var path: String
  var variables: [String: String]

  func refusal(_ node: Node, _ reason: String) -> StudyError {
    StudyError(path: path, line: node.mark?.line, reason)
  }

  /// A mapping whose keys are all known.
  struct Fields {
    var node: Node
    var what: String
    var members: [String: Node]
  }

  func fields(_ node: Node, _ what: String, _ keys: [String]) throws(StudyError) -> Fields {
    guard let mapping = node.mapping else { throw refusal(node, "\(what) is not a mapping") }
    var members: [String: Node] = [:]
    for (keyNode, value) in mapping {
      guard let key = keyNode.scalar?.string, keys.contains(key) else {
        throw refusal(
          keyNode,
          "\(what) has the key \"\(keyNode.scalar?.string ?? "?")\", and knows "
            + keys.joined(separator: ", "))
      }
      members[key] = value
    }
    return Fields(node: node, what: what, members: members)
  }

  /// A number of a key, or what stands for it where the key is missing.
  func number(
    _ fields: Fields, _ key: String, in range: ClosedRange<Double>, or standard: Double
  ) throws(StudyError) -> Double {
    guard let node = fields.members[key] else { return standard }
    return try number(node, "\"\(key)\"", in: range)
  }

  func number(
    _ node: Node, _ what: String, in range: ClosedRange<Double>
  ) throws(StudyError) -> Double {
    guard let value = node.float, range.contains(value) else {
      throw refusal(node, "\(what) is no number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  func count(
    _ fields: Fields, _ key: String, in range: ClosedRange<Int>, or standard: Int
  ) throws(StudyError) -> Int {
    guard let node = fields.members[key] else { return standard }
    return try count(node, "\"\(key)\"", in: range)
  }

  func count(_ node: Node, _ what: String, in range: ClosedRange<Int>) throws(StudyError) -> Int {
    guard let value = node.int, range.contains(value) else {
      throw refusal(node, "\(what) is no integer from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  func flag(_ fields: Fields, _ key: String, or standard: Bool) throws(StudyError) -> Bool {
    guard let node = fields.members[key] else { return standard }
    guard let flag = node.bool else { throw refusal(node, "\"\(key)\" is not true or false") }
    return flag
  }

  func list(_ fields: Fields, _ key: String) throws(StudyError) -> [Node] {
    guard let node = fields.members[key] else { return [] }
    guard let sequence = node.sequence else { throw refusal(node, "\"\(key)\" is not a list") }
    return Array(sequence)
  }

  func numbers(
    _ fields: Fields, _ key: String, in range: ClosedRange<Double>
  ) throws(StudyError) -> [Double] {
    var numbers: [Double] = []
    for node in try list(fields, key) {
      numbers.append(try number(node, "an element of \"\(key)\"", in: range))
    }
    return numbers
  }

  func counts(
    _ fields: Fields, _ key: String, in range: ClosedRange<Int>
  ) throws(StudyError) -> [Int] {
    var counts: [Int] = []
    for node in try list(fields, key) {
      counts.append(try count(node, "an element of \"\(key)\"", in: range))
    }
    return counts
  }

  /// A path, with what stands for `${NAME}`; relative to the folder of the study's file, unless it
  /// begins with that.
  func file(_ node: Node?, in fields: Fields, _ what: String) throws(StudyError) -> String {
    guard let node, let text = node.string, !text.isEmpty else {
      throw refusal(node ?? fields.node, "\(fields.what) names no file as \(what)")
    }
    var name = ""
    var rest = text[...]
    while let start = rest.firstRange(of: "${"),
      let end = rest[start.upperBound...].firstIndex(of: "}")
    {
      let key = String(rest[start.upperBound..<end])
      guard let value = variables[key] else {
        throw refusal(node, "nothing stands for ${\(key)}; --set \(key)=… says what does")
      }
      name += rest[..<start.lowerBound] + value
      rest = rest[rest.index(after: end)...]
    }
    name += rest
    guard !name.hasPrefix("/"), !text.hasPrefix("${"), let slash = path.lastIndex(of: "/") else {
      return name
    }
    return path[...slash] + name
  }

  func plan(_ node: Node) throws(StudyError) -> StudyPlan {
    let fields = try fields(
      node, "the study",
      [
        "tlc-study", "order", "corpus", "shapes", "seeds", "training", "benchmark", "rate-check",
        "batch-check", "measure", "tasks", "compression",
      ])
    guard let version = fields.members["tlc-study"] else {
      throw refusal(node, "\"tlc-study: 1\" is missing")
    }
    guard version.int == 1 else {
      throw refusal(version, "\"tlc-study\" is not 1, the version that is known")
    }
    var plan = StudyPlan()
    plan.orderSeed = UInt64(try count(fields, "order", in: 0...Int.max, or: 0))
    try readCorpus(fields, &plan)
    for entry in try list(fields, "shapes") { plan.shapes += try shapes(entry) }
    plan.shapes = plan.shapes.uniqued
    guard !plan.shapes.isEmpty else { throw refusal(node, "\"shapes\" is no list of any") }
    if fields.members["seeds"] != nil {
      plan.seeds = try counts(fields, "seeds", in: 0...1 << 53).map { UInt64($0) }.uniqued
    }
    guard !plan.seeds.isEmpty else {
      throw refusal(fields.members["seeds"] ?? node, "\"seeds\" has none")
    }
    try readTraining(fields, &plan)
    try readMeasures(fields, &plan)
    for entry in try list(fields, "tasks") {
      let task = try task(entry)
      guard !plan.tasks.contains(where: { $0.name == task.name }) else {
        throw refusal(entry, "two tasks have the name \"\(task.name)\"")
      }
      plan.tasks.append(task)
    }
    if let node = fields.members["compression"] { plan.compression = try compression(node) }
    try requireUse(fields, plan)
    return plan
  }

  private func readCorpus(_ study: Fields, _ plan: inout StudyPlan) throws(StudyError) {
    guard let node = study.members["corpus"] else {
      throw refusal(study.node, "\"corpus\" is missing")
    }
    let fields = try fields(node, "\"corpus\"", ["texts", "pairs", "held-out", "vocabulary"])
    if let node = fields.members["pairs"] {
      plan.pairs = try pairs(node)
      plan.labelSmoothing = 0.1
    }
    for text in try list(fields, "texts") {
      plan.texts.append(try file(text, in: fields, "a text"))
    }
    guard !plan.texts.isEmpty || plan.pairs != nil else {
      throw refusal(node, "\"corpus\" has no \"texts\"")
    }
    plan.heldOut = try number(fields, "held-out", in: 0.001...0.5, or: plan.heldOut)
    plan.vocabularyCount = try count(
      fields, "vocabulary", in: 261...1 << 16, or: plan.vocabularyCount)
  }

  private func shapes(_ node: Node) throws(StudyError) -> [StudyPlan.Shape] {
    let fields = try fields(node, "a shape", ["depth", "width"])
    func sizes(_ key: String) throws(StudyError) -> [Int] {
      if let node = fields.members[key], node.sequence == nil {
        return [try count(node, "\"\(key)\"", in: 1...1 << 14)]
      }
      let sizes = try counts(fields, key, in: 1...1 << 14)
      guard !sizes.isEmpty else {
        throw refusal(
          fields.members[key] ?? node,
          fields.members[key] == nil ? "a shape has no \"\(key)\"" : "\"\(key)\" has none")
      }
      return sizes
    }
    let (depths, widths) = (try sizes("depth"), try sizes("width"))
    guard depths.count <= 1024, widths.count <= 1024 else {
      throw refusal(
        node, "a shape has \(depths.count) depths and \(widths.count) widths, above 1024")
    }
    return depths.flatMap { depth in
      widths.map { StudyPlan.Shape(depth: depth, width: $0) }
    }
  }

  private func readTraining(_ study: Fields, _ plan: inout StudyPlan) throws(StudyError) {
    guard let node = study.members["training"] else {
      throw refusal(study.node, "\"training\" is missing")
    }
    let fields = try fields(
      node, "\"training\"",
      [
        "sequence", "positions", "batch", "batch-tokens", "rate", "rate-width", "dropout",
        "label-smoothing", "weight-decay", "warmup", "cooldown", "budgets", "state-interval",
      ])
    plan.sequenceCount = try count(fields, "sequence", in: 8...8192, or: plan.sequenceCount)
    if let node = fields.members["positions"] {
      guard let kind = node.string.flatMap({ PositionKind(rawValue: $0) }) else {
        let known = PositionKind.allCases.map { $0.rawValue }.joined(separator: " or ")
        throw refusal(node, "\"positions\" is not \(known)")
      }
      plan.positions = kind
    }
    plan.batchCount = try count(fields, "batch", in: 1...8192, or: plan.batchCount)
    plan.countsTokens = fields.members["batch-tokens"] != nil
    plan.batchCount = try count(fields, "batch-tokens", in: 1...1 << 20, or: plan.batchCount)
    plan.labelSmoothing = Float(
      try number(fields, "label-smoothing", in: 0...0.9, or: Double(plan.labelSmoothing)))
    plan.rate = Float(try number(fields, "rate", in: 1e-8...10, or: Double(plan.rate)))
    if fields.members["rate-width"] != nil {
      plan.rateWidth = try count(fields, "rate-width", in: 1...1 << 16, or: 1)
    }
    plan.dropout = Float(try number(fields, "dropout", in: 0...0.9, or: Double(plan.dropout)))
    plan.decay = Float(try number(fields, "weight-decay", in: 0...10, or: Double(plan.decay)))
    plan.warmupCount = try count(fields, "warmup", in: 1...1 << 20, or: plan.warmupCount)
    plan.cooldownShare = try number(fields, "cooldown", in: 0.01...0.5, or: plan.cooldownShare)
    plan.stateInterval = try number(
      fields, "state-interval", in: 0.01...86_400, or: plan.stateInterval)
    plan.budgets = try numbers(fields, "budgets", in: 0.001...1e6).uniqued.sorted()
    guard !plan.budgets.isEmpty else { throw refusal(node, "\"training\" has no \"budgets\"") }
  }

  private func readMeasures(_ study: Fields, _ plan: inout StudyPlan) throws(StudyError) {
    if let node = study.members["benchmark"] {
      let fields = try fields(node, "\"benchmark\"", ["steps"])
      plan.benchmarkStepCount = try count(fields, "steps", in: 1...100_000, or: 100)
    }
    if let node = study.members["measure"] {
      let fields = try fields(
        node, "\"measure\"",
        ["texts", "compressed-texts", "points", "point-texts", "bleu-texts"])
      plan.bleuCount = try count(fields, "bleu-texts", in: 0...1 << 20, or: plan.bleuCount)
      // Two blocks at least: one to validate, one to test.
      let range = 2 * StudyData.blockCount...1 << 20
      plan.measuredCount = try count(fields, "texts", in: range, or: plan.measuredCount)
      plan.compressedMeasuredCount = try count(
        fields, "compressed-texts", in: range, or: plan.compressedMeasuredCount)
      plan.pointCount = try count(fields, "points", in: 1...1000, or: plan.pointCount)
      plan.pointMeasuredCount = try count(
        fields, "point-texts", in: range, or: plan.pointMeasuredCount)
    }
    if let node = study.members["rate-check"] {
      let fields = try fields(node, "\"rate-check\"", ["rates", "shapes", "budget"])
      var check = StudyPlan.RateCheck(
        rates: try numbers(fields, "rates", in: 1e-8...10).map { Float($0) }.uniqued, shapes: [],
        budget: try number(fields, "budget", in: 0.001...1e6, or: 60))
      for entry in try list(fields, "shapes") { check.shapes += try shapes(entry) }
      check.shapes = check.shapes.uniqued
      guard !check.rates.isEmpty, !check.shapes.isEmpty else {
        throw refusal(node, "\"rate-check\" has no \"rates\" or no \"shapes\"")
      }
      plan.rateCheck = check
    }
    if let node = study.members["batch-check"] { plan.batchCheck = try batchCheck(node) }
  }

  private func batchCheck(_ node: Node) throws(StudyError) -> StudyPlan.BatchCheck {
    let fields = try fields(node, "\"batch-check\"", ["batches", "shapes", "budget"])
    var check = StudyPlan.BatchCheck(
      batches: try counts(fields, "batches", in: 1...1 << 20).uniqued, shapes: [],
      budget: try number(fields, "budget", in: 0.001...1e6, or: 60))
    for entry in try list(fields, "shapes") { check.shapes += try shapes(entry) }
    check.shapes = check.shapes.uniqued
    guard !check.batches.isEmpty, !check.shapes.isEmpty else {
      throw refusal(node, "\"batch-check\" has no \"batches\" or no \"shapes\"")
    }
    return check
  }

  private func task(_ node: Node) throws(StudyError) -> StudyPlan.Task {
    let fields = try fields(
      node, "a task",
      [
        "name", "training", "validation", "test", "epochs", "rate", "batch", "dropout", "texts",
        "prune", "recover",
      ])
    guard let name = fields.members["name"]?.string, (1...64).contains(name.utf8.count),
      name.utf8.allSatisfy({ StudyPlan.Task.isNameByte($0) })
    else {
      throw refusal(
        fields.members["name"] ?? node, "a task has no \"name\" of 1 to 64 of a-z, 0-9 and -")
    }
    let files = fields.members
    var task = StudyPlan.Task(
      name: name, training: try file(files["training"], in: fields, "training"),
      validation: try file(files["validation"], in: fields, "validation"),
      test: try file(files["test"], in: fields, "test"))
    task.epochCount = try count(fields, "epochs", in: 1...1000, or: task.epochCount)
    task.rate = Float(try number(fields, "rate", in: 1e-8...10, or: Double(task.rate)))
    task.batchCount = try count(fields, "batch", in: 1...8192, or: task.batchCount)
    task.dropout = Float(
      try number(fields, "dropout", in: 0...0.9, or: Double(task.dropout)))
    if fields.members["texts"] != nil {
      task.measuredCount = try count(fields, "texts", in: 1...1 << 20, or: 0)
    }
    task.isPruned = try flag(fields, "prune", or: true)
    task.isRecovered = try flag(fields, "recover", or: false)
    return task
  }

  private func compression(_ node: Node) throws(StudyError) -> StudyPlan.Compression {
    let fields = try fields(
      node, "\"compression\"",
      ["bits", "steps", "sparsities", "both", "levels", "samples", "keep-files"])
    var compression = StudyPlan.Compression()
    compression.bits = try counts(fields, "bits", in: 2...16).uniqued
    compression.steps = try numbers(fields, "steps", in: 0.001...8).uniqued
    compression.sparsities = try numbers(fields, "sparsities", in: 0.01...0.99).uniqued
    compression.bothSparsities = try numbers(fields, "both", in: 0.01...0.99).uniqued
    for share in compression.bothSparsities where !compression.sparsities.contains(share) {
      throw refusal(node, "\"both\" has \(share), which \"sparsities\" has not")
    }
    compression.levelCount = try count(fields, "levels", in: 1...6, or: 6)
    compression.sampleCount = try count(fields, "samples", in: 1...65536, or: 64)
    compression.keepsFiles = try flag(fields, "keep-files", or: false)
    return compression
  }
}

extension StudyPlan.Task {
  /// Whether a name may have a byte.
  static func isNameByte(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
  }
}

extension Array where Element: Hashable {
  /// Each element once, where it stands first.
  var uniqued: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
