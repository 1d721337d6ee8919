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

// Rooms that compute are compiled optimised in debug builds too: otherwise seven tenths of the time of their tests are generic calls.
// Their preconditions and assertions stay on. To debug one of them, take it out of this list.
let optimised: Set = [
    "Archives", "Canonical", "Codecs", "Datasets", "Engine", "Events", "Experiments", "Extractors", "Figures", "Graphs", "GraphReference", "Labs", "Metrics", "Models", "Notebooks", "Numerics",
    "Studies", "Training", "Weights",
]

func settings(_ name: String) -> [SwiftSetting] {
    strict + (optimised.contains(name) ? [.unsafeFlags(["-O", "-assert-config", "Debug"], .when(configuration: .debug))] : [])
}

func room(_ name: String, _ dependencies: [Target.Dependency], guides: [String] = []) -> Target {
    .target(name: name, dependencies: dependencies, exclude: ["README.md"] + guides, swiftSettings: settings(name))
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
        // The Markdown parser of the system (md4c).
        .systemLibrary(name: "CMarkdown"),
        // The system's SQLite, for the connection of one query.
        .systemLibrary(name: "CSQLite"),

        // Rooms, from the ground up. A room imports what stands below it and nothing else.
        room("Canonical", [crypto]),
        room("Codecs", ["CCodecs"]),
        room("Numerics", ["Canonical", "CKernels"]),
        room("Graphs", ["Numerics", "Canonical"]),
        room("Engine", ["Graphs", "Numerics", "CKernels"]),
        room("Models", ["Engine", "Studies", "Graphs", "Numerics"], guides: ["ADDING_A_MODEL.md"]),
        room("Labs", ["Models", "Studies", "Engine", "Graphs", "Numerics", "Codecs", "Canonical"]),
        room("Datasets", ["Numerics", "Archives", "Codecs", "Canonical"]),
        room("Metrics", ["Numerics", "Canonical"]),
        room("Archives", ["Codecs", "Canonical"]),
        room("Weights", ["Archives", "Canonical"]),
        room("Extractors", ["Weights", "Engine", "Graphs", "Archives", "Codecs", "Canonical"]),
        room("Studies", ["Numerics", "Canonical"]),
        room("Events", ["Canonical"]),
        room("Training", ["Events", "Models", "Extractors", "Engine", "Studies", "Metrics", "Graphs", "Datasets", "Numerics", "Archives", "Codecs", "Canonical"]),
        room("Notebooks", ["Canonical", "CMarkdown"]),
        room("Catalog", ["Events", "Studies", "Canonical", "CSQLite", grdb]),
        room("Figures", ["Events", "Canonical"]),
        room("Experiments", ["Engine", "Graphs", "Metrics", "Datasets", "Numerics", "Figures", "Canonical"]),
        room("HTTPServer", ["CEpoll", httpTypes, logging]),
        room("Storage", ["Training", "Catalog", "Datasets", "Archives", "Canonical", "CEpoll"]),
        room("Results", ["Notebooks", "Storage", "Training", "Experiments", "Catalog", "Events", "Studies", "Figures", "Archives", "Canonical", "Codecs"]),
        room("Access", ["Results", "Catalog", "Canonical", crypto, cryptoExtras, logging]),
        room("Execution", ["Results", "Notebooks", "Labs", "Experiments", "Storage", "Training", "Catalog", "Events", "Studies", "Datasets", "Archives", "Codecs", "Canonical", "CEpoll", logging]),
        room(
            "API",
            ["Execution", "Access", "Results", "Notebooks", "Labs", "Experiments", "Storage", "Training", "Engine", "Catalog", "Events", "Studies", "Datasets", "Figures", "Archives", "HTTPServer", "Codecs", "Canonical", httpTypes, logging]),
        room(
            "Server",
            ["API", "Execution", "Results", "Access", "Storage", "Training", "Models", "Engine", "Catalog", "Events", "Studies", "Datasets", "Archives", "HTTPServer", "Codecs", "Canonical", "CEpoll", httpTypes, logging]),
        .executableTarget(
            name: "fidelio",
            dependencies: ["Server", "API", "Execution", "Results", "Notebooks", "Storage", "Training", "Models", "Extractors", "Labs", "Experiments", "Engine", "Catalog", "Studies", "Metrics", "Graphs", "Datasets", "Numerics", "Archives", "HTTPServer", "Codecs", "Canonical", arguments, logging],
            exclude: ["README.md"], swiftSettings: strict,
            // The identity of what was linked, which attempts record (`BuildID`).
            linkerSettings: [.unsafeFlags(["-Xlinker", "--build-id=sha1"], .when(platforms: [.linux]))]),

        .target(name: "TestSupport", dependencies: ["CEpoll", "DiskProbe"], path: "Tests/TestSupport", swiftSettings: strict),
        .target(name: "DiskProbe", path: "Tests/DiskProbe", cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])]),
        .target(name: "GraphReference", dependencies: ["Graphs"], path: "Tests/GraphReference", swiftSettings: settings("GraphReference")),
        .target(name: "AllocationCounter", path: "Tests/AllocationCounter", cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])]),
        tests("Canonical", ["Canonical"]),
        tests("Events", ["Events", "Canonical"]),
        tests("Codecs", ["Codecs"]),
        tests("Engine", ["Engine", "Graphs", "Numerics", "CKernels", "Canonical", "GraphReference"]),
        tests("Models", ["Models", "Studies", "Engine", "Graphs", "Numerics", "Canonical", "AllocationCounter", "GraphReference"]),
        tests("Datasets", ["Datasets", "Archives", "Codecs", "Numerics", "Canonical"]),
        tests("DatasetDownload", ["Datasets", "Canonical", "HTTPServer", httpTypes]),
        tests("Metrics", ["Metrics", "Numerics", "Canonical"]),
        tests("Experiments", ["Experiments", "Engine", "Graphs", "Metrics", "Datasets", "Codecs", "Numerics", "Figures", "Canonical"]),
        tests("Labs", ["Labs", "Models", "Engine", "Numerics", "Canonical"]),
        tests("Archives", ["Archives", "Codecs", "Canonical"]),
        tests("Studies", ["Studies", "Numerics", "Canonical"]),
        tests("Weights", ["Weights", "Archives"]),
        tests("Extractors", ["Extractors", "Weights", "Engine", "Graphs", "Archives", "Codecs", "Canonical"]),
        tests("Training", ["Training", "Events", "Models", "Extractors", "Datasets", "Metrics", "Archives", "Studies", "Engine", "Graphs", "Numerics", "Codecs", "Canonical"]),
        tests("Catalog", ["Catalog", "Events", "Studies", "Canonical", grdb]),
        tests("Notebooks", ["Notebooks", "Canonical"]),
        tests("Figures", ["Figures", "Events", "Canonical"]),
        tests("HTTPServer", ["HTTPServer", "CEpoll", httpTypes]),
        tests("Workbench", ["Server", "API", "Execution", "Access", "Results", "Notebooks", "Labs", "Experiments", "Storage", "Catalog", "Events", "Training", "Models", "HTTPServer", "Datasets", "Archives", "Studies", "Figures", "Codecs", "Canonical", httpTypes, logging, grdb]),
        tests("fidelio", ["Notebooks", "Archives", "Codecs", "Canonical", "CEpoll"]),
    ]
)
