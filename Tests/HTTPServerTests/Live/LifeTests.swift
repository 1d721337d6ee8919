import CEpoll
import Foundation
import Glibc
import HTTPTypes
import Synchronization
import Testing

@testable import HTTPServer

extension LiveTests {
    @Suite("Listening, events, shutdown, and descriptors")
    struct LifeTests {
        private static let end = " HTTP/1.1\r\nHost: a\r\n\r\n"

        @Test("IPv4, IPv6, and a Unix-domain socket at the same time")
        func addresses() async throws {
            try await withFolder { folder in
                let path = folder + "/socket"
                // A stale socket file is replaced.
                do {
                    let left = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
                    var address = sockaddr_un()
                    address.sun_family = sa_family_t(AF_UNIX)
                    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
                    let bound = unsafe withUnsafePointer(to: &address) { pointer in
                        unsafe bind(left, UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self), socklen_t(MemoryLayout<sockaddr_un>.size))
                    }
                    #expect(bound == 0)
                    close(left)
                }
                let configuration = ServerConfiguration(listen: [.ipv4("127.0.0.1", port: 0), .ipv6("::1", port: 0), .unix(path)])
                let server = HTTPServer(configuration: configuration, handler: TestSite.router)
                let addresses = try server.start()
                #expect(addresses.count == 3)
                #expect(addresses[2] == .unix(path))
                #expect(addresses[1].url == "http://[::1]:\(addresses[1].port ?? 0)")
                #expect(try await Client(port: addresses[0].port ?? 0).ask("GET /now" + Self.end).text == "now")
                #expect(try await Client(ipv6Port: addresses[1].port ?? 0).ask("GET /now" + Self.end).text == "now")
                #expect(try await Client(unixPath: path).ask("GET /bytes/1000000" + Self.end).body == TestSite.pattern(1_000_000))
                let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
                #expect(mode == 0o600)
                await server.shutdown(grace: .zero)
                #expect(!FileManager.default.fileExists(atPath: path))
            }
        }

        @Test("a port in use is an error, or the next one is tried")
        func ports() async throws {
            try await withServer { port in
                let taken = ServerConfiguration(listen: [.ipv4("127.0.0.1", port: port)])
                let error = #expect(throws: ListenError.self) { try HTTPServer(configuration: taken, handler: TestSite.router).start() }
                #expect(error?.isAddressInUse == true)
                #expect(error?.description.contains("127.0.0.1:\(port)") == true)
                var next = taken
                next.portAttempts = 20
                let server = HTTPServer(configuration: next, handler: TestSite.router)
                let address = try server.start()[0]
                #expect(((port + 1)..<(port + 20)).contains(address.port ?? 0))
                #expect(try await Client(port: address.port ?? 0).ask("GET /now" + Self.end).text == "now")
                await server.shutdown(grace: .zero)
                for bad in [ListenAddress.ipv4("nowhere", port: 0), .ipv4("127.0.0.1", port: 70000), .unix("")] {
                    #expect(throws: ListenError.self) { try HTTPServer(configuration: ServerConfiguration(listen: [bad]), handler: TestSite.router).start() }
                }
            }
        }

        @Test("events arrive as they happen, with keep-alive comments, until they end")
        func events() async throws {
            let channel = EventChannel()
            var router = Router()
            router.add(.get, "/events") { _, _ in .events(channel.stream) }
            try await withServer({ $0.timeouts.eventKeepAlive = .milliseconds(200) }, handler: router) { port in
                let client = try Client(port: port)
                try await client.send("GET /events" + Self.end)
                let head = try await client.read(until: "\r\n\r\n")
                #expect(head.contains("Content-Type: text/event-stream\r\n"))
                #expect(head.contains("Cache-Control: no-store\r\n"))
                channel.send(ServerSentEvent("one", event: "run", id: "1"))
                #expect(try await client.read(until: "\n\n\r\n").hasSuffix("event: run\nid: 1\ndata: one\n\n\r\n"))
                #expect(try await client.read(until: "\n\n\r\n") == "e\r\n: keep-alive\n\n\r\n")
                #expect(try await client.read(until: "\n\n\r\n") == "e\r\n: keep-alive\n\n\r\n")
                channel.send(ServerSentEvent("two"))
                channel.finish()
                #expect(try await client.read(until: "0\r\n\r\n").contains("data: two\n\n"))
            }
        }

        @Test("a disconnected event reader ends its sequence, with an orderly close or a reset")
        func leavingEvents() async throws {
            for isPolite in [true, false] {
                let ended = Mutex(false)
                let channel = EventChannel()
                channel.onEnd { ended.withLock { $0 = true } }
                var router = Router()
                router.add(.get, "/events") { _, _ in .events(channel.stream) }
                try await withServer(handler: router) { port in
                    let client = try Client(port: port)
                    try await client.send("GET /events" + Self.end)
                    _ = try await client.read(until: "\r\n\r\n")
                    if isPolite { client.endSending() } else { client.reset() }
                    #expect(try await eventually { ended.withLock { $0 } })
                }
            }
        }

