import Catalog

extension Workbench {
    /// Compares a rerun that has just ended with its original and writes the verdict, in the transaction that ends it: who
    /// sees the end sees the verdict. Does nothing for a run that is no rerun; a cancelled rerun has no verdict.
    func concludeVerification(ofRerun number: Int64, _ writer: CatalogWriter) throws -> VerificationRecord? {
        guard let open = try writer.reader.verification(byRerun: number), open.state == .running else { return nil }
        let rerun = try writer.reader.requiredRun(open.rerun)
        if rerun.state == .cancelled {
            try writer.abandonVerification(rerun: number)
            return nil
        }
        let original = try writer.reader.requiredRun(open.original)
        let verdict = Verifier.compare(try Verifier.Side(original, writer.reader), try Verifier.Side(rerun, writer.reader))
        try writer.finishVerification(rerun: number, verdict, at: now)
        return verdict
    }
}
