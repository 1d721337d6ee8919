import HTTPTypes
import Testing

@testable import HTTPServer

@Suite("Ranges, conditions, tags, and dates")
struct ConditionsTests {
    private static let tag = EntityTag("v1")
    private static let modified = HTTPDate(secondsSince1970: 784_111_777)
    private static let date = "Sun, 06 Nov 1994 08:49:37 GMT"
    private static let before = "Sun, 06 Nov 1994 08:49:36 GMT"

    private func select(_ fields: HTTPFields, method: HTTPRequest.Method = .get, size: Int = 100) -> FileSelection {
        FileSelection(method: method, fields: fields, size: size, entityTag: Self.tag, modified: Self.modified)
    }

    @Test(
        "ranges of 100 bytes",
        arguments: [
            ("bytes=0-0", .part(0..<1)), ("bytes=0-99", .part(0..<100)), ("bytes=90-", .part(90..<100)), ("bytes=-1", .part(99..<100)),
            ("bytes=-100", .part(0..<100)), ("bytes=-1000", .part(0..<100)), ("bytes=50-1000", .part(50..<100)),
            ("bytes=99-99999999999999999999999", .part(99..<100)), ("BYTES=1-2", .part(1..<3)), ("bytes= 1-2 ", .part(1..<3)),
            ("bytes=0-1,5-6", .parts([0..<2, 5..<7])), ("bytes=0-1 ,\t5-6,", .parts([0..<2, 5..<7])), ("bytes=5-6,0-1", .parts([5..<7, 0..<2])),
            ("bytes=0-1,200-", .part(0..<2)), ("bytes=0-,0-", .whole), ("bytes=100-", .unsatisfiable), ("bytes=-0", .unsatisfiable),
            ("bytes=99999999999999999999999-", .unsatisfiable), ("bytes=2-1", .whole), ("bytes=", .whole), ("bytes", .whole), ("bytes=a-b", .whole),
            ("bytes=1", .whole), ("bytes=-", .whole), ("bytes=--1", .whole), ("bytes=1-2-3", .whole), ("bytes=1-2,x", .whole),
            ("bytes=+1-2", .whole), ("lines=1-2", .whole), ("bytes=1 -2", .whole),
        ] as [(String, FileSelection)])
    func ranges(_ row: (text: String, selection: FileSelection)) {
        #expect(select([.range: row.text]) == row.selection)
        if row.selection != .whole { #expect(select([.range: row.text], method: .head) == .whole) }
    }

    @Test("many small ranges are answered with the whole file")
    func manyParts() {
        func parts(_ count: Int) -> String { "bytes=" + (0..<count).map { "\($0)-\($0)" }.joined(separator: ",") }
        #expect(select([.range: parts(16)]) == .parts((0..<16).map { $0..<($0 + 1) }))
        #expect(select([.range: parts(17)]) == .whole)
    }

    @Test("empty and unsatisfiable ranges")
    func emptyFile() {
        #expect(select([.range: "bytes=0-"], size: 0) == .unsatisfiable)
        #expect(select([.range: "bytes=-1"], size: 0) == .unsatisfiable)
        #expect(select([:], size: 0) == .whole)
    }

    @Test("If-Range", arguments: [
        ("\"v1\"", true), ("\"v2\"", false), ("W/\"v1\"", false), (date, true), (before, false), ("Sun, 06 Nov 1994 08:49:38 GMT", false), ("v1", false),
    ])
    func ifRange(_ row: (text: String, holds: Bool)) {
        #expect(select([.range: "bytes=1-2", .ifRange: row.text]) == (row.holds ? .part(1..<3) : .whole))
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let fields: HTTPFields
        let selection: FileSelection
        var testDescription: String { fields.map(\.description).joined(separator: ", ") }
    }

    @Test(
        "conditions",
        arguments: [
            Row(fields: [.ifNoneMatch: "\"v1\""], selection: .notModified), Row(fields: [.ifNoneMatch: "W/\"v1\""], selection: .notModified),
            Row(fields: [.ifNoneMatch: "*"], selection: .notModified), Row(fields: [.ifNoneMatch: "\"a\" , \"v1\""], selection: .notModified),
            Row(fields: [.ifNoneMatch: "\"a,\", \"v1\""], selection: .notModified), Row(fields: [.ifNoneMatch: "\"v2\""], selection: .whole),
            Row(fields: [.ifNoneMatch: "v1"], selection: .whole), Row(fields: [.ifNoneMatch: ""], selection: .whole),
            Row(fields: [.ifModifiedSince: date], selection: .notModified), Row(fields: [.ifModifiedSince: before], selection: .whole),
            Row(fields: [.ifModifiedSince: "yesterday"], selection: .whole),
            Row(fields: [.ifNoneMatch: "\"v2\"", .ifModifiedSince: date], selection: .whole),
            Row(fields: [.ifMatch: "\"v1\""], selection: .whole), Row(fields: [.ifMatch: "*"], selection: .whole),
            Row(fields: [.ifMatch: "W/\"v1\""], selection: .preconditionFailed), Row(fields: [.ifMatch: "\"v2\""], selection: .preconditionFailed),
            Row(fields: [.ifUnmodifiedSince: before], selection: .preconditionFailed), Row(fields: [.ifUnmodifiedSince: date], selection: .whole),
            Row(fields: [.ifMatch: "\"v1\"", .ifUnmodifiedSince: before], selection: .whole),
            Row(fields: [.ifNoneMatch: "\"v1\"", .range: "bytes=0-1"], selection: .notModified),
        ])
    func conditions(_ row: Row) {
        #expect(select(row.fields) == row.selection)
    }

    @Test("a matching tag forbids a change")
    func changes() {
        let conditions = Conditions(fields: [.ifNoneMatch: "*"], method: .put)
        #expect(conditions.verdict(entityTag: Self.tag, modified: nil) == .failed)
    }

    @Test("dates in their three forms", arguments: [date, "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"])
    func dates(_ text: String) {
        #expect(HTTPDate(parsing: text) == Self.modified)
        #expect(Self.modified.description == Self.date)
    }

    @Test("invalid dates", arguments: [
        "", "Sun", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49 GMT",
        "Sun, 06 Nov 1994 08:49:37 UTC", "Xxx, 06 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT", "Sun, +6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 19949 08:49:37 GMT", String(repeating: "Sun, ", count: 1000),
    ])
    func badDates(_ text: String) {
        #expect(HTTPDate(parsing: text) == nil)
    }

    @Test("dates of four centuries round-trip through text")
    func calendar() {
        for day in stride(from: -100_000, to: 160_000, by: 97) {
            let date = HTTPDate(secondsSince1970: day * 86400 + 12345)
            if HTTPDate(parsing: date.description) != date { Issue.record("\(date) is not read back") }
        }
        #expect(HTTPDate(secondsSince1970: 951_782_400).description == "Tue, 29 Feb 2000 00:00:00 GMT")
        #expect(HTTPDate(secondsSince1970: 0).description == "Thu, 01 Jan 1970 00:00:00 GMT")
        #expect(HTTPDate(secondsSince1970: -1).description == "Wed, 31 Dec 1969 23:59:59 GMT")
    }

    @Test("tags cannot escape their quotes")
    func tags() {
        #expect(EntityTag("a\"b\r\n c").description == "\"a_b___c\"")
        #expect(EntityTag(parsing: "\"a\"b\"") == nil)
        #expect(EntityTag(parsing: "W/\"\"")?.isWeak == true)
        #expect(EntityTag(parsing: "w/\"a\"") == nil)
        #expect(EntityTag(parsing: "\"") == nil)
    }

    @Test("gzip is sent to clients that accept it", arguments: [
        ("gzip", true), ("deflate, GZIP;q=0.5", true), ("*", true), ("x-gzip", true), ("gzip;q=0", false), ("gzip; q=0.000", false), ("*;q=0", false),
        ("identity", false), ("", false), ("*;q=1, gzip;q=0", false), ("gzip;q=x", false),
    ])
    func acceptEncoding(_ row: (text: String, takes: Bool)) {
        #expect(AcceptEncoding.takesGzip([.acceptEncoding: row.text]) == row.takes)
    }
}