        @Test("shutdown lets responses finish, closes event streams and idle connections, and accepts no new ones")
        func shutdown() async throws {
            let channel = EventChannel()
            var router = TestSite.router
            router.add(.get, "/events") { _, _ in .events(channel.stream) }
            try await withServer(handler: router) { port, server in
                let idle = try Client(port: port)
                #expect(try await idle.ask("GET /now" + Self.end).text == "now")
                let slow = try Client(port: port)
                try await slow.send("GET /slow" + Self.end)
                let large = try Client(port: port)
                try await large.send("GET /zeros/10000000" + Self.end)
                let events = try Client(port: port)
                try await events.send("GET /events" + Self.end)
                _ = try await events.read(until: "\r\n\r\n")
                async let stopped: Void = server.shutdown(grace: .seconds(5))
                let answer = try await slow.answer()
                #expect(answer.text == "slow")
                #expect(answer["Connection"] == "close")
                #expect(try await large.answer().body.count == 10_000_000)
                #expect(try await events.read(until: "0\r\n\r\n") == "0\r\n\r\n")
                #expect(try await idle.isEnded())
                for client in [slow, large, events] { client.endSending() }
                await stopped
                #expect(throws: Client.Failure.self) { try Client(port: port) }
            }
        }

        @Test("shutdown closes connections that exceed its grace period")
        func impatientShutdown() async throws {
            let hasBegun = Mutex(false)
            let wasCancelled = Mutex(false)
            var router = Router()
            let handler: Router.Handler = { _, _ in
                hasBegun.withLock { $0 = true }
                do { try await Task.sleep(for: .seconds(60)) } catch { wasCancelled.withLock { $0 = true } }
                return .noContent()
            }
            router.add(.get, "/endless", handler)
            try await withServer(handler: router) { port, server in
                let client = try Client(port: port)
                try await client.send("GET /endless" + Self.end)
                #expect(try await eventually { hasBegun.withLock { $0 } })
                let start = ContinuousClock.now
                await server.shutdown(grace: .milliseconds(200))
                // The handler alone would take a minute.
                #expect(ContinuousClock.now - start < .seconds(30))
                #expect(try await eventually { wasCancelled.withLock { $0 } })
                #expect(try await client.isEnded())
            }
        }

        @Test("the access log has each response, without its query")
        func accessLog() async throws {
            let records = Mutex<[AccessRecord]>([])
            let log: @Sendable (AccessRecord) -> Void = { record in records.withLock { $0.append(record) } }
            try await withServer({ $0.accessLog = log }) { port in
                let client = try Client(port: port)
                _ = try await client.ask("GET /now?token=secret" + Self.end)
                _ = try await client.ask("GET /stream/2" + Self.end)
                _ = try await client.ask("GET /bytes/100000" + Self.end)
                _ = try await client.ask("GET /none" + Self.end)
                _ = try await client.ask("nonsense\r\n\r\n")
                let seen = records.withLock { $0 }
                #expect(seen.map(\.path) == ["/now", "/stream/{2}", "/bytes/100000", "/none", ""].map { $0.replacing("{2}", with: "2") })
                #expect(seen.map(\.status) == [200, 200, 200, 404, 400])
                #expect(seen.map(\.bytes).prefix(3) == [3, 16, 100_000])
                #expect(seen.allSatisfy { $0.isComplete && $0.remoteAddress.isLoopback && $0.duration >= .zero })
            }
        }

        @Test("downloads do not delay small requests")
        func fairness() async throws {
            var router = TestSite.router
            router.add(.get, "/huge") { _, _ in
                .stream(contentType: "x/y", StreamBody { writer in
                    let piece = [UInt8](repeating: 7, count: 100_000)
                    while true { try await writer.write(piece) }
                })
            }
            try await withServer(handler: router) { port in
                let readers = try (0..<4).map { _ in try Client(port: port) }
                let reading = readers.map { reader in
                    Task {
                        try await reader.send("GET /huge" + Self.end)
                        while !Task.isCancelled { _ = try await reader.read(until: "\u{7}\u{7}\r\n") }
                    }
                }
                let client = try Client(port: port)
                let start = ContinuousClock.now
                for _ in 0..<20 { #expect(try await client.ask("GET /now" + Self.end).text == "now") }
                #expect(ContinuousClock.now - start < .seconds(3))
                for task in reading { task.cancel() }
            }
        }

        @Test("the number of open descriptors returns to its initial value after thousands of connections of every kind")
        func descriptors() async throws {
            let records = Mutex(0)
            let log: @Sendable (AccessRecord) -> Void = { _ in records.withLock { $0 += 1 } }
            try await withServer({
                $0.timeouts.linger = .milliseconds(100)
                $0.accessLog = log
            }) { port in
                _ = try await Client(port: port).ask("GET /now" + Self.end)
                let baseline = openDescriptors()
                for round in 0..<2000 {
                    let client = try Client(port: port)
                    switch round % 8 {
                    case 0: _ = try await client.ask("GET /now" + Self.end)
                    case 1: _ = try await client.ask("GET /task HTTP/1.0\r\n\r\n")
                    case 2: _ = try await client.ask("broken\n")
                    case 3: try await client.send("GET /zeros/1000000" + Self.end)
                    case 4: try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc")
                    case 5: client.reset()
                    case 6: try await client.send("GET /stream/100" + Self.end)
                    default: try await client.send("GET /now HTTP/1.1\r\n")
                    }
                }
                #expect(try await eventually { openDescriptors() <= baseline + 1 }, "\(openDescriptors()) descriptors, \(baseline) before")
                #expect(try await Client(port: port).ask("GET /now" + Self.end).text == "now")
            }
        }
    }
}
