import Canonical
import Catalog
import Foundation
import HTTPServer
import Logging
import TestSupport
import Testing

@testable import Execution
@testable import Server
@testable import Storage

/// A complete server on its own port, requested with curl.
@Suite("A server on a socket", .serialized)
struct ServerTests {
    private func start(_ fixture: WorkbenchFixture, publicFolder: String? = nil) async throws -> FidelioServer {
        try await FidelioServer.start(
            ServerSettings(
                storage: fixture.storage, port: 0, publicFolder: publicFolder, executable: fixture.worker,
                workbench: WorkbenchSettings(cores: 2, pollInterval: .milliseconds(20)), models: APIFixture.models),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// On a separate thread: the server answers from the pool that waiting here would block.
    private func curl(_ arguments: String...) async throws -> String {
        try await Tool.finish("curl", ["-sS", "--max-time", "60"] + arguments).output
    }

    @Test func aBrowsersWayIn() async throws {
        let fixture = try WorkbenchFixture()
        let page = try TemporaryFolder("page")
        try page.write(Array("<h1>Hello</h1>".utf8), as: "index.html")
        let server = try await start(fixture, publicFolder: page.path)
        let jar = page.path("cookies")
        let link = try await server.makeLink()
        let output = try await curl("-i", "-L", "-c", jar, "-b", jar, link)
        #expect(output.contains("303 See Other") && output.contains("<h1>Hello</h1>"))
        for field in ["content-security-policy: default-src 'none'", "x-content-type-options: nosniff", "referrer-policy: no-referrer"] {
            #expect(output.lowercased().contains(field), "\(field)")
        }
        #expect(try await curl("-o", "/dev/null", "-w", "%{http_code}", server.url + "/").hasSuffix("401"))
        #expect(try await curl("-b", jar, "-o", "/dev/null", "-w", "%{http_code}", server.url + "/index.html").hasSuffix("200"))
        #expect(try await curl("-b", jar, "-o", "/dev/null", "-w", "%{http_code}", server.url + "/none.js").hasSuffix("404"))
        // The views of the page have their own URLs.
        #expect(try await curl("-b", jar, server.url + "/runs/3f9c-1").contains("<h1>Hello</h1>"))
        #expect(try await curl("-b", jar, "-o", "/dev/null", "-w", "%{http_code}", server.url + "/api/v1/none").hasSuffix("404"))
        #expect(try await curl("-b", jar, "-H", "Host: evil.example", "-o", "/dev/null", "-w", "%{http_code}", server.url + "/").hasSuffix("421"))
        #expect(try await curl("-o", "/dev/null", "-w", "%{http_code}", server.url + "/healthz").hasSuffix("200"))
        await server.stop()
    }

    /// The document names its files below a digest, under which a browser keeps them; another digest has the same files, to be revalidated.
    @Test func thePagesFilesAreNamedByDigest() async throws {
        let fixture = try WorkbenchFixture()
        let page = try TemporaryFolder("page")
        try page.write(Array(#"<a href="/runs"></a><link href="/app.css"><script src="/js/a.js"></script>"#.utf8), as: "index.html")
        try page.write(Array("p { margin: 0 }".utf8), as: "app.css")
        let server = try await start(fixture, publicFolder: page.path)
        let jar = page.path(".cookies")
        _ = try await curl("-o", "/dev/null", "-c", jar, try await server.makeLink())
        func digest() async throws -> String {
            let document = try await curl("-b", jar, server.url + "/runs/5f0c-1")
            #expect(document.contains(#"<a href="/runs">"#))
            let named = try #require(document.firstMatch(of: #/<link href="/v/([0-9a-f]{12})/app.css"><script src="/v/([0-9a-f]{12})/js/a.js">/#))
            #expect(named.1 == named.2)
            return String(named.1)
        }
        let first = try await digest()
        let kept = try await curl("-b", jar, "-i", "\(server.url)/v/\(first)/app.css")
        #expect(kept.contains("Cache-Control: private, max-age=31536000, immutable") && kept.hasSuffix("p { margin: 0 }"), "\(kept)")
        for path in ["/v/000000000000/app.css", "/app.css", "/"] {
            #expect(try await curl("-b", jar, "-i", server.url + path).contains("Cache-Control: no-cache"), "\(path)")
        }
        #expect(try await curl("-b", jar, "-o", "/dev/null", "-w", "%{http_code}", "\(server.url)/v/\(first)/none.js").hasSuffix("404"))
        #expect(try await curl("-b", jar, "-i", "-X", "POST", "-H", "Sec-Fetch-Site: same-origin", "\(server.url)/v/\(first)/app.css").contains("Allow: GET, HEAD, OPTIONS"))
        #expect(try await curl("-o", "/dev/null", "-w", "%{http_code}", "\(server.url)/v/\(first)/app.css").hasSuffix("401"))
        try page.write(Array("p { margin: 1px }".utf8), as: "app.css")
        #expect(try await digest() != first)
        await server.stop()
    }

    /// Below the digest the modules that the document names are one file, which the others import in their place; under their own names all are as they are.
    @Test func theModulesOfEveryPageAreJoined() async throws {
        let fixture = try WorkbenchFixture()
        let page = try TemporaryFolder("page")
        try page.write(
            Array("<link rel=\"modulepreload\" href=\"/js/one.js\">\n<link rel=\"modulepreload\" href=\"/js/in/two.js\">\n<script type=\"module\" src=\"/js/app.js\"></script>".utf8),
            as: "index.html")
        let texts = [
            "js/one.js": "export const one = 1;\n", "js/in/two.js": "import { one } from \"../one.js\";\n\nexport const two = one + 1;\nexport const later = () => import(\"../pages/a.js\");\n",
            "js/app.js": "import { two } from \"./in/two.js\";\nimport { b } from \"./pages/b.js\";\n\nexport const three = two + b;\n",
            "js/pages/a.js": "import { one } from \"../one.js\";\nimport { b } from \"./b.js\";\nconst app = await import(\"../app.js\");\n", "js/pages/b.js": "export const b = 0;\n",
        ]
        for folder in ["js", "js/in", "js/pages"] { try FileSystem.makeFolder(page.path(folder)) }
        for (path, text) in texts { try page.write(Array(text.utf8), as: path) }
        let server = try await start(fixture, publicFolder: page.path)
        let jar = page.path(".cookies")
        _ = try await curl("-o", "/dev/null", "-c", jar, try await server.makeLink())
        let document = try await curl("-b", jar, server.url + "/")
        let named = try #require(document.firstMatch(of: #/^<script type="module" src="(/v/[0-9a-f]{12}/js/)joined\.js"></script>$/#))
        let base = server.url + named.1
        #expect(
            try await curl("-b", jar, base + "joined.js")
                == "export const one = 1;\n\n\nexport const two = one + 1;\nexport const later = () => import(\"./pages/a.js\");\n\nimport { b } from \"./pages/b.js\";\n\nexport const three = two + b;\n")
        #expect(
            try await curl("-b", jar, base + "pages/a.js")
                == "import { one } from \"../joined.js\";\nimport { b } from \"./b.js\";\nconst app = await import(\"../joined.js\");\n")
        let head = try await curl("-b", jar, "-i", "--compressed", base + "joined.js")
        #expect(head.contains("Cache-Control: private, max-age=31536000, immutable") && head.lowercased().contains("content-encoding: gzip") && head.contains("export const one = 1;"), "\(head)")
        #expect(try await curl("-b", jar, server.url + "/js/pages/a.js") == texts["js/pages/a.js"])
        for path in ["/js/joined.js", "\(named.1)none.js"] { #expect(try await curl("-b", jar, "-o", "/dev/null", "-w", "%{http_code}", server.url + path).hasSuffix("404"), "\(path)") }
        #expect(try await curl("-o", "/dev/null", "-w", "%{http_code}", base + "joined.js").hasSuffix("401"))
        await server.stop()
    }

    /// The page's files are compressed for clients that accept it, and answer other methods with the allowed ones.
    @Test func thePagesFiles() async throws {
        let fixture = try WorkbenchFixture()
        let page = try TemporaryFolder("page")
        try page.write(Array("<h1>Hello</h1>".utf8), as: "index.html")
        let style = Array(String(repeating: "p { margin: 0 }\n", count: 400).utf8)
        try page.write(style, as: "app.css")
        let server = try await start(fixture, publicFolder: page.path)
        let jar = page.path("cookies")
        _ = try await curl("-o", "/dev/null", "-c", jar, try await server.makeLink())
        let packed = try await curl("-b", jar, "--compressed", "-D", page.path("head"), server.url + "/app.css")
        #expect(packed.hasSuffix(String(decoding: style, as: UTF8.self)))
        let head = try String(contentsOfFile: page.path("head"), encoding: .utf8).lowercased()
        #expect(head.contains("content-encoding: gzip") && head.contains("vary: accept-encoding"))
        for (method, path, status, allow) in [
            ("OPTIONS", "/app.css", 204, "GET, HEAD, OPTIONS"), ("POST", "/app.css", 405, "GET, HEAD, OPTIONS"), ("PUT", "/runs", 405, "GET, HEAD, OPTIONS"),
            ("OPTIONS", "/sign-in", 204, "GET, HEAD, OPTIONS, POST"), ("DELETE", "/none.js", 404, ""),
        ] {
            let output = try await curl("-b", jar, "-i", "-X", method, "-H", "Sec-Fetch-Site: same-origin", server.url + path)
            #expect(output.contains("HTTP/1.1 \(status) ") && (allow.isEmpty || output.contains("Allow: \(allow)\r\n")), "\(method) \(path): \(output)")
        }
        await server.stop()
    }

    @Test func commandsFindTheServer() async throws {
        let fixture = try WorkbenchFixture()
        #expect(ServerFile.live(in: fixture.storage) == nil)
        let server = try await start(fixture)
        let file = try #require(ServerFile.live(in: fixture.storage))
        #expect(file.url == server.url)
        #expect(try FileManager.default.attributesOfItem(atPath: fixture.storage.serverFile)[.posixPermissions] as? Int == 0o600)
        let status = try await curl("-H", "Authorization: Bearer \(file.token)", server.url + "/api/v1/status")
        #expect(try JSONValue(parsing: status)["version"]?.stringValue == Version.program)
        // A second server on the same storage is rejected, and the first one continues.
        let error = await #expect(throws: StorageError.self) { try await start(fixture) }
        #expect("\(error!)".contains("in use by process"))
        #expect(ServerFile.live(in: fixture.storage) == file)
        await server.stop()
        #expect(ServerFile.live(in: fixture.storage) == nil)
        let again = try await start(fixture)
        await again.stop()
    }

    /// By number, in brackets or not, and all addresses: the URL says how to get there, and commands do.
    @Test(arguments: [("::1", "[::1]"), ("[::1]", "[::1]"), ("::", "[::1]"), ("127.0.0.1", "127.0.0.1"), ("localhost", "127.0.0.1")])
    func anAddressOfEitherKind(host: String, told: String) async throws {
        let fixture = try WorkbenchFixture()
        var settings = ServerSettings(
            storage: fixture.storage, host: host, port: 0, executable: fixture.worker, workbench: WorkbenchSettings(cores: 2), models: APIFixture.models)
        settings.allowsWithoutMembers = host == "::"
        let server = try await FidelioServer.start(settings, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let file = try #require(ServerFile.live(in: fixture.storage))
        #expect(server.url.hasPrefix("http://\(told):") && file.url == server.url)
        let answer = try await LocalExchange.send(
            "POST", to: file.url, "/api/v1/links", fields: [("Authorization", "Bearer \(file.token)"), ("Content-Type", "application/json")], body: Array("{}".utf8))
        #expect(answer.status == 201)
        let link = try #require(try JSONValue(parsing: answer.body)["url"]?.stringValue)
        #expect(link.hasPrefix(server.url + "/?token="))
        #expect(try await curl("-g", "-o", "/dev/null", "-w", "%{http_code}", link).hasSuffix("303"))
        await server.stop()
        await #expect(throws: LocalExchange.Failure.self) { try await LocalExchange.send("GET", to: file.url, "/healthz", fields: []) }
    }

    @Test func liveEventsArrive() async throws {
        let fixture = try WorkbenchFixture()
        let server = try await start(fixture)
        let file = try #require(ServerFile.live(in: fixture.storage))
        let id = try await server.workbench.submit(WorkbenchFixture.waitingRun(1, steps: 30)).run.id
        let heard = try TemporaryFolder("events")
        let curl = try ChildProcess(
            "curl", ["-sSN", "--max-time", "60", "-H", "Authorization: Bearer \(file.token)", server.url + "/api/v1/events?run=\(id)"],
            output: .file(heard.path("output")))
        try await waitUntil { server.workbench.hub.watcherCount != 0 }
        fixture.release(id)
        var output = ""
        for _ in 0..<3000 where !output.contains("\"state\":\"done\"") {
            try await Task.sleep(for: .milliseconds(10))
            output = String(decoding: try heard.bytes("output"), as: UTF8.self)
        }
        await server.stop()
        // The client ends with the stream.
        #expect(try await curl.end(within: 30) == 0)
        #expect(output.hasPrefix("event: hello\nid: "), "\(output.prefix(100))")
        for name in ["run", "metrics", "evaluation", "samples", "checkpoint"] { #expect(output.contains("event: \(name)\n"), "\(name)") }
        #expect(output.contains("\"state\":\"done\""))
    }

    @Test func theNextPortIsTaken() async throws {
        let (a, b) = (try WorkbenchFixture(), try WorkbenchFixture())
        let first = try await start(a)
        let port = try #require(Int(first.url.split(separator: ":").last ?? ""))
        let second = try await FidelioServer.start(
            ServerSettings(storage: b.storage, port: port, executable: b.worker, models: APIFixture.models),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        #expect(second.url != first.url)
        await second.stop()
        await first.stop()
    }

    @Test func othersReachNobodysServerOnlyWhenToldSo() async throws {
        let fixture = try WorkbenchFixture()
        var settings = ServerSettings(
            storage: fixture.storage, host: "0.0.0.0", port: 0, executable: fixture.worker,
            workbench: WorkbenchSettings(cores: 2, pollInterval: .milliseconds(20)), models: APIFixture.models)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let refused = await #expect(throws: StorageError.self) { try await FidelioServer.start(settings, logger: logger) }
        #expect("\(refused!)".contains("--without-members") && "\(refused!)".contains("no owner who can sign in yet"))
        for host in ["::", "192.0.2.1", "::ffff:0.0.0.0"] {
            settings.host = host
            await #expect(throws: StorageError.noMembers(host: host)) { try await FidelioServer.start(settings, logger: logger) }
        }
        // With an owner who can sign in, the server has a responsible user.
        let catalog = try Catalog.openForWriting(at: fixture.storage.catalog)
        try catalog.writeNow { try $0.insert(Member(id: "a", name: "ada", role: .editor, password: "x", created: 1)) }
        settings.host = "0.0.0.0"
        try catalog.close()
        await #expect(throws: StorageError.self) { try await FidelioServer.start(settings, logger: logger) }
        let again = try Catalog.openForWriting(at: fixture.storage.catalog)
        try again.writeNow { try $0.insert(Member(id: "b", name: "bob", role: .owner, password: "x", created: 1)) }
        try again.close()
        let server = try await FidelioServer.start(settings, logger: logger)
        await server.stop()
        let fresh = try WorkbenchFixture()
        settings.storage = fresh.storage
        settings.allowsWithoutMembers = true
        let open = try await FidelioServer.start(settings, logger: logger)
        await open.stop()
        // On loopback the option would have no effect.
        for host in ["127.0.0.1", "localhost", "::1", "[::1]"] {
            settings.host = host
            let needless = await #expect(throws: StorageError.self) { try await FidelioServer.start(settings, logger: logger) }
            #expect("\(needless!)".contains("--without-members has no effect"), "\(host)")
        }
        settings.host = "0.0.0.0"
        settings.trustedProxies = ["nonsense"]
        await #expect(throws: StorageError.badProxy(["nonsense"])) { try await FidelioServer.start(settings, logger: logger) }
        for host in ["256.1.1.1", "127.0.0.1:8642", "[::1]:8642", "example.org", "", "[::1"] {
            settings.host = host
            await #expect(throws: StorageError.badHost(host)) { try await FidelioServer.start(settings, logger: logger) }
        }
    }

    @Test func noSecretIsLogged() async throws {
        let fixture = try WorkbenchFixture()
        let log = LogCatcher()
        let server = try await FidelioServer.start(
            ServerSettings(
                storage: fixture.storage, port: 0, executable: fixture.worker,
                workbench: WorkbenchSettings(cores: 2, pollInterval: .milliseconds(20)), models: APIFixture.models),
            logger: log.logger)
        let link = try await server.makeLink()
        let file = try #require(ServerFile.live(in: fixture.storage))
        let bearer = "Authorization: Bearer \(file.token)"
        let entered = try await curl("-i", link)
        let cookie = try #require(entered.split(whereSeparator: \.isNewline).first { $0.lowercased().hasPrefix("set-cookie:") }?.split(separator: "=")[1].prefix { $0 != ";" })
        let made = try JSONValue(parsing: try await curl("-H", bearer, "-H", "Content-Type: application/json", "-d", #"{"name":"ada","role":"owner"}"#, server.url + "/api/v1/members"))
        let invitation = try #require(made["path"]?.stringValue).dropFirst("/?token=".count)
        let password = "correct horse battery"
        _ = try await curl("-H", bearer, "-X", "PATCH", "-H", "Content-Type: application/json", "-d", #"{"password":"\#(password)"}"#, server.url + "/api/v1/members/ada")
        _ = try await curl("-H", "Sec-Fetch-Site: same-origin", "--data-urlencode", "name=ada", "--data-urlencode", "password=\(password)", server.url + "/sign-in")
        _ = try await curl("-H", "Sec-Fetch-Site: same-origin", "--data-urlencode", "name=ada", "--data-urlencode", "password=wrong \(password)", server.url + "/sign-in")
        _ = try await curl(server.url + "/?token=\(invitation)")
        _ = try await curl("-H", "Sec-Fetch-Site: same-origin", "-d", "token=\(invitation)", server.url + "/join")
        let run = try await server.workbench.submit(WorkbenchFixture.newRun(3)).run.id
        let shared = try JSONValue(parsing: try await curl("-H", bearer, "-H", "Content-Type: application/json", "-d", #"{"kind":"run","id":"\#(run)"}"#, server.url + "/api/v1/shares"))
        let share = try #require(shared["path"]?.stringValue).dropFirst("/?share=".count)
        _ = try await curl(server.url + "/?share=\(share)")
        _ = try await curl("-b", "fidelio=\(cookie)", server.url + "/?token=\(cookie)")
        let audit = try await curl("-H", bearer, server.url + "/api/v1/audit?limit=500")
        await server.stop()
        let text = log.text
        #expect(audit.contains("ada"), "\(audit)")
        for (name, secret) in [
            ("link", link.suffix(43)), ("local token", Substring(file.token)), ("cookie", cookie), ("invitation", invitation),
            ("password", Substring(password)), ("share", share),
        ] {
            #expect(secret.count >= 20, "\(name)")
            #expect(!text.contains(secret), "the log holds the \(name)")
            #expect(!audit.contains(secret), "the audit log holds the \(name)")
            // Nor does the database: it stores only hashes.
            for file in ["fidelio.sqlite", "fidelio.sqlite-wal"] {
                guard let bytes = FileManager.default.contents(atPath: fixture.storage.root + "/" + file) else { continue }
                #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(file) holds the \(name)")
            }
        }
        #expect(audit.contains("sign-in-refused"))
    }
}
