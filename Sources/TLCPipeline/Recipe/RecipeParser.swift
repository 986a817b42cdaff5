import TLCCompress
import TLCCore
internal import Yams

extension Recipe {
  /// Parses a recipe's YAML text: `formats/recipe.md`.
  ///
  /// - Parameters:
  ///   - text: the YAML.
  ///   - path: the file's, for messages.
  public init(parsing text: String, path: String? = nil) throws(RecipeError) {
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch {
      let problem = YAMLProblem(error)
      throw RecipeError(path: path, line: problem.line, reason: problem.description)
    }
    guard let node else { throw RecipeError(path: path, reason: "is empty") }
    self = try RecipeParser(path: path).recipe(node)
  }
}

/// Reads a recipe's YAML, and says of each thing that is not understood where it stands.
private struct RecipeParser {
  var path: String?

  func refusal(_ node: Node, _ reason: String) -> RecipeError {
    RecipeError(path: path, line: node.mark?.line, reason: reason)
  }

  /// The members of a mapping whose keys are all known.
  private func members(
    _ node: Node, _ what: String, keys: [String]
  ) throws(RecipeError) -> [String: Node] {
    guard let mapping = node.mapping else { throw refusal(node, "\(what) is not a mapping") }
    var members: [String: Node] = [:]
    for (keyNode, value) in mapping {
      guard let key = keyNode.scalar?.string, keys.isEmpty || keys.contains(key) else {
        throw refusal(
          keyNode,
          "\(what) has the key \"\(keyNode.scalar?.string ?? "?")\", and knows "
            + keys.joined(separator: ", "))
      }
      members[key] = value
    }
    return members
  }

  func recipe(_ node: Node) throws(RecipeError) -> Recipe {
    let members = try members(
      node, "the recipe", keys: ["tlc-recipe", "seed", "allocate", "map", "rules"])
    guard let version = members["tlc-recipe"], version.int == 1 else {
      throw refusal(members["tlc-recipe"] ?? node, "\"tlc-recipe: 1\" is missing")
    }
    var seed = 0
    if let node = members["seed"] {
      guard let value = node.int, (0..<1 << 53).contains(value) else {
        throw refusal(node, "\"seed\" is not an integer from 0 to 2^53 - 1")
      }
      seed = value
    }
    guard let rulesNode = members["rules"], let sequence = rulesNode.sequence else {
      throw refusal(members["rules"] ?? node, "\"rules\" is not a list")
    }
    var rules: [RecipeRule] = []
    for node in sequence { rules.append(try rule(node)) }
    var substitutions: [String: String] = [:]
    if let node = members["map"] {
      for (name, operators) in try self.members(node, "\"map\"", keys: []) {
        guard let text = operators.string else {
          throw refusal(operators, "\"map\" gives \"\(name)\" no operators")
        }
        substitutions[name] = text
      }
    }
    let goal: AllocationGoal?
    if let node = members["allocate"] { goal = try self.goal(node) } else { goal = nil }
    let isAllocated = rules.contains {
      $0.quantize?.parameters["step"] == .text(Recipe.allocatedStep)
    }
    guard isAllocated == (goal != nil) else {
      throw refusal(
        members["allocate"] ?? rulesNode,
        "\"allocate\" and rules with \"step: allocated\" are only there together")
    }
    return Recipe(seed: seed, goal: goal, rules: rules, substitutions: substitutions)
  }

  private func goal(_ node: Node) throws(RecipeError) -> AllocationGoal {
    let members = try members(node, "\"allocate\"", keys: ["quality", "metric", "size"])
    var metric = FidelityMetric.cosine
    if let node = members["metric"] {
      guard let known = FidelityMetric(rawValue: node.string ?? "") else {
        throw refusal(
          node,
          "\"metric\" is none of "
            + FidelityMetric.allCases.map { $0.rawValue }.joined(separator: ", "))
      }
      metric = known
    }
    switch (members["quality"], members["size"]) {
    case (let quality?, nil):
      guard let value = quality.float, value > 0, value < 1 else {
        throw refusal(quality, "\"quality\" is not a number above 0 and below 1")
      }
      return .quality(value, metric)
    case (nil, let size?) where members["metric"] == nil:
      guard let value = size.int, value > 0 else {
        throw refusal(size, "\"size\" is not a number of bytes from 1 up")
      }
      return .size(value)
    default:
      throw refusal(
        node, "\"allocate\" has a \"quality\", which may have a \"metric\", or a \"size\"")
    }
  }

  private func rule(_ node: Node) throws(RecipeError) -> RecipeRule {
    let members = try members(node, "a rule", keys: ["match", "keep", "prune", "quantize"])
    var rule = RecipeRule(match: RecipeMatch())
    if let node = members["match"] { rule.match = try match(node) }
    if let node = members["prune"] { rule.prune = try step(node, "prune") }
    if let node = members["quantize"] { rule.quantize = try step(node, "quantize") }
    if let node = members["keep"] {
      guard node.bool == true, rule.prune == nil, rule.quantize == nil else {
        throw refusal(node, "\"keep\" is true, and goes with neither prune nor quantize")
      }
    }
    return rule
  }

  private func match(_ node: Node) throws(RecipeError) -> RecipeMatch {
    let members = try members(
      node, "\"match\"", keys: ["name", "floating", "rank", "minimum-elements"])
    var match = RecipeMatch()
    if let node = members["name"] {
      guard let pattern = node.string, (try? Regex(pattern)) != nil else {
        throw refusal(node, "\"name\" is not a regular expression")
      }
      match.name = pattern
    }
    if let node = members["floating"] {
      guard let flag = node.bool else { throw refusal(node, "\"floating\" is not true or false") }
      match.isFloatingPoint = flag
    }
    if let node = members["rank"] {
      let bounds = node.int.map { [$0, $0] } ?? node.sequence?.map { $0.int ?? -1 } ?? []
      guard bounds.count == 2, bounds[0] <= bounds[1], bounds[0] >= 0,
        bounds[1] <= Shape.maximumRank
      else {
        throw refusal(
          node, "\"rank\" is neither a rank from 0 to 8 nor a list of a least and a most")
      }
      match.rank = bounds[0]...bounds[1]
    }
    if let node = members["minimum-elements"] {
      guard let count = node.int, count >= 0 else {
        throw refusal(node, "\"minimum-elements\" is not an integer from 0 up")
      }
      match.minimumElementCount = count
    }
    return match
  }

  private func step(_ node: Node, _ what: String) throws(RecipeError) -> RecipeStep {
    var members = try members(node, "\"\(what)\"", keys: [])
    guard let method = members.removeValue(forKey: "method")?.string else {
      throw refusal(node, "\"\(what)\" has no \"method\"")
    }
    var step = RecipeStep(method: method)
    for (key, node) in members { step.parameters[key] = try value(node, key) }
    return step
  }

  private func value(_ node: Node, _ key: String) throws(RecipeError) -> ParameterValue {
    if let sequence = node.sequence {
      let integers = sequence.compactMap { $0.int }
      guard integers.count == sequence.count else {
        throw refusal(node, "\"\(key)\" is a list of other things than integers")
      }
      return .integers(integers)
    }
    if let integer = node.int { return .integer(integer) }
    if let flag = node.bool { return .flag(flag) }
    if let number = node.float { return .number(number) }
    guard let text = node.string else { throw refusal(node, "\"\(key)\" is not a value") }
    return .text(text)
  }
}
