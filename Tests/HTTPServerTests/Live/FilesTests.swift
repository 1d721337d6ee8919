import Foundation
import Glibc
import HTTPTypes
import Synchronization
import Testing

@testable import HTTPServer

extension LiveTests {
    @Suite("Files over a socket")
    struct FilesTests {
        /// A folder with files, links out of it, and a server on it.
        private func withSite(_ body: (Client, String) async throws -> Void) async throws {
            try await withFolder { root in
                let site = root + "/site"
                try FileManager.default.createDirectory(atPath: site + "/sub", withIntermediateDirectories: true)
                try Data(TestSite.pattern(300_000)).write(to: URL(fileURLWithPath: site + "/large.bin"))
                try Data("0123456789".utf8).write(to: URL(fileURLWithPath: site + "/ten.txt"))
                try Data("".utf8).write(to: URL(fileURLWithPath: site + "/empty.txt"))
                try Data("<p>".utf8).write(to: URL(fileURLWithPath: site + "/index.html"))
                try Data("<q>".utf8).write(to: URL(fileURLWithPath: site + "/sub/index.html"))
                try Data("let a".utf8).write(to: URL(fileURLWithPath: site + "/a.js"))
                try Data("packed".utf8).write(to: URL(fileURLWithPath: site + "/a.js.gz"))
                try Data("hidden".utf8).write(to: URL(fileURLWithPath: site + "/.hidden"))
                try Data("hidden".utf8).write(to: URL(fileURLWithPath: site + "/.\u{301}hidden"))
            try Data("secret".utf8).write(to: URL(fileURLWithPath: root + "/secret.txt"))
                try FileManager.default.createSymbolicLink(atPath: site + "/link.txt", withDestinationPath: "../secret.txt")
                try FileManager.default.createSymbolicLink(atPath: site + "/up", withDestinationPath: "..")
                #expect(unsafe mkfifo(site + "/pipe", 0o600) == 0)
                let files = try StaticFiles(folder: site, cacheControl: { $0.hasSuffix(".js") ? "max-age=60" : "no-cache" })
                var router = Router()
                router.addImmediate(.get, "/f/{path...}") { request, _ in
                    guard let response = files.response(to: request, segments: request.pathSegments.dropFirst()) else {
                        throw ServerError(.notFound, code: "not-found", "There is no such file.")
                    }
                    return response
                }
                router.add(.get, "/archive") { _, _ in
                    .file(FileBody(path: site + "/ten.txt", contentType: "application/zip", entityTag: EntityTag("d1"), downloadName: "a.npz"))
                }
                router.add(.get, "/gone") { _, _ in .file(FileBody(path: site + "/gone")) }
                router.add(.get, "/folder") { _, _ in .file(FileBody(path: site)) }
                try await withServer(handler: router) { port in try await body(try Client(port: port), site) }
            }
        }

        private func get(_ path: String, _ fields: String = "") -> String { "GET \(path) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n" }

        @Test("a file has a single URL, without a trailing slash")
        func slash() async throws {
            try await withSite { client, _ in
                for (path, status) in [("a.js", 200), ("a.js/", 404), ("ten.txt/", 404), ("sub", 200), ("sub/", 200), ("", 200), ("sub/index.html/", 404)] {
                    let answer = try await client.ask(get("/f/" + path))
                    #expect(answer.status == status, "\(path)")
                }
            }
        }

        @Test("whole files (large, small, and empty) with their header fields")
        func whole() async throws {
            try await withSite { client, _ in
                let large = try await client.ask(get("/f/large.bin"))
                #expect(large.body == TestSite.pattern(300_000))
                #expect(large["Accept-Ranges"] == "bytes")
                #expect(large["Content-Type"] == "application/octet-stream")
                let small = try await client.ask(get("/f/ten.txt"))
                #expect(small.text == "0123456789")
                #expect(small["Content-Type"] == "text/plain; charset=utf-8")
                #expect(small["Cache-Control"] == "no-cache")
                #expect(small["Last-Modified"]?.hasSuffix(" GMT") == true)
                #expect(try await client.ask(get("/f/empty.txt"))["Content-Length"] == "0")
                #expect(try await client.ask(get("/f/")).text == "<p>")
                #expect(try await client.ask(get("/f")).text == "<p>")
                #expect(try await client.ask(get("/f/sub/")).text == "<q>")
                let head = try await client.ask("HEAD /f/large.bin HTTP/1.1\r\nHost: a\r\n\r\n", toHead: true)
                #expect(head["Content-Length"] == "300000")
                #expect(try await client.ask(get("/f/ten.txt")).status == 200)
            }
        }

