// swift-tools-version: 6.2
import PackageDescription

// Every Swift target of ours: language mode 6, strict memory safety, warnings as errors.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    // An optimised build drops the texts of preconditions unless told to keep them: a worker that ends by one must be able to say which.
    .unsafeFlags(["-assert-config", "Debug"], .when(configuration: .release)),
]

// The arithmetic is compiled optimised even in debug builds, and never contracted (see ARCHITECTURE.md, "Numerics").
let exact: [CSetting] = [
    .unsafeFlags(["-O3", "-ffp-contract=off", "-fno-math-errno", "-Wall", "-Wextra", "-Werror"])
]

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

func room(_ name: String, _ dependencies: [Target.Dependency], guides: [String] = []) -> Target {
    .target(name: name, dependencies: dependencies, exclude: ["README.md"] + guides, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: dependencies + ["TestSupport"], swiftSettings: strict)
}

let package = Package(
    name: "Fidelio",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "fidelio", targets: ["fidelio"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        // C: the arithmetic, and thin shims over system libraries.
        .target(name: "CKernels", exclude: ["README.md"], cSettings: exact),
        .target(
            name: "CCodecs", exclude: ["README.md"], cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])],
            linkerSettings: [.linkedLibrary("z"), .linkedLibrary("png"), .linkedLibrary("jpeg")]),

        // Headers of the operating system that Swift's Glibc module leaves out.
        .systemLibrary(name: "CEpoll"),

        // Rooms, from the ground up. A room imports what stands below it and nothing else.
        room("Canonical", [crypto]),
        room("Codecs", ["CCodecs"]),
        room("Tensors", ["CKernels", "Canonical"]),
        room("Models", ["Studies", "Tensors", "Canonical"], guides: ["ADDING_A_MODEL.md"]),
        room("Datasets", ["Archives", "Tensors", "Codecs", "Canonical"]),
        room("Metrics", ["Tensors", "Canonical"]),
        room("Archives", ["Codecs", "Canonical"]),
        room("Studies", ["Tensors", "Canonical"]),
        room("Training", ["Models", "Datasets", "Metrics", "Archives", "Studies", "Tensors", "Codecs", "Canonical", logging]),
        room("Catalog", ["Archives", "Studies", "Canonical", grdb]),
        room("Figures", ["Canonical"]),
        room("Experiments", ["Figures", "Metrics", "Datasets", "Tensors", "Canonical"]),
        room("HTTPServer", ["CEpoll", httpTypes, logging]),
        room(
            "Workbench",
            ["CEpoll", "Training", "Catalog", "Figures", "HTTPServer", "Datasets", "Metrics", "Models", "Archives", "Studies", "Tensors", "Codecs", "Canonical", httpTypes, crypto, cryptoExtras, logging]),
        .executableTarget(
            name: "fidelio",
            dependencies: ["Workbench", "Experiments", "Training", "Catalog", "HTTPServer", "Datasets", "Metrics", "Models", "Archives", "Studies", "Tensors", "Canonical", arguments, logging],
            exclude: ["README.md"], swiftSettings: strict),

        .target(name: "TestSupport", dependencies: ["CEpoll", "DiskProbe"], path: "Tests/TestSupport", swiftSettings: strict),
        .target(name: "DiskProbe", path: "Tests/DiskProbe", cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])]),
        .target(name: "AllocationCounter", path: "Tests/AllocationCounter", cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])]),
        tests("Canonical", ["Canonical"]),
        tests("Codecs", ["Codecs"]),
        tests("Tensors", ["Tensors", "CKernels", "Canonical"]),
        tests("Models", ["Models", "Studies", "Tensors", "Canonical", "AllocationCounter"]),
        tests("Datasets", ["Datasets", "Archives", "Codecs", "Tensors", "Canonical"]),
        tests("DatasetDownload", ["Datasets", "Canonical", "HTTPServer", httpTypes]),
        tests("Metrics", ["Metrics", "Tensors", "Canonical"]),
        tests("Experiments", ["Experiments", "Metrics", "Datasets", "Tensors", "Canonical"]),
        tests("Archives", ["Archives", "Codecs", "Canonical"]),
        tests("Studies", ["Studies", "Tensors", "Canonical"]),
        tests("Training", ["Training", "Models", "Datasets", "Metrics", "Archives", "Studies", "Tensors", "Codecs", "Canonical"]),
        tests("Catalog", ["Catalog", "Archives", "Studies", "Canonical", grdb]),
        tests("Figures", ["Figures", "Canonical"]),
        tests("HTTPServer", ["HTTPServer", httpTypes]),
        tests("Workbench", ["Workbench", "Catalog", "Training", "Models", "HTTPServer", "Datasets", "Archives", "Studies", "Figures", "Codecs", "Canonical", httpTypes, logging]),
        tests("fidelio", ["Canonical"]),
    ]
)
