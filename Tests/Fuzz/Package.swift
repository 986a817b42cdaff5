// swift-tools-version: 6.2
import PackageDescription

/// A package of its own, so that users of the library never build what only fuzzing needs.
/// `scripts/fuzz` builds it with the sanitizers that it needs.
let package = Package(
  name: "Fuzz",
  dependencies: [.package(name: "tlc", path: "../..")],
  targets: [
    .systemLibrary(name: "LibFuzzer"),
    .executableTarget(
      name: "Fuzz",
      dependencies: [
        "LibFuzzer", .product(name: "TLC", package: "tlc"),
        .product(name: "TLCModel", package: "tlc"), .product(name: "TLCText", package: "tlc"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
