// swift-tools-version: 6.2
import PackageDescription

/// A package of its own, so that users of the library never build what only soaking needs.
/// `scripts/soak` builds it, with ThreadSanitizer where it is asked for.
let package = Package(
  name: "Soak",
  dependencies: [.package(name: "tlc", path: "../..")],
  targets: [
    .systemLibrary(name: "CMalloc"),
    .executableTarget(
      name: "Soak", dependencies: ["CMalloc", .product(name: "TLC", package: "tlc")]),
  ],
  swiftLanguageModes: [.v6]
)
