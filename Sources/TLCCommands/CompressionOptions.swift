import ArgumentParser
import TLC

/// The common cases of a recipe, and the recipe itself.
struct CompressionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Follow a recipe in place of the other options of compression: "
        + Recipe.ready.map { $0.name }.joined(separator: ", ") + ", or a file in YAML.",
      valueName: "recipe"),
    completion: .file(extensions: ["yaml"]))
  var recipe: String?

  @Option(
    help: ArgumentHelp(
      "Bits of a weight before entropy coding, 2 to 16. [default: 8 with --group, --sparsity or "
        + "--pattern]", valueName: "count"))
  var bits: Int?

  @Option(
    help: ArgumentHelp(
      "A step for each so many weights of an output, from 8. [default: one for each output]",
      valueName: "count"))
  var group: Int?

  @Option(
    help: ArgumentHelp(
      "A uniform step without clipping, in units of the tensor's RMS: 0.3. In place of --bits.",
      valueName: "step"))
  var step: Double?

  @Flag(
    help:
      "With --step or a goal: the codes of a sequence chosen together, for as much error in fewer bits."
  )
  var trellis = false

  @Option(
    help: ArgumentHelp(
      "The fewest bytes with at least this fidelity to the source's outputs, above 0 and below 1: "
        + "0.999. Steps are allocated by what they change.", valueName: "fidelity"))
  var quality: Double?

  @Option(
    help: ArgumentHelp(
      "The same, as what may be lost of it: 0.5%.", valueName: "share"))
  var maxDrop: Share?

  @Option(
    help: ArgumentHelp(
      "The greatest fidelity in a file of at most this size: 12MiB, 9.5MB.", valueName: "size"))
  var targetSize: ByteSize?

  @Option(
    help: ArgumentHelp(
      "What --quality and --max-drop are stated in: cosine, of the rows of outputs, or top-1, the share "
        + "of rows with the same greatest element. [default: cosine]", valueName: "metric"))
  var metric: Metric?

  @Option(
    help: ArgumentHelp(
      "The share of each matrix's weights to drop, by magnitude: 0 to 1.", valueName: "share"))
  var sparsity: Double?

  @Option(
    help: ArgumentHelp(
      "Keep the N greatest of each M neighbouring weights of an output: 2:4.", valueName: "n:m"))
  var pattern: String?

  @Option(
    help: ArgumentHelp(
      "What --sparsity and --pattern rank weights by: magnitude; with --calibrate also wanda, times "
        + "what they are multiplied by, sparse-gpt and exact-obs, by what others cannot make good. "
        + "[default: magnitude]", valueName: "method"))
  var pruner: PruningMethod?

  @Option(
    help: ArgumentHelp(
      "Store tensors exactly where a part of the name matches; may be given more than once.",
      valueName: "regex"))
  var keep: [String] = []

  func validate() throws {
    if recipe != nil,
      goal != nil || bits != nil || group != nil || step != nil || sparsity != nil || pattern != nil
        || pruner != nil || trellis || !keep.isEmpty
    {
      throw ValidationError("--recipe says it all: no other option of compression goes with it")
    }
    try validateGoal()
    if let bits, !(2...16).contains(bits) {
      throw ValidationError("--bits \(bits) is not in 2...16")
    }
    if let group, !(8...Int(Int32.max)).contains(group) {
      throw ValidationError("--group \(group) is not in 8...\(Int32.max)")
    }
    if let step, !(0x1p-20...16).contains(step) {
      throw ValidationError("--step \(step) is not from 0.000001 to 16")
    }
    if step != nil, bits != nil || group != nil {
      throw ValidationError("--step goes with neither --bits nor --group")
    }
    if trellis, step == nil, goal == nil {
      throw ValidationError("--trellis goes with --step or with a goal")
    }
    if let sparsity, !(0...1).contains(sparsity) {
      throw ValidationError("--sparsity \(sparsity) is not in 0...1")
    }
    if sparsity != nil, pattern != nil {
      throw ValidationError("--sparsity and --pattern exclude each other")
    }
    if pattern != nil { _ = try patternNumbers() }
    if pruner != nil, sparsity == nil, pattern == nil {
      throw ValidationError("--pruner goes with --sparsity or --pattern")
    }
    if pruner == .exactOBS, pattern != nil {
      throw ValidationError("--pruner exact-obs goes with --sparsity")
    }
    for expression in keep where (try? Regex(expression)) == nil {
      throw ValidationError("--keep \(expression) is not a regular expression")
    }
  }

  private func validateGoal() throws {
    guard [quality != nil, maxDrop != nil, targetSize != nil].count(where: { $0 }) <= 1 else {
      throw ValidationError("--quality, --max-drop and --target-size exclude each other")
    }
    if let quality, !(quality > 0 && quality < 1) {
      throw ValidationError("--quality \(quality) is not above 0 and below 1")
    }
    if metric != nil, quality == nil, maxDrop == nil {
      throw ValidationError("--metric goes with --quality or --max-drop")
    }
    if goal != nil, bits != nil || group != nil || step != nil {
      throw ValidationError("--bits, --group and --step say what a goal is to find")
    }
  }

  /// Whether nothing is said but what to keep.
  var isUsual: Bool {
    recipe == nil && goal == nil && bits == nil && group == nil && step == nil && sparsity == nil
      && pattern == nil && !trellis
  }

  private var goal: AllocationGoal? {
    if let size = targetSize { return .size(size.byteCount) }
    guard let quality = quality ?? maxDrop.map({ 1 - $0.value }) else { return nil }
    return .quality(quality, metric?.library ?? .cosine)
  }

  private func patternNumbers() throws -> (n: Int, m: Int) {
    let parts = (pattern ?? "").split(separator: ":", omittingEmptySubsequences: false)
    let numbers = parts.map { Int($0) ?? 0 }
    guard numbers.count == 2, (2...16).contains(numbers[1]), (1..<numbers[1]).contains(numbers[0])
    else {
      throw ValidationError("--pattern \(pattern ?? "") is not N:M with 1 ≤ N < M ≤ 16")
    }
    return (numbers[0], numbers[1])
  }

  /// The recipe that the options say.
  func makeRecipe() throws -> Recipe {
    if let recipe {
      if let ready = Recipe.ready.first(where: { $0.name == recipe }) { return ready.recipe }
      let file = try InputFile(path: recipe)
      guard file.byteCount <= 1 << 20 else {
        throw RecipeError(path: recipe, reason: "is longer than 1 MiB")
      }
      let bytes = try file.read(at: 0, count: file.byteCount)
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw RecipeError(path: recipe, reason: "is not UTF-8")
      }
      return try Recipe(parsing: text, path: recipe)
    }
    let stepMethod = trellis ? "trellis" : "uniform-step"
    if isUsual { return try completed(.nearLossless) }
    if let goal { return try completed(.allocating(for: goal, method: stepMethod)) }
    var quantize: RecipeStep
    if let step {
      quantize = RecipeStep(
        method: stepMethod, parameters: ["step": .number(step)])
    } else {
      var parameters: [String: ParameterValue] = ["bits": .integer(bits ?? 8)]
      if let group {
        parameters["group"] = .integer(group)
      } else {
        parameters["axis"] = .text("output")
      }
      // Below 8 bits a clipped range has the smaller error.
      if let bits, bits < 8 { parameters["range"] = .text("mse") }
      quantize = RecipeStep(method: "round-to-nearest", parameters: parameters)
    }
    return try completed(
      Recipe(rules: [RecipeRule(match: .floatingMatrices, quantize: quantize)]))
  }

  /// The recipe with what is kept, and with what is pruned of matrices.
  private func completed(_ recipe: Recipe) throws -> Recipe {
    var prune: RecipeStep?
    if let sparsity {
      prune = RecipeStep(
        method: (pruner ?? .magnitude).rawValue, parameters: ["sparsity": .number(sparsity)])
    } else if pattern != nil {
      let (n, m) = try patternNumbers()
      var step = RecipeStep(method: "n-of-m", parameters: ["n": .integer(n), "m": .integer(m)])
      if pruner == .wanda { step.parameters["score"] = .text("wanda") }
      if pruner == .sparseGPT { step.method = "sparse-gpt" }
      prune = step
    }
    var recipe = recipe
    if let prune, let last = recipe.rules.last {
      recipe.rules.insert(
        RecipeRule(match: .floatingMatrices, prune: prune, quantize: last.quantize), at: 0)
      if last.match == .floatingMatrices { recipe.rules.removeLast() }
    }
    recipe.rules = keep.map { RecipeRule(match: RecipeMatch(name: $0)) } + recipe.rules
    return recipe
  }
}

/// `--pruner`.
enum PruningMethod: String, ExpressibleByArgument, CaseIterable {
  case magnitude, wanda
  case sparseGPT = "sparse-gpt"
  case exactOBS = "exact-obs"
}

/// `--metric`.
enum Metric: String, ExpressibleByArgument, CaseIterable {
  case cosine
  case topOne = "top-1"

  var library: FidelityMetric { FidelityMetric(rawValue: rawValue) ?? .cosine }
}

/// A share, as a number from 0 to 1 or in percent.
struct Share: ExpressibleByArgument {
  var value: Double

  /// Above 0 and below 1.
  init?(argument: String) {
    let isPercent = argument.hasSuffix("%")
    guard let number = Double(isPercent ? String(argument.dropLast()) : argument) else {
      return nil
    }
    value = isPercent ? number / 100 : number
    guard value > 0, value < 1 else { return nil }
  }
}
