import Access
import Catalog
import HTTPServer
import HTTPTypes
import Results

/// Whether the present visitor may use a route.
extension API {
    func admit(_ needs: Admission, _ request: Request, _ parameters: RouteParameters) async throws {
        guard let share = Visitor.current.share else { return try needs.check(Visitor.current) }
        guard try await shows(share, needs.part, request, parameters) else {
            throw ServerError(.forbidden, code: "outside-share", "This link shows one thing only, and this is not a part of it.")
        }
    }

    /// Whether a share link shows what the request asks for. What is outside is refused without a word on whether it exists.
    private func shows(_ share: Share, _ part: Admission.Part, _ request: Request, _ parameters: RouteParameters) async throws -> Bool {
        switch part {
        case .nothing: return false
        case .surroundings: return true
        case .run: return try await shows(share, run: parameters["id"])
        case .study: return share.kind == .study && share.target == parameters["id"]
        case .archive:
            let runs = try await catalog.read { try $0.runs(withCheckpoint: parameters["digest"]) }
            for (run, _) in runs where try await shows(share, run: run) { return true }
            return false
        case .events:
            let (run, study) = (request.query.first("run"), request.query.first("study"))
            if let study, !(share.kind == .study && share.target == study) { return false }
            if let run, try await !shows(share, run: run) { return false }
            return run != nil || study != nil
        case .comparison: return share.kind == .comparison
        }
    }

    private func shows(_ share: Share, run id: String) async throws -> Bool {
        switch share.kind {
        case .run: share.target == id
        case .study: try await catalog.read { try $0.run(id)?.study == share.target }
        case .comparison: PinnedContent.runs(share.target).contains(id)
        }
    }
}
