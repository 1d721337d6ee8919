import HTTPTypes
import Synchronization
import Testing

@testable import HTTPServer

@Suite("Router")
struct RouterTests {
    private static let router: Router = {
        var router = Router()
        func route(_ method: HTTPRequest.Method, _ pattern: String, _ names: String...) {
            router.add(method, pattern) { _, parameters in
                .text(([pattern] + names.map { "\($0)=\(parameters[$0])" }).joined(separator: " "))
            }
        }
        route(.get, "/")
        route(.get, "/runs")
        route(.post, "/runs")
        route(.get, "/runs/{id}", "id")
        route(.get, "/runs/latest")
        route(.delete, "/runs/{run}", "run")
        route(.get, "/runs/{id}/samples/{step:int}.png", "id", "step")
        route(.get, "/runs/{id}/samples/{name}", "id", "name")
        route(.get, "/checkpoints/{digest}.npz", "digest")
        route(.get, "/files/{path...}", "path")
        route(.put, "/put")
        return router
    }()

    private func ask(_ method: HTTPRequest.Method, _ target: String) async throws -> (status: Int, text: String, fields: HTTPFields) {
        let response = await Self.router.respond(to: try Request(method: method, target: target))
        guard case .bytes(let bytes) = response.body else { return (response.status.code, "", response.headerFields) }
        return (response.status.code, String(decoding: bytes, as: UTF8.self), response.headerFields)
    }

    @Test(
        "finds routes",
        arguments: [
            ("/", "/"), ("/runs", "/runs"), ("/runs?x=y", "/runs"), ("/runs/a%20b", "/runs/{id} id=a b"), ("/runs/latest", "/runs/latest"),
            ("/runs/a/samples/7.png", "/runs/{id}/samples/{step:int}.png id=a step=7"),
            ("/runs/latest/samples/0.png", "/runs/{id}/samples/{step:int}.png id=latest step=0"),
            ("/runs/a/samples/x.png", "/runs/{id}/samples/{name} id=a name=x.png"),
            ("/runs/a/samples/07.png", "/runs/{id}/samples/{name} id=a name=07.png"),
            ("/runs/a/samples/99999999999999999999.png", "/runs/{id}/samples/{name} id=a name=99999999999999999999.png"),
            ("/checkpoints/ab.npz", "/checkpoints/{digest}.npz digest=ab"), ("/files/a/b", "/files/{path...} path=a/b"), ("/files", "/files/{path...} path="),
            ("/files/", "/files/{path...} path="),
        ])
    func finds(_ row: (target: String, text: String)) async throws {
        let answer = try await ask(.get, row.target)
        #expect(answer.status == 200)
        #expect(answer.text == row.text)
    }

    @Test("unknown paths", arguments: ["/run", "/runs/", "/runs//", "/runs/a/", "/runs/a/samples", "/checkpoints/.npz", "/checkpoints/a.np", "/RUNS", "//"])
    func missing(_ target: String) async throws {
        let answer = try await ask(.get, target)
        #expect(answer.status == 404)
        #expect(answer.text.contains("\"code\":\"not-found\""))
    }

    @Test("lists the allowed methods")
    func methods() async throws {
        let runs = try await ask(.put, "/runs")
        #expect(runs.status == 405)
        #expect(runs.fields[.allow] == "GET, HEAD, OPTIONS, POST")
        let run = try await ask(.post, "/runs/a")
        #expect(run.fields[.allow] == "DELETE, GET, HEAD, OPTIONS")
        let options = try await ask(.options, "/put")
        #expect(options.status == 204)
        #expect(options.fields[.allow] == "OPTIONS, PUT")
        #expect(try await ask(.head, "/put").status == 405)
    }

    @Test("a literal component hides a parameter for every method")
    func literalPath() async throws {
        let answer = try await ask(.delete, "/runs/latest")
        #expect(answer.status == 405)
        #expect(answer.fields[.allow] == "GET, HEAD, OPTIONS")
    }

    @Test("HEAD is answered by GET")
    func head() async throws {
        #expect(try await ask(.head, "/runs").text == "/runs")
    }

    private struct Odd: Error {}

