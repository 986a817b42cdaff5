import TLCCompress

extension Recipe {
  /// Recipes that have names: `formats/recipe.md` §Ready recipes.
  public static let ready: [(name: String, recipe: Recipe)] = [
    ("near-lossless", .nearLossless),
    ("balanced", .allocating(for: .quality(0.995, .cosine))),
    ("smallest", .allocating(for: .quality(0.99, .cosine), method: "trellis")),
    ("paper-int8", .minMax(bits: 8)),
    ("paper-int4", .minMax(bits: 4)),
  ]

  /// What Li et al. (2020) do: matrices from their least to their greatest value, a step for all.
  private static func minMax(bits: Int) -> Recipe {
    Recipe(rules: [
      RecipeRule(
        match: .floatingMatrices,
        quantize: RecipeStep(method: "min-max", parameters: ["bits": .integer(bits)]))
    ])
  }
}
