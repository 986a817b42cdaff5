// swift-tools-version: 6.2
import PackageDescription

/// A package of its own, so that users of the library never resolve what only benchmarks need.
let package = Package(
  name: "Benchmarks",
  dependencies: [.package(name: "tlc", path: "..")],
  targets: [
    .executableTarget(name: "Benchmarks", dependencies: [.product(name: "TLC", package: "tlc")]),
    .executableTarget(
      name: "TrainingBenchmark", dependencies: [.product(name: "TLCTraining", package: "tlc")]),
  ],
  swiftLanguageModes: [.v6]
)
