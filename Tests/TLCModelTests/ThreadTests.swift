import TLCCore
import TLCKernels
import TLCModel
import Testing

/// The bits of operators do not depend on the number of threads.
@Suite struct ThreadTests {
  @Test("ONNX's cases", arguments: try ConformanceCases.names(in: "onnx"))
  func cases(operation: String) throws {
    guard OperatorRegistry.standard["", operation] != nil else { return }
    let cases = try ConformanceCases(operation, in: "onnx")
    for test in cases.cases {
      let alone = try cases.outputs(of: test)
      for threadCount in [2, 5] {
        let context = EvaluationContext(team: Team(threadCount: threadCount))
        #expect(
          try cases.outputs(of: test, context) == alone, "\(test.name), \(threadCount) threads")
      }
    }
  }
}
