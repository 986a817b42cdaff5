import Foundation
import TLCTestSupport
import Testing

/// Models beside their source, as a command compares them.
@Suite struct CompareCommandTests {
  @Test func `compares models as a table, as JSON and as a page`() throws {
    let scratch = try Scratch()
    let source = try scratch.write(
      try Fixtures.bytes("models/digits/digits.h5"), to: "digits.h5")
    var files: [String] = []
    for bits in ["3", "8"] {
      let file = scratch.path("digits-\(bits).tlcq")
      #expect(try Tool.run("tlc-convert", source, file, "--bits", bits).status == 0)
      files.append(file)
    }
    let page = scratch.path("page.html")
    let table = try Tool.run("tlc", ["compare", source] + files + ["--html", page])
    #expect(table.status == 0, "\(table.errors)")
    let lines = table.output.split(separator: "\n").map { String($0) }
    #expect(lines[0] == "\(source): 16 samples, drawn at random; outputs digit")
    #expect(
      lines[1].split(separator: " ").map { String($0) }
        == ["file", "bytes", "of", "source", "cosine", "least", "KL", "top-1", "max", "abs"])
    #expect(lines.count == 5 && lines[2].hasPrefix(source) && lines[4].hasPrefix(files[1]))
    #expect(
      String(decoding: try Data(contentsOf: URL(filePath: page)), as: UTF8.self).contains(
        "Loss of cosine"))
    struct Printed: Decodable {
      struct Model: Decodable {
        struct Measures: Decodable {
          var cosine: Double
          var topOne: Double
        }
        var bytes: Int
        var measures: Measures
      }
      var models: [Model]
      var samples: Int
    }
    let printed = try Tool.run("tlc", ["compare", source] + files + ["--json", "--threads", "1"])
    let json = try JSONDecoder().decode(Printed.self, from: Data(printed.output.utf8))
    #expect(json.samples == 16 && json.models.count == 2)
    #expect(json.models[0].bytes < json.models[1].bytes)
    #expect(json.models[0].measures.cosine < json.models[1].measures.cosine)
  }

  @Test(arguments: [
    (["--input", "a.npz", "--text", "b.txt"], "--input and --text exclude each other"),
    (["--labels", "a.txt"], "--labels needs --input or --text"),
    (["--text", "a.txt", "--html", "a.txt"], "--html a.txt is a file that is to be read"),
  ])
  func `says of a wrong command line of compare what is wrong`(
    options: [String], sentence: String
  ) throws {
    let refused = try Tool.run("tlc", ["compare", "model.h5", "a.tlcq"] + options)
    #expect(refused.status == 64)
    #expect(refused.errors.contains(sentence), "\(refused.errors)")
  }
}
