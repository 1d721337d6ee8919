import Canonical
import Catalog
import Execution
import HTTPServer
import HTTPTypes
import Engine
import Storage

/// Metrics for Prometheus. Scrapers authenticate with a bearer token, like every script.
extension API {
    func addMetrics(to routes: inout RouteTable) {
        let route = Route(
            .get, "/metrics", "Requests, queue, workers, disk and process, in the text form of Prometheus.", base: "", needs: .viewer,
            answers: [.content("text/plain")])
        routes.add(route) { _, _ in
            .text(try await metricsText(), contentType: "text/plain; version=0.0.4; charset=utf-8")
        }
    }

    private func metricsText() async throws -> String {
        var text = MetricsText()
        text.begin("fidelio_build_info", .gauge, "What runs here.")
        text.add(1, [("version", Version.program), ("numerics", String(Version.numerics)), ("kernels", KernelSet.best.rawValue)])
        let counts = try await catalog.read { reader in try RunState.allCases.map { ($0, try reader.countRuns(in: $0)) } }
        text.begin("fidelio_runs", .gauge, "Runs in the catalog by state; the queue is those that are queued.")
        for (state, count) in counts { text.add(Double(count), [("state", state.rawValue)]) }
        text.single("fidelio_workers_busy", .gauge, "Workers that train.", Double(workbench.busyWorkers))
        text.single("fidelio_workers_limit", .gauge, "Most workers at a time.", Double(workbench.settings.workerLimit))
        text.single("fidelio_live_watchers", .gauge, "Streams of live events.", Double(workbench.hub.watcherCount))
        let disk = await DiskUse.shared.figures(workbench.storage)
        text.single("fidelio_storage_used_bytes", .gauge, "What the storage folder takes; counted once a minute.", Double(disk.used))
        if let free = disk.free { text.single("fidelio_storage_free_bytes", .gauge, "What its disk has left.", Double(free)) }
        if let observer {
            observer.meter.write(to: &text)
            text.single("fidelio_access_records_dropped_total", .counter, "Requests that were not counted.", Double(observer.dropped))
        }
        ProcessFigures.write(to: &text)
        return text.text
    }
}
