import TLCImport
import TLCTestSupport
import Testing

@Suite struct SupportPageTests {
  @Test func `the page of support lists every class of Keras's layers`() throws {
    let line = KerasLowering.layerClassNames.map { "`\($0)`" }.joined(separator: " ")
    #expect(try Formats.text("SUPPORT.md").contains("Layers of Keras: \(line).\n"), "\(line)")
  }
}
