import Foundation
import TLCImport
import TLCTestSupport
import Testing

@Suite struct ModelCardTests {
  @Test(arguments: [
    ("---\nlanguage: en\nlicense: apache-2.0\n---\n# Model\n", "apache-2.0"),
    ("---\nlicense: \"mit\"\r\n---\n", "mit"), ("---\nlicense:\n---\n", nil),
    ("license: mit\n", nil), ("---\nlicense: mit\n", nil),
    ("---\nlicense: \u{1B}[31m\n---\n", nil), ("---\nlanguage: en\n---\nlicense: mit\n", nil),
  ])
  func `takes the licence that a model card states, and no other text`(
    card: String, license: String?
  ) throws {
    let scratch = try Scratch()
    let model = try scratch.write(
      try Fixtures.bytes("imports/safetensors/plain.safetensors"), to: "model.safetensors")
    _ = try scratch.write(Array(card.utf8), to: "README.md")
    #expect(try ImporterRegistry.standard.open(model).license == license)
  }
}
