import Catalog
import HTTPServer
import Testing

@testable import API
@testable import Access
import Canonical
@testable import Execution
@testable import Results
@testable import Server
@testable import Storage

/// The access decision as a table: every kind of visitor, every action, every kind of resource. (`AccessTableTests` asks every route.)
@Suite("Permissions")
struct PermissionTests {
    private static func member(_ role: AccessToken.Role, _ id: String, inBrowser: Bool = true) -> Visitor {
        var visitor = Visitor(name: id, role: role, isBrowser: inBrowser, address: "")
        visitor.member = id
        return visitor
    }

    private static func guest(_ kind: Share.Kind, _ target: String) -> Visitor {
        AccessControl.visitor(
            of: Share(
                id: "s", hash: "h", kind: kind, target: target, object: nil, digest: "", shown: "{}", note: "", member: "ada", maker: "ada", created: 0, expires: 1))
    }

    /// In the order of the table's columns.
    private static let visitors: [(name: String, visitor: Visitor)] = [
        ("nobody", .nobody), ("viewer", member(.viewer, "vic")), ("editor", member(.editor, "ed")), ("owner", member(.owner, "ow")),
        ("token", member(.editor, "ed", inBrowser: false)), ("command line", Visitor(name: "local", role: .owner, isBrowser: false, address: "")),
        ("link to run r1", guest(.run, "r1")), ("link to study s1", guest(.study, "s1")), ("link to a comparison of r1 and r2", guest(.comparison, #"["r1","r2"]"#)),
        ("link to a view", guest(.view, view.json.canonicalText)), ("link to a notebook", guest(.notebook, Share.target(notebook: "n", revision: "d"))),
    ]

    private static let view = View(.results(study: "s1", metric: "fid"))

    private static let r1 = Resource.Run("r1", study: "s1"), r2 = Resource.Run("r2", study: "s2"), r3 = Resource.Run("r3", study: "s1")

    /// Rows of `+` and `.` as the visitors above.
    private static let table: [(Action, Resource, String)] = [
        (.read, .server, ".+++++....."), (.read, .surroundings, ".++++++++++"),
        (.read, .run(r1), ".++++++++.."), (.read, .run(r2), ".+++++..+.."), (.read, .run(r3), ".+++++.+..."), (.read, .run(Resource.Run("none")), ".+++++....."),
        (.read, .study("s1"), ".+++++.+..."), (.read, .study("s2"), ".+++++....."),
        (.read, .archive([r1]), ".++++++++.."), (.read, .archive([r3, r2]), ".+++++.++.."), (.read, .archive([]), ".+++++....."),
        (.read, .results(runs: [r1], studies: []), ".++++++++.."), (.read, .results(runs: [r1, r2], studies: []), ".+++++..+.."),
        (.read, .results(runs: [r1, r3], studies: ["s1"]), ".+++++.+..."), (.read, .results(runs: [], studies: ["s1", "s2"]), ".+++++....."),
        (.read, .results(runs: [], studies: []), ".+++++....."),
        (.read, .comparison(runs: [], studies: []), ".+++++..+.."), (.read, .comparison(runs: [r1], studies: []), ".+++++..+.."),
        (.read, .comparison(runs: [r3], studies: []), ".+++++....."), (.read, .comparison(runs: [], studies: ["s1"]), ".+++++....."),
        (.change, .server, "..++++....."), (.change, .run(r1), "..++++....."), (.change, .study("s1"), "..++++....."), (.change, .comparison(runs: [], studies: []), "..++++....."),
        (.change, .link(maker: "ed"), "..++++....."), (.change, .link(maker: "ada"), "...+.+....."), (.change, .link(maker: nil), "...+.+....."),
        (.administer, .server, "...+.+....."), (.administer, .run(r1), "...+.+....."),
        (.manageAccount, .server, ".+++......."), (.manageAccount, .account(member: "ed"), "..+........"), (.manageAccount, .account(member: "ow"), "...+......."),
        (.readLink, .surroundings, "......+++++"), (.readLink, .server, "......+++++"),
        (.read, .view(digest: view.digest.hex, runs: [], studies: ["s1"]), ".+++++.+.+."), (.read, .view(digest: "other", runs: [r1], studies: []), ".++++++++.."),
        (.read, .view(digest: "other", runs: [], studies: ["s2"]), ".+++++....."), (.change, .view(digest: view.digest.hex, runs: [], studies: ["s1"]), "..++++....."),
        (.read, .revision(notebook: "n", digest: "d"), ".+++++....+"), (.read, .revision(notebook: "n", digest: "e"), ".+++++....."),
        (.read, .lab("l", revisions: []), ".+++++....."), (.read, .lab("l", revisions: [Share.target(notebook: "n", revision: "d")]), ".+++++....+"), (.change, .lab("l", revisions: []), "..++++....."),
        (.read, .revision(notebook: "m", digest: "d"), ".+++++....."), (.change, .revision(notebook: "n", digest: "d"), "..++++....."),
    ]

    @Test func everybodyIsAnsweredAsTheTableSays() {
        var asked = 0
        for (action, resource, row) in Self.table {
            #expect(row.count == Self.visitors.count)
            for ((name, visitor), mark) in zip(Self.visitors, row) {
                #expect((allowed(visitor, action, resource) == nil) == (mark == "+"), "\(name), \(action.rawValue), \(resource)")
                asked += 1
            }
        }
        #expect(asked == 495 && Set(Self.table.map(\.0)) == Set(Action.allCases))
    }

    @Test func theReasonIsTold() {
        #expect(allowed(.nobody, .read, .server) == .needsRole(.viewer, own: nil))
        #expect(allowed(Self.member(.viewer, "vic"), .administer, .server) == .needsRole(.owner, own: .viewer))
        #expect(allowed(Self.member(.editor, "ed", inBrowser: false), .manageAccount, .server) == .needsSession)
        #expect(allowed(Self.member(.owner, "ow"), .readLink, .surroundings) == .needsLink)
        #expect(allowed(Self.member(.editor, "ed"), .change, .link(maker: "ada")) == .ofAnother)
        // Whether a run outside the link exists is not revealed.
        let guest = Self.guest(.run, "r1")
        #expect(allowed(guest, .read, .run(Self.r2)) == .outsideLink && allowed(guest, .read, .run(Resource.Run("none"))) == .outsideLink)
        #expect(Refusal.outsideLink.serverError.code == "outside-share" && Refusal.needsRole(.owner, own: .editor).serverError.detail.contains("you are an editor"))
    }
}
