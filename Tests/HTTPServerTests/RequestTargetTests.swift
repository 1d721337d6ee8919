import HTTPTypes
import Testing

@testable import HTTPServer

@Suite("Targets, paths, and queries")
struct RequestTargetTests {
    private func target(_ text: String) throws(RequestFault) -> RequestTarget {
        try RequestTarget(Array(text.utf8).span, method: .get)
    }

    @Test(
        "decodes paths once",
        arguments: [
            ("/", "/", []), ("/a", "/a", ["a"]), ("/a/b", "/a/b", ["a", "b"]), ("/a/", "/a/", ["a", ""]), ("//a", "//a", ["", "a"]),
            ("/a%20b", "/a b", ["a b"]), ("/%41%62", "/Ab", ["Ab"]), ("/%C3%A9", "/é", ["é"]), ("/%2541", "/%41", ["%41"]),
            ("/a+b", "/a+b", ["a+b"]), ("/...", "/...", ["..."]), ("/.a", "/.a", [".a"]), ("/a;b=c", "/a;b=c", ["a;b=c"]),
            ("/a?b/../c", "/a", ["a"]), ("/?", "/", []), ("/%3F", "/?", ["?"]), ("/%23", "/#", ["#"]),
        ] as [(String, String, [String])])
    func paths(_ row: (text: String, path: String, segments: [String])) throws {
        let target = try target(row.text)
        #expect(target.path == row.path)
        #expect(target.segments == row.segments)
        #expect(target.raw == row.text)
    }

    @Test(
        "refuses paths that could be read in two ways",
        arguments: [
            "/.", "/..", "/a/..", "/a/../b", "/./a", "/%2e", "/%2E%2e/etc", "/a/%2e.", "/.%2e", "/a%2fb", "/a%2Fb", "/a%5cb", "/a\\b",
            "/..\\a", "/%00", "/a%00.html", "/%0a", "/%0d%0a", "/%7f", "/%", "/%4", "/%zz", "/%4g", "/a%", "/%C3", "/%FF", "/%c0%ae%c0%ae",
            "/%e0%80%af", "/%ED%A0%80",
        ])
    func badPaths(_ text: String) {
        #expect(throws: RequestFault.malformedPath) { try target(text) }
    }

    @Test(
        "decodes queries in order",
        arguments: [
            ("a=1&b=2", [("a", "1"), ("b", "2")]), ("a=1&a=2", [("a", "1"), ("a", "2")]), ("a", [("a", "")]), ("a=", [("a", "")]),
            ("=a", [("", "a")]), ("a=b=c", [("a", "b=c")]), ("&&a=1&", [("a", "1")]), ("a+b=c+d", [("a b", "c d")]),
            ("a%26b=%3D", [("a&b", "=")]), ("%C3%A9=%F0%9F%98%80", [("é", "😀")]), ("a=%2541", [("a", "%41")]), ("a=%0A", [("a", "\n")]),
            ("a=%2B", [("a", "+")]), ("a=..%2F", [("a", "../")]), ("", []), ("a\\b", [("a\\b", "")]),
        ] as [(String, [(String, String)])])
    func queries(_ row: (text: String, items: [(String, String)])) throws {
        let query = try target("/?" + row.text).query
        #expect(query.items == row.items.map { Query.Item(name: $0.0, value: $0.1) })
        #expect(Query(decoding: Array(row.text.utf8)) == query)
    }

    @Test("rejects queries that are not text", arguments: ["a=%", "a=%4", "%zz", "a=%00", "a=%FF", "%C3=a", "a=%ED%A0%80"])
    func badQueries(_ text: String) {
        #expect(throws: RequestFault.malformedQuery) { try target("/?" + text) }
        #expect(Query(decoding: Array(text.utf8)) == nil)
    }

    @Test("finds values by name")
    func lookUp() {
        let query = Query([.init(name: "a", value: "1"), .init(name: "b", value: "2"), .init(name: "a", value: "3")])
        #expect(query.first("a") == "1")
        #expect(query.all("a") == ["1", "3"])
        #expect(query.first("c") == nil)
        #expect(query.all("c").isEmpty)
    }

    @Test("a form may contain bytes that a target may not, but only encoded")
    func forms() {
        #expect(Query(decoding: Array("a=é".utf8)) == nil)
        #expect(Query(decoding: Array("a b=c".utf8)) == nil)
    }

    @Test("the host of an authority", arguments: [("Example.ORG:80", "example.org"), ("a", "a"), ("[::1]:80", "[::1]"), ("[FE80::1]", "[fe80::1]"), ("", "")])
    func hosts(_ row: (authority: String, host: String)) {
        #expect(Authority.host(of: row.authority) == row.host)
    }

    @Test("allowed hosts")
    func allowedHosts() {
        let hosts = AllowedHosts.only(["Localhost", "127.0.0.1", "[::1]", "*.lab.example"]).normalized
        for host in ["localhost", "127.0.0.1", "[::1]", "a.lab.example"] { #expect(hosts.allows(host), "\(host)") }
        for host in ["evil.example", "lab.example", "a.b.lab.example", "localhost.evil.example", "", "xlab.example"] {
            #expect(!hosts.allows(host), "\(host)")
        }
        #expect(AllowedHosts.any.allows("anything"))
    }

    @Test("a request created in code obeys the same rules")
    func byHand() throws {
        let request = try Request(target: "/a/b%20c?d=e", headerFields: [.cookie: "x=1; session=abc=; y"])
        #expect(request.pathSegments == ["a", "b c"])
        #expect(request.query.first("d") == "e")
        #expect(request.cookie("session") == "abc=")
        #expect(request.cookie("x") == "1")
        #expect(request.cookie("y") == nil)
        #expect(request.cookie("sess") == nil)
        #expect(throws: ServerError.self) { try Request(target: "/..") }
    }
}
