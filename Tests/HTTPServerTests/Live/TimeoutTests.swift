import Glibc
import HTTPTypes
import Synchronization
import Testing

@testable import HTTPServer

extension LiveTests {
    @Suite("Slow clients and limits")
    struct TimeoutTests {
        private static let end = " HTTP/1.1\r\nHost: a\r\n\r\n"

        private func quick(_ configuration: inout ServerConfiguration) {
            configuration.timeouts.header = .milliseconds(300)
            configuration.timeouts.body = .milliseconds(300)
            configuration.timeouts.write = .milliseconds(300)
            configuration.timeouts.keepAlive = .milliseconds(300)
            configuration.timeouts.linger = .milliseconds(200)
        }

        @Test("a head that does not arrive in time is answered with 408")
        func slowHead() async throws {
            try await withServer(quick) { port in
                let client = try Client(port: port)
                try await client.send("GET /now HTTP/1.1\r\nHo")
                #expect(try await client.answer().status == 408)
                client.endSending()
                #expect(try await client.isEnded())
            }
        }

        @Test("a head that arrives slowly byte by byte is answered with 408")
        func drippingHead() async throws {
            try await withServer(quick) { port in
                let client = try Client(port: port)
                try await client.send("GET /now HTTP/1.1\r\nX: ")
                try await client.drip("a", times: 40, every: 20)
                let answer = try await client.answer()
                #expect(answer.status == 408)
            }
        }

        @Test("idle connections are closed before and between requests")
        func idle() async throws {
            try await withServer(quick) { port in
                let silent = try Client(port: port)
                let client = try Client(port: port)
                #expect(try await client.ask("GET /now" + Self.end).text == "now")
                #expect(try await silent.isEnded())
                #expect(try await client.isEnded())
            }
        }

        @Test("a connection in use is not idle")
        func busy() async throws {
            try await withServer({
                quick(&$0)
                $0.timeouts.keepAlive = .seconds(1)
            }) { port in
                let good = try await Client(port: port).askSteadily("GET /now" + Self.end, times: 8, every: 150)
                #expect(good == 8)
            }
        }

        @Test("a handler may take longer than any client")
        func slowHandler() async throws {
            try await withServer({
                quick(&$0)
                $0.timeouts.header = .milliseconds(100)
                $0.timeouts.keepAlive = .milliseconds(100)
            }) { port in
                let client = try Client(port: port)
                #expect(try await client.ask("GET /slow" + Self.end).text == "slow")
            }
        }

        @Test("a stalled body is an error for its handler, answered with 408")
        func slowBody() async throws {
            try await withServer(quick) { port in
                let client = try Client(port: port)
                try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
                let answer = try await client.answer()
                #expect(answer.status == 408)
                #expect(answer["Connection"] == "close")
            }
        }

        @Test("a body below the minimum rate makes no progress")
        func drippingBody() async throws {
            try await withServer({
                quick(&$0)
                $0.timeouts.minimumBytesPerSecond = 1000
            }) { port in
                let client = try Client(port: port)
                try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")
                try await client.drip("a", times: 40, every: 20)
                let answer = try await client.answer()
                #expect(answer.status == 408)
            }
        }

        @Test("a body that arrives steadily may take longer than the timeout")
        func steadyBody() async throws {
            try await withServer({
                quick(&$0)
                $0.timeouts.body = .seconds(1)
            }) { port in
                let client = try Client(port: port)
                try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2400\r\n\r\n")
                try await client.drip(String(repeating: "a", count: 300), times: 8, every: 150)
                let answer = try await client.answer()
                #expect(answer.body.count == 2400)
            }
        }

        @Test("a client that stops reading is disconnected; its stream is suspended meanwhile")
        func slowReader() async throws {
            let unsent = 32_768
            let written = Mutex(0)
            let ended = Mutex(false)
            var router = Router()
            let produce: @Sendable (BodyWriter) async throws -> Void = { writer in
                defer { ended.withLock { $0 = true } }
                let piece = [UInt8](repeating: 7, count: 10_000)
                for _ in 0..<100_000 {
                    try await writer.write(piece)
                    written.withLock { $0 += piece.count }
                }
            }
            router.add(.get, "/endless") { _, _ in .stream(contentType: "x/y", StreamBody(produce)) }
            try await withServer({
                quick(&$0)
                $0.connectionLimits.unsentBytes = unsent
            }, handler: router) { port in
                let client = try Client(port: port, receiveBuffer: 4096)
                try await client.send("GET /endless" + Self.end)
                #expect(try await eventually { ended.withLock { $0 } })
                // The client's receive buffer, our unsent bytes in the kernel, and the writer's bound; neither the gigabyte to be written nor
                // the megabytes that the kernel buffers by default.
                #expect(written.withLock { $0 } < 600_000)
                _ = client
            }
        }

