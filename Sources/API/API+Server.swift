import Access
import Canonical
import Catalog
import Execution
import Foundation
import HTTPServer
import HTTPTypes
import Engine
import Storage

extension API {
    func addServer(to routes: inout RouteTable) {
        routes.add(
            Route(
                .get, "/status", "Returns the server's version, load, and free disk space, and the identity of the caller.", needs: .viewer.orShare(.surroundings), answers: [.json(.status)])
        ) { _, _ in .json(try await status()) }
        routes.add(
            Route(
                .get, "/events", "Streams changes as server-sent events.", needs: .viewer.orShare(.events), query: [
                    QueryParameter("run", .runID, "Only events of this run, including its training metrics."), QueryParameter("study", .studyID, "Only events of the runs of this study."),
                    QueryParameter("notebook", .notebookID, "Also the operations of this notebook and who has it open."),
                    QueryParameter("lab", .labID, "Also what this lab does, frame by frame."),
                    QueryParameter("status", .boolean, "Whether the first event, hello, has the status of the server as its data."),
                    QueryParameter("last_event_id", .plain, "Same as the header Last-Event-ID: replays the events after this one."),
                ], answers: [.content("text/event-stream")], problems: [.notFound])
        ) { request, _ in try await events(request) }
    }

    private func status() async throws -> JSONValue {
        let (queued, running) = try await catalog.read {
            (
                try $0.countRuns(in: .queued) + $0.countEvaluationJobs(in: .queued),
                try $0.countRuns(in: .running) + $0.countEvaluationJobs(in: .running)
            )
        }
        let visitor = Visitor.current
        guard visitor.share == nil else { return guestStatus }
        return .object([
            "version": .string(Version.program), "numerics": .count(Version.numerics), "cores": .count(workbench.settings.cores),
            "kernels": .string(KernelSet.best.rawValue),
            "workers": .object(["limit": .count(workbench.settings.workerLimit), "busy": .count(workbench.busyWorkers)]),
            "queue": .object(["queued": .count(queued), "running": .count(running)]), "disk": await DiskUse.shared.json(workbench.storage),
            "user": .object(["name": .string(visitor.name), "role": .optional(visitor.role?.rawValue), "member": .optional(visitor.member)]),
            "time": .number(workbench.settings.now()),
        ])
    }

    /// What a guest is shown: nothing about the rest of the server.
    private var guestStatus: JSONValue {
        .object([
            "version": .string(Version.program), "numerics": .count(Version.numerics), "time": .number(workbench.settings.now()),
            "user": .object(["name": .string("guest"), "role": .string("guest"), "member": .null]),
        ])
    }

    private func events(_ request: Request) async throws -> Response {
        let filter = LiveFilter(run: request.query.first("run"), study: request.query.first("study"), notebook: request.query.first("notebook"), lab: request.query.first("lab"))
        try await catalog.read { reader in
            if let id = filter.run, try reader.run(id) == nil { throw WorkbenchError.unknownRun(id) }
            if let id = filter.study, try reader.study(id) == nil { throw WorkbenchError.unknownStudy(id) }
            if let id = filter.notebook { _ = try reader.openNotebook(id) }
        }
        if let id = filter.lab { _ = try await workbench.labs.folder(id) }
        let share = Visitor.current.share
        let asked = request.query.first("status")
        if let asked, !["true", "false"].contains(asked) {
            throw ServerError(.badRequest, code: "invalid-query", "status: '\(asked.prefix(40))' is neither true nor false", field: "status")
        }
        let hello = asked == "true" ? try await status().canonicalText : nil
        // A pinned link shows a fixed moment: nothing changes.
        let isPinned = share?.object != nil
        let last = (request.headerFields[.lastEventID] ?? request.query.first("last_event_id")).map { LiveHub.id(reading: $0) }
        var response = Response.events(
            EventStream(
                workbench.hub.watch(filter, after: last).filter { !isPinned && (share == nil || GuestView.sees($0, of: filter)) }.map { event in
                    let data = event.name == "hello" ? hello ?? event.data : share.map { GuestView.event(event.data, of: $0) } ?? event.data
                    return ServerSentEvent(data, event: event.name, id: event.isVolatile ? nil : String(event.id))
                }))
        response.headerFields[.cacheControl] = "no-store"
        return response
    }
}
