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
            .get, "/metrics", "Returns metrics of requests, queue, workers, disk, and process in Prometheus text format.", base: "", needs: .viewer,
            answers: [.content("text/plain")])
        routes.add(route) { _, _ in
            .text(try await metricsText(), contentType: "text/plain; version=0.0.4; charset=utf-8")
        }
    }

    private func metricsText() async throws -> String {
        var text = MetricsText()
        text.begin("fidelio_build_info", .gauge, "Version and build of the server.")
        text.add(1, [("version", Version.program), ("numerics", String(Version.numerics)), ("kernels", KernelSet.best.rawValue)])
        let counts = try await catalog.read { reader in try RunState.allCases.map { ($0, try reader.countRuns(in: $0)) } }
        text.begin("fidelio_runs", .gauge, "Number of runs by state; the queue length is the number in state queued.")
        for (state, count) in counts { text.add(Double(count), [("state", state.rawValue)]) }
        text.single("fidelio_workers_busy", .gauge, "Number of busy workers.", Double(workbench.busyWorkers))
        text.single("fidelio_workers_limit", .gauge, "Maximum number of concurrent workers.", Double(workbench.settings.workerLimit))
        text.single("fidelio_live_watchers", .gauge, "Number of open event streams.", Double(workbench.hub.watcherCount))
        let disk = await DiskUse.shared.figures(workbench.storage)
        text.single("fidelio_storage_used_bytes", .gauge, "Size of the storage folder in bytes, updated once a minute.", Double(disk.used))
        if let free = disk.free { text.single("fidelio_storage_free_bytes", .gauge, "Free bytes on the file system of the storage folder.", Double(free)) }
        if let observer {
            observer.meter.write(to: &text)
            text.single("fidelio_access_records_dropped_total", .counter, "Number of requests missing from the log and metrics because the buffer was full.", Double(observer.dropped))
        }
        ProcessFigures.write(to: &text)
        return text.text
    }
}