        @Test("a client that stops reading a file or bytes is disconnected", arguments: [50_000_000])
        func slowDownload(_ size: Int) async throws {
            try await withFolder { folder in
                let descriptor = unsafe open(folder + "/sparse", O_WRONLY | O_CREAT, 0o600)
                #expect(ftruncate(descriptor, off_t(size)) == 0)
                close(descriptor)
                var router = Router()
                router.add(.get, "/file") { _, _ in .file(FileBody(path: folder + "/sparse")) }
                router.add(.get, "/bytes") { _, _ in .bytes([UInt8](repeating: 1, count: size), contentType: "x/y") }
                let records = Mutex<[AccessRecord]>([])
                let log: @Sendable (AccessRecord) -> Void = { record in records.withLock { $0.append(record) } }
                try await withServer({
                    quick(&$0)
                    $0.accessLog = log
                }, handler: router) { port in
                    let first = try Client(port: port, receiveBuffer: 4096)
                    let second = try Client(port: port, receiveBuffer: 4096)
                    try await first.send("GET /file" + Self.end)
                    try await second.send("GET /bytes" + Self.end)
                    #expect(try await eventually { records.withLock { $0.count } == 2 })
                    #expect(records.withLock { $0.allSatisfy { !$0.isComplete && $0.status == 200 } })
                }
            }
        }

        @Test("connections beyond the limit receive a 503")
        func connectionLimits() async throws {
            for perAddress in [false, true] {
                try await withServer({
                    if perAddress { $0.connectionLimits.connectionsPerAddress = 3 } else { $0.connectionLimits.connections = 3 }
                    $0.timeouts.linger = .milliseconds(100)
                }) { port in
                    var clients: [Client] = []
                    for _ in 0..<3 {
                        clients.append(try Client(port: port))
                        #expect(try await clients[clients.count - 1].ask("GET /now" + Self.end).status == 200)
                    }
                    let refused = try await Client(port: port).answer()
                    #expect(refused.status == 503)
                    #expect(refused["Retry-After"] == "2")
                    #expect(refused["Connection"] == "close")
                    clients.removeLast()
                    var status = 0
                    for _ in 0..<100 where status != 200 {
                        try await Task.sleep(for: .milliseconds(10))
                        status = (try? await Client(port: port).ask("GET /now" + Self.end).status) ?? 0
                    }
                    #expect(status == 200)
                }
            }
        }

        @Test("a proxy's connections are exempt from the limit per address")
        func proxyConnections() async throws {
            try await withServer({
                $0.connectionLimits.connectionsPerAddress = 2
                $0.connectionLimits.connections = 5
                $0.isBeyondAddressLimit = { $0.host == "127.0.0.1" }
            }) { port in
                var clients: [Client] = []
                for _ in 0..<5 {
                    clients.append(try Client(port: port))
                    #expect(try await clients[clients.count - 1].ask("GET /now" + Self.end).status == 200)
                }
                // The total limit applies to it too.
                #expect(try await Client(port: port).answer().status == 503)
            }
        }

        @Test("requests beyond the limit receive a 503, and the connection stays open")
        func activeRequests() async throws {
            let waiting = Mutex(0)
            let isOpen = Mutex(false)
            var router = TestSite.router
            let handler: Router.Handler = { _, _ in
                waiting.withLock { $0 += 1 }
                while !isOpen.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
                return .text("gate")
            }
            router.add(.get, "/gate", handler)
            try await withServer({ $0.connectionLimits.activeRequests = 2 }, handler: router) { port in
                let clients = try (0..<3).map { _ in try Client(port: port) }
                try await clients[0].send("GET /gate" + Self.end)
                try await clients[1].send("GET /gate" + Self.end)
                #expect(try await eventually { waiting.withLock { $0 } == 2 })
                let refused = try await clients[2].ask("GET /task" + Self.end)
                #expect(refused.status == 503)
                #expect(refused["Retry-After"] == "2")
                #expect(try await clients[2].ask("GET /now" + Self.end).text == "now")
                isOpen.withLock { $0 = true }
                #expect(try await clients[0].answer().text == "gate")
                #expect(try await clients[1].answer().text == "gate")
                #expect(try await clients[2].ask("GET /task" + Self.end).text == "task")
            }
        }

        /// Chunks that a client has sent.
        private final class ChunkCount: Sendable {
            let value = Mutex(0)
        }

        @Test("an upload is suspended while its handler does not read, and others continue")
        func slowUploadHandler() async throws {
            let hasBegun = Mutex(false)
            let mayRead = Mutex(false)
            let sent = ChunkCount()
            var router = Router()
            router.addImmediate(.get, "/now") { _, _ in .text("now") }
            let handler: Router.Handler = { request, _ in
                hasBegun.withLock { $0 = true }
                while !mayRead.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(10)) }
                return .text("\(try await request.body.collect(upTo: 50_000_000).count)")
            }
            router.add(.post, "/late", handler)
            try await withServer({
                quick(&$0)
                $0.timeouts.body = .seconds(3)
            }, handler: router) { port in
                let client = try Client(port: port)
                try await client.send("POST /late HTTP/1.1\r\nHost: a\r\nContent-Length: 20000000\r\n\r\n")
                let upload = Task {
                    for _ in 0..<200 {
                        try await client.send([UInt8](repeating: 1, count: 100_000))
                        sent.value.withLock { $0 += 1 }
                    }
                }
                #expect(try await eventually { hasBegun.withLock { $0 } && sent.value.withLock { $0 } > 0 })
                let other = try Client(port: port)
                for _ in 0..<200 { #expect(try await other.ask("GET /now" + Self.end).text == "now") }
                // What the kernel and the server buffer is less than the body.
                #expect(sent.value.withLock { $0 } < 200)
                mayRead.withLock { $0 = true }
                try await upload.value
                #expect(sent.value.withLock { $0 } == 200)
                #expect(try await client.answer().text == "20000000")
            }
        }
    }
}