    @Test("errors become responses")
    func errors() async throws {
        let seen = Mutex<[String]>([])
        var router = Router()
        router.add(.get, "/server") { _, _ in throw ServerError(.conflict, code: "taken", "It is \"taken\".\n", field: "name") }
        router.add(.get, "/odd") { _, _ in throw Odd() }
        router.add(.get, "/mapped") { _, _ in throw CancellationError() }
        router.add(.post, "/body") { request, _ in .bytes(try await request.body.collect(upTo: 2), contentType: "x/y") }
        router.addImmediate(.get, "/now") { _, _ in throw ServerError(.gone, code: "gone", "Gone.") }
        router.translate = { error, _ in error is CancellationError ? ServerError(.conflict, code: "stopped", "Stopped.") : nil }
        let record: @Sendable (any Error, Request) -> Void = { error, request in seen.withLock { $0.append("\(error) \(request.path)") } }
        router.onUnexpectedError = record
        func status(_ method: HTTPRequest.Method, _ target: String, body: String = "") async throws -> Int {
            await router.respond(to: try Request(method: method, target: target, body: Array(body.utf8))).status.code
        }
        let response = await router.respond(to: try Request(target: "/server"))
        guard case .bytes(let bytes) = response.body else { throw Odd() }
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"type":"about:blank","title":"Conflict","status":409,"detail":"It is \"taken\".\u000a","code":"taken","field":"name"}"#)
        #expect(response.headerFields[.contentType] == "application/problem+json")
        #expect(try await status(.get, "/odd") == 500)
        #expect(try await status(.get, "/mapped") == 409)
        #expect(try await status(.post, "/body", body: "ab") == 200)
        #expect(try await status(.post, "/body", body: "abc") == 413)
        #expect(router.respondImmediately(to: try Request(target: "/now"))?.status == .gone)
        #expect(router.respondImmediately(to: try Request(target: "/odd")) == nil)
        #expect(seen.withLock { $0 } == ["Odd() /odd"])
    }

    @Test("long text is compressed for clients that accept it")
    func compressing() async throws {
        var router = Router()
        router.add(.get, "/long") { _, _ in
            Response(headerFields: [.contentType: "application/problem+json; charset=utf-8", .eTag: "\"a\"", .vary: "Cookie"], body: .bytes([1, 2, 3, 4]))
        }
        router.add(.get, "/short") { _, _ in .text("abc") }
        router.add(.get, "/image") { _, _ in .bytes([1, 2, 3, 4], contentType: "image/png") }
        router.add(.get, "/error") { _, _ in .text("abcdef", status: .badRequest) }
        let handler = CompressingHandler(router, minimumBytes: 4) { Array($0.reversed()) }
        func ask(_ target: String, _ encoding: String) async throws -> Response {
            await handler.respond(to: try Request(target: target, headerFields: [.acceptEncoding: encoding]))
        }
        func bytes(_ response: Response) -> [UInt8] {
            if case .bytes(let bytes) = response.body { bytes } else { [] }
        }
        let packed = try await ask("/long", "gzip")
        #expect(bytes(packed) == [4, 3, 2, 1])
        #expect(packed.headerFields[.contentEncoding] == "gzip")
        #expect(packed.headerFields[.eTag] == "\"a-gzip\"")
        #expect(packed.headerFields[.vary] == "Cookie, Accept-Encoding")
        let plain = try await ask("/long", "br")
        #expect(bytes(plain) == [1, 2, 3, 4])
        #expect(plain.headerFields[.eTag] == "\"a\"")
        #expect(plain.headerFields[.vary] == "Cookie, Accept-Encoding")
        for target in ["/short", "/image", "/error"] { #expect(try await ask(target, "gzip").headerFields[.contentEncoding] == nil) }
    }

    @Test("the fallback is called last")
    func fallback() async throws {
        var router = Router()
        router.add(.get, "/a") { _, _ in .text("route") }
        router.fallback = { request in request.path == "/b" ? .text("fallback") : nil }
        #expect(await router.respond(to: try Request(target: "/b")).status == .ok)
        #expect(await router.respond(to: try Request(target: "/c")).status == .notFound)
        #expect(await router.respond(to: try Request(method: .post, target: "/a")).status == .methodNotAllowed)
    }
}
