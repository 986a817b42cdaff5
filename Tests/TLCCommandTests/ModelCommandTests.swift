import Foundation
import TLCTestSupport
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// The tools on files that have a graph.
@Suite struct ModelCommandTests {
  static let file = Fixtures.path("valid/probe-samples.tlcq")

  @Test func `repeats the recorded runs, and says how many values are equal`() throws {
    let verified = try Tool.run("tlc", "verify", Self.file)
    #expect(verified.status == 0, "\(verified.errors)")
    #expect(
      verified.output.contains("probes     ok  a run repeated, 2 values equal bit for bit\n"))
    let shallow = try Tool.run("tlc", "verify", Self.file, "--depth", "tensors")
    #expect(!shallow.output.contains("probes"))
  }

  @Test func `ends with a status of its own where a run gives other bits`() throws {
    let path = Fixtures.path("invalid/probe-fingerprint.tlcq")
    let verified = try Tool.run("tlc", "verify", path)
    #expect(verified.status == 4)
    #expect(
      verified.errors.hasSuffix(
        "the probe does not give what it recorded: the first value to differ is \"sum\", of node"
          + " \"sum\", 1 of 2\n"))
    #expect(try Tool.run("tlc", "verify", path, "--depth", "tensors").status == 0)
  }

  @Test func `measures runs of each way to compute in that way`() throws {
    let scratch = try Scratch()
    let source = try scratch.write(
      try Fixtures.bytes("models/digits/digits.h5"), to: "digits.h5")
    let file = scratch.path("digits.tlcq")
    let converted = try Tool.run("tlc-convert", source, file, "--compute", "int8")
    #expect(converted.status == 0, "\(converted.errors)")
    let verified = try Tool.run("tlc", "verify", file, "--against", source)
    #expect(verified.status == 0, "\(verified.output)")
    #expect(verified.output.contains("output digit: cosine"))
    #expect(verified.output.contains("output digit in int8: cosine"))
  }

  @Test func `says of a graph that cannot be used why, and still shows the tensors`() throws {
    let inspected = try Tool.run("tlc", "inspect", Fixtures.path("invalid/graph-operator.tlcq"))
    #expect(inspected.status == 0)
    #expect(inspected.output.contains("graph: it cannot be used here: "))
    #expect(inspected.output.contains("node \"sum\" (Plus): there is no such operator"))
  }

  @Test func `shows a graph as a table, as dot, as SVG and as it is stored`() throws {
    let table = try Tool.run("tlc", "graph", Self.file)
    #expect(table.status == 0)
    #expect(table.output.hasPrefix("2 nodes, x f32 [batch, 2] → y\n"))
    #expect(table.output.contains("square  Mul       sum sum"))
    let dot = try Tool.run("tlc", "graph", Self.file, "--dot").output
    #expect(dot.hasPrefix("digraph {\n") && dot.contains("n0 -> n1 [tooltip=\"f32 [batch, 2]\"]"))
    let svg = try Tool.run("tlc", "graph", Self.file, "--svg").output
    let document = try XMLNode.root(of: svg)
    #expect(document == "svg")
    let json = try Tool.run("tlc", "graph", Self.file, "--json").output
    #expect(json.hasPrefix("{\"initializers\":[{\"tensor\":\"w\",\"value\":\"factor\"}]"))
  }

  @Test func `runs a model on tensors of JSON, and of its own output`() throws {
    let scratch = try Scratch()
    let input = try scratch.write(Array(#"{"x":[[1,2],[0.5,0]]}"#.utf8), to: "in.json")
    let printed = try Tool.run("tlc", "run", Self.file, "--input", input)
    #expect(printed.status == 0, "\(printed.errors)")
    #expect(printed.output == #"{"y":[[2.25,3.0625],[1,0.0625]]}"# + "\n")
    for format in ["npz", "npy", "safetensors", "h5", "json"] {
      let output = scratch.path("out.\(format)")
      let wrote = try Tool.run("tlc", "run", Self.file, "--input", input, "--output", output)
      #expect(wrote.status == 0, "\(format): \(wrote.errors)")
      // The graph has one input, and the file one tensor, so that its name does not matter.
      let again = try Tool.run("tlc", "run", Self.file, "--input", output)
      #expect(again.output == #"{"y":[[7.5625,7.9101562],[2.25,0.03515625]]}"# + "\n", "\(format)")
    }
  }

  @Test func `records, repeats, runs and measures a model with bytes`() throws {
    let scratch = try Scratch()
    let file = scratch.path("digits.tlcq")
    let source = Fixtures.path("models/digits/digits.h5")
    let converted = try Tool.run("tlc-convert", source, file, "--compute", "int8")
    #expect(converted.status == 0, "\(converted.errors)")
    #expect(converted.output.contains("output digit: cosine 0.99"))
    #expect(converted.output.contains("output digit in int8: cosine 0.99"))
    let verified = try Tool.run("tlc", "verify", file)
    #expect(verified.status == 0 && verified.output.contains("probes     ok  2 runs repeated, "))
    let inspected = try Tool.run("tlc", "inspect", file)
    #expect(inspected.output.contains("output digit in int8: cosine 0.99"))
    let refused = try Tool.run("tlc", "run", file, "--compute", "int9")
    #expect(refused.status == 64 && refused.errors.contains("int9"), "\(refused)")
  }

  @Test(arguments: ["graph", "run", "bench"])
  func `says of a file without a graph that it has none`(command: String) throws {
    let path = Fixtures.path("valid/minimal.tlcq")
    let none = try Tool.run("tlc", command, path)
    #expect(none.status == 1)
    #expect(none.errors == "error: \(path): it has tensors, and no graph\n")
  }

  @Test func `says of a file without a tokenizer what it takes, and how`() throws {
    let refused = try Tool.run("tlc", "run", Self.file, "--text", "a text")
    #expect(refused.status == 1)
    #expect(
      refused.errors
        == "error: \(Self.file): it has no tokenizer, so that it takes no text; it takes"
        + " x f32 [batch, 2], which --input gives from a file\n")
  }

  @Test func `refuses a line that is not UTF-8, by its number, after those before it`() throws {
    let scratch = try Scratch()
    let (folder, file) = (scratch.path("model"), scratch.path("model.tlcq"))
    try FileManager.default.copyItem(
      atPath: Fixtures.path("models/huggingface/sentence-mean"), toPath: folder)
    let words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "text", "the", "last"]
    try Data(words.joined(separator: "\n").utf8)
      .write(to: URL(filePath: "\(folder)/vocab.txt"))
    let converted = try Tool.run("tlc-convert", "\(folder)/model.safetensors", file)
    #expect(converted.status == 0, "\(converted.errors)")
    let sound = try Tool.run("tlc", "run", file, input: Array("a text\r\n\nthe last".utf8))
    #expect(sound.status == 0 && sound.output.split(separator: "\n").count == 3, "\(sound)")
    let broken = try Tool.run(
      "tlc", "run", file, input: Array("a text\n\n".utf8) + [0xFF, 0xFE, 0x0A] + Array("b".utf8))
    #expect(broken.status == 1 && broken.errors == "error: stdin: line 3 is not UTF-8\n")
    #expect(
      broken.output == sound.output.split(separator: "\n").prefix(2).joined(separator: "\n") + "\n")
  }

  @Test(arguments: [
    ("--batch", "0", #""0" is not a count from 1 to 16777216"#),
    ("--length", "8,-1", #""-1" is not a count from 1 to 16777216"#),
    ("--threads", "2,", #""" is not a count from 1 to 1024"#),
    ("--compute", "f32,int9", #""int9" is none of f32, int8, codes"#),
    ("--samples", "0", "--samples 0 is not in 1...100000"),
  ])
  func `says of a wrong option what would be right`(
    option: String, value: String, what: String
  ) throws {
    let refused = try Tool.run("tlc", "bench", Self.file, "\(option)=\(value)")
    #expect(refused.status == 64 && refused.errors.contains(what), "\(refused.errors)")
  }

  @Test(arguments: [
    (
      #"{"z":[[1,2]],"v":[1]}"#,
      "it has no \"x\", which the graph takes as f32 [batch, 2]; it has z, v"
    ),
    (#"{"x":[[1,2],[3]]}"#, "\"x\" is not numbers in arrays of one shape"),
    (#"{"x":[[1,"2"]]}"#, "\"x\" is not numbers in arrays of one shape"),
    (#"{"x":[[1,2,3]]}"#, "value \"x\": "),
    (#"[1]"#, "it is not a JSON object of arrays of numbers"),
  ])
  func `refuses inputs that do not fit, and says what would`(json: String, what: String) throws {
    let scratch = try Scratch()
    let input = try scratch.write(Array(json.utf8), to: "in.json")
    let run = try Tool.run("tlc", "run", Self.file, "--input", input)
    #expect(run.status == 1)
    #expect(run.errors.contains(what), "\(run.errors)")
  }
}

/// Reads a document with Foundation's parser.
private enum XMLNode {
  final class Delegate: NSObject, XMLParserDelegate {
    var root: String?
    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) { if root == nil { root = name } }
  }

  /// The name of the outermost element of a document that is well formed.
  static func root(of text: String) throws -> String? {
    let delegate = Delegate()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = delegate
    return parser.parse() ? delegate.root : nil
  }
}
