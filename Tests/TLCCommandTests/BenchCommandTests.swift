import Foundation
import TLCTestSupport
import Testing

/// `tlc bench`: what it prints, whatever the times are.
@Suite struct BenchCommandTests {
  /// Matrices of bytes, of which one has mostly zeros.
  private static func model(_ scratch: Scratch) throws -> String {
    let file = scratch.path("digits.tlcq")
    let converted = try Tool.run(
      "tlc-convert", Fixtures.path("models/digits/digits.h5"), file, "--sparsity", "0.8")
    #expect(converted.status == 0, "\(converted.errors)")
    return file
  }

  @Test func `has a row for each way to compute and batch, and says how matrices are kept`() throws
  {
    let scratch = try Scratch()
    let benched = try Tool.run(
      "tlc", "bench", try Self.model(scratch), "--compute", "f32,int8,codes", "--batch", "1,40",
      "--threads", "1", "--samples", "5")
    #expect(benched.status == 0, "\(benched.errors)")
    let lines = benched.output.split(separator: "\n").map { String($0) }
    #expect(
      lines[0].split(separator: " ").joined(separator: " ")
        == "compute threads batch length runs median ms 90% ms 99% ms most ms rows/s GFLOP/s"
        + " of FMA GB/s of read")
    let starts = lines[1...6].map { line in line.split(separator: " ").prefix(5).map { String($0) }
    }
    #expect(
      starts == [
        ["f32", "1", "1", "–", "5"], ["int8", "1", "1", "–", "5"], ["codes", "1", "1", "–", "5"],
        ["f32", "1", "40", "–", "5"], ["int8", "1", "40", "–", "5"],
        ["codes", "1", "40", "–", "5"],
      ])
    // Of five runs there is no 99th percentile.
    #expect(lines[1].split(separator: " ")[7] == "–")
    #expect(lines[7].hasPrefix("limits of 1 thread: "))
    #expect(lines[8].hasPrefix("matrices in f32: 3 as f32; "))
    #expect(lines[9].hasPrefix("matrices in int8: 3 as bytes, activations too; "))
    #expect(lines[10].hasPrefix("matrices in codes: 3 as codes; "))
    #expect(
      lines[11].hasPrefix(
        "matrices in f32, from 32 rows of activations on: 3 as f32 without zeros; "))
    #expect(lines.count == 12)
  }

  @Test func `sets products with zeros beside those without`() throws {
    let scratch = try Scratch()
    let benched = try Tool.run(
      "tlc", "bench", try Self.model(scratch), "--compute", "f32,dense", "--batch", "40",
      "--threads", "1", "--samples", "3")
    #expect(benched.status == 0, "\(benched.errors)")
    #expect(
      benched.output.contains(
        "matrices in f32, from 32 rows of activations on: 3 as f32 without zeros; "))
    #expect(benched.output.contains("matrices in dense: 3 as f32; "), "\(benched.output)")
  }

  @Test func `counts the bytes of weights, and has all times in JSON`() throws {
    let scratch = try Scratch()
    let benched = try Tool.run(
      "tlc", "bench", try Self.model(scratch), "--batch", "1", "--threads", "1", "--samples", "100",
      "--json")
    #expect(benched.status == 0, "\(benched.errors)")
    let json = try JSONSerialization.jsonObject(with: Data(benched.output.utf8)) as? [String: Any]
    let rows = try #require(json?["rows"] as? [[String: Any]])
    #expect(rows.count == 1 && (json?["limits"] as? [Any])?.count == 1)
    #expect((rows[0]["seconds"] as? [Double])?.count == 100)
    // 64 × 64, 64 × 48 and 48 × 10, the last in a panel of 16 columns.
    #expect(rows[0]["weightBytes"] as? Int == 4 * (64 * 64 + 64 * 48 + 48 * 16))
    #expect(rows[0]["matrices"] as? [String: Int] == ["floats": 3])
  }
}
