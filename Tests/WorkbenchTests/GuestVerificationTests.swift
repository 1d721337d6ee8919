import Canonical
import Events
import HTTPTypes
import Testing

@testable import API
@testable import Access
@testable import Catalog
@testable import Execution

/// Readers of a share link learn the verdict of a rerun, and the id of the other run only where the link shows that run too.
@Suite("Verdicts under share links", .serialized)
struct GuestVerificationTests {
    private struct Site {
        let fixture: APIFixture
        let study: String
        let original: String
        let rerun: String

        /// A run of a study and its identical rerun, which belongs to no study.
        init() async throws {
            fixture = try await APIFixture()
            let runs: [String]
            (study, runs) = try await fixture.endedStudy()
            original = runs[0]
            rerun = try await fixture.workbench.rerun(original).run.id
            try await fixture.workbench.wait(for: rerun)
        }

        /// The verdict as a visitor gets it, by both routes.
        func verdicts(of run: String, _ fields: HTTPFields?) async throws -> [(json: JSONValue, text: String)] {
            let full = try await fixture.ask(.get, "/api/v1/runs/\(run)", fields: fields), alone = try await fixture.ask(.get, "/api/v1/runs/\(run)/verification", fields: fields)
            #expect(full.status == 200 && alone.status == 200, "\(full.text)")
            return [(full.json["verification"] ?? .null, full.text), (alone.json, alone.text)]
        }

        func end(_ run: String, as outcome: RunOutcome, message: String) throws {
            try fixture.workbench.catalog.writeNow { try $0.finish(run: try $0.reader.requiredRun(run).number, as: outcome, message: message, at: 1_000_000_000_000) }
        }
    }

    @Test(arguments: [true, false]) func theOtherRunIsHidden(live: Bool) async throws {
        let site = try await Site(), fixture = site.fixture
        for (shown, hidden, side, own) in [(site.original, site.rerun, "rerun", "original"), (site.rerun, site.original, "original", "rerun")] {
            for (verdict, text) in try await site.verdicts(of: shown, try await fixture.guest(.run, shown, live: live)) {
                #expect(verdict["state"] == "identical" && verdict[side] == .null && verdict[own]?.stringValue == shown, "\(text)")
                #expect(!text.contains(hidden), "\(text)")
            }
            #expect(try await fixture.ask(.get, "/api/v1/runs/\(hidden)", fields: try await fixture.guest(.run, shown, live: live)).status == 403)
        }
        // A study's link shows its run, and not the rerun; a comparison of both shows both, and so does the page of a member.
        for (verdict, text) in try await site.verdicts(of: site.original, try await fixture.guest(.study, site.study, live: live)) {
            #expect(verdict["rerun"] == .null && verdict["original"]?.stringValue == site.original && !text.contains(site.rerun), "\(text)")
        }
        let both = try await fixture.guest(.comparison, #"["\#(site.original)","\#(site.rerun)"]"#, live: live)
        for visitor in [both, nil] {
            for (verdict, text) in try await site.verdicts(of: site.original, visitor) + site.verdicts(of: site.rerun, visitor) {
                #expect(verdict["original"]?.stringValue == site.original && verdict["rerun"]?.stringValue == site.rerun, "\(text)")
            }
        }
        await fixture.workbench.stop()
    }

    /// The reason names its run in its words.
    @Test func theReasonNamesNoRunOutside() async throws {
        let site = try await Site(), fixture = site.fixture
        let ofOriginal = try await fixture.guest(.run, site.original), ofRerun = try await fixture.guest(.run, site.rerun)
        func reasons(_ run: String, _ fields: HTTPFields?) async throws -> [String] {
            try await site.verdicts(of: run, fields).map { "\($0.json["reason"]?["detail"]?.stringValue ?? "") \($0.json["reason"]?["message"]?.stringValue ?? "")" }
        }
        try site.end(site.rerun, as: .failed, message: "the worker crashed: /home/ada")
        #expect(try await reasons(site.original, ofOriginal) == ["the rerun failed ", "the rerun failed "])
        #expect(try await reasons(site.rerun, ofRerun) == Array(repeating: "the rerun \(site.rerun) failed ", count: 2))
        #expect(try await reasons(site.original, nil) == Array(repeating: "the rerun \(site.rerun) failed the worker crashed: /home/ada", count: 2))
        try site.end(site.original, as: .cancelled, message: "cancelled")
        #expect(try await reasons(site.rerun, ofRerun) == ["the original was cancelled ", "the original was cancelled "])
        await fixture.workbench.stop()
    }

    /// The id of one run may begin with that of the other.
    @Test func onlyTheHiddenIDIsRemoved() {
        let share = Share(id: "s", hash: "", kind: .run, target: "aaa-12", object: nil, digest: "", shown: "", note: "", member: nil, maker: "", created: 0, expires: 1)
        let json: JSONValue = [
            "original": "aaa-1", "rerun": "aaa-12",
            "reason": ["code": "unfinished", "side": "rerun", "detail": "the rerun aaa-12 failed", "message": "why"],
        ]
        let told = GuestView.verification(json, of: share, shown: "aaa-12")
        #expect(told["original"] == .null && told["rerun"] == "aaa-12" && told["reason"]?["detail"] == "the rerun aaa-12 failed" && told["reason"]?["message"] == "")
        var other = share
        other.target = "aaa-1"
        let hidden = GuestView.verification(json, of: other, shown: "aaa-1")
        #expect(hidden["rerun"] == .null && hidden["original"] == "aaa-1" && hidden["reason"]?["detail"] == "the rerun failed")
    }
}
