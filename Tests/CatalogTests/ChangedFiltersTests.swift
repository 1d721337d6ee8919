import Foundation
import TestSupport
import Testing

@testable import Catalog

/// Randomly mutated list queries: each is rejected with the parameter at fault, or the catalog answers it. The same
/// queries in each run; with FIDELIO_LONG_TESTS a hundred times as many.
@Suite("Mutated filters, orders, and page tokens")
struct ChangedFiltersTests {
    private static let filters = [
        "model = 'wgan' and (fid < 30 or state = 'failed')", "not (seed in (1, 2)) and name ~ 'a'", "best.kid >= 1e3 or final.fid != null",
        "hyperparameters.beta1 = 0.5", "not not study = null", "((((seed = 1))))", "message = 'it''s' or message ~ \"\u{1F701}e\u{301}\"", "",
    ]
    private static let orders = ["model, fid desc", "-created, id", "best.fid, -hyperparameters.beta1, seed", ""]
    private static let words = [
        "'", "\"", "''", "(", ")", "((((((((", ",", "=", "!=", "<", "~", " in (", " and ", " or ", " not ", "null", "true", "-", ".", "1e999", "0x1", "é", "\u{301}",
        "٣", "\u{0}", "\u{202E}", "seed", "fid desc", "best.", "best.a'b", "hyperparameters.", "state", "--", ";", "9223372036854775808", " in ()", "\n",
    ]

    private var random = TestRandom(seed: 30)

    private mutating func below(_ bound: Int) -> Int { bound <= 1 ? 0 : Int(random.next() % UInt64(bound)) }

    private mutating func changed(_ examples: [String]) -> String {
        var scalars = Array(examples[below(examples.count)].unicodeScalars)
        for _ in 0..<below(5) {
            let place = below(scalars.count + 1)
            switch below(5) {
            case 0: scalars.insert(contentsOf: Array(Self.words[below(Self.words.count)].unicodeScalars), at: place)
            case 1: scalars.removeSubrange(place..<min(scalars.count, place + below(6)))
            case 2: scalars.insert(contentsOf: scalars[place..<min(scalars.count, place + below(30))], at: place)
            case 3: scalars.replaceSubrange(place..., with: Array(examples[below(examples.count)].unicodeScalars))
            default: scalars.insert(UnicodeScalar(UInt8(below(128))), at: place)
            }
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }

    @Test func everyQuestionIsAnsweredOrRefused() async throws {
        var own = self
        let fixture = try CatalogFixture()
        for number in 0..<6 { try fixture.submit(number, model: number < 3 ? "ns-gan" : "wgan") }
        var tokens: [String] = ["", "zzz"]
        var answered = 0
        var refused: Set<String> = []
        let isLong = ProcessInfo.processInfo.environment["FIDELIO_LONG_TESTS"] != nil
        var end = ContinuousClock.now + .seconds(isLong ? 60 : 5)
        for round in 0..<(isLong ? 600_000 : 6000) {
            if round % 64 == 0 { end += await othersTurn() }
            // A slow machine tries fewer of them, but enough to find every kind of answer.
            if round % 64 == 0, ContinuousClock.now > end, answered > 200 { break }
            let (filter, order) = (own.changed(Self.filters), own.below(2) == 0 ? "" : own.changed(Self.orders))
            let token = own.below(3) == 0 ? own.changed(tokens) : nil
            do {
                let list = own.below(10)
                let source = list == 0 ? ListSource.studies : list == 1 ? .checkpoints : list == 2 ? .audit : .runs
                let query = try ListQuery(source, filter: filter, orderBy: order, limit: 2, pageToken: token)
                // Every accepted query can be executed: a database error would be a fault of the server.
                let next: String? = try fixture.catalog.readNow { reader in
                    switch list {
                    case 0: try reader.studies(query).nextPageToken
                    case 1: try reader.checkpoints(query).nextPageToken
                    case 2: try reader.audit(query).nextPageToken
                    default: try reader.page(query).nextPageToken
                    }
                }
                if let next, tokens.count < 20 { tokens.append(next) }
                answered += 1
            } catch let error as QueryError {
                refused.insert(error.field)
            } catch {
                Issue.record("filter \(filter.debugDescription), order \(order.debugDescription), token \(token ?? "-"): \(error)")
            }
        }
        #expect(answered > 200 && refused == ["filter", "order_by", "page_token"], "\(answered) \(refused)")
    }
}
