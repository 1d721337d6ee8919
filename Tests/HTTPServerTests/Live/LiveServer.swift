import Foundation
import HTTPTypes

@testable import HTTPServer

/// Runs a server on a free port while `body` runs.
func withServer(
    _ configure: (inout ServerConfiguration) -> Void = { _ in }, handler: any HTTPHandler = TestSite.router,
    _ body: (Int, HTTPServer) async throws -> Void
) async throws {
    var configuration = ServerConfiguration()
    configure(&configuration)
    let server = HTTPServer(configuration: configuration, handler: handler)
    let addresses = try server.start()
    do {
        try await body(addresses[0].port ?? 0, server)
    } catch {
        await server.shutdown(grace: .zero)
        throw error
    }
    await server.shutdown(grace: .zero)
}

func withServer(
    _ configure: (inout ServerConfiguration) -> Void = { _ in }, handler: any HTTPHandler = TestSite.router, _ body: (Int) async throws -> Void
) async throws {
    try await withServer(configure, handler: handler) { port, _ in try await body(port) }
}

/// The responses of the test servers.
enum TestSite {
    static let router: Router = {
        var router = Router()
        router.addImmediate(.get, "/now") { _, _ in .text("now") }
        router.add(.get, "/task") { _, _ in .text("task") }
        router.add(.get, "/slow") { _, _ in
            try await Task.sleep(for: .milliseconds(300))
            return .text("slow")
        }
        router.add(.get, "/bytes/{count:int}") { _, parameters in .bytes(pattern(parameters.integer("count")), contentType: "application/octet-stream") }
        router.add(.get, "/zeros/{count:int}") { _, parameters in
            .bytes([UInt8](repeating: 0, count: parameters.integer("count")), contentType: "application/octet-stream")
        }
        router.add(.get, "/tagged") { _, _ in
            Response(headerFields: [.contentType: "application/json", .eTag: "\"v1\""], body: .bytes(Array("{}".utf8)))
        }
        router.add(.post, "/echo") { request, _ in .bytes(try await request.body.collect(upTo: 1 << 20), contentType: "application/octet-stream") }
        router.add(.post, "/small") { request, _ in .text("\(try await request.body.collect(upTo: 10).count)") }
        router.add(.post, "/ignore") { _, _ in .text("ignored") }
        router.add(.post, "/flow") { request, _ in .stream(contentType: "application/octet-stream", StreamBody(request.body)) }
        router.add(.get, "/stream/{count:int}") { _, parameters in
            let count = parameters.integer("count")
            return .stream(contentType: "text/plain", StreamBody { writer in for number in 0..<count { try await writer.write("piece \(number)\n") } })
        }
        router.add(.get, "/known") { _, _ in .stream(contentType: "text/plain", StreamBody(length: 6) { try await $0.write("abcdef") }) }
        router.add(.get, "/short") { _, _ in .stream(contentType: "text/plain", StreamBody(length: 6) { try await $0.write("abc") }) }
        router.add(.get, "/broken") { _, _ in
            .stream(contentType: "text/plain", StreamBody { writer in
                try await writer.write("abc")
                throw CancellationError()
            })
        }
        router.add(.get, "/query") { request, _ in .text(request.query.items.map { "\($0.name)=\($0.value)" }.joined(separator: ";")) }
        return router
    }()

    /// Bytes that depend on their position.
    static func pattern(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    }
}

/// A temporary folder.
func withFolder(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("http-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder.path)
}

/// The number of descriptors that this process has open.
func openDescriptors() -> Int {
    (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? -1
}

/// Waits until `condition` holds, at most half a minute.
func eventually(_ condition: () -> Bool) async throws -> Bool {
    for _ in 0..<3000 {
        if condition() { return true }
        try await Task.sleep(for: .milliseconds(10))
    }
    return condition()
}
