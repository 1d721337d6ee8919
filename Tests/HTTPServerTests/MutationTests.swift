import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import HTTPServer

/// Randomly mutated good and bad examples. Every round must end in a value or an error, and satisfy the invariants
/// of all inputs. Rounds are the same in each run; with `FIDELIO_LONG_TESTS` there are more of them.
@Suite("Random mutations")
struct MutationTests {
    private static let isLong = ProcessInfo.processInfo.environment["FIDELIO_LONG_TESTS"] != nil

    /// Runs `body` on mutated examples for a number of rounds, within a time limit.
    private func rounds(_ count: Int, seed: UInt64, from examples: [String], _ body: ([UInt8], inout Mutator) -> Void) async {
        var mutator = Mutator(seed: seed)
        var pool = examples.map { Array($0.utf8) }
        let clock = ContinuousClock()
        var end = clock.now + .seconds(Self.isLong ? 60 : 5)
        for round in 0..<(Self.isLong ? count * 100 : count) {
            if round % 64 == 0 { end += await othersTurn() }
            if round % 64 == 0, clock.now > end { return }
            let place = mutator.below(pool.count)
            var bytes = pool[place]
            mutator.mutate(&bytes, with: pool[mutator.below(pool.count)])
            body(bytes, &mutator)
            // Mutations accumulate on some of the examples.
            if mutator.below(16) == 0 { pool[place] = bytes }
            if mutator.below(8) == 0 { pool[place] = Array(examples[place].utf8) }
        }
    }

    @Test("the parser's result does not depend on how the input is divided, and invalid requests are rejected")
    func parser() async {
        let examples = (RequestParserTests.good + RequestParserTests.good + RequestParserTests.bad).map(\.text)
        var complete = 0
        await rounds(4000, seed: 1, from: examples) { bytes, mutator in
            let whole = ParsedRequests(bytes)
            let cut = ParsedRequests(bytes, pieces: (0..<8).map { _ in 1 + mutator.below(40) })
            if whole != cut { Issue.record("\(bytes) is read in two ways: \(whole) and \(cut)") }
            complete += whole.items.count
            for item in whole.items { check(item, bytes) }
        }
        #expect(complete > 100, "too few of the changed requests were read at all")
    }

    private func check(_ item: ParsedRequests.Item, _ bytes: [UInt8]) {
        let segments = item.path.split(separator: "/", omittingEmptySubsequences: false)
        let hosts = item.fields.count { $0.hasPrefix("host: ") }
        let framings = item.fields.count { $0.hasPrefix("content-length:") || $0.hasPrefix("transfer-encoding:") }
        let hasControls = (item.fields + [item.path]).contains { $0.unicodeScalars.contains { $0.value < 0x20 && $0 != "\t" || $0.value == 0x7F } }
        if segments.contains("..") || segments.contains(".") || hosts > 1 || framings > 1 || hasControls || item.body.utf8.count > bytes.count * 3 {
            Issue.record("\(bytes) is read as \(item)")
        }
    }

    @Test("targets and queries end in a value or an error")
    func targets() async {
        let examples = [
            "/a/b%20c/..%2e?x=1&y=%C3%A9", "http://a:80/b?c#d", "/%2e%2e/%00/a+b", "a=1&b=2&&c=%zz", "*", "/a;b=c/?q=a+b%2B", "//x//", "/%ED%A0%80",
        ]
        await rounds(6000, seed: 2, from: examples) { bytes, _ in
            _ = Query(decoding: bytes)
            guard let target = try? RequestTarget(bytes.span, method: .get) else { return }
            let isSafe = target.path.utf8.first == UInt8(ascii: "/") && !target.segments.contains("..") && !target.segments.contains(".")
                && target.segments.allSatisfy { !$0.utf8.contains(0) && !$0.utf8.contains(UInt8(ascii: "\\")) }
                && target.segments.joined(separator: "/").utf8.count <= bytes.count
            if !isSafe { Issue.record("\(bytes) is read as \(target)") }
        }
    }

    @Test("a query is decoded like a form, and round-trips")
    func forms() async {
        let examples = ["name=a&password=b+c%21&next=%2Fruns%3Fa%3Db", "a=1&a=2&&=&b", "a=%C3%A9+%F0%9F%9C%81", "a=%00", "a=%zz", "%C3=%A9"]
        var read = 0
        await rounds(6000, seed: 5, from: examples) { bytes, _ in
            let form = Query(decoding: bytes)
            if let target = try? RequestTarget((Array("/?".utf8) + bytes).span, method: .get), target.query != form { Issue.record("\(bytes) is read in two ways") }
            guard let form else { return }
            read += 1
            let text = form.items.map { "\(written($0.name))=\(written($0.value))" }.joined(separator: "&")
            let isKept = Query(decoding: Array(text.utf8)) == form && form.items.allSatisfy { form.first($0.name) == form.all($0.name).first && !"\($0)".utf8.contains(0) }
            if !isKept { Issue.record("\(bytes) is read as \(form)") }
        }
        #expect(read > 500, "too few of the changed forms were read at all")
    }

