import Canonical
import Catalog
import Foundation
import HTTPServer
import HTTPTypes
import Tensors

extension API {
    func addServer(to router: inout Router) {
        add(.get, "/status", needs: .viewer, to: &router) { _, _ in .json(try await status()) }
        add(.get, "/events", needs: .viewer, to: &router) { request, _ in try await events(request) }
        add(.post, "/links", needs: .owner, to: &router) { request, _ in
            let secret = try await access.makeLink(name: Visitor.current.name == "local" ? "owner" : Visitor.current.name)
            try await audit("link", "session")
            return .json(["url": .string("http://\(request.authority)/?token=\(secret)")], status: .created)
        }
        add(.post, "/sign-out", needs: .viewer, to: &router) { request, _ in
            if let secret = request.cookie(access.cookieName) { try await access.end(session: secret) }
            var response = Response.noContent()
            response.headerFields[.setCookie] = "\(access.cookieName)=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"
            return response
        }
    }

    private func status() async throws -> JSONValue {
        let (queued, running) = try await catalog.read { (try $0.countRuns(in: .queued), try $0.countRuns(in: .running)) }
        let visitor = Visitor.current
        return .object([
            "version": .string(Version.program), "numerics": .count(Version.numerics), "cores": .count(workbench.settings.cores),
            "kernels": .string(KernelSet.best.rawValue),
            "workers": .object(["limit": .count(workbench.settings.workerLimit), "busy": .count(await workbench.busyWorkers)]),
            "queue": .object(["queued": .count(queued), "running": .count(running)]), "disk": await DiskUse.shared.json(workbench.storage),
            "user": .object(["name": .string(visitor.name), "role": .string(visitor.role.rawValue)]),
            "time": .number(workbench.settings.now()),
        ])
    }

    private func events(_ request: Request) async throws -> Response {
        try request.allowQuery("run", "study", "last_event_id")
        let filter = LiveFilter(run: request.query.first("run"), study: request.query.first("study"))
        try await catalog.read { reader in
            if let id = filter.run, try reader.run(id) == nil { throw WorkbenchError.unknownRun(id) }
            if let id = filter.study, try reader.study(id) == nil { throw WorkbenchError.unknownStudy(id) }
        }
        let last = (request.headerFields[.lastEventID] ?? request.query.first("last_event_id")).map { Int64($0) ?? -1 }
        var response = Response.events(
            EventStream(
                workbench.hub.watch(filter, after: last).map { event in
                    ServerSentEvent(event.data, event: event.name, id: String(event.id))
                }))
        response.headerFields[.cacheControl] = "no-store"
        return response
    }
}
