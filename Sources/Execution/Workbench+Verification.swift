import Catalog
import Logging

extension Workbench {
    /// Compares a run that just ended with its original and with its reruns, in the transaction that ends it: whoever sees the end also sees
    /// the result. If the other side has not run to its end, there is no result yet; its end triggers the comparison in turn.
    /// - Returns: the comparisons that involve the run.
    func concludeVerifications(concerning run: RunRecord, _ writer: CatalogWriter) throws -> [VerificationRecord] {
        if let original = try run.rerunOf.flatMap({ try writer.reader.run($0) }) {
            try writer.beginVerification(rerun: run.number, original: original.number)
        }
        for comparison in try writer.reader.verifications(concerning: run.number) { try conclude(comparison, writer) }
        return try writer.reader.verifications(concerning: run.number)
    }

    /// Compares runs that ended without being compared: results of earlier programs that are older than their runs' ends.
    func reviewVerifications() throws {
        guard try catalog.readNow({ try $0.verifications() }).contains(where: { $0.state == .running }) else { return }
        try catalog.writeNow { writer in
            for comparison in try writer.reader.verifications() where comparison.state == .running { try conclude(comparison, writer) }
        }
    }

    private func conclude(_ comparison: VerificationRecord, _ writer: CatalogWriter) throws {
        let (original, rerun) = (try writer.reader.requiredRun(comparison.original), try writer.reader.requiredRun(comparison.rerun))
        guard original.state.isComparable, rerun.state.isComparable else { return }
        var verdict: VerificationRecord
        do {
            verdict = Verifier.compare(try Verifier.Side(original, writer.reader), try Verifier.Side(rerun, writer.reader))
        } catch let error as CatalogError {
            // Damaged records must not keep a run from ending.
            logger.error("run \(rerun.id) cannot be compared with \(original.id): \(error)")
            verdict = VerificationRecord(original: original.id, rerun: rerun.id, state: .inconclusive)
        }
        try writer.finishVerification(rerun: rerun.number, verdict, at: now)
    }
}
