// swift-tools-version: 6.2
// Our HTTPServer and the servers it is measured beside, each as a small program. Built by `make compare-http` only; no part of Fidelio.
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
]
let http: [Target.Dependency] = [.product(name: "HTTPTypes", package: "swift-http-types"), .product(name: "Logging", package: "swift-log")]

let package = Package(
    name: "peers",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", "2.28.0"..<"2.29.0"),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.0"),
    ],
    targets: [
        .systemLibrary(name: "CEpoll", path: "Rooms/CEpoll"),
        .target(
            name: "Canonical", dependencies: [.product(name: "Crypto", package: "swift-crypto")], path: "Rooms/Canonical", exclude: ["README.md"],
            swiftSettings: strict),
        // The module of FlyingFox has a type of this name too; the modules do not meet.
        .target(name: "HTTPServer", dependencies: ["CEpoll"] + http, path: "Rooms/HTTPServer", exclude: ["README.md"], swiftSettings: strict),
        .executableTarget(name: "FidelioPeer", dependencies: ["HTTPServer", "Canonical"] + http, swiftSettings: strict),
        .executableTarget(name: "HummingbirdPeer", dependencies: [.product(name: "Hummingbird", package: "hummingbird")]),
        .executableTarget(name: "FlyingFoxPeer", dependencies: [.product(name: "FlyingFox", package: "FlyingFox")]),
    ]
)
