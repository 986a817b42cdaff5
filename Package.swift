// swift-tools-version: 6.2
import PackageDescription

/// What every Swift target of this package is built with.
let house: [SwiftSetting] = [
  .strictMemorySafety(),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]
/// `Lifetimes` is experimental: the targets that make `~Escapable` values need it, and users of
/// those values do not.
let lifetimes = house + [.enableExperimentalFeature("Lifetimes")]

/// Tests may use what the library must not.
let tests: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "tlc",
  products: [
    .library(name: "TLC", targets: ["TLC"]),
    .library(name: "TLCFormat", targets: ["TLCFormat"]),
    .library(name: "TLCModel", targets: ["TLCModel"]),
    .library(name: "TLCText", targets: ["TLCText"]),
    .library(name: "TLCTraining", targets: ["TLCTraining"]),
    // What `scripts/install` installs; a package depends on `TLC`, which is linked as it likes.
    .library(name: "TLCShared", type: .dynamic, targets: ["TLC"]),
    .executable(name: "tlc", targets: ["tlc"]),
    .executable(name: "tlc-convert", targets: ["tlc-convert"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
  ],
  targets: [
    // 0 · C: module maps of system libraries, and kernels.
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["libz-dev"])]),
    .systemLibrary(name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"])]),
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),

    .target(
      name: "CTLCKernels",
      cSettings: [.enableWarning("all"), .enableWarning("extra"), .treatAllWarnings(as: .error)]),

    // 1 · values: imports the standard library only.
    .target(name: "TLCCore", swiftSettings: lifetimes),

    // 2 · edges: all the unsafe that touches foreign memory.
    .target(
      name: "TLCSystem",
      dependencies: ["TLCCore", "CZlib", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: lifetimes),
    .target(
      name: "TLCKernels", dependencies: ["TLCCore", "CTLCKernels"], swiftSettings: house),
    .target(
      name: "TLCBLAS", dependencies: ["TLCCore", "TLCKernels", "COpenBLAS"], swiftSettings: house),
    .target(
      name: "TLCHDF5", dependencies: ["TLCCore", "TLCSystem", "CHDF5"], swiftSettings: house),

    // 3 · forms: the file, small enough to audit in an hour.
    .target(
      name: "TLCFormat", dependencies: ["TLCCore", "TLCSystem", "TLCKernels"],
      swiftSettings: lifetimes),
    .target(name: "TLCModel", dependencies: ["TLCCore", "TLCKernels"], swiftSettings: house),
    .target(
      name: "TLCRuntime",
      dependencies: ["TLCCore", "TLCSystem", "TLCKernels", "TLCModel", "TLCFormat"],
      swiftSettings: house),
    .target(name: "TLCText", dependencies: ["TLCCore"], swiftSettings: house),
    .target(name: "TLCReport", dependencies: ["TLCCore"], swiftSettings: house),

    // 4 · acts: foreign checkpoints in and out, and what happens between.
    .target(
      name: "TLCImport", dependencies: ["TLCCore", "TLCSystem", "TLCHDF5", "TLCModel"],
      swiftSettings: house),
    .target(
      name: "TLCExport", dependencies: ["TLCCore", "TLCSystem", "TLCHDF5"], swiftSettings: house),
    .target(
      name: "TLCCompress", dependencies: ["TLCCore", "TLCSystem", "TLCKernels"],
      swiftSettings: house),
    .target(
      name: "TLCTraining", dependencies: ["TLCCore", "TLCKernels", "TLCBLAS", "TLCModel"],
      swiftSettings: house),

    // 5 · whole: a recipe from import to a verified file, and the umbrella.
    .target(
      name: "TLCPipeline",
      dependencies: [
        "TLCCore", "TLCSystem", "TLCFormat", "TLCKernels", "TLCModel", "TLCText", "TLCRuntime",
        "TLCImport", "TLCExport", "TLCCompress", "TLCTraining", "TLCReport", "Yams",
      ],
      swiftSettings: house),
    .target(
      name: "TLC",
      dependencies: [
        "TLCCore", "TLCSystem", "TLCFormat", "TLCKernels", "TLCModel", "TLCText", "TLCRuntime",
        "TLCImport", "TLCExport", "TLCCompress", "TLCTraining", "TLCReport", "TLCPipeline",
      ],
      swiftSettings: house),

    // 6 · tools: a file a command.
    .target(
      name: "TLCCommands", dependencies: ["TLC", argumentParser], swiftSettings: house),
    .executableTarget(
      name: "tlc", dependencies: ["TLCCommands", argumentParser], swiftSettings: house),
    .executableTarget(
      name: "tlc-convert", dependencies: ["TLCCommands", argumentParser], swiftSettings: house),

    // Tests: what they share, and a target a layer.
    .target(
      name: "TLCTestSupport", dependencies: ["TLCCore"], path: "Tests/TLCTestSupport",
      swiftSettings: tests),
    .target(
      name: "TLCRecordedModels",
      dependencies: ["TLCCore", "TLCImport", "TLCModel", "TLCRuntime", "TLCTestSupport"],
      path: "Tests/TLCRecordedModels", swiftSettings: tests),
    .testTarget(
      name: "TLCFormatTests",
      dependencies: ["TLCCompress", "TLCCore", "TLCFormat", "TLCSystem", "TLCTestSupport"],
      swiftSettings: tests),
    .testTarget(
      name: "TLCTextTests", dependencies: ["TLCCore", "TLCSystem", "TLCTestSupport", "TLCText"],
      swiftSettings: tests),
    .testTarget(
      name: "TLCReportTests", dependencies: ["TLCReport"], swiftSettings: tests),
    .testTarget(
      name: "TLCCompressTests",
      dependencies: ["TLCCompress", "TLCCore", "TLCKernels", "TLCSystem", "TLCTestSupport"],
      swiftSettings: tests),
    .testTarget(
      name: "TLCTrainingTests",
      dependencies: [
        "TLCBLAS", "TLCCore", "TLCImport", "TLCKernels", "TLCModel", "TLCTestSupport",
        "TLCTraining",
      ],
      swiftSettings: tests),
    .testTarget(
      name: "TLCImportTests",
      dependencies: ["TLCCore", "TLCExport", "TLCImport", "TLCSystem", "TLCTestSupport"],
      swiftSettings: tests),
    .testTarget(
      name: "TLCLoweringTests",
      dependencies: [
        "TLCCore", "TLCExport", "TLCImport", "TLCModel", "TLCRecordedModels", "TLCRuntime",
        "TLCTestSupport",
      ],
      swiftSettings: tests),
    .testTarget(
      name: "TLCKernelsTests", dependencies: ["TLCCore", "TLCKernels"], swiftSettings: tests),
    .testTarget(
      name: "TLCModelTests",
      dependencies: ["TLCCore", "TLCImport", "TLCKernels", "TLCModel", "TLCTestSupport"],
      swiftSettings: tests),
    .testTarget(
      name: "TLCRuntimeTests",
      dependencies: [
        "TLCCore", "TLCFormat", "TLCKernels", "TLCModel", "TLCRuntime", "TLCSystem",
        "TLCTestSupport",
      ],
      swiftSettings: tests),
    .testTarget(
      name: "TLCExportTests",
      dependencies: ["TLCCore", "TLCExport", "TLCImport", "TLCSystem", "TLCTestSupport"],
      swiftSettings: tests),
    .testTarget(
      name: "TLCPipelineTests",
      dependencies: [
        "TLCCompress", "TLCCore", "TLCFormat", "TLCImport", "TLCKernels", "TLCModel", "TLCPipeline",
        "TLCRecordedModels", "TLCReport", "TLCRuntime", "TLCSystem", "TLCTestSupport", "TLCText",
        "TLCTraining",
      ],
      swiftSettings: tests),
    .testTarget(
      name: "TLCRealModelTests",
      dependencies: [
        "TLCCore", "TLCFormat", "TLCImport", "TLCModel", "TLCPipeline", "TLCRecordedModels",
        "TLCRuntime", "TLCSystem", "TLCTestSupport",
      ],
      swiftSettings: tests),
    .testTarget(
      name: "TLCCommandTests", dependencies: ["TLCTestSupport", "tlc", "tlc-convert"],
      swiftSettings: tests),
    .testTarget(
      name: "TLCGoldenTests",
      dependencies: ["TLCFormat", "TLCRuntime", "TLCSystem", "TLCTestSupport"],
      swiftSettings: tests),
  ],
  swiftLanguageModes: [.v6]
)