        @Test("one range")
        func range() async throws {
            try await withSite { client, _ in
                let part = try await client.ask(get("/f/large.bin", "Range: bytes=1000-250999\r\n"))
                #expect(part.status == 206)
                #expect(part["Content-Range"] == "bytes 1000-250999/300000")
                #expect(part.body == Array(TestSite.pattern(300_000)[1000..<251_000]))
                let end = try await client.ask(get("/f/ten.txt", "Range: bytes=-3\r\n"))
                #expect(end.text == "789")
                #expect(end["Content-Range"] == "bytes 7-9/10")
                let none = try await client.ask(get("/f/ten.txt", "Range: bytes=10-\r\n"))
                #expect(none.status == 416)
                #expect(none["Content-Range"] == "bytes */10")
                #expect(none["Content-Type"] == "application/problem+json")
                #expect(none.text.contains("range-not-satisfiable"))
                #expect(try await client.ask(get("/f/empty.txt", "Range: bytes=0-\r\n")).status == 416)
                #expect(try await client.ask(get("/f/ten.txt", "Range: bytes=x\r\n")).text == "0123456789")
            }
        }

        @Test("several ranges")
        func ranges() async throws {
            try await withSite { client, _ in
                let answer = try await client.ask(get("/f/ten.txt", "Range: bytes=0-1,5-5,-2\r\n"))
                #expect(answer.status == 206)
                let type = try #require(answer["Content-Type"])
                let boundary = type.split(separator: "boundary=")[1]
                let part = { (range: String, text: String) in
                    "\r\n--\(boundary)\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes \(range)/10\r\n\r\n\(text)"
                }
                #expect(answer.text == part("0-1", "01") + part("5-5", "5") + part("8-9", "89") + "\r\n--\(boundary)--\r\n")
                let large = try await client.ask(get("/f/large.bin", "Range: bytes=0-99999,200000-299999\r\n"))
                #expect(large.body.count > 200_000 && large.body.count < 201_000)
            }
        }

        @Test("conditions")
        func conditions() async throws {
            try await withSite { client, site in
                let first = try await client.ask(get("/f/ten.txt"))
                let tag = try #require(first["ETag"])
                let date = try #require(first["Last-Modified"])
                let same = try await client.ask(get("/f/ten.txt", "If-None-Match: \(tag)\r\n"))
                #expect(same.status == 304)
                #expect(same["ETag"] == tag)
                #expect(same["Content-Length"] == nil)
                #expect(try await client.ask(get("/f/ten.txt", "If-Modified-Since: \(date)\r\n")).status == 304)
                #expect(try await client.ask(get("/f/ten.txt", "If-Match: \"x\"\r\n")).status == 412)
                #expect(try await client.ask(get("/f/ten.txt", "Range: bytes=1-1\r\nIf-Range: \(tag)\r\n")).text == "1")
                #expect(try await client.ask(get("/f/ten.txt", "Range: bytes=1-1\r\nIf-Range: \"x\"\r\n")).text == "0123456789")
                try Data("9876543210".utf8).write(to: URL(fileURLWithPath: site + "/ten.txt"))
                let changed = try await client.ask(get("/f/ten.txt", "If-None-Match: \(tag)\r\n"))
                #expect(changed.status == 200)
                #expect(changed["ETag"] != tag)
            }
        }

        @Test("compressed files are sent to clients that accept them")
        func packed() async throws {
            try await withSite { client, _ in
                let plain = try await client.ask(get("/f/a.js"))
                #expect(plain.text == "let a")
                #expect(plain["Vary"] == "Accept-Encoding")
                #expect(plain["Content-Encoding"] == nil)
                let packed = try await client.ask(get("/f/a.js", "Accept-Encoding: gzip, br\r\n"))
                #expect(packed.text == "packed")
                #expect(packed["Content-Encoding"] == "gzip")
                #expect(packed["Content-Type"] == "text/javascript; charset=utf-8")
                #expect(packed["Cache-Control"] == "max-age=60")
                #expect(packed["ETag"] != plain["ETag"])
            }
        }

