import Canonical
import Foundation
import TestSupport
import Testing

/// Extreme numbers over a real connection, through the whole path from the request parser to the response: one
/// server process receives all requests and responds to each.
@Suite("Extreme numbers over a connection", .serialized, .enabled(if: RunningServer.isBuilt), .timeLimit(.minutes(5)))
struct ExtremeNumberSocketTests {
    static let numbers = [
        "9223372036854775807", "9223372036854775806", "-9223372036854775808", "18446744073709551615", "18446744073709551616", "-1", "-0", "9007199254740993",
        "4294967296", "1e308", "1e309", "5e-324", "nan", "-inf", "0x7fffffffffffffff", "7fffffffffffffff", "ffffffffffffffffff", String(repeating: "9", count: 400),
    ]

    /// A request with the number in every header and framing field that takes one.
    private static func requests(_ number: String, _ secret: String, _ run: String) -> [String] {
        func get(_ target: String, _ fields: String...) -> String {
            "GET \(target) HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(secret)\r\nConnection: close\r\n" + fields.map { $0 + "\r\n" }.joined() + "\r\n"
        }
        func post(_ target: String, _ body: String, _ fields: String...) -> String {
            "POST \(target) HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(secret)\r\nContent-Type: application/json\r\nConnection: close\r\n"
                + fields.map { $0 + "\r\n" }.joined() + "\r\n" + body
        }
        return [
            get("/api/v1/events", "Last-Event-ID: \(number)"), get("/api/v1/events?last_event_id=\(number)"),
            get("/api/v1/runs/\(run)", "Range: bytes=\(number)-"), get("/js/app.js", "Range: bytes=\(number)-\(number)"),
            get("/js/app.js", "Range: bytes=-\(number)", "If-Range: \(number)"), get("/api/v1/runs?limit=\(number)"),
            get("/api/v1/runs/\(run)/samples/\(number).png"), get("/api/v1/runs/\(run)/metrics?points=\(number)&from=\(number)&to=\(number)"),
            get("/", "Content-Length: \(number)"), get("/", "Keep-Alive: timeout=\(number), max=\(number)"),
            post("/api/v1/runs", "", "Content-Length: \(number)"), post("/api/v1/runs", "\(number)\r\n{}\r\n0\r\n\r\n", "Transfer-Encoding: chunked"),
            post("/api/v1/runs", "2;extension=\(number)\r\n{}\r\n0\r\n\r\n", "Transfer-Encoding: chunked"),
            post("/api/v1/runs", #"{"model":"ns-gan","dataset":"ring","steps":\#(number)}"#, "Content-Length: \(44 + number.utf8.count)"),
            "GET / HTTP/1.\(number)\r\nHost: localhost\r\nConnection: close\r\n\r\n", "GET / HTTP/1.1\r\nHost: localhost:\(number)\r\nConnection: close\r\n\r\n",
        ]
    }

    @Test func noneEndsTheServer() async throws {
        let storage = try TemporaryFolder("extreme-socket")
        let server = try await ServingProgram(storage: storage.path("storage"), ["--workers", "1"])
        let url = try #require(server.announcement["url"]?.stringValue), port = try #require(Int(url.split(separator: ":").last ?? ""))
        let file = try JSONValue(parsing: FileSystem.read(storage.path("storage/server.json")))
        let secret = try #require(file["token"]?.stringValue)
        let body = #"{"model":"ns-gan","dataset":"ring","steps":20}"#
        let queued = try Self.ask(
            port, "POST /api/v1/runs HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(secret)\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)")
        let run = try #require(queued.firstMatch(of: /"id":"([0-9a-f]+-[0-9]+)"/)?.1, "\(queued.prefix(500))")
        var asked = 0
        for number in Self.numbers {
            for request in Self.requests(number, secret, String(run)) {
                let answer = try Self.ask(port, request)
                asked += 1
                #expect(!answer.hasPrefix("HTTP/1.1 500"), "\(request): \(answer.prefix(300))")
                #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 "), "\(request): \(answer.prefix(300))")
            }
        }
        #expect(asked == Self.numbers.count * 16)
        let last = try Self.ask(port, "GET /api/v1/runs/\(run) HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(secret)\r\nConnection: close\r\n\r\n")
        #expect(last.hasPrefix("HTTP/1.1 200"), "\(last.prefix(300))")
        // The server process that received the first request exits normally, not by a signal.
        #expect(try await server.end(SIGTERM) == 0)
    }

    /// Sends a request, closes the sending side, and reads the start of the response: an event stream has no end.
    private static func ask(_ port: Int, _ request: String) throws -> String {
        let connection = try RawConnection(port: port, source: 3)
        connection.send(request)
        connection.endSending()
        return String(decoding: connection.receive(65_536) ?? [], as: UTF8.self)
    }
}
