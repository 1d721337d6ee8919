import Canonical
import GRDB
import HTTPTypes
import Testing

@testable import Access
@testable import Catalog
@testable import Execution

/// What a pinned link keeps is removed with the last link that needs it, and with nothing else.
@Suite("Objects of ended links", .serialized)
struct EndedLinkTests {
    private struct Site {
        let fixture: APIFixture
        let study: String

        init() async throws {
            fixture = try await APIFixture()
            study = try await fixture.endedStudy().study
        }

        /// A pinned link with its rendered figures: its ID, and the fields of a reader.
        func pin() async throws -> (id: String, reader: HTTPFields) {
            let made = try await fixture.post("/shares", #"{"kind":"study","id":"\#(study)","days":1}"#)
            #expect(made.status == 201, "\(made.text)")
            let opened = try await fixture.ask(.get, try #require(made.json["path"]?.stringValue), fields: [:])
            return (try #require(made.json["id"]?.stringValue), APIFixture.browser(try #require(fixture.cookie(from: opened))))
        }

        func figure(_ reader: HTTPFields) async throws -> [UInt8] {
            // As after a restart: no snapshot is open.
            let answer = try await fixture.restarted().ask(.get, "/api/v1/studies/\(study)/figures/fid.svg", fields: reader)
            #expect(answer.status == 200, "\(answer.text.prefix(200))")
            return answer.bytes
        }

        func revoke(_ id: String) async throws { #expect(try await fixture.ask(.delete, "/api/v1/shares/\(id)").status == 204) }

        func rows() throws -> (all: Int, bytes: Int) {
            try fixture.workbench.catalog.readNow { (try $0.count("SELECT COUNT(*) FROM objects"), try $0.count("SELECT COALESCE(SUM(length(bytes)), 0) FROM objects")) }
        }
    }

    @Test func whatTheLastLinkNeededIsRemoved() async throws {
        let site = try await Site()
        let first = try await site.pin(), second = try await site.pin()
        let figure = try await site.figure(first.reader), kept = try site.rows()
        #expect(kept.all > 4 && kept.bytes > 10_000, "\(kept)")
        // Both pinned the same: with one of them ended, everything is there for the other.
        try await site.revoke(first.id)
        #expect(try site.rows() == kept)
        #expect(try await site.figure(second.reader) == figure)
        // With the second one, all goes but the digests that the rows of the links refer to.
        try await site.revoke(second.id)
        #expect(try site.rows() == (2, 0))
        #expect(try site.fixture.workbench.catalog.readNow { try $0.shares() }.allSatisfy { $0.object != nil && $0.rendered != nil })
        // The same can be pinned again.
        let third = try await site.pin()
        #expect(try site.rows() == kept)
        #expect(try await site.figure(third.reader) == figure)
        await site.fixture.workbench.stop()
    }

    /// A link that has expired keeps its objects for a week, in case the clock was wrong; the next start removes them.
    @Test func whatExpiredIsRemovedAWeekLater() async throws {
        let site = try await Site()
        _ = try await site.pin()
        let kept = try site.rows()
        site.fixture.clock.advance(seconds: 86_400 + 6 * 86_400)
        try await site.fixture.access.tidy()
        #expect(try site.rows() == kept)
        site.fixture.clock.advance(seconds: 86_400 + 1)
        try await site.fixture.access.tidy()
        #expect(try site.rows() == (2, 0))
        await site.fixture.workbench.stop()
    }

    /// Another kind of object, such as a document's, is not a link's to remove, and keeps what it names.
    @Test func whatOthersNameStays() async throws {
        let site = try await Site(), catalog = site.fixture.workbench.catalog
        let link = try await site.pin()
        let form = try #require(try catalog.readNow { try $0.one("SELECT digest FROM objects WHERE kind = 'form' ORDER BY digest LIMIT 1") { $0["digest"] as String } })
        let bytes = try catalog.readNow { try $0.object(form) }
        let text = #"{"shows":["\#(form)"]}"#, digest = Digest.sha256(text).hex
        _ = try catalog.writeNow { try $0.run("INSERT INTO objects (digest, kind, bytes, created) VALUES (?, 'document', CAST(? AS BLOB), 1)", [digest, text]) }
        try await site.revoke(link.id)
        #expect(try catalog.readNow { try $0.object(form) } == bytes && bytes?.isEmpty == false)
        #expect(try site.rows().all == 4)
        await site.fixture.workbench.stop()
    }
}
