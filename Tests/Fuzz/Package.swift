// swift-tools-version: 6.2
// Coverage-guided fuzzing of everything that reads bytes from outside, and the server's tests under the sanitizers.
// A separate package, because the flags must apply to every instrumented module. Not part of Fidelio's build; see README.md.
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
]

// Set by `Tests/Fuzz/run` to the folder of local package checkouts if there is one. Without it the package builds normally,
// for `Tests/Fuzz/sanitize`.
let fuzz = Context.environment["FIDELIO_FUZZ"]
let isFuzzing = fuzz != nil
let settings = strict + (isFuzzing ? [.unsafeFlags(["-sanitize=fuzzer", "-enable-testing"])] : [])

let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")

func room(_ name: String, _ dependencies: [Target.Dependency], without files: [String] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Rooms/\(name)", exclude: ["README.md"] + files, swiftSettings: settings)
}

func outside(_ name: String, from version: Version) -> Package.Dependency {
    guard let fuzz, fuzz.hasPrefix("/") else { return .package(url: "https://github.com/apple/\(name)", from: version) }
    return .package(path: "\(fuzz)/\(name)")
}

let package = Package(
    name: "FidelioFuzz",
    platforms: [.macOS(.v15)],
    dependencies: [outside("swift-http-types", from: "1.8.0"), outside("swift-log", from: "1.16.0")],
    targets: [
        .systemLibrary(name: "CEpoll", path: "Rooms/CEpoll"),
        room("HTTPServer", ["CEpoll", httpTypes, .product(name: "Logging", package: "swift-log")]),
    ] + (isFuzzing
        ? [
            .target(
                name: "CCodecs", path: "Rooms/CCodecs", exclude: ["README.md"], cSettings: [.unsafeFlags(["-fsanitize=fuzzer-no-link"])],
                linkerSettings: [.linkedLibrary("z"), .linkedLibrary("png"), .linkedLibrary("jpeg")]),
            // SHA-256 alone, so that swift-crypto's four hundred C files need not be built again.
            .target(name: "Crypto", swiftSettings: settings),
            room("Canonical", ["Crypto"], without: ["PublishedDigest+Hashing.swift"]),
            room("Codecs", ["CCodecs"]),
            .systemLibrary(name: "CMarkdown", path: "Rooms/CMarkdown"),
            room("Notebooks", ["CMarkdown", "Canonical"]),
            room("Archives", ["Codecs", "Canonical"]),
            room("Weights", ["Archives", "Canonical"]),
            .target(name: "IDX", dependencies: ["Canonical"], path: "Rooms/Datasets", sources: ["IDXArray.swift", "DatasetError.swift"], swiftSettings: settings),
            .executableTarget(
                name: "Fuzz", dependencies: ["HTTPServer", "Archives", "Codecs", "Canonical", "Crypto", "IDX", "Notebooks", "Weights", httpTypes],
                swiftSettings: settings, linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]),
        ]
        : [
            .target(name: "DiskProbe", path: "Suites/DiskProbe"),
            .target(name: "TestSupport", dependencies: ["CEpoll", "DiskProbe"], path: "Suites/TestSupport", swiftSettings: settings),
            .testTarget(
                name: "HTTPServerTests", dependencies: ["HTTPServer", "TestSupport", httpTypes], path: "Suites/HTTPServerTests", swiftSettings: settings),
        ])
)