        @Test("text without a compressed file is compressed once, until it changes")
        func packing() async throws {
            try await withFolder { site in
                try Data(String(repeating: "let b;", count: 500).utf8).write(to: URL(fileURLWithPath: site + "/b.js"))
                try Data(String(repeating: "x", count: 3000).utf8).write(to: URL(fileURLWithPath: site + "/b.png"))
                try Data("let c".utf8).write(to: URL(fileURLWithPath: site + "/small.js"))
                let calls = Mutex(0)
                let pack: @Sendable ([UInt8]) -> [UInt8] = { bytes in
                    calls.withLock { $0 += 1 }
                    return Array("gz".utf8) + bytes.prefix(6)
                }
                let files = try StaticFiles(folder: site, pack: pack)
                var router = Router()
                router.add(.get, "/{path...}") { request, _ in
                    guard let response = files.response(to: request) else { throw ServerError(.notFound, code: "not-found", "No.") }
                    return response
                }
                try await withServer(handler: router) { port in
                    let client = try Client(port: port)
                    let plain = try await client.ask(get("/b.js", "Accept-Encoding: gzip;q=0\r\n"))
                    #expect(plain.body.count == 3000 && plain["Vary"] == "Accept-Encoding" && plain["Content-Encoding"] == nil)
                    for _ in 0..<3 {
                        let packed = try await client.ask(get("/b.js", "Accept-Encoding: gzip\r\n"))
                        #expect(packed.text == "gzlet b;" && packed["Content-Encoding"] == "gzip" && packed["Content-Type"] == "text/javascript; charset=utf-8")
                        #expect(packed["ETag"] != plain["ETag"] && packed["Vary"] == "Accept-Encoding" && packed["Last-Modified"] == plain["Last-Modified"])
                        let tag = try #require(packed["ETag"])
                        #expect(try await client.ask(get("/b.js", "Accept-Encoding: gzip\r\nIf-None-Match: \(tag)\r\n")).status == 304)
                        #expect(try await client.ask(get("/b.js", "If-None-Match: \(tag)\r\n")).status == 200)
                    }
                    #expect(calls.withLock { $0 } == 1)
                    let head = try await client.ask("HEAD /b.js HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n", toHead: true)
                    #expect(head["Content-Length"] == "8" && head["Content-Encoding"] == "gzip")
                    // A range refers to the file on disk, unless the client accepts the compressed one.
                    #expect(try await client.ask(get("/b.js", "Range: bytes=0-2\r\n")).text == "let")
                    for path in ["/b.png", "/small.js"] {
                        #expect(try await client.ask(get(path, "Accept-Encoding: gzip\r\n"))["Content-Encoding"] == nil, "\(path)")
                    }
                    try Data(String(repeating: "LET B;", count: 500).utf8).write(to: URL(fileURLWithPath: site + "/b.js"))
                    #expect(try await client.ask(get("/b.js", "Accept-Encoding: gzip\r\n")).text == "gzLET B;")
                }
            }
        }

        @Test("a modification time in the future is not sent")
        func future() async throws {
            try await withSite { client, site in
                try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: 86_400)], ofItemAtPath: site + "/ten.txt")
                let answer = try await client.ask(get("/f/ten.txt"))
                let (modified, date) = (HTTPDate(parsing: answer["Last-Modified"] ?? ""), HTTPDate(parsing: answer["Date"] ?? ""))
                // The loop reads its clock once per round.
                #expect(try #require(modified).secondsSince1970 <= (try #require(date)).secondsSince1970 + 1)
            }
        }

        @Test("nothing leads out of the folder")
        func escapes() async throws {
            let missing = [
                "/f/link.txt", "/f/up/secret.txt", "/f/up", "/f/.hidden", "/f/.%CC%81hidden", "/f/pipe", "/f/none", "/f/sub/none", "/f/ten.txt/x", "/f//ten.txt", "/f/site",
                "/f/~", "/gone", "/folder",
            ]
            // Paths with dot segments or encoded slashes do not reach the files at all.
            let refused = [
                "/f/../secret.txt", "/f/%2e%2e/secret.txt", "/f/..%2fsecret.txt", "/f/sub/../../secret.txt", "/f/ten.txt%00", "/f/..%5csecret.txt",
            ]
            try await withSite { client, site in
                for path in missing { #expect(try await client.ask(get(path)).status == 404, "\(path)") }
                for path in refused {
                    let other = try Client(port: client.port)
                    #expect(try await other.ask(get(path)).status == 400, "\(path)")
                }
            }
        }

        @Test("a file with a custom tag and name")
        func named() async throws {
            try await withSite { client, _ in
                let answer = try await client.ask(get("/archive"))
                #expect(answer["ETag"] == "\"d1\"")
                #expect(answer["Content-Type"] == "application/zip")
                #expect(answer["Content-Disposition"] == "attachment; filename=\"a.npz\"; filename*=UTF-8''a.npz")
                #expect(try await client.ask(get("/archive", "If-None-Match: \"d1\"\r\n")).status == 304)
            }
        }

        @Test("only GET and HEAD are served")
        func methods() async throws {
            try await withSite { client, _ in
                let answer = try await client.ask("POST /f/ten.txt HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(answer.status == 405)
            }
        }
    }
}
