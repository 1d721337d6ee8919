import HTTPTypes
import Synchronization
import Testing

@testable import HTTPServer

extension LiveTests {
    @Suite("Conversations over a socket")
    struct ConversationTests {
        private static let end = " HTTP/1.1\r\nHost: a\r\n\r\n"

        @Test("one connection, many requests, handled immediately or by tasks")
        func keepAlive() async throws {
            try await withServer { port in
                let client = try Client(port: port)
                for _ in 0..<20 {
                    let now = try await client.ask("GET /now" + Self.end)
                    #expect(now.status == 200)
                    #expect(now.text == "now")
                    #expect(now["Connection"] == nil)
                    #expect(now["Date"]?.hasSuffix(" GMT") == true)
                    #expect(now["X-Content-Type-Options"] == "nosniff")
                    #expect(try await client.ask("GET /task" + Self.end).text == "task")
                }
            }
        }

        @Test("pipelined requests are answered in order")
        func pipelining() async throws {
            try await withServer { port in
                let client = try Client(port: port)
                try await client.send("GET /slow" + Self.end + "GET /now" + Self.end + "GET /bytes/100000" + Self.end + "GET /task" + Self.end)
                #expect(try await client.answer().text == "slow")
                #expect(try await client.answer().text == "now")
                #expect(try await client.answer().body == TestSite.pattern(100_000))
                #expect(try await client.answer().text == "task")
            }
        }

        @Test("thousands of pipelined requests, with their bodies, are all answered")
        func deepPipeline() async throws {
            try await withServer { port in
                let client = try Client(port: port)
                let requests = "GET /now" + Self.end + "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
                async let sending: Void = client.send(String(repeating: requests, count: 1000))
                try await sending
                for _ in 0..<1000 {
                    #expect(try await client.answer().text == "now")
                    #expect(try await client.answer().text == "abc")
                }
            }
        }

        @Test("a request may arrive byte by byte")
        func bytewise() async throws {
            try await withServer { port in
                let client = try Client(port: port)
                for byte in Array("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n".utf8) { try await client.send([byte]) }
                #expect(try await client.answer().text == "abc")
            }
        }

