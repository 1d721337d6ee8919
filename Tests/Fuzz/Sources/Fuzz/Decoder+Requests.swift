import Foundation
import HTTPTypes

@testable import Canonical
@testable import HTTPServer
@testable import Notebooks

/// Data from a socket.
extension Decoder {
    /// The result does not depend on how the input is divided; no two lengths, no path that leads up. The first byte selects the division.
    static func parser(_ bytes: [UInt8]) {
        let rest = Array(bytes.dropFirst())
        let whole = ParsedRequests(rest)
        demand(whole == ParsedRequests(rest, pieces: [Int(bytes.first ?? 0) % 64 + 1]), "a request is read in two ways")
        for item in whole.items {
            let segments = item.path.split(separator: "/", omittingEmptySubsequences: false)
            let framings = item.fields.count { $0.hasPrefix("content-length:") || $0.hasPrefix("transfer-encoding:") }
            demand(framings <= 1, "a request has two lengths")
            demand(!segments.contains("..") && !segments.contains("."), "a path leads up")
        }
    }

    static func target(_ bytes: [UInt8]) {
        guard let target = try? RequestTarget(bytes.span, method: .get) else { return }
        demand(!target.segments.contains("..") && !target.segments.contains("."), "a path leads up")
        demand(target.segments.allSatisfy { !$0.utf8.contains(0) && !$0.utf8.contains(0x5C) }, "a path holds a zero or a backslash")
    }

    /// A path finds the resource that its own spelling names, and no file outside of the folder.
    static func path(_ bytes: [UInt8]) {
        let target = "/" + String(decoding: bytes, as: UTF8.self)
        guard let request = try? Request(target: target), request.path != "*" else { return }
        let segments = request.pathSegments
        demand("/" + segments.joined(separator: "/") == request.path, "the parts of a path are not the path")
        if case .found(.immediate(let handler), let parameters) = FuzzedPlaces.tree.find(.get, segments) { _ = try? handler(request, parameters) }
        guard let response = FuzzedPlaces.files.response(to: request), case .file(let body) = response.body, let size = body.opened?.size else { return }
        demand(size == FuzzedPlaces.inside, "a path leads out of the folder")
    }

    /// A query decodes like the same bytes by themselves, and re-encodes to the same items.
    static func query(_ bytes: [UInt8]) {
        let alone = Query(decoding: bytes)
        if let target = try? RequestTarget((Array("/?".utf8) + bytes).span, method: .get) { demand(target.query == alone, "a query is read in two ways") }
        if let alone { keeps(alone) }
    }

    static func form(_ bytes: [UInt8]) {
        guard let form = Query(decoding: bytes) else { return }
        keeps(form)
        demand(form.items.count <= 1 + bytes.count { $0 == UInt8(ascii: "&") }, "a form has more items than were sent")
        for item in form.items { demand(form.first(item.name) == form.all(item.name).first, "an item is found twice") }
    }

    private static func keeps(_ query: Query) {
        demand(query.items.allSatisfy { !$0.name.utf8.contains(0) && !$0.value.utf8.contains(0) }, "a query holds a zero")
        let digits = Array("0123456789abcdef".utf8)
        func written(_ text: String) -> [UInt8] { text.utf8.flatMap { [UInt8(ascii: "%"), digits[Int($0 >> 4)], digits[Int($0 & 15)]] } }
        let bytes = query.items.flatMap { written($0.name) + [UInt8(ascii: "=")] + written($0.value) + [UInt8(ascii: "&")] }
        demand(Query(decoding: bytes) == query, "a query is written as another")
    }

    static func range(_ bytes: [UInt8]) {
        guard let size = bytes.first.map(Int.init), let header = RangeHeader(parsing: String(decoding: bytes.dropFirst(), as: UTF8.self)) else { return }
        demand(header.ranges(within: size).allSatisfy { !$0.isEmpty && $0.lowerBound >= 0 && $0.upperBound <= size }, "a range leaves the file")
    }

    static func fields(_ text: String) {
        if let date = HTTPDate(parsing: text) { demand(HTTPDate(parsing: date.description) == date, "a date is read in two ways") }
        if let list = EntityTagList(parsing: text), case .tags(let tags) = list {
            demand(tags.allSatisfy { EntityTag(parsing: $0.description) == $0 }, "a tag is read in two ways")
        }
        _ = AcceptEncoding.takesGzip([.acceptEncoding: text])
        if Authority.isValid(Array(text.utf8).span) { demand(!Authority.host(of: text).isEmpty, "an authority has no host") }
        _ = try? Request(target: "/", headerFields: [.cookie: text]).cookie("session")
    }

    /// A parsed value re-encodes to text that parses to the same value; its members are read as fields of any type, or rejected.
    static func json(_ bytes: [UInt8]) {
        guard let value = try? JSONValue(parsing: bytes) else { return }
        demand((try? JSONValue(parsing: value.canonicalText))?.canonicalText == value.canonicalText, "a value is written as another")
        guard var fields = try? FieldReader(value) else { return }
        for name in (value.objectValue ?? [:]).keys.sorted() {
            _ = try? fields.optionalString(name)
            _ = try? fields.optionalStrings(name, count: 1...3)
            if let number = try? fields.optionalInteger(name, in: -5...5) { demand((-5...5).contains(number), "a number is out of its range") }
            _ = try? fields.optionalDigest(name)
        }
        try? fields.finish()
    }
    /// A bound expression has a canonical text, which means the same and can stand in a table; a refusal names a column inside the text.
    static func expression(_ text: String) {
        do {
            let expression = try ParsedExpression(parsing: text), canonical = expression.text
            demand((try? ParsedExpression(parsing: canonical).text) == canonical, "an expression is written as another")
            demand(!canonical.unicodeScalars.contains { "|{}\n".unicodeScalars.contains($0) }, "an expression ends its cell of a table")
            _ = expression.json
        } catch {
            demand(error.column.map { 1...text.unicodeScalars.count + 1 ~= $0 } ?? true, "a column is outside of the text")
        }
    }
}
