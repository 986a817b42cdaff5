public import TLCCompress
import TLCCore

/// What to do with each tensor of a checkpoint: `formats/recipe.md`.
///
/// Rules are tried in order, and the first that matches a tensor decides. A tensor that none
/// matches is kept as it is.
public struct Recipe: Equatable, Sendable {
  /// What any random choice is drawn from.
  public var seed: Int
  /// The rules, of which the first that matches a tensor decides.
  public var rules: [RecipeRule]
  /// What steps that are ``allocatedStep`` are chosen for.
  public var goal: AllocationGoal?
  /// By a layer's name, the operators to take for it: `LeakyRelu(alpha=0.1)`.
  public var substitutions: [String: String]

  /// Creates a recipe.
  public init(
    seed: Int = 0, goal: AllocationGoal? = nil, rules: [RecipeRule],
    substitutions: [String: String] = [:]
  ) {
    self.seed = seed
    self.goal = goal
    self.rules = rules
    self.substitutions = substitutions
  }

  /// The fewest bytes with a mean cosine of 0.999 of the outputs to the source's.
  public static let nearLossless = Recipe.allocating(for: .quality(0.999, .cosine))

  /// Floating-point matrices and embeddings in 8 bits, a step for each output row; all else kept.
  public static let eightBits = Recipe(rules: [
    RecipeRule(match: .floatingMatrices, quantize: Self.eightBitStep)
  ])

  private static let eightBitStep = RecipeStep(
    method: "round-to-nearest", parameters: ["bits": .integer(8), "axis": .text("output")])

  /// The `step` of a quantization whose step is to be allocated.
  public static let allocatedStep = "allocated"

  /// Every floating-point tensor with a step that is allocated for a goal.
  public static func allocating(
    for goal: AllocationGoal, method: String = "uniform-step"
  ) -> Recipe {
    Recipe(
      goal: goal,
      rules: [
        RecipeRule(
          match: RecipeMatch(isFloatingPoint: true),
          quantize: RecipeStep(method: method, parameters: ["step": .text(allocatedStep)]))
      ])
  }

  /// The recipe without its goal: matrices whose step was to be allocated are in 8 bits, as those of
  /// ``eightBits``, and other tensors with such a step are kept.
  var inEightBits: Recipe {
    var recipe = self
    recipe.goal = nil
    for place in rules.indices
    where rules[place].quantize?.parameters["step"] == .text(Self.allocatedStep) {
      let matrices = 2...Shape.maximumRank
      let rank = rules[place].match.rank ?? matrices
      recipe.rules[place].quantize = rank.overlaps(matrices) ? Self.eightBitStep : nil
      if rank.overlaps(matrices) { recipe.rules[place].match.rank = rank.clamped(to: matrices) }
    }
    return recipe
  }

  /// The place of the first rule that matches a tensor.
  func rule(forTensorNamed name: String, dtype: DType, shape: Shape) -> Int? {
    rules.firstIndex { $0.match.matches(name: name, dtype: dtype, shape: shape) }
  }
}

/// One rule of a recipe.
public struct RecipeRule: Equatable, Sendable {
  /// The tensors that the rule is for.
  public var match: RecipeMatch
  /// What drops weights, if anything does.
  public var prune: RecipeStep?
  /// What fixes values on levels, if anything does.
  public var quantize: RecipeStep?

  /// A rule with neither step keeps what it matches.
  public init(match: RecipeMatch, prune: RecipeStep? = nil, quantize: RecipeStep? = nil) {
    self.match = match
    self.prune = prune
    self.quantize = quantize
  }
}

/// A method by name, with its parameters.
public struct RecipeStep: Equatable, Sendable {
  /// The name of a pruner or a quantizer.
  public var method: String
  /// The parameters of the method, by key.
  public var parameters: [String: ParameterValue]

  /// Creates a step.
  public init(method: String, parameters: [String: ParameterValue] = [:]) {
    self.method = method
    self.parameters = parameters
  }
}
