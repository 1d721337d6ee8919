import Canonical
import Foundation
@testable import Access
@testable import HTTPServer
import HTTPTypes
import Logging
import TestSupport
import Testing

@testable import API
@testable import Execution
@testable import Server
@testable import Storage

@Suite("Observability", .serialized)
struct ObservabilityTests {
    private func record(_ method: HTTPRequest.Method, _ path: String, _ status: Int, milliseconds: Int = 3, bytes: Int = 10) -> AccessRecord {
        AccessRecord(
            method: method, path: path, status: status, bytes: bytes, duration: .milliseconds(milliseconds), remoteAddress: .loopback,
            isComplete: true)
    }

    /// Reads Prometheus' text form strictly: samples by name and labels, each in a family that was announced, each once.
    private func parse(_ text: String) throws -> [String: Double] {
        var (types, samples) = ([String: String](), [String: Double]())
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            let words = line.split(separator: " ")
            if line.hasPrefix("# HELP ") { continue }
            if line.hasPrefix("# TYPE ") {
                #expect(types.updateValue(String(words[3]), forKey: String(words[2])) == nil, "\(line)")
                continue
            }
            let match = try #require(line.wholeMatch(of: /([a-z_]+)(\{(?:[a-z]+="(?:[^"\\\n]|\\.)*",?)+\})? ([-+0-9.eInfNa]+)/), "\(line)")
            let name = String(match.1)
            let family = types[name] ?? types[name.replacing(/_(bucket|sum|count)$/, with: "")]
            #expect(family != nil, "\(line)")
            #expect(samples.updateValue(try #require(Double(String(match.3))), forKey: name + (match.2.map(String.init) ?? "")) == nil, "\(line)")
        }
        return samples
    }

    @Test func requestsAreCountedByRoute() async throws {
        var fixture = try await APIFixture()
        let observer = RequestObserver(patterns: RoutePatterns(fixture.api.table().routes))
        for milliseconds in [1, 3, 80] { observer.note(record(.get, "/api/v1/runs/abc-1", 200, milliseconds: milliseconds)) }
        observer.note(record(.get, "/api/v1/runs/abc-1/samples/40.png", 404))
        observer.note(record(HTTPRequest.Method("BREW")!, "/some/\"file\"", 405, bytes: 0))
        observer.drain()
        fixture.observe(observer)
        let samples = try parse(try await fixture.ask(.get, "/metrics").text)
        #expect(samples[#"fidelio_http_requests_total{method="GET",route="/api/v1/runs/{id}",status="200"}"#] == 3)
        #expect(samples[#"fidelio_http_requests_total{method="GET",route="/api/v1/runs/{id}/samples/{step}.png",status="404"}"#] == 1)
        #expect(samples[#"fidelio_http_requests_total{method="other",route="other",status="405"}"#] == 1)
        let times = { (bound: String) in samples["fidelio_http_request_duration_seconds_bucket{route=\"/api/v1/runs/{id}\",le=\"\(bound)\"}"] }
        #expect(times("0.001") == 1 && times("0.005") == 2 && times("0.05") == 2 && times("0.1") == 3 && times("+Inf") == 3)
        #expect(abs((samples[#"fidelio_http_request_duration_seconds_sum{route="/api/v1/runs/{id}"}"#] ?? 0) - 0.084) < 1e-9)
        #expect(samples["fidelio_http_response_bytes_total"] == 40 && samples[#"fidelio_runs{state="queued"}"#] == 0)
        #expect(samples["fidelio_workers_limit"] == 2 && samples["fidelio_workers_busy"] == 0)
        for name in ["process_resident_memory_bytes", "process_open_fds", "process_max_fds", "fidelio_storage_used_bytes", "fidelio_storage_free_bytes"] {
            #expect((samples[name] ?? 0) > 0, "\(name)")
        }
        #expect(try await fixture.ask(.get, "/metrics", fields: [:]).status == 401)
        await fixture.workbench.stop()
    }

    @Test func aRecordHoldsNoSecret() async throws {
        let folder = try TemporaryFolder("log")
        let log = folder.path("access.log")
        let observer = RequestObserver(patterns: RoutePatterns(), log: try AccessLog(path: log))
        for number in 0..<3 { observer.note(record(.get, "/a b\n\(number)", 200)) }
        observer.drain()
        let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 3)
        let first = try JSONValue(parsing: String(lines[0]))
        #expect(first["path"] == "/a b\n0" && first["status"] == 200 && first["milliseconds"] == 3 && first["address"] == "127.0.0.1")
        #expect(first.objectValue?.keys.sorted() == ["address", "bytes", "complete", "method", "milliseconds", "path", "route", "status", "time"])
        #expect(try FileManager.default.attributesOfItem(atPath: log)[.posixPermissions] as? Int == 0o600)
        #expect(throws: StorageError.self) { try AccessLog(path: "/nonexistent/access.log") }
    }

    @Test func aServerKeepsItsLogAndSaysWhenItIsReady() async throws {
        let files = try WorkbenchFixture()
        let folder = try TemporaryFolder("log")
        var settings = ServerSettings(storage: files.storage, port: 0, executable: files.worker, models: APIFixture.models)
        settings.accessLog = folder.path("access.log")
        let server = try await FidelioServer.start(settings, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let file = try #require(ServerFile.live(in: files.storage))
        let get = { (path: String) in
            try await Tool.finish("curl", ["-sS", "-H", "Authorization: Bearer \(file.token)", server.url + path]).output
        }
        #expect(try await get("/healthz/ready").contains("ready"))
        _ = try await get("/?token=secret-in-a-query")
        #expect(try await get("/api/v1/runs?filter=seed%20%3D%2077").contains("total"))
        let metrics = try await get("/metrics")
        #expect(try parse(metrics)["fidelio_workers_limit"] ?? 0 > 0)
        await server.workbench.stop()
        #expect(try await get("/healthz/ready").contains("not-ready"))
        await server.stop()
        let log = try String(contentsOfFile: folder.path("access.log"), encoding: .utf8)
        #expect(log.contains("\"/api/v1/runs\"") && log.contains("\"/healthz/ready\""))
        for secret in [file.token, "secret-in-a-query", "77"] { #expect(!log.contains("\"\(secret)") && !log.contains("=\(secret)"), "\(secret)") }
        #expect(!log.contains(file.token) && !log.contains("secret-in-a-query"))
    }

    /// The text format, parsed by Prometheus' own client library if it is installed.
    @Test(.enabled(if: (try? Tool.run("python3", ["-c", "import prometheus_client"]).status) == 0))
    func aStrangerReadsTheFigures() async throws {
        let fixture = try await APIFixture()
        let folder = try TemporaryFolder("metrics")
        let path = try folder.write(try await fixture.ask(.get, "/metrics").bytes, as: "metrics.txt")
        let script = "import sys; from prometheus_client.parser import text_string_to_metric_families as f; print(len(list(f(open(sys.argv[1]).read()))))"
        let output = try await Tool.finish("python3", ["-c", script, path]).output
        #expect((Int(output.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0) >= 10)
        await fixture.workbench.stop()
    }
}
