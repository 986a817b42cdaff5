import TLC

/// A recipe's YAML: it parses or is refused, and what it parses to is written as what parses to it.
struct RecipeTarget: FuzzTarget {
  let name = "recipe"

  func run(_ bytes: [UInt8]) {
    guard let recipe = try? Recipe(parsing: String(decoding: bytes, as: UTF8.self)) else { return }
    do {
      let again = try Recipe(parsing: recipe.text)
      require(again.text == recipe.text, "\(recipe.text) is read as \(again.text)")
    } catch {
      fatalError("\(recipe.text): \(error)")
    }
  }
}
