import TLCCore
import TLCImport
import TLCRecordedModels
import TLCTestSupport
import Testing

/// Configurations that no Keras writes: each is an error, in good time.
@Suite struct HostileKerasTests {
  private static func functional(_ layers: [String], outputs: String) -> MadeKerasModel {
    let input = #"""
      {"class_name":"InputLayer","name":"x","config":{"name":"x","batch_input_shape":[null,2]},
      "inbound_nodes":[]}
      """#
    let list = ([input] + layers).joined(separator: ",")
    return MadeKerasModel(
      #"{"class_name":"Functional","config":{"name":"m","layers":[\#(list)],"#
        + #""input_layers":[["x",0,0]],"output_layers":\#(outputs)}}"#)
  }

  private static func relu(_ name: String, _ inbound: String) -> String {
    #"{"class_name":"ReLU","name":"\#(name)","config":{"name":"\#(name)"},"#
      + #""inbound_nodes":[[\#(inbound)]]}"#
  }

  @Test func `calls that wait for each other are refused`() {
    let model = Self.functional(
      [Self.relu("a", #"["b",0,0]"#), Self.relu("b", #"["a",0,0]"#)], outputs: #"[["a",0,0]]"#)
    #expect(
      model.refusal()
        == "model \"m\": some of its layers need each other's outputs, or ones that are not there")
  }

  @Test(arguments: [#"[["a",1,0]]"#, #"[["a",0,1]]"#, #"[["z",0,0]]"#, "[]", "{}", "7"])
  func `outputs that are not there are refused`(outputs: String) {
    let model = Self.functional([Self.relu("a", #"["x",0,0]"#)], outputs: outputs)
    #expect(model.refusal()?.hasPrefix("model \"m\": it") ?? false)
  }

  @Test func `two layers of one name are refused`() {
    let model = Self.functional(
      [Self.relu("a", #"["x",0,0]"#), Self.relu("a", #"["x",0,0]"#)], outputs: #"[["a",0,0]]"#)
    #expect(model.refusal() == "model \"m\": two of its layers have the name \"a\"")
  }

  /// A model that calls the one in it twice, and so on: 2ⁿ calls of the innermost.
  private static func doubling(_ depth: Int) -> String {
    let input = #"""
      {"class_name":"InputLayer","name":"x","config":{"name":"x","batch_input_shape":[null,2]},
      "inbound_nodes":[]}
      """#
    let inner =
      depth == 0
      ? #"{"class_name":"ReLU","name":"r","config":{"name":"r"},"#
      : #"{"class_name":"Functional","name":"r","config":"# + doubling(depth - 1) + ","
    return #"{"name":"r","layers":[\#(input),\#(inner)"inbound_nodes":[[["x",0,0]],[["r",0,0]]]}],"#
      + #""input_layers":[["x",0,0]],"output_layers":[["r",1,0]]}"#
  }

  @Test func `models in each other are counted, and called no more than a graph can hold`() {
    func refusal(_ depth: Int) -> String? {
      MadeKerasModel(#"{"class_name":"Functional","config":\#(Self.doubling(depth))}"#).refusal()
    }
    #expect(refusal(8) == nil)
    #expect(
      refusal(15) == "layer \"r\": the model calls layers more than 65536 times"
        || refusal(15) == "layer \"r\": the graph would have more than 65536 nodes")
    #expect(refusal(17)?.hasSuffix("layers are nested more than 16 deep") ?? false)
  }

  @Test(arguments: ["", "{}", "[]", "null", #"{"class_name":"Dense","config":{"units":1}}"#])
  func `what is no model is refused`(configuration: String) {
    #expect(MadeKerasModel(configuration).refusal() != nil)
  }

  @Test func `every number and word of a configuration may be wrong`() throws {
    // The models have every class of layers; each damage is an error or a graph, and never a trap.
    let files = KerasLayerTests.files
    var arbitrary = Arbitrary(seed: 7)
    for file in files {
      let checkpoint = try KerasLayerTests.model(file).checkpoint
      let place = try #require(
        checkpoint.assets.firstIndex {
          ["keras/config.json", "keras/model_config.json"].contains($0.name)
        })
      let text = String(decoding: checkpoint.assets[place].bytes, as: UTF8.self)
      for _ in 0..<12 {
        var damaged = checkpoint
        damaged.assets[place].bytes = Array(Self.damage(text, &arbitrary).utf8)
        _ = try? LoweringRegistry.standard.graph(of: damaged)
      }
    }
  }

  /// Puts something else in the place of one number or word.
  private static func damage(_ text: String, _ arbitrary: inout Arbitrary) -> String {
    var tokens: [Range<String.Index>] = []
    var start: String.Index?
    for index in text.indices {
      let character = text[index]
      if character.isLetter || character.isNumber || "-._".contains(character) {
        start = start ?? index
      } else if let first = start {
        tokens.append(first..<index)
        start = nil
      }
    }
    guard !tokens.isEmpty else { return text }
    let token = tokens[arbitrary.int(in: 0...tokens.count - 1)]
    let others = [
      "0", "-1", "1", "2147483648", "9223372036854775807", "1e300", "null", "true", "[]", "{}",
      "same", "channels_first", "features", "Sequential", "LSTM", "[1,2,3,4,5,6,7,8,9]",
    ]
    return text.replacingCharacters(
      in: token, with: others[arbitrary.int(in: 0...others.count - 1)])
  }
}

extension String {
  fileprivate func replacingCharacters(in range: Range<Index>, with other: String) -> String {
    String(self[..<range.lowerBound]) + other + String(self[range.upperBound...])
  }
}
