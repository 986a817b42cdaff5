import TLCModel
import Testing

/// ONNX's own test cases, for each operator of the registry.
@Suite struct ConformanceTests {
  @Test("ONNX's cases of one node", arguments: try ConformanceCases.names(in: "onnx"))
  func node(operation: String) throws {
    guard OperatorRegistry.standard["", operation] != nil else { return }
    let cases = try ConformanceCases(operation, in: "onnx")
    for test in cases.cases {
      let fault = cases.fault(test)
      #expect(fault == nil, "\(operation), \(test.name)")
    }
  }

  @Test("ONNX's function bodies", arguments: try ConformanceCases.names(in: "onnx/expanded"))
  func body(operation: String) throws {
    let cases = try ConformanceCases(operation, in: "onnx/expanded")
    for test in cases.cases
    where test.graph.nodes.allSatisfy({ OperatorRegistry.standard["", $0.operation] != nil }) {
      let fault = cases.fault(test)
      #expect(fault == nil, "\(operation), \(test.name)")
    }
  }
}
