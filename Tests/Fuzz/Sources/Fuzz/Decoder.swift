import Foundation
import HTTPTypes

@testable import Archives
@testable import Canonical
@testable import Codecs
@testable import HTTPServer
@testable import IDX

/// What is fuzzed. Every input must end in a value or an error, and what is read must keep its promises.
enum Decoder: String, CaseIterable {
    case parser, target, query, range, fields, json, npy, zip, png, gzip, idx

    /// The one that this process tries, named by FIDELIO_FUZZ_DECODER.
    static let chosen = Decoder(rawValue: ProcessInfo.processInfo.environment["FIDELIO_FUZZ_DECODER"] ?? "")

    func read(_ bytes: [UInt8]) {
        switch self {
        case .parser: Self.parser(bytes)
        case .target: Self.target(bytes)
        case .query: Self.query(bytes)
        case .range: Self.range(bytes)
        case .fields: Self.fields(String(decoding: bytes, as: UTF8.self))
        case .json: Self.json(bytes)
        case .npy: _ = try? NpyFormat.decode(bytes, name: "a")
        case .zip: _ = try? Archive.decode(bytes)
        case .png: _ = try? PNG.decode(bytes, limit: 256)
        case .gzip: _ = try? Gzip.decompress(bytes, limit: 1 << 20)
        case .idx: for rank in 1...3 { _ = try? IDXArray(parsing: bytes, rank: rank, file: "a") }
        }
    }

    private static func demand(_ isSo: Bool, _ promise: String) {
        if !isSo { fatalError(promise) }
    }

    /// The same for any cut; no two lengths, no path that leads up. The first byte says where it is cut.
    private static func parser(_ bytes: [UInt8]) {
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

    private static func target(_ bytes: [UInt8]) {
        guard let target = try? RequestTarget(bytes.span, method: .get) else { return }
        demand(!target.segments.contains("..") && !target.segments.contains("."), "a path leads up")
        demand(target.segments.allSatisfy { !$0.utf8.contains(0) && !$0.utf8.contains(0x5C) }, "a path holds a zero or a backslash")
    }

    private static func query(_ bytes: [UInt8]) {
        guard let query = Query(decoding: bytes) else { return }
        demand(query.items.allSatisfy { !$0.name.utf8.contains(0) && !$0.value.utf8.contains(0) }, "a query holds a zero")
    }

    private static func range(_ bytes: [UInt8]) {
        guard let size = bytes.first.map(Int.init), let header = RangeHeader(parsing: String(decoding: bytes.dropFirst(), as: UTF8.self)) else { return }
        demand(header.ranges(within: size).allSatisfy { !$0.isEmpty && $0.lowerBound >= 0 && $0.upperBound <= size }, "a range leaves the file")
    }

    private static func fields(_ text: String) {
        if let date = HTTPDate(parsing: text) { demand(HTTPDate(parsing: date.description) == date, "a date is read in two ways") }
        if let list = EntityTagList(parsing: text), case .tags(let tags) = list {
            demand(tags.allSatisfy { EntityTag(parsing: $0.description) == $0 }, "a tag is read in two ways")
        }
        _ = AcceptEncoding.takesGzip([.acceptEncoding: text])
        if Authority.isValid(Array(text.utf8).span) { demand(!Authority.host(of: text).isEmpty, "an authority has no host") }
        _ = try? Request(target: "/", headerFields: [.cookie: text]).cookie("session")
    }

    /// What was read is written so that it is read as the same.
    private static func json(_ bytes: [UInt8]) {
        guard let value = try? JSONValue(parsing: bytes) else { return }
        demand((try? JSONValue(parsing: value.canonicalText))?.canonicalText == value.canonicalText, "a value is written as another")
    }
}
