// swift-tools-version: 6.2
// Coverage-guided fuzzing of everything that reads bytes from outside, and the server's tests under the sanitizers.
// A package of its own: the flags must reach every module that is looked at. No part of Fidelio's build; see README.md.
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
]

// Set by `Tests/Fuzz/run`; without it the package builds plainly, for `Tests/Fuzz/sanitize`.
let isFuzzing = Context.environment["FIDELIO_FUZZ"] != nil
let settings = strict + (isFuzzing ? [.unsafeFlags(["-sanitize=fuzzer", "-enable-testing"])] : [])

let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")

func room(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: "Rooms/\(name)", exclude: ["README.md"], swiftSettings: settings)
}

let package = Package(
    name: "FidelioFuzz",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    ] + (isFuzzing ? [.package(url: "https://github.com/apple/swift-crypto", from: "4.5.0")] : []),
    targets: [
        .systemLibrary(name: "CEpoll", path: "Rooms/CEpoll"),
        room("HTTPServer", ["CEpoll", httpTypes, .product(name: "Logging", package: "swift-log")]),
    ] + (isFuzzing
        ? [
            .target(
                name: "CCodecs", path: "Rooms/CCodecs", exclude: ["README.md"], cSettings: [.unsafeFlags(["-fsanitize=fuzzer-no-link"])],
                linkerSettings: [.linkedLibrary("z"), .linkedLibrary("png"), .linkedLibrary("jpeg")]),
            room("Canonical", [.product(name: "Crypto", package: "swift-crypto")]),
            room("Codecs", ["CCodecs"]),
            room("Archives", ["Codecs", "Canonical"]),
            .target(name: "IDX", dependencies: ["Canonical"], path: "Rooms/Datasets", sources: ["IDXArray.swift", "DatasetError.swift"], swiftSettings: settings),
            .executableTarget(
                name: "Fuzz", dependencies: ["HTTPServer", "Archives", "Codecs", "Canonical", "IDX", httpTypes],
                swiftSettings: settings, linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]),
        ]
        : [
            .target(name: "TestSupport", dependencies: ["CEpoll"], path: "Suites/TestSupport", swiftSettings: settings),
            .testTarget(
                name: "HTTPServerTests", dependencies: ["HTTPServer", "TestSupport", httpTypes], path: "Suites/HTTPServerTests", swiftSettings: settings),
        ])
)
