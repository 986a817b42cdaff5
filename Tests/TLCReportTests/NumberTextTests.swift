import TLCReport
import Testing

@Suite struct NumberTextTests {
  @Test(arguments: [
    (0.0, "0"), (12, "12"), (0.998_71, "0.9987"), (3.14159, "3.142"), (0.012_345, "0.012345"),
    (1234.5, "1235"), (1_234_567, "1\u{202F}234\u{202F}567"), (-0.5, "-0.5"), (3.4e-6, "3.40e-06"),
    (.nan, "nan"), (-.infinity, "-inf"),
  ]) func `writes numbers as short as they can be`(value: Double, text: String) {
    #expect(NumberText.general(value) == text)
  }

  @Test func `writes bytes and groups of digits`() {
    #expect(NumberText.bytes(999) == "999 B")
    #expect(NumberText.bytes(20_614_364) == "20.6 MB")
    #expect(NumberText.grouped(22_713_216) == "22\u{202F}713\u{202F}216")
    #expect(NumberText.grouped(9_999) == "9999")
    #expect(NumberText.grouped(-12_345) == "-12\u{202F}345")
  }
}
