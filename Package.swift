// swift-tools-version: 6.2
import PackageDescription

// The table of ARCHITECTURE.md section 2: a target exists only to forbid an import.
// `make lint` checks these arrows against the sources' imports.

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]
let mainActor: [SwiftSetting] = strict + [.defaultIsolation(MainActor.self)]

let package = Package(
  name: "driftglass",
  platforms: [.macOS(.v26)],
  products: [
    .executable(name: "driftglass", targets: ["driftglass"]),
    .executable(name: "driftglass-view", targets: ["driftglass-view"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
  ],
  targets: [
    // System libraries: a module map and a shim header with wrappers for variadics, macros and globals.
    .systemLibrary(name: "CNcurses"),
    .systemLibrary(name: "CCurl"),
    .systemLibrary(name: "CGit2"),
    .systemLibrary(name: "CYAML"),
    .systemLibrary(name: "CZlib"),
    .target(name: "CSimdJSON", linkerSettings: [.linkedLibrary("simdjson")]),
    .target(name: "CProcess"),

    // Pure.
    .target(name: "Structured", dependencies: ["CSimdJSON", "CYAML"], swiftSettings: strict),
    .target(name: "GitOps", dependencies: ["Structured"], swiftSettings: strict),
    .target(
      name: "Rendering",
      dependencies: ["GitOps", "Structured", "CZlib", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: strict),
    .target(
      name: "Drift",
      dependencies: ["GitOps", "Structured", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: strict),
    .target(name: "Cells", swiftSettings: strict),
    .target(name: "Dashboard", dependencies: ["GitOps", "Cells"], swiftSettings: strict),

    // Drivers.
    .target(name: "HTTP", dependencies: ["CCurl"], swiftSettings: strict),
    .target(name: "Kube", dependencies: ["GitOps", "Structured", "HTTP"], swiftSettings: strict),
    .target(name: "KubeWrite", dependencies: ["GitOps", "Structured", "HTTP", "Kube"], swiftSettings: strict),
    .target(name: "Git", dependencies: ["GitOps", "HTTP", "CGit2"], swiftSettings: strict),
    .target(
      name: "Helpers",
      dependencies: [
        "GitOps", "Structured", "Kube", "Git", .product(name: "Subprocess", package: "swift-subprocess"),
      ], swiftSettings: strict),
    .target(
      name: "Journal", dependencies: ["GitOps", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: strict),
    .target(
      name: "Sync", dependencies: ["GitOps", "Structured", "Rendering", "Drift", "Kube", "Git", "Journal"],
      swiftSettings: strict),
    .target(name: "Terminal", dependencies: ["Cells", "CNcurses", "CProcess"], swiftSettings: mainActor),
    .target(
      name: "App",
      dependencies: [
        "Structured", "GitOps", "Rendering", "Drift", "Cells", "Dashboard", "HTTP", "Kube", "Git", "Journal", "Sync",
        "Terminal", "CProcess",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: strict),
    .target(
      name: "Demo",
      dependencies: [
        "GitOps", "Structured", "Rendering", "HTTP", "Kube", "KubeWrite", "Git",
        .product(name: "FlyingFox", package: "FlyingFox"),
      ], swiftSettings: strict),
    .executableTarget(
      name: "driftglass",
      dependencies: [
        "App", "KubeWrite", "Helpers", "Demo", "GitOps", "Structured", "HTTP", "Kube", "Git", "Sync",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: strict),
    .executableTarget(
      name: "driftglass-view",
      dependencies: ["App", .product(name: "ArgumentParser", package: "swift-argument-parser")],
      swiftSettings: strict),

    // Tests.
    .target(
      name: "TestKit",
      dependencies: ["Structured", "GitOps", "Cells", "HTTP", "Kube", "KubeWrite", "Git", "Demo"],
      swiftSettings: strict),
    .testTarget(name: "StructuredTests", dependencies: ["Structured"], swiftSettings: strict),
    .testTarget(name: "GitOpsTests", dependencies: ["GitOps", "Structured"], swiftSettings: strict),
    .testTarget(
      name: "RenderingTests",
      dependencies: [
        "Rendering", "GitOps", "Structured", .product(name: "Crypto", package: "swift-crypto"),
      ], swiftSettings: strict),
    .testTarget(name: "DriftTests", dependencies: ["Drift", "GitOps", "Structured", "TestKit"], swiftSettings: strict),
    .testTarget(name: "CellsTests", dependencies: ["Cells"], swiftSettings: strict),
    .testTarget(name: "DashboardTests", dependencies: ["Dashboard", "GitOps", "Cells"], swiftSettings: strict),
    .testTarget(name: "HTTPTests", dependencies: ["HTTP", "TestKit"], swiftSettings: strict),
    .testTarget(
      name: "KubeTests", dependencies: ["Kube", "KubeWrite", "HTTP", "GitOps", "Structured", "TestKit"],
      swiftSettings: strict),
    .testTarget(name: "GitTests", dependencies: ["Git", "GitOps", "HTTP", "TestKit", "CGit2"], swiftSettings: strict),
    .testTarget(name: "JournalTests", dependencies: ["Journal", "GitOps"], swiftSettings: strict),
    .testTarget(
      name: "DemoTests",
      dependencies: [
        "Demo", "GitOps", "Structured", "Rendering", "HTTP", "Kube", "KubeWrite", "Git", "TestKit",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "SyncTests",
      dependencies: [
        "Sync", "GitOps", "Structured", "Rendering", "Drift", "Kube", "KubeWrite", "Git", "HTTP", "TestKit", "Demo",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "HelpersTests", dependencies: ["Helpers", "Git", "GitOps", "Structured", "Kube", "HTTP", "TestKit"],
      swiftSettings: strict),
    .testTarget(name: "TerminalTests", dependencies: ["Terminal", "Cells"], swiftSettings: strict),
    .testTarget(
      name: "AppTests",
      dependencies: [
        "Rendering",
        "App", "GitOps", "Structured", "Cells", "HTTP", "Kube", "Git", "Sync", "Terminal", "Helpers",
        "KubeWrite", "Demo", "TestKit",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "FaultTests", dependencies: ["Demo", "Structured", "GitOps", "HTTP", "Kube", "TestKit"],
      swiftSettings: strict),
    .testTarget(
      name: "EndToEndTests", dependencies: ["TestKit", "Demo", "Structured", "GitOps"], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)

// `make fuzz` alone has it: its main function is libFuzzer's.
if Context.environment["DRIFTGLASS_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "fuzz-render", dependencies: ["GitOps", "Rendering", "Structured"], path: ".ci/fuzz/render",
      exclude: ["seeds", "words.dict"], swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])]))
}
