import Canonical
package import Catalog
import Results

/// What somebody wants to do.
package enum Action: String, Sendable, CaseIterable {
    /// Look at results.
    case read
    /// Queue, cancel, share.
    case change
    /// Members, files of the server's machine, the audit log.
    case administer
    /// One's own sessions, tokens and password.
    case manageAccount
    /// Ask what one's own share link covers.
    case readLink

    /// The role that a member needs; nil for what no role decides.
    package var role: AccessToken.Role? {
        switch self {
        case .read: .viewer
        case .change: .editor
        case .administer: .owner
        case .manageAccount, .readLink: nil
        }
    }
}

/// What it is done to. Guests are admitted to parts of the catalog, so for them a resource carries the facts that decide: which study a run
/// belongs to, which runs wrote an archive.
package enum Resource: Sendable, Equatable {
    /// A run by its id, with its study; nil for a run of no study, and for one that does not exist.
    package struct Run: Sendable, Equatable {
        /// The run's public id.
        package var id: String
        /// The run's study.
        package var study: String?

        /// Names a run.
        package init(_ id: String, study: String? = nil) {
            self.id = id
            self.study = study
        }
    }

    /// Everything else of the server: lists, data sets, plans, its own state.
    case server
    /// What is the same whatever a link covers: the models, the metrics, the version.
    case surroundings
    case run(Run)
    case study(String)
    /// An archive, with the runs that wrote it.
    case archive([Run])
    /// Results of several runs and studies, all of which have to be covered: events, views.
    case results(runs: [Run], studies: [String])
    /// A comparison of what a request names; of nothing but what a link covers if it names nothing.
    case comparison(runs: [Run], studies: [String])
    /// A revision of a notebook, with the outputs that it pinned.
    case revision(notebook: String, digest: String)
    /// A lab, with the targets of links to revisions of notebooks that show it in a cell.
    case lab(String, revisions: [String])
    /// A view, in all its forms, with the runs and studies that it names; the view as the digest of its canonical form.
    case view(digest: String, runs: [Run], studies: [String])
    /// A share link itself, by its maker; nil for one that the command line made.
    case link(maker: String?)
    /// The account of a member.
    case account(member: String?)
}

/// Why something is not allowed.
package enum Refusal: Sendable, Equatable {
    /// - own: the visitor's role; nil for nobody
    case needsRole(AccessToken.Role, own: AccessToken.Role?)
    /// A member's own affairs need a browser that is signed in.
    case needsSession
    /// Only for those who came by a share link.
    case needsLink
    /// The visitor's link does not cover the resource.
    case outsideLink
    /// The resource is another member's.
    case ofAnother
}

/// Whether a visitor may do something to a resource. This is the only place that decides it: routes name an action and the kind of their resource
/// (`Admission`), and whatever manages links and accounts asks here as well.
///
/// | | read | change | administer | manageAccount | readLink |
/// | --- | --- | --- | --- | --- | --- |
/// | member, or token of one | viewer | editor; a link: its maker, or an owner | owner | own account, in a signed-in browser | no |
/// | holder of a share link | what the link covers, and the surroundings | no | no | no | yes |
/// | nobody | no | no | no | no | no |
///
/// A link to a run covers the run and its archives; one to a study the study, its runs and their archives; one to a comparison the comparison, its
/// runs and their archives, and not the studies these belong to; one to a view that view alone; one to a notebook exactly one revision of it with what
/// that pinned, the frames of the labs that its cells show, and no run; one to a lab its frames. Whether a resource outside exists is not told.
/// - Returns: nil if it is allowed.
package func allowed(_ visitor: Visitor, _ action: Action, _ resource: Resource) -> Refusal? {
    if let share = visitor.share { return allowed(share, action, resource) }
    switch action {
    case .readLink: return .needsLink
    case .manageAccount:
        guard let member = visitor.member, visitor.isBrowser else { return .needsSession }
        if case .account(let owner?) = resource, owner != member { return .ofAnother }
        return nil
    case .read, .change, .administer:
        guard let role = action.role else { return nil }
        guard let own = visitor.role, own >= role else { return .needsRole(role, own: visitor.role) }
        guard case .link(let maker) = resource, own < .owner else { return nil }
        return maker != nil && maker == visitor.member ? nil : .ofAnother
    }
}

private func allowed(_ share: Share, _ action: Action, _ resource: Resource) -> Refusal? {
    switch action {
    case .readLink: nil
    case .read: share.covers(resource) ? nil : .outsideLink
    case .change, .administer, .manageAccount: .outsideLink
    }
}

extension Share {
    /// Whether readers of the link see a resource.
    package func covers(_ resource: Resource) -> Bool {
        switch resource {
        case .server, .link, .account: false
        case .surroundings: true
        case .run(let run): covers(run)
        case .study(let id): kind == .study && target == id
        case .archive(let runs): runs.contains(where: covers)
        case .results(let runs, let studies):
            !(runs.isEmpty && studies.isEmpty) && runs.allSatisfy(covers) && studies.allSatisfy { covers(.study($0)) }
        case .comparison(let runs, let studies): kind == .comparison && studies.isEmpty && runs.allSatisfy(covers)
        case .view(let digest, let runs, let studies): kind == .view ? viewDigest == digest : covers(.results(runs: runs, studies: studies))
        case .lab(let id, let revisions): kind == .view ? shownView?.lab == id : kind == .notebook && revisions.contains(target)
        case .revision(let notebook, let digest): kind == .notebook && target == Share.target(notebook: notebook, revision: digest)
        }
    }

    private func covers(_ run: Resource.Run) -> Bool {
        switch kind {
        case .run: target == run.id
        case .study: run.study == target
        case .comparison: runs.contains(run.id)
        case .view, .notebook: false
        }
    }

    /// The digest of the one view that a link shows; nil for other links.
    private var viewDigest: String? { shownView?.digest.hex }

    /// The one view that a link shows; nil for other links.
    private var shownView: View? { kind == .view ? try? View(reading: JSONValue(parsing: target)) : nil }

    /// The runs that a link to a comparison names; empty for other links.
    package var runs: [String] { kind == .comparison ? PinnedContent.runs(target) : [] }
}