    private func written(_ text: String) -> String { text.utf8.map { "%" + String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() }

    @Test("paths find their own resource, and no file outside of the folder")
    func paths() async throws {
        let folder = try TemporaryFolder("paths")
        let inner = folder.path("in")
        try FileManager.default.createDirectory(atPath: inner + "/b/.c", withIntermediateDirectories: true)
        for name in ["in/index.html", "in/a.js", "in/b/index.html"] { try Data(count: 7).write(to: URL(fileURLWithPath: folder.path(name))) }
        for name in ["out", "in/.hidden", "in/b/.c/d"] { try Data(count: 99).write(to: URL(fileURLWithPath: folder.path(name))) }
        try FileManager.default.createSymbolicLink(atPath: inner + "/link", withDestinationPath: "../out")
        try FileManager.default.createSymbolicLink(atPath: inner + "/up", withDestinationPath: "..")
        let files = try StaticFiles(folder: inner)
        var tree = RouteTree()
        tree.add(.get, RoutePattern("/runs/{id}/samples/{step:int}.png"), .immediate { _, _ in .noContent() })
        let examples = [
            "/a.js", "/b/", "/link", "/up/out", "/.hidden", "/b/.c/d", "/%2e%2e/out", "/b%2f..%2fout", "/runs/a/samples/10.png", "/runs/a/samples/010.png", "/b//a.js",
        ]
        var found = 0
        await rounds(4000, seed: 6, from: examples) { bytes, _ in
            guard let request = try? Request(target: String(decoding: bytes, as: UTF8.self)) else { return }
            if case .found(_, let parts) = tree.find(.get, request.pathSegments), "/runs/\(parts["id"])/samples/\(parts.integer("step")).png" != request.path {
                Issue.record("\(request.path) is taken for the run \(parts["id"])")
            }
            guard let response = files.response(to: request), case .file(let body) = response.body else { return }
            found += 1
            if body.opened?.size != 7 { Issue.record("\(request.target) leads to \(body.path)") }
        }
        #expect(found > 20, "too few of the changed paths found a file")
    }

    /// Finds of coverage-guided fuzzing in the parser, divided in every way.
    @Test func keptFinds() throws {
        let folder = Fixtures.path("../Fuzz/finds/parser")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(!names.isEmpty)
        for name in names {
            let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)).dropFirst())
            let whole = ParsedRequests(bytes)
            for size in 1...64 where ParsedRequests(bytes, pieces: [size]) != whole { Issue.record("\(name) cut by \(size) is read as another") }
        }
    }

    @Test("ranges stay inside the file")
    func ranges() async {
        let examples = ["bytes=0-99", "bytes=-5", "bytes=5-", "bytes=0-0,5-6,-1", "bytes=99999999999999999999-", "bytes= 1 - 2 ,,", "bytes=0-,0-,0-"]
        await rounds(6000, seed: 3, from: examples) { bytes, mutator in
            let size = mutator.below(200)
            let text = String(decoding: bytes, as: UTF8.self)
            guard let header = RangeHeader(parsing: text) else { return }
            let ranges = header.ranges(within: size)
            if !ranges.allSatisfy({ !$0.isEmpty && $0.lowerBound >= 0 && $0.upperBound <= size }) { Issue.record("\(text) of \(size) is \(ranges)") }
        }
    }

    @Test("small parsers end in a value or nothing")
    func small() async {
        let examples = [
            "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "\"a\", W/\"b,c\" , *", "gzip;q=0.5, *;q=0",
            "a=b; session=c; d", "[::1]:80", "example.org:8080",
        ]
        await rounds(6000, seed: 4, from: examples) { bytes, _ in
            let text = String(decoding: bytes, as: UTF8.self)
            if let date = HTTPDate(parsing: text), HTTPDate(parsing: date.description) != date { Issue.record("\(text) is read as \(date)") }
            if let list = EntityTagList(parsing: text), case .tags(let tags) = list, tags.contains(where: { EntityTag(parsing: $0.description) != $0 }) {
                Issue.record("\(text) is read as \(tags)")
            }
            _ = AcceptEncoding.takesGzip([.acceptEncoding: text])
            if Authority.isValid(bytes.span), Authority.host(of: text).isEmpty { Issue.record("\(text) has no host") }
            _ = try? Request(target: "/", headerFields: [.cookie: text]).cookie("session")
        }
    }
}
