import TLCTestSupport
import Testing

/// Holds `formats/` to `fixtures/`.
@Suite struct SpecificationTests {
  @Test func `every worked example is its fixture, byte for byte`() throws {
    let examples = try Formats.workedExamples()
    #expect(examples.count >= 10)
    for example in examples {
      #expect(try Fixtures.bytes(example.fixture) == example.bytes, "\(example.page)")
    }
  }
}