        @Test("HTTP/1.0 and Connection: close end the connection")
        func closing() async throws {
            try await withServer { port in
                for request in ["GET /now HTTP/1.0\r\n\r\n", "GET /now HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"] {
                    let client = try Client(port: port)
                    let answer = try await client.ask(request)
                    #expect(answer.text == "now")
                    #expect(answer["Connection"] == "close")
                    #expect(try await client.isEnded())
                }
                let client = try Client(port: port)
                let kept = try await client.ask("GET /now HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                #expect(kept["Connection"] == "keep-alive")
                #expect(try await client.ask("GET /now" + Self.end).text == "now")
                // A stream without a length ends with the connection, as HTTP/1.0 has no chunks.
                let old = try Client(port: port)
                let stream = try await old.ask("GET /stream/3 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                #expect(stream["Transfer-Encoding"] == nil)
                #expect(stream["Connection"] == "close")
                #expect(stream.text == "piece 0\npiece 1\npiece 2\n")
            }
        }

        @Test("a client that closes its sending side still receives its response")
        func halfClosed() async throws {
            try await withServer { port in
                let client = try Client(port: port)
                try await client.send("GET /slow" + Self.end + "GET /now" + Self.end)
                client.endSending()
                #expect(try await client.answer().text == "slow")
                #expect(try await client.answer().text == "now")
                #expect(try await client.isEnded())
            }
        }

        @Test("a fault in a body has the same status as in a head")
        func bodyFaults() async throws {
            try await withServer { port in
                for (rest, status) in [
                    ("0\r\nX: \(String(repeating: "v", count: 9000))\r\n\r\n", 431), ("0\r\nbad trailer\r\n\r\n", 400), ("xyz\r\n", 400),
                ] {
                    let client = try Client(port: port)
                    let answer = try await client.ask("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + rest)
                    #expect(answer.status == status, "\(answer.text)")
                    #expect(try await client.isEnded())
                }
            }
        }

        @Test("long work is cancelled when its client disconnects")
        func leaving() async throws {
            let hasBegun = Mutex(false)
            let ended = Mutex<String?>(nil)
            var router = Router()
            router.add(.get, "/long") { request, _ in
                do {
                    try await request.client.whileWaiting {
                        hasBegun.withLock { $0 = true }
                        try await Task.sleep(for: .seconds(600))
                    }
                } catch { ended.withLock { $0 = "\(type(of: error))" } }
                return .text("given up")
            }
            try await withServer(handler: router) { port in
                let client = try Client(port: port)
                try await client.send("GET /long" + Self.end)
                #expect(try await eventually { hasBegun.withLock { $0 } })
                client.endSending()
                #expect(try await client.answer().text == "given up")
            }
            #expect(ended.withLock { $0 } == "CancellationError")
        }

        @Test("a response ends with its lease")
        func lease() async throws {
            let leases = Mutex<[ResponseLease]>([])
            let released = Atomic<Int>(0)
            var router = Router()
            let make: @Sendable () -> ResponseLease = {
                let lease = ResponseLease { released.add(1, ordering: .relaxed) }
                leases.withLock { $0.append(lease) }
                return lease
            }
            router.add(.get, "/events") { _, _ in
                let channel = EventChannel()
                channel.send(ServerSentEvent("hello"))
                var response = Response.events(channel.stream)
                response.lease = make()
                return response
            }
            router.add(.get, "/bytes") { _, _ in
                var response = Response.bytes([UInt8](repeating: 1, count: 64 << 20), contentType: "application/octet-stream")
                response.lease = make()
                return response
            }
            router.add(.get, "/brief") { _, _ in
                var response = Response.text("brief")
                response.lease = make()
                return response
            }
            try await withServer(handler: router) { port in
                #expect(try await Client(port: port).ask("GET /brief" + Self.end).text == "brief")
                leases.withLock { $0 = [] }
                for path in ["/events", "/bytes"] {
                    let client = try Client(port: port, receiveBuffer: 4096)
                    try await client.send("GET \(path)" + Self.end)
                    // The response is under way.
                    #expect(try await client.read(until: path == "/events" ? "data: hello\n\n\r\n" : "\r\n\r\n").hasPrefix("HTTP/1.1 200 "))
                    leases.withLock { all in
                        for lease in all { lease.end() }
                        all = []
                    }
                    let rest = try await client.readToEnd()
                    if path == "/events" {
                        #expect(rest == Array("0\r\n\r\n".utf8), "an event stream ends normally")
                    } else {
                        #expect(rest.count < 64 << 20, "a body in memory is cut off")
                    }
                }
                #expect(try await eventually { released.load(ordering: .relaxed) == 3 })
            }
        }

        @Test("an event stream whose lease ends with its newest event still ends normally")
        func leaseOfABusyStream() async throws {
            var router = Router()
            router.add(.get, "/events") { _, _ in
                let lease = ResponseLease()
                let sent = Atomic<Int>(0)
                var response = Response.events(
                    EventStream(
                        AsyncStream {
                            if sent.add(1, ordering: .relaxed).oldValue < 3 { return ServerSentEvent("hello") }
                            lease.end()
                            return nil
                        }))
                response.lease = lease
                return response
            }
            try await withServer(handler: router) { port in
                for _ in 0..<50 {
                    let client = try Client(port: port)
                    try await client.send("GET /events" + Self.end)
                    let answer = try await client.readToEnd()
                    #expect(answer.suffix(5) == Array("0\r\n\r\n".utf8))
                    #expect(String(decoding: answer, as: UTF8.self).matches(of: /hello/).count == 3)
                }
            }
        }

        @Test("HEAD has the fields of GET and no body")
        func head() async throws {
            try await withServer { port in
                let client = try Client(port: port)
                let head = try await client.ask("HEAD /now" + Self.end, toHead: true)
                #expect(head.status == 200)
                #expect(head["Content-Length"] == "3")
                let stream = try await client.ask("HEAD /stream/9" + Self.end, toHead: true)
                #expect(stream["Transfer-Encoding"] == "chunked")
                #expect(try await client.ask("GET /now" + Self.end).text == "now")
            }
        }

        @Test("OPTIONS, for a path and for the server")
        func options() async throws {
            try await withServer { port in
                let client = try Client(port: port)
                #expect(try await client.ask("OPTIONS /now" + Self.end)["Allow"] == "GET, HEAD, OPTIONS")
                let all = try await client.ask("OPTIONS *" + Self.end)
                #expect(all.status == 204)
                #expect(all["Content-Length"] == nil)
            }
        }

        @Test("bodies in both directions, by length and in chunks")
        func bodies() async throws {
            try await withServer { port in
                let client = try Client(port: port)
                let bytes = TestSite.pattern(300_000)
                for path in ["/echo", "/flow"] {
                    try await client.send("POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: \(bytes.count)\r\n\r\n")
                    async let sent: Void = client.send(bytes)
                    try await sent
                    let answer = try await client.answer()
                    #expect(answer.body == bytes)
                    // A stream that starts before the end of the request's body cannot keep the connection alive.
                    if path == "/flow" { break }
                    try await client.send("POST \(path) HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
                    for start in stride(from: 0, to: bytes.count, by: 30_000) { try await client.send(Self.chunk(bytes[start..<(start + 30_000)])) }
                    try await client.send("0\r\nX-Trailer: ignored\r\n\r\n")
                    #expect(try await client.answer().body == bytes)
                }
            }
        }

        private static func chunk(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
            Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + Array("\r\n".utf8)
        }

        @Test("100 Continue is sent when the handler reads, and not when it does not")
        func expectation() async throws {
            try await withServer { port in
                let client = try Client(port: port)
                let fields = " HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"
                #expect(try await client.ask("POST /echo" + fields).status == 100)
                #expect(try await client.ask("abc").text == "abc")
                // Body sent without waiting.
                let eager = try await client.ask("POST /echo" + fields + "abc")
                #expect(eager.status == 200 || eager.status == 100)
                if eager.status == 100 { #expect(try await client.answer().text == "abc") }
                let other = try Client(port: port)
                let refused = try await other.ask("POST /ignore" + fields)
                #expect(refused.status == 200)
                #expect(refused["Connection"] == "close")
                #expect(try await other.isEnded())
            }
        }

        @Test("an unread body closes the connection after the response")
        func unwantedBody() async throws {
            try await withServer { port in
                for path in ["/ignore", "/small", "/now"] {
                    let client = try Client(port: port)
                    try await client.send("POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\n\r\nabcdef")
                    let answer = try await client.answer()
                    #expect(answer.status == (path == "/ignore" ? 200 : path == "/small" ? 413 : 405))
                    #expect(answer["Connection"] == "close")
                    client.endSending()
                    #expect(try await client.isEnded())
                }
            }
        }

        @Test("streams are chunked or have a declared length, and close the connection when they fail")
        func streams() async throws {
            try await withServer { port in
                let client = try Client(port: port)
                let many = try await client.ask("GET /stream/5000" + Self.end)
                #expect(many["Transfer-Encoding"] == "chunked")
                #expect(many.text == (0..<5000).map { "piece \($0)\n" }.joined())
                #expect(try await client.ask("GET /stream/0" + Self.end).text == "")
                let known = try await client.ask("GET /known" + Self.end)
                #expect(known["Content-Length"] == "6")
                #expect(known.text == "abcdef")
                for path in ["/short", "/broken"] {
                    let other = try Client(port: port)
                    try await other.send("GET \(path)" + Self.end)
                    await #expect(throws: Client.Failure.self) { try await other.answer() }
                }
            }
        }

        @Test("conditions are evaluated for responses with a tag")
        func conditional() async throws {
            try await withServer { port in
                let client = try Client(port: port)
                #expect(try await client.ask("GET /tagged" + Self.end)["ETag"] == "\"v1\"")
                let same = try await client.ask("GET /tagged HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"v1\"\r\n\r\n")
                #expect(same.status == 304)
                #expect(same["ETag"] == "\"v1\"")
                #expect(same["Content-Length"] == nil)
                #expect(try await client.ask("GET /tagged HTTP/1.1\r\nHost: a\r\nIf-Match: \"v2\"\r\n\r\n").status == 412)
                #expect(try await client.ask("GET /tagged HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"v2\"\r\n\r\n").text == "{}")
            }
        }

        @Test("malformed requests are rejected and the connection closed", arguments: [
            ("GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1\nHost: a\n\n", 400), ("GET /%2e%2e/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
            ("GET / HTTP/3.0\r\n\r\n", 505), ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
            ("GET /\(String(repeating: "a", count: 9000)) HTTP/1.1\r\n", 414), ("GET / HTTP/1.1\r\nX: \(String(repeating: "a", count: 70000))", 431),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n", 413), ("GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", 417),
            ("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
        ])
        func refusals(_ row: (request: String, status: Int)) async throws {
            try await withServer { port in
                let client = try Client(port: port)
                try await client.send("GET /now" + Self.end + row.request + "GET /now" + Self.end)
                #expect(try await client.answer().text == "now")
                let answer = try await client.answer()
                #expect(answer.status == row.status)
                #expect(answer["Connection"] == "close")
                #expect(answer["Content-Type"] == "application/problem+json")
                client.endSending()
                #expect(try await client.isEnded())
            }
        }

        @Test("errors are rendered by the configured function")
        func errorHook() async throws {
            try await withServer({ $0.errorResponse = { .text("own \($0.code)", status: $0.status) } }) { port in
                let client = try Client(port: port)
                #expect(try await client.ask("GET / HTTP/1.1\r\n\r\n").text == "own missing-host")
            }
        }

        @Test("only allowed hosts are served")
        func hosts() async throws {
            try await withServer({ $0.allowedHosts = .only(["a", "LOCALHOST"]) }) { port in
                let client = try Client(port: port)
                #expect(try await client.ask("GET /now" + Self.end).status == 200)
                #expect(try await client.ask("GET /now HTTP/1.1\r\nHost: Localhost:99\r\n\r\n").status == 200)
                let refused = try await client.ask("GET /now HTTP/1.1\r\nHost: evil.example\r\n\r\n")
                #expect(refused.status == 421)
                #expect(refused.text.contains("host-not-allowed"))
                #expect(try await client.ask("GET http://evil.example/now HTTP/1.1\r\nHost: evil.example\r\n\r\n").status == 421)
            }
        }

        @Test("the query reaches the handler decoded")
        func query() async throws {
            try await withServer { port in
                let client = try Client(port: port)
                #expect(try await client.ask("GET /query?a=1&b=%C3%A9+c&a=" + Self.end).text == "a=1;b=é c;a=")
            }
        }
    }
}
