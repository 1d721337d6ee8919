package import Catalog
import Results

extension Workbench {
    /// Takes in a bundle; see `BundleImport`. The queue goes on meanwhile.
    /// - Errors: `BundleError` with the reason to refuse it; `WorkbenchError.stopping`
    package nonisolated func take(bundle path: String, by actor: some AuditActor) async throws -> BundleImport.Report {
        guard await !isStopping else { throw WorkbenchError.stopping }
        let report = try await BundleImport(storage: storage, catalog: catalog, now: settings.now).take(path, by: actor)
        await tellOfImport(report)
        return report
    }

    private func tellOfImport(_ report: BundleImport.Report) {
        if report.kind == .study { tellManyRuns(ofStudy: report.subject) }
        for id in report.added.prefix(100) { tell(run: id) }
    }
}
