import API
import Canonical
import Catalog
import Execution
import Foundation
import HTTPServer
import HTTPTypes
import Storage

/// `/healthz/ready`, open to everybody: 200 if requests can be answered and work accepted, otherwise 503 with the reason.
/// (`/healthz` itself only reports that the process answers.)
struct HealthProbes: HTTPHandler {
    let inner: FrontDoor
    let workbench: Workbench

    /// Below this, no work is accepted: a run that cannot save loses its work.
    static let leastFreeBytes: Int64 = 256 << 20

    func respondImmediately(to request: Request) -> Response? { inner.respondImmediately(to: request) }

    func respond(to request: Request) async -> Response {
        guard request.path == "/healthz/ready", request.method == .get || request.method == .head else { return await inner.respond(to: request) }
        if let problem = await problem() {
            return ServerError(.serviceUnavailable, code: "not-ready", problem, headerFields: [.retryAfter: "10"]).problemResponse
        }
        return .json(["status": .string("ready")])
    }

    /// Why the server is not ready; the reason contains no path and no number, because anybody may ask.
    func problem() async -> String? {
        if await workbench.stage != .working { return "The server is starting or stopping." }
        guard (try? await workbench.catalog.read { try $0.countRuns(in: .queued) }) != nil else { return "The catalog cannot be read." }
        guard workbench.catalog.damage == nil else { return "The catalog is damaged." }
        let free = try? FileManager.default.attributesOfFileSystem(forPath: workbench.storage.root)[.systemFreeSize] as? Int64
        guard let free, free >= HealthProbes.leastFreeBytes else { return "The disk is full." }
        return nil
    }
}
