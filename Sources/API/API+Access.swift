import Access
import Canonical
import Catalog
import Execution
import HTTPServer
import HTTPTypes
import Notebooks
import Results
import Synchronization

/// Whether the current visitor may use a route.
extension API {
    func admit(_ needs: Admission, _ request: Request, _ parameters: RouteParameters) async throws {
        let visitor = Visitor.current
        // What only readers of a link may ask is asked about the link's resource.
        if needs.action == .readLink { try refuse(allowed(visitor, .readLink, .surroundings)) }
        let action = needs.action == .readLink ? .read : needs.action
        try refuse(allowed(visitor, action, try await resource(needs, request, parameters, of: visitor)))
    }

    /// Throws for what is not allowed.
    func refuse(_ refusal: Refusal?) throws {
        if let refusal { throw refusal.serverError }
    }

    /// What a request is about. The facts about it are looked up for guests alone: a role does not depend on them.
    private func resource(_ needs: Admission, _ request: Request, _ parameters: RouteParameters, of visitor: Visitor) async throws -> Resource {
        guard let share = visitor.share else { return .server }
        switch needs.part {
        case .nothing: return .server
        case .surroundings: return .surroundings
        case .run: return .run(try await facts([parameters["id"]], share)[0])
        case .study: return .study(parameters["id"])
        case .archive:
            let runs = try await catalog.read { try $0.runs(withCheckpoint: parameters["digest"]).map(\.run) }
            return .archive(try await facts(runs, share))
        case .revision: return .revision(notebook: parameters["id"], digest: parameters["revision"])
        case .events:
            // What happens in a notebook is for members, whatever a link shows of it.
            if request.query.first("notebook") != nil { return .server }
            if let lab = request.query.first("lab") {
                // A lab alone: together with results both would have to be covered, which no link does.
                if request.query.first("run") != nil || request.query.first("study") != nil { return .server }
                return .lab(lab, revisions: try await revisions(with: lab, share))
            }
            return .results(
                runs: try await facts(request.query.first("run").map { [$0] } ?? [], share), studies: request.query.first("study").map { [$0] } ?? [])
        case .lab: return .lab(parameters["id"], revisions: try await revisions(with: parameters["id"], share))
        case .comparison:
            // Routes for readers of links alone have no parameter that names anything.
            return .comparison(runs: [], studies: needs.action == .readLink ? [] : request.names("studies") ?? [])
        case .view:
            let view = try request.view(), named = view.named
            // A comparison names the study of its runs, which a link to a run does not cover.
            if share.kind == .run, view.isComparison { return .server }
            return .view(digest: view.digest.hex, runs: try await facts(named.runs, share), studies: named.studies)
        }
    }

    /// The revision that a link shows, if a cell of it shows the lab.
    private func revisions(with lab: String, _ share: Share) async throws -> [String] {
        guard share.kind == .notebook, let (notebook, digest) = Share.revision(share.target) else { return [] }
        let labs = try await sharedLabs.labs(ofRevision: share.target) {
            try await workbench.catalog.read { reader -> Set<String> in
                guard let record = try reader.notebook(notebook), let revision = try reader.notebookRevision(record.number, digest) else { return [] }
                let cells = try reader.notebookText(revision).cells.filter { $0.kind == .lab }
                return Set(cells.compactMap { (try? $0.fields())?["lab"]?.stringValue })
            }
        }
        return labs.contains(lab) ? [share.target] : []
    }

    /// Runs with the studies that they belong to, where a link's cover depends on that.
    private func facts(_ runs: [String], _ share: Share) async throws -> [Resource.Run] {
        guard share.kind == .study else { return runs.map { Resource.Run($0) } }
        return try await catalog.read { reader in try runs.map { Resource.Run($0, study: try reader.run($0)?.study) } }
    }
}

/// The labs that cells of shared revisions show. Revisions never change, and frames are asked for many times a second.
final class SharedLabs: Sendable {
    static let mostKnown = 256

    private let known = Mutex<[String: Set<String>]>([:])

    func labs(ofRevision target: String, _ read: () async throws -> Set<String>) async throws -> Set<String> {
        if let found = known.withLock({ $0[target] }) { return found }
        let found = try await read()
        known.withLock { known in
            if known.count >= SharedLabs.mostKnown { known = [:] }
            known[target] = found
        }
        return found
    }
}
